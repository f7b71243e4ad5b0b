//! Whether each lot's marks were fixed, and signed, before its prices were opened (DOMAIN rule 1), and whether nobody
//! changed a mark of his or her own once the panel had begun to agree (DOMAIN rule 4).

use std::collections::BTreeMap;

use serde_json::Value;

use super::check::{Evidence, agrees, place};
use super::{ConsensusRow, Fault, FixedMark, LOCK_KIND, LockStatement, marks_hash, name};
use crate::canonical::sha256_hex;
use crate::ledger::Entry;
use crate::signed::Signed;

pub(super) fn check(evidence: &Evidence, public_key: Option<&str>) -> Result<(), Fault> {
    for lock in &evidence.locks {
        let at = place(name::LOCKS, &lock.lot);
        let locked = only(evidence, "scoring.quality.lock", &lock.lot, &at)?;
        let opened = only(evidence, "scoring.prices.open", &lock.lot, &at)?;
        let told =
            Told { kind: LOCK_KIND, lot: &lock.lot, at: &lock.locked_at, marks_hash: &lock.marks_hash };
        signed(lock.signed.as_ref(), &told, locked, public_key, &at)?;
        agrees(opened, "marks_hash", &lock.marks_hash.as_str().into(), &at)?;
        must_follow(locked, opened, "the prices were opened", "the marks were locked")?;
        let agreed = of_lot(evidence, "scoring.consensus.agree", &lock.lot);
        if let (Some(first), Some(marked)) =
            (agreed.first(), of_lot(evidence, "scoring.mark.save", &lock.lot).last())
        {
            must_follow(marked, first, "the panel began to agree", "a mark was made")?;
        }
        let by_lock = |entry: &&&Entry| !is_change(evidence, &entry.subject);
        if let Some(last) = agreed.iter().rfind(by_lock) {
            must_follow(last, locked, "the marks were locked", "a mark was agreed")?;
        }
        let pack = locked.body.get("pack_hash").and_then(Value::as_str).unwrap_or_default();
        must_be_fixed(evidence, (&lock.lot, pack), locked.number, &lock.marks_hash, &at)?;
        if let Some(first) = of_lot(evidence, "scoring.result.compute", &lock.lot).first() {
            must_follow(opened, first, "a result was computed", "the prices were opened")?;
        }
    }
    match evidence.results.iter().find(|row| !evidence.locks.iter().any(|lock| lock.lot == row.lot)) {
        Some(row) => {
            Err(Fault::new(place(name::RESULTS, &row.id), "is of a lot whose quality is not locked"))
        }
        None => Ok(()),
    }
}

fn only<'a>(evidence: &'a Evidence, action: &str, lot: &str, at: &str) -> Result<&'a Entry, Fault> {
    let mut found = evidence.entries(action).filter(|entry| entry.subject == lot);
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => Err(Fault::new(at, format!("the ledger has no entry \"{action}\" of this lot"))),
        (Some(_), Some(second)) => {
            Err(Fault::new(at, format!("entry {} of the ledger is a second \"{action}\"", second.number)))
        }
    }
}

pub(super) fn of_lot<'a>(evidence: &'a Evidence, action: &str, lot: &str) -> Vec<&'a Entry> {
    evidence
        .entries(action)
        .filter(|entry| entry.body.get("lot").and_then(Value::as_str) == Some(lot))
        .collect()
}

pub(super) fn must_follow(before: &Entry, after: &Entry, second: &str, first: &str) -> Result<(), Fault> {
    if before.number < after.number {
        return Ok(());
    }
    let what = format!("{second} (entry {}) before {first} (entry {})", after.number, before.number);
    Err(Fault::new(place(name::LEDGER, format!("row {}", after.number)), what))
}

/// Whether a mark of record came about by a change after the lock, which is looked at apart.
fn is_change(evidence: &Evidence, consensus: &str) -> bool {
    evidence.changes.iter().any(|change| change.consensus.as_deref() == Some(consensus))
}

/// What a signed statement must say.
pub(super) struct Told<'a> {
    pub(super) kind: &'a str,
    pub(super) lot: &'a str,
    pub(super) at: &'a str,
    pub(super) marks_hash: &'a str,
}

/// The signed statement is the one whose hash the ledger has, and it says what the record says.
pub(super) fn signed(
    signed: Option<&Signed>,
    told: &Told<'_>,
    entry: &Entry,
    public_key: Option<&str>,
    at: &str,
) -> Result<(), Fault> {
    let signed = signed.ok_or_else(|| Fault::new(at, "is not signed"))?;
    signed.check().map_err(|fault| Fault::new(at, fault.to_string()))?;
    if public_key.is_some_and(|key| key != signed.public_key) {
        return Err(Fault::new(at, "is signed with another key than the manifest"));
    }
    agrees(entry, "statement_hash", &sha256_hex(signed.statement.as_bytes()).into(), at)?;
    agrees(entry, "signature", &signed.signature.as_str().into(), at)?;
    agrees(entry, "public_key", &signed.public_key.as_str().into(), at)?;
    let statement: LockStatement = serde_json::from_str(&signed.statement)
        .map_err(|error| Fault::new(at, format!("its statement cannot be read: {error}")))?;
    let same = statement.kind == told.kind
        && statement.lot == told.lot
        && statement.procurement == entry.chain
        && statement.marks_hash == told.marks_hash
        && statement.locked_at == told.at;
    if !same {
        return Err(Fault::new(at, "its signed statement says something else than the record"));
    }
    agrees(entry, "pack_hash", &statement.pack.as_str().into(), at)
}

/// The marks that were fixed when an entry of the ledger was made: the last revision of each answer of the lot by then.
pub(super) fn fixed(evidence: &Evidence, lot: &str, by: i64) -> Vec<FixedMark> {
    let agreed: BTreeMap<&str, i64> = evidence
        .entries("scoring.consensus.agree")
        .map(|entry| (entry.subject.as_str(), entry.number))
        .collect();
    let by_then = |row: &&ConsensusRow| agreed.get(row.id.as_str()).is_some_and(|number| *number < by);
    let mut last: BTreeMap<(&str, &str), &ConsensusRow> = BTreeMap::new();
    for row in evidence.consensus.iter().filter(|row| row.lot == lot).filter(by_then) {
        let place = last.entry((&row.bid, &row.question)).or_insert(row);
        if row.revision > place.revision {
            *place = row;
        }
    }
    let fixed = last.into_values().map(|row| FixedMark {
        bid: row.bid.clone(),
        question: row.question.clone(),
        value: row.value.clone(),
        revision: row.revision,
    });
    let mut fixed: Vec<FixedMark> = fixed.collect();
    fixed.sort();
    fixed
}

/// Refuses unless the marks of record were, when an entry of the ledger was made, those that a hash is of.
pub(super) fn must_be_fixed(
    evidence: &Evidence,
    (lot, pack_hash): (&str, &str),
    by: i64,
    hash: &str,
    at: &str,
) -> Result<(), Fault> {
    match marks_hash(lot, pack_hash, &fixed(evidence, lot, by)) {
        Ok(found) if found == hash => Ok(()),
        _ => Err(Fault::new(at, "the marks of record are not those that were locked")),
    }
}
