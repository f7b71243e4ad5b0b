//! Questions to one bidder after the opening, and its replies.
//!
//! The coordinator or a moderator asks one bidder about its bid ([`ask`]): about an answer, a response, a price or the whole,
//! with an instant until which it may reply. The reply ([`reply`]) lies sealed as the bid did, until the bidder declares it
//! final or can no longer replace it. Then a named person who marks nothing reads it and says whether it only clarifies the
//! bid or would improve it ([`decision`]): all bidders are treated alike (PA23 s.12(2)), so what improves is disregarded. The
//! panel reads only what clarifies ([`view`]), and no mark changes by it.
//!
//! A question about a price, its reply and that there is one are price content (DOMAIN rule 1): it is asked and shown only
//! once the quality of the price's lot is locked.

pub mod ask;
pub mod decision;
mod letters;
pub mod reply;
pub mod view;

use chrono::{DateTime, Utc};
use entity::{addressed_question, addressed_reply};
use rules::addressed::AddressedState;
use rules::stage::NotAllowed;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use view::{Addressed, Reply, ReplyDocument};

use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::{Reading, Refusal};

/// The most characters of a question and of a reply.
pub const MOST_CHARACTERS: usize = 4000;
/// The most characters of a reason.
const MOST_REASON: usize = 2000;
/// The most times a bidder replies to one question: the first reply and what replaces it.
pub const MOST_REPLIES: i32 = 10;

fn none() -> Refusal {
    Refusal::not_found("question")
}

/// Whether a bidder can no longer reply at an instant; at exactly the deadline it cannot.
fn passed(row: &addressed_question::Model, now: DateTime<Utc>) -> bool {
    now >= row.reply_by
}

/// Who asks, and decides on replies.
fn handles(scope: &Scope) -> bool {
    scope.holds(Role::Coordinator) || scope.holds(Role::Moderator)
}

/// Whether the caller may read replies on which nobody has decided, and those that are disregarded. Whoever marks may not:
/// what it had read it could not forget.
fn reads_replies(scope: &Scope) -> bool {
    handles(scope) && !scope.holds(Role::PanelMember)
}

fn must_handle(scope: &Scope) -> Result<(), Refusal> {
    if handles(scope) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "Only the coordinator or a moderator of this procurement can ask one bidder and decide on its reply.",
    ))
}

/// The replies to a question, oldest first: the last one holds. Unauthorised.
async fn replies_to(r: &Reading, question: Uuid) -> Result<Vec<addressed_reply::Model>, Refusal> {
    Ok(addressed_reply::Entity::find()
        .filter(addressed_reply::Column::QuestionId.eq(question))
        .order_by_asc(addressed_reply::Column::Number)
        .all(r.txn())
        .await?)
}

/// Says why a step is not possible now.
fn wrong_state(row: &addressed_question::Model, fault: &NotAllowed<AddressedState>, passed: bool) -> Refusal {
    match fault.from {
        AddressedState::Open if !passed => Refusal::conflict(
            "reply_sealed",
            format!(
                "The bidder may reply until {} (London time), and its reply is sealed until then unless it declares it final before.",
                london_text(row.reply_by)
            ),
        ),
        AddressedState::Open => Refusal::conflict(
            "wrong_state",
            format!(
                "You cannot {} now: what came, or that nothing came, is what there is to record.",
                fault.action
            ),
        ),
        state => Refusal::conflict(
            "wrong_state",
            format!("This question is at “{}”: you cannot {} now.", state.label(), fault.action),
        ),
    }
}
