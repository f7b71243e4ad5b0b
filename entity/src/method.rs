//! The rules that turn marks and prices into a ranking, before they are frozen in the pack.

use rules::words::{BaseSet, RankOn};
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// The rules that turn marks and prices into a ranking, before they are frozen in the pack.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "method")]
pub struct Model {
    /// The procurement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub procurement_id: Uuid,
    /// Decimals of published totals.
    pub decimals: i32,
    /// Exact or rounded.
    pub rank_on: Word<RankOn>,
    /// Ways to part equal totals, words parted by spaces.
    #[sea_orm(column_type = "Text")]
    pub tie_break: String,
    /// Whose prices make the reference.
    pub base_set: Word<BaseSet>,
    /// How many councils the two openers come from.
    pub opening_councils: i32,
    /// The rule under which unit prices are corrected after the opening; none for the one of published practice.
    #[sea_orm(column_type = "Text")]
    pub arithmetic_rule: Option<String>,
    /// From how many steps of the scale between marks the panel talks about an answer; none for the usual two.
    pub spread_steps: Option<i32>,
    /// Whether somebody who does not mark reads answers for prices before the panel sees them.
    pub clearance: bool,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
