//! What becomes of a tender beside its assessment: a ground of the law is raised against it, its bidder is heard where the law
//! asks for it, and a second person disregards the tender or keeps it (PA23 s.19(3)-(5), s.26, s.30, s.82; DOMAIN rules 8 and
//! 12).
//!
//! The coordinator raises a ground ([`raise`]) from the opening on, about the whole tender; that a price is abnormally low of
//! one lot, and only once its quality is locked, for nobody sees a price before (DOMAIN rule 1). Where the law has the supplier
//! heard, and wherever else the coordinator wants it heard, it is told by letter and may reply until an instant ([`reply`]).
//! Then a second person decides ([`decision`]). What is decided never changes a score: the next result is computed without the
//! tender and stands beside the one before ([`force`]).
//!
//! A notice is no question to one bidder ([`super::addressed`]), though it looks alike (decided 2026-11-28). There somebody
//! judges whether a reply improves the bid, and it lies sealed until then, because the panel is to read it; here the reply is
//! read by those who decide and by no panel, it ends in the decision itself, and its time passing unused opens the way to that
//! decision. One thing with two lifecycles would have to be kept in step.

pub mod compliance;
pub mod decision;
pub(crate) mod evidence;
pub mod force;
mod letters;
pub mod raise;
pub mod reply;
pub mod view;

use chrono::{DateTime, Utc};
use entity::bid_outcome;
use rules::pack::Pack;
use rules::stage::Stage;
use rules::words::Role;
use uuid::Uuid;

pub use view::Outcome;

use super::bid as bids;
use crate::kernel::access::{self, Scope};
use crate::kernel::{Reading, Refusal};

/// The most characters of a reason.
const MOST_REASON: usize = 4_000;
/// The most characters of a reply.
pub const MOST_REPLY: usize = 10_000;

/// The stages at which a ground may be raised and decided on: from the opening on.
const OPEN: &[Stage] = &[Stage::Scoring, Stage::Deciding];

fn none() -> Refusal {
    Refusal::not_found("outcome")
}

/// Whether the time to reply is over at an instant; at exactly that instant it is.
fn passed(row: &bid_outcome::Model, now: DateTime<Utc>) -> bool {
    row.reply_by.is_some_and(|by| now >= by)
}

/// Whether a person's part lets it decide on grounds that others raised.
fn decides(scope: &Scope) -> bool {
    scope.holds(Role::Approver) || scope.holds(Role::Moderator)
}

/// Whether a person's part lets it read the words about a ground. Whoever only marks reads that a tender is disregarded and on
/// which ground: a quarrel about a supplier must not weigh in its marks.
fn reads_words(scope: &Scope) -> bool {
    decides(scope) || [Role::Coordinator, Role::Observer].into_iter().any(|role| scope.holds(role))
}

/// The lots that an outcome bears on.
async fn lots_of(r: &Reading, pack: &Pack, bid: Uuid, lot: Option<Uuid>) -> Result<Vec<Uuid>, Refusal> {
    if let Some(lot) = lot {
        return Ok(vec![lot]);
    }
    let lots = bids::lots_bid_for(r, pack, &[bid]).await?.remove(&bid).unwrap_or_default();
    Ok(lots.iter().filter_map(|lot| lot.parse().ok()).collect())
}

/// Refuses once a lot that it bears on is awarded.
async fn must_not_be_awarded(r: &Reading, lots: &[Uuid]) -> Result<(), Refusal> {
    for lot in lots {
        access::must_not_be_awarded(r, *lot).await?;
    }
    Ok(())
}
