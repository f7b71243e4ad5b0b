//! A lot's criteria as a tree, with exact shares of the total and what is missing to 100 at each node.

use std::collections::BTreeMap;

use entity::{criterion, lot};
use rules::exact::Exact;
use uuid::Uuid;

use super::{of_lot, stored};
use crate::kernel::{Paging, Reading, Refusal, Slice};
use crate::tendering::{lot as lots, reading};

/// A lot's criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriteriaTree {
    /// The lot.
    pub lot: lot::Model,
    /// Quality's share of the lot's total, in percent: 100 less the price weight.
    pub quality_weight: Exact,
    /// The sum of the weights at the top, in percent of quality.
    pub total: Exact,
    /// What that sum lacks to 100; below zero where it is too much.
    pub missing: Exact,
    /// The criteria, each before those below it, siblings in their order.
    pub nodes: Vec<CriterionNode>,
}

/// A criterion in its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionNode {
    /// The criterion.
    pub row: criterion::Model,
    /// How many sections it is inside of.
    pub depth: usize,
    /// Its share of the lot's total, in percent.
    pub share: Exact,
    /// How many criteria stand directly below it.
    pub children: usize,
    /// Sections: the sum of the weights directly below, in percent of this section.
    pub total: Exact,
    /// Sections: what that sum lacks to 100; below zero where it is too much.
    pub missing: Exact,
}

/// The criteria of a lot as a tree, with running totals.
pub async fn tree(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<CriteriaTree, Refusal> {
    reading(r, procurement_id).await?;
    let lot = lots::find(r, procurement_id, lot_id).await?;
    let rows = of_lot(r, lot_id).await?;
    Ok(grow(lot, rows))
}

/// The same as a list that pages.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<CriterionNode>, Refusal> {
    let tree = tree(r, procurement_id, lot_id).await?;
    paging.cut_whole(tree.nodes, |node| node.row.id.to_string())
}

fn grow(lot: lot::Model, rows: Vec<criterion::Model>) -> CriteriaTree {
    let mut below: BTreeMap<Option<Uuid>, Vec<criterion::Model>> = BTreeMap::new();
    for row in rows {
        below.entry(row.parent_id).or_default().push(row);
    }
    let quality_weight = Exact::hundred() - stored(&lot.price_weight);
    let total = sum(&below, None);
    let mut nodes = Vec::new();
    walk(&below, None, 0, &quality_weight, &mut nodes);
    CriteriaTree { quality_weight, missing: Exact::hundred() - &total, total, nodes, lot }
}

type Below = BTreeMap<Option<Uuid>, Vec<criterion::Model>>;

fn sum(below: &Below, parent: Option<Uuid>) -> Exact {
    below.get(&parent).into_iter().flatten().map(|row| stored(&row.weight)).sum()
}

fn walk(below: &Below, parent: Option<Uuid>, depth: usize, out_of: &Exact, nodes: &mut Vec<CriterionNode>) {
    for row in below.get(&parent).into_iter().flatten() {
        let share = out_of * stored(&row.weight).percent();
        let total = sum(below, Some(row.id));
        let children = below.get(&Some(row.id)).map_or(0, Vec::len);
        let missing = Exact::hundred() - &total;
        nodes.push(CriterionNode { row: row.clone(), depth, share: share.clone(), children, total, missing });
        walk(below, Some(row.id), depth + 1, &share, nodes);
    }
}
