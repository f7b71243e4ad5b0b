//! The quality lock: the moment from which a lot's marks of record are fixed and its prices are seen (DOMAIN rule 1).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{Word, mark_change, quality_lock};
use rules::canonical;
use rules::evidence::{self, FixedMark, LockStatement};
use rules::mark_change::ChangeState;
use rules::signed::Signed;
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::lot::{self, Lot};
use super::{consensus, panel};
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::rfc3339;
use crate::kernel::ledger::Record;
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Action, Reading, Refusal, Writing, signed};
use crate::tendering::interest::standing;

/// Whether a lot can be locked.
#[derive(Clone, Debug)]
pub struct Check {
    /// The lot.
    pub lot: Lot,
    /// The marks of record, by bid and question.
    pub marks: Vec<FixedMark>,
    /// The answers without one.
    pub missing: Vec<FieldFault>,
    /// The lock, where the lot is locked already.
    pub lock: Option<quality_lock::Model>,
}

/// What a lock of the lot would fix, and what is missing for it. Moderators and coordinators see it.
pub async fn check(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Check, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    may_lock(r, &scope).await?;
    checked(r, &scope, lot_id).await
}

async fn may_lock(r: &Reading, scope: &Scope) -> Result<(), Refusal> {
    r.caller().person()?;
    if !scope.holds(Role::Moderator) {
        scope.must_coordinate()?;
    }
    standing::must_not_be_barred(r, scope).await?;
    scope.must_stand_at(panel::OPENED)
}

async fn checked(r: &Reading, scope: &Scope, lot_id: Uuid) -> Result<Check, Refusal> {
    let lot = lot::one(r, scope, lot_id).await?;
    let marks = fixed(r, &lot).await?;
    let fixed: BTreeSet<(&str, &str)> =
        marks.iter().map(|mark| (mark.bid.as_str(), mark.question.as_str())).collect();
    let missing = lot
        .answers()
        .into_iter()
        .filter(|(bid, asked)| !fixed.contains(&(bid.id.to_string().as_str(), asked.criterion.code.as_str())))
        .map(|(bid, asked)| FieldFault {
            field: format!("consensus/{}/{}", bid.id, asked.criterion.code),
            code: "missing".to_owned(),
            message: format!("{} of {} has no agreed mark.", asked.criterion.code, bid.supplier),
        })
        .collect();
    let lock = of_lot(r, lot.id).await?;
    Ok(Check { lot, marks, missing, lock })
}

/// The marks of record of the lot's questions, by bid and question.
async fn fixed(r: &Reading, lot: &Lot) -> Result<Vec<FixedMark>, Refusal> {
    let rows = consensus::of_lot(r, lot.id).await?;
    let mut marks: Vec<FixedMark> = rows
        .into_iter()
        .map(|row| FixedMark {
            bid: row.bid_id.to_string(),
            question: row.question,
            value: row.value,
            revision: row.revision.into(),
        })
        .collect();
    marks.sort();
    Ok(marks)
}

fn hash(lot: &Lot, marks: &[FixedMark]) -> Result<String, Refusal> {
    evidence::marks_hash(&lot.id.to_string(), &lot.pack_hash, marks)
        .map_err(|error| Refusal::internal(&error))
}

/// Fixes the quality of a lot; from then on its prices are seen. Every answer must have a mark of record. A moderator or
/// coordinator may.
pub async fn lock_quality(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
) -> Result<quality_lock::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    may_lock(w, &scope).await?;
    let check = checked(w, &scope, lot_id).await?;
    if check.lock.is_some() {
        return Err(Refusal::conflict("quality_locked", "The quality of this lot is locked already."));
    }
    scope.must_stand_at(&[Stage::Scoring])?;
    if !check.missing.is_empty() {
        let detail =
            format!("{} answers have no agreed mark yet. Agree them, then lock.", check.missing.len());
        return Err(Refusal { fields: check.missing, ..Refusal::conflict("consensus_missing", detail) });
    }
    let locked_at = w.now();
    let told = (evidence::LOCK_KIND, locked_at);
    let (marks_hash, signed) = signed_marks(w, &scope, (&check.lot, &check.marks), told)?;
    let row = quality_lock::ActiveModel {
        lot_id: Set(check.lot.id),
        procurement_id: Set(scope.id()),
        locked_at: Set(locked_at),
        locked_by: Set(w.caller().person()?.id),
        marks_hash: Set(marks_hash),
        signed: Set(Some(serde_json::to_string(&signed)?)),
    };
    let row = quality_lock::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "marks": check.marks.len(),
        "marks_hash": row.marks_hash,
        "pack_hash": check.lot.pack_hash,
        "statement_hash": canonical::sha256_hex(signed.statement.as_bytes()),
        "signature": signed.signature,
        "public_key": signed.public_key,
    });
    w.record(Record::new(scope.id(), "scoring.quality.lock", row.lot_id, body));
    // An entry of its own, so that the order can be proved: the marks were fixed, then the prices were opened.
    let body = json!({ "marks_hash": row.marks_hash, "bids": check.lot.bids.len() });
    w.record(Record::new(scope.id(), "scoring.prices.open", row.lot_id, body));
    Ok(row)
}

