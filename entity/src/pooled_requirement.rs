//! The agreed wording that requirements were merged into.

use rules::words::{Moscow, RequirementType};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// The agreed wording that requirements were merged into.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pooled_requirement")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Its number, for example `R001`.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// The agreed wording.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Its type.
    pub kind: Word<RequirementType>,
    /// Its importance.
    pub moscow: Word<Moscow>,
    /// Response codes that meet it, parted by spaces; empty where an answer only informs.
    #[sea_orm(column_type = "Text")]
    pub accepted: String,
    /// Its place in the list.
    pub position: i32,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
