//! The outbox over all procurements.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::letters::{Letter, ServedBody, filtered};
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::telling::letter::LetterFilter;
use crate::telling::outbox;

/// The operations on the outbox.
pub struct Operations;

/// A mail in the outbox.
#[derive(Object)]
struct OutboxMail {
    mail: Letter,
    /// The procurement it is about.
    #[oai(skip_serializing_if_is_none)]
    procurement_id: Option<Uuid>,
    /// Whether the caller can open the letter among that procurement's letters.
    openable: bool,
}

/// Whether mail flows.
#[derive(Object)]
struct MailFlow {
    /// Whether a mail server is set up; otherwise mails are withheld.
    sends_mail: bool,
    /// What the mail server said when it refused this service; no mail is tried until the pause ends.
    #[oai(skip_serializing_if_is_none)]
    paused_because: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    paused_until: Option<String>,
}

#[OpenApi(tag = "crate::http::tags::Tag::Telling")]
impl Operations {
    /// List mails over all procurements, newest first. A site administrator sees every mail's particulars, others what
    /// they see in their procurements.
    #[oai(path = "/outbox", method = "get", operation_id = "outbox_list")]
    async fn outbox_list(
        &self,
        Signed(call): Signed,
        event: Query<Option<String>>,
        state: Query<Option<String>>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OutboxMail>> {
        let filter = LetterFilter { event: event.0, state: state.0 };
        call.list(filtered("/api/v1/outbox", &filter), after.0, limit.0, move |r, paging| async move {
            let slice = outbox::list(&r, filter, &paging).await?;
            Ok(slice.map(|row| OutboxMail {
                procurement_id: row.told.message.procurement_id,
                openable: row.openable,
                mail: row.told.into(),
            }))
        })
        .await
    }

    /// Whether mail flows.
    #[oai(path = "/outbox/flow", method = "get", operation_id = "outbox_flow")]
    async fn outbox_flow(&self, Signed(call): Signed) -> Reply<MailFlow> {
        call.read(|r| async move {
            let pause = outbox::paused(&r).await?;
            Ok(MailFlow {
                sends_mail: r.installation().sends_mail,
                paused_because: pause.as_ref().map(|pause| pause.answer.clone()),
                paused_until: pause.map(|pause| rfc3339(pause.until)),
            })
        })
        .await
    }

    /// Let a withheld mail that belongs to no procurement go to the mail server. Site administrators only.
    #[oai(path = "/outbox/:mail_id/release", method = "post", operation_id = "outbox_release")]
    async fn outbox_release(
        &self,
        Signed(call): Signed,
        mail_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Letter> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(outbox::release(&w, mail_id.0, seen).await?.into())
        })
        .await
    }

    /// Note that the recipient of a mail that belongs to no procurement was told in another way. Site administrators only.
    #[oai(path = "/outbox/:mail_id/serve", method = "post", operation_id = "outbox_serve")]
    async fn outbox_serve(
        &self,
        Signed(call): Signed,
        mail_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ServedBody>,
    ) -> Reply<Letter> {
        let input = body.0.into();
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(outbox::serve_otherwise(&w, mail_id.0, seen, input).await?.into())
        })
        .await
    }
}
