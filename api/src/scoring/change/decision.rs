//! The second person's word on a change.

use entity::mark_change;
use rules::canonical;
use rules::interest::Standing;
use rules::mark_change::{ChangeState, ChangeVerdict};
use sea_orm::sea_query::{Expr, SimpleExpr};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CHANGING, Change, MOST_REASON, advance, decides, view, wrong_state};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing};
use crate::scoring::consensus::{self, Agreed};
use crate::scoring::{lock, lot};
use crate::tendering::interest::standing;

/// What the second person says.
#[derive(Clone, Debug, Default)]
pub struct DecisionInput {
    /// `approve` or `reject`.
    pub verdict: String,
    /// Why.
    pub reason: String,
}

/// Approves a change that another person proposed, or does not: a moderator, coordinator or approver who is free to take part, before
/// the award. Approved, the mark of record is the changed one, and the lot's marks are fixed and signed anew. `seen` is the change's
/// version.
pub async fn decide(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: DecisionInput,
) -> Result<Change, Refusal> {
    // Locked: no result is computed between a look at the marks and an approval.
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    let row = view::one(w, procurement_id, id).await?.row;
    if !decides(&scope) {
        return Err(Refusal::forbidden("Moderators, coordinators and approvers decide on changes of marks."));
    }
    let person = access::second_person(w, row.proposed_by, "You proposed this change.")?;
    scope.must_stand_at(CHANGING)?;
    access::must_not_be_awarded(w, row.lot_id).await?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let mut faults = Faults::new();
    let verdict = faults.word("verdict", &input.verdict, ChangeVerdict::Reject);
    let reason = faults.reason("reason", &input.reason, MOST_REASON);
    let next = row.state.0.decide(verdict).map_err(|fault| wrong_state(&fault))?;
    faults.done()?;
    let at = w.clock().await?;
    let because = text_hash(id, &reason);
    let mut columns: Vec<(mark_change::Column, SimpleExpr)> = vec![
        (mark_change::Column::DecidedBy, Expr::value(person)),
        (mark_change::Column::DecidedAt, Expr::value(at)),
        (mark_change::Column::DecisionReason, Expr::value(reason)),
    ];
    let mut body = json!({
        "lot": row.lot_id,
        "bid": row.bid_id,
        "question": row.question,
        "because": because,
    });
    if next == ChangeState::Approved {
        must_still_be_free(w, &scope, &row).await?;
        let lot = lot::one(w, &scope, row.lot_id).await?;
        let before = consensus::of_answer(w, row.bid_id, &row.question).await?;
        // One change of an answer waits at a time, so that nothing else can have changed it.
        let before = before.filter(|before| before.revision == row.revision).ok_or_else(Refusal::stale)?;
        let place = consensus::Place {
            procurement_id,
            lot_id: row.lot_id,
            bid_id: row.bid_id,
            question: &row.question,
            counted: None,
        };
        let scale = lot.question(&row.question)?.scale;
        let agreed = (row.proposed_by, Agreed::proposed(&row));
        let became = consensus::replace(w, place, Some(before), agreed, scale).await?;
        let fixed = lock::fix_anew(w, &scope, &lot, at).await?;
        for (key, value) in [
            ("consensus", Value::from(became.id.to_string())),
            ("revision", became.revision.into()),
            ("marks", fixed.marks.into()),
            ("marks_hash", fixed.marks_hash.as_str().into()),
            ("pack_hash", lot.pack_hash.as_str().into()),
            ("statement_hash", canonical::sha256_hex(fixed.signed.statement.as_bytes()).into()),
            ("signature", fixed.signed.signature.as_str().into()),
            ("public_key", fixed.signed.public_key.as_str().into()),
        ] {
            body[key] = value;
        }
        columns.extend([
            (mark_change::Column::ConsensusId, Expr::value(became.id)),
            (mark_change::Column::MarksHash, Expr::value(fixed.marks_hash)),
            (mark_change::Column::Signed, Expr::value(serde_json::to_string(&fixed.signed)?)),
        ]);
    }
    advance(w, &row, seen, next, columns).await?;
    let action = match verdict {
        ChangeVerdict::Approve => "scoring.mark_change.approve",
        ChangeVerdict::Reject => "scoring.mark_change.reject",
    };
    w.record(Record::new(procurement_id, action, id, body));
    view::one(w, procurement_id, id).await
}

/// Whoever proposed a change becomes the one who recorded the mark, and must be free to take part until then (DOMAIN rule 12).
async fn must_still_be_free(r: &Reading, scope: &Scope, row: &mark_change::Model) -> Result<(), Refusal> {
    let last = standing::last_of(r, scope.id(), row.proposed_by).await?;
    if standing::of(last.as_ref(), scope) == Standing::Free {
        return Ok(());
    }
    Err(Refusal::conflict(
        "proposer_not_free",
        "Whoever proposed this change is no longer free to take part: an interest was declared since. Do not approve it; another \
         moderator can propose it anew.",
    ))
}
