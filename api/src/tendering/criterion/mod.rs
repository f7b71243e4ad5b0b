//! Criteria: the sections and questions of a lot's quality, with their weights.

mod check;
mod tree;

use std::collections::BTreeMap;

use entity::criterion;
use rules::exact::Exact;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use self::check::Checked;
use super::{changing, exact_text, lot};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Reading, Refusal, Writing};

pub use tree::{CriteriaTree, CriterionNode, list, tree};

/// What is entered about a criterion: a section, or a question where there is a question text.
#[derive(Clone, Debug, Default)]
pub struct CriterionInput {
    /// The section it is in; none at the top of the lot.
    pub parent_id: Option<Uuid>,
    /// Its number, such as `Q1`.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Percent of its parent, or of the lot's quality at the top: a decimal or a fraction.
    pub weight: String,
    /// What is asked, for a scored question; none makes a section.
    pub question: Option<String>,
    /// Questions: the scale it is marked on.
    pub scale_id: Option<Uuid>,
    /// Questions: the longest short answer in words, if limited.
    pub word_limit: Option<String>,
    /// Questions: the least mark with which a bid is still ranked, if there is such a gate.
    pub minimum_mark: Option<String>,
    /// Questions: whether a document may answer it.
    pub document: bool,
}

/// Adds a criterion to a lot, after its siblings. Only the coordinator, before publication.
pub async fn add(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: CriterionInput,
) -> Result<criterion::Model, Refusal> {
    changing(w, procurement_id).await?;
    lot::find(w, procurement_id, lot_id).await?;
    let checked = check::check(w, procurement_id, lot_id, None, &input).await?;
    let siblings = of_lot(w, lot_id).await?;
    let last = siblings.iter().filter(|row| row.parent_id == checked.parent_id).map(|row| row.position).max();
    let id = Uuid::now_v7();
    let row = criterion::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot_id),
        parent_id: Set(checked.parent_id),
        code: Set(checked.code.clone()),
        title: Set(checked.title.clone()),
        weight: Set(checked.weight.clone()),
        question: Set(checked.question.clone()),
        scale_id: Set(checked.scale_id),
        word_limit: Set(checked.word_limit),
        minimum_mark: Set(checked.minimum_mark.clone()),
        document: Set(checked.document),
        position: Set(last.unwrap_or(0) + 1),
        version: Set(1),
    };
    let row = criterion::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(procurement_id, "tendering.criterion.add", id, facts(id, lot_id, &checked)));
    Ok(row)
}

fn facts(id: Uuid, lot_id: Uuid, checked: &Checked) -> serde_json::Value {
    json!({
        "lot": lot_id,
        "parent": checked.parent_id,
        "code": checked.code,
        "weight": checked.weight,
        "question": checked.question.as_ref().map(|text| text_hash(id, text)),
        "scale": checked.scale_id,
        "word_limit": checked.word_limit,
        "minimum_mark": checked.minimum_mark,
        "document": checked.document,
    })
}

/// Changes a criterion; it may move to another section of its lot. Only the coordinator, before publication.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    criterion_id: Uuid,
    seen: i64,
    input: CriterionInput,
) -> Result<criterion::Model, Refusal> {
    changing(w, procurement_id).await?;
    let row = find(w, procurement_id, criterion_id).await?;
    let checked = check::check(w, procurement_id, row.lot_id, Some(&row), &input).await?;
    let facts = facts(criterion_id, row.lot_id, &checked);
    let changed = criterion::Entity::update_many()
        .col_expr(criterion::Column::ParentId, Expr::value(checked.parent_id))
        .col_expr(criterion::Column::Code, Expr::value(checked.code))
        .col_expr(criterion::Column::Title, Expr::value(checked.title))
        .col_expr(criterion::Column::Weight, Expr::value(checked.weight))
        .col_expr(criterion::Column::Question, Expr::value(checked.question))
        .col_expr(criterion::Column::ScaleId, Expr::value(checked.scale_id))
        .col_expr(criterion::Column::WordLimit, Expr::value(checked.word_limit))
        .col_expr(criterion::Column::MinimumMark, Expr::value(checked.minimum_mark))
        .col_expr(criterion::Column::Document, Expr::value(checked.document))
        .col_expr(criterion::Column::Version, Expr::value(seen + 1))
        .filter(criterion::Column::Id.eq(criterion_id))
        .filter(criterion::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement_id, "tendering.criterion.change", criterion_id, facts));
    find(w, procurement_id, criterion_id).await
}

