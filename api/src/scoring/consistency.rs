//! Whether like is marked alike: the other answers to a question beside each other, as one panel member has marked them itself.
//!
//! They show only once the own mark of the answer at hand is saved, so that the first mark is of the answer alone and not of how
//! it compares; and only those show that this panel member has marked as well. Never another person's mark.

use entity::mark;
use rules::words::Role;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::lot::Bid;
use super::mark::{OwnSheet, must_be_assigned, own_sheet};
use super::panel;
use crate::kernel::{Reading, Refusal};

/// Another answer to the same question, with the caller's own mark of it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The bid.
    pub bid: Bid,
    /// The caller's own mark.
    pub mark: mark::Model,
    /// What the bid says.
    pub answer: Answer,
}

/// The other answers to a question that the caller has marked. Refused before the caller has marked this one.
pub async fn others(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    question: &str,
    bid_id: Uuid,
) -> Result<(OwnSheet, Vec<Compared>), Refusal> {
    let scope = panel::reader(r, procurement_id).await?;
    scope.must_hold(Role::PanelMember)?;
    let own = own_sheet(r, procurement_id, lot_id).await?;
    own.lot.question(question)?;
    own.lot.marked_bid(bid_id)?;
    must_be_assigned(r, &own.lot, question, r.caller().person()?.id).await?;
    if own.mark(bid_id, question).is_none() {
        return Err(Refusal::conflict(
            "mark_first",
            "Mark this answer first. Then the other answers to the question that you have marked show beside it.",
        ));
    }
    let mut found = Vec::new();
    for bid in own.bids.iter().filter(|bid| bid.id != bid_id) {
        let Some(mark) = own.mark(bid.id, question) else { continue };
        found.push(Compared {
            answer: answer::of_bid(r, &own.lot.pack, bid, question).await?,
            mark: mark.clone(),
            bid: bid.clone(),
        });
    }
    Ok((own, found))
}
