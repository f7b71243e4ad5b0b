//! A later deadline, proposed by one person and confirmed by another.

use rules::extension::{ExtensionState, Modification};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A later deadline, proposed by one person and confirmed by another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deadline_extension")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The power it is based on.
    pub kind: Word<Modification>,
    /// How far it has come; that its time has passed is not stored.
    pub state: Word<ExtensionState>,
    /// The deadline it moves.
    pub from_deadline: DateTimeUtc,
    /// The deadline it proposes.
    pub to_deadline: DateTimeUtc,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// When the system went down, where an outage is the ground.
    pub outage_from: Option<DateTimeUtc>,
    /// When it was back.
    pub outage_to: Option<DateTimeUtc>,
    /// What happened.
    #[sea_orm(column_type = "Text")]
    pub outage: Option<String>,
    /// Who proposed it.
    pub proposed_by: Uuid,
    /// For which council.
    pub proposed_council_id: Uuid,
    /// When.
    pub proposed_at: DateTimeUtc,
    /// Who confirmed it.
    pub confirmed_by: Option<Uuid>,
    /// For which council.
    pub confirmed_council_id: Option<Uuid>,
    /// When.
    pub confirmed_at: Option<DateTimeUtc>,
    /// The version of the pack that it made.
    #[sea_orm(unique)]
    pub pack_id: Option<Uuid>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
