//! Lots: the parts that can be awarded alone, how price counts in each, and which schedule lines it holds.

use std::collections::BTreeSet;

use entity::{Word, criterion, lot, schedule_line};
use rules::exact::Exact;
use rules::line_id;
use rules::words::PriceFormula;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::price_model::{self, Parameters, ParametersInput};
use super::{changing, exact_text, reading};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is entered about a lot.
#[derive(Clone, Debug, Default)]
pub struct LotInput {
    /// Its number, such as `L1`.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What it covers.
    pub description: String,
    /// Price's share of the total, in percent: above 0 and below 100.
    pub price_weight: String,
    /// A [`PriceFormula`].
    pub formula: String,
    /// The numbers that the formula uses.
    pub parameters: ParametersInput,
    /// The least quality points (of 100 less the price weight) to be ranked, if any.
    pub min_quality: Option<String>,
}

struct Checked {
    code: String,
    title: String,
    description: String,
    price_weight: String,
    formula: PriceFormula,
    parameters: Parameters,
    min_quality: Option<String>,
}

/// A code that can stand in a workbook, in upper case.
pub(super) fn code(faults: &mut Faults, text: &str) -> String {
    let code = faults.line("code", text, 20).to_uppercase();
    faults.require(
        code.is_empty() || line_id::is_code(&code),
        "code",
        "not_a_code",
        "Start with a letter, then letters, digits, points or hyphens, at most 20 and not ending with a point or hyphen.",
    );
    code
}

fn check(input: &LotInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let code = code(&mut faults, &input.code);
    let title = faults.line("title", &input.title, 200);
    let description = faults.optional("description", Some(&input.description), 5000).unwrap_or_default();
    let price_weight = weight(&mut faults, &input.price_weight);
    let formula = faults.word("formula", &input.formula, PriceFormula::BenchmarkLinear);
    let parameters = price_model::check(&mut faults, formula, &input.parameters);
    let least = input.min_quality.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let min_quality = least.map(|text| faults.exact("min_quality", text));
    if let (Some(least), Some(weight)) = (&min_quality, &price_weight) {
        let quality = Exact::hundred() - weight;
        if least.is_negative() || *least > quality {
            let message = format!("Enter points from 0 to the {} that quality has.", exact_text(&quality));
            faults.add("min_quality", "out_of_range", message);
        }
    }
    faults.done()?;
    Ok(Checked {
        code,
        title,
        description,
        price_weight: price_weight.as_ref().map(exact_text).unwrap_or_default(),
        formula,
        parameters,
        min_quality: min_quality.as_ref().map(exact_text),
    })
}

/// Price's share; none where the text cannot be used, which is then a fault.
fn weight(faults: &mut Faults, text: &str) -> Option<Exact> {
    let weight = text.trim().parse::<Exact>().ok().filter(|w| w.is_positive() && *w < Exact::hundred());
    let message = "Enter a percentage above 0 and below 100, such as 40.";
    faults.require(weight.is_some(), "price_weight", "out_of_range", message);
    weight
}

async fn must_be_free(
    w: &Writing,
    procurement_id: Uuid,
    code: &str,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    let mut query = lot::Entity::find()
        .filter(lot::Column::ProcurementId.eq(procurement_id))
        .filter(lot::Column::Code.eq(code));
    if let Some(own) = own {
        query = query.filter(lot::Column::Id.ne(own));
    }
    match query.one(w.txn()).await? {
        None => Ok(()),
        Some(_) => Err(Refusal::field("code", "already_exists", "Another lot has this code.")),
    }
}

