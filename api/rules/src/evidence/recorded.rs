//! Whether the records are those the ledger knows: each is what its entry says, none is missing, none was added.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::check::{Evidence, agrees, place};
use super::{ChangeRow, ClearanceRow, Fault, InterestRow, SubmissionRow, name};
use crate::canonical::sha256_hex;
use crate::ledger::{Entry, text_hash};
use crate::mark_change::ChangeState;

/// How the ledger calls a declaration of interest.
pub(super) const TENDERING_DECLARE: &str = "tendering.interest.declare";
/// The same, and what it was called while interests were declared at scoring.
pub(super) const DECLARE: &[&str] = &[TENDERING_DECLARE, "scoring.interest.declare"];

pub(super) fn check(evidence: &Evidence) -> Result<(), Fault> {
    packs(evidence)?;
    tests(evidence)?;
    submissions(evidence)?;
    bids(evidence)?;
    marks(evidence)?;
    consensus(evidence)?;
    interests(evidence)?;
    locks(evidence)?;
    changes(evidence)?;
    results(evidence)
}

/// Records by their ids, each once.
pub(super) fn by_id<'a, T>(
    file: &str,
    rows: &'a [T],
    id: impl Fn(&'a T) -> &'a str,
) -> Result<BTreeMap<&'a str, &'a T>, Fault> {
    let mut found = BTreeMap::new();
    for row in rows {
        if found.insert(id(row), row).is_some() {
            return Err(Fault::new(place(file, id(row)), "stands twice"));
        }
    }
    Ok(found)
}

/// Pairs records with the entries that made them, both ways. Entries of one subject replace each other.
pub(super) fn paired<'a, T>(
    evidence: &'a Evidence,
    file: &str,
    actions: &[&str],
    rows: &BTreeMap<&'a str, &'a T>,
) -> Result<Vec<(&'a Entry, &'a T)>, Fault> {
    let mut entries: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in evidence.ledger.iter().filter(|entry| actions.contains(&entry.action.as_str())) {
        entries.insert(&entry.subject, entry);
    }
    if let Some(entry) = entries.values().find(|entry| !rows.contains_key(entry.subject.as_str())) {
        let what = format!("is missing, though entry {} of the ledger made it", entry.number);
        return Err(Fault::new(place(file, &entry.subject), what));
    }
    rows.iter()
        .map(|(id, row)| match entries.get(id) {
            Some(entry) => Ok((*entry, *row)),
            None => Err(Fault::new(place(file, id), "is not in the ledger: it was added")),
        })
        .collect()
}

/// Refuses a record that the ledger says another person made.
pub(super) fn must_be_by(entry: &Entry, person: &str, at: &str) -> Result<(), Fault> {
    if entry.actor == format!("person:{person}") {
        return Ok(());
    }
    let what = format!("is another person's; entry {} of the ledger says {}", entry.number, entry.actor);
    Err(Fault::new(at, what))
}

/// People's own words, as the ledger keeps them: salted with the record's id.
pub(super) fn words(id: &str, words: &str, place: &str) -> Result<Value, Fault> {
    let mut salt = [0; 16];
    hex::decode_to_slice(id.replace('-', ""), &mut salt)
        .map_err(|_| Fault::new(place, "its id is not an id"))?;
    Ok(text_hash(salt, words).into())
}

/// The versions of the pack are those that were published, in their order.
fn packs(evidence: &Evidence) -> Result<(), Fault> {
    let published = evidence.ledger.iter().filter(|entry| {
        matches!(entry.action.as_str(), "tendering.pack.publish" | "tendering.extension.confirm")
    });
    let mut last = 0;
    for (number, entry) in (1..).zip(published) {
        let file = name::pack(number);
        last = number;
        agrees(entry, "number", &number.into(), &file)?;
        agrees(entry, "hash", &sha256_hex(evidence.bytes(&file)?).into(), &file)?;
    }
    match evidence.packs.values().find(|(number, _)| *number > last) {
        Some((number, _)) => Err(Fault::new(name::pack(*number), "is not in the ledger: it was added")),
        None => Ok(()),
    }
}

fn tests(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::TESTS;
    let rows = by_id(file, &evidence.tests, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["tendering.award_model.test"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "number", &json!(row.number), &at)?;
        agrees(entry, "low_pence", &json!(row.expected.low.0), &at)?;
        agrees(entry, "high_pence", &json!(row.expected.high.0), &at)?;
        agrees(entry, "model_hash", &json!(row.model), &at)?;
        agrees(entry, "hash", &json!(row.hash), &at)?;
        agrees(entry, "engine_version", &json!(row.engine_version), &at)?;
        agrees(entry, "serious", &json!(row.serious), &at)?;
        agrees(entry, "attend", &json!(row.attend), &at)?;
        must_be_by(entry, &row.tested_by, &at)?;
        let decided =
            evidence.entries("tendering.award_model.decide").filter(|entry| entry.subject == row.id).last();
        match (&row.decision, decided) {
            (None, None) => {}
            (Some(decision), Some(entry)) => {
                agrees(entry, "decision", &words(&row.id, &decision.words, &at)?, &at)?;
                must_be_by(entry, &decision.decided_by, &at)?;
            }
            (Some(_), None) => return Err(Fault::new(at, "was not decided on by the ledger")),
            (None, Some(entry)) => {
                let what = format!("lacks what was decided by entry {} of the ledger", entry.number);
                return Err(Fault::new(at, what));
            }
        }
    }
    Ok(())
}

