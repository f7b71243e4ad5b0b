//! How tenders were assessed, as the pack published it: in sentences, and each scale with what its marks earn.

use std::collections::BTreeMap;

use rules::criteria;
use rules::exact::Exact;
use rules::pack::{Pack, PackLot};
use rules::scale::Scale;
use rules::words::{RankOn, ResponseCode};

use super::listed;
use crate::deciding::assessment::{self, Line};

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

/// The published method, in sentences: every rule by which a lot's tenders became a ranking.
pub(super) fn sentences(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let quality = criteria::quality_weight(lot).unwrap_or_default();
    let price = Exact::hundred() - &quality;
    let mut told = vec![
        format!("Quality counts for {} and price for {} of 100 points.", quality.mixed(), price.mixed()),
        "A question earns the share of its weight that the scale below gives its mark.".to_owned(),
        assessment::price_rule(pack, lot),
    ];
    told.extend(pack.method.price_rules.iter().cloned());
    told.extend(gates(pack, lot));
    told.push(ranking(pack));
    told.push(ties(pack));
    told.push(assessment::rounding(pack.method.decimals));
    told.extend(pack.method.arithmetic_rule.clone());
    told
}

/// What keeps a tender from being ranked.
fn gates(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let mut told = disqualifying(pack);
    if lot.schedule.iter().any(|line| !line.optional) {
        told.push(
            "A tender that leaves a line of the price schedule without a price does not meet the requirements and is \
             not ranked, unless the line is optional."
                .to_owned(),
        );
    }
    for node in lot.questions() {
        let least = node.question.as_ref().and_then(|question| question.minimum_mark.as_ref());
        told.extend(least.map(|least| {
            format!("A tender with a mark under {least} in {} {} is not ranked.", node.code, node.title)
        }));
    }
    if let Some(least) = lot.min_quality.as_deref() {
        let least = least.parse::<Exact>().map_or_else(|_| least.to_owned(), |least| least.mixed());
        told.push(format!("A tender with fewer than {least} quality points is not ranked."));
    }
    told
}

/// The requirements that disqualify, together where the same answers meet them.
fn disqualifying(pack: &Pack) -> Vec<String> {
    let mut alike: BTreeMap<Vec<ResponseCode>, Vec<&str>> = BTreeMap::new();
    for requirement in pack.requirements.iter().filter(|requirement| !requirement.accepted.is_empty()) {
        let mut accepted = requirement.accepted.clone();
        accepted.sort_unstable();
        alike.entry(accepted).or_default().push(&requirement.code);
    }
    let told = alike.into_iter().map(|(accepted, requirements)| {
        let accepted: Vec<String> =
            accepted.iter().map(|code| format!("{code} ({})", code.label())).collect();
        let (all, accepted) = (listed(&requirements, "and"), listed(&accepted, "or"));
        let (which, them) = if requirements.len() == 1 {
            (format!("Requirement {all} disqualifies"), "it")
        } else {
            (format!("Requirements {all} disqualify"), "each of them")
        };
        format!(
            "{which}: a tender that does not answer {them} with {accepted} does not meet the requirements and is not \
             ranked."
        )
    });
    told.collect()
}

fn ranking(pack: &Pack) -> String {
    match (pack.method.rank_on, pack.method.decimals) {
        (RankOn::Exact, _) => "Totals are compared exactly, before they are rounded.".to_owned(),
        (RankOn::Rounded, 1) => "Totals are compared as rounded to 1 decimal.".to_owned(),
        (RankOn::Rounded, decimals) => format!("Totals are compared as rounded to {decimals} decimals."),
    }
}

fn ties(pack: &Pack) -> String {
    if pack.method.tie_break.is_empty() {
        return "Equal totals share a rank: no rule was published that parts them.".to_owned();
    }
    let keys: Vec<_> = pack.method.tie_break.iter().map(|key| key.label().to_lowercase()).collect();
    format!("Equal totals are parted by: {}.", keys.join(", then "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use rules::pack::PackRequirement;
    use rules::scale::ScaleMark;
    use rules::words::{BaseSet, Moscow, RequirementType};

    use super::*;
    use crate::deciding::tests::rows::the_pack;

    fn requirement(code: &str, accepted: &[ResponseCode]) -> PackRequirement {
        PackRequirement {
            code: code.into(),
            text: "UK data residency".into(),
            kind: RequirementType::Data,
            moscow: Moscow::Must,
            accepted: accepted.to_vec(),
        }
    }

    #[test]
    fn every_published_rule_is_told() {
        let mut pack = the_pack(uuid::Uuid::nil(), &[]);
        pack.method.rank_on = RankOn::Rounded;
        pack.method.base_set = BaseSet::Submitted;
        pack.requirements = vec![
            requirement("R001", &[ResponseCode::Configuration, ResponseCode::Full]),
            requirement("R002", &[]),
            requirement("R003", &[ResponseCode::Full, ResponseCode::Configuration]),
            requirement("R004", &[ResponseCode::Full]),
        ];
        let lot = &mut pack.lots[0];
        lot.price.weight = "40.025".into();
        lot.min_quality = Some("61/3".into());
        lot.quality[1].question.as_mut().unwrap().minimum_mark = Some("3".into());
        assert_eq!(
            sentences(&pack, &pack.lots[0]),
            [
                "Quality counts for 59.975 and price for 40.025 of 100 points.",
                "A question earns the share of its weight that the scale below gives its mark.",
                "Price points = lowest evaluated price ÷ the tender’s evaluated price × 40.025. The lowest is that of all \
                 tenders that were not withdrawn or disregarded.",
                "Requirement R004 disqualifies: a tender that does not answer it with F (Fully, out of the box) does not \
                 meet the requirements and is not ranked.",
                "Requirements R001 and R003 disqualify: a tender that does not answer each of them with F (Fully, out of \
                 the box) or C (By configuration) does not meet the requirements and is not ranked.",
                "A tender that leaves a line of the price schedule without a price does not meet the requirements and is \
                 not ranked, unless the line is optional.",
                "A tender with a mark under 3 in Q2 Question Q2 is not ranked.",
                "A tender with fewer than 20 1/3 quality points is not ranked.",
                "Totals are compared as rounded to 2 decimals.",
                "Equal totals are parted by: lower evaluated price.",
                "Figures are rounded one by one from exact ones, so that addends may differ from totals in the last digit \
                 (0.01).",
            ]
        );
    }

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
