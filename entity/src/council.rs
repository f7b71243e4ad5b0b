//! A contracting authority.

use sea_orm::entity::prelude::*;

/// A contracting authority.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "council")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name.
    #[sea_orm(unique, column_type = "Text")]
    pub name: String,
    /// The address to which notices for the council are sent.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// Its public procurement organisation number, `ABCD-1234-EFGH`.
    #[sea_orm(column_type = "Text")]
    pub ppon: Option<String>,
    /// Its code in the national statistics, for example `E07000223`.
    #[sea_orm(column_type = "Text")]
    pub gss_code: Option<String>,
    /// When it was added.
    pub created_at: DateTimeUtc,
    /// Counts changes, for conditional updates.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
