//! The bidder's side: it confirms or refuses a correction of its price, in time.

use entity::price_correction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Correction};
use super::{MOST_REASON, advance, none, passed, wrong_state};
use crate::bidding::bid as bids;
use crate::bidding::draft::own_invitation;
use crate::kernel::access::SupplierScope;
use crate::kernel::clock::london_text;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// The bidder's word on a correction.
#[derive(Clone, Debug, Default)]
pub struct WordInput {
    /// `confirm` or `refuse`.
    pub word: String,
    /// Why; may be left out.
    pub reason: Option<String>,
}

/// Confirms a correction of one's own price, or refuses it, before its deadline by the database's clock. Where it is refused,
/// or nothing is said, the bid stands as it was submitted. `seen` is the correction's version.
pub async fn answer(w: &Writing, id: Uuid, seen: i64, input: WordInput) -> Result<Correction, Refusal> {
    let scope = access::supplier(w)?;
    own_invitation(w).await?;
    let row = own_row(w, scope, id).await?;
    let mut faults = Faults::new();
    let confirms = match input.word.trim() {
        "confirm" => true,
        "refuse" => false,
        _ => {
            faults.add("word", "unknown_word", "Say whether you confirm the corrected price or refuse it.");
            false
        }
    };
    let reason = faults.optional("reason", input.reason.as_deref(), MOST_REASON);
    faults.done()?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let now = w.clock().await?;
    let late = passed(&row, now);
    let next = row.state.0.answer(late, confirms).map_err(|fault| {
        if late && row.answered_at.is_none() {
            return Refusal::conflict(
                "deadline_passed",
                format!(
                    "You could confirm or refuse this before {} (London time). It is not confirmed: your bid stands as you submitted it.",
                    london_text(row.confirm_by)
                ),
            );
        }
        wrong_state(&fault)
    })?;
    let columns = vec![
        (price_correction::Column::AnsweredAt, Expr::value(now)),
        (price_correction::Column::AnswerReason, Expr::value(reason.clone())),
    ];
    advance(w, &row, seen, next, columns).await?;
    let action =
        if confirms { "bidding.price_correction.confirm" } else { "bidding.price_correction.refuse" };
    let body = json!({
        "lot": row.lot_id,
        "bid": row.bid_id,
        "line": row.line,
        "words": reason.map(|reason| text_hash(id, &reason)),
    });
    w.record(Record::new(row.procurement_id, action, id, body));
    own_one(w, id).await
}

/// The corrections of the bidder's own prices, oldest first.
pub async fn own(r: &Reading, paging: &Paging) -> Result<Slice<Correction>, Refusal> {
    use price_correction::Column;
    let scope = access::supplier(r)?;
    let after = paging.after_key::<Uuid>()?;
    let Some(bid) = bids::of_invitation(r, scope.invitation_id).await? else {
        return Ok(Slice { items: Vec::new(), next: None });
    };
    let mut query = price_correction::Entity::find().filter(Column::BidId.eq(bid.id));
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: view::told_to_bidder(r, slice.items).await?, next: slice.next })
}

/// One correction of the bidder's own prices.
pub async fn own_one(r: &Reading, id: Uuid) -> Result<Correction, Refusal> {
    let scope = access::supplier(r)?;
    let row = own_row(r, scope, id).await?;
    view::told_to_bidder(r, vec![row]).await?.pop().ok_or_else(none)
}

/// Another bidder's correction is not there.
async fn own_row(r: &Reading, scope: SupplierScope, id: Uuid) -> Result<price_correction::Model, Refusal> {
    let bid = bids::of_invitation(r, scope.invitation_id).await?.ok_or_else(none)?;
    price_correction::Entity::find_by_id(id)
        .filter(price_correction::Column::BidId.eq(bid.id))
        .one(r.txn())
        .await?
        .ok_or_else(none)
}
