//! A ground that was raised against a tender, what its bidder replied, and what was decided.

use rules::outcome::{Ground, OutcomeState};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A ground that was raised against a tender, what its bidder replied, and what was decided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_outcome")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The lot, where the ground is about a price; else it is about all lots.
    pub lot_id: Option<Uuid>,
    /// The ground.
    pub ground: Word<Ground>,
    /// Why it is raised. A bidder that is told reads it.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// How far it has come.
    pub state: Word<OutcomeState>,
    /// Who raised it.
    pub raised_by: Uuid,
    /// When.
    pub raised_at: DateTimeUtc,
    /// Until when its bidder may reply, where it was told.
    pub reply_by: Option<DateTimeUtc>,
    /// What it replied.
    #[sea_orm(column_type = "Text")]
    pub reply: Option<String>,
    /// When.
    pub replied_at: Option<DateTimeUtc>,
    /// The second person, who decided.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub decision_reason: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
