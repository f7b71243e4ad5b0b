//! The award of a lot.

use sea_orm::entity::prelude::*;

/// The award of a lot.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    #[sea_orm(unique)]
    pub lot_id: Uuid,
    /// The winner.
    pub bid_id: Uuid,
    /// The result.
    pub result_id: Uuid,
    /// The evaluated price over the term, net.
    pub price_pence: i64,
    /// Who recorded it.
    pub awarded_by: Uuid,
    /// When.
    pub awarded_at: DateTimeUtc,
    /// The day the contract award notice (UK6) was published.
    pub notice_on: Option<Date>,
    /// How many working days the standstill has, as the notice announced it; nothing where it was recorded before this was
    /// kept.
    pub standstill_days: Option<i32>,
    /// The last day on which no contract may be signed.
    pub standstill_ends_on: Option<Date>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
