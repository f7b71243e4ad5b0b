//! Who sees corrections: everybody who may read bids, of lots whose quality is locked; and the bidder its own.

use entity::{Word, price_correction};
use rules::correction::CorrectionState;
use rules::words::Role;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{none, passed};
use crate::bidding::bid as bids;
use crate::kernel::access::Scope;
use crate::kernel::{Paging, Reading, Refusal, Slice};
use crate::people::person;

/// A correction, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// What is kept of it.
    pub row: price_correction::Model,
    /// How it stands now: silence until the deadline is no confirmation.
    pub state: CorrectionState,
    /// Whose price it is; empty for the bidder.
    pub supplier: String,
    /// Who proposed it; empty for the bidder.
    pub proposed_by: String,
    /// Who approved it or did not; empty for the bidder, and until somebody did.
    pub decided_by: String,
    /// Whether the caller is a second person who may decide on it now.
    pub may_decide: bool,
    /// Whether the caller may record now that nothing was confirmed.
    pub may_lapse: bool,
}

/// What may show: nothing of a lot whose quality is not locked (DOMAIN rule 1).
async fn shown(r: &Reading, procurement_id: Uuid) -> Result<Condition, Refusal> {
    Ok(Condition::all()
        .add(price_correction::Column::ProcurementId.eq(procurement_id))
        .add(price_correction::Column::LotId.is_in(bids::locked(r, procurement_id).await?)))
}

/// The corrections of prices, oldest first. For everybody who may read bids.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Correction>, Refusal> {
    use price_correction::Column;
    let scope = bids::content(r, procurement_id).await?;
    let mut query = price_correction::Entity::find().filter(shown(r, scope.id()).await?);
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: told(r, &scope, slice.items).await?, next: slice.next })
}

/// One correction.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Correction, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let row = visible(r, scope.id(), id).await?;
    told(r, &scope, vec![row]).await?.pop().ok_or_else(none)
}

/// A correction that may show. Unauthorised.
pub(super) async fn visible(
    r: &Reading,
    procurement_id: Uuid,
    id: Uuid,
) -> Result<price_correction::Model, Refusal> {
    price_correction::Entity::find_by_id(id)
        .filter(shown(r, procurement_id).await?)
        .one(r.txn())
        .await?
        .ok_or_else(none)
}

async fn told(
    r: &Reading,
    scope: &Scope,
    rows: Vec<price_correction::Model>,
) -> Result<Vec<Correction>, Refusal> {
    let people =
        person::names(r, rows.iter().flat_map(|row| row.decided_by.into_iter().chain([row.proposed_by])))
            .await?;
    let name = |id: Option<Uuid>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let me = r.caller().person().ok().map(|person| person.id);
    let bids = bids::all(r, scope.id()).await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let opened = bids.iter().find(|opened| opened.bid.id == row.bid_id);
        let opened = opened.ok_or_else(|| Refusal::internal(&"a correction lost its bid"))?;
        let state = row.state.0.seen(passed(&row, r.now()));
        let second = scope.holds(Role::Approver) && me != Some(row.proposed_by);
        let silent = row.state == Word(CorrectionState::Proposed) && state == CorrectionState::Unconfirmed;
        told.push(Correction {
            supplier: opened.supplier.name.clone(),
            proposed_by: name(Some(row.proposed_by)),
            decided_by: name(row.decided_by),
            may_decide: second && state == CorrectionState::Confirmed,
            may_lapse: silent && scope.holds(Role::Coordinator),
            state,
            row,
        });
    }
    Ok(told)
}

/// Corrections as the bidder sees them. The caller has found out that they are its own.
pub(super) async fn told_to_bidder(
    r: &Reading,
    rows: Vec<price_correction::Model>,
) -> Result<Vec<Correction>, Refusal> {
    let told = rows.into_iter().map(|row| Correction {
        state: row.state.0.seen(passed(&row, r.now())),
        supplier: String::new(),
        proposed_by: String::new(),
        decided_by: String::new(),
        may_decide: false,
        may_lapse: false,
        row,
    });
    Ok(told.collect())
}

/// Who proposed the corrections that wait for a second person. Unauthorised.
pub(crate) async fn awaiting_approval(r: &Reading, procurement_id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let rows = price_correction::Entity::find()
        .filter(shown(r, procurement_id).await?)
        .filter(price_correction::Column::State.eq(Word(CorrectionState::Confirmed)))
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|row| row.proposed_by).collect())
}
