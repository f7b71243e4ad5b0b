//! How firmly a result stands: everything METHODS "At award" asks, from the pack and the result alone (and, for the panel's own
//! marks, from these). A picture for those who decide, and never a rule: it changes no mark, no price and no rank.

mod bids;
mod flips;
mod panel;
mod weights;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exact::Exact;
use crate::pack::{Pack, PackLot};
use crate::price::{AbnormalGround, BELOW_MEAN, BELOW_NEXT, PriceRule, abnormally_low};
use crate::rank::{Measure, RankBid, RankRules, Ranking, rank};
use crate::record::{BidResult, LotResult, rules_of};
use crate::sensitivity::{FlipPrice, Standing, flip_price};
use crate::words::Exclusion;

pub use bids::{Dominated, WithoutBid};
pub use flips::{Flip, MarkFlips};
pub use panel::{MemberMark, OwnMarks, Without};
pub use weights::{WeightOf, WeightRange};

/// What the sensitivity of a result is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The winner's id; nothing where no bid, or several, are first: then what needs a winner is left out.
    pub winner: Option<String>,
    /// The points by which the winner leads; nothing where nobody else is ranked.
    pub lead: Option<Exact>,
    /// Whether the lead is less than one unit of the published rounding, or one step of one mark would end it.
    pub near_tie: bool,
    /// What becomes of the ranking without each bid that did not win (METHODS, At award i).
    pub without_bids: Vec<WithoutBid>,
    /// The price at which leader and runner-up change places, under the one formula that has it (j).
    pub flip_price: Option<FlipPriceOf>,
    /// Price and each top criterion: the weights at which another bid wins, the nearest first (k).
    pub weights: Vec<WeightOf>,
    /// The fewest steps of marks by which the winner loses its place, to each other bid that is not behind a third one then, the
    /// fewest first (l).
    pub mark_flips: Vec<MarkFlips>,
    /// What the panel's own marks would have led to, and without each member and council (m).
    pub own_marks: Option<OwnMarks>,
    /// Bids that are no better and no cheaper than another one in anything (o).
    pub dominated: Vec<Dominated>,
    /// Prices that look abnormally low (q): a flag, never a consequence.
    pub abnormally_low: Vec<AbnormallyLow>,
}

/// The price at which leader and runner-up change places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlipPriceOf {
    /// The runner-up's id.
    pub second: String,
    /// The lowest price, in pounds, at which they are equal; nothing where there is none.
    pub price: Option<Exact>,
    /// Whether any bid that counts under that price would reverse them, however poor.
    pub vulnerable: bool,
}

/// A price that looks abnormally low.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbnormallyLow {
    /// The bid's id.
    pub bid: String,
    /// Why.
    pub ground: AbnormalGround,
}

/// A result, ready to be computed again with something changed.
pub(super) struct Case<'a> {
    pack: &'a Pack,
    lot: &'a PackLot,
    rules: RankRules,
    result: &'a LotResult,
    /// Every bid as it was ranked, in the order of the result.
    bids: Vec<RankBid>,
    /// What the ranked ones scored, by id.
    scores: BTreeMap<&'a str, Exact>,
}

/// The sensitivity of a result to the pack it was computed from. `marks` are the panel members' own; without any, nothing is
/// said of them. Nothing where the pack is not the result's.
#[must_use]
pub fn report(pack: &Pack, result: &LotResult, marks: &[MemberMark]) -> Option<Report> {
    let case = Case::of(pack, result)?;
    let lead = case.lead();
    let mark_flips = flips::of(&case);
    let unit = case.rounding_unit();
    let one_step = mark_flips.iter().any(|flips| flips.steps.len() == 1);
    Some(Report {
        winner: result.winner.clone(),
        near_tie: one_step || lead.as_ref().zip(unit.as_ref()).is_some_and(|(lead, unit)| lead < unit),
        lead,
        without_bids: bids::without_each(&case),
        flip_price: case.flip_price(),
        weights: weights::of(&case),
        mark_flips,
        own_marks: panel::of(&case, marks),
        dominated: bids::dominated(&case),
        abnormally_low: case.abnormally_low(),
    })
}

