//! Schedule lines: what suppliers will price, and councils say how much of it they need.
//!
//! The coordinator makes the schedule, while councils pool and until the pack is published.

use entity::{Word, demand, schedule_line};
use rules::line_id::is_code;
use rules::stage::Stage;
use rules::words::Charge;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::codes;
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is entered about a schedule line.
#[derive(Clone, Debug, Default)]
pub struct ScheduleLineInput {
    /// Its number, for example `P01`; the next free one where it is left out.
    pub code: Option<String>,
    /// What is priced.
    pub description: String,
    /// The unit.
    pub unit: String,
    /// One-off or per year, a word of [`Charge`].
    pub charge: String,
    /// A cost of the whole lot: no council enters volumes, and all share it.
    pub shared: bool,
    /// Not part of the evaluated price.
    pub optional: bool,
}

struct Checked {
    code: Option<String>,
    description: String,
    unit: String,
    charge: Charge,
    shared: bool,
    optional: bool,
}

fn check(input: &ScheduleLineInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let code = faults.optional("code", input.code.as_deref(), 20).map(|code| code.to_uppercase());
    if let Some(code) = &code {
        let message = "Enter a letter, then letters, digits, points or hyphens: P01.";
        faults.require(is_code(code), "code", "not_a_code", message);
    }
    let checked = Checked {
        code,
        description: faults.line("description", &input.description, 500),
        unit: faults.line("unit", &input.unit, 60),
        charge: faults.word("charge", &input.charge, Charge::OneOff),
        shared: input.shared,
        optional: input.optional,
    };
    faults.done()?;
    Ok(checked)
}

/// The procurement for its coordinator, before publication.
async fn coordinating(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Pooling, Stage::Tendering])?;
    Ok(scope)
}

/// All lines in their order. The caller has been let in.
pub(crate) async fn all(r: &Reading, procurement_id: Uuid) -> Result<Vec<schedule_line::Model>, Refusal> {
    let rows = schedule_line::Entity::find()
        .filter(schedule_line::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(schedule_line::Column::Position)
        .all(r.txn())
        .await?;
    Ok(rows)
}

fn must_be_free(
    others: &[schedule_line::Model],
    code: Option<&str>,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    let taken = |other: &&schedule_line::Model| {
        Some(other.id) != own && code.is_some_and(|code| codes::same(code, &other.code))
    };
    match others.iter().find(taken) {
        None => Ok(()),
        Some(other) => Err(codes::taken(
            "code",
            format!(
                "The schedule has a line {} already. Leave the number out to get the next free one.",
                other.code
            ),
        )),
    }
}

/// Adds a line at the end of the schedule.
pub async fn add(
    w: &Writing,
    procurement_id: Uuid,
    input: ScheduleLineInput,
) -> Result<schedule_line::Model, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let checked = check(&input)?;
    let others = all(w, scope.id()).await?;
    must_be_free(&others, checked.code.as_deref(), None)?;
    let next = || codes::next("P", 2, others.iter().map(|other| other.code.as_str()));
    let row = schedule_line::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        lot_id: Set(None),
        code: Set(checked.code.unwrap_or_else(next)),
        description: Set(checked.description),
        unit: Set(checked.unit),
        charge: Set(Word(checked.charge)),
        shared: Set(checked.shared),
        optional: Set(checked.optional),
        position: Set(others.iter().map(|other| other.position).max().unwrap_or(0) + 1),
        version: Set(1),
    };
    let line = schedule_line::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(scope.id(), "pooling.schedule_line.add", line.id, facts(&line)));
    Ok(line)
}

/// Changes a line. Volumes that councils have entered stay with it; a line with volumes cannot become a shared one,
/// which has none.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: ScheduleLineInput,
) -> Result<schedule_line::Model, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let others = all(w, scope.id()).await?;
    let before =
        others.iter().find(|line| line.id == id).ok_or_else(|| Refusal::not_found("schedule line"))?;
    let checked = check(&input)?;
    must_be_free(&others, checked.code.as_deref(), Some(id))?;
    if checked.shared && !before.shared {
        must_have_no_demand(w, before, "become a shared line").await?;
    }
    let line = schedule_line::Model {
        code: checked.code.unwrap_or_else(|| before.code.clone()),
        description: checked.description,
        unit: checked.unit,
        charge: Word(checked.charge),
        shared: checked.shared,
        optional: checked.optional,
        version: seen + 1,
        ..before.clone()
    };
    let changed = schedule_line::Entity::update_many()
        .col_expr(schedule_line::Column::Code, Expr::value(line.code.as_str()))
        .col_expr(schedule_line::Column::Description, Expr::value(line.description.as_str()))
        .col_expr(schedule_line::Column::Unit, Expr::value(line.unit.as_str()))
        .col_expr(schedule_line::Column::Charge, Expr::value(line.charge))
        .col_expr(schedule_line::Column::Shared, Expr::value(line.shared))
        .col_expr(schedule_line::Column::Optional, Expr::value(line.optional))
        .col_expr(schedule_line::Column::Version, Expr::value(line.version))
        .filter(schedule_line::Column::Id.eq(id))
        .filter(schedule_line::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(scope.id(), "pooling.schedule_line.change", id, facts(&line)));
    Ok(line)
}

/// Removes a line that no council has entered volumes for.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<schedule_line::Model, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let line = find(w, scope.id(), id).await?;
    must_have_no_demand(w, &line, "be removed").await?;
    let removed = schedule_line::Entity::delete_many()
        .filter(schedule_line::Column::Id.eq(id))
        .filter(schedule_line::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(scope.id(), "pooling.schedule_line.remove", id, json!({ "code": line.code })));
    Ok(line)
}

async fn must_have_no_demand(w: &Writing, line: &schedule_line::Model, what: &str) -> Result<(), Refusal> {
    let volumes = demand::Entity::find().filter(demand::Column::LineId.eq(line.id)).count(w.txn()).await?;
    if volumes == 0 {
        return Ok(());
    }
    Err(Refusal::conflict(
        "has_demand",
        format!(
            "Councils have entered {volumes} volumes for line {}; it cannot {what} while they stand. Ask the councils to \
             clear them first.",
            line.code
        ),
    ))
}

async fn find(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<schedule_line::Model, Refusal> {
    schedule_line::Entity::find_by_id(id)
        .filter(schedule_line::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("schedule line"))
}

fn facts(line: &schedule_line::Model) -> Value {
    json!({
        "code": line.code,
        "description": text_hash(line.id, &line.description),
        "unit": line.unit,
        "charge": line.charge.0.as_str(),
        "shared": line.shared,
        "optional": line.optional,
    })
}

/// The schedule in its order.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<schedule_line::Model>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query = schedule_line::Entity::find().filter(schedule_line::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(schedule_line::Column::Position.gt(after));
    }
    let rows =
        query.order_by_asc(schedule_line::Column::Position).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |line| line.position.to_string()))
}

/// One line.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<schedule_line::Model, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    find(r, scope.id(), id).await
}
