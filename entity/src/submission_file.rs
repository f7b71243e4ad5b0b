//! A file of a submission.

use sea_orm::entity::prelude::*;

use crate::word::{FileKind, Word};

/// A file of a submission.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_file")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The submission.
    pub submission_id: Uuid,
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
    /// Its name: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// Its size in bytes.
    pub size: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