/// Adds a lot. Only the coordinator, before publication.
pub async fn add(w: &Writing, procurement_id: Uuid, input: LotInput) -> Result<lot::Model, Refusal> {
    changing(w, procurement_id).await?;
    let checked = check(&input)?;
    must_be_free(w, procurement_id, &checked.code, None).await?;
    let last = all(w, procurement_id).await?.last().map_or(0, |lot| lot.position);
    let row = lot::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        code: Set(checked.code),
        title: Set(checked.title),
        description: Set(checked.description),
        price_weight: Set(checked.price_weight),
        formula: Set(Word(checked.formula)),
        target_pence: Set(checked.parameters.target_pence),
        ceiling_pence: Set(checked.parameters.ceiling_pence),
        k: Set(checked.parameters.k),
        base: Set(checked.parameters.base),
        slope: Set(checked.parameters.slope),
        min_quality: Set(checked.min_quality),
        position: Set(last + 1),
        version: Set(1),
    };
    let lot = lot::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(procurement_id, "tendering.lot.add", lot.id, facts(&lot)));
    Ok(lot)
}

fn facts(lot: &lot::Model) -> serde_json::Value {
    json!({
        "code": lot.code,
        "price_weight": lot.price_weight,
        "formula": lot.formula.0.as_str(),
        "target_pence": lot.target_pence,
        "ceiling_pence": lot.ceiling_pence,
        "k": lot.k,
        "base": lot.base,
        "slope": lot.slope,
        "min_quality": lot.min_quality,
    })
}

/// Changes a lot. Only the coordinator, before publication.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    input: LotInput,
) -> Result<lot::Model, Refusal> {
    changing(w, procurement_id).await?;
    find(w, procurement_id, lot_id).await?;
    let checked = check(&input)?;
    must_be_free(w, procurement_id, &checked.code, Some(lot_id)).await?;
    let changed = lot::Entity::update_many()
        .col_expr(lot::Column::Code, Expr::value(checked.code))
        .col_expr(lot::Column::Title, Expr::value(checked.title))
        .col_expr(lot::Column::Description, Expr::value(checked.description))
        .col_expr(lot::Column::PriceWeight, Expr::value(checked.price_weight))
        .col_expr(lot::Column::Formula, Expr::value(Word(checked.formula)))
        .col_expr(lot::Column::TargetPence, Expr::value(checked.parameters.target_pence))
        .col_expr(lot::Column::CeilingPence, Expr::value(checked.parameters.ceiling_pence))
        .col_expr(lot::Column::K, Expr::value(checked.parameters.k))
        .col_expr(lot::Column::Base, Expr::value(checked.parameters.base))
        .col_expr(lot::Column::Slope, Expr::value(checked.parameters.slope))
        .col_expr(lot::Column::MinQuality, Expr::value(checked.min_quality))
        .col_expr(lot::Column::Version, Expr::value(seen + 1))
        .filter(lot::Column::Id.eq(lot_id))
        .filter(lot::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let lot = find(w, procurement_id, lot_id).await?;
    w.record(Record::new(procurement_id, "tendering.lot.change", lot_id, facts(&lot)));
    Ok(lot)
}

/// Removes an empty lot. Refused while criteria or schedule lines are in it. Only the coordinator, before publication.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
) -> Result<lot::Model, Refusal> {
    changing(w, procurement_id).await?;
    let lot = find(w, procurement_id, lot_id).await?;
    let criteria =
        criterion::Entity::find().filter(criterion::Column::LotId.eq(lot_id)).count(w.txn()).await?;
    let lines =
        schedule_line::Entity::find().filter(schedule_line::Column::LotId.eq(lot_id)).count(w.txn()).await?;
    if criteria + lines > 0 {
        return Err(Refusal::conflict(
            "lot_in_use",
            format!(
                "Lot {} still holds {criteria} criteria and {lines} schedule lines. Remove or move them first.",
                lot.code
            ),
        ));
    }
    let removed = lot::Entity::delete_many()
        .filter(lot::Column::Id.eq(lot_id))
        .filter(lot::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement_id, "tendering.lot.remove", lot_id, json!({ "code": lot.code })));
    Ok(lot)
}

/// The lots in their order.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<lot::Model>, Refusal> {
    reading(r, procurement_id).await?;
    paging.cut_whole(all(r, procurement_id).await?, |lot| lot.id.to_string())
}

