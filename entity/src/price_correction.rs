//! A correction of one unit price of a bid. The price that was submitted stays as it is.

use rules::correction::CorrectionState;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A correction of one unit price of a bid.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_correction")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot of the price line.
    pub lot_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The price line's code.
    #[sea_orm(column_type = "Text")]
    pub line: String,
    /// Ten-thousandths of a pound for a unit, before.
    pub before_e4: i64,
    /// Ten-thousandths of a pound for a unit, after.
    pub after_e4: i64,
    /// The rule under which it is made, as it was published.
    #[sea_orm(column_type = "Text")]
    pub rule: String,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// How the same rule was looked at for every bid.
    #[sea_orm(column_type = "Text")]
    pub looked_at_all: String,
    /// Who proposed it.
    pub proposed_by: Uuid,
    /// When, by the database's clock.
    pub proposed_at: DateTimeUtc,
    /// The instant from which on the bidder's word is late.
    pub confirm_by: DateTimeUtc,
    /// How far it has come.
    pub state: Word<CorrectionState>,
    /// When the bidder confirmed or refused it.
    pub answered_at: Option<DateTimeUtc>,
    /// Why the bidder refused it, in its own words.
    #[sea_orm(column_type = "Text")]
    pub answer_reason: Option<String>,
    /// The second person, who approved it or did not.
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
