//! The disregards that are in force, for every reader of bids: what was decided first of a tender in a lot.

use chrono::{DateTime, Utc};
use entity::{Word, bid_outcome};
use rules::outcome::{Disregard, OutcomeState};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};

/// Every disregard of a procurement, in the order in which they were decided. Unauthorised.
pub(crate) async fn in_force(r: &Reading, procurement_id: Uuid) -> Result<Vec<bid_outcome::Model>, Refusal> {
    Ok(bid_outcome::Entity::find()
        .filter(bid_outcome::Column::ProcurementId.eq(procurement_id))
        .filter(bid_outcome::Column::State.eq(Word(OutcomeState::Disregarded)))
        .order_by_asc(bid_outcome::Column::DecidedAt)
        .order_by_asc(bid_outcome::Column::Id)
        .all(r.txn())
        .await?)
}

/// The disregard of a tender in a lot, if there is one: the first of those in force.
pub(crate) fn of(rows: &[bid_outcome::Model], bid: Uuid, lot: Uuid) -> Option<&bid_outcome::Model> {
    rows.iter().find(|row| row.bid_id == bid && row.lot_id.is_none_or(|of| of == lot))
}

/// The same as a result is computed from it.
pub(crate) fn disregard(rows: &[bid_outcome::Model], bid: Uuid, lot: Uuid) -> Option<Disregard> {
    of(rows, bid, lot).map(|row| Disregard { ground: row.ground.0, outcome: row.id.to_string() })
}

/// The tenders that are disregarded in every lot. Unauthorised.
pub(crate) async fn whole(r: &Reading, procurement_id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let rows = in_force(r, procurement_id).await?;
    Ok(rows.into_iter().filter(|row| row.lot_id.is_none()).map(|row| row.bid_id).collect())
}

/// Whether a second person may disregard the tender at an instant.
pub(crate) fn is_heard(row: &bid_outcome::Model, now: DateTime<Utc>) -> bool {
    row.state.0.is_heard(super::passed(row, now))
}

/// What was raised and is not decided. Unauthorised.
pub(crate) async fn waiting(r: &Reading, procurement_id: Uuid) -> Result<Vec<bid_outcome::Model>, Refusal> {
    let waiting = OutcomeState::ALL.iter().copied().filter(|state| state.waits()).map(Word);
    Ok(bid_outcome::Entity::find()
        .filter(bid_outcome::Column::ProcurementId.eq(procurement_id))
        .filter(bid_outcome::Column::State.is_in(waiting))
        .order_by_asc(bid_outcome::Column::Id)
        .all(r.txn())
        .await?)
}
