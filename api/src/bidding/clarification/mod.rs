//! Clarifications: bidders' questions about the tender before the deadline, and their answers.
//!
//! A bidder asks ([`question`]) and may claim that its question is confidential, with a reason. The coordinator answers
//! ([`answer`]): to all bidders and the public, without the asker's name, so that all bid on the same information
//! (PA23 s.12(2)); or, where the claim is accepted, to the asker alone. A claim that is refused leaves the choice to the
//! asker: to withdraw the question, or to let it be answered to all. What everybody sees is in [`view`]. An answer never
//! changes; a correction is a new one that names the earlier.
//!
//! Who asked is told to nobody before the opening (DOMAIN rule 1): rows name the asker in ciphertext only, ledger entries
//! that would tell it are sealed, and so are the letters. Whoever writes for publication is warned where a text may name
//! a bidder ([`naming`]), without learning whether it does.

pub mod answer;
mod letters;
mod naming;
pub mod question;
mod sealing;
pub mod view;

use entity::{Word, clarification};
use rules::stage::{ClarificationState, NotAllowed};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use sealing::{PrivateAnswer, Question};
pub use view::{Clarification, PublishedAnswer};

use crate::kernel::{Reading, Refusal, Writing};

/// The most questions a bidder asks about one tender, withdrawn ones included.
pub const QUESTIONS_A_BIDDER: usize = 50;
/// The most characters of a question and of an answer.
pub const MOST_CHARACTERS: usize = 4000;
/// The most characters of a reason.
const MOST_REASON: usize = 2000;

/// A question of a procurement. Unauthorised.
async fn row_of(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<clarification::Model, Refusal> {
    clarification::Entity::find_by_id(id)
        .filter(clarification::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(none)
}

fn none() -> Refusal {
    Refusal::not_found("question")
}

/// Takes a question to its next state, if it is still as the caller saw it, and sets columns beside it.
async fn advance(
    w: &Writing,
    row: &clarification::Model,
    seen: i64,
    next: Result<ClarificationState, NotAllowed<ClarificationState>>,
    columns: Vec<(clarification::Column, SimpleExpr)>,
) -> Result<(), Refusal> {
    // What somebody has just changed is told as such, rather than as the step that is no longer possible.
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let next = next.map_err(|fault| wrong_state(&fault))?;
    let mut update = clarification::Entity::update_many()
        .col_expr(clarification::Column::State, Expr::value(Word(next)))
        .col_expr(clarification::Column::Version, Expr::value(seen + 1));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    let changed = update
        .filter(clarification::Column::Id.eq(row.id))
        .filter(clarification::Column::State.eq(row.state))
        .filter(clarification::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(()) }
}

fn wrong_state(fault: &NotAllowed<ClarificationState>) -> Refusal {
    Refusal::conflict(
        "wrong_state",
        format!("This question is at “{}”: you cannot {} now.", fault.from.label(), fault.action),
    )
}
