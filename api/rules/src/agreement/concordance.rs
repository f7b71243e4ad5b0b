//! Kendall's coefficient of concordance W, corrected for ties (Kendall and Gibbons, Rank Correlation Methods, chapter 6).

use super::{AgreementFault, columns};
use crate::exact::Exact;

/// How far raters (rows) put the same things (columns) in the same order, from 0 to 1; equal values share the mean of
/// their ranks. Nothing where every rater gave the same value to everything, or there is nothing to order.
pub fn concordance(raters: &[Vec<Exact>]) -> Result<Option<Exact>, AgreementFault> {
    let columns = columns(raters)?;
    let (m, n) = (Exact::from(raters.len()), Exact::from(columns));
    let mut sums = vec![Exact::zero(); columns];
    let mut ties = Exact::zero();
    for row in raters {
        for (sum, value) in sums.iter_mut().zip(row) {
            let below = row.iter().filter(|other| *other < value).count();
            let equal = row.iter().filter(|other| *other == value).count();
            // Twice the mean of the ranks below + 1 … below + equal.
            *sum += Exact::from(2 * below + equal + 1);
            // t³ − t of each group of t equal values, spread over its members: t² − 1 each.
            ties += Exact::from(equal) * Exact::from(equal) - Exact::one();
        }
    }
    // The mean of twice a rank is n + 1.
    let mean = &m * (&n + &Exact::one());
    let squares: Exact = sums.iter().map(|sum| (sum - &mean) * (sum - &mean)).sum();
    let whole = &m * &m * (&n * &n * &n - &n) - &m * &ties;
    // S of ranks is a quarter of that of twice the ranks: 12 · S / whole.
    Ok((Exact::from(3) * squares).checked_div(&whole))
}
