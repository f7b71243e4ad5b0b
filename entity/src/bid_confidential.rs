//! A part of a bid that its bidder has marked as confidential.

use rules::words::BidPart;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A part of a bid that its bidder has marked as confidential.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_confidential")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// Which part: the text that answers the question, or the document that does.
    pub part: Word<BidPart>,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// Why, in the bidder's words.
    #[sea_orm(column_type = "Text")]
    pub because: String,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
