//! A later deadline: proposed by one person, confirmed by another (PA23 s.31, DOMAIN rules 5 and 14). Pure, total functions:
//! what has become of a proposal is a question of its own state and of the time.

use chrono::{DateTime, Utc};

use crate::stage::NotAllowed;
use crate::words::words;

words! {
    /// The power by which the pack is modified.
    Modification {
        /// Before the deadline for tenders: any term may be modified (PA23 s.31(1)).
        BeforeDeadline = "s31_1", "PA23 s.31(1), before the deadline";
        /// After it: only what is not substantial, here the time that an outage of the system took (PA23 s.31(2)).
        AfterDeadline = "s31_2", "PA23 s.31(2), after the deadline";
    }
}

words! {
    /// How far an extension of the deadline has come.
    ExtensionState {
        /// One person has proposed it; another must confirm it.
        Proposed = "proposed", "Proposed";
        /// The deadline is moved.
        Confirmed = "confirmed", "Confirmed";
        /// Its time passed before anybody confirmed it.
        Lapsed = "lapsed", "Lapsed";
        /// It was taken back before anybody confirmed it.
        TakenBack = "taken_back", "Taken back";
    }
}

/// What a proposal says of the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The power it is based on.
    pub kind: Modification,
    /// The deadline that it moves.
    pub from: DateTime<Utc>,
    /// The deadline that it proposes.
    pub to: DateTime<Utc>,
}

impl Terms {
    /// From this instant on the proposal cannot be confirmed. One made before the deadline lapses with that deadline; one
    /// that names an outage lapses with the deadline it proposes, because bidders could no longer use it.
    #[must_use]
    pub fn lapses_at(&self) -> DateTime<Utc> {
        match self.kind {
            Modification::BeforeDeadline => self.from,
            Modification::AfterDeadline => self.to,
        }
    }
}

impl ExtensionState {
    /// What has become of it by an instant. At exactly the instant at which it lapses it has lapsed, as a bid is late then.
    #[must_use]
    pub fn by(self, now: DateTime<Utc>, terms: &Terms) -> Self {
        if self == Self::Proposed && now >= terms.lapses_at() { Self::Lapsed } else { self }
    }

    fn step(self, to: Self, action: &'static str) -> Result<Self, NotAllowed<Self>> {
        if self == Self::Proposed { Ok(to) } else { Err(NotAllowed { from: self, action }) }
    }

    /// A second person confirms it.
    pub fn confirm(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Confirmed, "confirm the extension")
    }

    /// The coordinator takes it back.
    pub fn take_back(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::TakenBack, "take back the extension")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;
    use ExtensionState::{Confirmed, Lapsed, Proposed, TakenBack};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn terms(kind: Modification) -> Terms {
        Terms { kind, from: at("2027-03-31T11:00:00Z"), to: at("2027-04-07T11:00:00Z") }
    }

    #[test]
    fn a_proposal_lapses_with_its_deadline_to_the_microsecond() {
        let before = terms(Modification::BeforeDeadline);
        assert_eq!(Proposed.by(at("2027-03-31T10:59:59.999999Z"), &before), Proposed);
        assert_eq!(Proposed.by(at("2027-03-31T11:00:00Z"), &before), Lapsed);
        let after = terms(Modification::AfterDeadline);
        assert_eq!(Proposed.by(at("2027-04-07T10:59:59.999999Z"), &after), Proposed);
        assert_eq!(Proposed.by(at("2027-04-07T11:00:00Z"), &after), Lapsed);
    }

    #[test]
    fn only_a_standing_proposal_moves_on_and_time_changes_nothing_that_is_settled() {
        assert_eq!(Proposed.confirm(), Ok(Confirmed));
        assert_eq!(Proposed.take_back(), Ok(TakenBack));
        for settled in [Confirmed, Lapsed, TakenBack] {
            assert!(settled.confirm().is_err() && settled.take_back().is_err(), "{settled}");
            let years_on = at("2037-01-01T00:00:00Z");
            assert_eq!(settled.by(years_on, &terms(Modification::BeforeDeadline)), settled);
        }
    }
}
