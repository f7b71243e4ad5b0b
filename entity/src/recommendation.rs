//! What the panel recommends for a lot.

use sea_orm::entity::prelude::*;

/// What the panel recommends for a lot.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendation")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    #[sea_orm(unique)]
    pub lot_id: Uuid,
    /// The result it rests on.
    pub result_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// Why, in the words councils will read.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// By whom.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
