//! The points of each formula (METHODS 1.1), exactly.

use super::{PriceFault, PriceRule, base_in_words, pounds};
use crate::exact::Exact;
use crate::money::Pence;
use crate::words::BaseSet;

impl PriceRule {
    /// The points of each price, in order; all of them make the reference.
    pub fn points(&self, weight: &Exact, prices: &[Exact]) -> Result<Vec<Exact>, PriceFault> {
        self.points_against(weight, prices, prices)
    }

    /// The points of each price, in order, where `base` makes the reference of a relative formula (DOMAIN rule 8). A base
    /// that holds every price keeps the points between 0 and `weight`.
    pub fn points_against(
        &self,
        weight: &Exact,
        prices: &[Exact],
        base: &[Exact],
    ) -> Result<Vec<Exact>, PriceFault> {
        if prices.is_empty() {
            return Err(PriceFault::NoBids);
        }
        let share = self.share(prices, base)?;
        prices.iter().map(|price| Ok(weight * share.of(price)?)).collect()
    }

    /// Whether a bid's points depend on the prices of others, so that leaving one out can change who wins.
    #[must_use]
    pub const fn relative(&self) -> bool {
        !matches!(self, Self::BenchmarkLinear { .. })
    }

    fn share(&self, prices: &[Exact], base: &[Exact]) -> Result<Share, PriceFault> {
        if self.relative() && prices.iter().chain(base).any(|price| !price.is_positive()) {
            return Err(PriceFault::PriceNotPositive);
        }
        let lowest = || base.iter().min().cloned().ok_or(PriceFault::NoBids);
        Ok(match self {
            Self::LowestOverBid => Share::Over(lowest()?),
            Self::LinearFromLowest { k } => {
                if *k <= Exact::one() {
                    return Err(PriceFault::MultipleNotAboveOne);
                }
                let nothing = k * lowest()?;
                Share::Line { range: &nothing - lowest()?, nothing, clamped: true }
            }
            Self::LinearMinMax => {
                let highest = base.iter().max().cloned().ok_or(PriceFault::NoBids)?;
                let range = &highest - lowest()?;
                if range.is_zero() {
                    Share::All
                } else {
                    Share::Line { nothing: highest, range, clamped: false }
                }
            }
            Self::LinearMean { base: at_mean, slope } => {
                Share::Mean { mean: mean(base)?, at_mean: at_mean.clone(), slope: slope.clone() }
            }
            Self::BenchmarkLinear { target, ceiling } => {
                if target >= ceiling {
                    return Err(PriceFault::TargetNotBelowCeiling);
                }
                Share::Line { nothing: ceiling.clone(), range: ceiling - target, clamped: true }
            }
        })
    }
}

/// What share of the points a price earns, with the reference worked out once.
enum Share {
    /// All of them.
    All,
    /// This price over the bid's.
    Over(Exact),
    /// A straight line that reaches nothing at a price.
    Line { nothing: Exact, range: Exact, clamped: bool },
    /// A straight line through the mean, clamped.
    Mean { mean: Exact, at_mean: Exact, slope: Exact },
}

impl Share {
    /// Every division's divisor was found positive before.
    fn of(&self, price: &Exact) -> Result<Exact, PriceFault> {
        match self {
            Self::All => Some(Exact::one()),
            Self::Over(lowest) => lowest.checked_div(price),
            Self::Line { nothing, range, clamped } => {
                let share = (nothing - price).checked_div(range);
                if *clamped { share.map(Exact::clamp01) } else { share }
            }
            Self::Mean { mean, at_mean, slope } => {
                (mean - price).checked_div(mean).map(|part| (at_mean + slope * part).clamp01())
            }
        }
        .ok_or(PriceFault::PriceNotPositive)
    }
}

fn mean(prices: &[Exact]) -> Result<Exact, PriceFault> {
    Exact::mean(prices).ok_or(PriceFault::NoBids)
}

/// The sentence of [`super::explained`] for the relative straight lines.
pub(super) fn explained(
    rule: &PriceRule,
    (points, most): (&str, &str),
    own: &str,
    (set, base): (BaseSet, &[Pence]),
) -> Result<String, PriceFault> {
    let whose = base_in_words(set);
    let lowest = base.iter().min().ok_or(PriceFault::NoBids)?.pounds();
    let highest = base.iter().max().ok_or(PriceFault::NoBids)?.pounds();
    let tender = "the evaluated price of this tender";
    Ok(match rule {
        PriceRule::LinearFromLowest { k } => format!(
            "{most} × ({k} × {lowest} − {own}) ÷ (({k} − 1) × {lowest}), not below 0 and not above {most}, = {points} \
             points, where {lowest} is the lowest evaluated price of {whose} and {own} {tender}.",
            k = k.mixed()
        ),
        PriceRule::LinearMinMax if lowest == highest => {
            format!(
                "{points} points: every evaluated price of {whose} is {lowest}, and each earns all {most}."
            )
        }
        PriceRule::LinearMinMax => format!(
            "{most} × ({highest} − {own}) ÷ ({highest} − {lowest}) = {points} points, where {highest} is the highest and \
             {lowest} the lowest evaluated price of {whose} and {own} {tender}."
        ),
        PriceRule::LinearMean { base: at_mean, slope } => {
            let reference: Vec<Exact> = base.iter().map(|price| price.to_exact()).collect();
            let mean = pounds(&mean(&reference)?);
            format!(
                "{most} × ({} + {} × ({mean} − {own}) ÷ {mean}), not below 0 and not above {most}, = {points} points, where \
                 {mean} is the mean evaluated price of {whose} and {own} {tender}.",
                at_mean.mixed(),
                slope.mixed()
            )
        }
        PriceRule::LowestOverBid | PriceRule::BenchmarkLinear { .. } => format!("{points} points."),
    })
}
