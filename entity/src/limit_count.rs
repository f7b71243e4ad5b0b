//! How often something was asked for lately.

use sea_orm::entity::prelude::*;

/// How often something was asked for lately. A row is of no use, and is deleted, once its window is over.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "limit_count")]
pub struct Model {
    /// Which limit and whose use: a keyed hash, from which no address can be found.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject: String,
    /// When the window began, with its first use.
    pub since: DateTimeUtc,
    /// When it ends.
    pub until: DateTimeUtc,
    /// Uses since then.
    pub uses: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
