//! The record of an opening: who opened the box, when and before whom, how many bids came out of it, and what was decided
//! of those that were late.

use chrono::{DateTime, Utc};
use entity::{bid, opening_witness};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Opener, openers, standing_consents};
use crate::bidding::bid as bids;
use crate::bidding::late::{self, LateSubmission};
use crate::kernel::{Reading, Refusal};

/// What is on record of an opening.
#[derive(Clone, Debug)]
pub struct OpeningRecord {
    /// The procurement.
    pub procurement: entity::procurement::Model,
    /// From this instant on submissions were late.
    pub deadline: DateTime<Utc>,
    /// When the box was opened.
    pub opened_at: DateTime<Utc>,
    /// Who opened it, in the order of their consents.
    pub openers: Vec<Opener>,
    /// Who else was present, in the words of the last opener.
    pub witnesses: Vec<String>,
    /// How many bids were opened.
    pub bids: u64,
    /// The late submissions, with what was decided of each and why.
    pub late: Vec<LateSubmission>,
}

/// The record of the opening: for everybody who may see the list of bids. Before the opening there is none.
pub async fn record(r: &Reading, procurement_id: Uuid) -> Result<OpeningRecord, Refusal> {
    let scope = bids::opened(r, procurement_id).await?;
    let lost = || Refusal::internal(&format!("procurement {procurement_id} is opened without its dates"));
    let opened_at = scope.procurement.opened_at.ok_or_else(lost)?;
    let deadline = scope.procurement.deadline_at.ok_or_else(lost)?;
    let consents = standing_consents(r, procurement_id, opened_at).await?;
    let mut present = openers(r, procurement_id, &consents).await?;
    present.retain(|opener| opener.consented_at.is_some());
    present.sort_by_key(|opener| opener.consented_at);
    let witnesses = opening_witness::Entity::find()
        .filter(opening_witness::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(opening_witness::Column::Position)
        .all(r.txn())
        .await?;
    let bids =
        bid::Entity::find().filter(bid::Column::ProcurementId.eq(procurement_id)).count(r.txn()).await?;
    Ok(OpeningRecord {
        deadline,
        opened_at,
        openers: present,
        witnesses: witnesses.into_iter().map(|row| row.name).collect(),
        bids,
        late: late::all(r, &scope).await?,
        procurement: scope.procurement,
    })
}
