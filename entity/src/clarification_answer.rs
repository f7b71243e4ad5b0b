//! An answer to a bidder's question: published to all, or sealed for the asker. It is never changed; a correction is a new one.

use sea_orm::entity::prelude::*;

/// An answer to a bidder's question.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clarification_answer")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The question it answers.
    pub clarification_id: Uuid,
    /// 1 for the first answer to the question.
    pub number: i32,
    /// The question as all bidders read it; none where the answer is private.
    #[sea_orm(column_type = "Text")]
    pub question: Option<String>,
    /// The answer as all bidders read it; none where it is private.
    #[sea_orm(column_type = "Text")]
    pub answer: Option<String>,
    /// The answer to the asker alone: ciphertext; none where it is published.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Option<Vec<u8>>,
    /// The earlier answer that this one corrects.
    pub corrects: Option<Uuid>,
    /// The coordinator who gave it.
    pub answered_by: Uuid,
    /// When, by the database's clock.
    pub answered_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
