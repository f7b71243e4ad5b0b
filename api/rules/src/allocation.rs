//! Allocation: a whole amount split over councils to the penny (DOMAIN rule 13).

use std::fmt;

use crate::exact::Exact;
use crate::money::Pence;

/// Why an amount cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocationFault {
    /// There is nobody to split over.
    NoShares,
    /// A share is below zero.
    NegativeShare {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// All shares are zero.
    AllZero,
    /// The amount is beyond what money can hold.
    TooLarge,
}

impl AllocationFault {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoShares => "no_shares",
            Self::NegativeShare { .. } => "negative_share",
            Self::AllZero => "shares_all_zero",
            Self::TooLarge => "amount_too_large",
        }
    }
}

impl fmt::Display for AllocationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoShares => f.write_str("there are no shares: name at least one council"),
            Self::NegativeShare { index } => write!(f, "share {} is below zero", index + 1),
            Self::AllZero => f.write_str("all shares are zero: give at least one council a share"),
            Self::TooLarge => f.write_str("the amount is too large"),
        }
    }
}

impl std::error::Error for AllocationFault {}

/// Splits an amount in proportion to `shares` by largest remainder: each gets its proportion cut to whole pence, and
/// the pence left over go one each to the largest remainders, the earlier share first where remainders are equal.
///
/// A negative amount is split as its opposite. The parts are in the order of the shares and sum to the amount.
pub fn largest_remainder(amount: Pence, shares: &[Exact]) -> Result<Vec<Pence>, AllocationFault> {
    if shares.is_empty() {
        return Err(AllocationFault::NoShares);
    }
    if let Some(index) = shares.iter().position(Exact::is_negative) {
        return Err(AllocationFault::NegativeShare { index });
    }
    let sum: Exact = shares.iter().sum();
    let magnitude = amount.0.checked_abs().ok_or(AllocationFault::TooLarge)?;
    let mut parts = Vec::with_capacity(shares.len());
    let mut remainders = Vec::with_capacity(shares.len());
    let mut left = magnitude;
    for (index, share) in shares.iter().enumerate() {
        let exact = (Exact::from(magnitude) * share).checked_div(&sum).ok_or(AllocationFault::AllZero)?;
        let whole = exact.floor();
        let pence = whole.to_i64().ok_or(AllocationFault::TooLarge)?;
        left -= pence;
        parts.push(pence);
        remainders.push((exact - whole, index));
    }
    hand_out(left, &mut parts, remainders);
    Ok(parts.into_iter().map(|pence| Pence(pence * amount.0.signum())).collect())
}

/// Splits `total` where each part's exact amount in pounds is known and some are below zero, so that there are no
/// proportions: each is cut down to whole pence, and the pence left over go to the largest remainders as in
/// [`largest_remainder`]. The amounts must sum to the total but for its rounding.
pub fn round_together(total: Pence, amounts: &[Exact]) -> Result<Vec<Pence>, AllocationFault> {
    if amounts.is_empty() {
        return Err(AllocationFault::NoShares);
    }
    let mut parts = Vec::with_capacity(amounts.len());
    let mut remainders = Vec::with_capacity(amounts.len());
    let mut left = total.0;
    for (index, amount) in amounts.iter().enumerate() {
        let exact = amount * Exact::from(100);
        let whole = exact.floor();
        let pence = whole.to_i64().ok_or(AllocationFault::TooLarge)?;
        left = left.checked_sub(pence).ok_or(AllocationFault::TooLarge)?;
        parts.push(pence);
        remainders.push((exact - whole, index));
    }
    hand_out(left, &mut parts, remainders);
    Ok(parts.into_iter().map(Pence).collect())
}

/// One penny each to the largest remainders; a stable sort keeps the order of the councils where they are equal.
fn hand_out(mut left: i64, parts: &mut [i64], mut remainders: Vec<(Exact, usize)>) {
    remainders.sort_by(|a, b| b.0.cmp(&a.0));
    for (_, index) in remainders {
        if left <= 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
}
