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
    /// Its bytes.
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    /// Its name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// Whether the workbook could be read.
    pub readable: bool,
    /// What was understood and every finding, JSON.
    #[sea_orm(column_type = "Text")]
    pub reading: String,
    /// When it came.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
