//! The method: the published rules by which marks and prices become a ranking.

//!
//! What holds for every lot is [`Method`]; [`LotMethod`] is all of one lot's rules as one object, which a result names by its
//! hash, and [`told`] says it in sentences, alike wherever people read it.

mod told;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, Unfit};
use crate::pack::{Pack, PackCriterion, PackLot, PriceModel};
use crate::scale::Scale;
use crate::words::{BaseSet, RankOn, ResponseCode, TieBreak};

pub use told::{price_rule, rounding, told};

/// The rules that hold for every lot of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Decimals of published totals, 0 to 6. Rounding is half away from zero, once, on the published figure.
    pub decimals: u32,
    /// Whether totals are compared exact or rounded.
    pub rank_on: RankOn,
    /// Ways to part equal totals, in order. Empty: a tie stays a tie.
    pub tie_break: Vec<TieBreak>,
    /// The bids whose prices make the reference of a relative formula.
    pub base_set: BaseSet,
    /// How volume bands, options and rates count in the evaluated price, in sentences as [`crate::schedule::price_rules`]
    /// writes them; empty where the pack has none of these, and then not part of its JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_rules: Vec<String>,
    /// The rule under which unit prices are corrected after the opening (DOMAIN rule 9). A pack that was published without
    /// one keeps its hash, and no price of it is corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic_rule: Option<String>,
    /// How the panel's marks become marks of record. A pack that was published without it keeps its hash, and its answers are
    /// talked about from [`crate::marks::DEFAULT_TRIGGER`] steps on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Moderation>,
}

impl Method {
    /// From how many steps of a question's scale between the highest and the lowest mark the panel talks about an answer.
    #[must_use]
    pub fn spread_steps(&self) -> usize {
        let steps = self.moderation.as_ref().map(|policy| policy.spread_steps);
        steps.and_then(|steps| usize::try_from(steps).ok()).unwrap_or(crate::marks::DEFAULT_TRIGGER)
    }

    /// Whether somebody who does not mark reads answers for prices before the panel sees them.
    #[must_use]
    pub fn clearance(&self) -> bool {
        self.moderation.as_ref().is_some_and(|policy| policy.clearance)
    }
}

/// The most steps of a scale that a panel may be apart without talking, at which a policy says anything.
pub const MOST_SPREAD_STEPS: u32 = 10;

/// How the panel's marks become marks of record (METHODS 0.3). Averages never do (DOMAIN rule 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moderation {
    /// The steps of a question's scale between the highest and the lowest mark from which an answer is on the agenda, 1 to
    /// [`MOST_SPREAD_STEPS`]. Information to the panel: it refuses nothing and changes no mark.
    pub spread_steps: u32,
    /// Whether somebody who does not mark reads every answer for prices before the panel sees it (DOMAIN rule 1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clearance: bool,
}

/// All that turns marks and prices into the ranking of a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LotMethod<'a> {
    /// What holds for every lot.
    pub method: &'a Method,
    /// The scales that questions are marked on.
    pub scales: &'a [Scale],
    /// The price formula with its weight and parameters.
    pub price: &'a PriceModel,
    /// The least quality points to be ranked.
    pub min_quality: &'a Option<String>,
    /// The criteria with their weights and minimum marks.
    pub quality: &'a [PackCriterion],
    /// The requirements that disqualify. Left out of packs that were published before the method said how it is moderated, so that
    /// their results replay to the same bytes; their gates are under the pack's own hash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate<'a>>,
}

/// A requirement that a bid must meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gate<'a> {
    /// The requirement's code.
    pub requirement: &'a str,
    /// The answers that meet it.
    pub accepted: &'a [ResponseCode],
}

impl<'a> LotMethod<'a> {
    /// The method of a lot of this pack.
    #[must_use]
    pub fn of(pack: &'a Pack, lot: &'a PackLot) -> Self {
        let disqualifying = pack
            .requirements
            .iter()
            .filter(|requirement| pack.method.moderation.is_some() && !requirement.accepted.is_empty());
        Self {
            method: &pack.method,
            scales: &pack.scales,
            price: &lot.price,
            min_quality: &lot.min_quality,
            quality: &lot.quality,
            gates: disqualifying
                .map(|requirement| Gate { requirement: &requirement.code, accepted: &requirement.accepted })
                .collect(),
        }
    }

    /// Its hash: SHA-256 of its canonical JSON, in hex.
    pub fn hash(&self) -> Result<String, Unfit> {
        canonical::hash_of(self)
    }
}
