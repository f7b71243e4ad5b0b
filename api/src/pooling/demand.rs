//! Demand: a council's volume of a schedule line in a contract year.
//!
//! Each council enters its own, while councils pool and until the pack is published; every partner reads all of it.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, demand, schedule_line};
use rules::money::Volume;
use rules::stage::Stage;
use rules::words::Firmness;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::requirement::LONGEST_REF;
use super::{codes, schedule};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// The most volumes that are entered at once.
pub const MOST_AT_ONCE: usize = 2000;

/// What a council enters: one volume.
#[derive(Clone, Debug, Default)]
pub struct DemandInput {
    /// The line's number, for example `P01`.
    pub line: String,
    /// The contract year, 1 to the term.
    pub year: String,
    /// How firm, a word of [`Firmness`].
    pub firmness: String,
    /// Units, with at most three digits after the point; none removes what was entered.
    pub volume: Option<String>,
    /// The council's own key for it; where it is left out, the key stays as it was.
    pub external_ref: Option<String>,
    /// What the volume was when it was shown, empty for none. Where it is something else by now, nothing is entered.
    pub seen: Option<String>,
}

/// A line with the volumes of all councils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDemand {
    /// The line.
    pub line: schedule_line::Model,
    /// Its volumes, by year, council and firmness.
    pub volumes: Vec<demand::Model>,
}

/// What tells one volume of a council from another.
pub(super) type Key = (Uuid, i32, Firmness);

pub(super) fn key(row: &demand::Model) -> Key {
    (row.line_id, row.year, row.firmness.0)
}

/// The procurement for an officer or key that enters its council's demand.
pub(super) async fn entering(w: &Writing, procurement_id: Uuid) -> Result<(Scope, Uuid), Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let council_id = scope.own_council()?.council_id;
    scope.must_stand_at(&[Stage::Pooling, Stage::Tendering])?;
    Ok((scope, council_id))
}

/// All volumes of one council. The caller has been let in.
pub(super) async fn of_council(
    r: &Reading,
    procurement_id: Uuid,
    council_id: Uuid,
) -> Result<Vec<demand::Model>, Refusal> {
    let rows = demand::Entity::find()
        .filter(demand::Column::ProcurementId.eq(procurement_id))
        .filter(demand::Column::CouncilId.eq(council_id))
        .all(r.txn())
        .await?;
    Ok(rows)
}

struct Checked {
    key: Key,
    volume: Option<Volume>,
    external_ref: Option<String>,
}

/// Reads the inputs; a fault is named `volumes/2/year` by the input's place.
fn check(
    inputs: &[DemandInput],
    lines: &[schedule_line::Model],
    term_years: i32,
    faults: &mut Faults,
) -> Vec<Checked> {
    let mut keys = BTreeSet::new();
    let mut checked = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let field = |name: &str| format!("volumes/{index}/{name}");
        let line = lines.iter().find(|line| codes::same(&line.code, &input.line));
        match line {
            None => {
                faults.add(
                    &field("line"),
                    "not_found",
                    format!("The schedule has no line “{}”.", input.line),
                );
            }
            Some(line) if line.shared => {
                let message = format!("Line {} is shared by all councils and takes no volumes.", line.code);
                faults.add(&field("line"), "shared_line", message);
            }
            Some(_) => {}
        }
        let year = faults.whole(&field("year"), &input.year, 1, term_years);
        let firmness = faults.word(&field("firmness"), &input.firmness, Firmness::Firm);
        let volume = input.volume.as_deref().map(|text| volume(faults, &field("volume"), text));
        let external_ref =
            faults.optional(&field("external_ref"), input.external_ref.as_deref(), LONGEST_REF);
        let Some(line) = line else { continue };
        let key = (line.id, year, firmness);
        let message = "The same line, year and firmness is given twice.";
        faults.require(keys.insert(key), &field("line"), "twice", message);
        checked.push(Checked { key, volume, external_ref });
    }
    checked
}

