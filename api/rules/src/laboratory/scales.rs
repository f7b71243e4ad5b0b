//! What scales leave open (METHODS 0.1 f).

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::{Finding, Matter, Severity, Topic, figure};
use crate::exact::Exact;
use crate::pack::PackLot;
use crate::scale::Scale;

/// A scale of the pack, and what it leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleMarks {
    /// Its name.
    pub scale: String,
    /// The codes of the lot's questions that are marked on it.
    pub questions: Vec<String>,
    /// Whether no question of any lot is.
    pub unused: bool,
    /// The distance from each mark to the next; they differ where marks are not evenly spaced.
    pub distances: Vec<Exact>,
    /// What each step from a mark to the next earns, in percent of a question's points.
    pub steps: Vec<Exact>,
    /// What the lowest mark earns, in percent of a question's points.
    pub lowest_earns: Exact,
    /// The marks without descriptor.
    pub without_descriptor: Vec<String>,
    /// Marks that have the descriptor of a lower one, with the lower one first. Case and spacing do not count.
    pub same_descriptor: Vec<[String; 2]>,
    /// The pairs of different marks, in order, whose average is not on the scale. Those of neighbours never are.
    pub off_scale: Vec<MarkPair>,
    /// How many pairs of different marks there are.
    pub pairs: usize,
}

/// Two marks and their average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPair {
    /// The lower mark.
    pub low: String,
    /// The higher mark.
    pub high: String,
    /// Half-way between both.
    pub average: Exact,
}

/// The scales that the lot uses, and those that no lot does; in the order of the pack.
pub(super) fn of(draft: &Draft<'_>) -> Vec<ScaleMarks> {
    let used_by = |scale: &Scale| {
        let asked = draft.questions.iter().filter(|asked| asked.scale.name == scale.name);
        asked.map(|asked| asked.code.to_owned()).collect::<Vec<_>>()
    };
    let scales =
        draft.pack.scales.iter().map(|scale| (scale, used_by(scale), !used(&draft.pack.lots, scale)));
    let of_interest = scales.filter(|(_, questions, unused)| *unused || !questions.is_empty());
    of_interest.map(|(scale, questions, unused)| read(scale, questions, unused)).collect()
}

fn used(lots: &[PackLot], scale: &Scale) -> bool {
    let questions = lots.iter().flat_map(PackLot::questions).filter_map(|node| node.question.as_ref());
    questions.into_iter().any(|question| question.scale == scale.name)
}

/// Marks that are no numbers are left out: only a scale that the lot does not use can have any.
fn read(scale: &Scale, questions: Vec<String>, unused: bool) -> ScaleMarks {
    let marks: Vec<(&str, Exact)> =
        scale.marks.iter().filter_map(|mark| Some((mark.value.as_str(), mark.value.parse().ok()?))).collect();
    let earned: Vec<Exact> = marks.iter().filter_map(|(mark, _)| scale.share(mark)).collect();
    let percent = |share: &Exact| share * Exact::hundred();
    ScaleMarks {
        scale: scale.name.clone(),
        questions,
        unused,
        distances: marks.windows(2).map(|pair| &pair[1].1 - &pair[0].1).collect(),
        steps: earned.windows(2).map(|pair| percent(&(&pair[1] - &pair[0]))).collect(),
        lowest_earns: earned.first().map(percent).unwrap_or_default(),
        without_descriptor: scale
            .marks
            .iter()
            .filter(|mark| mark.descriptor.trim().is_empty())
            .map(|mark| mark.value.clone())
            .collect(),
        same_descriptor: same_descriptor(scale),
        off_scale: off_scale(&marks),
        pairs: marks.len() * marks.len().saturating_sub(1) / 2,
    }
}

fn same_descriptor(scale: &Scale) -> Vec<[String; 2]> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let described: Vec<(&str, String)> =
        scale.marks.iter().map(|mark| (mark.value.as_str(), plain(&mark.descriptor))).collect();
    let with_lower = described.iter().enumerate().filter_map(|(place, (mark, text))| {
        let lower = described[..place].iter().find(|(_, other)| !text.is_empty() && other == text)?;
        Some([lower.0.to_owned(), (*mark).to_owned()])
    });
    with_lower.collect()
}

