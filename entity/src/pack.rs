//! A published tender pack; never changed.

use sea_orm::entity::prelude::*;

/// A published tender pack; never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pack")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// 1 for the first publication.
    pub number: i32,
    /// The pack, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// SHA-256 of the body.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// When.
    pub published_at: DateTimeUtc,
    /// By whom.
    pub published_by: Uuid,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
