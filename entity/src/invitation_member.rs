//! An address of a bidder's team, with the secret that was made from its link.

use sea_orm::entity::prelude::*;

/// An address of a bidder's team, with the secret that was made from its link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation_member")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bidder.
    pub invitation_id: Uuid,
    /// The address, in lower case; once in a team.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// What colleagues call whoever reads there: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed_name: Option<Vec<u8>>,
    /// SHA-256 of the member's secret, while it has one.
    #[sea_orm(unique, column_type = "Text")]
    pub secret_hash: Option<String>,
    /// When the address was verified by the use of its link.
    pub claimed_at: Option<DateTimeUtc>,
    /// The colleague who added it; none for the address that the invitation was made for.
    pub added_by: Option<Uuid>,
    /// When it was added, last if it was removed between.
    pub created_at: DateTimeUtc,
    /// When it was removed.
    pub removed_at: Option<DateTimeUtc>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
