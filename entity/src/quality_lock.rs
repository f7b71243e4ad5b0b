//! The moment from which a lot's quality is fixed and its prices are seen.

use sea_orm::entity::prelude::*;

/// The moment from which a lot's quality is fixed and its prices are seen.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quality_lock")]
pub struct Model {
    /// The lot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// When.
    pub locked_at: DateTimeUtc,
    /// By whom.
    pub locked_by: Uuid,
    /// SHA-256 of the marks of record, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub marks_hash: String,
    /// What was locked, signed by the installation: JSON. Nothing in locks from before they were signed.
    #[sea_orm(column_type = "Text", nullable)]
    pub signed: Option<String>,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
