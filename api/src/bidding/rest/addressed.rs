//! Questions to one bidder after the opening, as the councils handle them.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::addressed::ask::{self, AskInput};
use crate::bidding::addressed::decision::{self, DecisionInput};
use crate::bidding::addressed::{self, view};
use crate::bidding::response_time::AnswerBy;
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Questions to one bidder.
pub struct Operations;

/// A document that came with a reply.
#[derive(Object)]
pub(super) struct AddressedReplyDocument {
    name: String,
    sha256: String,
    /// In bytes.
    size: i64,
}

/// A bidder's reply.
#[derive(Object)]
pub(super) struct AddressedReply {
    text: String,
    #[oai(skip_serializing_if_is_none)]
    document: Option<AddressedReplyDocument>,
    received_at: String,
    /// How many replies it replaces.
    replaces: i32,
}

impl From<addressed::Reply> for AddressedReply {
    fn from(reply: addressed::Reply) -> Self {
        let document = reply.document.map(|document| AddressedReplyDocument {
            name: document.name,
            sha256: document.sha256,
            size: document.size,
        });
        Self { text: reply.text, document, received_at: rfc3339(reply.received_at), replaces: reply.replaces }
    }
}

/// A question to one bidder. There is nothing of one about a price before the quality of its lot is locked.
#[derive(Object)]
struct AddressedQuestion {
    id: Uuid,
    /// By this its reply is referred to: `Addressed question 3`.
    number: i32,
    bid_id: Uuid,
    supplier: String,
    /// `bid`, `question`, `requirement` or `price_line`.
    subject: String,
    /// The code of the question, requirement or price line.
    #[oai(skip_serializing_if_is_none)]
    code: Option<String>,
    text: String,
    asked_by: String,
    asked_at: String,
    /// From this instant on a reply is late.
    reply_by: String,
    /// Whether the bidder can no longer reply.
    closed: bool,
    /// `open`, `final`, `clarifies`, `improves` or `unanswered`.
    state: String,
    /// The reply, where the caller may read it: sealed until it is final or `reply_by` has passed, and then for those who
    /// handle questions; for everybody who may read bids where it clarifies.
    #[oai(skip_serializing_if_is_none)]
    reply: Option<AddressedReply>,
    #[oai(skip_serializing_if_is_none)]
    decided_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    version: i64,
}

impl From<addressed::Addressed> for AddressedQuestion {
    fn from(one: addressed::Addressed) -> Self {
        let row = one.row;
        Self {
            id: row.id,
            number: row.number,
            bid_id: row.bid_id,
            supplier: one.supplier,
            subject: row.subject.0.to_string(),
            code: row.code,
            text: row.text,
            asked_by: one.asked_by,
            asked_at: rfc3339(row.asked_at),
            reply_by: rfc3339(row.reply_by),
            closed: one.passed,
            state: row.state.0.to_string(),
            reply: one.reply.map(AddressedReply::from),
            decided_by: Some(one.decided_by).filter(|name| !name.is_empty()),
            decided_at: row.decided_at.map(rfc3339),
            reason: row.reason,
            version: row.version,
        }
    }
}

/// How far a question has come. The reply is not repeated: this answer is kept for a day, and a bidder's words lie sealed.
#[derive(Object)]
struct AddressedStanding {
    id: Uuid,
    number: i32,
    /// The state now.
    state: String,
    version: i64,
}

impl From<addressed::Addressed> for AddressedStanding {
    fn from(one: addressed::Addressed) -> Self {
        let row = one.row;
        Self { id: row.id, number: row.number, state: row.state.0.to_string(), version: row.version }
    }
}

/// What one bidder is asked.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AddressedQuestionBody {
    bid_id: Uuid,
    /// `bid`, `question`, `requirement`, or `price_line` once the quality of its lot is locked.
    subject: String,
    /// The code of the question, requirement or price line; absent for the bid as a whole.
    #[oai(skip_serializing_if_is_none)]
    code: Option<String>,
    /// At most 4,000 characters.
    text: String,
    /// The day in London until which the bidder may reply: at least one working day.
    date: String,
    /// The time in London, such as `12:00`. At exactly this time a reply is late.
    time: String,
}

/// What a person found in a reply.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AddressedDecisionBody {
    /// `clarifies`: the panel may read it. `improves`: it is disregarded.
    verdict: String,
    /// Why. It shows in the history and to the bidder: repeat neither the reply's words nor prices.
    reason: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the questions to bidders, oldest first; those about one bid, where one is named.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions",
        method = "get",
        operation_id = "addressed_question_list"
    )]
    async fn addressed_question_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        bid_id: Query<Option<Uuid>>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<AddressedQuestion>> {
        let filter = bid_id.0.map(|bid| format!("?bid_id={bid}")).unwrap_or_default();
        let path = format!("/api/v1/procurements/{}/addressed-questions{filter}", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::list(&r, procurement_id.0, bid_id.0, &paging).await?.map(AddressedQuestion::from))
        })
        .await
    }

    /// Ask one bidder about its bid, after the opening. It is told by letter that it is asked, not what. Coordinators and
    /// moderators only.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions",
        method = "post",
        operation_id = "addressed_question_ask"
    )]
    async fn addressed_question_ask(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<AddressedQuestionBody>,
    ) -> Created<AddressedQuestion> {
        let AddressedQuestionBody { bid_id, subject, code, text, date, time } = body.0;
        let input = AskInput { subject, code, text, reply_by: AnswerBy { date, time } };
        call.create(
            key.0,
            move |w| async move { Ok(ask::ask(&w, procurement_id.0, bid_id, input).await?.into()) },
        )
        .await
    }

    /// A question to one bidder.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions/:question_id",
        method = "get",
        operation_id = "addressed_question_view"
    )]
    async fn addressed_question_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        question_id: Path<Uuid>,
    ) -> Reply<AddressedQuestion> {
        call.read(move |r| async move { Ok(view::one(&r, procurement_id.0, question_id.0).await?.into()) })
            .await
    }

    /// The document of a reply that the caller may read.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions/:question_id/document",
        method = "get",
        operation_id = "addressed_question_document"
    )]
    async fn addressed_question_document(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        question_id: Path<Uuid>,
    ) -> FileReply {
        let file =
            call.db
                .read(&call.caller, move |r| async move {
                    view::document(&r, procurement_id.0, question_id.0).await
                })
                .await;
        file.map(Download::from).into()
    }

    /// Say whether a reply only clarifies the bid or would improve it, once it is final or its time has passed. No mark
    /// changes by it. Coordinators and moderators who mark nothing only.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions/:question_id/decision",
        method = "post",
        operation_id = "addressed_question_decide"
    )]
    async fn addressed_question_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        question_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<AddressedDecisionBody>,
    ) -> Reply<AddressedStanding> {
        let AddressedDecisionBody { verdict, reason } = body.0;
        let input = DecisionInput { verdict, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(decision::decide(&w, procurement_id.0, question_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Record that no reply came in time. Coordinators and moderators who mark nothing only.
    #[oai(
        path = "/procurements/:procurement_id/addressed-questions/:question_id/closure",
        method = "post",
        operation_id = "addressed_question_close"
    )]
    async fn addressed_question_close(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        question_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<AddressedStanding> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(decision::close(&w, procurement_id.0, question_id.0, seen).await?.into())
        })
        .await
    }
}
