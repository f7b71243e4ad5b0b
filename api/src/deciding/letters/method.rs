//! The published scales that tenders were marked on, each with what its marks earn.

use rules::exact::Exact;
use rules::pack::Pack;
use rules::scale::Scale;

use crate::deciding::assessment::Line;

/// A scale as it was published.
pub(super) struct ToldScale {
    pub(super) name: String,
    pub(super) marks: Vec<ToldMark>,
}

/// A mark of a scale.
pub(super) struct ToldMark {
    pub(super) value: String,
    /// The share of the question's weight that it earns: `60 %`.
    pub(super) share: String,
    pub(super) descriptor: String,
}

/// The scales that the lot's questions are marked on.
pub(super) fn scales(pack: &Pack, lines: &[Line]) -> Vec<ToldScale> {
    let used = |scale: &&Scale| lines.iter().any(|line| line.scale.as_deref() == Some(scale.name.as_str()));
    pack.scales.iter().filter(used).map(scale).collect()
}

fn scale(scale: &Scale) -> ToldScale {
    let marks = scale.marks.iter().map(|mark| {
        let share = scale.share(&mark.value).unwrap_or_default() * Exact::hundred();
        ToldMark {
            value: mark.value.clone(),
            share: format!("{} %", share.mixed()),
            descriptor: mark.descriptor.clone(),
        }
    });
    ToldScale { name: scale.name.clone(), marks: marks.collect() }
}

#[cfg(test)]
mod tests {
    use rules::scale::ScaleMark;

    use super::*;

    #[test]
    fn a_scale_says_what_each_mark_earns() {
        let mark = |value: &str, percent: Option<&str>| ScaleMark {
            value: value.into(),
            percent: percent.map(Into::into),
            descriptor: "Good".into(),
        };
        let earns = |marks: Vec<ScaleMark>| {
            let told = scale(&Scale { name: "S".into(), marks });
            told.marks.into_iter().map(|mark| mark.share).collect::<Vec<_>>()
        };
        assert_eq!(
            earns(vec![mark("0", None), mark("2", None), mark("3", None)]),
            ["0 %", "66 2/3 %", "100 %"]
        );
        assert_eq!(earns(vec![mark("0", Some("10")), mark("4", Some("62.5"))]), ["10 %", "62.5 %"]);
    }
}
