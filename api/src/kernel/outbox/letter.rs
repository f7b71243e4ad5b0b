//! A letter, rendered to bytes and queued in the caller's transaction.

use askama::Template;
use entity::{Word, council, outbox_message};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, header::ContentType};
use rules::stage::MailState;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::sealing;
use crate::kernel::{Refusal, Writing};

/// Who gets a letter: always one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub email: String,
    /// The council that is told, if a council is.
    pub council_id: Option<Uuid>,
    /// The supplier that is told, if a supplier is.
    pub supplier_id: Option<Uuid>,
    /// The person that is told, if a person is.
    pub person_id: Option<Uuid>,
}

impl Recipient {
    /// A council, at its address for notices.
    #[must_use]
    pub fn council(council: &council::Model) -> Self {
        Self { email: council.email.clone(), council_id: Some(council.id), ..Self::default() }
    }
}

/// A letter to one recipient. [`Letter::new`] makes one that is open, outside any procurement and answered by nobody; a
/// stage that wants it otherwise says so: `Letter { sealed: true, ..Letter::new(…)? }`.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// The procurement it is about.
    pub procurement_id: Option<Uuid>,
    /// What caused it, for example `award:<id>`. One event tells a recipient one thing once.
    pub event: String,
    /// Which letter it is, for example `award_to_council`.
    pub kind: &'static str,
    /// Who gets it.
    pub recipient: Recipient,
    /// Where an answer goes, if somebody reads it: the sender's address is the program's.
    pub reply_to: Option<String>,
    /// The subject line.
    pub subject: String,
    /// The letter, complete by itself, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Whether it holds a one-time link.
    pub secret: bool,
    /// Whether it must stay hidden until the tender box is opened.
    pub sealed: bool,
}

/// Says that no person wrote this and no out-of-office reply is wanted (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Letter {
    /// A letter from its two forms. `event` is what caused it: one event tells a recipient one thing once.
    pub fn new(
        kind: &'static str,
        event: String,
        recipient: Recipient,
        subject: String,
        (text, html): (&impl Template, &impl Template),
    ) -> Result<Self, Refusal> {
        let rendered = |form: Result<String, askama::Error>| form.map_err(|error| Refusal::internal(&error));
        Ok(Self {
            kind,
            event,
            recipient,
            subject,
            text: rendered(text.render())?,
            html: rendered(html.render())?,
            ..Self::default()
        })
    }

    /// Renders the letter and queues it in this transaction; without a mail server it is withheld.
    pub async fn queue(self, w: &Writing) -> Result<Uuid, Refusal> {
        let id = Uuid::now_v7();
        let message_id = format!("<{id}@{}>", host(&w.installation().base_url));
        let mut body = self.render(&w.installation().mail_from, &message_id, w.now())?;
        if self.sealed {
            body = sealing::close(w, self.procurement_id, id, &body).await?;
        }
        let state = if w.installation().sends_mail { MailState::Queued } else { MailState::Withheld };
        let row = outbox_message::ActiveModel {
            id: Set(id),
            procurement_id: Set(self.procurement_id),
            event: Set(self.event),
            kind: Set(self.kind.to_owned()),
            revision: Set(1),
            recipient: Set(self.recipient.email),
            council_id: Set(self.recipient.council_id),
            supplier_id: Set(self.recipient.supplier_id),
            person_id: Set(self.recipient.person_id),
            subject: Set(self.subject),
            message_id: Set(message_id),
            body: Set(body),
            secret: Set(self.secret),
            sealed: Set(self.sealed),
            state: Set(Word(state)),
            attempts: Set(0),
            next_at: Set(w.now()),
            lease_owner: Set(None),
            lease_until: Set(None),
            answer: Set(None),
            accepted_at: Set(None),
            created_at: Set(w.now()),
            version: Set(1),
        };
        outbox_message::Entity::insert(row).exec_without_returning(w.txn()).await?;
        Ok(id)
    }

    /// Queues it for each of several recipients, who get the same: one row, and one letter, to each address.
    pub async fn queue_to_all(
        self,
        w: &Writing,
        recipients: impl IntoIterator<Item = Recipient> + Send,
    ) -> Result<(), Refusal> {
        let recipients: Vec<_> = recipients.into_iter().collect();
        for recipient in recipients {
            Self { recipient, ..self.clone() }.queue(w).await?;
        }
        Ok(())
    }

    fn render(
        &self,
        from: &str,
        message_id: &str,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<u8>, Refusal> {
        let from: Mailbox = from.parse().map_err(|error| Refusal::internal(&error))?;
        let mut message = lettre::Message::builder().from(from).to(mailbox(&self.recipient.email)?);
        if let Some(address) = &self.reply_to {
            message = message.reply_to(mailbox(address)?);
        }
        let message = message
            .subject(self.subject.replace(['\r', '\n'], " "))
            .date(now.into())
            .message_id(Some(message_id.to_owned()))
            .header(AutoSubmitted)
            .multipart(
                MultiPart::alternative()
                    .singlepart(
                        lettre::message::SinglePart::builder()
                            .header(ContentType::TEXT_PLAIN)
                            .body(self.text.clone()),
                    )
                    .singlepart(
                        lettre::message::SinglePart::builder()
                            .header(ContentType::TEXT_HTML)
                            .body(self.html.clone()),
                    ),
            )
            .map_err(|error| Refusal::internal(&error))?;
        Ok(message.formatted())
    }
}

fn mailbox(address: &str) -> Result<Mailbox, Refusal> {
    address
        .parse()
        .map_err(|_| Refusal::invalid("not_an_address", format!("“{address}” is not a mail address.")))
}

/// The host of the address where people reach the program; makes Message-IDs unique in the world.
fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split(['/', ':']).next().filter(|host| !host.is_empty()).unwrap_or("localhost")
}
