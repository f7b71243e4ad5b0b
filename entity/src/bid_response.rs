//! A bid's response to a requirement.

use rules::words::ResponseCode;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A bid's response to a requirement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_response")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The requirement's code.
    #[sea_orm(column_type = "Text")]
    pub requirement: String,
    /// The response.
    pub code: Word<ResponseCode>,
    /// The supplier's comment.
    #[sea_orm(column_type = "Text")]
    pub comment: String,
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
