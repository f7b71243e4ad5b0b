//! A file a supplier has uploaded and not yet submitted.

use sea_orm::entity::prelude::*;

use crate::word::{FileKind, Word};

/// A file a supplier has uploaded and not yet submitted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_file")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub invitation_id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Workbook or document.
    pub kind: Word<FileKind>,
    /// The code of the question a document answers.
    #[sea_orm(column_type = "Text")]
    pub question: Option<String>,
    /// SHA-256 of its bytes as they came, in hex.
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    /// Its bytes as they are kept: sealed, under the SHA-256 of the ciphertext.
    #[sea_orm(column_type = "Text")]
    pub stored: String,
    /// Its size in bytes.
    pub size: i64,
    /// Whether the workbook could be read.
    pub readable: bool,
    /// Its name, what was understood and every finding: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// When it came.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
