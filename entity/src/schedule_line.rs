//! What suppliers price.

use rules::words::Charge;
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
    /// Not part of the evaluated price.
    pub optional: bool,
    /// Its place in the schedule.
    pub position: i32,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
