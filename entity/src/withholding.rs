//! What other bidders do not read of the explanation of a mark (PA23 s.94).

use sea_orm::entity::prelude::*;

/// What other bidders do not read of the explanation of a mark (PA23 s.94).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "withholding")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The bid that the explanation is about.
    pub bid_id: Uuid,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// The passages that are left out, as a JSON list of texts; `[]` where nothing is withheld any more.
    #[sea_orm(column_type = "Text")]
    pub passages: String,
    /// Why they may be withheld, as the other bidders read it; empty where nothing is.
    #[sea_orm(column_type = "Text")]
    pub grounds: String,
    /// By whom.
    pub set_by: Uuid,
    /// When.
    pub set_at: DateTimeUtc,
    /// Counts changes; 0 only inside the transaction that makes the row.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
