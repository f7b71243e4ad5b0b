//! Prices as they count: what was submitted, with the corrections that were confirmed and approved. Every reader of prices
//! comes here.

use entity::{Word, bid_price, price_correction};
use rules::correction::{CorrectionState, PriceCorrection};
use rules::demand::LineAnswer;
use rules::money::UnitPrice;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};

/// A bid's answer to a price line, and what was corrected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// As it was submitted.
    pub submitted: bid_price::Model,
    /// The corrections that count, in the order in which they were approved.
    pub corrections: Vec<price_correction::Model>,
}

impl Price {
    /// The unit price that counts.
    #[must_use]
    pub fn unit_price(&self) -> Option<UnitPrice> {
        let submitted = self.submitted.unit_price_e4.map(UnitPrice);
        self.corrections.last().map(|row| UnitPrice(row.after_e4)).or(submitted)
    }

    /// The unit price that was submitted, where it was corrected.
    #[must_use]
    pub fn before(&self) -> Option<UnitPrice> {
        self.submitted.unit_price_e4.map(UnitPrice).filter(|_| !self.corrections.is_empty())
    }

    /// The answer that counts.
    #[must_use]
    pub fn answer(&self) -> LineAnswer {
        LineAnswer { offer: self.submitted.offer.0, unit_price: self.unit_price() }
    }
}

/// The prices of a bid with their places, of all lots, in the order of its rows. Unauthorised: only for lots whose quality is
/// locked.
pub(crate) async fn prices_of(r: &Reading, bid_id: Uuid) -> Result<Vec<Price>, Refusal> {
    let submitted = bid_price::Entity::find()
        .filter(bid_price::Column::BidId.eq(bid_id))
        .order_by_asc(bid_price::Column::Id)
        .all(r.txn())
        .await?;
    let corrections = approved(r, price_correction::Column::BidId.eq(bid_id)).await?;
    let of = |line: &str| corrections.iter().filter(|row| row.line == line).cloned().collect();
    Ok(submitted.into_iter().map(|row| Price { corrections: of(&row.line), submitted: row }).collect())
}

/// The corrections that count in a lot, in the order in which they were approved. Unauthorised.
pub(crate) async fn approved_in(r: &Reading, lot_id: Uuid) -> Result<Vec<price_correction::Model>, Refusal> {
    approved(r, price_correction::Column::LotId.eq(lot_id)).await
}

async fn approved(
    r: &Reading,
    wanted: sea_orm::sea_query::Expr,
) -> Result<Vec<price_correction::Model>, Refusal> {
    Ok(price_correction::Entity::find()
        .filter(wanted)
        .filter(price_correction::Column::State.eq(Word(CorrectionState::Approved)))
        .order_by_asc(price_correction::Column::DecidedAt)
        .order_by_asc(price_correction::Column::Id)
        .all(r.txn())
        .await?)
}

/// How many corrections of a lot wait for their bidder, or for a second person. Unauthorised.
pub(crate) async fn pending_in(r: &Reading, lot_id: Uuid) -> Result<u64, Refusal> {
    use price_correction::Column;
    let in_time = Condition::all()
        .add(Column::State.eq(Word(CorrectionState::Proposed)))
        .add(Column::ConfirmBy.gt(r.now()));
    let pending = Condition::any().add(Column::State.eq(Word(CorrectionState::Confirmed))).add(in_time);
    Ok(price_correction::Entity::find()
        .filter(Column::LotId.eq(lot_id))
        .filter(pending)
        .count(r.txn())
        .await?)
}

/// The corrections of a bid as a result is computed from them, in the order in which they were approved.
pub(crate) fn in_order(prices: &[Price]) -> Vec<PriceCorrection> {
    let mut rows: Vec<&price_correction::Model> =
        prices.iter().flat_map(|price| &price.corrections).collect();
    rows.sort_by_key(|row| (row.decided_at, row.id));
    let corrections = rows.into_iter().map(|row| PriceCorrection {
        id: row.id.to_string(),
        line: row.line.clone(),
        before: UnitPrice(row.before_e4),
        after: UnitPrice(row.after_e4),
    });
    corrections.collect()
}