fn volume(faults: &mut Faults, field: &str, text: &str) -> Volume {
    match Volume::entered(text) {
        Ok(volume) if !volume.is_negative() => volume,
        Ok(_) => {
            faults.add(field, "negative", "A volume cannot be below zero.");
            Volume::ZERO
        }
        Err(fault) => {
            faults.add(field, "not_a_number", format!("“{text}” {fault}."));
            Volume::ZERO
        }
    }
}

/// Enters volumes of the caller's own council, all or none: a volume that is there already is changed, one without a
/// number is removed. What was entered is returned.
pub async fn enter(
    w: &Writing,
    procurement_id: Uuid,
    inputs: Vec<DemandInput>,
) -> Result<Vec<demand::Model>, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let mut faults = Faults::new();
    let message = "Enter at least one volume, and at most 2000 at once.";
    faults.require((1..=MOST_AT_ONCE).contains(&inputs.len()), "volumes", "out_of_range", message);
    let lines = schedule::all(w, scope.id()).await?;
    let checked = check(&inputs, &lines, scope.procurement.term_years, &mut faults);
    let mut known: BTreeMap<Key, demand::Model> =
        of_council(w, scope.id(), council_id).await?.into_iter().map(|row| (key(&row), row)).collect();
    check_seen(&inputs, &known, &lines, &mut faults);
    faults.done()?;
    must_have_own_refs(&checked, &known)?;
    let (mut entered, mut added, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    for Checked { key, volume, external_ref } in checked {
        let before = known.remove(&key);
        let Some(volume) = volume else {
            if let Some(before) = before {
                demand::Entity::delete_by_id(before.id).exec(w.txn()).await?;
                facts.push(json!({ "id": before.id, "volume": Value::Null }));
            }
            continue;
        };
        let row = demand::Model {
            id: before.as_ref().map_or_else(Uuid::now_v7, |row| row.id),
            procurement_id: scope.id(),
            council_id,
            line_id: key.0,
            year: key.1,
            firmness: Word(key.2),
            volume_e3: volume.0,
            external_ref: external_ref.or_else(|| before.as_ref()?.external_ref.clone()),
            version: before.as_ref().map_or(1, |row| row.version),
        };
        let row = match before {
            Some(before) if before == row => row,
            Some(_) => {
                facts.push(fact(&row));
                update(w, row).await?
            }
            None => {
                facts.push(fact(&row));
                added.push(row.clone());
                row
            }
        };
        entered.push(row);
    }
    insert(w, added).await?;
    if !facts.is_empty() {
        let body = json!({ "council_id": council_id, "volumes": facts });
        w.record(Record::new(scope.id(), "pooling.demand.enter", council_id, body));
    }
    Ok(entered)
}

/// A volume that has become another than the one that was shown is not written over: its field says what it is now.
fn check_seen(
    inputs: &[DemandInput],
    known: &BTreeMap<Key, demand::Model>,
    lines: &[schedule_line::Model],
    faults: &mut Faults,
) {
    for (index, input) in inputs.iter().enumerate() {
        let line = lines.iter().find(|line| codes::same(&line.code, &input.line));
        let (Some(seen), Some(line)) = (&input.seen, line) else { continue };
        let (Ok(year), Ok(firmness)) = (input.year.trim().parse(), input.firmness.trim().parse()) else {
            continue;
        };
        let now = known.get(&(line.id, year, firmness)).map(|row| Volume(row.volume_e3).to_string());
        let now = now.unwrap_or_default();
        if now != seen.trim() {
            let now = if now.is_empty() { "nothing" } else { &now };
            let message =
                format!("Somebody has changed this to {now} since you loaded it. Check it and save again.");
            faults.add(&format!("volumes/{index}/volume"), "stale", message);
        }
    }
}