fn submissions(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::SUBMISSIONS;
    let rows = by_id(file, &evidence.submissions, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["bidding.submission.submit"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "manifest", &json!(row.manifest_hash), &at)?;
        agrees(entry, "number", &json!(row.number), &at)?;
        agrees(entry, "received_at", &json!(row.received_at), &at)?;
        let judged =
            evidence.entries("bidding.submission.judge").filter(|entry| entry.subject == row.id).last();
        agrees(judged.unwrap_or(entry), "late", &json!(row.late), &at)?;
        let withdrawn = evidence.entries("bidding.submission.withdraw").any(|entry| entry.subject == row.id);
        if withdrawn != row.withdrawn_at.is_some() {
            let what =
                if withdrawn { "was withdrawn by the ledger" } else { "was not withdrawn by the ledger" };
            return Err(Fault::new(at, what));
        }
        manifest(row, &at)?;
    }
    Ok(())
}

fn manifest(row: &SubmissionRow, place: &str) -> Result<(), Fault> {
    match &row.manifest {
        Some(manifest) if sha256_hex(manifest.as_bytes()) != row.manifest_hash => {
            Err(Fault::new(place, "its manifest is not the one that its bidder has a receipt for"))
        }
        _ => Ok(()),
    }
}

/// The bids are those that were opened, with the manifests they had then.
fn bids(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::SUBMISSIONS;
    let opened: Vec<&Value> = evidence
        .entries("bidding.opening.open")
        .filter_map(|entry| entry.body.get("bids")?.as_array())
        .flatten()
        .collect();
    let rows = by_id(file, &evidence.bids, |row| &row.id)?;
    if opened.len() != rows.len() {
        let what = format!("has {} bids; the ledger says that {} were opened", rows.len(), opened.len());
        return Err(Fault::new(file, what));
    }
    for bid in opened {
        let text = |key: &str| bid.get(key).and_then(Value::as_str).unwrap_or_default();
        let missing =
            || Fault::new(place(file, text("bid")), "is missing, though the ledger says it was opened");
        let row = rows.get(text("bid")).ok_or_else(missing)?;
        let submission = evidence.submissions.iter().find(|submission| submission.id == row.submission);
        let same = row.submission == text("submission")
            && submission.is_some_and(|submission| {
                submission.manifest_hash == text("manifest")
                    && (submission.manifest.is_some() || !evidence.is_bundle)
            });
        if !same {
            return Err(Fault::new(
                place(file, &row.id),
                "is not the submission that the ledger says was opened",
            ));
        }
    }
    Ok(())
}

fn marks(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::MARKS;
    let rows = by_id(file, &evidence.marks, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["scoring.mark.save"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "bid", &json!(row.bid), &at)?;
        agrees(entry, "question", &json!(row.question), &at)?;
        agrees(entry, "revision", &json!(row.revision), &at)?;
        must_be_by(entry, &row.person, &at)?;
        let said = words(&row.id, &format!("{}\n{}", row.value, row.explanation), &at)?;
        agrees(entry, "content", &said, &at)?;
    }
    Ok(())
}

fn consensus(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::CONSENSUS;
    let rows = by_id(file, &evidence.consensus, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["scoring.consensus.agree"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "bid", &json!(row.bid), &at)?;
        agrees(entry, "question", &json!(row.question), &at)?;
        agrees(entry, "revision", &json!(row.revision), &at)?;
        if entry.body.get("content").is_some() {
            let said = words(&row.id, &format!("{}\n{}", row.value, row.rationale), &at)?;
            agrees(entry, "content", &said, &at)?;
        } else {
            // Entries from before the mark was kept out of them.
            agrees(entry, "value", &json!(row.value), &at)?;
            agrees(entry, "rationale", &words(&row.id, &row.rationale, &at)?, &at)?;
        }
        let texts = [
            ("strengths", &row.strengths),
            ("weaknesses", &row.weaknesses),
            ("reference", &row.reference),
            ("present", &row.present),
            ("dissent", &row.dissent),
        ];
        for (key, text) in texts {
            agrees(entry, key, &words(&row.id, text, &at)?, &at)?;
        }
        // A change after the lock is recorded by who approved it, and looked at apart.
        if !evidence.changes.iter().any(|change| change.consensus.as_deref() == Some(row.id.as_str())) {
            must_be_by(entry, &row.moderator, &at)?;
        }
    }
    Ok(())
}

