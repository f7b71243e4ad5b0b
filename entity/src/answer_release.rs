//! An answer, read for prices by a person who does not mark, before the panel sees it. Rows are only ever added.

use sea_orm::entity::prelude::*;

/// An answer, read for prices by a person who does not mark, before the panel sees it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_release")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// The question's code, or `responses` for the comments on requirements.
    #[sea_orm(column_type = "Text")]
    pub part: String,
    /// Counts how often it was released.
    pub revision: i32,
    /// Whether it is the one that holds.
    pub current: bool,
    /// The passages that were taken out of the text, a JSON list.
    #[sea_orm(column_type = "Text")]
    pub removed: String,
    /// The ids of the documents that stay back until the quality is locked, a JSON list.
    #[sea_orm(column_type = "Text")]
    pub withheld: String,
    /// Why anything was taken out or stays back; empty where nothing was.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Who read it.
    pub released_by: Uuid,
    /// When.
    pub released_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
