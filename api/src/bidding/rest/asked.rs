//! What a supplier alone is asked after the opening: questions about its bid, and corrections of its prices.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use rules::money::UnitPrice;
use uuid::Uuid;

use super::addressed::AddressedReply;
use crate::bidding::addressed::reply::{self as replies, ReplyInput};
use crate::bidding::addressed::{self};
use crate::bidding::correction::answer::{self, WordInput};
use crate::bidding::correction::{self};
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// What a supplier alone is asked.
pub struct Operations;

/// A question about the supplier's own bid.
#[derive(Object)]
struct OwnAddressedQuestion {
    id: Uuid,
    number: i32,
    /// `bid`, `question`, `requirement` or `price_line`.
    subject: String,
    /// The code of the question, requirement or price line.
    #[oai(skip_serializing_if_is_none)]
    code: Option<String>,
    text: String,
    asked_at: String,
    /// From this instant on a reply is late.
    reply_by: String,
    /// Whether it is too late to reply.
    closed: bool,
    /// `open`, `final`, `clarifies`, `improves` or `unanswered`.
    state: String,
    /// The reply that stands.
    #[oai(skip_serializing_if_is_none)]
    reply: Option<AddressedReply>,
    /// Why the reply was taken for what it was taken for.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    version: i64,
}

impl From<addressed::Addressed> for OwnAddressedQuestion {
    fn from(one: addressed::Addressed) -> Self {
        let row = one.row;
        Self {
            id: row.id,
            number: row.number,
            subject: row.subject.0.to_string(),
            code: row.code,
            text: row.text,
            asked_at: rfc3339(row.asked_at),
            reply_by: rfc3339(row.reply_by),
            closed: one.passed,
            state: row.state.0.to_string(),
            reply: one.reply.map(AddressedReply::from),
            reason: row.reason,
            version: row.version,
        }
    }
}

/// A reply. What is left out stays as in the reply before.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AddressedReplyBody {
    /// At most 4,000 characters. It may explain the bid and must not change or improve it.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    /// Takes the document of the reply before away.
    #[oai(default)]
    without_document: bool,
    /// This reply is final: the councils may read it before `reply_by`, and it is not replaced any more.
    #[oai(default)]
    is_final: bool,
}

/// A correction of one of the supplier's own prices.
#[derive(Object)]
struct OwnPriceCorrection {
    id: Uuid,
    /// The price line's code.
    line: String,
    /// Pounds for a unit as it stands.
    before: String,
    /// Pounds for a unit as it would be.
    after: String,
    /// The published rule.
    rule: String,
    reason: String,
    proposed_at: String,
    /// From this instant on a word of the supplier's is late.
    confirm_by: String,
    /// `proposed`, `confirmed`, `refused`, `unconfirmed`, `approved` or `rejected`.
    state: String,
    #[oai(skip_serializing_if_is_none)]
    answered_at: Option<String>,
    /// Why the councils approved it or did not.
    #[oai(skip_serializing_if_is_none)]
    decision_reason: Option<String>,
    version: i64,
}

impl From<correction::Correction> for OwnPriceCorrection {
    fn from(one: correction::Correction) -> Self {
        let row = one.row;
        Self {
            id: row.id,
            line: row.line,
            before: UnitPrice(row.before_e4).to_string(),
            after: UnitPrice(row.after_e4).to_string(),
            rule: row.rule,
            reason: row.reason,
            proposed_at: rfc3339(row.proposed_at),
            confirm_by: rfc3339(row.confirm_by),
            state: one.state.to_string(),
            answered_at: row.answered_at.map(rfc3339),
            decision_reason: row.decision_reason,
            version: row.version,
        }
    }
}

