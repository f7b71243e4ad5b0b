//! The published criteria of a lot as a list: sections and questions in the order of the tree, with their weights of the
//! total. The comparison and the letters tell every bid's points along it.

use rules::criteria;
use rules::exact::Exact;
use rules::pack::{Pack, PackCriterion, PackLot};
use rules::scale::Scale;

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
