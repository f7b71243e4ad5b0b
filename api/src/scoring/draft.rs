//! A mark that is being written, kept so that nothing is lost with a closed window. It never counts; nobody but its panel member
//! ever sees it; and it goes when the mark is saved.
//!
//! It is no record: neither its words nor that it was kept stand in the ledger (2026-11-28). What a panel member thought before it
//! marked is its own, and the ledger is not for what a script keeps every few seconds.

use entity::mark_draft;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::mark::{EXPLANATION_LIMIT, MarkInput, Marker};
use super::{lot, panel};
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// The most letters of a mark that is not checked yet.
const VALUE_LIMIT: usize = 40;

/// Keeps what the caller has written of a mark, in place of what it kept before. With nothing in it, it goes.
///
/// Only where the mark itself could be saved now; whether it is on the scale is not asked.
pub async fn keep(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    (bid_id, question): (Uuid, &str),
    input: MarkInput,
) -> Result<Option<mark_draft::Model>, Refusal> {
    let marker = Marker::enter(w, procurement_id, lot_id).await?;
    marker.may_mark(bid_id, question)?;
    let mut faults = Faults::new();
    let value = faults.optional("value", Some(&input.value), VALUE_LIMIT).unwrap_or_default();
    let explanation =
        faults.optional("explanation", Some(&input.explanation), EXPLANATION_LIMIT).unwrap_or_default();
    faults.done()?;
    drop_of(w, bid_id, question, marker.person()).await?;
    // What a script sent before the mark was saved may come after it: then it says what the mark says.
    let stored = marker.stored(w, bid_id, question).await?;
    let says_it = stored.is_some_and(|mark| mark.value == value && mark.explanation == explanation);
    if says_it || (value.is_empty() && explanation.is_empty()) {
        return Ok(None);
    }
    let row = mark_draft::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot_id),
        bid_id: Set(bid_id),
        question: Set(question.to_owned()),
        person_id: Set(marker.person()),
        value: Set(value),
        explanation: Set(explanation),
        kept_at: Set(w.now()),
    };
    Ok(Some(mark_draft::Entity::insert(row).exec_with_returning(w.txn()).await?))
}

/// What the caller has written of a mark and not saved, if anything.
pub async fn own(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    (bid_id, question): (Uuid, &str),
) -> Result<Option<mark_draft::Model>, Refusal> {
    let scope = panel::reader(r, procurement_id).await?;
    scope.must_hold(Role::PanelMember)?;
    let lot = lot::one(r, &scope, lot_id).await?;
    lot.question(question)?;
    lot.bid(bid_id)?;
    let row = mark_draft::Entity::find()
        .filter(mark_draft::Column::BidId.eq(bid_id))
        .filter(mark_draft::Column::Question.eq(question))
        .filter(mark_draft::Column::PersonId.eq(r.caller().person()?.id))
        .one(r.txn())
        .await?;
    Ok(row)
}

/// Lets go of what somebody has written of a mark.
pub(super) async fn drop_of(w: &Writing, bid_id: Uuid, question: &str, person: Uuid) -> Result<(), Refusal> {
    mark_draft::Entity::delete_many()
        .filter(mark_draft::Column::BidId.eq(bid_id))
        .filter(mark_draft::Column::Question.eq(question))
        .filter(mark_draft::Column::PersonId.eq(person))
        .exec(w.txn())
        .await?;
    Ok(())
}
