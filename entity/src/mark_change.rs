//! A change of a mark of record after the quality of its lot was locked: proposed, and approved by a second person or not.

use rules::mark_change::ChangeState;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A change of a mark of record after the quality of its lot was locked: proposed, and approved by a second person or not.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mark_change")]
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
    /// The revision of the mark of record that it changes.
    pub revision: i32,
    /// The mark that is proposed, as on the scale.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Why it is the right one, in the words the bidder will read.
    #[sea_orm(column_type = "Text")]
    pub rationale: String,
    /// What is good about the answer.
    #[sea_orm(column_type = "Text")]
    pub strengths: String,
    /// What it lacks.
    #[sea_orm(column_type = "Text")]
    pub weaknesses: String,
    /// Where in the bid, or `nothing found`.
    #[sea_orm(column_type = "Text")]
    pub reference: String,
    /// Who was present.
    #[sea_orm(column_type = "Text")]
    pub present: String,
    /// Who disagreed, and why.
    #[sea_orm(column_type = "Text")]
    pub dissent: String,
    /// Why the mark of record is changed.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// How far it has come.
    pub state: Word<ChangeState>,
    /// Who proposed it.
    pub proposed_by: Uuid,
    /// When.
    pub proposed_at: DateTimeUtc,
    /// The second person, who approved it or did not.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub decision_reason: Option<String>,
    /// The mark of record that it became.
    #[sea_orm(unique)]
    pub consensus_id: Option<Uuid>,
    /// SHA-256 of the marks of record from then on, canonical JSON.
    #[sea_orm(column_type = "Text")]
    pub marks_hash: Option<String>,
    /// The same, signed by the installation: JSON.
    #[sea_orm(column_type = "Text")]
    pub signed: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
