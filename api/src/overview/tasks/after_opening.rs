//! What waits after the opening beside marks and decisions: replies of one bidder, corrections of prices, changes of locked
//! marks, grounds against tenders, and results that any of them has outdated.

use rules::interest::Standing;
use rules::words::Role;

use super::Waiting;

impl Waiting<'_> {
    /// At scoring and deciding.
    pub(super) fn after_opening(&mut self) {
        let facts = self.facts;
        if facts.standing(self.person) == Standing::Barred {
            return;
        }
        let handles = self.holds(Role::Coordinator) || self.holds(Role::Moderator);
        if handles && !self.holds(Role::PanelMember) && facts.replies_waiting > 0 {
            let title = match facts.replies_waiting {
                1 => "See to 1 question to one bidder".to_owned(),
                more => format!("See to {more} questions to one bidder"),
            };
            let hint = "Read the reply and say whether it improves the bid, or record that none came";
            self.add("read_replies", title, hint, "addressed");
        }
        if self.holds(Role::Clearer) && facts.unread > 0 {
            let title = match facts.unread {
                1 => "Read 1 answer for prices".to_owned(),
                more => format!("Read {more} answers for prices"),
            };
            self.add("read_for_prices", title, "The panel sees it once you release it", "releases");
        }
        let person = self.person;
        let approves = self.holds(Role::Approver);
        if approves && facts.corrections_waiting.iter().any(|proposed_by| *proposed_by != person) {
            let hint = "The bidder has confirmed it; a second person decides";
            self.add("decide_correction", "Decide on a correction of a price", hint, "corrections");
        }
        let decides = approves || self.holds(Role::Coordinator) || self.holds(Role::Moderator);
        if decides && facts.changes_waiting.iter().any(|proposed_by| *proposed_by != person) {
            let hint = "A moderator proposed it after the lock; a second person decides";
            self.add("decide_change", "Decide on a change of a mark", hint, "changes");
        }
        let settles = approves || self.holds(Role::Moderator);
        if settles && facts.grounds_waiting.iter().any(|(raised_by, heard)| *heard && *raised_by != person) {
            let hint = "The coordinator raised it; a second person disregards the tender or keeps it";
            self.add("decide_ground", "Decide on a ground against a tender", hint, "compliance");
        }
        if self.holds(Role::Coordinator) {
            for lot in facts.lots.iter().filter(|lot| facts.outdated.contains(&lot.id)) {
                let title = format!("Compute the result of lot {} anew", lot.code);
                self.add(
                    "compute_anew",
                    title,
                    "A price, a mark or a tender’s outcome changed since",
                    "scoring/results",
                );
            }
        }
    }
}
