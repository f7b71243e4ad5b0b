//! A supplier's own questions about the tender.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::clarifications::Clarification;
use crate::bidding::clarification::question::{self, QuestionInput};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};

/// Questions.
pub struct Operations;

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
    ) -> Created<Clarification> {
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
    ) -> Reply<Page<Clarification>> {
        call.list("/api/v1/supplier/clarifications".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(question::own(&r, &paging).await?.map(Clarification::from))
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
    ) -> Reply<Clarification> {
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
    ) -> Reply<Clarification> {
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
    ) -> Reply<Clarification> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(question::give_up_claim(&w, clarification_id.0, seen).await?.into())
        })
        .await
    }
}
