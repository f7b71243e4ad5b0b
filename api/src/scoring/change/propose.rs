//! Proposing a change, and taking it back.

use entity::{Word, mark_change};
use rules::mark_change::ChangeState;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{CHANGING, Change, MOST_REASON, advance, view, wrong_state};
use crate::kernel::access;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing};
use crate::scoring::consensus::{self, Agreed, ConsensusInput};
use crate::scoring::{lock, lot, panel};
use crate::tendering::interest::standing;

/// What is proposed.
#[derive(Clone, Debug, Default)]
pub struct ChangeInput {
    /// The mark of record as it should be.
    pub agreed: ConsensusInput,
    /// Why a locked mark is changed.
    pub reason: String,
}

/// Proposes to change the mark of record of one answer of a locked lot. A moderator may, before the award. `seen` is the revision of
/// the mark of record that was seen. One change of an answer waits at a time.
pub async fn propose(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    (bid_id, question): (Uuid, &str),
    seen: i64,
    input: ChangeInput,
) -> Result<Change, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    let proposed_by = w.caller().person()?.id;
    scope.must_hold(Role::Moderator)?;
    standing::must_be_free(w, &scope).await?;
    scope.must_stand_at(CHANGING)?;
    let lot = lot::one(w, &scope, lot_id).await?;
    let bid = lot.marked_bid(bid_id)?;
    let asked = lot.question(question)?;
    if lock::of_lot(w, lot.id).await?.is_none() {
        return Err(Refusal::conflict(
            "quality_not_locked",
            "The quality of this lot is not locked: change the agreed mark itself.",
        ));
    }
    access::must_not_be_awarded(w, lot.id).await?;
    let before = consensus::of_answer(w, bid.id, question).await?.ok_or_else(Refusal::stale)?;
    if before.revision != panel::revision(seen)? {
        return Err(Refusal::stale());
    }
    if waiting(w, bid.id, question).await?.is_some() {
        return Err(Refusal::conflict(
            "change_waits",
            "Another change of this mark waits for a second person. Have it settled first.",
        ));
    }
    let mut faults = Faults::new();
    let checked = consensus::checked(&mut faults, &input.agreed, asked.scale);
    let reason = faults.reason("reason", &input.reason, MOST_REASON);
    let same = checked == Agreed::of(&before);
    faults.require(!same, "value", "unchanged", "This is the mark of record as it stands: change something.");
    consensus::done(faults)?;
    let row = mark_change::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        lot_id: Set(lot.id),
        bid_id: Set(bid.id),
        question: Set(question.to_owned()),
        revision: Set(before.revision),
        value: Set(checked.value),
        rationale: Set(checked.rationale),
        strengths: Set(checked.strengths),
        weaknesses: Set(checked.weaknesses),
        reference: Set(checked.reference),
        present: Set(checked.present),
        dissent: Set(checked.dissent),
        reason: Set(reason),
        state: Set(Word(ChangeState::Proposed)),
        proposed_by: Set(proposed_by),
        proposed_at: Set(w.now()),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_reason: Set(None),
        consensus_id: Set(None),
        marks_hash: Set(None),
        signed: Set(None),
        version: Set(1),
    };
    let row = mark_change::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let mut body = json!({
        "lot": lot.id,
        "bid": bid.id,
        "question": question,
        "changes_revision": row.revision,
        "because": text_hash(row.id, &row.reason),
    });
    // As hashes: until it is approved, the mark is nobody's but the panel's.
    Agreed::proposed(&row).record_in(&mut body, row.id);
    w.record(Record::new(scope.id(), "scoring.mark_change.propose", row.id, body));
    view::one(w, procurement_id, row.id).await
}

/// The change of an answer that waits, if one does.
async fn waiting(r: &Reading, bid_id: Uuid, question: &str) -> Result<Option<Uuid>, Refusal> {
    let row = mark_change::Entity::find()
        .filter(mark_change::Column::BidId.eq(bid_id))
        .filter(mark_change::Column::Question.eq(question))
        .filter(mark_change::Column::State.eq(Word(ChangeState::Proposed)))
        .one(r.txn())
        .await?;
    Ok(row.map(|row| row.id))
}

/// Whether the caller may propose to change a mark now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Possible {
    /// It may.
    Yes,
    /// A change waits for a second person; which.
    Waits(Uuid),
    /// The lot is awarded.
    Awarded,
    /// The caller moderates nothing here, or the lot is not locked.
    No,
}

/// Whether the caller may propose to change the mark of record of an answer now: for the page of the answer.
pub async fn possible(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    (bid_id, question): (Uuid, &str),
) -> Result<Possible, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let moderates = scope.holds(Role::Moderator) && scope.must_stand_at(CHANGING).is_ok();
    if !moderates || lock::of_lot(r, lot_id).await?.is_none() {
        return Ok(Possible::No);
    }
    if access::must_not_be_awarded(r, lot_id).await.is_err() {
        return Ok(Possible::Awarded);
    }
    Ok(waiting(r, bid_id, question).await?.map_or(Possible::Yes, Possible::Waits))
}

/// Takes a change back that waits. Who proposed it may. `seen` is the change's version.
pub async fn take_back(w: &Writing, procurement_id: Uuid, id: Uuid, seen: i64) -> Result<Change, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    let change = view::one(w, procurement_id, id).await?;
    if change.row.proposed_by != w.caller().person()?.id {
        return Err(Refusal::forbidden("Only who proposed a change takes it back."));
    }
    if change.row.version != seen {
        return Err(Refusal::stale());
    }
    let next = change.row.state.0.take_back().map_err(|fault| wrong_state(&fault))?;
    advance(w, &change.row, seen, next, Vec::new()).await?;
    let body = json!({ "lot": change.row.lot_id, "bid": change.row.bid_id, "question": change.row.question });
    w.record(Record::new(scope.id(), "scoring.mark_change.take_back", id, body));
    view::one(w, procurement_id, id).await
}
