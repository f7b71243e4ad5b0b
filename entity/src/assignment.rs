//! Who marks which part of a lot; each change is a row of its own.

use sea_orm::entity::prelude::*;

/// One version of who marks which part of a lot.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// 1 for the lot's first.
    pub version: i64,
    /// Whether it is the lot's last.
    pub current: bool,
    /// Who marks what: canonical JSON of `rules::assignment::Assignment`.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Why; empty where nothing was marked yet.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Whom a substitute replaced, where this is a substitution.
    pub replaced_id: Option<Uuid>,
    /// The substitute.
    pub substitute_id: Option<Uuid>,
    /// Who assigned.
    pub assigned_by: Uuid,
    /// When.
    pub assigned_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
