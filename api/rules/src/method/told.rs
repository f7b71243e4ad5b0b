//! The method in sentences. Bidders read them before they bid and again in their assessment summaries (reg 31(2)(a)), councils
//! beside the comparison.

use std::collections::BTreeMap;

use crate::criteria;
use crate::exact::Exact;
use crate::money::Pence;
use crate::pack::{Pack, PackLot};
use crate::price::{Parameter, base_in_words};
use crate::words::{PriceFormula, RankOn, ResponseCode, listed};

/// Every rule by which a lot's tenders become a ranking, as it is published.
#[must_use]
pub fn told(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let quality = criteria::quality_weight(lot).unwrap_or_default();
    let price = Exact::hundred() - &quality;
    let mut told = vec![
        format!("Quality counts for {} and price for {} of 100 points.", quality.mixed(), price.mixed()),
        "A question earns the share of its weight that its scale gives the mark.".to_owned(),
    ];
    if pack.method.clearance() {
        told.push(
            "Somebody who does not mark reads every answer before the panel does, and takes out what tells a price: write prices in \
             the price schedule only."
                .to_owned(),
        );
    }
    told.extend(pack.method.moderation.as_ref().map(|policy| agreed(policy.spread_steps)));
    told.push(price_rule(pack, lot));
    told.extend(pack.method.price_rules.iter().cloned());
    told.extend(gates(pack, lot));
    told.push(ranking(pack));
    told.push(ties(pack));
    if pack.method.moderation.is_some() {
        told.push("One tender wins the lot.".to_owned());
    }
    told.push(rounding(pack.method.decimals));
    told.extend(pack.method.arithmetic_rule.clone());
    told
}

/// How marks become marks of record.
fn agreed(spread_steps: u32) -> String {
    let steps = if spread_steps == 1 { "one step".to_owned() } else { format!("{spread_steps} steps") };
    format!(
        "Panel members mark alone. Then a moderator and the panel agree one mark of the scale for each answer, with its reasons; \
         no average is taken. Marks that are {steps} of the scale or more apart are talked about first."
    )
}

/// How figures beside each other come to differ, for all who add them up.
#[must_use]
pub fn rounding(decimals: u32) -> String {
    let last = Exact::unit(decimals);
    format!(
        "Figures are rounded one by one from exact ones, so that addends may differ from totals in the last digit ({}).",
        last.mixed()
    )
}

/// How price becomes points, in a sentence or two: the formula as published, and whose prices it is measured by.
#[must_use]
pub fn price_rule(pack: &Pack, lot: &PackLot) -> String {
    let exact = |text: &str| text.parse::<Exact>().map_or_else(|_| text.to_owned(), |number| number.mixed());
    let parameter = |parameter: Parameter| lot.price.parameter(parameter).map(exact).unwrap_or_default();
    let pounds = |parameter: Parameter| {
        let text = lot.price.parameter(parameter).unwrap_or_default();
        text.parse::<Pence>().map_or_else(|_| format!("£{text}"), Pence::pounds)
    };
    let weight = exact(&lot.price.weight);
    let whose = base_in_words(pack.method.base_set);
    match lot.price.formula {
        PriceFormula::LowestOverBid => format!(
            "Price points = lowest evaluated price ÷ the tender’s evaluated price × {weight}. The lowest is that of {whose}."
        ),
        PriceFormula::LinearFromLowest => format!(
            "Price points fall in a straight line from {weight} at the lowest evaluated price to 0 at {} times the lowest and \
             above. The lowest is that of {whose}.",
            parameter(Parameter::K)
        ),
        PriceFormula::LinearMinMax => format!(
            "Price points fall in a straight line from {weight} at the lowest evaluated price to 0 at the highest; all have \
             {weight} where these are equal. Lowest and highest are those of {whose}."
        ),
        PriceFormula::LinearMean => format!(
            "Price points = {weight} × ({} + {} × (mean evaluated price − the tender’s evaluated price) ÷ mean evaluated price), \
             not below 0 and not above {weight}. The mean is that of {whose}.",
            parameter(Parameter::Base),
            parameter(Parameter::Slope)
        ),
        PriceFormula::BenchmarkLinear => format!(
            "Price points fall in a straight line from {weight} at {} or less to 0 at {} or more, whatever others bid.",
            pounds(Parameter::Target),
            pounds(Parameter::Ceiling)
        ),
    }
}

/// What keeps a tender from being ranked.
fn gates(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let mut told = disqualifying(pack);
    if lot.schedule.iter().any(|line| !line.optional) {
        told.push(
            "A tender that leaves a line of the price schedule without a price does not meet the requirements and is not \
             ranked, unless the line is optional."
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
            "{which}: a tender that does not answer {them} with {accepted} does not meet the requirements and is not ranked."
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
