//! The last submission before the deadline, opened.

use sea_orm::entity::prelude::*;

/// The last submission before the deadline, opened.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The submission.
    #[sea_orm(unique)]
    pub submission_id: Uuid,
    /// Who bids.
    pub supplier_id: Uuid,
    /// Its place in lists, drawn by lot so that it says nothing.
    pub position: i32,
    /// When it was opened.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
