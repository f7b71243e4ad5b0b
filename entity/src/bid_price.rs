//! A bid's answer to a price line.

use rules::words::Offer;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A bid's answer to a price line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_price")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The code of the line, or of the row of one of its volume bands.
    #[sea_orm(column_type = "Text")]
    pub line: String,
    /// Priced, included or not offered.
    pub offer: Word<Offer>,
    /// Ten-thousandths of a pound for a unit, net.
    pub unit_price_e4: Option<i64>,
    /// Where it stands: sheet.
    #[sea_orm(column_type = "Text")]
    pub sheet: String,
    /// Where it stands: cell.
    #[sea_orm(column_type = "Text")]
    pub cell: String,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
