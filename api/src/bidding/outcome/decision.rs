//! The second person's word on a ground.

use entity::bid_outcome;
use rules::outcome::{OutcomeState, OutcomeVerdict};
use rules::stage::NotAllowed;
use sea_orm::sea_query::Expr;
use serde_json::json;
use uuid::Uuid;

use super::{MOST_REASON, OPEN, Outcome, decides, letters, lots_of, must_not_be_awarded, passed, view};
use crate::bidding::{bid as bids, tender};
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Refusal, Writing, access};

/// What the second person says.
#[derive(Clone, Debug, Default)]
pub struct DecisionInput {
    /// `disregard` or `keep`.
    pub verdict: String,
    /// Why. The bidder reads it where it is told.
    pub reason: String,
}

/// Disregards a tender on a ground that another person raised, or keeps it: an approver or moderator free to take part, before
/// the award. A tender that is disregarded already may be on a further ground, should the first not stand. Nobody is disregarded
/// before its reply came or its time to reply passed. The bidder is told at once. `seen` is the outcome's version.
pub async fn decide(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: DecisionInput,
) -> Result<Outcome, Refusal> {
    // Locked: no result is computed between a look at the tenders and the decision.
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    bids::content(w, procurement_id).await?;
    let row = view::visible(w, procurement_id, id).await?;
    if !decides(&scope) {
        return Err(Refusal::forbidden("Approvers and moderators decide on grounds against tenders."));
    }
    let person = access::second_person(w, row.raised_by, "You raised this ground.")?;
    scope.must_stand_at(OPEN)?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let now = w.clock().await?;
    let mut faults = Faults::new();
    let verdict = faults.word("verdict", &input.verdict, OutcomeVerdict::Keep);
    let reason = faults.reason("reason", &input.reason, MOST_REASON);
    let next = row
        .state
        .0
        .settle(row.ground.0, passed(&row, now), verdict)
        .map_err(|fault| not_now(&row, &fault))?;
    faults.done()?;
    if next == OutcomeState::Disregarded {
        let tender = tender::of(w, scope.procurement).await?;
        let lots = lots_of(w, &tender.pack, row.bid_id, row.lot_id).await?;
        must_not_be_awarded(w, &lots).await?;
    }
    let body = json!({
        "bid": row.bid_id,
        "lot": row.lot_id,
        "ground": row.ground.0.as_str(),
        "because": text_hash(id, &reason),
        "decided_at": rfc3339(now),
    });
    let columns = vec![
        (bid_outcome::Column::DecidedBy, Expr::value(person)),
        (bid_outcome::Column::DecidedAt, Expr::value(now)),
        (bid_outcome::Column::DecisionReason, Expr::value(reason)),
    ];
    view::advance(w, &row, seen, next, columns).await?;
    let action = match verdict {
        OutcomeVerdict::Disregard => "bidding.tender.disregard",
        OutcomeVerdict::Keep => "bidding.tender.keep",
    };
    w.record(Record::new(procurement_id, action, id, body));
    letters::decided(w, &view::visible(w, procurement_id, id).await?).await?;
    view::one(w, procurement_id, id).await
}

fn not_now(row: &bid_outcome::Model, fault: &NotAllowed<OutcomeState>) -> Refusal {
    match (fault.from, row.reply_by) {
        (OutcomeState::Noticed, Some(by)) => Refusal::conflict(
            "not_heard",
            format!(
                "The bidder may reply until {} (London time). Decide once its reply came or that time is over.",
                london_text(by)
            ),
        ),
        (state, _) => Refusal::conflict(
            "wrong_state",
            format!("This is at “{}”: you cannot {} now.", state.label(), fault.action),
        ),
    }
}
