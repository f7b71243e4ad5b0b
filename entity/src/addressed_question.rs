//! A question of the councils to one bidder, after the opening.

use rules::addressed::{AddressedState, Subject};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A question of the councils to one bidder, after the opening.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "addressed_question")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Its place among those of the procurement, 1 for the first: replies are referred to by it.
    pub number: i32,
    /// The bid it is about.
    pub bid_id: Uuid,
    /// What of the bid it is about.
    pub subject: Word<Subject>,
    /// The code of the question, requirement or price line; none where it is about the bid as a whole.
    #[sea_orm(column_type = "Text")]
    pub code: Option<String>,
    /// The lot of the question or price line.
    pub lot_id: Option<Uuid>,
    /// The question.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Who asks.
    pub asked_by: Uuid,
    /// When it was asked, by the database's clock.
    pub asked_at: DateTimeUtc,
    /// The instant from which on a reply is late.
    pub reply_by: DateTimeUtc,
    /// How far it has come.
    pub state: Word<AddressedState>,
    /// Who read the reply and decided on it, or recorded that none came.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// Why the reply was taken for what it was taken for.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
