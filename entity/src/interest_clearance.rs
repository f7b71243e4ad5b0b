//! One person's word that an interest, as mitigated, does not stand in the way.

use sea_orm::entity::prelude::*;

/// One person's word that an interest, as mitigated, does not stand in the way.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest_clearance")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The declaration that is cleared.
    pub declaration_id: Uuid,
    /// Who clears it.
    pub person_id: Uuid,
    /// Why the mitigation is enough.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// When.
    pub cleared_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
