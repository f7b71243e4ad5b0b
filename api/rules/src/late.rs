//! What becomes of a submission that came at or after the deadline: two people give their word before the opening (DOMAIN
//! rules 14 and 15).
//!
//! The law lets a late tender be disregarded and does not demand it (PA23 s.19(3)(d)). Late is late was published to all,
//! so admitting one is the exception and takes both words: where two people disagree, it is refused.

use crate::words::words;

/// How many different people give their word on a late submission.
pub const PEOPLE: usize = 2;

words! {
    /// One person's word on a late submission.
    LateVerdict {
        /// Open it with those that came in time.
        Admit = "admit", "Admit";
        /// Disregard it: it stays sealed (PA23 s.19(3)(d)).
        Refuse = "refuse", "Refuse";
    }
}

words! {
    /// Where a late submission stands.
    LateState {
        /// Words are missing; the tender box cannot be opened.
        Undecided = "undecided", "Undecided";
        /// Both admit it: it is opened, if it is its bidder's last.
        Admitted = "admitted", "Admitted";
        /// It stays sealed for ever.
        Refused = "refused", "Refused";
    }
}

/// Where a late submission stands by the words of different people.
#[must_use]
pub fn settled(words: &[LateVerdict]) -> LateState {
    if words.len() < PEOPLE {
        LateState::Undecided
    } else if words.iter().all(|word| *word == LateVerdict::Admit) {
        LateState::Admitted
    } else {
        LateState::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LateVerdict::{Admit, Refuse};

    #[test]
    fn admitting_takes_both_words_and_one_word_is_none() {
        assert_eq!(settled(&[]), LateState::Undecided);
        assert_eq!(settled(&[Admit]), LateState::Undecided);
        assert_eq!(settled(&[Refuse]), LateState::Undecided);
        assert_eq!(settled(&[Admit, Admit]), LateState::Admitted);
        assert_eq!(settled(&[Refuse, Refuse]), LateState::Refused);
        assert_eq!(settled(&[Admit, Refuse]), LateState::Refused);
        assert_eq!(settled(&[Refuse, Admit]), LateState::Refused);
    }
}
