//! Whether what changed of a lot's marks after they were locked was proposed by one person, approved by another, and signed anew
//! (DOMAIN rule 4).

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::{Evidence, agrees, place};
use super::order::{Told, must_be_fixed, must_follow, signed};
use super::{CHANGE_KIND, ChangeRow, Fault, name};
use crate::ledger::Entry;
use crate::mark_change::ChangeState;

/// How the ledger calls an approval.
const APPROVE: &str = "scoring.mark_change.approve";

pub(super) fn check(evidence: &Evidence, public_key: Option<&str>) -> Result<(), Fault> {
    for row in &evidence.changes {
        let at = place(name::CHANGES, &row.id);
        if row.state == ChangeState::Approved {
            approved(evidence, row, public_key, &at)?;
        } else if row.consensus.is_some() || row.marks_hash.is_some() || row.signed.is_some() {
            return Err(Fault::new(at, "became a mark of record without being approved"));
        }
    }
    Ok(())
}

fn approved(evidence: &Evidence, row: &ChangeRow, public_key: Option<&str>, at: &str) -> Result<(), Fault> {
    let entry = |action: &str, subject: &str| {
        let found = evidence.entries(action).find(|entry| entry.subject == subject);
        found.ok_or_else(|| Fault::new(at, format!("the ledger has no entry \"{action}\" of it")))
    };
    let (proposed, approval) = (entry("scoring.mark_change.propose", &row.id)?, entry(APPROVE, &row.id)?);
    must_follow(proposed, approval, "a change was approved", "it was proposed")?;
    if proposed.actor == approval.actor {
        return Err(Fault::new(at, format!("was proposed and approved by {}", approval.actor)));
    }
    must_follow(
        entry("scoring.quality.lock", &row.lot)?,
        proposed,
        "a change was proposed",
        "the marks were locked",
    )?;
    let consensus = row.consensus.as_deref().unwrap_or_default();
    let became = evidence.consensus.iter().find(|became| became.id == consensus);
    let became = became.ok_or_else(|| Fault::new(at, "became no mark of record"))?;
    let same = (&became.lot, &became.bid, &became.question) == (&row.lot, &row.bid, &row.question)
        && (&became.value, &became.rationale) == (&row.value, &row.rationale)
        && (&became.strengths, &became.weaknesses) == (&row.strengths, &row.weaknesses)
        && (&became.reference, &became.present, &became.dissent)
            == (&row.reference, &row.present, &row.dissent)
        && became.moderator == row.proposed_by
        && became.revision == row.revision + 1;
    if !same {
        return Err(Fault::new(
            at,
            format!("became another mark of record than the one proposed: {consensus}"),
        ));
    }
    agrees(approval, "consensus", &consensus.into(), at)?;
    must_follow(
        entry("scoring.consensus.agree", consensus)?,
        approval,
        "a change was approved",
        "its mark was recorded",
    )?;
    // An award names the lot by its code.
    let lots = evidence.packs.values().flat_map(|(_, pack)| &pack.lots);
    let codes: BTreeSet<&str> = lots.filter(|lot| lot.id == row.lot).map(|lot| lot.code.as_str()).collect();
    let of_lot =
        |award: &&Entry| award.body.get("lot").and_then(Value::as_str).is_some_and(|lot| codes.contains(lot));
    for award in evidence.entries("deciding.award.make").filter(of_lot) {
        must_follow(approval, award, "the lot was awarded", "a change was approved")?;
    }
    let hash = row.marks_hash.as_deref().unwrap_or_default();
    agrees(approval, "marks_hash", &hash.into(), at)?;
    let when = row.decision.as_ref().map(|decision| decision.decided_at.as_str()).unwrap_or_default();
    let told = Told { kind: CHANGE_KIND, lot: &row.lot, at: when, marks_hash: hash };
    signed(row.signed.as_ref(), &told, approval, public_key, at)?;
    let pack = approval.body.get("pack_hash").and_then(Value::as_str).unwrap_or_default();
    must_be_fixed(evidence, (&row.lot, pack), approval.number, hash, at)
}

/// The hash of the marks that were fixed when an entry of the ledger was made, and where it stands: of the last change that was
/// approved by then, or of the lock.
pub(super) fn in_force<'a>(evidence: &'a Evidence, lot: &str, by: i64) -> Option<(&'a str, String)> {
    let approval = |row: &ChangeRow| {
        let made = |entry: &&Entry| entry.subject == row.id && entry.number < by;
        evidence.entries(APPROVE).find(made).map(|entry| entry.number)
    };
    let changes = evidence.changes.iter().filter(|row| row.lot == lot);
    let last = changes.filter_map(|row| Some((approval(row)?, row))).max_by_key(|(number, _)| *number);
    if let Some((_, row)) = last {
        return Some((row.marks_hash.as_deref()?, place(name::CHANGES, &row.id)));
    }
    let lock = evidence.locks.iter().find(|lock| lock.lot == lot)?;
    Some((&lock.marks_hash, place(name::LOCKS, &lock.lot)))
}
