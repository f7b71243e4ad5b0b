//! Awards as everybody in the procurement may see them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{allocation, award, council, lot, signature};
use rules::calendar::Standstill;
use rules::money::Pence;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::deciding::evidence::{self, Bidder};
use crate::deciding::notice;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// An award with what belongs to it.
#[derive(Clone, Debug)]
pub struct Awarded {
    /// The award.
    pub award: award::Model,
    /// Its lot.
    pub lot: lot::Model,
    /// The supplier that won.
    pub supplier: String,
    /// The price, net, over the term.
    pub price: Pence,
    /// Each council's part, lead first; they sum to the price.
    pub allocation: Vec<Allocated>,
    /// The standstill, once UK6 is published.
    pub standstill: Option<Standstill>,
    /// How many working days it has.
    pub working_days: Option<u32>,
    /// The signatures.
    pub signatures: Vec<Signed>,
}

/// A council's part of the price.
#[derive(Clone, Debug)]
pub struct Allocated {
    /// The council.
    pub council_id: Uuid,
    /// Its name.
    pub council: String,
    /// Its part.
    pub amount: Pence,
}

/// A signature.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Its key.
    pub id: Uuid,
    /// The council that signed.
    pub council_id: Uuid,
    /// Its name.
    pub council: String,
    /// When.
    pub signed_on: NaiveDate,
    /// When that was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// The award of a lot, for everybody in the procurement.
pub async fn view(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Awarded, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let award = evidence::award(r, lot.id).await?.ok_or_else(|| Refusal::not_found("award"))?;
    let bidders = evidence::bidders(r, scope.id()).await?;
    with_parts(r, lot, award, &bidders).await
}

/// The awards of a procurement, oldest first.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Awarded>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let mut query = award::Entity::find().filter(award::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(award::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(award::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    let bidders = evidence::bidders(r, scope.id()).await?;
    let mut items = Vec::new();
    for award in slice.items {
        let lot = evidence::lot(r, &scope, award.lot_id).await?;
        items.push(with_parts(r, lot, award, &bidders).await?);
    }
    Ok(Slice { items, next: slice.next })
}

async fn with_parts(
    r: &Reading,
    lot: lot::Model,
    award: award::Model,
    bidders: &[Bidder],
) -> Result<Awarded, Refusal> {
    let supplier = bidders.iter().find(|bidder| bidder.bid.id == award.bid_id);
    let supplier = supplier.map(|bidder| bidder.supplier.name.clone()).unwrap_or_default();
    let allocations = allocation::Entity::find()
        .filter(allocation::Column::AwardId.eq(award.id))
        .order_by_asc(allocation::Column::Id)
        .all(r.txn())
        .await?;
    let signatures = signature::Entity::find()
        .filter(signature::Column::AwardId.eq(award.id))
        .order_by_asc(signature::Column::Id)
        .all(r.txn())
        .await?;
    let ids = allocations.iter().map(|row| row.council_id).chain(signatures.iter().map(|row| row.council_id));
    let names: BTreeMap<Uuid, String> = council::Entity::find()
        .filter(council::Column::Id.is_in(ids))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    Ok(Awarded {
        supplier,
        price: Pence(award.price_pence),
        allocation: allocations
            .into_iter()
            .map(|row| Allocated {
                council_id: row.council_id,
                council: name(row.council_id),
                amount: Pence(row.amount_pence),
            })
            .collect(),
        standstill: notice::of(&award),
        working_days: notice::working_days(&award),
        signatures: signatures
            .into_iter()
            .map(|row| Signed {
                id: row.id,
                council_id: row.council_id,
                council: name(row.council_id),
                signed_on: row.signed_on,
                recorded_at: row.recorded_at,
            })
            .collect(),
        award,
        lot,
    })
}
