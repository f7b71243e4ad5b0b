//! From an evaluated price to price points (METHODS 1.1 and 6.3), or with quality to a cost that is ranked itself; and
//! prices that are abnormally low.

mod abnormal;
mod cost;
mod formula;
mod points;

use std::fmt;

use crate::exact::Exact;
use crate::money::Pence;
use crate::words::BaseSet;

pub use abnormal::{AbnormalGround, BELOW_MEAN, BELOW_NEXT, abnormally_low};
pub use cost::CostRule;
pub use formula::Parameter;

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
    /// W · clamp01((k · lowest − p) / ((k − 1) · lowest)).
    LinearFromLowest {
        /// The multiple of the lowest price at which no points are left, above 1.
        k: Exact,
    },
    /// W · (highest − p) / (highest − lowest); W where all prices are equal.
    LinearMinMax,
    /// W · clamp01(base + slope · (mean − p) / mean).
    LinearMean {
        /// The share of the points that the mean price earns, 1/2 unless another was published.
        base: Exact,
        /// How much of the points a price one mean away gains or loses, 1 unless another was published.
        slope: Exact,
    },
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
    /// A parameter of the formula is missing, or is not a number.
    ParameterMissing(Parameter),
    /// A bid to be ranked has no price.
    PriceMissing,
    /// The line from the lowest price to a multiple of it needs a multiple above 1.
    MultipleNotAboveOne,
    /// A price per quality point needs quality points above zero.
    QualityNotPositive,
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
            Self::ParameterMissing(_) => "parameter_missing",
            Self::PriceMissing => "price_missing",
            Self::MultipleNotAboveOne => "k_must_exceed_1",
            Self::QualityNotPositive => "quality_not_positive",
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
            Self::ParameterMissing(parameter) => {
                return write!(f, "the formula needs its parameter {parameter}, a number");
            }
            Self::PriceMissing => "a bid to be ranked has no price",
            Self::MultipleNotAboveOne => "the multiple of the lowest price must be above 1",
            Self::QualityNotPositive => {
                "a bid without quality points above zero has no price per quality point"
            }
        })
    }
}

impl std::error::Error for PriceFault {}

/// The tenders whose prices make the reference of a relative formula, in words that follow “the lowest of”.
#[must_use]
pub const fn base_in_words(set: BaseSet) -> &'static str {
    match set {
        BaseSet::Eligible => {
            "the tenders that were not withdrawn or disregarded, meet the requirements and reach every published minimum"
        }
        BaseSet::Compliant => "the tenders that were not withdrawn or disregarded and meet the requirements",
        BaseSet::Submitted => "all tenders that were not withdrawn or disregarded",
    }
}

/// How one price became its points, in a sentence with every figure that went in, so that a bidder can work it out again
/// (reg 31(2)(e)). `base` are the prices of the published base set; a benchmark reads none of them.
pub fn explained(
    rule: &PriceRule,
    weight: &Exact,
    price: Pence,
    (set, base): (BaseSet, &[Pence]),
    decimals: u32,
) -> Result<String, PriceFault> {
    let reference: Vec<Exact> = base.iter().map(|price| price.to_exact()).collect();
    let exact = price.to_exact();
    let points = rule.points_against(weight, std::slice::from_ref(&exact), &reference)?;
    let points = points.first().ok_or(PriceFault::NoBids)?.fixed(decimals);
    let (own, most) = (price.pounds(), weight.mixed());
    Ok(match rule {
        PriceRule::LowestOverBid => {
            let lowest = base.iter().min().ok_or(PriceFault::NoBids)?.pounds();
            format!(
                "{most} × {lowest} ÷ {own} = {points} points, where {lowest} is the lowest evaluated price of {} and \
                 {own} the evaluated price of this tender.",
                base_in_words(set)
            )
        }
        PriceRule::BenchmarkLinear { target, ceiling } => {
            let (target_text, ceiling_text) = (pounds(target), pounds(ceiling));
            if exact <= *target {
                format!(
                    "{points} points: {own}, the evaluated price of this tender, is not above the published target of \
                     {target_text}, which earns all {most}."
                )
            } else if exact >= *ceiling {
                format!(
                    "{points} points: {own}, the evaluated price of this tender, is not below the published ceiling of \
                     {ceiling_text}, which earns none."
                )
            } else {
                format!(
                    "{most} × ({ceiling_text} − {own}) ÷ ({ceiling_text} − {target_text}) = {points} points, where \
                     {ceiling_text} is the published ceiling, {target_text} the published target and {own} the \
                     evaluated price of this tender."
                )
            }
        }
        PriceRule::LinearFromLowest { .. } | PriceRule::LinearMinMax | PriceRule::LinearMean { .. } => {
            points::explained(rule, (&points, &most), &own, (set, base))?
        }
    })
}

/// Pounds as people read them; exactly, where they are not whole pence.
fn pounds(exact: &Exact) -> String {
    let pence = Pence::round(exact).ok().filter(|pence| pence.to_exact() == *exact);
    pence.map_or_else(|| format!("£{}", exact.mixed()), Pence::pounds)
}
