//! The result of a lot: computed from the published pack and the evidence alone, reproducible to the byte (DOMAIN rule
//! 17), with every reason beside every exclusion.

mod compute;
mod explain;
mod gates;
pub mod moved;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::correction::PriceCorrection;
use crate::demand::LineAnswer;
use crate::exact::Exact;
use crate::money::Pence;
use crate::outcome::Disregard;
use crate::words::{Exclusion, ResponseCode};

pub(crate) use compute::rules_of;
pub use compute::{inputs_of, lot_result};
pub use gates::unmet;

/// The engine's name, in every result.
pub const ENGINE: &str = "commonlot-rules";
/// The engine's version, in every result.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What one bid brings to a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidInput {
    /// The bid's id.
    pub id: String,
    /// The supplier's name.
    pub supplier: String,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// The marks of record by question code. Those of other lots are ignored.
    pub marks: BTreeMap<String, String>,
    /// The answers to the price schedule by the code of the line, or of the band's row, as corrected. Those of other lots are
    /// ignored.
    pub prices: BTreeMap<String, LineAnswer>,
    /// The response codes by requirement code.
    pub responses: BTreeMap<String, ResponseCode>,
    /// The corrections that `prices` hold, in the order in which they were approved (DOMAIN rule 9). Those of other lots are
    /// ignored; inputs without any hash as they did before there were corrections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<PriceCorrection>,
    /// That it is disregarded in this lot: what was decided first. Inputs without it hash as they did before there were outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disregarded: Option<Disregard>,
}

/// The result of one lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotResult {
    /// [`ENGINE`].
    pub engine: String,
    /// [`ENGINE_VERSION`].
    pub engine_version: String,
    /// The lot's id.
    pub lot: String,
    /// The lot's code.
    pub lot_code: String,
    /// The hash of the whole pack.
    pub pack_hash: String,
    /// The hash of what turns marks and prices into the ranking: method, scales, and the lot's weights, gates and
    /// formula.
    pub method_hash: String,
    /// The hash of the bids' marks, prices and response codes that bear on this lot.
    pub inputs_hash: String,
    /// The most quality points.
    pub quality_weight: String,
    /// The most price points.
    pub price_weight: String,
    /// Every bid, by id.
    pub bids: Vec<BidResult>,
    /// The id of the one bid of rank 1, if it is one.
    pub winner: Option<String>,
    /// The ids of the bids of rank 1 where they are several.
    pub unresolved_tie: Vec<String>,
    /// What readers of the result should know.
    pub warnings: Vec<Warning>,
}

/// One bid in a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidResult {
    /// The bid's id.
    pub bid: String,
    /// The supplier's name.
    pub supplier: String,
    /// Why it is not ranked, if so.
    pub exclusion: Option<Exclusion>,
    /// Every reason for that, also those behind the first.
    pub reasons: Vec<Reason>,
    /// Its quality points, where every question is marked.
    pub quality: Option<Points>,
    /// What each criterion earned, where it is marked, by code.
    pub criteria: BTreeMap<String, CriterionPoints>,
    /// Its evaluated price, where all mandatory lines are priced.
    pub price: Option<PriceResult>,
    /// The corrections that are in that price, in the order in which they were approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<PriceCorrection>,
    /// That it is disregarded, and on which ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disregarded: Option<Disregard>,
    /// Its price points, if ranked.
    pub price_points: Option<Points>,
    /// Its total, if ranked.
    pub total: Option<Points>,
    /// Its rank, if ranked.
    pub rank: Option<u32>,
}

/// Points, exact and as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// The reduced fraction.
    pub exact: Exact,
    /// With the method's decimals, half away from zero.
    pub rounded: String,
}

impl Points {
    /// Rounds once, for publication (METHODS 6.1).
    #[must_use]
    pub fn new(exact: Exact, decimals: u32) -> Self {
        let rounded = exact.fixed(decimals);
        Self { exact, rounded }
    }
}

/// What one criterion earned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionPoints {
    /// The most it can earn, in points of the lot's 100.
    pub weight_of_total: Exact,
    /// The mark, as written on the scale, for a question.
    pub mark: Option<String>,
    /// What it earned.
    pub points: Points,
}

/// An evaluated price in a result. Net.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceResult {
    /// The whole.
    pub total: Pence,
    /// The one-off part.
    pub one_off: Pence,
    /// The recurring part over the term.
    pub recurring: Pence,
    /// What each line costs, in the order of the schedule.
    pub lines: Vec<LineResult>,
    /// Each council's part, in the pack's order; they sum to the whole.
    pub councils: Vec<CouncilPrice>,
}

/// What one line costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineResult {
    /// The line's code.
    pub code: String,
    /// Units over the term.
    pub quantity: Exact,
    /// Pounds over the term, exact.
    pub cost: Exact,
    /// The volume bands in which a contract year falls, in order; left out for a line without bands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<BandResult>,
}

/// What the units in one volume band cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandResult {
    /// The code of the band's row.
    pub code: String,
    /// The contract years whose volume falls in the band.
    pub years: Vec<u32>,
    /// Units in these years.
    pub quantity: Exact,
    /// Pounds for them, exact.
    pub cost: Exact,
}

/// One council's part of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouncilPrice {
    /// The council's id.
    pub council: String,
    /// Its name.
    pub name: String,
    /// Its part.
    pub price: Pence,
}

/// Why a bid is not ranked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A stable code.
    pub code: String,
    /// The code of the requirement, line, question or lot that caused it.
    pub place: String,
    /// What it is, for people.
    pub message: String,
}

/// What readers of a result should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// A stable code.
    pub code: String,
    /// What it is, for people.
    pub message: String,
}

/// Why there is no result: everything at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFault {
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// One thing that stands in the way of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The bid's id, where it is a bid's.
    pub bid: Option<String>,
    /// The code of the question, line or lot.
    pub place: String,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for ResultFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            match &problem.bid {
                Some(bid) => write!(f, "bid {bid}: {}", problem.message)?,
                None => f.write_str(&problem.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ResultFault {}
