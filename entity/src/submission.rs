//! A manifest of files, received at an instant.

use sea_orm::entity::prelude::*;

/// A manifest of files, received at an instant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Whose.
    pub invitation_id: Uuid,
    /// 1 for the bidder's first.
    pub number: i32,
    /// The manifest of its files and what was understood of the workbook: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// SHA-256 of the manifest.
    #[sea_orm(column_type = "Text")]
    pub manifest_hash: String,
    /// Received at or after the deadline.
    pub late: bool,
    /// When, by the database's clock.
    pub received_at: DateTimeUtc,
    /// The ledger's head at receipt.
    #[sea_orm(column_type = "Text")]
    pub ledger_hash: String,
    /// When the bidder took it back.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
