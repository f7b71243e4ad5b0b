//! The end of a chain, locked last in a transaction.

use sea_orm::entity::prelude::*;

/// The end of a chain, locked last in a transaction.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_head")]
pub struct Model {
    /// The chain.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub chain: String,
    /// The number of its last entry.
    pub number: i64,
    /// The hash of its last entry.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
