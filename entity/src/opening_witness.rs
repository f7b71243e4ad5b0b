//! Somebody who was present when the tender box was opened.

use sea_orm::entity::prelude::*;

/// Somebody who was present when the tender box was opened.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opening_witness")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The place in the record, from 1.
    pub position: i32,
    /// Who, in the words of the last opener.
    #[sea_orm(column_type = "Text")]
    pub name: String,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
