//! A test of a lot's award model before publication; what it found is never changed.

use sea_orm::entity::prelude::*;

/// A test of a lot's award model before publication; what it found is never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_test")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The lot, which may be removed later.
    pub lot_id: Uuid,
    /// 1 for the lot's first.
    pub number: i32,
    /// The lowest price that was expected.
    pub low_pence: i64,
    /// The highest.
    pub high_pence: i64,
    /// The hash of the model that was tested.
    #[sea_orm(column_type = "Text")]
    pub model_hash: String,
    /// What was found, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// SHA-256 of the body.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// The version of the engine that found it.
    #[sea_orm(column_type = "Text")]
    pub engine_version: String,
    /// How many findings are serious.
    pub serious: i32,
    /// How many ask whether they are meant.
    pub attend: i32,
    /// Who tested.
    pub tested_by: Uuid,
    /// When.
    pub tested_at: DateTimeUtc,
    /// What was decided about the findings, and why.
    #[sea_orm(column_type = "Text")]
    pub decision: Option<String>,
    /// Who recorded the decision.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// 1, and 2 once it is decided on.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
