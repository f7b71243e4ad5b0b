//! A tender document.

use sea_orm::entity::prelude::*;

/// A tender document.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The file's name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Its media type.
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    /// Its bytes.
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its place.
    pub position: i32,
    /// When it was added.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
