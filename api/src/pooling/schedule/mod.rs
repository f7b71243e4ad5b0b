//! Schedule lines: what suppliers will price, and councils say how much of it they need.
//!
//! The coordinator makes the schedule, while councils pool and until the pack is published. A line is one-off or recurring; it
//! has one price, or one for each volume band; or it is a rate of a rate card, which councils call off by the day.

mod check;

use entity::{Word, demand, schedule_line};
use rules::money::Volume;
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::codes;
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Paging, Reading, Refusal, Slice, Writing};
use check::{Checked, check};

pub use check::{RateInput, ScheduleLineInput, tiers};

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
    let code = checked.code.clone().unwrap_or_else(next);
    let row = schedule_line::Model {
        id: Uuid::now_v7(),
        procurement_id: scope.id(),
        lot_id: None,
        position: others.iter().map(|other| other.position).max().unwrap_or(0) + 1,
        version: 1,
        ..kept(code, checked)
    };
    let line = schedule_line::Entity::insert(row.into_active_model()).exec_with_returning(w.txn()).await?;
    w.record(Record::new(scope.id(), "pooling.schedule_line.add", line.id, facts(&line)));
    Ok(line)
}

/// What was entered, as a row. Key, place and version are the caller's.
fn kept(code: String, checked: Checked) -> schedule_line::Model {
    let (rate_role, rate_level, rate_basket_e3) = match checked.rate {
        Some(rate) => (Some(rate.role), Some(rate.level), Some(rate.basket.0)),
        None => (None, None, None),
    };
    schedule_line::Model {
        id: Uuid::nil(),
        procurement_id: Uuid::nil(),
        lot_id: None,
        code,
        description: checked.description,
        unit: checked.unit,
        charge: Word(checked.charge),
        shared: checked.shared,
        obligation: Word(checked.obligation),
        tiers: checked.tiers,
        rate_role,
        rate_level,
        rate_basket_e3,
        position: 0,
        version: 0,
    }
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
    let code = checked.code.clone().unwrap_or_else(|| before.code.clone());
    let line = schedule_line::Model {
        id: before.id,
        procurement_id: before.procurement_id,
        lot_id: before.lot_id,
        position: before.position,
        version: seen + 1,
        ..kept(code, checked)
    };
    let changed = schedule_line::Entity::update_many()
        .col_expr(schedule_line::Column::Code, Expr::value(line.code.as_str()))
        .col_expr(schedule_line::Column::Description, Expr::value(line.description.as_str()))
        .col_expr(schedule_line::Column::Unit, Expr::value(line.unit.as_str()))
        .col_expr(schedule_line::Column::Charge, Expr::value(line.charge))
        .col_expr(schedule_line::Column::Shared, Expr::value(line.shared))
        .col_expr(schedule_line::Column::Obligation, Expr::value(line.obligation))
        .col_expr(schedule_line::Column::Tiers, Expr::value(line.tiers.as_str()))
        .col_expr(schedule_line::Column::RateRole, Expr::value(line.rate_role.clone()))
        .col_expr(schedule_line::Column::RateLevel, Expr::value(line.rate_level))
        .col_expr(schedule_line::Column::RateBasketE3, Expr::value(line.rate_basket_e3))
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
        "obligation": line.obligation.0.as_str(),
        "tiers": tiers(line),
        "role": line.rate_role,
        "level": line.rate_level,
        "basket": line.rate_basket_e3.map(Volume),
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
