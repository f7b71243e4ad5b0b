//! Corrections of prices after the opening (DOMAIN rule 9).
//!
//! The coordinator proposes that a unit price is a slip ([`propose`]), under the rule that the pack published and with a word
//! on how every other bid was looked at alike. The bidder confirms or refuses it in time ([`answer`]); silence is no
//! confirmation. A second person, an approver, approves what is confirmed or does not ([`decision`]). Only then does the
//! corrected price count, through the one look-up that every reader of prices uses ([`prices_of`]). The price that was
//! submitted is never overwritten, and a result that was computed before stays as it is: the next one stands beside it
//! (DOMAIN rule 8).
//!
//! All of it is price content, so there is nothing of it before the quality of the lot is locked (DOMAIN rule 1). Where a slip
//! is likely is pointed out ([`slips`]); what to do about it is a person's to say.

pub mod answer;
pub mod decision;
mod effective;
mod letters;
pub mod propose;
pub mod slips;
pub mod view;

use chrono::{DateTime, Utc};
use entity::price_correction;
use rules::correction::CorrectionState;
use rules::stage::NotAllowed;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub use effective::Price;
pub(crate) use effective::{approved_in, in_order, pending_in, prices_of};
pub use view::Correction;

use crate::kernel::{Refusal, Writing};

/// The most characters of a reason.
const MOST_REASON: usize = 2000;

fn none() -> Refusal {
    Refusal::not_found("correction")
}

/// Whether the bidder's word is late at an instant; at exactly the deadline it is.
fn passed(row: &price_correction::Model, now: DateTime<Utc>) -> bool {
    now >= row.confirm_by
}

fn wrong_state(fault: &NotAllowed<CorrectionState>) -> Refusal {
    Refusal::conflict(
        "wrong_state",
        format!("This correction is at “{}”: you cannot {} now.", fault.from.label(), fault.action),
    )
}

/// Takes a correction to its next state, if it is still as the caller saw it, and sets columns beside it.
async fn advance(
    w: &Writing,
    row: &price_correction::Model,
    seen: i64,
    next: CorrectionState,
    columns: Vec<(price_correction::Column, SimpleExpr)>,
) -> Result<(), Refusal> {
    let mut update = price_correction::Entity::update_many()
        .col_expr(price_correction::Column::State, Expr::value(entity::Word(next)))
        .col_expr(price_correction::Column::Version, Expr::value(seen + 1));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    let as_seen = update
        .filter(price_correction::Column::Id.eq(row.id))
        .filter(price_correction::Column::State.eq(row.state))
        .filter(price_correction::Column::Version.eq(seen));
    w.change(as_seen).await
}
