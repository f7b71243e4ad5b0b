//! A secret link that works once: first administrator, invitation of an officer, password reset, a supplier's claim.

use sea_orm::entity::prelude::*;

use crate::word::{LinkPurpose, Word};

/// A secret link that works once: first administrator, invitation of an officer, password reset, a supplier's claim.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_link")]
pub struct Model {
    /// SHA-256 of the secret.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub token_hash: String,
    /// What it is for.
    pub purpose: Word<LinkPurpose>,
    /// Whom it lets in.
    pub person_id: Option<Uuid>,
    /// The address it was sent to.
    #[sea_orm(column_type = "Text")]
    pub email: Option<String>,
    /// The procurement it belongs to.
    pub procurement_id: Option<Uuid>,
    /// The supplier's invitation it claims.
    pub invitation_id: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
