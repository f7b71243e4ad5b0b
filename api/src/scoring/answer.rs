//! What a bid says to one question: the short answer and the documents that answer it. Never the workbook, which holds
//! prices (DOMAIN rule 1).

use entity::word::FileKind;
use entity::{Word, bid_answer, stored_file, submission_file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{lot, panel};
use crate::kernel::{Reading, Refusal};

/// A bid's answer to a question.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The short answer, with its place in the workbook; none where the bidder left it empty.
    pub text: Option<bid_answer::Model>,
    /// The documents that answer it.
    pub documents: Vec<submission_file::Model>,
}

/// The answer of a bid to a question. Panel members and moderators who have declared their interests may read it.
pub async fn view(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
) -> Result<Answer, Refusal> {
    let scope = panel::reader(r, procurement_id).await?;
    let lot = lot::one(r, &scope, lot_id).await?;
    lot.question(question)?;
    of_bid(r, lot.bid(bid_id)?, question).await
}

/// The same for a caller who has been let in.
pub(super) async fn of_bid(r: &Reading, bid: &lot::Bid, question: &str) -> Result<Answer, Refusal> {
    let text = bid_answer::Entity::find()
        .filter(bid_answer::Column::BidId.eq(bid.id))
        .filter(bid_answer::Column::Question.eq(question))
        .one(r.txn())
        .await?;
    let documents = submission_file::Entity::find()
        .filter(submission_file::Column::SubmissionId.eq(bid.submission_id))
        .filter(submission_file::Column::Kind.eq(Word(FileKind::Document)))
        .filter(submission_file::Column::Question.eq(question))
        .order_by_asc(submission_file::Column::Name)
        .order_by_asc(submission_file::Column::Id)
        .all(r.txn())
        .await?;
    Ok(Answer { text, documents })
}

/// The bytes of a document that answers a question.
pub async fn document(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
    file_id: Uuid,
) -> Result<(submission_file::Model, Vec<u8>), Refusal> {
    let answer = view(r, procurement_id, lot_id, bid_id, question).await?;
    let none = || Refusal::not_found("document");
    let file = answer.documents.into_iter().find(|file| file.id == file_id).ok_or_else(none)?;
    let stored = stored_file::Entity::find_by_id(file.sha256.clone()).one(r.txn()).await?.ok_or_else(none)?;
    Ok((file, stored.bytes))
}
