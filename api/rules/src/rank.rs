//! The ranking (METHODS 6.3): who is left out and why, exact scores, published tie-breaks, ranks 1, 1, 3.

use std::cmp::Ordering;
use std::fmt;

use crate::exact::Exact;
use crate::price::{CostRule, PriceFault, PriceRule};
use crate::words::{BaseSet, Exclusion, RankOn, TieBreak};

/// A bid to be ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankBid {
    /// Its id.
    pub id: String,
    /// Its quality points.
    pub quality: Option<Exact>,
    /// Its evaluated price in pounds.
    pub price: Option<Exact>,
    /// Whether the bidder withdrew it.
    pub withdrawn: bool,
    /// Whether it is disregarded on a ground of the law.
    pub disregarded: bool,
    /// Whether it does not meet requirements.
    pub failed: bool,
    /// Whether a mark lies under its published minimum.
    pub below_minimum_mark: bool,
}

/// What bids are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Quality points plus price points: more is better.
    Points {
        /// How prices become points.
        rule: PriceRule,
        /// The most price points.
        weight: Exact,
    },
    /// An evaluated cost: less is better.
    Cost(CostRule),
}

/// The published rules of a ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankRules {
    /// What bids are compared by.
    pub measure: Measure,
    /// Decimals of rounded totals.
    pub decimals: u32,
    /// Whether totals are compared exact or rounded.
    pub rank_on: RankOn,
    /// Ways to part equal totals, in order.
    pub tie_break: Vec<TieBreak>,
    /// The least quality points to be ranked.
    pub min_quality: Option<Exact>,
    /// The bids whose prices make the reference.
    pub base_set: BaseSet,
}

impl RankRules {
    /// The most price points; none where a cost is ranked.
    #[must_use]
    pub fn price_weight(&self) -> Exact {
        match &self.measure {
            Measure::Points { weight, .. } => weight.clone(),
            Measure::Cost(_) => Exact::zero(),
        }
    }
}

/// A ranked bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The bid's id.
    pub id: String,
    /// Its price points; nothing where a cost is ranked.
    pub price_points: Option<Exact>,
    /// Its total, or its evaluated cost.
    pub score: Exact,
    /// One more than the number of strictly better bids.
    pub rank: u32,
}

/// A ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// The ranked bids, in the order given.
    pub ranked: Vec<Ranked>,
    /// The others with the reason, in the order given.
    pub excluded: Vec<(String, Exclusion)>,
    /// The one bid of rank 1, if it is one.
    pub winner: Option<String>,
    /// The bids of rank 1 where they are several, in the order given. Nothing unpublished parts them.
    pub unresolved_tie: Vec<String>,
}

/// Why there is no ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankFault {
    /// A bid past every gate has no quality points.
    ScoreMissing,
    /// The prices make no points.
    Price(PriceFault),
}

impl RankFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ScoreMissing => "score_missing",
            Self::Price(fault) => fault.code(),
        }
    }
}

