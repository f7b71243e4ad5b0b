//! The check that a reply does not improve the bid: a named person reads it and says what it does.

use chrono::{DateTime, Utc};
use entity::{Word, addressed_question};
use rules::addressed::{AddressedState, ReplyVerdict};
use rules::stage::NotAllowed;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Addressed};
use super::{MOST_REASON, letters, must_handle, passed, reads_replies, replies_to, wrong_state};
use crate::bidding::bid as bids;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Refusal, Writing, access};

/// What a person found in a reply.
#[derive(Clone, Debug, Default)]
pub struct DecisionInput {
    /// `clarifies` or `improves`.
    pub verdict: String,
    /// Why. It shows in the history and to the bidder.
    pub reason: String,
}

/// Says whether a reply clarifies the bid, so that the panel may read it, or would improve it, so that it is disregarded. The
/// coordinator or a moderator who marks nothing may, once the reply may be read. No mark changes by it. The bidder is told.
pub async fn decide(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: DecisionInput,
) -> Result<Addressed, Refusal> {
    let (row, now) = to_handle(w, procurement_id, id, seen).await?;
    let replied = !replies_to(w, id).await?.is_empty();
    let mut faults = Faults::new();
    let verdict = faults.word("verdict", &input.verdict, ReplyVerdict::Improves);
    let reason = faults.text("reason", &input.reason, MOST_REASON);
    // What cannot be decided on at all is told before what is wrong with the words.
    let next = row.state.0.decide(passed(&row, now), replied, verdict);
    if next.is_ok() {
        faults.done()?;
    }
    step(w, &row, (seen, now), next, Some(reason)).await
}

/// Records that the deadline passed and no reply came. The bidder is told.
pub async fn close(w: &Writing, procurement_id: Uuid, id: Uuid, seen: i64) -> Result<Addressed, Refusal> {
    let (row, now) = to_handle(w, procurement_id, id, seen).await?;
    let replied = !replies_to(w, id).await?.is_empty();
    let next = row.state.0.close(passed(&row, now), replied);
    step(w, &row, (seen, now), next, None).await
}

async fn to_handle(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<(addressed_question::Model, DateTime<Utc>), Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    w.caller().person()?;
    bids::content(w, procurement_id).await?;
    let row = view::visible(w, procurement_id, id).await?;
    must_handle(&scope)?;
    if !reads_replies(&scope) {
        return Err(Refusal::forbidden(
            "You mark bids. Somebody who does not must read this reply first and say whether it improves the bid.",
        ));
    }
    if row.version != seen {
        return Err(Refusal::stale());
    }
    Ok((row, w.clock().await?))
}

async fn step(
    w: &Writing,
    row: &addressed_question::Model,
    (seen, now): (i64, DateTime<Utc>),
    next: Result<AddressedState, NotAllowed<AddressedState>>,
    reason: Option<String>,
) -> Result<Addressed, Refusal> {
    use addressed_question::Column;
    let next = next.map_err(|fault| wrong_state(row, &fault, passed(row, now)))?;
    let changed = addressed_question::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(next)))
        .col_expr(Column::DecidedBy, Expr::value(w.caller().person()?.id))
        .col_expr(Column::DecidedAt, Expr::value(now))
        .col_expr(Column::Reason, Expr::value(reason.clone()))
        .col_expr(Column::Version, Expr::value(seen + 1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .filter(Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let action = match next {
        AddressedState::Unanswered => "bidding.addressed_question.close",
        _ => "bidding.addressed_question.decide",
    };
    let body = json!({ "bid": row.bid_id, "number": row.number, "outcome": next.as_str() });
    let record = Record::new(row.procurement_id, action, row.id, body);
    w.record(match reason {
        Some(reason) => record.because(reason),
        None => record,
    });
    letters::outcome(w, row, next).await?;
    view::one(w, row.procurement_id, row.id).await
}
