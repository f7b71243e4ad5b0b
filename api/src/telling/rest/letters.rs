//! The letters of a procurement.

use entity::mail_attempt;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::telling::letter::{self, LetterFilter, Opened, ServedInput, Told};

/// The operations on letters.
pub struct Operations;

/// A letter to one recipient.
#[derive(Object)]
pub(super) struct Letter {
    id: Uuid,
    /// What caused it, for example `award:<id>`.
    event: String,
    /// Which letter it is.
    kind: String,
    /// The council, supplier or person that is told.
    to: String,
    /// The address.
    recipient: String,
    #[oai(skip_serializing_if_is_none)]
    council_id: Option<Uuid>,
    #[oai(skip_serializing_if_is_none)]
    supplier_id: Option<Uuid>,
    #[oai(skip_serializing_if_is_none)]
    person_id: Option<Uuid>,
    subject: String,
    /// Its Message-ID, the same in every try.
    message_id: String,
    /// `queued`, `sending`, `deferred`, `accepted`, `failed`, `uncertain`, `withheld`, `expired` or `served`.
    state: String,
    /// How often it was tried.
    attempts: i32,
    /// The mail server's last answer, or how the recipient was served otherwise.
    #[oai(skip_serializing_if_is_none)]
    answer: Option<String>,
    /// Holds a one-time link, and so its text is shown to nobody.
    secret: bool,
    created_at: String,
    #[oai(skip_serializing_if_is_none)]
    accepted_at: Option<String>,
    version: i64,
}

impl From<Told> for Letter {
    fn from(told: Told) -> Self {
        let row = told.message;
        Self {
            id: row.id,
            event: row.event,
            kind: row.kind,
            to: told.to,
            recipient: row.recipient,
            council_id: row.council_id,
            supplier_id: row.supplier_id,
            person_id: row.person_id,
            subject: row.subject,
            message_id: row.message_id,
            state: row.state.0.as_str().to_owned(),
            attempts: row.attempts,
            answer: row.answer,
            secret: row.secret,
            created_at: rfc3339(row.created_at),
            accepted_at: row.accepted_at.map(rfc3339),
            version: row.version,
        }
    }
}

/// One try to hand a letter to the mail server.
#[derive(Object)]
struct MailAttempt {
    number: i32,
    at: String,
    state: String,
    answer: String,
}

impl From<mail_attempt::Model> for MailAttempt {
    fn from(row: mail_attempt::Model) -> Self {
        Self {
            number: row.number,
            at: rfc3339(row.at),
            state: row.state.0.as_str().to_owned(),
            answer: row.answer,
        }
    }
}

/// A letter with its text and its tries.
#[derive(Object)]
struct OpenedLetter {
    letter: Letter,
    /// Its text; left out where it holds, or held, a one-time link.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    tries: Vec<MailAttempt>,
    version: i64,
}

impl From<Opened> for OpenedLetter {
    fn from(opened: Opened) -> Self {
        Self {
            version: opened.told.message.version,
            letter: opened.told.into(),
            text: opened.text,
            tries: opened.attempts.into_iter().map(MailAttempt::from).collect(),
        }
    }
}

/// How somebody was told otherwise.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ServedBody {
    /// `post`, `phone`, `in_person` or `other_service`.
    how: String,
    /// Why, and to whom it was handed or said.
    reason: String,
}

impl From<ServedBody> for ServedInput {
    fn from(body: ServedBody) -> Self {
        Self { how: body.how, reason: body.reason }
    }
}

/// The address of a list with its filter, for the link to its next part.
pub(super) fn filtered(path: &str, filter: &LetterFilter) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("event", &filter.event), ("state", &filter.state)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[OpenApi(tag = "crate::http::tags::Tag::Telling")]
impl Operations {
    /// List a procurement's letters, newest first: who was told what, when, and with which answer of the mail server.
    #[oai(path = "/procurements/:procurement_id/letters", method = "get", operation_id = "letter_list")]
    async fn letter_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        event: Query<Option<String>>,
        state: Query<Option<String>>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Letter>> {
        let filter = LetterFilter { event: event.0, state: state.0 };
        let path = filtered(&format!("/api/v1/procurements/{}/letters", procurement_id.0), &filter);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(letter::list(&r, procurement_id.0, filter, &paging).await?.map(Letter::from))
        })
        .await
    }

    /// One letter, with its text and its tries.
    #[oai(
        path = "/procurements/:procurement_id/letters/:letter_id",
        method = "get",
        operation_id = "letter_view"
    )]
    async fn letter_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        letter_id: Path<Uuid>,
    ) -> Reply<OpenedLetter> {
        call.read(move |r| async move { Ok(letter::one(&r, procurement_id.0, letter_id.0).await?.into()) })
            .await
    }

    /// Let a withheld letter go to the mail server. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/letters/:letter_id/release",
        method = "post",
        operation_id = "letter_release"
    )]
    async fn letter_release(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        letter_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Letter> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(letter::release(&w, procurement_id.0, letter_id.0, seen).await?.into())
        })
        .await
    }

    /// Note that the recipient was told in another way. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/letters/:letter_id/serve",
        method = "post",
        operation_id = "letter_serve"
    )]
    async fn letter_serve(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        letter_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ServedBody>,
    ) -> Reply<Letter> {
        let input = body.0.into();
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(letter::serve_otherwise(&w, procurement_id.0, letter_id.0, seen, input).await?.into())
        })
        .await
    }
}
