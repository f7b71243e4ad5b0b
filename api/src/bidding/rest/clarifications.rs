//! Clarifications, as the councils handle them and as everybody reads them.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::clarification::answer::{self, AnswerInput, PrivateAnswerInput};
use crate::bidding::clarification::{self, PublishedAnswer, view};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed, Stranger};
use crate::kernel::clock::rfc3339;

/// Clarifications.
pub struct Operations;

/// An answer to all bidders. It never changes; a correction is a new one.
#[derive(Object)]
struct ClarificationAnswer {
    id: Uuid,
    /// The question, in the words in which it was published.
    question: String,
    answer: String,
    answered_at: String,
    /// The earlier answer that it corrects.
    #[oai(skip_serializing_if_is_none)]
    corrects: Option<Uuid>,
}

impl From<PublishedAnswer> for ClarificationAnswer {
    fn from(answer: PublishedAnswer) -> Self {
        Self {
            id: answer.id,
            question: answer.question,
            answer: answer.answer,
            answered_at: rfc3339(answer.answered_at),
            corrects: answer.corrects,
        }
    }
}

/// An answer to the asker alone.
#[derive(Object)]
struct PrivateClarificationAnswer {
    id: Uuid,
    answer: String,
    answered_at: String,
    /// The earlier answer that it corrects.
    #[oai(skip_serializing_if_is_none)]
    corrects: Option<Uuid>,
}

impl From<clarification::PrivateAnswer> for PrivateClarificationAnswer {
    fn from(answer: clarification::PrivateAnswer) -> Self {
        Self {
            id: answer.id,
            answer: answer.text,
            answered_at: rfc3339(answer.answered_at),
            corrects: answer.corrects,
        }
    }
}

/// A question that was answered to all bidders. It never says who asked.
#[derive(Object)]
struct PublishedClarification {
    /// 1 for the first that was published.
    number: i32,
    /// The answers, oldest first: the last one holds.
    answers: Vec<ClarificationAnswer>,
}

impl From<clarification::Clarification> for PublishedClarification {
    fn from(row: clarification::Clarification) -> Self {
        Self {
            number: row.number.unwrap_or_default(),
            answers: row.published.into_iter().map(ClarificationAnswer::from).collect(),
        }
    }
}

/// A bidder's question, as the councils or its asker see it. What was asked, claims and private answers are the
/// coordinator's and the asker's to see.
#[derive(Object)]
pub(super) struct Clarification {
    id: Uuid,
    /// `open`, `claimed`, `claim_refused`, `answered`, `answered_privately` or `withdrawn`.
    state: String,
    /// Its place among the published ones.
    #[oai(skip_serializing_if_is_none)]
    number: Option<i32>,
    asked_at: String,
    /// The question as it was asked.
    #[oai(skip_serializing_if_is_none)]
    question: Option<String>,
    /// Why the asker says that it is confidential.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Why that claim was accepted or refused.
    #[oai(skip_serializing_if_is_none)]
    claim_reason: Option<String>,
    /// The answers to all bidders, oldest first: the last one holds.
    answers: Vec<ClarificationAnswer>,
    /// The answers to the asker alone, oldest first.
    private_answers: Vec<PrivateClarificationAnswer>,
    /// Who asked; absent until the tender box is opened, and where the asker reads its own.
    #[oai(skip_serializing_if_is_none)]
    asker: Option<String>,
    version: i64,
}

impl From<clarification::Clarification> for Clarification {
    fn from(row: clarification::Clarification) -> Self {
        let (question, confidential_because) =
            row.asked.map_or((None, None), |asked| (Some(asked.text), asked.confidential_because));
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
            asker: row.asker,
            version: row.version,
        }
    }
}

/// How far a question has come. The words are not repeated: this answer is kept for a day, and a bidder's words lie sealed.
#[derive(Object)]
struct ClarificationStanding {
    id: Uuid,
    /// The state now.
    state: String,
    /// Its place among the published ones.
    #[oai(skip_serializing_if_is_none)]
    number: Option<i32>,
    version: i64,
}

impl From<clarification::Clarification> for ClarificationStanding {
    fn from(row: clarification::Clarification) -> Self {
        Self { id: row.id, state: row.state.to_string(), number: row.number, version: row.version }
    }
}

