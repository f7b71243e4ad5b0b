//! Intraclass correlations (Shrout and Fleiss, Psychological Bulletin 86, 1979).

use super::{AgreementFault, columns};
use crate::exact::Exact;

/// The six coefficients; nothing where the divisor is zero, as it is when all values are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intraclass {
    /// One rater, each target rated by others: ICC(1,1).
    pub one_random_single: Option<Exact>,
    /// One rater of a random sample who rated all: ICC(2,1).
    pub two_random_single: Option<Exact>,
    /// One of the only raters of interest: ICC(3,1).
    pub two_fixed_single: Option<Exact>,
    /// The mean of k raters, each target rated by others: ICC(1,k).
    pub one_random_mean: Option<Exact>,
    /// The mean of k raters of a random sample who rated all: ICC(2,k).
    pub two_random_mean: Option<Exact>,
    /// The mean of the k raters of interest: ICC(3,k).
    pub two_fixed_mean: Option<Exact>,
}

/// All six, of targets (rows) by raters (columns) without gaps.
pub fn intraclass(targets: &[Vec<Exact>]) -> Result<Intraclass, AgreementFault> {
    let columns = columns(targets)?;
    let (n, k) = (Exact::from(targets.len()), Exact::from(columns));
    if targets.len() < 2 || columns < 2 {
        return Err(AgreementFault::TooSmall);
    }
    let over = |part: &Exact, whole: &Exact| part.checked_div(whole);
    // Sums of squares by the correction term, exact whatever the size of the values.
    let square = |sum: Exact| &sum * &sum;
    let total: Exact = targets.iter().flatten().sum();
    let all: Exact = targets.iter().flatten().map(|value| value * value).sum();
    let rows: Exact = targets.iter().map(|row| square(row.iter().sum())).sum();
    let by_rater: Exact = (0..columns).map(|rater| square(targets.iter().map(|row| &row[rater]).sum())).sum();
    let squares = || {
        let correction = over(&square(total), &(&n * &k))?;
        let between_targets = over(&rows, &k)? - &correction;
        let between_raters = over(&by_rater, &n)? - &correction;
        let within = all - over(&rows, &k)?;
        let error = &within - &between_raters;
        let one = Exact::one();
        let bms = over(&between_targets, &(&n - &one))?;
        let jms = over(&between_raters, &(&k - &one))?;
        let ems = over(&error, &((&n - &one) * (&k - &one)))?;
        let wms = over(&within, &(&n * (&k - &one)))?;
        Some((bms, jms, ems, wms))
    };
    let (bms, jms, ems, wms) = squares().ok_or(AgreementFault::TooSmall)?;
    let more = &k - Exact::one();
    let raters = over(&(&jms - &ems), &n).unwrap_or_default();
    Ok(Intraclass {
        one_random_single: over(&(&bms - &wms), &(&bms + &more * &wms)),
        two_random_single: over(&(&bms - &ems), &(&bms + &more * &ems + &k * &raters)),
        two_fixed_single: over(&(&bms - &ems), &(&bms + &more * &ems)),
        one_random_mean: over(&(&bms - &wms), &bms),
        two_random_mean: over(&(&bms - &ems), &(&bms + &raters)),
        two_fixed_mean: over(&(&bms - &ems), &bms),
    })
}
