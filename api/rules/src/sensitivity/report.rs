//! How firmly a result stands: everything METHODS "At award" asks, from the pack and the result alone (and, for the panel's own
//! marks, from these). A picture for those who decide, and never a rule: it changes no mark, no price and no rank.
//!
//! No result is computed anew: what bids earned is in the result, so that a changed weight, mark or price is a sum, and a bid left
//! out is one more ranking. That is what makes 50 bids × 500 questions bearable.

mod bids;
mod flips;
mod lead;
mod panel;
mod weights;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exact::Exact;
use crate::pack::{Pack, PackCriterion, PackLot};
use crate::price::{AbnormalGround, BELOW_MEAN, BELOW_NEXT, PriceRule, abnormally_low};
use crate::rank::{Measure, RankBid, RankRules, Ranking, in_base, rank};
use crate::record::{BidResult, LotResult, rules_of};
use crate::scale::Scale;
use crate::sensitivity::{FlipPrice, Standing, flip_price};
use crate::words::{Exclusion, words};

pub use bids::{Dominated, Placed, WithoutBid};
pub use flips::{Flip, MarkFlips};
pub use lead::NearTie;
pub use panel::{MemberMark, OwnMarks, Unmarked, Without};
pub use weights::{WeightOf, WeightRange};

words! {
    /// Why there is no winner, and so nothing to say of what needs one.
    NoWinner {
        /// Several bids are first, and no published rule parts them.
        UnresolvedTie = "unresolved_tie", "Several bids are first, and no published rule parts them";
        /// No bid is left to rank.
        NoRankedBids = "no_ranked_bids", "No bid is left to rank";
    }
}

/// What the sensitivity of a result is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The winner's id; nothing where no bid, or several, are first: then what needs a winner is left out.
    pub winner: Option<String>,
    /// Why there is none, if so: then lead, near tie, flip price, steps of marks and bids left out are empty.
    pub no_winner: Option<NoWinner>,
    /// The points by which the winner leads; nothing where nobody else is ranked.
    pub lead: Option<Exact>,
    /// The same with the method's decimals.
    pub lead_rounded: Option<String>,
    /// Why it is a near tie (p); none where it is not.
    pub near_tie_grounds: Vec<NearTie>,
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
    /// The first answer of a ranked bid that nobody marked, where own marks cannot say who would be first.
    pub own_marks_missing: Option<Unmarked>,
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
    /// The same to the penny.
    pub price_rounded: Option<String>,
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
    let near_tie_grounds = lead::near_tie(&case, lead.as_ref(), &mark_flips);
    let (own_marks, own_marks_missing) = match panel::of(&case, marks) {
        Ok(own) => (own, None),
        Err(unmarked) => (None, Some(unmarked)),
    };
    Some(Report {
        winner: result.winner.clone(),
        no_winner: case.no_winner(),
        lead_rounded: lead.as_ref().map(|lead| lead.fixed(case.rules.decimals)),
        lead,
        near_tie_grounds,
        without_bids: bids::without_each(&case),
        flip_price: case.flip_price(),
        weights: weights::of(&case),
        mark_flips,
        own_marks,
        own_marks_missing,
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

    /// The scale of a question; nothing for a section.
    fn scale_of(&self, node: &PackCriterion) -> Option<&'a Scale> {
        let question = node.question.as_ref()?;
        Scale::named(&self.pack.scales, &question.scale)
    }

    fn ranked(&self) -> impl Iterator<Item = &'a BidResult> {
        self.result.bids.iter().filter(|bid| bid.rank.is_some())
    }

    /// The bid of rank 1, where it is one.
    fn winner(&self) -> Option<&'a BidResult> {
        let id = self.result.winner.as_ref()?;
        self.result.bids.iter().find(|bid| bid.bid == *id)
    }

    fn no_winner(&self) -> Option<NoWinner> {
        let nobody = self.ranked().next().is_none();
        let why = if nobody { NoWinner::NoRankedBids } else { NoWinner::UnresolvedTie };
        self.winner().is_none().then_some(why)
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
        // The price to be undercut is the one the formula reads, which a bid that is not ranked may set.
        let counted = self.result.bids.iter().filter(|bid| in_base(self.rules.base_set, bid.exclusion));
        let lowest = counted.filter_map(|bid| Some(bid.price.as_ref()?.total.to_exact())).min()?;
        let FlipPrice { price, vulnerable } =
            flip_price(&standing(first)?, &standing(second)?, weight, &lowest).ok()?;
        let price_rounded = price.as_ref().map(|price| price.fixed(2));
        Some(FlipPriceOf { second: second.bid.clone(), price, price_rounded, vulnerable })
    }

    /// Among all that were not withdrawn or disregarded: a price is compared with what others ask, ranked or not.
    fn abnormally_low(&self) -> Vec<AbnormallyLow> {
        let out =
            |bid: &&BidResult| matches!(bid.exclusion, Some(Exclusion::Withdrawn | Exclusion::Disregarded));
        let asked = self.result.bids.iter().filter(|bid| !out(bid));
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
        disregarded: bid.exclusion == Some(Exclusion::Disregarded),
        failed: bid.exclusion == Some(Exclusion::Failed),
        below_minimum_mark: bid.exclusion == Some(Exclusion::BelowMinQuality),
    }
}

/// The ids of the bids of rank 1.
fn first(ranking: &Ranking) -> Vec<String> {
    ranking.ranked.iter().filter(|bid| bid.rank == 1).map(|bid| bid.id.clone()).collect()
}
