//! The bidder's side: it reads what it is told, and replies in time.

use entity::{Word, bid_outcome};
use rules::outcome::OutcomeState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Outcome};
use super::{MOST_REPLY, none, passed};
use crate::bidding::bid as bids;
use crate::bidding::draft::own_invitation;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// Replies to a notice, once, before its time is over by the database's clock. The councils read it at once. `seen` is the
/// outcome's version.
pub async fn reply(w: &Writing, id: Uuid, seen: i64, text: &str) -> Result<Outcome, Refusal> {
    access::supplier(w)?;
    own_invitation(w).await?;
    let row = own_row(w, id).await?;
    let mut faults = Faults::new();
    let text = faults.text("text", text, MOST_REPLY);
    let now = w.clock().await?;
    let late = passed(&row, now);
    let next = row.state.0.reply(late).map_err(|fault| match (fault.from, row.reply_by) {
        (OutcomeState::Noticed, Some(by)) => Refusal::conflict(
            "deadline_passed",
            format!(
                "You could reply before {} (London time). From then on no reply is taken.",
                london_text(by)
            ),
        ),
        (OutcomeState::Replied, _) => {
            Refusal::conflict("wrong_state", "You have replied: the councils read your reply.")
        }
        _ => Refusal::conflict("wrong_state", "It is decided: no reply is taken any more."),
    })?;
    faults.done()?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let body = json!({ "bid": row.bid_id, "lot": row.lot_id, "words": text_hash(id, &text), "replied_at": rfc3339(now) });
    let columns = vec![
        (bid_outcome::Column::Reply, Expr::value(text)),
        (bid_outcome::Column::RepliedAt, Expr::value(now)),
    ];
    view::advance(w, &row, seen, next, columns).await?;
    w.record(Record::new(row.procurement_id, "bidding.ground.reply", id, body));
    own_one(w, id).await
}

/// What the bidder is told of: what it may reply to, and what was decided.
fn told() -> Condition {
    Condition::any()
        .add(bid_outcome::Column::ReplyBy.is_not_null())
        .add(bid_outcome::Column::State.eq(Word(OutcomeState::Disregarded)))
}

/// The outcomes of the bidder's own tender, oldest first.
pub async fn own(r: &Reading, paging: &Paging) -> Result<Slice<Outcome>, Refusal> {
    use bid_outcome::Column;
    let scope = access::supplier(r)?;
    let after = paging.after_key::<Uuid>()?;
    let Some(bid) = bids::of_invitation(r, scope.invitation_id).await? else {
        return Ok(Slice { items: Vec::new(), next: None });
    };
    let mut query = bid_outcome::Entity::find().filter(Column::BidId.eq(bid.id)).filter(told());
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: view::told_to_bidder(r, scope.procurement_id, slice.items).await?, next: slice.next })
}

/// One outcome of the bidder's own tender.
pub async fn own_one(r: &Reading, id: Uuid) -> Result<Outcome, Refusal> {
    let scope = access::supplier(r)?;
    let row = own_row(r, id).await?;
    view::told_to_bidder(r, scope.procurement_id, vec![row]).await?.pop().ok_or_else(none)
}

/// Another bidder's outcome is not there, and one that the bidder is not told of neither.
async fn own_row(r: &Reading, id: Uuid) -> Result<bid_outcome::Model, Refusal> {
    let scope = access::supplier(r)?;
    let bid = bids::of_invitation(r, scope.invitation_id).await?.ok_or_else(none)?;
    bid_outcome::Entity::find_by_id(id)
        .filter(bid_outcome::Column::BidId.eq(bid.id))
        .filter(told())
        .one(r.txn())
        .await?
        .ok_or_else(none)
}
