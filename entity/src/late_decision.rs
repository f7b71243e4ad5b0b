//! What is decided of a late submission.

use rules::late::LateState;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// What is decided of a late submission.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "late_decision")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Where it stands.
    pub state: Word<LateState>,
    /// When the last word that was needed was given.
    pub decided_at: Option<DateTimeUtc>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
