//! What a person with a part in a procurement declared of its interests; each declaration is a row of its own.

use rules::words::Interest;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// One version of a person's declaration.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest_declaration")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// What is declared.
    pub interest: Word<Interest>,
    /// The interest and its mitigation, in words.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// When.
    pub declared_at: DateTimeUtc,
    /// 1 for the person's first.
    pub version: i64,
    /// Whether it is the person's last.
    pub current: bool,
    /// Who recorded it: the person, or the coordinator who assessed it. Not known of rows from before this was kept.
    pub declared_by: Option<Uuid>,
    /// Whether the bidders' names showed to the person when it declared.
    pub bidders_known: bool,
    /// Whether two people clear it before it opens anything.
    pub to_clear: bool,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
