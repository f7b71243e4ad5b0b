//! Declarations of interest and what they open (PA23 s.81-83; DOMAIN rule 12).
//!
//! Everybody with a part declares before publication, and again once the bidders' names show: an interest in a bidder
//! cannot be known before. An interest that is mitigated opens nothing until two people other than its holder have said
//! how the mitigation works; neither does a declaration that is milder than the one before it.

use serde::{Deserialize, Serialize};

use crate::words::{Interest, words};

/// How many people other than its holder clear a mitigated interest.
pub const CLEARED_BY: usize = 2;

words! {
    /// What a person's declarations open to it.
    Standing {
        /// Nothing is declared.
        Undeclared = "undeclared", "Not declared yet";
        /// What was declared before the bidders' names showed is to be declared again.
        DeclareAgain = "declare_again", "To declare again";
        /// Two people have not cleared it yet.
        ToClear = "to_clear", "Waiting for clearance";
        /// Nothing stands in the way.
        Free = "free", "Free to take part";
        /// No access to bids or marks.
        Barred = "barred", "Barred";
    }
}

/// The last thing that was declared of a person's interests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// What it says.
    pub interest: Interest,
    /// Whether the bidders' names showed to the person who declared it.
    pub bidders_known: bool,
    /// Whether it opens nothing before [`CLEARED_BY`] people have cleared it.
    pub to_clear: bool,
    /// How many people have.
    pub cleared_by: usize,
}

impl Declaration {
    /// Whether nobody has to clear it any more.
    #[must_use]
    pub const fn is_cleared(&self) -> bool {
        !self.to_clear || self.cleared_by >= CLEARED_BY
    }
}

/// Whether a declaration has to be cleared by others: a mitigated interest always, and anything that follows a stricter
/// declaration or one that still waits to be cleared, so that nobody frees himself by declaring less. A bar needs nobody.
#[must_use]
pub fn must_clear(before: Option<&Declaration>, now: Interest) -> bool {
    match now {
        Interest::Barred => false,
        Interest::Mitigated => true,
        Interest::Nothing => {
            before.is_some_and(|before| before.interest > Interest::Nothing || !before.is_cleared())
        }
    }
}

/// What a person's last declaration opens, before or after the bidders' names show.
#[must_use]
pub fn standing(last: Option<&Declaration>, bidders_show: bool) -> Standing {
    match last {
        None => Standing::Undeclared,
        Some(last) if last.interest == Interest::Barred => Standing::Barred,
        Some(last) if bidders_show && !last.bidders_known => Standing::DeclareAgain,
        Some(last) if !last.is_cleared() => Standing::ToClear,
        Some(_) => Standing::Free,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(interest: Interest, bidders_known: bool, to_clear: bool, cleared_by: usize) -> Declaration {
        Declaration { interest, bidders_known, to_clear, cleared_by }
    }

    #[test]
    fn names_that_show_ask_for_a_new_declaration() {
        let early = declared(Interest::Nothing, false, false, 0);
        assert_eq!(standing(None, false), Standing::Undeclared);
        assert_eq!(standing(Some(&early), false), Standing::Free);
        assert_eq!(standing(Some(&early), true), Standing::DeclareAgain);
        let again = Declaration { bidders_known: true, ..early };
        assert_eq!(standing(Some(&again), true), Standing::Free);
    }

    #[test]
    fn two_people_clear() {
        for (cleared_by, expected) in [(0, Standing::ToClear), (1, Standing::ToClear), (2, Standing::Free)] {
            let mitigated = declared(Interest::Mitigated, true, true, cleared_by);
            assert_eq!(standing(Some(&mitigated), true), expected, "{cleared_by}");
        }
    }

    #[test]
    fn a_bar_needs_no_clearance_and_no_second_declaration() {
        let barred = declared(Interest::Barred, false, false, 0);
        assert_eq!(standing(Some(&barred), false), Standing::Barred);
        assert_eq!(standing(Some(&barred), true), Standing::Barred);
    }

    #[test]
    fn nobody_frees_himself_by_declaring_less() {
        let steps = [
            (None, Interest::Nothing, false),
            (None, Interest::Mitigated, true),
            (None, Interest::Barred, false),
            (Some(declared(Interest::Nothing, false, false, 0)), Interest::Nothing, false),
            (Some(declared(Interest::Mitigated, false, true, 2)), Interest::Mitigated, true),
            (Some(declared(Interest::Mitigated, false, true, 2)), Interest::Nothing, true),
            (Some(declared(Interest::Barred, false, false, 0)), Interest::Nothing, true),
            (Some(declared(Interest::Barred, false, false, 0)), Interest::Mitigated, true),
            // The one before still waits: saying it once more does not clear it.
            (Some(declared(Interest::Nothing, false, true, 1)), Interest::Nothing, true),
            (Some(declared(Interest::Nothing, false, true, 2)), Interest::Nothing, false),
            (Some(declared(Interest::Mitigated, false, true, 0)), Interest::Barred, false),
        ];
        for (before, now, expected) in steps {
            assert_eq!(must_clear(before.as_ref(), now), expected, "{before:?} then {now}");
        }
    }
}
