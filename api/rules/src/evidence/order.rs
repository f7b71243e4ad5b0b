//! Whether each lot's marks were fixed, and signed, before its prices were opened (DOMAIN rule 1), and whether nobody
//! changed a mark of his or her own once the panel had begun to agree (DOMAIN rule 4).

use std::collections::BTreeMap;

use super::check::{Evidence, agrees, place};
use super::{ConsensusRow, Fault, FixedMark, LOCK_KIND, LockRow, LockStatement, marks_hash, name};
use crate::canonical::sha256_hex;
use crate::ledger::Entry;

pub(super) fn check(evidence: &Evidence, public_key: Option<&str>) -> Result<(), Fault> {
    for lock in &evidence.locks {
        let at = place(name::LOCKS, &lock.lot);
        let locked = only(evidence, "scoring.quality.lock", &lock.lot, &at)?;
        let opened = only(evidence, "scoring.prices.open", &lock.lot, &at)?;
        signed(lock, locked, public_key, &at)?;
        agrees(opened, "marks_hash", &lock.marks_hash.as_str().into(), &at)?;
        must_follow(locked, opened, "the prices were opened", "the marks were locked")?;
        let agreed = of_lot(evidence, "scoring.consensus.agree", &lock.lot);
        if let (Some(first), Some(marked)) =
            (agreed.first(), of_lot(evidence, "scoring.mark.save", &lock.lot).last())
        {
            must_follow(marked, first, "the panel began to agree", "a mark was made")?;
        }
        if let Some(last) = agreed.last() {
            must_follow(last, locked, "the marks were locked", "a mark was agreed")?;
        }
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

fn of_lot<'a>(evidence: &'a Evidence, action: &str, lot: &str) -> Vec<&'a Entry> {
    evidence
        .entries(action)
        .filter(|entry| entry.body.get("lot").and_then(serde_json::Value::as_str) == Some(lot))
        .collect()
}

fn must_follow(before: &Entry, after: &Entry, second: &str, first: &str) -> Result<(), Fault> {
    if before.number < after.number {
        return Ok(());
    }
    let what = format!("{second} (entry {}) before {first} (entry {})", after.number, before.number);
    Err(Fault::new(place(name::LEDGER, format!("row {}", after.number)), what))
}

/// The signed statement is the one whose hash the ledger has, it says what the lock says, and its marks are the marks of
/// record.
fn signed(lock: &LockRow, entry: &Entry, public_key: Option<&str>, at: &str) -> Result<(), Fault> {
    let signed = lock.signed.as_ref().ok_or_else(|| Fault::new(at, "is not signed"))?;
    signed.check().map_err(|fault| Fault::new(at, fault.to_string()))?;
    if public_key.is_some_and(|key| key != signed.public_key) {
        return Err(Fault::new(at, "is signed with another key than the manifest"));
    }
    agrees(entry, "statement_hash", &sha256_hex(signed.statement.as_bytes()).into(), at)?;
    agrees(entry, "signature", &signed.signature.as_str().into(), at)?;
    agrees(entry, "public_key", &signed.public_key.as_str().into(), at)?;
    let statement: LockStatement = serde_json::from_str(&signed.statement)
        .map_err(|error| Fault::new(at, format!("its statement cannot be read: {error}")))?;
    let same = statement.kind == LOCK_KIND
        && statement.lot == lock.lot
        && statement.procurement == entry.chain
        && statement.marks_hash == lock.marks_hash
        && statement.locked_at == lock.locked_at;
    if !same {
        return Err(Fault::new(at, "its signed statement says something else than the record"));
    }
    agrees(entry, "pack_hash", &statement.pack.as_str().into(), at)
}

/// The marks that a lock fixed: the last revision of each answer of the lot.
pub(super) fn fixed(evidence: &Evidence, lot: &str) -> Vec<FixedMark> {
    let mut last: BTreeMap<(&str, &str), &ConsensusRow> = BTreeMap::new();
    for row in evidence.consensus.iter().filter(|row| row.lot == lot) {
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

/// Refuses unless the marks of record are those that the lock fixed.
pub(super) fn must_be_locked(
    lock: &LockRow,
    pack_hash: &str,
    marks: &[FixedMark],
    at: &str,
) -> Result<(), Fault> {
    match marks_hash(&lock.lot, pack_hash, marks) {
        Ok(hash) if hash == lock.marks_hash => Ok(()),
        _ => Err(Fault::new(at, "the marks of record are not those that were locked")),
    }
}