/// The supplier's word on a correction.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PriceCorrectionWordBody {
    /// `confirm` or `refuse`.
    word: String,
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the questions about the supplier's own bid, oldest first. Suppliers only.
    #[oai(
        path = "/supplier/addressed-questions",
        method = "get",
        operation_id = "supplier_addressed_question_list"
    )]
    async fn supplier_addressed_question_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OwnAddressedQuestion>> {
        let path = "/api/v1/supplier/addressed-questions".to_owned();
        call.list(path, after.0, limit.0, |r, paging| async move {
            Ok(replies::own(&r, &paging).await?.map(OwnAddressedQuestion::from))
        })
        .await
    }

    /// One question about the supplier's own bid. Suppliers only.
    #[oai(
        path = "/supplier/addressed-questions/:question_id",
        method = "get",
        operation_id = "supplier_addressed_question_view"
    )]
    async fn supplier_addressed_question_view(
        &self,
        Signed(call): Signed,
        question_id: Path<Uuid>,
    ) -> Reply<OwnAddressedQuestion> {
        call.read(move |r| async move { Ok(replies::own_one(&r, question_id.0).await?.into()) }).await
    }

    /// Reply to a question, or replace the reply, before `reply_by`. Suppliers only.
    #[oai(
        path = "/supplier/addressed-questions/:question_id/replies",
        method = "post",
        operation_id = "supplier_addressed_question_reply"
    )]
    async fn supplier_addressed_question_reply(
        &self,
        Signed(call): Signed,
        question_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<AddressedReplyBody>,
    ) -> Reply<OwnAddressedQuestion> {
        let AddressedReplyBody { text, without_document, is_final } = body.0;
        let input = ReplyInput { text, document: None, without_document, is_final };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(replies::reply(&w, question_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Add a document to the reply, in place of the one before, before `reply_by`. Send the words first. Suppliers only.
    #[oai(
        path = "/supplier/addressed-questions/:question_id/document",
        method = "post",
        operation_id = "supplier_addressed_question_document_add"
    )]
    async fn supplier_addressed_question_document_add(
        &self,
        Signed(call): Signed,
        question_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Reply<OwnAddressedQuestion> {
        match replies::read_document(&call.db, &call.caller, question_id.0, &name.0, body.0).await {
            Err(refusal) => Reply::refuse(refusal),
            Ok(document) => {
                let input = ReplyInput { document: Some(document), ..ReplyInput::default() };
                call.change_once(key.0, if_match.0, move |w, seen| async move {
                    Ok(replies::reply(&w, question_id.0, seen, input).await?.into())
                })
                .await
            }
        }
    }

    /// The document of the reply that stands. Suppliers only.
    #[oai(
        path = "/supplier/addressed-questions/:question_id/document",
        method = "get",
        operation_id = "supplier_addressed_question_document_download"
    )]
    async fn supplier_addressed_question_document_download(
        &self,
        Signed(call): Signed,
        question_id: Path<Uuid>,
    ) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move { replies::own_document(&r, question_id.0).await })
            .await;
        file.map(Download::from).into()
    }

    /// List the corrections of the supplier's own prices, oldest first. Suppliers only.
    #[oai(
        path = "/supplier/price-corrections",
        method = "get",
        operation_id = "supplier_price_correction_list"
    )]
    async fn supplier_price_correction_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OwnPriceCorrection>> {
        let path = "/api/v1/supplier/price-corrections".to_owned();
        call.list(path, after.0, limit.0, |r, paging| async move {
            Ok(answer::own(&r, &paging).await?.map(OwnPriceCorrection::from))
        })
        .await
    }

    /// One correction of the supplier's own prices. Suppliers only.
    #[oai(
        path = "/supplier/price-corrections/:correction_id",
        method = "get",
        operation_id = "supplier_price_correction_view"
    )]
    async fn supplier_price_correction_view(
        &self,
        Signed(call): Signed,
        correction_id: Path<Uuid>,
    ) -> Reply<OwnPriceCorrection> {
        call.read(move |r| async move { Ok(answer::own_one(&r, correction_id.0).await?.into()) }).await
    }

    /// Confirm a correction or refuse it, before `confirm_by`. Silence is no confirmation: the bid then stands as it was
    /// submitted. Suppliers only.
    #[oai(
        path = "/supplier/price-corrections/:correction_id/word",
        method = "post",
        operation_id = "supplier_price_correction_answer"
    )]
    async fn supplier_price_correction_answer(
        &self,
        Signed(call): Signed,
        correction_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<PriceCorrectionWordBody>,
    ) -> Reply<OwnPriceCorrection> {
        let PriceCorrectionWordBody { word, reason } = body.0;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(answer::answer(&w, correction_id.0, seen, WordInput { word, reason }).await?.into())
        })
        .await
    }
}