impl fmt::Display for RankFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ScoreMissing => f.write_str("a bid past every gate has no quality points"),
            Self::Price(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for RankFault {}

/// Why a bid is not ranked, if so; the first of withdrawn, disregarded, failed, below a minimum.
#[must_use]
pub fn exclusion(bid: &RankBid, min_quality: Option<&Exact>) -> Option<Exclusion> {
    if bid.withdrawn {
        return Some(Exclusion::Withdrawn);
    }
    if bid.disregarded {
        return Some(Exclusion::Disregarded);
    }
    if bid.failed {
        return Some(Exclusion::Failed);
    }
    let below = match (&bid.quality, min_quality) {
        (Some(quality), Some(least)) => quality < least,
        _ => false,
    };
    (below || bid.below_minimum_mark).then_some(Exclusion::BelowMinQuality)
}

/// A tender that is disregarded is in no base set: nothing is measured by it (PA23 s.19(3), s.26).
pub(crate) fn in_base(set: BaseSet, excluded: Option<Exclusion>) -> bool {
    match set {
        BaseSet::Eligible => excluded.is_none(),
        BaseSet::Compliant => matches!(excluded, None | Some(Exclusion::BelowMinQuality)),
        BaseSet::Submitted => !matches!(excluded, Some(Exclusion::Withdrawn | Exclusion::Disregarded)),
    }
}

/// Ranks bids, in the order of work of METHODS 6.3. No bid left to rank is an error (`no_bids`).
pub fn rank(bids: &[RankBid], rules: &RankRules) -> Result<Ranking, RankFault> {
    let mut left = Vec::new();
    let mut excluded = Vec::new();
    let mut base = Vec::new();
    for bid in bids {
        let why = exclusion(bid, rules.min_quality.as_ref());
        if in_base(rules.base_set, why) {
            base.extend(bid.price.clone());
        }
        match why {
            Some(why) => excluded.push((bid.id.clone(), why)),
            None => left.push(bid),
        }
    }
    let qualities: Option<Vec<&Exact>> = left.iter().map(|bid| bid.quality.as_ref()).collect();
    let qualities = qualities.ok_or(RankFault::ScoreMissing)?;
    let prices: Option<Vec<Exact>> = left.iter().map(|bid| bid.price.clone()).collect();
    let prices = prices.ok_or(RankFault::Price(PriceFault::PriceMissing))?;
    let scores = rules.measure.scores(&qualities, &prices, &base).map_err(RankFault::Price)?;
    let entries: Vec<Contender> = qualities
        .iter()
        .zip(&prices)
        .zip(&scores)
        .map(|((quality, price), (_, score))| {
            let compared = match rules.rank_on {
                RankOn::Exact => score.clone(),
                RankOn::Rounded => score.round(rules.decimals),
            };
            Contender { quality, price, compared }
        })
        .collect();
    let better =
        |entry: &Contender| entries.iter().filter(|other| other.against(entry, rules).is_gt()).count();
    let ranks: Vec<usize> = entries.iter().map(better).collect();
    let mut ranked = Vec::with_capacity(left.len());
    for ((bid, rank), (price_points, score)) in left.iter().zip(ranks).zip(scores) {
        ranked.push(Ranked {
            id: bid.id.clone(),
            price_points,
            score,
            rank: u32::try_from(rank).unwrap_or(u32::MAX).saturating_add(1),
        });
    }
    let mut first: Vec<String> =
        ranked.iter().filter(|bid| bid.rank == 1).map(|bid| bid.id.clone()).collect();
    let winner = if first.len() == 1 { first.pop() } else { None };
    Ok(Ranking { ranked, excluded, winner, unresolved_tie: first })
}

impl Measure {
    /// The price points, where there are any, and the score of each bid.
    fn scores(
        &self,
        qualities: &[&Exact],
        prices: &[Exact],
        base: &[Exact],
    ) -> Result<Vec<(Option<Exact>, Exact)>, PriceFault> {
        if prices.is_empty() {
            return Err(PriceFault::NoBids);
        }
        match self {
            Self::Points { rule, weight } => {
                let points = rule.points_against(weight, prices, base)?;
                let sum = |(quality, points): (&&Exact, Exact)| (Some(points.clone()), *quality + points);
                Ok(qualities.iter().zip(points).map(sum).collect())
            }
            Self::Cost(rule) => {
                let pairs = qualities.iter().zip(prices);
                pairs.map(|(quality, price)| Ok((None, rule.cost(price, quality)?))).collect()
            }
        }
    }
}

struct Contender<'a> {
    quality: &'a Exact,
    price: &'a Exact,
    compared: Exact,
}

impl Contender<'_> {
    /// Greater is better.
    fn against(&self, other: &Self, rules: &RankRules) -> Ordering {
        let score = match rules.measure {
            Measure::Points { .. } => self.compared.cmp(&other.compared),
            Measure::Cost(_) => other.compared.cmp(&self.compared),
        };
        rules.tie_break.iter().fold(score, |so_far, key| {
            so_far.then_with(|| match key {
                TieBreak::LowerPrice => other.price.cmp(self.price),
                TieBreak::HigherQuality => self.quality.cmp(other.quality),
            })
        })
    }
}
