//! Whether a council's delegation lets the lead decide on an award for it.

use chrono::NaiveDate;
use entity::participation;
use rules::money::Pence;
use rules::words::DelegationInstrument;

use crate::kernel::clock::day_text;

/// Why a delegation does not reach an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// A stable code.
    pub code: &'static str,
    /// What is missing, for people.
    pub message: String,
}

/// Everything that keeps a delegation from covering a decision taken on `taken_on` about `share`, the council's part of
/// the price. Empty: it covers it.
///
/// An agent that has been given no function cannot decide (LGA 1972 s.101 and LGA 2000 s.9EA give functions; an agency
/// does not), and a delegation reaches no further than its day and its cap.
#[must_use]
pub fn gaps(part: &participation::Model, taken_on: NaiveDate, share: Pence) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut gap = |code, message: String| gaps.push(Gap { code, message });
    if !part.delegates_award {
        gap("award_not_delegated", "The council has not delegated the decision on the award.".to_owned());
    }
    match part.instrument.map(|word| word.0) {
        None => gap("no_instrument", "No instrument of delegation is recorded.".to_owned()),
        Some(DelegationInstrument::AgencyOnly) => {
            gap("agency_only", "The instrument is an agency: it delegates no function.".to_owned());
        }
        Some(_) => {}
    }
    if let Some(from) = part.delegated_on.filter(|from| taken_on < *from) {
        gap("not_yet_in_force", format!("The delegation is in force from {}.", day_text(from)));
    }
    if let Some(until) = part.delegation_expires_on.filter(|until| taken_on > *until) {
        gap("delegation_expired", format!("The delegation ended on {}.", day_text(until)));
    }
    if let Some(cap) = part.delegation_cap_pence.filter(|cap| share.0 > *cap) {
        gap(
            "over_cap",
            format!(
                "The council’s share, {}, is above the delegation’s cap, {}.",
                share.pounds(),
                Pence(cap).pounds()
            ),
        );
    }
    gaps
}
