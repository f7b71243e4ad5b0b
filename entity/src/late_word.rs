//! One person's word on a late submission.

use rules::late::LateVerdict;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// One person's word on a late submission.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "late_word")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The submission.
    pub submission_id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// For which council.
    pub council_id: Uuid,
    /// Admit or refuse.
    pub verdict: Word<LateVerdict>,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// The log of an outage, where there was one.
    #[sea_orm(column_type = "Text")]
    pub outage: Option<String>,
    /// When.
    pub given_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