/// The hash of a lot's marks of record, and the installation's signed word that they are fixed now.
fn signed_marks(
    w: &Writing,
    scope: &Scope,
    (lot, marks): (&Lot, &[FixedMark]),
    (kind, at): (&str, DateTime<Utc>),
) -> Result<(String, Signed), Refusal> {
    let marks_hash = hash(lot, marks)?;
    let statement = LockStatement {
        kind: kind.to_owned(),
        reference: scope.procurement.reference.clone(),
        procurement: scope.id().to_string(),
        lot: lot.id.to_string(),
        lot_code: lot.published().code.clone(),
        pack: lot.pack_hash.clone(),
        marks: marks.len(),
        marks_hash: marks_hash.clone(),
        locked_at: rfc3339(at),
    };
    Ok((marks_hash, signed::sign(w, &statement)?))
}

/// The marks of a locked lot as they are after a change, fixed and signed anew.
pub(super) struct Refixed {
    /// How many there are.
    pub(super) marks: usize,
    /// The hash over them.
    pub(super) marks_hash: String,
    /// What was signed.
    pub(super) signed: Signed,
}

/// Fixes and signs the marks of a locked lot anew, after a change of one of them.
pub(super) async fn fix_anew(
    w: &Writing,
    scope: &Scope,
    lot: &Lot,
    at: DateTime<Utc>,
) -> Result<Refixed, Refusal> {
    let marks = fixed(w, lot).await?;
    let (marks_hash, signed) = signed_marks(w, scope, (lot, &marks), (evidence::CHANGE_KIND, at))?;
    Ok(Refixed { marks: marks.len(), marks_hash, signed })
}

/// The hash of the marks that are fixed: of the last change that was approved, or of the lock.
async fn hash_in_force(r: &Reading, lock: quality_lock::Model) -> Result<String, Refusal> {
    let rows = mark_change::Entity::find()
        .filter(mark_change::Column::LotId.eq(lock.lot_id))
        .filter(mark_change::Column::State.eq(Word(ChangeState::Approved)))
        .order_by_desc(mark_change::Column::DecidedAt)
        .order_by_desc(mark_change::Column::Id)
        .one(r.txn())
        .await?;
    Ok(rows.and_then(|row| row.marks_hash).unwrap_or(lock.marks_hash))
}

/// The lot's lock, if there is one: prices show from then on. The caller has been let in.
pub(crate) async fn of_lot(r: &Reading, lot_id: Uuid) -> Result<Option<quality_lock::Model>, Refusal> {
    Ok(quality_lock::Entity::find_by_id(lot_id).one(r.txn()).await?)
}

/// Refuses unless the lot is locked and its marks of record are those that were locked, or approved since.
pub(super) async fn must_hold_still(r: &Reading, lot: &Lot) -> Result<Vec<FixedMark>, Refusal> {
    let lock = of_lot(r, lot.id).await?.ok_or_else(|| {
        Refusal::conflict(
            "quality_not_locked",
            "Lock the quality of this lot first: then its prices are seen.",
        )
    })?;
    let marks = fixed(r, lot).await?;
    if hash(lot, &marks)? != hash_in_force(r, lock).await? {
        return Err(Refusal::conflict(
            "marks_changed",
            "The marks of record are not those that were locked. Have the database checked before going on.",
        ));
    }
    Ok(marks)
}
