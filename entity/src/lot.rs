//! A part that can be awarded alone.

use rules::words::PriceFormula;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A part that can be awarded alone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lot")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Its number, for example `L1`.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// Its title.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// What it covers.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// Price's share in percent, an exact number.
    #[sea_orm(column_type = "Text")]
    pub price_weight: String,
    /// How price becomes points.
    pub formula: Word<PriceFormula>,
    /// `benchmark_linear`: the price at which all points are earned.
    pub target_pence: Option<i64>,
    /// `benchmark_linear`: the price at which none are.
    pub ceiling_pence: Option<i64>,
    /// `linear_from_lowest`: the multiple of the lowest price at which no points are left, an exact number.
    #[sea_orm(column_type = "Text")]
    pub k: Option<String>,
    /// `linear_mean`: the share of the points that the mean price earns, an exact number.
    #[sea_orm(column_type = "Text")]
    pub base: Option<String>,
    /// `linear_mean`: the share of the points that a price one mean away gains or loses, an exact number.
    #[sea_orm(column_type = "Text")]
    pub slope: Option<String>,
    /// The least quality points to be ranked.
    #[sea_orm(column_type = "Text")]
    pub min_quality: Option<String>,
    /// Its place.
    pub position: i32,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
