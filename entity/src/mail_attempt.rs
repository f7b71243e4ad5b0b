//! One try to hand a mail to the server.

use rules::stage::MailState;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// One try to hand a mail to the server.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_attempt")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The mail.
    pub message_id: Uuid,
    /// 1 for the first try.
    pub number: i32,
    /// When it ended.
    pub at: DateTimeUtc,
    /// What it led to.
    pub state: Word<MailState>,
    /// The server's answer, or why there was none.
    #[sea_orm(column_type = "Text")]
    pub answer: String,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
