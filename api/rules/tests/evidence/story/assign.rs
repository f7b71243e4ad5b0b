//! Who marks what.

use rules::assignment::Assignment;
use rules::evidence::AssignmentRow;
use serde_json::json;

use super::{NOW, Story, hash_of_words, id};

impl Story {
    /// Records a version of who marks what of the first lot, before the entry at a place.
    pub fn assign(&mut self, at: usize, assignment: Assignment, substitution: Option<(&str, &str)>) {
        let number = u32::try_from(self.assignments.len()).unwrap();
        let row = AssignmentRow {
            id: id(700 + number),
            lot: "lot-1".to_owned(),
            version: i64::from(number) + 1,
            assignment,
            reason: "The panel is divided.".to_owned(),
            member: substitution.map(|(member, _)| member.to_owned()),
            substitute: substitution.map(|(_, substitute)| substitute.to_owned()),
            assigned_by: "c".to_owned(),
            assigned_at: NOW.to_owned(),
        };
        let mut facts = json!({
            "lot": row.lot, "version": row.version, "parts": row.assignment.parts,
            "replaced": row.assignment.replaced, "because": hash_of_words(&row.id, &row.reason),
        });
        let mut action = "scoring.assignment.set";
        if let Some((member, substitute)) = substitution {
            facts["member"] = member.into();
            facts["substitute"] = substitute.into();
            action = "scoring.assignment.substitute";
        }
        self.record("person:c", action, &row.id, facts);
        let entry = self.entries.pop().unwrap();
        self.entries.insert(at, entry);
        self.assignments.push(row);
    }

    /// The place of the first entry of an action.
    pub fn place(&self, action: &str) -> usize {
        self.entries.iter().position(|entry| entry.action == action).unwrap()
    }

    /// Says of every mark of record which own marks were counted: those of these people.
    pub fn count(&mut self, people: &[&str]) {
        for entry in self.entries.iter_mut().filter(|entry| entry.action == "scoring.consensus.agree") {
            let of_it = self.marks.iter().filter(|mark| {
                entry.body["bid"] == mark.bid.as_str() && entry.body["question"] == mark.question.as_str()
            });
            let counted = of_it.filter(|mark| people.contains(&mark.person.as_str()));
            entry.body["counted"] = counted.map(|mark| mark.id.as_str()).collect();
        }
    }
}
