//! One joint exercise, from pooling to contract.

use rules::stage::Stage;
use rules::words::{ContractingModel, Route};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// One joint exercise, from pooling to contract.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its public reference.
    #[sea_orm(unique, column_type = "Text")]
    pub reference: String,
    /// Its title.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// What it is for.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// The procedure.
    pub route: Word<Route>,
    /// Who signs.
    pub contracting_model: Word<ContractingModel>,
    /// Who runs it.
    pub lead_council_id: Uuid,
    /// Length of the contract in years.
    pub term_years: i32,
    /// Where it stands.
    pub stage: Word<Stage>,
    /// Counts changes of the pooled list, which councils agree by number.
    pub pool_version: i64,
    /// When bids are late.
    pub deadline_at: Option<DateTimeUtc>,
    /// When the tender box was opened.
    pub opened_at: Option<DateTimeUtc>,
    /// The lead's own key for it.
    #[sea_orm(column_type = "Text")]
    pub external_ref: Option<String>,
    /// When it was started.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
