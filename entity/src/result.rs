//! A computed ranking of a lot; a new computation is a new row.

use sea_orm::entity::prelude::*;

/// A computed ranking of a lot; a new computation is a new row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "result")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// 1 for the first.
    pub revision: i32,
    /// The result, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// SHA-256 of the body.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// SHA-256 of what it was computed from.
    #[sea_orm(column_type = "Text")]
    pub inputs_hash: String,
    /// What it was computed from, canonical JSON. Nothing in results from before it was kept.
    #[sea_orm(column_type = "Text", nullable)]
    pub inputs: Option<String>,
    /// When.
    pub computed_at: DateTimeUtc,
    /// By whom.
    pub computed_by: Uuid,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
