//! What one council asks for, in its own words.

use rules::words::{Moscow, RequirementType};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// What one council asks for, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requirement")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Who asks.
    pub council_id: Uuid,
    /// The council's number for it.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// What is asked.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Its type.
    pub kind: Word<RequirementType>,
    /// Its importance.
    pub moscow: Word<Moscow>,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub rationale: String,
    /// The pooled requirement it was merged into.
    pub pooled_id: Option<Uuid>,
    /// The council's own key for it.
    #[sea_orm(column_type = "Text")]
    pub external_ref: Option<String>,
    /// The sheet it was read from.
    #[sea_orm(column_type = "Text")]
    pub sheet: Option<String>,
    /// The cell its text was read from.
    #[sea_orm(column_type = "Text")]
    pub cell: Option<String>,
    /// When it came.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
