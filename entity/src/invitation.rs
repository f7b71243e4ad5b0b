//! A supplier's way into one procurement.

use sea_orm::entity::prelude::*;

/// A supplier's way into one procurement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The supplier.
    pub supplier_id: Uuid,
    /// The address that it was made for, in lower case: its team's first member.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// Empty: secrets are the members' own. SQLite does not drop a column that is unique.
    #[sea_orm(unique, column_type = "Text")]
    pub secret_hash: Option<String>,
    /// When the first link was used: from then on there is a bidder.
    pub claimed_at: Option<DateTimeUtc>,
    /// When its team's secrets stop working.
    pub expires_at: DateTimeUtc,
    /// When its links were last taken back.
    pub revoked_at: Option<DateTimeUtc>,
    /// The officer who invited; none where the supplier asked on the public page.
    pub invited_by: Option<Uuid>,
    /// The supplier's name as the officer entered it; what officers see before the opening.
    #[sea_orm(column_type = "Text")]
    pub invited_as: Option<String>,
    /// When.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