/// Removes a question, or a section with nothing in it. Only the coordinator, before publication.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    criterion_id: Uuid,
    seen: i64,
) -> Result<criterion::Model, Refusal> {
    changing(w, procurement_id).await?;
    let row = find(w, procurement_id, criterion_id).await?;
    let below = children(w, criterion_id).await?;
    if below > 0 {
        return Err(Refusal::conflict(
            "criterion_in_use",
            format!("Section {} still holds {below} criteria. Remove or move them first.", row.code),
        ));
    }
    let removed = criterion::Entity::delete_many()
        .filter(criterion::Column::Id.eq(criterion_id))
        .filter(criterion::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({ "code": row.code });
    w.record(Record::new(procurement_id, "tendering.criterion.remove", criterion_id, body));
    Ok(row)
}

/// A criterion's new weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightInput {
    /// The criterion.
    pub criterion_id: Uuid,
    /// The version of it that the caller saw.
    pub seen: i64,
    /// Percent of its parent.
    pub weight: String,
}

/// Sets the weights of several criteria of a lot, all or none. Sums are not checked here, so that a tree can be made
/// step by step; publication refuses what does not sum to 100. Only the coordinator, before publication.
pub async fn weigh(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    weights: &[WeightInput],
) -> Result<CriteriaTree, Refusal> {
    changing(w, procurement_id).await?;
    lot::find(w, procurement_id, lot_id).await?;
    let rows: BTreeMap<Uuid, criterion::Model> =
        of_lot(w, lot_id).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut faults = Faults::new();
    let mut wanted = Vec::with_capacity(weights.len());
    for (index, input) in weights.iter().enumerate() {
        let row = rows.get(&input.criterion_id).ok_or_else(|| Refusal::not_found("criterion"))?;
        if row.version != input.seen {
            return Err(Refusal::stale());
        }
        if let Some(weight) = check::weight(&mut faults, &format!("weights/{index}/weight"), &input.weight) {
            wanted.push((row, exact_text(&weight)));
        }
    }
    faults.done()?;
    for (row, weight) in wanted.into_iter().filter(|(row, weight)| row.weight != *weight) {
        let changed = criterion::Entity::update_many()
            .col_expr(criterion::Column::Weight, Expr::value(weight.as_str()))
            .col_expr(criterion::Column::Version, Expr::value(row.version + 1))
            .filter(criterion::Column::Id.eq(row.id))
            .filter(criterion::Column::Version.eq(row.version))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
        let body = json!({ "code": row.code, "weight": weight });
        w.record(Record::new(procurement_id, "tendering.criterion.weigh", row.id, body));
    }
    tree(w, procurement_id, lot_id).await
}

/// One criterion.
pub async fn one(r: &Reading, procurement_id: Uuid, criterion_id: Uuid) -> Result<criterion::Model, Refusal> {
    super::reading(r, procurement_id).await?;
    find(r, procurement_id, criterion_id).await
}

/// A lot's criteria, siblings in their order. The caller has been let in by the operation that asks.
pub(super) async fn of_lot(r: &Reading, lot_id: Uuid) -> Result<Vec<criterion::Model>, Refusal> {
    Ok(criterion::Entity::find()
        .filter(criterion::Column::LotId.eq(lot_id))
        .order_by_asc(criterion::Column::Position)
        .order_by_asc(criterion::Column::Code)
        .all(r.txn())
        .await?)
}

async fn find(r: &Reading, procurement_id: Uuid, criterion_id: Uuid) -> Result<criterion::Model, Refusal> {
    criterion::Entity::find_by_id(criterion_id)
        .filter(criterion::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("criterion"))
}

async fn children(r: &Reading, criterion_id: Uuid) -> Result<u64, Refusal> {
    Ok(criterion::Entity::find().filter(criterion::Column::ParentId.eq(criterion_id)).count(r.txn()).await?)
}

/// A stored weight; all were checked when they were stored.
fn stored(weight: &str) -> Exact {
    weight.parse().unwrap_or_default()
}
