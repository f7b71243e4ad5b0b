//! A bid's short answer to a question.

use rules::words::AnswerOrigin;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A bid's short answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_answer")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// The answer.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Where it stands: sheet; empty for a typed one.
    #[sea_orm(column_type = "Text")]
    pub sheet: String,
    /// Where it stands: cell; empty for a typed one.
    #[sea_orm(column_type = "Text")]
    pub cell: String,
    /// Where it was written.
    pub origin: Word<AnswerOrigin>,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
