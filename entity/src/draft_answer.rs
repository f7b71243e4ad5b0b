//! What a bidder has typed about a question and not yet submitted: its answer, and what of it is confidential.

use sea_orm::entity::prelude::*;

/// What a bidder has typed about a question and not yet submitted: its answer, and what of it is confidential.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_answer")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub invitation_id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// The text and the reasons why something is confidential: ciphertext. Whether there is any of them does not show.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// When it was saved.
    pub saved_at: DateTimeUtc,
    /// Goes up with each change.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
