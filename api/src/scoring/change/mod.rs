//! A change of a mark of record after the quality of its lot was locked (DOMAIN rule 4).
//!
//! A moderator proposes it with the reason for which a locked mark is changed ([`propose`]); a second person approves it or does not
//! ([`decision`]). Approved, it is a new revision of the mark of record, the lot's marks are fixed and signed anew, and the result
//! that was computed before is outdated: the next one stands beside it (DOMAIN rule 8). Nothing of what was locked is overwritten.
//!
//! Prices show by then, so that whoever changes a mark may know what it does to the ranking: this is why it takes a reason and two
//! people, why the ledger has both, and why nothing of an awarded lot changes.

pub mod decision;
pub mod propose;
pub mod view;

use entity::{Word, mark_change};
use rules::mark_change::ChangeState;
use rules::stage::{NotAllowed, Stage};
use rules::words::Role;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use propose::{Possible, possible};
pub use view::{Change, InDepth, in_depth, list, one, sees};

use crate::kernel::access::Scope;
use crate::kernel::{Reading, Refusal, Writing};

/// The most characters of a reason.
const MOST_REASON: usize = 2_000;

/// The stages at which a mark of record may still change.
const CHANGING: &[Stage] = &[Stage::Scoring, Stage::Deciding];

fn none() -> Refusal {
    Refusal::not_found("change")
}

fn wrong_state(fault: &NotAllowed<ChangeState>) -> Refusal {
    Refusal::conflict(
        "wrong_state",
        format!("This change is at “{}”: you cannot {} now.", fault.from.label(), fault.action),
    )
}

/// Whether a person's part lets it decide on changes that others proposed.
fn decides(scope: &Scope) -> bool {
    [Role::Moderator, Role::Coordinator, Role::Approver].into_iter().any(|role| scope.holds(role))
}

/// Takes a change to its next state, if it is still as the caller saw it, and sets columns beside it.
async fn advance(
    w: &Writing,
    row: &mark_change::Model,
    seen: i64,
    next: ChangeState,
    columns: Vec<(mark_change::Column, SimpleExpr)>,
) -> Result<(), Refusal> {
    let mut update = mark_change::Entity::update_many()
        .col_expr(mark_change::Column::State, Expr::value(Word(next)))
        .col_expr(mark_change::Column::Version, Expr::value(seen + 1));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    let as_seen = update
        .filter(mark_change::Column::Id.eq(row.id))
        .filter(mark_change::Column::State.eq(row.state))
        .filter(mark_change::Column::Version.eq(seen));
    w.change(as_seen).await
}

/// Who proposed the changes that wait for a second person, by lot. Unauthorised.
pub(crate) async fn waiting(r: &Reading, procurement_id: Uuid) -> Result<Vec<(Uuid, Uuid)>, Refusal> {
    let rows = mark_change::Entity::find()
        .filter(mark_change::Column::ProcurementId.eq(procurement_id))
        .filter(mark_change::Column::State.eq(Word(ChangeState::Proposed)))
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.lot_id, row.proposed_by)).collect())
}
