//! A council's spreadsheet, kept as it came.

use sea_orm::entity::prelude::*;

/// A council's spreadsheet, kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sheet_import")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Whose.
    pub council_id: Uuid,
    /// `requirements` or `demand`.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The bytes.
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    /// The file's name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// How many rows were stored.
    pub rows_taken: i32,
    /// What was found in it, JSON.
    #[sea_orm(column_type = "Text")]
    pub findings: String,
    /// Who sent it.
    #[sea_orm(column_type = "Text")]
    pub created_by: String,
    /// When.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
