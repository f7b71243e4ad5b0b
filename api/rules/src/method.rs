//! The method: the published rules by which marks and prices become a ranking.

use serde::{Deserialize, Serialize};

use crate::words::{BaseSet, RankOn, TieBreak};

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
}
