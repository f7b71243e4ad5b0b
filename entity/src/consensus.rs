//! The mark of record for a bid and question. Kept for ever; a change is a new revision.

use sea_orm::entity::prelude::*;

/// The mark of record for a bid and question. Kept for ever; a change is a new revision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consensus")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The question's code.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// The mark, as on the scale.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Why, in the words the bidder will read.
    #[sea_orm(column_type = "Text")]
    pub rationale: String,
    /// What is good about the answer; empty where nothing is said of it apart.
    #[sea_orm(column_type = "Text")]
    pub strengths: String,
    /// What it lacks; empty where nothing is said of it apart.
    #[sea_orm(column_type = "Text")]
    pub weaknesses: String,
    /// Where in the bid, or `nothing found`.
    #[sea_orm(column_type = "Text")]
    pub reference: String,
    /// Who was present.
    #[sea_orm(column_type = "Text")]
    pub present: String,
    /// Who disagreed, and why.
    #[sea_orm(column_type = "Text")]
    pub dissent: String,
    /// Who recorded it.
    pub moderator_id: Uuid,
    /// 1 for the first.
    pub revision: i32,
    /// Whether it is the last revision.
    pub current: bool,
    /// When.
    pub agreed_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
