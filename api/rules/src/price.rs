//! From an evaluated price to price points (METHODS 1.1 and 6.3).

use std::fmt;

use crate::exact::Exact;
use crate::pack::PriceModel;
use crate::words::PriceFormula;

/// A price formula with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceRule {
    /// W · clamp01((ceiling − p) / (ceiling − target)), whatever others bid.
    BenchmarkLinear {
        /// The price in pounds at which all points are earned.
        target: Exact,
        /// The price in pounds at which none are.
        ceiling: Exact,
    },
    /// W · lowest / p.
    LowestOverBid,
}

/// Why prices make no points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceFault {
    /// There is no price.
    NoBids,
    /// A relative formula cannot divide by a price of zero or below.
    PriceNotPositive,
    /// The benchmark's target is not below its ceiling.
    TargetNotBelowCeiling,
    /// The benchmark lacks its target or its ceiling, or one is not a number.
    BenchmarkIncomplete,
    /// A bid to be ranked has no price.
    PriceMissing,
}

impl PriceFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoBids => "no_bids",
            Self::PriceNotPositive => "price_not_positive",
            Self::TargetNotBelowCeiling => "target_not_below_ceiling",
            Self::BenchmarkIncomplete => "benchmark_incomplete",
            Self::PriceMissing => "price_missing",
        }
    }
}

impl fmt::Display for PriceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBids => "there is no bid to score",
            Self::PriceNotPositive => {
                "a price is zero or below, which this formula cannot score: clarify it with the bidder"
            }
            Self::TargetNotBelowCeiling => "the target is not below the ceiling",
            Self::BenchmarkIncomplete => "the benchmark needs a target and a ceiling, both numbers of pounds",
            Self::PriceMissing => "a bid to be ranked has no price",
        })
    }
}

impl std::error::Error for PriceFault {}

impl PriceRule {
    /// The rule that a lot publishes.
    pub fn from_model(model: &PriceModel) -> Result<Self, PriceFault> {
        let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Exact>().ok());
        match model.formula {
            PriceFormula::LowestOverBid => Ok(Self::LowestOverBid),
            PriceFormula::BenchmarkLinear => {
                let (Some(target), Some(ceiling)) = (number(&model.target), number(&model.ceiling)) else {
                    return Err(PriceFault::BenchmarkIncomplete);
                };
                if target >= ceiling {
                    return Err(PriceFault::TargetNotBelowCeiling);
                }
                Ok(Self::BenchmarkLinear { target, ceiling })
            }
        }
    }

    /// The points of each price, in order; all of them make the reference.
    pub fn points(&self, weight: &Exact, prices: &[Exact]) -> Result<Vec<Exact>, PriceFault> {
        self.points_against(weight, prices, prices)
    }

    /// The points of each price, in order, where `base` makes the reference of a relative formula (DOMAIN rule 8).
    pub fn points_against(
        &self,
        weight: &Exact,
        prices: &[Exact],
        base: &[Exact],
    ) -> Result<Vec<Exact>, PriceFault> {
        if prices.is_empty() {
            return Err(PriceFault::NoBids);
        }
        match self {
            Self::LowestOverBid => {
                if prices.iter().chain(base).any(|price| !price.is_positive()) {
                    return Err(PriceFault::PriceNotPositive);
                }
                let lowest = base.iter().min().ok_or(PriceFault::NoBids)?;
                prices
                    .iter()
                    .map(|price| (weight * lowest).checked_div(price).ok_or(PriceFault::PriceNotPositive))
                    .collect()
            }
            Self::BenchmarkLinear { target, ceiling } => {
                if target >= ceiling {
                    return Err(PriceFault::TargetNotBelowCeiling);
                }
                let range = ceiling - target;
                prices
                    .iter()
                    .map(|price| (ceiling - price).checked_div(&range).map(|share| weight * share.clamp01()))
                    .collect::<Option<_>>()
                    .ok_or(PriceFault::TargetNotBelowCeiling)
            }
        }
    }
}
