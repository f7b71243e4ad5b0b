//! The published criteria of a lot as a list: sections and questions in the order of the tree, with their weights of the
//! total. The comparison and the letters tell every bid's points along it.

use rules::criteria;
use rules::exact::Exact;
use rules::pack::{Pack, PackCriterion, PackLot};
use rules::price;
use rules::scale::Scale;
use rules::words::PriceFormula;

/// A criterion.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// 0 for a top node.
    pub depth: usize,
    /// Whether it is a question, which has marks; else a section.
    pub is_question: bool,
    /// The most it can earn, in points of the lot's 100.
    pub weight: Exact,
    /// The name of its scale, for a question.
    pub scale: Option<String>,
}

/// The criteria of a lot.
#[must_use]
pub fn lines(lot: &PackLot) -> Vec<Line> {
    let quality = criteria::quality_weight(lot).unwrap_or_default();
    let mut found = Vec::new();
    collect(&lot.quality, &quality, 0, &mut found);
    found
}

fn collect(nodes: &[PackCriterion], whole: &Exact, depth: usize, found: &mut Vec<Line>) {
    for node in nodes {
        // A published pack holds numbers only.
        let weight = whole * node.weight.parse::<Exact>().unwrap_or_default().percent();
        found.push(Line {
            code: node.code.clone(),
            title: node.title.clone(),
            depth,
            is_question: node.question.is_some(),
            weight: weight.clone(),
            scale: node.question.as_ref().map(|question| question.scale.clone()),
        });
        collect(&node.children, &weight, depth + 1, found);
    }
}

/// A published scale by its name.
#[must_use]
pub fn scale<'a>(pack: &'a Pack, name: Option<&str>) -> Option<&'a Scale> {
    Scale::named(&pack.scales, name?)
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

/// Pounds of a published text, such as `1234.50`, for people.
fn pounds(text: Option<&str>) -> String {
    text.and_then(|text| text.parse::<rules::money::Pence>().ok())
        .map_or_else(String::new, rules::money::Pence::pounds)
}

/// How price becomes points, in a sentence or two: the formula as published, and whose prices it is measured by.
#[must_use]
pub fn price_rule(pack: &Pack, lot: &PackLot) -> String {
    let weight = lot.price.weight.parse::<Exact>();
    let weight = weight.map_or_else(|_| lot.price.weight.clone(), |weight| weight.mixed());
    match lot.price.formula {
        PriceFormula::LowestOverBid => format!(
            "Price points = lowest evaluated price ÷ the tender’s evaluated price × {weight}. The lowest is that of {}.",
            price::base_in_words(pack.method.base_set)
        ),
        PriceFormula::BenchmarkLinear => format!(
            "Price points fall in a straight line from {weight} at {} or less to 0 at {} or more, whatever others bid.",
            pounds(lot.price.target.as_deref()),
            pounds(lot.price.ceiling.as_deref())
        ),
    }
}
