//! What a test is a test of: the parts of a pack that a lot's findings follow from.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Severity, words};
use crate::canonical::{self, Unfit};
use crate::pack::{Pack, PackCriterion, PackLot, PriceModel, Question};
use crate::scale::Scale;
use crate::words::{BaseSet, RankOn, TieBreak};

words! {
    /// How far a lot's award model is tested.
    Tested {
        /// Never.
        Untested = "untested", "Not tested";
        /// Not since the model was changed.
        Outdated = "outdated", "Changed since the test";
        /// What was found is to be decided on.
        Undecided = "undecided", "To decide";
        /// Nothing is left to do.
        Settled = "settled", "Tested";
    }
}

impl Tested {
    /// How far a lot is tested by its last test: whether that is of the model as it is now, whether it found anything to decide, and
    /// whether that was decided.
    #[must_use]
    pub const fn by(of_this_model: bool, asks: bool, decided: bool) -> Self {
        match (of_this_model, asks, decided) {
            (false, ..) => Self::Outdated,
            (true, true, false) => Self::Undecided,
            (true, ..) => Self::Settled,
        }
    }
}

impl Severity {
    /// Whether officers decide something about what was found.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Serious | Self::Attend)
    }
}

#[derive(Serialize)]
struct Model<'a> {
    decimals: u32,
    rank_on: RankOn,
    tie_break: &'a [TieBreak],
    base_set: BaseSet,
    code: &'a str,
    price: &'a PriceModel,
    min_quality: Option<&'a str>,
    quality: Vec<PackCriterion>,
    scales: Vec<&'a Scale>,
}

/// The hash of a lot's award model: what [`examine`](super::examine) finds on the same prices is the same as long as this is. Texts of
/// questions, other lots and their scales, schedules, documents and deadlines are no part of it.
pub fn model_hash(pack: &Pack, lot: &PackLot) -> Result<String, Unfit> {
    let asked: BTreeSet<&str> =
        lot.questions().iter().filter_map(|node| Some(node.question.as_ref()?.scale.as_str())).collect();
    canonical::hash_of(&Model {
        decimals: pack.method.decimals,
        rank_on: pack.method.rank_on,
        tie_break: &pack.method.tie_break,
        base_set: pack.method.base_set,
        code: &lot.code,
        price: &lot.price,
        min_quality: lot.min_quality.as_deref(),
        quality: lot.quality.iter().map(counting).collect(),
        scales: pack.scales.iter().filter(|scale| asked.contains(scale.name.as_str())).collect(),
    })
}

/// A criterion without what counts for nothing: ids and the texts of questions.
fn counting(node: &PackCriterion) -> PackCriterion {
    let question = node.question.as_ref().map(|question| Question {
        text: String::new(),
        scale: question.scale.clone(),
        word_limit: None,
        minimum_mark: question.minimum_mark.clone(),
        document: false,
    });
    PackCriterion {
        id: String::new(),
        code: node.code.clone(),
        title: node.title.clone(),
        weight: node.weight.clone(),
        question,
        children: node.children.iter().map(counting).collect(),
    }
}