impl<'a> Case<'a> {
    fn of(pack: &'a Pack, result: &'a LotResult) -> Option<Self> {
        let lot = pack.lots.iter().find(|lot| lot.id == result.lot)?;
        let rules = rules_of(pack, lot).ok()?;
        let bids: Vec<RankBid> = result.bids.iter().map(as_ranked).collect();
        let ranked = result.bids.iter().filter_map(|bid| Some((bid.bid.as_str(), bid.total.as_ref()?)));
        let scores = ranked.map(|(id, total)| (id, total.exact.clone())).collect();
        Some(Self { pack, lot, rules, result, bids, scores })
    }

    /// The ranking of other bids, or of these with something changed; nothing where none is left.
    fn rank(&self, bids: &[RankBid]) -> Option<Ranking> {
        rank(bids, &self.rules).ok()
    }

    /// One unit of the last published decimal.
    fn rounding_unit(&self) -> Option<Exact> {
        Exact::ratio(1, 10_i64.checked_pow(self.rules.decimals)?)
    }

    fn ranked(&self) -> impl Iterator<Item = &'a BidResult> {
        self.result.bids.iter().filter(|bid| bid.rank.is_some())
    }

    /// The bid of rank 1, where it is one.
    fn winner(&self) -> Option<&'a BidResult> {
        let id = self.result.winner.as_ref()?;
        self.result.bids.iter().find(|bid| bid.bid == *id)
    }

    /// The first behind the winner; of equal ones the one that stands first in the result.
    fn runner_up(&self) -> Option<&'a BidResult> {
        let winner = self.winner()?;
        self.ranked().filter(|bid| bid.bid != winner.bid).min_by_key(|bid| bid.rank)
    }

    fn lead(&self) -> Option<Exact> {
        let of = |bid: &BidResult| self.scores.get(bid.bid.as_str());
        Some(of(self.winner()?)? - of(self.runner_up()?)?)
    }

    fn flip_price(&self) -> Option<FlipPriceOf> {
        let Measure::Points { rule: PriceRule::LowestOverBid, weight } = &self.rules.measure else {
            return None;
        };
        let (first, second) = (self.winner()?, self.runner_up()?);
        let standing = |bid: &BidResult| {
            let quality = bid.quality.as_ref()?.exact.clone();
            Some(Standing { quality, price: bid.price.as_ref()?.total.to_exact() })
        };
        let lowest = self.ranked().filter_map(|bid| Some(bid.price.as_ref()?.total.to_exact())).min()?;
        let FlipPrice { price, vulnerable } =
            flip_price(&standing(first)?, &standing(second)?, weight, &lowest).ok()?;
        Some(FlipPriceOf { second: second.bid.clone(), price, vulnerable })
    }

    /// Among all that were not withdrawn: a price is compared with what others ask, ranked or not.
    fn abnormally_low(&self) -> Vec<AbnormallyLow> {
        let asked = self.result.bids.iter().filter(|bid| bid.exclusion != Some(Exclusion::Withdrawn));
        let (bids, prices): (Vec<&BidResult>, Vec<Exact>) =
            asked.filter_map(|bid| Some((bid, bid.price.as_ref()?.total.to_exact()))).unzip();
        let share = |hundredths| Exact::from(hundredths).percent();
        abnormally_low(&prices, &share(BELOW_MEAN), &share(BELOW_NEXT))
            .into_iter()
            .map(|(place, ground)| AbnormallyLow { bid: bids[place].bid.clone(), ground })
            .collect()
    }
}

/// A bid of a result as it went into its ranking. What kept it out keeps it out again.
fn as_ranked(bid: &BidResult) -> RankBid {
    RankBid {
        id: bid.bid.clone(),
        quality: bid.quality.as_ref().map(|points| points.exact.clone()),
        price: bid.price.as_ref().map(|price| price.total.to_exact()),
        withdrawn: bid.exclusion == Some(Exclusion::Withdrawn),
        failed: bid.exclusion == Some(Exclusion::Failed),
        below_minimum_mark: bid.exclusion == Some(Exclusion::BelowMinQuality),
    }
}

/// The ids of the bids of rank 1.
fn first(ranking: &Ranking) -> Vec<String> {
    ranking.ranked.iter().filter(|bid| bid.rank == 1).map(|bid| bid.id.clone()).collect()
}
