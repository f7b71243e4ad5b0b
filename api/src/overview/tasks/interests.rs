//! Declarations of interest that are missing, and those that wait for somebody else to clear them (DOMAIN rule 12).

use rules::interest::Standing;
use rules::words::Role;

use super::Waiting;
use crate::tendering::interest::standing;

impl Waiting<'_> {
    /// From tendering to deciding.
    pub(super) fn interests(&mut self) {
        let facts = self.facts;
        if !standing::declares(&self.roles) {
            return;
        }
        match facts.standing(self.person) {
            Standing::Undeclared => {
                let hint = "Before the tender is published and you see any bid (s.81 to 83)";
                self.add("declare_interests", "Declare your interests", hint, "interests");
                return;
            }
            Standing::DeclareAgain => {
                let hint = "The bidders’ names show now, and you see no bid before (s.81 to 83)";
                self.add("declare_interests", "Declare your interests again", hint, "interests");
                return;
            }
            Standing::ToClear | Standing::Barred => return,
            Standing::Free => {}
        }
        if !self.holds(Role::Coordinator) && !self.holds(Role::Approver) {
            return;
        }
        for person in facts.declaring() {
            let waits = facts.standing(person.id) == Standing::ToClear;
            if waits && person.id != self.person && !facts.has_cleared(person.id, self.person) {
                let title = format!("Look at the interest of {}", person.name);
                let hint = "Two people clear it, or a coordinator bars it";
                self.add("clear_interest", title, hint, &format!("interests/{}", person.id));
            }
        }
    }
}
