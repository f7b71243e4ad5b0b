//! What each bid does to the others: who wins without it, and which are worse in everything.

use std::cmp::Ordering;

use serde::Serialize;

use super::{Case, first};
use crate::rank::{RankBid, Ranked, Ranking};
use crate::record::BidResult;

/// The ranking without one bid that did not win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WithoutBid {
    /// The bid that is left out.
    pub bid: String,
    /// Who would be first then; several where they are equal.
    pub first: Vec<String>,
    /// Whether that is somebody else than the winner: a bid that cannot win decides who does.
    pub changes: bool,
    /// Every bid that would be ranked, the best first.
    pub ranking: Vec<Placed>,
}

/// A bid and its rank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// The bid's id.
    pub bid: String,
    /// One more than the number of strictly better bids.
    pub rank: u32,
}

/// A bid that is as dear or dearer than another, and no better on any question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dominated {
    /// The bid.
    pub bid: String,
    /// The first bid in the order of the result that is at least as good and as cheap in everything, and better in something.
    pub by: String,
}

/// The rankings without each bid that did not win.
pub(super) fn without_each(case: &Case<'_>) -> Vec<WithoutBid> {
    let Some(winner) = case.winner() else { return Vec::new() };
    let others = case.result.bids.iter().filter(|bid| bid.bid != winner.bid);
    others
        .filter_map(|bid| {
            let left: Vec<RankBid> = case.bids.iter().filter(|other| other.id != bid.bid).cloned().collect();
            let ranking = case.rank(&left)?;
            let first = first(&ranking);
            let changes = first != [winner.bid.clone()];
            Some(WithoutBid { bid: bid.bid.clone(), first, changes, ranking: placed(ranking) })
        })
        .collect()
}

/// By rank; equal ones stay in the order of the result.
fn placed(ranking: Ranking) -> Vec<Placed> {
    let of = |bid: Ranked| Placed { bid: bid.id, rank: bid.rank };
    let mut placed: Vec<Placed> = ranking.ranked.into_iter().map(of).collect();
    placed.sort_by_key(|bid| bid.rank);
    placed
}

/// The ranked bids that another ranked bid betters in everything.
pub(super) fn dominated(case: &Case<'_>) -> Vec<Dominated> {
    let questions: Vec<&str> = case.lot.questions().into_iter().map(|node| node.code.as_str()).collect();
    let ranked: Vec<&BidResult> = case.ranked().collect();
    let found = ranked.iter().filter_map(|bid| {
        let by = ranked.iter().find(|other| dominates(other, bid, &questions))?;
        Some(Dominated { bid: bid.bid.clone(), by: by.bid.clone() })
    });
    found.collect()
}

/// Whether a bid is no dearer than another and no worse on any question, and better in one of these.
fn dominates(one: &BidResult, other: &BidResult, questions: &[&str]) -> bool {
    let (Some(price), Some(other_price)) = (&one.price, &other.price) else { return false };
    if price.total > other_price.total {
        return false;
    }
    let mut better = price.total < other_price.total;
    for question in questions {
        let (own, others) = (one.criteria.get(*question), other.criteria.get(*question));
        let points = own.map(|earned| &earned.points.exact);
        match points.cmp(&others.map(|earned| &earned.points.exact)) {
            Ordering::Less => return false,
            Ordering::Greater => better = true,
            Ordering::Equal => {}
        }
    }
    better
}
