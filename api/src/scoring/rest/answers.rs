//! The answers that marks are about: one alone, and beside the others that the caller has marked.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::addressed::view::Clarifying;
use crate::bidding::bid::written_at;
use crate::bidding::compartment::SubmittedFile;
use crate::http::reply::{Download, FileReply};
use crate::http::{Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::scoring::answer::{self, Answer};
use crate::scoring::consistency::{self, Compared};

/// The operations about answers.
pub struct Operations;

/// A document that answers a question.
#[derive(Object)]
struct AnswerDocument {
    id: Uuid,
    name: String,
    /// In bytes.
    size: i64,
    sha256: String,
}

impl From<SubmittedFile> for AnswerDocument {
    fn from(file: SubmittedFile) -> Self {
        Self { id: file.id, name: file.name, size: file.size, sha256: file.sha256 }
    }
}

/// A bidder's reply to an addressed question about its answer, where it only clarifies. No mark changes by it.
#[derive(Object)]
struct AnswerReply {
    /// The question's key: its document is downloaded there.
    question_id: Uuid,
    /// By this a reply is referred to: `Addressed question 3`.
    number: i32,
    /// What the bidder was asked.
    asked: String,
    text: String,
    /// The document's name.
    #[oai(skip_serializing_if_is_none)]
    document: Option<String>,
    received_at: String,
    /// When somebody decided that it only clarifies.
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
}

impl From<Clarifying> for AnswerReply {
    fn from(one: Clarifying) -> Self {
        Self {
            question_id: one.question.id,
            number: one.question.number,
            asked: one.question.text,
            text: one.reply.text,
            document: one.reply.document.map(|document| document.name),
            received_at: rfc3339(one.reply.received_at),
            decided_at: one.question.decided_at.map(rfc3339),
        }
    }
}

/// What a bid says to a question.
#[derive(Object)]
struct AnswerText {
    /// The text; left out where the bidder gave none.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    /// `workbook`, or `typed` on the supplier's page.
    #[oai(skip_serializing_if_is_none)]
    origin: Option<String>,
    /// Where it was written: sheet and cell in the workbook, or words that it was typed.
    #[oai(skip_serializing_if_is_none)]
    place: Option<String>,
    documents: Vec<AnswerDocument>,
    /// Whether it shows; nothing of it is here while somebody still reads it for prices.
    released: bool,
    /// Whether something of it stays back until the quality is locked, because it tells a price.
    cut: bool,
    /// What the bidder replied to addressed questions about it.
    replies: Vec<AnswerReply>,
    /// Why the bidder marked the text as confidential, if it did: do not quote it where other bidders may read.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Why the bidder marked the document as confidential, if it did.
    #[oai(skip_serializing_if_is_none)]
    document_confidential_because: Option<String>,
}

impl From<Answer> for AnswerText {
    fn from(answer: Answer) -> Self {
        Self {
            released: answer.released,
            cut: answer.cut,
            origin: answer.text.as_ref().map(|row| row.origin.0.to_string()),
            place: answer.text.as_ref().map(written_at),
            text: answer.text.map(|row| row.text),
            documents: answer.documents.into_iter().map(AnswerDocument::from).collect(),
            replies: answer.replies.into_iter().map(AnswerReply::from).collect(),
            confidential_because: answer.confidential.answer,
            document_confidential_because: answer.confidential.document,
        }
    }
}

/// Another answer to the same question, with the caller's own mark of it.
#[derive(Object)]
struct ComparedAnswer {
    bid_id: Uuid,
    supplier: String,
    /// The caller's own mark.
    value: String,
    /// The caller's own explanation.
    explanation: String,
    answer: AnswerText,
}

impl From<Compared> for ComparedAnswer {
    fn from(one: Compared) -> Self {
        Self {
            bid_id: one.bid.id,
            supplier: one.bid.supplier,
            value: one.mark.value,
            explanation: one.mark.explanation,
            answer: one.answer.into(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// What a bid says to a question. Moderators, and panel members who mark it, who have declared their interests.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/answers/:bid_id/:question",
        method = "get",
        operation_id = "answer_view"
    )]
    async fn answer_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        question: Path<String>,
    ) -> Reply<AnswerText> {
        call.read(move |r| async move {
            Ok(answer::view(&r, procurement_id.0, lot_id.0, bid_id.0, &question.0).await?.into())
        })
        .await
    }

    /// List the other answers to a question that the caller has marked, with the caller's own marks, so that like is marked alike.
    /// Panel members only; refused with `mark_first` before the caller has marked the answer that is named.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/answers/:bid_id/:question/comparison",
        method = "get",
        operation_id = "answer_compare"
    )]
    #[allow(clippy::too_many_arguments, reason = "five parts of the address, and the two of any list")]
    async fn answer_compare(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        question: Path<String>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<ComparedAnswer>> {
        let (id, lot, bid) = (procurement_id.0, lot_id.0, bid_id.0);
        let path = format!("/api/v1/procurements/{id}/lots/{lot}/answers/{bid}/{}/comparison", question.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let (_, others) = consistency::others(&r, id, lot, &question.0, bid).await?;
            crate::scoring::cut(others.into_iter().map(ComparedAnswer::from).collect(), &paging)
        })
        .await
    }

    /// Download a document that answers a question.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/answers/:bid_id/:question/documents/:file_id",
        method = "get",
        operation_id = "answer_document"
    )]
    async fn answer_document(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        question: Path<String>,
        file_id: Path<Uuid>,
    ) -> FileReply {
        let found = call
            .db
            .read(&call.caller, move |r| async move {
                answer::document(&r, procurement_id.0, lot_id.0, bid_id.0, &question.0, file_id.0).await
            })
            .await;
        FileReply::from(found.map(|(file, bytes)| Download {
            name: file.name,
            media_type: "application/octet-stream".to_owned(),
            bytes,
        }))
    }
}
