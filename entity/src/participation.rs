//! A council in a procurement.

use rules::words::{Commitment, DelegationInstrument, Part, ParticipationState};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A council in a procurement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The council.
    pub council_id: Uuid,
    /// Its part.
    pub part: Word<Part>,
    /// Invited, accepted or declined.
    pub state: Word<ParticipationState>,
    /// The power by which it lets the lead act.
    pub instrument: Option<Word<DelegationInstrument>>,
    /// The minute or reference of the delegation.
    #[sea_orm(column_type = "Text")]
    pub minute: Option<String>,
    /// When the delegation was given.
    pub delegated_on: Option<Date>,
    /// When it ends, if it does.
    pub delegation_expires_on: Option<Date>,
    /// The most it covers, net.
    pub delegation_cap_pence: Option<i64>,
    /// Whether the lead may also decide the award for it.
    pub delegates_award: bool,
    /// How firmly it will buy.
    pub commitment: Option<Word<Commitment>>,
    /// The most it will spend over the term, net.
    pub ceiling_pence: Option<i64>,
    /// Its share of lines without volume, an exact number.
    #[sea_orm(column_type = "Text")]
    pub shared_cost_weight: String,
    /// The version of the pooled list it agreed to.
    pub agreed_pool_version: Option<i64>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
