//! Prices that look abnormally low. A flag for an officer and never a consequence: a tender may be disregarded only after
//! notice to the supplier and a chance to show that it can perform (PA23 s.19(3)(c), (4) and (5)).

use crate::exact::Exact;
use crate::words::words;

/// How far under the mean of the others a price must lie, in hundredths, unless a pack publishes another share.
pub const BELOW_MEAN: i64 = 40;
/// How far under the next lowest price a price must lie, in hundredths, unless a pack publishes another share.
pub const BELOW_NEXT: i64 = 30;

words! {
    /// Why a price looks abnormally low.
    AbnormalGround {
        /// Far under the mean of the other prices.
        BelowMean = "below_mean", "Far below the mean of the other prices";
        /// Far under the lowest of the other prices.
        BelowNext = "below_next", "Far below the next lowest price";
    }
}

/// Which prices look abnormally low, by their place in the list, each with every ground: 1 − p/mean of the others is at
/// least `below_mean`, or 1 − p/lowest of the others at least `below_next` (METHODS 0). One price alone has nothing to be
/// compared with.
#[must_use]
pub fn abnormally_low(
    prices: &[Exact],
    below_mean: &Exact,
    below_next: &Exact,
) -> Vec<(usize, AbnormalGround)> {
    let mut flagged = Vec::new();
    let Some(others) = prices.len().checked_sub(1).filter(|others| *others > 0) else { return flagged };
    let sum: Exact = prices.iter().sum();
    for (index, price) in prices.iter().enumerate() {
        let mean = (&sum - price).checked_div(&Exact::from(others));
        let next =
            prices.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, price)| price).min();
        // Against nothing or a debt no share can be told.
        let short = |reference: &Exact, least: &Exact| {
            reference.is_positive()
                && price.checked_div(reference).is_some_and(|part| Exact::one() - part >= *least)
        };
        if mean.is_some_and(|mean| short(&mean, below_mean)) {
            flagged.push((index, AbnormalGround::BelowMean));
        }
        if next.is_some_and(|next| short(next, below_next)) {
            flagged.push((index, AbnormalGround::BelowNext));
        }
    }
    flagged
}
