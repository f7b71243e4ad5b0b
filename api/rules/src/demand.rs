//! The evaluated price: the pooled volumes at a bid's unit prices over the term, and each council's part of it.
//!
//! Net of VAT. Firm and indicative volumes of the lead and of core partners count; named options never (METHODS 7).
//! Optional lines never count, mandatory options and the basket of a rate card do. A line with volume bands is priced band by
//! band, as [`crate::schedule`] says. The total is rounded once.

mod pricing;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::money::{Pence, UnitPrice, Volume};
use crate::pack::{Pack, PackCouncil, PackLot};
use crate::schedule::PriceRow;
use crate::words::Offer;

pub use pricing::Pricing;

/// What a bid says of one schedule line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineAnswer {
    /// Priced, included or not offered.
    pub offer: Offer,
    /// The net unit price (per unit, or per unit and contract year), if priced.
    pub unit_price: Option<UnitPrice>,
}

/// What one line costs in a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCost {
    /// The line's code.
    pub code: String,
    /// Units over the whole term: for a recurring line the sum of each year's.
    pub quantity: Exact,
    /// The cost over the term in pounds, exact.
    pub cost: Exact,
    /// The bands in which a year falls, in order; empty for a line without bands. They sum to the line.
    pub bands: Vec<BandCost>,
}

/// What the units in one volume band cost in a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandCost {
    /// The code of the band's row.
    pub code: String,
    /// The contract years whose volume falls in the band.
    pub years: Vec<u32>,
    /// Units in these years.
    pub quantity: Exact,
    /// Their cost in pounds, exact.
    pub cost: Exact,
}

/// A bid's evaluated price in one lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluatedPrice {
    /// The exact sum of all lines, rounded once.
    pub total: Pence,
    /// The one-off part, rounded.
    pub one_off: Pence,
    /// The recurring part over the term: what remains of the total, so that the two always sum to it.
    pub recurring: Pence,
    /// Every line that counts, in the order of the schedule.
    pub lines: Vec<LineCost>,
    /// Each lead or core council's id and part, in the pack's order, by largest remainder over its exact own cost (where
    /// rebates bring one below zero: each own cost rounded so that they sum). They sum to the total.
    pub councils: Vec<(String, Pence)>,
}

/// Why a bid has no evaluated price: it then does not meet requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceFault {
    /// The line's code, or the lot's where no single line is at fault.
    pub line: String,
    /// What is wrong.
    pub kind: PriceFaultKind,
}

/// What is wrong with a bid's prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceFaultKind {
    /// The bid says nothing of a mandatory line.
    Missing,
    /// The bid does not offer a mandatory line.
    NotOffered,
    /// The line is priced without a price.
    WithoutPrice,
    /// The total is beyond what money can hold.
    TooLarge,
    /// Nobody shares a shared line: a fault of the pack.
    NobodyShares,
}

impl PriceFaultKind {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "price_missing",
            Self::NotOffered => "mandatory_line_not_offered",
            Self::WithoutPrice => "priced_without_price",
            Self::TooLarge => "price_too_large",
            Self::NobodyShares => "shared_without_weights",
        }
    }
}

impl fmt::Display for PriceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PriceFaultKind::Missing => "has no answer, and a price is mandatory",
            PriceFaultKind::NotOffered => "is not offered, and it is mandatory",
            PriceFaultKind::WithoutPrice => "is said to be priced but has no price",
            PriceFaultKind::TooLarge => "the price is too large",
            PriceFaultKind::NobodyShares => "is shared, but no council has a share of shared lines",
        };
        write!(f, "{}: {what}", self.line)
    }
}

impl std::error::Error for PriceFault {}

/// The councils whose volumes are priced: the lead and core partners, in the pack's order.
#[must_use]
pub fn buyers(pack: &Pack) -> Vec<&PackCouncil> {
    pack.councils.iter().filter(|council| council.buys()).collect()
}

/// The units of a row that each buyer pays for over the term, in the order of [`buyers`]. A shared line is one unit, or a
/// rate's basket (in each year, if recurring), split by the published weights; nothing if nobody has a weight.
#[must_use]
pub fn quantities(pack: &Pack, row: &PriceRow<'_>) -> Option<Vec<Exact>> {
    let buyers = buyers(pack);
    if row.line.shared {
        let units = Volume(row.shared_units_e3(pack.term_years)).to_exact();
        let weights: Option<Vec<Exact>> =
            buyers.iter().map(|council| council.shared_cost_weight.parse().ok()).collect();
        let weights = weights?;
        let sum: Exact = weights.iter().sum();
        return weights.iter().map(|weight| (&units * weight).checked_div(&sum)).collect();
    }
    let of = |council: &PackCouncil| {
        let own = row.line.volumes.iter().filter(|volume| volume.council == council.id);
        own.filter(|volume| row.takes_year(volume.year))
            .map(|volume| Volume(volume.volume_e3).to_exact())
            .sum()
    };
    Some(buyers.into_iter().map(of).collect())
}

/// What a unit of a row costs in a bid.
fn unit_price(answer: Option<&LineAnswer>) -> Result<Exact, PriceFaultKind> {
    match answer.map(|answer| (answer.offer, answer.unit_price)) {
        None => Err(PriceFaultKind::Missing),
        Some((Offer::NotOffered, _)) => Err(PriceFaultKind::NotOffered),
        Some((Offer::Priced, None)) => Err(PriceFaultKind::WithoutPrice),
        Some((Offer::Priced, Some(price))) => Ok(price.to_exact()),
        Some((Offer::Included, _)) => Ok(Exact::zero()),
    }
}

/// The units of a row over the term, all buyers together; nothing if it is shared and nobody has a weight.
#[must_use]
pub fn quantity(pack: &Pack, row: &PriceRow<'_>) -> Option<Exact> {
    Some(quantities(pack, row)?.into_iter().sum())
}

/// What one row costs in a bid over the term, in exact pounds. An optional row has a cost too, which never counts.
pub fn row_cost(pack: &Pack, row: &PriceRow<'_>, answer: Option<&LineAnswer>) -> Result<Exact, PriceFault> {
    let fault = |kind| PriceFault { line: row.code.to_string(), kind };
    let price = unit_price(answer).map_err(fault)?;
    let quantity = quantity(pack, row).ok_or_else(|| fault(PriceFaultKind::NobodyShares))?;
    Ok(quantity * price)
}

/// The evaluated price of a bid in a lot, as [`Pricing::price`] says; [`Pricing`] prices several bids.
pub fn evaluated_price(
    pack: &Pack,
    lot: &PackLot,
    answers: &BTreeMap<String, LineAnswer>,
) -> Result<EvaluatedPrice, Vec<PriceFault>> {
    Pricing::of(pack, lot).price(answers)
}
