//! What moved from one result of a lot to a later one, and why (DOMAIN rule 8).

use std::collections::{BTreeMap, BTreeSet};

use super::{BidResult, LotResult, Points};
use crate::correction::PriceCorrection;
use crate::money::Pence;
use crate::outcome::Disregard;
use crate::words::Exclusion;

/// What moved from one result to a later one of the same lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The one bid of rank 1 before and after, by id; nothing where there was none or several.
    pub winner: (Option<String>, Option<String>),
    /// Whether the pack's method is another: its hash.
    pub method: bool,
    /// The bids of which anything moved, by id.
    pub bids: Vec<MovedBid>,
}

/// What moved of one bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedBid {
    /// The bid's id.
    pub bid: String,
    /// The supplier's name.
    pub supplier: String,
    /// How it stood; nothing where it was not in the result.
    pub before: Option<Stood>,
    /// How it stands.
    pub after: Option<Stood>,
    /// What was changed about the bid itself. Empty where only other bids moved it.
    pub causes: Vec<Cause>,
}

/// How a bid stands in a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood {
    /// Its rank, if ranked.
    pub rank: Option<u32>,
    /// Why it is not, if so.
    pub exclusion: Option<Exclusion>,
    /// Its total as published, if ranked.
    pub total: Option<String>,
    /// Its quality points as published.
    pub quality: Option<String>,
    /// Its evaluated price.
    pub price: Option<Pence>,
}

/// What was changed about a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A mark of record is another.
    Mark {
        /// The question's code.
        question: String,
        /// The mark before, if there was one.
        from: Option<String>,
        /// The mark now, if there is one.
        to: Option<String>,
    },
    /// A unit price was corrected.
    Correction(PriceCorrection),
    /// It is disregarded now, and was not.
    Disregarded(Disregard),
    /// It is ranked or not for another reason than before.
    Exclusion {
        /// Why it was not ranked, if so.
        from: Option<Exclusion>,
        /// Why it is not, if so.
        to: Option<Exclusion>,
    },
}

/// Compares two results of one lot.
#[must_use]
pub fn moved(before: &LotResult, after: &LotResult) -> Moved {
    let by_id = |result: &'_ LotResult| -> BTreeMap<String, BidResult> {
        result.bids.iter().map(|bid| (bid.bid.clone(), bid.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let bids = ids.into_iter().filter_map(|id| moved_bid(old.get(id), new.get(id)));
    Moved {
        winner: (before.winner.clone(), after.winner.clone()),
        method: before.method_hash != after.method_hash,
        bids: bids.collect(),
    }
}

fn moved_bid(old: Option<&BidResult>, new: Option<&BidResult>) -> Option<MovedBid> {
    let known = new.or(old)?;
    let (before, after) = (old.map(stood), new.map(stood));
    let causes = causes(old, new);
    if before == after && causes.is_empty() {
        return None;
    }
    Some(MovedBid { bid: known.bid.clone(), supplier: known.supplier.clone(), before, after, causes })
}

fn stood(bid: &BidResult) -> Stood {
    let rounded = |points: &Option<Points>| points.as_ref().map(|points| points.rounded.clone());
    Stood {
        rank: bid.rank,
        exclusion: bid.exclusion,
        total: rounded(&bid.total),
        quality: rounded(&bid.quality),
        price: bid.price.as_ref().map(|price| price.total),
    }
}

fn causes(old: Option<&BidResult>, new: Option<&BidResult>) -> Vec<Cause> {
    let marks = |bid: Option<&BidResult>| -> BTreeMap<String, String> {
        let criteria = bid.into_iter().flat_map(|bid| &bid.criteria);
        criteria.filter_map(|(code, earned)| Some((code.clone(), earned.mark.clone()?))).collect()
    };
    let (marks_before, marks_after) = (marks(old), marks(new));
    let asked: BTreeSet<&String> = marks_before.keys().chain(marks_after.keys()).collect();
    let mut found = Vec::new();
    for question in asked {
        let (from, to) = (marks_before.get(question).cloned(), marks_after.get(question).cloned());
        if from != to {
            found.push(Cause::Mark { question: question.clone(), from, to });
        }
    }
    let held: Vec<&PriceCorrection> = old.into_iter().flat_map(|bid| &bid.corrections).collect();
    let now = new.into_iter().flat_map(|bid| &bid.corrections);
    found.extend(now.filter(|one| !held.contains(one)).cloned().map(Cause::Correction));
    let disregarded = |bid: Option<&BidResult>| bid.and_then(|bid| bid.disregarded.clone());
    if let Some(now) = disregarded(new).filter(|now| disregarded(old).as_ref() != Some(now)) {
        found.push(Cause::Disregarded(now));
    }
    let (from, to) = (old.and_then(|bid| bid.exclusion), new.and_then(|bid| bid.exclusion));
    // A disregard is told with its ground, so that the words of the exclusion add nothing.
    if from != to && to != Some(Exclusion::Disregarded) {
        found.push(Cause::Exclusion { from, to });
    }
    found
}
