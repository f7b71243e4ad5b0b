//! Bytes, kept once.

use sea_orm::entity::prelude::*;

/// Bytes, kept once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stored_file")]
pub struct Model {
    /// SHA-256 of these bytes, in hex. Of a bidder's file they are ciphertext.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub sha256: String,
    /// How many bytes.
    pub size: i64,
    /// The bytes.
    #[sea_orm(column_type = "Blob")]
    pub bytes: Vec<u8>,
    /// When they first came.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
