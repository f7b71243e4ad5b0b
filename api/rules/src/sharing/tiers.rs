//! All-units price tiers: the tier that the quantity reaches prices every unit (METHODS 3.1).

use std::fmt;

use crate::exact::Exact;

/// A tier table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers(Vec<(Exact, Exact)>);

/// Why a quantity has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierFault {
    /// There is no tier.
    NoTiers,
    /// Two tiers begin at the same quantity.
    TierDoubled,
    /// A quantity is below zero.
    QuantityNegative,
    /// The quantity lies under the first tier, so that it cannot be bought (METHODS 6.10).
    BelowFirstTier,
}

impl TierFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoTiers => "no_tiers",
            Self::TierDoubled => "tier_doubled",
            Self::QuantityNegative => "quantity_negative",
            Self::BelowFirstTier => "quantity_below_first_tier",
        }
    }
}

impl fmt::Display for TierFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTiers => "there is no tier",
            Self::TierDoubled => "two tiers begin at the same quantity",
            Self::QuantityNegative => "a quantity is below zero",
            Self::BelowFirstTier => "a quantity lies under the first tier: it cannot be bought",
        })
    }
}

impl std::error::Error for TierFault {}

impl Tiers {
    /// A table of the quantities from which each unit price holds, in any order.
    pub fn new(mut tiers: Vec<(Exact, Exact)>) -> Result<Self, TierFault> {
        tiers.sort();
        if tiers.is_empty() {
            return Err(TierFault::NoTiers);
        }
        if tiers.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(TierFault::TierDoubled);
        }
        Ok(Self(tiers))
    }

    /// The unit price of a quantity, in pounds.
    pub fn unit_price(&self, quantity: &Exact) -> Result<&Exact, TierFault> {
        let reached = self.0.iter().take_while(|(from, _)| from <= quantity).last();
        reached.map(|(_, price)| price).ok_or(TierFault::BelowFirstTier)
    }

    /// What a quantity costs bought alone, in pounds; nothing costs nothing.
    pub fn cost(&self, quantity: &Exact) -> Result<Exact, TierFault> {
        if quantity.is_negative() {
            return Err(TierFault::QuantityNegative);
        }
        if quantity.is_zero() { Ok(Exact::zero()) } else { Ok(quantity * self.unit_price(quantity)?) }
    }
}
