//! Formulas that rank a cost instead of points: the lower, the better (METHODS 1.1).

use super::PriceFault;
use crate::exact::Exact;

/// How price and quality become one evaluated cost in pounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CostRule {
    /// Pounds for each quality point: p / Q. Needs a published quality threshold, or the cheap poor bid wins.
    PricePerQualityPoint,
    /// p − v · Q, which may be zero or below.
    MonetisedQuality {
        /// What one quality point is worth, in pounds.
        pounds_per_point: Exact,
    },
}

impl CostRule {
    /// The evaluated cost of one bid. Quality is looked at before price (METHODS 6.3).
    pub fn cost(&self, price: &Exact, quality: &Exact) -> Result<Exact, PriceFault> {
        match self {
            Self::PricePerQualityPoint => {
                if !quality.is_positive() {
                    return Err(PriceFault::QualityNotPositive);
                }
                if !price.is_positive() {
                    return Err(PriceFault::PriceNotPositive);
                }
                price.checked_div(quality).ok_or(PriceFault::QualityNotPositive)
            }
            Self::MonetisedQuality { pounds_per_point } => Ok(price - pounds_per_point * quality),
        }
    }
}
