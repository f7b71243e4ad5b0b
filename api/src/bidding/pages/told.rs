//! What the pack tells suppliers, as the public tender page says it.

use rules::exact::Exact;
use rules::method::{self, LotMethod};
use rules::money::Volume;
use rules::pack::{Pack, PackCriterion, PackLot, PackRequirement};
use rules::scale::Scale;
use rules::schedule::PriceRow;
use rules::words::ResponseCode;

/// A lot.
pub(super) struct LotPart {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) quality_weight: String,
    pub(super) price_weight: String,
    /// How its bids are ranked, in sentences.
    pub(super) method: Vec<String>,
    pub(super) method_hash: String,
    pub(super) criteria: Vec<CriterionPart>,
    pub(super) lines: Vec<LinePart>,
}

/// A section or a question, with its weight of what it stands in and of the total (DOMAIN rule 6: both are shown).
pub(super) struct CriterionPart {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) weight: String,
    pub(super) share: String,
    pub(super) question: String,
    pub(super) hints: String,
}

/// A line of the price schedule, or a volume band of one.
pub(super) struct LinePart {
    pub(super) code: String,
    pub(super) description: String,
    pub(super) unit: String,
    pub(super) charge: &'static str,
    pub(super) volume: String,
    pub(super) counted: String,
}

/// A requirement.
pub(super) struct Asked {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) kind: &'static str,
    pub(super) moscow: &'static str,
    pub(super) accepted: String,
}

/// A scale with what each mark earns.
pub(super) struct ScalePart {
    pub(super) name: String,
    pub(super) marks: Vec<MarkPart>,
}

/// One mark of a scale.
pub(super) struct MarkPart {
    pub(super) value: String,
    pub(super) earns: String,
    pub(super) descriptor: String,
}

/// A number as the pack has it, as people read it: `66 2/3`.
fn figure(text: &str) -> String {
    text.parse::<Exact>().map_or_else(|_| text.to_owned(), |number| number.mixed())
}

/// Where a criterion stands: what its weight is a part of, in words and in percent of the total.
struct Above<'a> {
    name: &'a str,
    share: &'a Exact,
}

fn criteria(nodes: &[PackCriterion], above: &Above, scales: &[Scale], found: &mut Vec<CriterionPart>) {
    for node in nodes {
        let weight = node.weight.parse::<Exact>().unwrap_or_default();
        let share = above.share * weight.percent();
        found.push(CriterionPart {
            code: node.code.clone(),
            title: node.title.clone(),
            weight: format!("{} % of {}", figure(&node.weight), above.name),
            share: format!("{} %", share.mixed()),
            question: node.question.as_ref().map(|question| question.text.clone()).unwrap_or_default(),
            hints: hints(node, scales),
        });
        criteria(&node.children, &Above { name: &node.code, share: &share }, scales, found);
    }
}

/// How a question is answered and marked.
fn hints(node: &PackCriterion, scales: &[Scale]) -> String {
    let Some(question) = &node.question else { return String::new() };
    let marks = Scale::named(scales, &question.scale).map(|scale| {
        let values: Vec<_> = scale.marks.iter().map(|mark| mark.value.clone()).collect();
        format!("{} on the scale “{}”", values.join(", "), scale.name)
    });
    let mut hints = vec![format!("Marks: {}.", marks.unwrap_or_else(|| question.scale.clone()))];
    hints.extend(question.word_limit.map(|words| format!("At most {words} words.")));
    hints.extend(
        question.minimum_mark.as_ref().map(|mark| format!("A bid marked under {mark} is not ranked.")),
    );
    if question.document {
        hints.push("A document may answer it.".to_owned());
    }
    hints.join(" ")
}

/// The lots of a pack, in order.
pub(super) fn lots(pack: &Pack) -> Vec<LotPart> {
    pack.lots.iter().map(|lot| lot_part(pack, lot)).collect()
}

