//! Corrections of unit prices after the opening (DOMAIN rule 9): a line each, under a published rule, with a reason, before
//! and after, confirmed by the bidder and approved by a second person. The price that was submitted is never overwritten.

use serde::{Deserialize, Serialize};

use crate::money::UnitPrice;
use crate::stage::NotAllowed;
use crate::words::words;

/// The rule that is published unless the coordinator writes another.
pub const DEFAULT_RULE: &str = "Unit prices prevail over totals: where a total that a tender states differs from its unit \
                                price times the published volume, the total is calculated again. A unit price is corrected \
                                only where it is an obvious slip, such as pence typed for pounds, where the bidder confirms \
                                the corrected price in time, and where a second person of the councils approves it. \
                                Otherwise the tender stands as it was submitted. The same rule is applied to every tender.";

/// How many times a unit price lies above or below every other tender's before a slip is suspected.
pub const FAR_APART: i64 = 50;

words! {
    /// How far a correction has come.
    CorrectionState {
        /// The bidder may confirm or refuse it until the deadline.
        Proposed = "proposed", "Waiting for the bidder";
        /// The bidder confirms it; a second person of the councils approves or not.
        Confirmed = "confirmed", "Confirmed by the bidder";
        /// The bidder refuses it: the tender stands as submitted.
        Refused = "refused", "Refused by the bidder";
        /// The bidder said nothing until the deadline: the tender stands as submitted.
        Unconfirmed = "unconfirmed", "Not confirmed in time";
        /// Confirmed and approved: the corrected price counts.
        Approved = "approved", "Approved";
        /// Confirmed and not approved: the tender stands as submitted.
        Rejected = "rejected", "Not approved";
    }
}

impl CorrectionState {
    /// How it stands at an instant: silence until the deadline is no confirmation.
    #[must_use]
    pub const fn seen(self, passed: bool) -> Self {
        if matches!(self, Self::Proposed) && passed { Self::Unconfirmed } else { self }
    }

    /// Whether it may still change a price.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Proposed | Self::Confirmed)
    }

    /// The bidder confirms or refuses it; at exactly the deadline it is too late.
    pub fn answer(self, passed: bool, confirms: bool) -> Result<Self, NotAllowed<Self>> {
        match self.seen(passed) {
            Self::Proposed => Ok(if confirms { Self::Confirmed } else { Self::Refused }),
            from => Err(NotAllowed { from, action: "answer the correction" }),
        }
    }

    /// A second person approves it, or does not.
    pub fn decide(self, approves: bool) -> Result<Self, NotAllowed<Self>> {
        match self {
            Self::Confirmed => Ok(if approves { Self::Approved } else { Self::Rejected }),
            from => Err(NotAllowed { from, action: "decide on the correction" }),
        }
    }

    /// It is recorded that the bidder said nothing.
    pub fn lapse(self, passed: bool) -> Result<Self, NotAllowed<Self>> {
        match self {
            Self::Proposed if passed => Ok(Self::Unconfirmed),
            from => Err(NotAllowed { from, action: "record that nothing was confirmed" }),
        }
    }
}

words! {
    /// A second person's word on a correction that the bidder has confirmed.
    CorrectionVerdict {
        /// The corrected price counts.
        Approve = "approve", "Approve";
        /// The tender stands as submitted.
        Reject = "reject", "Do not approve";
    }
}

/// A correction as a result is computed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceCorrection {
    /// The correction's id.
    pub id: String,
    /// The price line's code.
    pub line: String,
    /// The unit price before.
    pub before: UnitPrice,
    /// The unit price after.
    pub after: UnitPrice,
}

/// Whether a unit price lies so far from every other tender's that a slip is likely, such as pence typed for pounds.
#[must_use]
pub fn is_far_apart(own: UnitPrice, others: &[UnitPrice]) -> bool {
    let priced = || others.iter().map(|price| i128::from(price.0)).filter(|price| *price > 0);
    let (Some(lowest), Some(highest)) = (priced().min(), priced().max()) else { return false };
    let (own, times) = (i128::from(own.0), i128::from(FAR_APART));
    own > 0 && (own >= highest * times || own * times <= lowest)
}

#[cfg(test)]
mod tests {
    use super::CorrectionState::{self, Approved, Confirmed, Proposed, Refused, Rejected, Unconfirmed};
    use super::*;

    #[test]
    fn only_what_is_confirmed_in_time_and_then_approved_counts() {
        assert_eq!(Proposed.answer(false, true), Ok(Confirmed));
        assert_eq!(Proposed.answer(false, false), Ok(Refused));
        assert!(Proposed.answer(true, true).is_err(), "silence until the deadline is no confirmation");
        assert_eq!(Proposed.seen(true), Unconfirmed);
        assert_eq!(Proposed.lapse(true), Ok(Unconfirmed));
        assert!(Proposed.lapse(false).is_err());
        assert_eq!(Confirmed.decide(true), Ok(Approved));
        assert_eq!(Confirmed.decide(false), Ok(Rejected));
        for state in CorrectionState::ALL.iter().copied().filter(|state| *state != Confirmed) {
            assert!(state.decide(true).is_err(), "{state}");
        }
        for state in [Confirmed, Refused, Unconfirmed, Approved, Rejected] {
            assert!(state.answer(false, true).is_err() && state.lapse(true).is_err(), "{state}");
            assert_eq!(state.seen(true), state);
        }
        let pending: Vec<_> = CorrectionState::ALL.iter().filter(|state| state.is_pending()).collect();
        assert_eq!(pending, [&Proposed, &Confirmed]);
    }

    #[test]
    fn pence_for_pounds_are_far_apart_and_a_dear_tender_is_not() {
        let price = |pounds: i64| UnitPrice(pounds * 10_000);
        assert!(is_far_apart(price(1_200), &[price(12), price(14)]), "pence for pounds");
        assert!(is_far_apart(UnitPrice(1_200), &[price(12), price(14)]), "pounds for pence");
        assert!(!is_far_apart(price(40), &[price(12), price(14)]), "three times dearer is dear");
        assert!(is_far_apart(price(600), &[price(12)]), "exactly fifty times");
        assert!(
            !is_far_apart(price(12), &[]) && !is_far_apart(price(12), &[price(0)]),
            "nothing to compare with"
        );
    }
}
