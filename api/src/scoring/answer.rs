//! What a bid says to one question: the short answer and the documents that answer it. Never the workbook, which holds
//! prices (DOMAIN rule 1).

use rules::pack::Pack;
use rules::words::Role;
use uuid::Uuid;

use super::{lot, mark, moderation, panel};
use crate::bidding::bid;
pub use crate::bidding::bid::Answer;
use crate::bidding::compartment::SubmittedFile;
use crate::kernel::access::Scope;
use crate::kernel::{Reading, Refusal};

/// The answer of a bid to a question. Panel members and moderators who have declared their interests may read it.
pub async fn view(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
) -> Result<Answer, Refusal> {
    Ok(found(r, procurement_id, lot_id, bid_id, question).await?.1)
}

async fn found(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
) -> Result<(lot::Bid, Answer), Refusal> {
    let scope = panel::reader(r, procurement_id).await?;
    let lot = lot::one(r, &scope, lot_id).await?;
    lot.question(question)?;
    must_be_theirs(r, &scope, &lot, question).await?;
    let bid = lot.bid(bid_id)?;
    Ok((bid.clone(), of_bid(r, &lot.pack, bid, question).await?))
}

/// A panel member reads the answers to the questions that it marks, and the others once it may see the panel's marks of them.
/// Moderators read them all.
async fn must_be_theirs(r: &Reading, scope: &Scope, lot: &lot::Lot, question: &str) -> Result<(), Refusal> {
    let person = r.caller().person()?.id;
    if scope.holds(Role::Moderator) {
        return Ok(());
    }
    let state = panel::state(r, scope, lot).await?;
    if moderation::shows_marks(scope, &state, person) {
        return Ok(());
    }
    mark::must_be_assigned(r, lot, question, person).await
}

/// The same for a caller who has been let in.
pub(super) async fn of_bid(
    r: &Reading,
    pack: &Pack,
    bid: &lot::Bid,
    question: &str,
) -> Result<Answer, Refusal> {
    bid::answer(r, pack, &bid.row, question).await
}

/// Refuses where nobody has read the answer for prices yet, and the published method has that done before it is marked.
pub(super) async fn must_be_released(
    r: &Reading,
    lot: &lot::Lot,
    bid: &lot::Bid,
    question: &str,
) -> Result<(), Refusal> {
    if !lot.pack.method.clearance() || of_bid(r, &lot.pack, bid, question).await?.released {
        return Ok(());
    }
    Err(Refusal::conflict(
        "answer_not_released",
        format!(
            "The answer of {} is still being read for prices: it is marked once it is released.",
            bid.supplier
        ),
    ))
}

/// The bytes of a document that answers a question.
pub async fn document(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
    file_id: Uuid,
) -> Result<(SubmittedFile, Vec<u8>), Refusal> {
    let (bid, answer) = found(r, procurement_id, lot_id, bid_id, question).await?;
    let none = || Refusal::not_found("document");
    let file = answer.documents.into_iter().find(|file| file.id == file_id).ok_or_else(none)?;
    let bytes = bid::document_bytes(r, &bid.row, &file).await?;
    Ok((file, bytes))
}
