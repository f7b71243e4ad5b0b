//! One panel member's value for one bid on one question. Kept for ever; a change is a new revision.

use sea_orm::entity::prelude::*;

/// One panel member's value for one bid on one question. Kept for ever; a change is a new revision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mark")]
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
    /// Who marks.
    pub person_id: Uuid,
    /// For which council.
    pub council_id: Uuid,
    /// The mark, as on the scale.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub explanation: String,
    /// 1 for the first.
    pub revision: i32,
    /// Whether it is the last revision.
    pub current: bool,
    /// When.
    pub marked_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