/// What is told to all bidders.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClarificationAnswerBody {
    /// The question in words that name nobody, at most 4,000 characters.
    question: String,
    /// At most 4,000 characters.
    answer: String,
    /// Publish although the texts hold what looks like a bidder's name.
    #[oai(default)]
    name_confirmed: bool,
}

/// What is told to the asker alone.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClarificationPrivateAnswerBody {
    /// At most 4,000 characters.
    answer: String,
    /// Why the claim is accepted, for the record.
    reason: String,
}

/// Why a claim of confidentiality is refused.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClarificationClaimRefusalBody {
    /// The asker is told it.
    reason: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the published questions and answers of a tender, by number. No secret is needed.
    #[oai(
        path = "/tenders/:reference/clarifications",
        method = "get",
        operation_id = "tender_clarification_list"
    )]
    async fn tender_clarification_list(
        &self,
        Stranger(call): Stranger,
        reference: Path<String>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PublishedClarification>> {
        let path = format!("/api/v1/tenders/{}/clarifications", reference.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::published(&r, &reference.0, &paging).await?.map(PublishedClarification::from))
        })
        .await
    }

    /// List the questions of bidders, oldest first: the coordinator sees all, everybody else those that are published.
    /// Who asked is told to nobody before the opening.
    #[oai(
        path = "/procurements/:procurement_id/clarifications",
        method = "get",
        operation_id = "clarification_list"
    )]
    async fn clarification_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Clarification>> {
        let path = format!("/api/v1/procurements/{}/clarifications", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::list(&r, procurement_id.0, &paging).await?.map(Clarification::from))
        })
        .await
    }

    /// A question of a bidder.
    #[oai(
        path = "/procurements/:procurement_id/clarifications/:clarification_id",
        method = "get",
        operation_id = "clarification_view"
    )]
    async fn clarification_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        clarification_id: Path<Uuid>,
    ) -> Reply<Clarification> {
        call.read(
            move |r| async move { Ok(view::one(&r, procurement_id.0, clarification_id.0).await?.into()) },
        )
        .await
    }

    /// Publish question and answer to all bidders, without the asker's name; where it is answered already, correct the
    /// answer. Each bidder is told by letter. Coordinators only, until the opening.
    #[oai(
        path = "/procurements/:procurement_id/clarifications/:clarification_id/answers",
        method = "post",
        operation_id = "clarification_publish"
    )]
    async fn clarification_publish(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        clarification_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ClarificationAnswerBody>,
    ) -> Reply<ClarificationStanding> {
        let ClarificationAnswerBody { question, answer, name_confirmed } = body.0;
        let input = AnswerInput { question, answer, name_confirmed };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(answer::publish(&w, procurement_id.0, clarification_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Accept the claim that a question is confidential and answer it to the asker alone; again to correct such an answer.
    /// Coordinators only, until the opening.
    #[oai(
        path = "/procurements/:procurement_id/clarifications/:clarification_id/private-answers",
        method = "post",
        operation_id = "clarification_answer_privately"
    )]
    async fn clarification_answer_privately(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        clarification_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ClarificationPrivateAnswerBody>,
    ) -> Reply<ClarificationStanding> {
        let ClarificationPrivateAnswerBody { answer, reason } = body.0;
        let input = PrivateAnswerInput { answer, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let (procurement, id) = (procurement_id.0, clarification_id.0);
            Ok(answer::answer_privately(&w, procurement, id, seen, input).await?.into())
        })
        .await
    }

    /// Refuse the claim that a question is confidential. The asker is told why, and withdraws the question or lets it be
    /// answered to all. Coordinators only, until the opening.
    #[oai(
        path = "/procurements/:procurement_id/clarifications/:clarification_id/claim-refusal",
        method = "post",
        operation_id = "clarification_refuse_claim"
    )]
    async fn clarification_refuse_claim(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        clarification_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ClarificationClaimRefusalBody>,
    ) -> Reply<ClarificationStanding> {
        let reason = body.0.reason;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let (procurement, id) = (procurement_id.0, clarification_id.0);
            Ok(answer::refuse_claim(&w, procurement, id, seen, &reason).await?.into())
        })
        .await
    }
}