fn off_scale(marks: &[(&str, Exact)]) -> Vec<MarkPair> {
    let with_higher = marks.iter().enumerate().flat_map(|(place, (low, value))| {
        marks[place + 1..].iter().filter_map(move |(high, other)| {
            let average = Exact::mean(&[value.clone(), other.clone()])?;
            let low = (*low).to_owned();
            Some(MarkPair { low, high: (*high).to_owned(), average })
        })
    });
    with_higher.filter(|pair| marks.iter().all(|(_, mark)| *mark != pair.average)).collect()
}

/// What to know of each scale.
pub(super) fn tell(scales: &[ScaleMarks]) -> Vec<Finding> {
    scales.iter().flat_map(told_of).collect()
}

fn told_of(marks: &ScaleMarks) -> Vec<Finding> {
    let finding = |matter, severity, told: String| {
        let told = format!("Scale \"{}\": {told}", marks.scale);
        Finding { topic: Topic::Scales, matter, severity, place: marks.scale.clone(), told }
    };
    if marks.unused {
        let told = "no question of any lot is marked on it. Remove it, or bidders look for its question.";
        return vec![finding(Matter::ScaleUnused, Severity::Note, told.to_owned())];
    }
    let found = [
        spacing(marks).map(|(matter, told)| (matter, Severity::Attend, told)),
        no_zero(marks).map(|told| (Matter::NoZeroMark, Severity::Attend, told)),
        missing(marks).map(|told| (Matter::DescriptorMissing, Severity::Serious, told)),
        repeated(marks).map(|told| (Matter::DescriptorRepeated, Severity::Attend, told)),
        averages(marks).map(|told| (Matter::AveragesOffScale, Severity::Note, told)),
    ];
    found.into_iter().flatten().map(|(matter, severity, told)| finding(matter, severity, told)).collect()
}

fn differ(numbers: &[Exact]) -> bool {
    numbers.windows(2).any(|pair| pair[0] != pair[1])
}

/// Marks of uneven distance, or steps that percentages make unequal.
fn spacing(marks: &ScaleMarks) -> Option<(Matter, String)> {
    let list = |numbers: &[Exact]| numbers.iter().map(figure).collect::<Vec<_>>().join(", ");
    let steps = list(&marks.steps);
    if differ(&marks.distances) {
        let told = format!(
            "its marks are not evenly spaced: the distances are {}, and the steps earn {steps} % of a question’s points. A \
             step is worth more or less depending on where it is taken: decide that it is meant, or space the marks evenly.",
            list(&marks.distances)
        );
        return Some((Matter::MarksUneven, told));
    }
    differ(&marks.steps).then(|| {
        let told = format!(
            "its marks are evenly spaced, but the steps between them earn {steps} % of a question’s points. Decide that it \
             is meant, and say so to the panel."
        );
        (Matter::StepsUnequal, told)
    })
}

fn no_zero(marks: &ScaleMarks) -> Option<String> {
    let earns = &marks.lowest_earns;
    earns.is_positive().then(|| {
        format!(
            "its lowest mark earns {} % of a question’s points, so that an answer that meets nothing scores, and less parts \
             the bids than the weights say. Add a mark of 0, or decide that this is meant.",
            figure(earns)
        )
    })
}

fn missing(marks: &ScaleMarks) -> Option<String> {
    let without = &marks.without_descriptor;
    (!without.is_empty()).then(|| {
        let which = without.join(", ");
        format!("no descriptor for {which}: say what a tender that earns it looks like, before anything is published.")
    })
}

fn repeated(marks: &ScaleMarks) -> Option<String> {
    let same = &marks.same_descriptor;
    (!same.is_empty()).then(|| {
        let pairs: Vec<String> = same.iter().map(|[low, high]| format!("{low} and {high}")).collect();
        format!(
            "the same descriptor stands for {}: the panel cannot tell these marks apart, nor defend one against the other. \
             Describe each differently.",
            pairs.join(", ")
        )
    })
}

fn averages(marks: &ScaleMarks) -> Option<String> {
    let first = marks.off_scale.first()?;
    Some(format!(
        "of {} pairs of different marks, {} have an average that is no mark, as those of neighbours never are: {} and {} make \
         {}. The panel then has to agree a mark in moderation; an average is never entered.",
        marks.pairs,
        marks.off_scale.len(),
        first.low,
        first.high,
        figure(&first.average)
    ))
}
