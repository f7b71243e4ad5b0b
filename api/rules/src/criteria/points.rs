//! The points of bids on a lot's criteria. The tree is read once for all bids: weights multiplied down to every question, and
//! what each mark of its scale earns there.

use std::collections::BTreeMap;

use super::{MarkFault, NodePoints, PartialPoints, faults, quality_weight};
use crate::exact::Exact;
use crate::pack::{PackCriterion, PackLot, Question, Scale};

/// A lot's criteria, ready to score bids on.
#[derive(Clone, Debug)]
pub struct Scoring<'a> {
    /// Of the pack itself: with one there are points of no bid.
    faults: Vec<MarkFault>,
    /// The top of the tree; nothing where the weight of quality is no number.
    top: Option<Level<'a>>,
}

/// What a criterion is made of; nothing for one whose weight is no number, which is a fault of the pack.
type Level<'a> = Vec<Option<Branch<'a>>>;

#[derive(Clone, Debug)]
struct Branch<'a> {
    code: &'a str,
    weight_of_total: Exact,
    kind: Kind<'a>,
}

#[derive(Clone, Debug)]
enum Kind<'a> {
    Section(Level<'a>),
    Question { scale: &'a str, marks: Option<Earning<'a>> },
}

/// What each mark of a scale earns on a question.
#[derive(Clone, Debug)]
struct Earning<'a> {
    scale: &'a Scale,
    /// By the mark as the scale writes it; other ways to write it are found through the scale.
    points: BTreeMap<&'a str, Exact>,
}

/// As [`quality_points`](super::quality_points), with what can be said where marks are missing: for bids that are not ranked.
#[must_use]
pub fn partial_points(lot: &PackLot, scales: &[Scale], marks: &BTreeMap<String, String>) -> PartialPoints {
    Scoring::of(lot, scales).points(marks)
}

impl<'a> Scoring<'a> {
    /// Reads a lot's criteria.
    #[must_use]
    pub fn of(lot: &'a PackLot, scales: &'a [Scale]) -> Self {
        let pack_fault = |node, message| MarkFault::Pack { node, message };
        let mut found: Vec<MarkFault> =
            faults(&lot.quality).into_iter().map(|fault| pack_fault(fault.node, fault.message)).collect();
        let top = quality_weight(lot).map(|out_of| level(&lot.quality, scales, &out_of));
        if top.is_none() {
            let message = format!("the price weight \"{}\" is not a number", lot.price.weight);
            found.push(pack_fault(lot.code.clone(), message));
        }
        Self { faults: found, top }
    }

    /// What a bid's marks earn, texts by question code. All faults at once.
    #[must_use]
    pub fn points(&self, marks: &BTreeMap<String, String>) -> PartialPoints {
        let mut walk = Walk { marks, nodes: BTreeMap::new(), faults: self.faults.clone() };
        let total = self.top.as_ref().and_then(|top| walk.level(top));
        PartialPoints { total, nodes: walk.nodes, faults: walk.faults }
    }
}

fn level<'a>(nodes: &'a [PackCriterion], scales: &'a [Scale], out_of: &Exact) -> Level<'a> {
    let branch = |node: &'a PackCriterion| {
        let weight_of_total = out_of * node.weight.parse::<Exact>().ok()?.percent();
        let kind = match &node.question {
            Some(question) => asked(question, scales, &weight_of_total),
            None => Kind::Section(level(&node.children, scales, &weight_of_total)),
        };
        Some(Branch { code: &node.code, weight_of_total, kind })
    };
    nodes.iter().map(branch).collect()
}

fn asked<'a>(question: &'a Question, scales: &'a [Scale], weight_of_total: &Exact) -> Kind<'a> {
    let scale = Scale::named(scales, &question.scale);
    let marks = scale.map(|scale| {
        let earns = |mark: &'a str| Some((mark, weight_of_total * scale.share(mark)?));
        Earning { scale, points: scale.marks.iter().filter_map(|mark| earns(&mark.value)).collect() }
    });
    Kind::Question { scale: &question.scale, marks }
}

impl<'a> Earning<'a> {
    /// A mark as the scale writes it, and what it earns; nothing where it is not on the scale.
    fn of(&self, mark: &str) -> Option<(&'a str, &Exact)> {
        if let Some((written, points)) = self.points.get_key_value(mark) {
            return Some((written, points));
        }
        let written = self.scale.find(mark)?.value.as_str();
        Some((written, self.points.get(written)?))
    }
}

/// One bid on its way through the tree.
struct Walk<'a> {
    marks: &'a BTreeMap<String, String>,
    nodes: BTreeMap<String, NodePoints>,
    faults: Vec<MarkFault>,
}

impl Walk<'_> {
    /// Nothing where a criterion has no points.
    fn level(&mut self, branches: &[Option<Branch<'_>>]) -> Option<Exact> {
        let mut sum = Some(Exact::zero());
        for branch in branches {
            // Also behind a criterion without points: all that is missing is told at once.
            let points = branch.as_ref().and_then(|branch| self.branch(branch));
            sum = sum.zip(points).map(|(sum, points)| sum + points);
        }
        sum
    }

    fn branch(&mut self, branch: &Branch<'_>) -> Option<Exact> {
        let (points, mark) = match &branch.kind {
            Kind::Section(children) => (self.level(children)?, None),
            Kind::Question { scale, marks } => {
                let (mark, points) = self.earned(branch.code, scale, marks.as_ref())?;
                (points, Some(mark))
            }
        };
        let weight_of_total = branch.weight_of_total.clone();
        let node = NodePoints { weight_of_total, points: points.clone(), mark };
        self.nodes.insert(branch.code.to_owned(), node);
        Some(points)
    }

    fn earned(
        &mut self,
        question: &str,
        scale: &str,
        marks: Option<&Earning<'_>>,
    ) -> Option<(String, Exact)> {
        let Some(earning) = marks else {
            let message = format!("the pack has no scale \"{scale}\"");
            self.faults.push(MarkFault::Pack { node: question.to_owned(), message });
            return None;
        };
        let Some(mark) = self.marks.get(question) else {
            self.faults.push(MarkFault::Missing { question: question.to_owned() });
            return None;
        };
        let Some((written, points)) = earning.of(mark) else {
            self.faults.push(MarkFault::NotOnScale { question: question.to_owned(), mark: mark.clone() });
            return None;
        };
        Some((written.to_owned(), points.clone()))
    }
}
