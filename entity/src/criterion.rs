//! A node in a lot's quality criteria.

use sea_orm::entity::prelude::*;

/// A node in a lot's quality criteria.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "criterion")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The section it is in; none at the top.
    pub parent_id: Option<Uuid>,
    /// Its number, for example `Q1`.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// Its title.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// Percent of its parent, an exact number.
    #[sea_orm(column_type = "Text")]
    pub weight: String,
    /// What is asked, for a scored question; none for a section.
    #[sea_orm(column_type = "Text")]
    pub question: Option<String>,
    /// The scale a question is marked on.
    pub scale_id: Option<Uuid>,
    /// The longest short answer, in words.
    pub word_limit: Option<i32>,
    /// The least mark with which a bid is still ranked.
    #[sea_orm(column_type = "Text")]
    pub minimum_mark: Option<String>,
    /// Whether a document may answer it.
    pub document: bool,
    /// Its place among its siblings.
    pub position: i32,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
