//! The stored answer of a repeated request.

use sea_orm::entity::prelude::*;

/// The stored answer of a repeated request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// Who asked.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub principal: String,
    /// The Idempotency-Key.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// SHA-256 over method, path and body.
    #[sea_orm(column_type = "Text")]
    pub request_hash: String,
    /// The answer's HTTP status.
    pub status: i32,
    /// The answer's body.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// When it was answered; kept for 24 hours.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
