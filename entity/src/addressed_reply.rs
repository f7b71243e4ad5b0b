//! A bidder's reply to a question to it alone. It lies sealed; one that replaces another is a row of its own.

use sea_orm::entity::prelude::*;

/// A bidder's reply to a question to it alone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "addressed_reply")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The question it replies to.
    pub question_id: Uuid,
    /// 1 for the first: the last one holds.
    pub number: i32,
    /// The words, and name and SHA-256 of the document: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// SHA-256 of the document's ciphertext, under which it is kept; none without a document.
    #[sea_orm(column_type = "Text")]
    pub stored: Option<String>,
    /// The document's size in bytes.
    pub size: Option<i64>,
    /// When it came, by the database's clock.
    pub received_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
