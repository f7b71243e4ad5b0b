//! What suppliers price.

use rules::words::{Charge, Obligation};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// What suppliers price.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_line")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot it belongs to, once there are lots.
    pub lot_id: Option<Uuid>,
    /// Its number, for example `P01`.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// What is priced.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// The unit.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// One-off or per year.
    pub charge: Word<Charge>,
    /// A cost of the whole lot, without volumes.
    pub shared: bool,
    /// Whether it must be priced, and whether its price counts.
    pub obligation: Word<Obligation>,
    /// Where each volume band begins, in thousandths of a unit, with spaces between; empty for one price.
    #[sea_orm(column_type = "Text")]
    pub tiers: String,
    /// The role of a rate; only rates have one.
    #[sea_orm(column_type = "Text")]
    pub rate_role: Option<String>,
    /// The SFIA level of a rate, 1 to 7.
    pub rate_level: Option<i32>,
    /// The basket of a rate, in thousandths of a day: over the term, or in each contract year if it recurs.
    pub rate_basket_e3: Option<i64>,
    /// Its place in the schedule.
    pub position: i32,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
