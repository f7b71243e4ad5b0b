//! The score tree of METHODS 6.2, as the calculator and its vectors know it.

use std::collections::BTreeMap;
use std::fmt;

use crate::exact::Exact;

/// A node of a score tree. The root's weight is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Percent of its parent.
    pub weight: Exact,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node of a score tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An inner node.
    Section(Vec<Node>),
    /// A leaf whose mark counts as a part of the highest one.
    Most(Exact),
    /// A leaf whose marks, by their text, earn a percentage each.
    Scale(BTreeMap<String, Exact>),
}

impl NodeKind {
    /// A leaf with a published scale. A mark without a percentage of its own earns its value over `most`, or over the
    /// highest value of the scale where there is no `most` (METHODS 7). Nothing where that cannot be told: a mark that is
    /// not a number, or no value above zero.
    #[must_use]
    pub fn on_scale(marks: Vec<(String, Option<Exact>)>, most: Option<Exact>) -> Option<Self> {
        let value = |mark: &str| mark.parse::<Exact>().ok();
        let most = most.or_else(|| marks.iter().filter_map(|(mark, _)| value(mark)).max());
        let percent = |(mark, percent): (String, Option<Exact>)| {
            let earned = match percent {
                Some(percent) => percent,
                None => (value(&mark)? * Exact::hundred()).checked_div(most.as_ref()?)?,
            };
            Some((mark, earned))
        };
        marks.into_iter().map(percent).collect::<Option<_>>().map(Self::Scale)
    }
}

/// The first error met, in the order of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeFault {
    /// The children's weights do not sum to exactly 100.
    Weights(String),
    /// The mark is not on the leaf's scale.
    NotOnScale(String),
    /// The mark is not from 0 to the leaf's highest one.
    OutOfRange(String),
    /// The leaf has no mark.
    Missing(String),
}

impl fmt::Display for TreeFault {
    /// The calculator's error code: `score_missing:q1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights(node) => write!(f, "weights_do_not_sum_to_100:{node}"),
            Self::NotOnScale(leaf) => write!(f, "mark_not_on_scale:{leaf}"),
            Self::OutOfRange(leaf) => write!(f, "mark_out_of_range:{leaf}"),
            Self::Missing(leaf) => write!(f, "score_missing:{leaf}"),
        }
    }
}

impl std::error::Error for TreeFault {}

impl TreeFault {
    /// What is wrong, in words.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Weights(node) => format!("{node}: the weights of its children do not sum to exactly 100"),
            Self::NotOnScale(leaf) => format!("{leaf}: the mark is not on the scale; agree a mark that is"),
            Self::OutOfRange(leaf) => format!("{leaf}: the mark is not a number from 0 to the highest mark"),
            Self::Missing(leaf) => format!("{leaf}: there is no mark; agree one first"),
        }
    }
}

/// `out_of` · Σ Π(weights/100) · value. Weights are checked at a node before any mark below it is read; children in
/// order; the first error met wins.
pub fn score_tree(root: &Node, marks: &BTreeMap<String, String>, out_of: &Exact) -> Result<Exact, TreeFault> {
    Ok(out_of * value(root, marks)?)
}

fn value(node: &Node, marks: &BTreeMap<String, String>) -> Result<Exact, TreeFault> {
    let mark = || marks.get(&node.id).ok_or_else(|| TreeFault::Missing(node.id.clone()));
    match &node.kind {
        NodeKind::Section(children) => {
            if children.iter().map(|child| &child.weight).sum::<Exact>() != Exact::hundred() {
                return Err(TreeFault::Weights(node.id.clone()));
            }
            children
                .iter()
                .try_fold(Exact::zero(), |sum, child| Ok(sum + child.weight.percent() * value(child, marks)?))
        }
        NodeKind::Scale(scale) => {
            let percent = scale.get(mark()?).ok_or_else(|| TreeFault::NotOnScale(node.id.clone()))?;
            Ok(percent.percent())
        }
        NodeKind::Most(most) => mark()?
            .parse::<Exact>()
            .ok()
            .and_then(|mark| mark.checked_div(most))
            .filter(|share| !share.is_negative() && *share <= Exact::one())
            .ok_or_else(|| TreeFault::OutOfRange(node.id.clone())),
    }
}
