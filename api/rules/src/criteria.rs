//! The criteria tree: weights that must sum to exactly 100 at every node, and the quality points that marks earn.

mod points;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use crate::exact::Exact;
use crate::pack::{PackCriterion, PackLot, Scale};

pub use points::{Scoring, partial_points};
pub use tree::{Node, NodeKind, TreeFault, score_tree};

/// How the top of a lot's tree is called.
const TOP: &str = "quality";

/// What is wrong with a node of a criteria tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightFault {
    /// The code of the node; `quality` for the top of the tree.
    pub node: String,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every fault of a lot's quality branch: weights that are not numbers, lie below zero or do not sum to exactly 100 at a
/// node (DOMAIN rule 6), nodes that are both section and question or neither.
#[must_use]
pub fn faults(quality: &[PackCriterion]) -> Vec<WeightFault> {
    let mut faults = Vec::new();
    check_level(quality, TOP, &mut faults);
    faults
}

fn check_level(nodes: &[PackCriterion], parent: &str, faults: &mut Vec<WeightFault>) {
    let mut push =
        |node: &str, code, message| faults.push(WeightFault { node: node.to_owned(), code, message });
    let mut sum = Some(Exact::zero());
    for node in nodes {
        match node.weight.parse::<Exact>() {
            Ok(weight) => {
                if weight.is_negative() {
                    push(&node.code, "weight_negative", format!("{}: the weight is below zero.", node.code));
                }
                sum = sum.map(|sum| sum + weight);
            }
            Err(error) => {
                push(&node.code, "weight_not_a_number", format!("{}: the weight {error}.", node.code));
                sum = None;
            }
        }
        match (node.question.is_some(), node.children.is_empty()) {
            (true, false) => push(
                &node.code,
                "question_with_children",
                format!("{}: a question cannot have criteria below it; make it a section.", node.code),
            ),
            (false, true) => push(
                &node.code,
                "section_without_children",
                format!("{}: a section needs criteria below it, or must become a question.", node.code),
            ),
            _ => {}
        }
    }
    if let Some(sum) = sum
        && sum != Exact::hundred()
    {
        let whose = if parent == TOP {
            "The criteria that quality is made of".to_owned()
        } else {
            format!("The criteria that {parent} is made of")
        };
        let much = &sum - Exact::hundred();
        let todo = if much.is_positive() {
            format!("Take {} % away", much.mixed())
        } else {
            format!("Add {} %", much.abs().mixed())
        };
        push(
            parent,
            "weights_do_not_sum_to_100",
            format!(
                "{whose} have weights of {} % together. They must be exactly 100 % together. {todo}.",
                sum.mixed()
            ),
        );
    }
    for node in nodes.iter().filter(|node| !node.children.is_empty()) {
        check_level(&node.children, &node.code, faults);
    }
}

/// What one node earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePoints {
    /// The most it can earn, in points of the lot's 100.
    pub weight_of_total: Exact,
    /// What it earned.
    pub points: Exact,
    /// The mark that earned it, as its scale writes it; nothing for a section.
    pub mark: Option<String>,
}

/// The quality points of one bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityPoints {
    /// All of them, out of 100 less the price weight.
    pub total: Exact,
    /// Of every node, section or question, by code.
    pub nodes: BTreeMap<String, NodePoints>,
}

/// Why marks do not make points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkFault {
    /// A question has no mark. Never zero, never an average of others (METHODS 6.10).
    Missing {
        /// The question's code.
        question: String,
    },
    /// A mark that is not on the question's scale (DOMAIN rule 2).
    NotOnScale {
        /// The question's code.
        question: String,
        /// The mark.
        mark: String,
    },
    /// The pack itself cannot be scored.
    Pack {
        /// The node's code.
        node: String,
        /// What is wrong.
        message: String,
    },
}

impl MarkFault {
    /// The code of the question or node.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Missing { question } | Self::NotOnScale { question, .. } => question,
            Self::Pack { node, .. } => node,
        }
    }

    /// A stable code, the calculator's (METHODS 6.2).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "score_missing",
            Self::NotOnScale { .. } => "mark_not_on_scale",
            Self::Pack { .. } => "pack_unfit",
        }
    }
}

impl fmt::Display for MarkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { question } => write!(f, "{question}: no mark; agree one first"),
            Self::NotOnScale { question, mark } => {
                write!(f, "{question}: \"{mark}\" is not on the scale; agree a mark that is")
            }
            Self::Pack { node, message } => write!(f, "{node}: {message}"),
        }
    }
}

impl std::error::Error for MarkFault {}

/// Points as far as the marks go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialPoints {
    /// The total, where every question is marked.
    pub total: Option<Exact>,
    /// The nodes of which every question is marked, by code.
    pub nodes: BTreeMap<String, NodePoints>,
    /// What is missing or wrong.
    pub faults: Vec<MarkFault>,
}

/// The quality points of a bid: out of · Σ Π(weights/100) · share (METHODS 6.2). `marks` are texts by question code;
/// those of other lots are ignored. All faults at once.
pub fn quality_points(
    lot: &PackLot,
    scales: &[Scale],
    marks: &BTreeMap<String, String>,
) -> Result<QualityPoints, Vec<MarkFault>> {
    let PartialPoints { total, nodes, faults } = partial_points(lot, scales, marks);
    match total {
        Some(total) if faults.is_empty() => Ok(QualityPoints { total, nodes }),
        _ => Err(faults),
    }
}

/// The most quality points a bid can earn in a lot: 100 less the price weight. Nothing if that is not a number.
#[must_use]
pub fn quality_weight(lot: &PackLot) -> Option<Exact> {
    lot.price.weight.parse::<Exact>().ok().map(|weight| Exact::hundred() - weight)
}

/// The share of a lot's total that one criterion or question has, in percent: every weight on the way down to it, times what
/// quality has (DOMAIN rule 6). Nothing where it is not in the tree or a weight is no number.
#[must_use]
pub fn weight_of_total(lot: &PackLot, code: &str) -> Option<Exact> {
    fn below(nodes: &[PackCriterion], code: &str, out_of: &Exact) -> Option<Exact> {
        nodes.iter().find_map(|node| {
            let share = out_of * node.weight.parse::<Exact>().ok()?.percent();
            if node.code == code { Some(share) } else { below(&node.children, code, &share) }
        })
    }
    below(&lot.quality, code, &quality_weight(lot)?)
}
