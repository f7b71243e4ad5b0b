//! A panel member's declaration.

use rules::words::Interest;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A panel member's declaration.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// What is declared.
    pub interest: Word<Interest>,
    /// The interest and its mitigation, in words.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// When.
    pub declared_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
