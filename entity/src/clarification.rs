//! A bidder's question about the tender. Who asked, and what was asked, lie sealed.

use rules::stage::ClarificationState;
use sea_orm::entity::prelude::*;

use crate::Word;

/// A bidder's question about the tender.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clarification")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The key of the asker's invitation: ciphertext, always of the same length.
    #[sea_orm(column_type = "Blob")]
    pub asker: Vec<u8>,
    /// The question as it was asked, and why it is confidential: ciphertext.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// How far it has come.
    #[sea_orm(column_type = "Text")]
    pub state: Word<ClarificationState>,
    /// Its place among the published ones, 1 for the first; none until it is published.
    pub number: Option<i32>,
    /// Why the claim of confidentiality was accepted or refused.
    #[sea_orm(column_type = "Text")]
    pub claim_reason: Option<String>,
    /// When it was asked, by the database's clock.
    pub asked_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
