//! A council's volume of a line in a contract year.

use rules::words::Firmness;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A council's volume of a line in a contract year.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "demand")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Who needs it.
    pub council_id: Uuid,
    /// What.
    pub line_id: Uuid,
    /// The contract year, from 1.
    pub year: i32,
    /// How firm.
    pub firmness: Word<Firmness>,
    /// Thousandths of a unit.
    pub volume_e3: i64,
    /// The council's own key for it.
    #[sea_orm(column_type = "Text")]
    pub external_ref: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