/// A key of the council's own system belongs to one volume.
fn must_have_own_refs(checked: &[Checked], known: &BTreeMap<Key, demand::Model>) -> Result<(), Refusal> {
    let mut refs: BTreeMap<&str, Key> =
        known.values().filter_map(|row| Some((row.external_ref.as_deref()?, key(row)))).collect();
    for (index, input) in checked.iter().enumerate() {
        let Some(external_ref) = input.external_ref.as_deref() else { continue };
        if *refs.entry(external_ref).or_insert(input.key) != input.key {
            return Err(codes::taken(
                &format!("volumes/{index}/external_ref"),
                format!("Another volume of your council has the external reference {external_ref} already."),
            ));
        }
    }
    Ok(())
}

/// Removes a volume of the caller's own council.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<demand::Model, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let row = demand::Entity::find_by_id(id)
        .filter(demand::Column::ProcurementId.eq(scope.id()))
        .filter(demand::Column::CouncilId.eq(council_id))
        .one(w.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("volume of your council"))?;
    let removed = demand::Entity::delete_many()
        .filter(demand::Column::Id.eq(id))
        .filter(demand::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({ "council_id": council_id, "line_id": row.line_id, "year": row.year });
    w.record(Record::new(scope.id(), "pooling.demand.remove", id, body));
    Ok(row)
}

/// What the ledger keeps of a volume.
pub(super) fn fact(row: &demand::Model) -> Value {
    json!({
        "id": row.id,
        "line_id": row.line_id,
        "year": row.year,
        "firmness": row.firmness.0.as_str(),
        "volume": Volume(row.volume_e3).to_string(),
        "external_ref": row.external_ref,
    })
}

/// Stores a changed volume over the version it carries.
pub(super) async fn update(w: &Writing, row: demand::Model) -> Result<demand::Model, Refusal> {
    let seen = row.version;
    let row = demand::Model { version: seen + 1, ..row };
    let changed = demand::Entity::update_many()
        .col_expr(demand::Column::LineId, Expr::value(row.line_id))
        .col_expr(demand::Column::Year, Expr::value(row.year))
        .col_expr(demand::Column::Firmness, Expr::value(row.firmness))
        .col_expr(demand::Column::VolumeE3, Expr::value(row.volume_e3))
        .col_expr(demand::Column::ExternalRef, Expr::value(row.external_ref.clone()))
        .col_expr(demand::Column::Version, Expr::value(row.version))
        .filter(demand::Column::Id.eq(row.id))
        .filter(demand::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(row) }
}

/// Stores new volumes with one insert.
pub(super) async fn insert(w: &Writing, rows: Vec<demand::Model>) -> Result<(), Refusal> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| demand::ActiveModel {
        id: Set(row.id),
        procurement_id: Set(row.procurement_id),
        council_id: Set(row.council_id),
        line_id: Set(row.line_id),
        year: Set(row.year),
        firmness: Set(row.firmness),
        volume_e3: Set(row.volume_e3),
        external_ref: Set(row.external_ref),
        version: Set(row.version),
    });
    demand::Entity::insert_many(rows).exec_without_returning(w.txn()).await?;
    Ok(())
}

/// The schedule with the volumes of all councils, line by line.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<LineDemand>, Refusal> {
    let slice = schedule::list(r, procurement_id, paging).await?;
    let volumes = demand::Entity::find()
        .filter(demand::Column::LineId.is_in(slice.items.iter().map(|line| line.id)))
        .order_by_asc(demand::Column::Year)
        .order_by_asc(demand::Column::CouncilId)
        .order_by_asc(demand::Column::Firmness)
        .all(r.txn())
        .await?;
    let mut of_line: BTreeMap<Uuid, Vec<demand::Model>> = BTreeMap::new();
    for volume in volumes {
        of_line.entry(volume.line_id).or_default().push(volume);
    }
    Ok(slice.map(|line| LineDemand { volumes: of_line.remove(&line.id).unwrap_or_default(), line }))
}