/// One lot.
pub async fn one(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<lot::Model, Refusal> {
    reading(r, procurement_id).await?;
    find(r, procurement_id, lot_id).await
}

/// The lots in their order. The caller has been let in by the operation that asks.
pub(crate) async fn all(r: &Reading, procurement_id: Uuid) -> Result<Vec<lot::Model>, Refusal> {
    Ok(lot::Entity::find()
        .filter(lot::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(lot::Column::Position)
        .order_by_asc(lot::Column::Code)
        .all(r.txn())
        .await?)
}

/// A lot of this procurement. The caller has been let in by the operation that asks.
pub(crate) async fn find(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<lot::Model, Refusal> {
    lot::Entity::find_by_id(lot_id)
        .filter(lot::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("lot"))
}

/// Where a schedule line shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The line.
    pub line_id: Uuid,
    /// The version of the line that the caller saw.
    pub seen: i64,
    /// The lot; none takes the line out of its lot.
    pub lot_id: Option<Uuid>,
}

/// Puts a schedule line into a lot, out of the one it was in. Only the coordinator, before publication.
pub async fn place_line(
    w: &Writing,
    procurement_id: Uuid,
    placement: Placement,
) -> Result<schedule_line::Model, Refusal> {
    let mut placed = place_lines(w, procurement_id, &[placement]).await?;
    placed.pop().ok_or_else(|| Refusal::not_found("schedule line"))
}

/// Puts several schedule lines into lots, all or none. Only the coordinator, before publication.
pub async fn place_lines(
    w: &Writing,
    procurement_id: Uuid,
    placements: &[Placement],
) -> Result<Vec<schedule_line::Model>, Refusal> {
    changing(w, procurement_id).await?;
    let lots: BTreeSet<Uuid> = all(w, procurement_id).await?.into_iter().map(|lot| lot.id).collect();
    let mut faults = Faults::new();
    for (index, placement) in placements.iter().enumerate() {
        let known = placement.lot_id.is_none_or(|lot| lots.contains(&lot));
        let field = format!("placements/{index}/lot_id");
        faults.require(known, &field, "unknown_lot", "Choose a lot of this procurement.");
    }
    faults.done()?;
    let mut placed = Vec::with_capacity(placements.len());
    for placement in placements {
        let line = schedule_line::Entity::find_by_id(placement.line_id)
            .filter(schedule_line::Column::ProcurementId.eq(procurement_id))
            .one(w.txn())
            .await?
            .ok_or_else(|| Refusal::not_found("schedule line"))?;
        if line.version != placement.seen {
            return Err(Refusal::stale());
        }
        if line.lot_id == placement.lot_id {
            placed.push(line);
            continue;
        }
        let changed = schedule_line::Entity::update_many()
            .col_expr(schedule_line::Column::LotId, Expr::value(placement.lot_id))
            .col_expr(schedule_line::Column::Version, Expr::value(placement.seen + 1))
            .filter(schedule_line::Column::Id.eq(line.id))
            .filter(schedule_line::Column::Version.eq(placement.seen))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
        let body = json!({ "code": line.code, "lot": placement.lot_id });
        w.record(Record::new(procurement_id, "tendering.line.place", line.id, body));
        placed.push(schedule_line::Model { lot_id: placement.lot_id, version: placement.seen + 1, ..line });
    }
    Ok(placed)
}

/// The schedule lines with the lots they are in, in the order of the schedule.
pub async fn lines(r: &Reading, procurement_id: Uuid) -> Result<Vec<schedule_line::Model>, Refusal> {
    reading(r, procurement_id).await?;
    all_lines(r, procurement_id).await
}

/// The schedule lines in their order. The caller has been let in by the operation that asks.
pub(super) async fn all_lines(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<schedule_line::Model>, Refusal> {
    Ok(schedule_line::Entity::find()
        .filter(schedule_line::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(schedule_line::Column::Position)
        .order_by_asc(schedule_line::Column::Code)
        .all(r.txn())
        .await?)
}
