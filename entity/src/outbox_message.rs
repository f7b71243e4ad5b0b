//! A mail to one recipient, rendered, and what became of it.

use rules::stage::MailState;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A mail to one recipient, rendered, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_message")]
pub struct Model {
    /// Its key, from which the Message-ID is made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement it is about.
    pub procurement_id: Option<Uuid>,
    /// What caused it, for example `award:<id>`.
    #[sea_orm(column_type = "Text")]
    pub event: String,
    /// The letter.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Counts corrected letters of one event, from 1.
    pub revision: i32,
    /// The one address it goes to.
    #[sea_orm(column_type = "Text")]
    pub recipient: String,
    /// The council told, if a council is.
    pub council_id: Option<Uuid>,
    /// The supplier told, if a supplier is.
    pub supplier_id: Option<Uuid>,
    /// The person told, if a person is.
    pub person_id: Option<Uuid>,
    /// Its subject line.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// Its Message-ID, the same in every try.
    #[sea_orm(unique, column_type = "Text")]
    pub message_id: String,
    /// The RFC 822 bytes.
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
    /// Holds a one-time link: shown to nobody and blanked once accepted.
    pub secret: bool,
    /// Hidden until the tender box is opened.
    pub sealed: bool,
    /// Where it stands.
    pub state: Word<MailState>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_at: DateTimeUtc,
    /// The worker that is trying.
    #[sea_orm(column_type = "Text")]
    pub lease_owner: Option<String>,
    /// Until when that worker has it.
    pub lease_until: Option<DateTimeUtc>,
    /// The server's last answer.
    #[sea_orm(column_type = "Text")]
    pub answer: Option<String>,
    /// When the server accepted it.
    pub accepted_at: Option<DateTimeUtc>,
    /// When it was queued.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
