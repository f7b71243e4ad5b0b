//! The key under which a procurement's bids lie sealed, wrapped under a key that is not in the store.

use sea_orm::entity::prelude::*;

/// The key under which a procurement's bids lie sealed, wrapped under a key that is not in the store.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement_seal")]
pub struct Model {
    /// The procurement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub procurement_id: Uuid,
    /// The wrapped key: nonce and ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub wrapped_key: Vec<u8>,
    /// When it was drawn.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
