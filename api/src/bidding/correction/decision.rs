//! The second person's word on a correction that its bidder has confirmed, and the record that a bidder said nothing.

use chrono::{DateTime, Utc};
use entity::price_correction;
use rules::correction::{CorrectionState, CorrectionVerdict};
use rules::money::UnitPrice;
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::sea_query::Expr;
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Correction};
use super::{MOST_REASON, advance, effective, letters, passed, wrong_state};
use crate::bidding::bid as bids;
use crate::kernel::access::Scope;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};

/// What the second person says.
#[derive(Clone, Debug, Default)]
pub struct DecisionInput {
    /// `approve` or `reject`.
    pub verdict: String,
    /// Why.
    pub reason: String,
}

/// Approves a correction that its bidder has confirmed, or does not. An approver may who is not the person that proposed it,
/// before the award. From an approval on the corrected price counts in every result that is computed; those that were computed
/// before stay as they are. The bidder is told.
pub async fn decide(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: DecisionInput,
) -> Result<Correction, Refusal> {
    let (scope, row, now) = found(w, procurement_id, id).await?;
    scope.must_hold(Role::Approver)?;
    let person = w.caller().person()?.id;
    if person == row.proposed_by {
        return Err(Refusal::forbidden(
            "You proposed this correction. Another person with the role “Approver” must decide on it.",
        ));
    }
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    access::must_not_be_awarded(w, row.lot_id).await?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let mut faults = Faults::new();
    let verdict = faults.word("verdict", &input.verdict, CorrectionVerdict::Reject);
    let reason = faults.text("reason", &input.reason, MOST_REASON);
    let approves = verdict == CorrectionVerdict::Approve;
    let next = row.state.0.decide(approves).map_err(|fault| {
        let seen = row.state.0.seen(passed(&row, now));
        wrong_state(&rules::stage::NotAllowed { from: seen, ..fault })
    })?;
    faults.done()?;
    if approves {
        must_stand(w, &row).await?;
    }
    let columns = vec![
        (price_correction::Column::DecidedBy, Expr::value(person)),
        (price_correction::Column::DecidedAt, Expr::value(now)),
        (price_correction::Column::DecisionReason, Expr::value(reason.as_str())),
    ];
    advance(w, &row, seen, next, columns).await?;
    let action =
        if approves { "bidding.price_correction.approve" } else { "bidding.price_correction.reject" };
    record(w, action, &row, Some(reason));
    letters::outcome(w, &row, next).await?;
    view::one(w, procurement_id, id).await
}

/// Records that the bidder neither confirmed nor refused a correction in time: its bid stands as it was submitted. The
/// coordinator may. The bidder is told.
pub async fn lapse(w: &Writing, procurement_id: Uuid, id: Uuid, seen: i64) -> Result<Correction, Refusal> {
    let (scope, row, now) = found(w, procurement_id, id).await?;
    w.caller().person()?;
    scope.must_coordinate()?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let next = row.state.0.lapse(passed(&row, now)).map_err(|fault| wrong_state(&fault))?;
    advance(w, &row, seen, next, Vec::new()).await?;
    record(w, "bidding.price_correction.lapse", &row, None);
    letters::outcome(w, &row, CorrectionState::Unconfirmed).await?;
    view::one(w, procurement_id, id).await
}

async fn found(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
) -> Result<(Scope, price_correction::Model, DateTime<Utc>), Refusal> {
    // Locked: no result is computed between a look at prices and an approval.
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    bids::content(w, procurement_id).await?;
    let row = view::visible(w, procurement_id, id).await?;
    Ok((scope, row, w.clock().await?))
}

/// Refuses where the price is no longer what it was when the correction was proposed.
async fn must_stand(r: &Reading, row: &price_correction::Model) -> Result<(), Refusal> {
    let prices = effective::prices_of(r, row.bid_id).await?;
    let now =
        prices.iter().find(|price| price.submitted.line == row.line).and_then(effective::Price::unit_price);
    if now == Some(UnitPrice(row.before_e4)) {
        return Ok(());
    }
    Err(Refusal::conflict(
        "price_changed",
        "The price was corrected otherwise since this was proposed. Do not approve it, and propose it anew.",
    ))
}

fn record(w: &Writing, action: &'static str, row: &price_correction::Model, reason: Option<String>) {
    let body = json!({
        "lot": row.lot_id,
        "bid": row.bid_id,
        "line": row.line,
        "before_e4": row.before_e4,
        "after_e4": row.after_e4,
    });
    let record = Record::new(row.procurement_id, action, row.id, body);
    w.record(match reason {
        Some(reason) => record.because(reason),
        None => record,
    });
}