fn lot_part(pack: &Pack, lot: &PackLot) -> LotPart {
    let price = lot.price.weight.parse::<Exact>().unwrap_or_default();
    let quality = Exact::hundred() - price;
    let mut found = Vec::new();
    criteria(&lot.quality, &Above { name: "quality", share: &quality }, &pack.scales, &mut found);
    LotPart {
        code: lot.code.clone(),
        title: lot.title.clone(),
        description: lot.description.clone(),
        quality_weight: quality.mixed(),
        price_weight: figure(&lot.price.weight),
        method: method::told(pack, lot),
        method_hash: LotMethod::of(pack, lot).hash().unwrap_or_default(),
        criteria: found,
        lines: lot
            .schedule
            .iter()
            .flat_map(|line| line.rows(pack))
            .map(|row| line_part(pack, &row))
            .collect(),
    }
}

fn line_part(pack: &Pack, row: &PriceRow<'_>) -> LinePart {
    LinePart {
        code: row.code.to_string(),
        description: row.description().into_owned(),
        unit: row.line.unit.clone(),
        charge: if row.line.rate_card.is_some() { "Day rate" } else { row.line.charge.label() },
        volume: row.volume(pack).map(Volume::grouped).unwrap_or_default(),
        counted: row.counted(),
    }
}

/// The scales that questions are marked on: what a mark earns is its published percentage, or its value over the highest.
pub(super) fn scales(pack: &Pack) -> Vec<ScalePart> {
    let earns = |scale: &Scale, mark: &str| {
        scale.share(mark).map_or_else(|| "–".to_owned(), |s| format!("{} %", (s * Exact::hundred()).mixed()))
    };
    let part = |scale: &Scale| ScalePart {
        name: scale.name.clone(),
        marks: scale
            .marks
            .iter()
            .map(|mark| MarkPart {
                value: mark.value.clone(),
                earns: earns(scale, &mark.value),
                descriptor: mark.descriptor.clone(),
            })
            .collect(),
    };
    pack.scales.iter().map(part).collect()
}

/// The rules of the tender as a whole: what each is called and what it says.
pub(super) fn method(pack: &Pack) -> Vec<(&'static str, String)> {
    let tie_break: Vec<_> = pack.method.tie_break.iter().map(|rule| rule.label()).collect();
    let years = if pack.term_years == 1 { "year" } else { "years" };
    let openers = match pack.opening_councils {
        1 => "by two people of one council".to_owned(),
        2 => "by two people of two councils".to_owned(),
        more => format!("by two people of {more} councils"),
    };
    let mut rows = vec![
        ("Procedure", pack.route.label().to_owned()),
        ("Contract", format!("{} {years}; {}", pack.term_years, pack.contracting_model.label())),
        (
            "Ranked on",
            format!("{}, points to {} decimals", pack.method.rank_on.label(), pack.method.decimals),
        ),
        ("Prices compared with", pack.method.base_set.label().to_owned()),
        (
            "Equal totals",
            if tie_break.is_empty() {
                "decided by the councils".to_owned()
            } else {
                tie_break.join(", then ")
            },
        ),
        ("Opening", openers),
    ];
    rows.extend(pack.method.arithmetic_rule.clone().map(|rule| ("Corrections of prices", rule)));
    rows
}

/// The requirements that are answered one by one.
pub(super) fn requirements(pack: &Pack) -> Vec<Asked> {
    pack.requirements.iter().map(asked).collect()
}

fn asked(requirement: &PackRequirement) -> Asked {
    let codes: Vec<_> = requirement.accepted.iter().map(|code| code.as_str()).collect();
    Asked {
        code: requirement.code.clone(),
        text: requirement.text.clone(),
        kind: requirement.kind.label(),
        moscow: requirement.moscow.label(),
        accepted: codes.join(", "),
    }
}

/// The response codes and what they mean. A pack publishes no value for them: they earn no points.
pub(super) fn response_codes() -> Vec<(&'static str, &'static str)> {
    ResponseCode::ALL.iter().map(|code| (code.as_str(), code.label())).collect()
}
