//! A council's decision on a lot's award.

use rules::words::Verdict;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A council's decision on a lot's award.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The council.
    pub council_id: Uuid,
    /// What it decided on.
    pub recommendation_id: Uuid,
    /// The recommendation's version that was decided on: a changed recommendation needs new decisions.
    pub recommendation_version: i64,
    /// Award or refuse.
    pub verdict: Word<Verdict>,
    /// The body or officer that decided.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Its minute or reference.
    #[sea_orm(column_type = "Text")]
    pub minute: String,
    /// Taken by the lead under a delegation in force.
    pub by_delegation: bool,
    /// When it was taken.
    pub taken_on: Date,
    /// Whether it is a key decision.
    pub key_decision: bool,
    /// When call-in is over.
    pub effective_on: Date,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// The council's own key for it.
    #[sea_orm(column_type = "Text")]
    pub external_ref: Option<String>,
    /// Who recorded it.
    #[sea_orm(column_type = "Text")]
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
