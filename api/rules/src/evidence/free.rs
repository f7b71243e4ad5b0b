//! Whether everybody who marked, changed a locked mark, or raised or decided on a ground against a tender, was free to then: had declared interests since the bidders' names showed, and two
//! others had cleared what had to be cleared (DOMAIN rule 12).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::check::{Evidence, place};
use super::outcomes::{DISREGARD, KEEP, RAISE};
use super::recorded::{DECLARE, TENDERING_DECLARE};
use super::{Fault, name};
use crate::interest::{Declaration, Standing, standing};
use crate::ledger::Entry;
use crate::words::Interest;

/// What the ledger has said of a person so far.
struct Declared<'a> {
    subject: &'a str,
    declaration: Declaration,
    cleared_by: BTreeSet<&'a str>,
}

/// Goes through the ledger once.
pub(super) fn check(evidence: &Evidence) -> Result<(), Fault> {
    let mut people: BTreeMap<&str, Declared> = BTreeMap::new();
    let mut opened = false;
    for entry in &evidence.ledger {
        match entry.action.as_str() {
            "bidding.opening.open" => opened = true,
            action if DECLARE.contains(&action) => {
                let Some(person) = text(entry, "person") else { continue };
                people.insert(person, declared(entry, opened)?);
            }
            "tendering.interest.clear" => {
                let of = text(entry, "declaration");
                let waiting = people.iter_mut().find(|(_, declared)| Some(declared.subject) == of);
                if let Some((_, declared)) = waiting.filter(|(person, _)| by(entry) != Some(**person)) {
                    declared.cleared_by.insert(&entry.actor);
                    declared.declaration.cleared_by = declared.cleared_by.len();
                }
            }
            "scoring.mark.save" => must_be_free(entry, by(entry), &people, "a mark")?,
            "scoring.mark_change.propose" => must_be_free(entry, by(entry), &people, "a change")?,
            RAISE => must_be_free(entry, by(entry), &people, "a ground against a tender")?,
            DISREGARD | KEEP => must_be_free(entry, by(entry), &people, "a decision on a tender")?,
            // Whoever proposed it becomes the one who recorded the mark, so that both are free by then.
            "scoring.mark_change.approve" => {
                let proposed = evidence.changes.iter().find(|row| row.id == entry.subject);
                must_be_free(entry, by(entry), &people, "an approval")?;
                must_be_free(entry, proposed.map(|row| row.proposed_by.as_str()), &people, "a change")?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn text<'a>(entry: &'a Entry, key: &str) -> Option<&'a str> {
    entry.body.get(key).and_then(Value::as_str)
}

/// The person who acted.
fn by(entry: &Entry) -> Option<&str> {
    entry.actor.strip_prefix("person:")
}

fn declared(entry: &Entry, opened: bool) -> Result<Declared<'_>, Fault> {
    let flag = |key: &str| entry.body.get(key).and_then(Value::as_bool).unwrap_or(false);
    let unclear = || fault(entry, "declares an interest that is not known");
    let interest: Interest = text(entry, "interest").unwrap_or_default().parse().map_err(|_| unclear())?;
    if flag("bidders_known") && !opened {
        return Err(fault(entry, "declares interests in bidders whose names did not show yet"));
    }
    let (bidders_known, to_clear) = if entry.action == TENDERING_DECLARE {
        (flag("bidders_known"), flag("to_clear"))
    } else {
        // From before anybody cleared anything: one declaration was enough, whenever it was made.
        (true, false)
    };
    let declaration = Declaration { interest, bidders_known, to_clear, cleared_by: 0 };
    Ok(Declared { subject: &entry.subject, declaration, cleared_by: BTreeSet::new() })
}

fn must_be_free(
    entry: &Entry,
    person: Option<&str>,
    people: &BTreeMap<&str, Declared>,
    what: &str,
) -> Result<(), Fault> {
    let last = person.and_then(|person| people.get(person));
    let fault = |entry, told: &str| fault(entry, &format!("is {what} of somebody {told}"));
    match standing(last.map(|declared| &declared.declaration), true) {
        Standing::Free => Ok(()),
        Standing::Undeclared => Err(fault(entry, "who had declared no interests")),
        Standing::DeclareAgain => {
            Err(fault(entry, "who had not declared interests since the bidders' names showed"))
        }
        Standing::ToClear => Err(fault(entry, "whose interest two others had not cleared")),
        Standing::Barred => Err(fault(entry, "who was barred")),
    }
}

fn fault(entry: &Entry, what: &str) -> Fault {
    Fault::new(place(name::LEDGER, format!("row {}", entry.number)), what)
}
