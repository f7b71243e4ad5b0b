//! What keeps a bid out of a ranking, whatever it costs: the requirements it must meet and the least marks it must have. Read
//! once for all bids of a lot.

use std::collections::BTreeMap;

use super::{BidInput, Reason};
use crate::pack::{Pack, PackCriterion, PackLot, PackRequirement, Scale};
use crate::words::ResponseCode;

/// The published gates of a lot.
pub(super) struct Gates<'a> {
    /// The requirements that not every answer meets.
    requirements: Vec<&'a PackRequirement>,
    minimums: Vec<Minimum<'a>>,
}

/// The least mark on a question.
struct Minimum<'a> {
    question: &'a str,
    least: &'a str,
    scale: Option<&'a Scale>,
    /// The place of the least mark on the scale.
    position: Option<usize>,
}

/// A reason with its message.
pub(super) fn reason(code: &str, place: &str, message: String) -> Reason {
    Reason { code: code.to_owned(), place: place.to_owned(), message }
}

impl<'a> Gates<'a> {
    pub(super) fn of(pack: &'a Pack, lot: &'a PackLot) -> Self {
        let requirements = pack.requirements.iter().filter(|requirement| !requirement.accepted.is_empty());
        let minimums = lot.questions().into_iter().filter_map(|node| Minimum::of(node, &pack.scales));
        Self { requirements: requirements.collect(), minimums: minimums.collect() }
    }

    /// The requirements that a bid does not meet.
    pub(super) fn failures(&self, bid: &BidInput) -> Vec<Reason> {
        self.requirements.iter().filter_map(|requirement| failure(requirement, &bid.responses)).collect()
    }

    /// Marks under a question's published minimum.
    pub(super) fn below_minimum(&self, bid: &BidInput) -> Vec<Reason> {
        self.minimums.iter().filter_map(|minimum| minimum.missed(bid)).collect()
    }
}

/// The requirements that responses do not meet: what disqualifies a tender before anything is marked or priced.
#[must_use]
pub fn unmet(pack: &Pack, responses: &BTreeMap<String, ResponseCode>) -> Vec<Reason> {
    let requirements = pack.requirements.iter().filter(|requirement| !requirement.accepted.is_empty());
    requirements.filter_map(|requirement| failure(requirement, responses)).collect()
}

fn failure(requirement: &PackRequirement, responses: &BTreeMap<String, ResponseCode>) -> Option<Reason> {
    let PackRequirement { code, accepted, .. } = requirement;
    let given = responses.get(code);
    if given.is_some_and(|given| accepted.contains(given)) {
        return None;
    }
    let accepted = accepted.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ");
    Some(match given {
        Some(given) => reason(
            "requirement_not_met",
            code,
            format!("{code}: answered {given} ({}); accepted: {accepted}", given.label()),
        ),
        None => {
            reason("requirement_not_answered", code, format!("{code}: not answered; accepted: {accepted}"))
        }
    })
}

impl<'a> Minimum<'a> {
    /// Nothing for a question without a minimum.
    fn of(node: &'a PackCriterion, scales: &'a [Scale]) -> Option<Self> {
        let question = node.question.as_ref()?;
        let least = question.minimum_mark.as_deref()?;
        let scale = Scale::named(scales, &question.scale);
        let position = scale.and_then(|scale| scale.position(least));
        Some(Self { question: &node.code, least, scale, position })
    }

    fn missed(&self, bid: &BidInput) -> Option<Reason> {
        let mark = bid.marks.get(self.question)?;
        if self.scale.and_then(|scale| scale.position(mark)) >= self.position {
            return None;
        }
        let message = format!("{}: the mark {mark} is under the minimum mark {}", self.question, self.least);
        Some(reason("below_minimum_mark", self.question, message))
    }
}
