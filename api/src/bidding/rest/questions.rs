//! A supplier's own questions about the tender.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::clarifications::{ClarificationAnswer, PrivateClarificationAnswer};
use crate::bidding::clarification::Clarification;
use crate::bidding::clarification::question::{self, QuestionInput};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Questions.
pub struct Operations;

/// A supplier's own question.
#[derive(Object)]
struct OwnClarification {
    id: Uuid,
    /// `open`, `claimed`, `claim_refused`, `answered`, `answered_privately` or `withdrawn`.
    state: String,
    /// Its place among the published ones.
    #[oai(skip_serializing_if_is_none)]
    number: Option<i32>,
    asked_at: String,
    /// The question as it was asked.
    question: String,
    /// Why it is confidential.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Why that claim was accepted or refused.
    #[oai(skip_serializing_if_is_none)]
    claim_reason: Option<String>,
    /// The answers to all bidders, oldest first: the last one holds.
    answers: Vec<ClarificationAnswer>,
    /// The answers to this supplier alone, oldest first: the last one holds.
    private_answers: Vec<PrivateClarificationAnswer>,
    version: i64,
}

impl From<Clarification> for OwnClarification {
    fn from(row: Clarification) -> Self {
        let (question, confidential_because) =
            row.asked.map_or((String::new(), None), |asked| (asked.text, asked.confidential_because));
        Self {
            id: row.id,
            state: row.state.to_string(),
            number: row.number,
            asked_at: rfc3339(row.asked_at),
            question,
            confidential_because,
            claim_reason: row.claim_reason,
            answers: row.published.into_iter().map(ClarificationAnswer::from).collect(),
            private_answers: row.private.into_iter().map(PrivateClarificationAnswer::from).collect(),
            version: row.version,
        }
    }
}

/// What a supplier asks.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClarificationQuestionBody {
    /// At most 4,000 characters. The councils read it and are not told who asks.
    question: String,
    /// Why it must not be answered to all bidders; absent where it may.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Ask although the text holds what looks like the supplier's own name.
    #[oai(default)]
    name_confirmed: bool,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// Ask a question about the tender, before the deadline. Suppliers only.
    #[oai(path = "/supplier/clarifications", method = "post", operation_id = "supplier_clarification_ask")]
    async fn supplier_clarification_ask(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ClarificationQuestionBody>,
    ) -> Created<OwnClarification> {
        let ClarificationQuestionBody { question, confidential_because, name_confirmed } = body.0;
        let input = QuestionInput { question, confidential_because, name_confirmed };
        call.create(key.0, |w| async move { Ok(question::ask(&w, input).await?.into()) }).await
    }

    /// List the supplier's own questions, oldest first. The published answers to everybody's are those of the tender.
    /// Suppliers only.
    #[oai(path = "/supplier/clarifications", method = "get", operation_id = "supplier_clarification_list")]
    async fn supplier_clarification_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OwnClarification>> {
        call.list("/api/v1/supplier/clarifications".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(question::own(&r, &paging).await?.map(OwnClarification::from))
        })
        .await
    }

    /// One of the supplier's own questions. Suppliers only.
    #[oai(
        path = "/supplier/clarifications/:clarification_id",
        method = "get",
        operation_id = "supplier_clarification_view"
    )]
    async fn supplier_clarification_view(
        &self,
        Signed(call): Signed,
        clarification_id: Path<Uuid>,
    ) -> Reply<OwnClarification> {
        call.read(move |r| async move { Ok(question::own_one(&r, clarification_id.0).await?.into()) }).await
    }

    /// Take a question back: it is answered to nobody. Suppliers only.
    #[oai(
        path = "/supplier/clarifications/:clarification_id/withdraw",
        method = "post",
        operation_id = "supplier_clarification_withdraw"
    )]
    async fn supplier_clarification_withdraw(
        &self,
        Signed(call): Signed,
        clarification_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<OwnClarification> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(question::withdraw(&w, clarification_id.0, seen).await?.into())
        })
        .await
    }

    /// Give up the claim that a question is confidential: it may be answered to all bidders. Suppliers only.
    #[oai(
        path = "/supplier/clarifications/:clarification_id/give-up-claim",
        method = "post",
        operation_id = "supplier_clarification_give_up_claim"
    )]
    async fn supplier_clarification_give_up_claim(
        &self,
        Signed(call): Signed,
        clarification_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<OwnClarification> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(question::give_up_claim(&w, clarification_id.0, seen).await?.into())
        })
        .await
    }
}
