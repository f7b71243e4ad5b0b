//! An organisation that bids.

use sea_orm::entity::prelude::*;

/// An organisation that bids.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supplier")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Its identifier on the central digital platform.
    #[sea_orm(column_type = "Text")]
    pub ppon: Option<String>,
    /// Its Companies House number.
    #[sea_orm(column_type = "Text")]
    pub companies_house: Option<String>,
    /// When it was added.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
