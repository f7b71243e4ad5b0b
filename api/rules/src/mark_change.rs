//! A change of a mark of record after the quality of its lot was locked (DOMAIN rule 4): proposed with a reason by a moderator,
//! approved or not by a second person. What it changes is never overwritten.

use crate::stage::NotAllowed;
use crate::words::words;

words! {
    /// How far a change has come.
    ChangeState {
        /// A second person approves it or does not.
        Proposed = "proposed", "Waiting for a second person";
        /// Approved: the changed mark is the mark of record.
        Approved = "approved", "Approved";
        /// Not approved: the mark of record stands.
        Rejected = "rejected", "Not approved";
        /// Whoever proposed it took it back: the mark of record stands.
        TakenBack = "taken_back", "Taken back";
    }
}

words! {
    /// A second person's word on a change.
    ChangeVerdict {
        /// The changed mark becomes the mark of record.
        Approve = "approve", "Approve";
        /// The mark of record stands.
        Reject = "reject", "Do not approve";
    }
}

impl ChangeState {
    /// A second person approves it, or does not.
    pub fn decide(self, verdict: ChangeVerdict) -> Result<Self, NotAllowed<Self>> {
        match (self, verdict) {
            (Self::Proposed, ChangeVerdict::Approve) => Ok(Self::Approved),
            (Self::Proposed, ChangeVerdict::Reject) => Ok(Self::Rejected),
            (from, _) => Err(NotAllowed { from, action: "decide on the change" }),
        }
    }

    /// Whoever proposed it takes it back.
    pub fn take_back(self) -> Result<Self, NotAllowed<Self>> {
        match self {
            Self::Proposed => Ok(Self::TakenBack),
            from => Err(NotAllowed { from, action: "take the change back" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_that_waits_is_decided_on_or_taken_back() {
        assert_eq!(ChangeState::Proposed.decide(ChangeVerdict::Approve), Ok(ChangeState::Approved));
        assert_eq!(ChangeState::Proposed.decide(ChangeVerdict::Reject), Ok(ChangeState::Rejected));
        assert_eq!(ChangeState::Proposed.take_back(), Ok(ChangeState::TakenBack));
        for done in [ChangeState::Approved, ChangeState::Rejected, ChangeState::TakenBack] {
            for verdict in ChangeVerdict::ALL {
                assert_eq!(done.decide(*verdict).map_err(|refused| refused.from), Err(done));
            }
            assert!(done.take_back().is_err());
        }
    }
}
