//! A question to one bidder after the opening, its sealed reply, and what becomes of the reply.
//!
//! All bidders were judged by the same documents, so a reply may explain a bid and may not improve it (equal treatment, PA23
//! s.12(2)). A named person reads each reply and says which of the two it does; what improves is disregarded.

use crate::stage::NotAllowed;
use crate::words::words;

words! {
    /// What a question to one bidder is about.
    Subject {
        /// The bid as a whole.
        Bid = "bid", "The bid as a whole";
        /// What it says to a scored question.
        Question = "question", "An answer to a question";
        /// Its response to a requirement.
        Requirement = "requirement", "A response to a requirement";
        /// A price: nobody may ask or read about it before the quality of its lot is locked (DOMAIN rule 1).
        PriceLine = "price_line", "A price";
    }
}

words! {
    /// How far a question to one bidder has come.
    AddressedState {
        /// The bidder may reply until the deadline.
        Open = "open", "Waiting for the bidder";
        /// The bidder has declared its reply final: it may be read before the deadline.
        Final = "final", "Reply to be read";
        /// The reply only clarifies: the panel reads it beside the answer.
        Clarifies = "clarifies", "Clarifies the bid";
        /// The reply would improve the bid: it is disregarded.
        Improves = "improves", "Disregarded";
        /// The deadline passed without a reply.
        Unanswered = "unanswered", "No reply";
    }
}

words! {
    /// What a named person found in a reply.
    ReplyVerdict {
        /// It explains what the bid says.
        Clarifies = "clarifies", "It clarifies what the bid says";
        /// It adds to the bid or changes it.
        Improves = "improves", "It adds to the bid or changes it";
    }
}

impl AddressedState {
    /// Whether a reply that lies here may be read: the bidder declared it final, or can no longer replace it.
    #[must_use]
    pub const fn is_readable(self, passed: bool) -> bool {
        !matches!(self, Self::Open) || passed
    }

    /// Whether the councils are the ones to act.
    #[must_use]
    pub const fn waits_for_councils(self, passed: bool) -> bool {
        matches!(self, Self::Final) || matches!(self, Self::Open) && passed
    }

    /// The bidder replies, or replaces its reply; at exactly the deadline it is too late.
    pub fn reply(self, passed: bool, is_final: bool) -> Result<Self, NotAllowed<Self>> {
        match self {
            Self::Open if !passed => Ok(if is_final { Self::Final } else { Self::Open }),
            _ => Err(NotAllowed { from: self, action: "reply" }),
        }
    }

    /// A named person has read the reply and says what it does.
    pub fn decide(
        self,
        passed: bool,
        replied: bool,
        verdict: ReplyVerdict,
    ) -> Result<Self, NotAllowed<Self>> {
        if !self.waits_for_councils(passed) || !replied {
            return Err(NotAllowed { from: self, action: "decide on the reply" });
        }
        Ok(match verdict {
            ReplyVerdict::Clarifies => Self::Clarifies,
            ReplyVerdict::Improves => Self::Improves,
        })
    }

    /// The deadline passed and nothing came.
    pub fn close(self, passed: bool, replied: bool) -> Result<Self, NotAllowed<Self>> {
        if matches!(self, Self::Open) && passed && !replied {
            return Ok(Self::Unanswered);
        }
        Err(NotAllowed { from: self, action: "record that no reply came" })
    }
}

#[cfg(test)]
mod tests {
    use super::AddressedState::{self, Clarifies, Final, Improves, Open, Unanswered};
    use super::ReplyVerdict;

    #[test]
    fn a_reply_is_replaced_until_it_is_final_or_late_and_read_from_then_on() {
        assert_eq!(Open.reply(false, false), Ok(Open));
        assert_eq!(Open.reply(false, true), Ok(Final));
        assert!(Open.reply(true, false).is_err(), "late");
        for state in [Final, Clarifies, Improves, Unanswered] {
            assert!(state.reply(false, false).is_err(), "{state}");
            assert!(state.is_readable(false), "{state}");
        }
        assert!(!Open.is_readable(false) && Open.is_readable(true));
    }

    #[test]
    fn what_came_is_decided_on_once_and_what_did_not_come_is_recorded() {
        for state in AddressedState::ALL.iter().copied() {
            for passed in [false, true] {
                for replied in [false, true] {
                    let due = state == Final || state == Open && passed;
                    let decided = state.decide(passed, replied, ReplyVerdict::Clarifies);
                    assert_eq!(
                        decided.ok(),
                        (due && replied).then_some(Clarifies),
                        "{state} {passed} {replied}"
                    );
                    let closed = state.close(passed, replied);
                    let missing = state == Open && passed && !replied;
                    assert_eq!(closed.ok(), missing.then_some(Unanswered), "{state} {passed} {replied}");
                }
            }
        }
        assert_eq!(Open.decide(true, true, ReplyVerdict::Improves), Ok(Improves));
    }
}
