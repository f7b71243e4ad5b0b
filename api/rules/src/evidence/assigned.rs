//! Whether everybody marked what was assigned to it, and whether the marks that were laid beside each other for a mark of record
//! are of people who were assigned then (DOMAIN rules 2 and 4).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::check::{Evidence, agrees, place};
use super::recorded::{by_id, must_be_by, paired, words};
use super::{AssignmentRow, Fault, MarkRow, name};
use crate::assignment::Assignment;
use crate::ledger::Entry;
use crate::pack::PackLot;

/// How the ledger calls a version of who marks what.
const ACTIONS: &[&str] = &["scoring.assignment.set", "scoring.assignment.substitute"];

pub(super) fn check(evidence: &Evidence) -> Result<(), Fault> {
    recorded(evidence)?;
    let mut last: BTreeMap<Answer<'_>, i64> = BTreeMap::new();
    for mark in &evidence.marks {
        let revision = last.entry(answer(mark)).or_insert(mark.revision);
        *revision = (*revision).max(mark.revision);
    }
    let marks = evidence.marks.iter().map(|mark| (mark.id.as_str(), mark)).collect();
    let mut story = Story { evidence, marks, last, now: BTreeMap::new(), begun: BTreeSet::new() };
    for entry in &evidence.ledger {
        story.tell(entry)?;
    }
    Ok(())
}

/// The versions are those that the ledger knows.
fn recorded(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::ASSIGNMENTS;
    let rows = by_id(file, &evidence.assignments, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, ACTIONS, &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "version", &json!(row.version), &at)?;
        agrees(entry, "parts", &json!(row.assignment.parts), &at)?;
        agrees(entry, "replaced", &json!(row.assignment.replaced), &at)?;
        agrees(entry, "because", &words(&row.id, &row.reason, &at)?, &at)?;
        let told = |key: &str| entry.body.get(key).and_then(Value::as_str);
        if told("member") != row.member.as_deref() || told("substitute") != row.substitute.as_deref() {
            return Err(Fault::new(at, "names another substitution than the ledger"));
        }
        must_be_by(entry, &row.assigned_by, &at)?;
    }
    Ok(())
}

/// An answer and who marked it: bid, question, person.
type Answer<'a> = (&'a str, &'a str, &'a str);

fn answer(mark: &MarkRow) -> Answer<'_> {
    (&mark.bid, &mark.question, &mark.person)
}

/// What the ledger has said so far.
struct Story<'a> {
    evidence: &'a Evidence<'a>,
    /// The marks by their ids.
    marks: BTreeMap<&'a str, &'a MarkRow>,
    /// The last revision of each panel member's mark of an answer. Nobody marks once the panel has begun to agree, so that it was
    /// the last one by then as well.
    last: BTreeMap<Answer<'a>, i64>,
    /// The last version of each lot.
    now: BTreeMap<&'a str, &'a AssignmentRow>,
    /// The lots in which a mark of record was agreed.
    begun: BTreeSet<&'a str>,
}

impl<'a> Story<'a> {
    fn tell(&mut self, entry: &'a Entry) -> Result<(), Fault> {
        let Some(lot) = entry.body.get("lot").and_then(Value::as_str) else { return Ok(()) };
        match entry.action.as_str() {
            action if ACTIONS.contains(&action) => self.assign(entry, lot),
            "scoring.mark.save" => self.mark(entry, lot),
            "scoring.consensus.agree" => {
                self.begun.insert(lot);
                self.agree(entry, lot)
            }
            _ => Ok(()),
        }
    }

    /// A version follows the one before it, before the panel agreed on anything; a substitution changes nothing else.
    fn assign(&mut self, entry: &'a Entry, lot: &'a str) -> Result<(), Fault> {
        let rows = &self.evidence.assignments;
        let Some(row) = rows.iter().find(|row| row.id == entry.subject) else { return Ok(()) };
        if self.begun.contains(lot) {
            return Err(fault(entry, "changes who marks after the panel began to agree"));
        }
        let before = self.now.insert(lot, row);
        if row.version != before.map_or(0, |row| row.version) + 1 {
            return Err(fault(entry, "is not the version after the one before"));
        }
        if let (Some(member), Some(substitute), Some(published)) =
            (&row.member, &row.substitute, self.published(lot))
        {
            let before = before.map(|row| row.assignment.clone()).unwrap_or_default();
            if before.substituted(published, member, substitute) != row.assignment {
                return Err(fault(entry, "is a substitution that changes something else as well"));
            }
        }
        Ok(())
    }

    fn mark(&self, entry: &Entry, lot: &str) -> Result<(), Fault> {
        let question = text(&entry.body, "question");
        match entry.actor.strip_prefix("person:") {
            Some(person) if self.is_assigned(lot, question, person) => Ok(()),
            _ => Err(fault(entry, "is a mark of somebody to whom the question was not assigned")),
        }
    }

    /// The marks that were counted are the last ones, by then, of people assigned then. Entries from before panels were divided
    /// name none.
    fn agree(&self, entry: &Entry, lot: &str) -> Result<(), Fault> {
        let Some(counted) = entry.body.get("counted").and_then(Value::as_array) else { return Ok(()) };
        let question = text(&entry.body, "question");
        let mut people = BTreeSet::new();
        for id in counted {
            let id = id.as_str().unwrap_or_default();
            let mark = self
                .marks
                .get(id)
                .ok_or_else(|| fault(entry, &format!("counts a mark that is not here: {id}")))?;
            let of_it = mark.lot == lot && mark.question == question && mark.bid == text(&entry.body, "bid");
            if !of_it
                || !people.insert(mark.person.as_str())
                || self.last.get(&answer(mark)) != Some(&mark.revision)
            {
                return Err(fault(entry, &format!("counts a mark that is no last mark of its answer: {id}")));
            }
            if !self.is_assigned(lot, question, &mark.person) {
                return Err(fault(
                    entry,
                    &format!("counts a mark of somebody who was not assigned then: {id}"),
                ));
            }
        }
        let alone =
            people.len() == 1 && people.iter().any(|person| entry.actor == format!("person:{person}"));
        if people.is_empty() || alone {
            return Err(fault(entry, "is agreed by one person alone"));
        }
        Ok(())
    }

    fn is_assigned(&self, lot: &str, question: &str, person: &str) -> bool {
        let whole = Assignment::default();
        let now = self.now.get(lot).map_or(&whole, |row| &row.assignment);
        self.published(lot).is_none_or(|published| now.marks(published, question, person))
    }

    fn published(&self, lot: &str) -> Option<&'a PackLot> {
        self.evidence.packs.values().flat_map(|(_, pack)| &pack.lots).find(|published| published.id == lot)
    }
}

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn fault(entry: &Entry, what: &str) -> Fault {
    Fault::new(place(name::LEDGER, format!("row {}", entry.number)), what)
}