fn interests(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::INTERESTS;
    let rows = by_id(file, &evidence.interests, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, DECLARE, &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "person", &json!(row.person), &at)?;
        agrees(entry, "interest", &json!(row.interest), &at)?;
        agrees(entry, "version", &json!(row.version), &at)?;
        agrees(entry, "detail", &words(&row.id, &row.detail, &at)?, &at)?;
        // Entries from before two people cleared a mitigated interest do not say these.
        if entry.action == TENDERING_DECLARE {
            agrees(entry, "bidders_known", &json!(row.bidders_known), &at)?;
            agrees(entry, "to_clear", &json!(row.to_clear), &at)?;
        }
    }
    clearances(evidence)
}

fn clearances(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::INTERESTS;
    let of = |row: &'_ InterestRow| row.id.clone();
    let all: Vec<(String, &ClearanceRow)> = evidence
        .interests
        .iter()
        .flat_map(|row| row.clearances.iter().map(move |clearance| (of(row), clearance)))
        .collect();
    let rows = by_id(file, &all, |(_, row)| row.id.as_str())?;
    for (entry, (declaration, row)) in paired(evidence, file, &["tendering.interest.clear"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "declaration", &json!(declaration), &at)?;
        agrees(entry, "detail", &words(&row.id, &row.detail, &at)?, &at)?;
        must_be_by(entry, &row.person, &at)?;
    }
    Ok(())
}

fn locks(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::LOCKS;
    let rows = by_id(file, &evidence.locks, |row| &row.lot)?;
    let published: BTreeSet<&str> =
        evidence.packs.values().flat_map(|(_, pack)| &pack.lots).map(|lot| lot.id.as_str()).collect();
    for (entry, row) in paired(evidence, file, &["scoring.quality.lock"], &rows)? {
        let at = place(file, &row.lot);
        if !published.contains(row.lot.as_str()) {
            return Err(Fault::new(at, "is of a lot that was never published"));
        }
        agrees(entry, "marks_hash", &json!(row.marks_hash), &at)?;
    }
    Ok(())
}

fn changes(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::CHANGES;
    let rows = by_id(file, &evidence.changes, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["scoring.mark_change.propose"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "bid", &json!(row.bid), &at)?;
        agrees(entry, "question", &json!(row.question), &at)?;
        agrees(entry, "changes_revision", &json!(row.revision), &at)?;
        agrees(entry, "content", &words(&row.id, &format!("{}\n{}", row.value, row.rationale), &at)?, &at)?;
        agrees(entry, "because", &words(&row.id, &row.reason, &at)?, &at)?;
        must_be_by(entry, &row.proposed_by, &at)?;
        for (key, text) in [
            ("strengths", &row.strengths),
            ("weaknesses", &row.weaknesses),
            ("reference", &row.reference),
            ("present", &row.present),
            ("dissent", &row.dissent),
        ] {
            agrees(entry, key, &words(&row.id, text, &at)?, &at)?;
        }
        settled(evidence, row, &at)?;
    }
    Ok(())
}

/// A change is settled once, as it says, and by whom it says.
fn settled(evidence: &Evidence, row: &ChangeRow, at: &str) -> Result<(), Fault> {
    let settles = |entry: &&Entry| {
        entry.subject == row.id
            && ["scoring.mark_change.approve", "scoring.mark_change.reject", "scoring.mark_change.take_back"]
                .contains(&entry.action.as_str())
    };
    let mut entries = evidence.ledger.iter().filter(settles);
    let entry = entries.next();
    if let Some(second) = entries.next() {
        return Err(Fault::new(
            at,
            format!("was settled once more by entry {} of the ledger", second.number),
        ));
    }
    let told = match entry.map(|entry| entry.action.as_str()) {
        None => ChangeState::Proposed,
        Some("scoring.mark_change.approve") => ChangeState::Approved,
        Some("scoring.mark_change.reject") => ChangeState::Rejected,
        Some(_) => ChangeState::TakenBack,
    };
    if told != row.state {
        return Err(Fault::new(at, format!("is \"{}\"; by the ledger it is \"{told}\"", row.state)));
    }
    let decided = matches!(told, ChangeState::Approved | ChangeState::Rejected);
    match (entry, &row.decision) {
        (Some(entry), Some(decision)) if decided => {
            agrees(entry, "because", &words(&row.id, &decision.reason, at)?, at)?;
            must_be_by(entry, &decision.decided_by, at)
        }
        (Some(entry), None) if !decided => must_be_by(entry, &row.proposed_by, at),
        (None, None) => Ok(()),
        (_, None) => Err(Fault::new(at, "lacks the second person's word that the ledger has")),
        (_, Some(_)) => Err(Fault::new(at, "has a second person's word that the ledger does not have")),
    }
}

fn results(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::RESULTS;
    let rows = by_id(file, &evidence.results, |row| &row.id)?;
    for (entry, row) in paired(evidence, file, &["scoring.result.compute"], &rows)? {
        let at = place(file, &row.id);
        agrees(entry, "lot", &json!(row.lot), &at)?;
        agrees(entry, "revision", &json!(row.revision), &at)?;
        agrees(entry, "hash", &json!(row.hash), &at)?;
        agrees(entry, "inputs_hash", &json!(row.inputs_hash), &at)?;
    }
    Ok(())
}
