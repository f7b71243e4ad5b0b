//! Fleiss' kappa (Fleiss, Psychological Bulletin 76, 1971).

use super::{AgreementFault, columns};
use crate::exact::Exact;

/// Kappa of a table that counts, for each subject (row), how many raters chose each category (column). Nothing where all
/// raters always chose the same one category.
pub fn kappa(table: &[Vec<Exact>]) -> Result<Option<Exact>, AgreementFault> {
    let columns = columns(table)?;
    if table.iter().flatten().any(|times| times.is_negative() || !times.is_integer()) {
        return Err(AgreementFault::NotACount);
    }
    let raters: Exact = table.first().ok_or(AgreementFault::TooSmall)?.iter().sum();
    let equal = table.iter().all(|subject| subject.iter().sum::<Exact>() == raters);
    if !equal || raters <= Exact::one() {
        return Err(AgreementFault::UnequalRaters);
    }
    let subjects = Exact::from(table.len());
    let pairs: Exact = table.iter().flatten().map(|times| times * (times - &Exact::one())).sum();
    let observed = pairs.checked_div(&(&subjects * &raters * (&raters - &Exact::one())));
    let all = &subjects * &raters;
    let shares = (0..columns).map(|column| table.iter().map(|subject| &subject[column]).sum::<Exact>());
    let expected = shares.map(|sum| &sum * &sum).sum::<Exact>().checked_div(&(&all * &all));
    let (Some(observed), Some(expected)) = (observed, expected) else { return Ok(None) };
    Ok((observed - &expected).checked_div(&(Exact::one() - expected)))
}
