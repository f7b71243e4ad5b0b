//! A mark that its panel member is writing. It never counts, and goes when the mark is saved.

use sea_orm::entity::prelude::*;

/// A mark that its panel member is writing.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mark_draft")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// Who writes.
    pub person_id: Uuid,
    /// What is chosen so far; may be empty.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// What is written so far; may be empty.
    #[sea_orm(column_type = "Text")]
    pub explanation: String,
    /// When it was kept last.
    pub kept_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
