//! One change, as recorded for good.

use sea_orm::entity::prelude::*;

/// One change, as recorded for good.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// The procurement's id, or `people`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub chain: String,
    /// 1, 2, 3 … in the chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The instant, RFC 3339 in UTC with microseconds, exactly as hashed.
    #[sea_orm(column_type = "Text")]
    pub at: String,
    /// Who did it, as `person:<id>`, `key:<id>`, `supplier:<id>` or `system`.
    #[sea_orm(column_type = "Text")]
    pub actor: String,
    /// What was done, as `stage.noun.verb`.
    #[sea_orm(column_type = "Text")]
    pub action: String,
    /// The id of what it was done to.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// Why, where a reason is due.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// The facts, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// SHA-256 over the previous hash and this entry.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// Hidden until the tender box is opened.
    pub sealed: bool,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
