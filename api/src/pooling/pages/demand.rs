//! Demand: the schedule with every council's totals, and the own council's volumes as a grid of lines and years.

use std::collections::BTreeMap;

use askama::Template;
use entity::{demand as demand_row, schedule_line};
use poem::web::{Path, Query};
use poem::{IntoResponse, Route, get, handler, post};
use rules::money::Volume;
use rules::stage::Stage;
use rules::words::{Firmness, Obligation, Part, Role};
use serde::Deserialize;
use uuid::Uuid;

use super::lines::{LineFields, basket_text, line_input, tiers_text};
use super::needs::{imported, long, sheet_field};
use crate::http::fields::FileField;
use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, NavItem, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::pooling::demand::{self, DemandInput, LineDemand};
use crate::pooling::participation::{self, CouncilPart};
use crate::pooling::{procurement, schedule, sheets};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/demand", get(view).post(enter))
        .at("/procurements/:id/demand/lines", post(add_line))
        .at("/procurements/:id/demand/template", get(blank_sheet))
        .at("/procurements/:id/demand/import", post(import))
}

/// Whether the procurement stands where schedule and demand are made.
pub(super) fn is_open(scope: &Scope) -> bool {
    scope.must_stand_at(&[Stage::Pooling, Stage::Tendering]).is_ok()
}

#[derive(Deserialize)]
struct DemandQuery {
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    firmness: Option<String>,
}

/// A council as a column of the totals.
struct Column {
    id: Uuid,
    name: String,
    /// Whether its volumes are priced: the lead's and core partners' are, a named option's never (METHODS section 7).
    priced: bool,
}

/// A line with what each council needs of it over the term.
struct TotalRow {
    line: schedule_line::Model,
    /// What is priced; a rate with its role and level.
    what: String,
    /// What suppliers owe, where it is not the usual.
    tag: Option<&'static str>,
    /// Where its volume bands begin, if it has any.
    tiers: Option<String>,
    /// What a line without volumes counts with.
    shared: String,
    /// One for each council, in the order of the columns.
    cells: Vec<String>,
    /// What suppliers price: firm and indicative, of lead and core partners.
    priced: String,
    /// Firm and indicative of all councils, named options too.
    total: String,
    /// Ceilings of all councils.
    ceilings: String,
}

/// A field of the grid: one year of one line.
struct GridCell {
    name: String,
    was_name: String,
    label: String,
    value: String,
    was: String,
    error: Option<String>,
}

struct GridRow {
    code: String,
    description: String,
    unit: String,
    cells: Vec<GridCell>,
}

#[derive(Template)]
#[template(path = "pooling/demand.html")]
struct DemandPage {
    shell: Shell,
    base: String,
    councils: Vec<Column>,
    named_options: bool,
    totals: Vec<TotalRow>,
    /// Where this part of a long schedule begins.
    after: String,
    next: Option<String>,
    coordinates: bool,
    fields: LineFields,
    /// The own council's grid, for those who enter.
    grid: Option<Vec<GridRow>>,
    firmness: Firmness,
    firmnesses: Vec<NavItem>,
    years: Vec<i32>,
    file: FileField,
}

/// Which of the page's forms was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Volumes,
    Line,
    Sheet,
}

fn cell_name(code: &str, year: i32) -> String {
    format!("v-{code}-{year}")
}

/// Firm and indicative volumes are what the councils expect to buy; ceilings only bound it (METHODS section 7).
fn is_expected(row: &demand_row::Model) -> bool {
    row.firmness.0 != Firmness::Ceiling
}

fn sum<'a>(rows: impl Iterator<Item = &'a demand_row::Model>) -> String {
    let mut any = false;
    let total = rows.fold(0_i64, |total, row| {
        any = true;
        total.saturating_add(row.volume_e3)
    });
    if any { Volume(total).grouped() } else { String::new() }
}

fn total_row(demand: &LineDemand, councils: &[Column]) -> TotalRow {
    let expected = || demand.volumes.iter().filter(|row| is_expected(row));
    let priced = |row: &&demand_row::Model| {
        councils.iter().any(|council| council.priced && council.id == row.council_id)
    };
    let line = &demand.line;
    TotalRow {
        what: match (&line.rate_role, line.rate_level) {
            (Some(role), Some(level)) => format!("{role}, SFIA level {level}. {}", line.description),
            _ => line.description.clone(),
        },
        tag: match line.obligation.0 {
            Obligation::Required => None,
            Obligation::MandatoryOption => Some("Mandatory option"),
            Obligation::Optional => Some("Optional item"),
        },
        tiers: (!line.tiers.is_empty()).then(|| tiers_text(line)),
        shared: if line.rate_role.is_some() {
            format!("Rate card: {}", basket_text(line))
        } else {
            "Shared by all councils".to_owned()
        },
        line: line.clone(),
        cells: councils
            .iter()
            .map(|council| sum(expected().filter(|row| row.council_id == council.id)))
            .collect(),
        priced: sum(expected().filter(priced)),
        total: sum(expected()),
        ceilings: sum(demand.volumes.iter().filter(|row| !is_expected(row))),
    }
}

fn grid_row(
    demand: &LineDemand,
    council: Uuid,
    firmness: Firmness,
    years: &[i32],
    form: Option<&Posted>,
    errors: &FieldErrors,
) -> GridRow {
    let own: BTreeMap<i32, i64> = demand
        .volumes
        .iter()
        .filter(|row| row.council_id == council && row.firmness.0 == firmness)
        .map(|row| (row.year, row.volume_e3))
        .collect();
    let cell = |year: &i32| {
        let name = cell_name(&demand.line.code, *year);
        let was = own.get(year).map(|volume| Volume(*volume).to_string()).unwrap_or_default();
        GridCell {
            value: form.map_or_else(|| was.clone(), |form| form.text(&name).to_owned()),
            was_name: format!("was-{}-{year}", demand.line.code),
            label: format!("{}, year {year}", demand.line.code),
            error: errors.get(&name).map(str::to_owned),
            was,
            name,
        }
    };
    GridRow {
        cells: years.iter().map(cell).collect(),
        code: demand.line.code.clone(),
        description: demand.line.description.clone(),
        unit: demand.line.unit.clone(),
    }
}

/// What was asked of the page, and the form that was refused, if one was.
struct Asked<'a> {
    after: Option<String>,
    firmness: Option<String>,
    refused: Option<(Form, &'a Posted, FieldErrors, &'a Refusal)>,
}

async fn show(visit: &Visit, id: Uuid, asked: Asked<'_>) -> PageResult {
    let (after, shown_after) = (asked.after.clone(), asked.after.unwrap_or_default());
    let (scope, parts, slice) = visit
        .read(move |r| async move {
            let scope = procurement::one(&r, id).await?;
            let parts = participation::parts(&r, id).await?;
            Ok((scope, parts, demand::list(&r, id, &long(after)).await?))
        })
        .await?;
    let base = format!("/procurements/{id}/demand");
    let firmness = asked.firmness.and_then(|word| word.parse().ok()).unwrap_or(Firmness::Firm);
    let open = is_open(&scope);
    let none = FieldErrors::new();
    let errors = asked.refused.as_ref().map_or(&none, |(_, _, errors, _)| errors);
    let of = |form: Form| {
        asked.refused.as_ref().filter(|(which, ..)| *which == form).map(|(_, posted, ..)| *posted)
    };
    let years: Vec<i32> = (1..=scope.procurement.term_years).collect();
    let grid = scope.own_council().ok().filter(|_| open).map(|part| {
        let lines = slice.items.iter().filter(|demand| !demand.line.shared);
        let row = |demand| grid_row(demand, part.council_id, firmness, &years, of(Form::Volumes), errors);
        lines.map(row).collect()
    });
    let column = |one: CouncilPart| Column {
        id: one.council.id,
        name: one.council.name,
        priced: one.part.part.0 != Part::NamedOption,
    };
    let councils: Vec<Column> = parts.into_iter().map(column).collect();
    let line = of(Form::Line).map(line_input).unwrap_or_default();
    let template = DemandPage {
        shell: visit
            .procurement_shell("Demand", &scope.procurement, "demand")
            .fact(format!("Contract of {} years", scope.procurement.term_years))
            .errors(errors),
        totals: slice.items.iter().map(|demand| total_row(demand, &councils)).collect(),
        named_options: councils.iter().any(|council| !council.priced),
        councils,
        next: slice.next.map(|after| format!("{base}?after={after}&firmness={firmness}")),
        after: shown_after,
        coordinates: open && scope.holds(Role::Coordinator),
        fields: LineFields::new(&line, errors),
        grid,
        firmnesses: Firmness::ALL
            .iter()
            .map(|word| {
                NavItem::new(word.label(), format!("{base}?firmness={word}#own")).current(*word == firmness)
            })
            .collect(),
        firmness,
        years,
        file: sheet_field(errors),
        base,
    };
    form_page(asked.refused.map(|(.., refusal)| refusal), &template)
}

#[handler]
async fn view(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<DemandQuery>) -> PageResult {
    show(&visit, id, Asked { after: query.after, firmness: query.firmness, refused: None }).await
}

/// Cells that were typed in, each with its field's name: those that are as they were shown are left alone, so that two
/// officers who fill in different lines do not meet.
fn typed(form: &Posted, firmness: &str) -> Vec<(String, DemandInput)> {
    let mut typed = Vec::new();
    for (was_name, was) in form.iter() {
        let Some((code, year)) = was_name.strip_prefix("was-").and_then(|rest| rest.rsplit_once('-')) else {
            continue;
        };
        let name = format!("v-{code}-{year}");
        let text = form.text(&name).trim();
        if text != was {
            let input = DemandInput {
                line: code.to_owned(),
                year: year.to_owned(),
                firmness: firmness.to_owned(),
                volume: Some(text.to_owned()).filter(|text| !text.is_empty()),
                external_ref: None,
                seen: Some(was.to_owned()),
            };
            typed.push((name, input));
        }
    }
    typed
}

/// A fault of the third volume belongs to the third typed cell.
fn cell_errors(refusal: &Refusal, names: &[String]) -> FieldErrors {
    let mut refusal = refusal.clone();
    for fault in &mut refusal.fields {
        let index = fault.field.split('/').nth(1).and_then(|index| index.parse::<usize>().ok());
        fault.field = index.and_then(|index| names.get(index)).cloned().unwrap_or_default();
    }
    form_errors(Some(&refusal))
}

#[handler]
async fn enter(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let firmness = form.text("firmness").to_owned();
    let back =
        format!("/procurements/{id}/demand?firmness={}#own", firmness.parse().unwrap_or(Firmness::Firm));
    let (names, inputs): (Vec<String>, Vec<DemandInput>) = typed(&form, &firmness).into_iter().unzip();
    if inputs.is_empty() {
        return done(&back, "Nothing was changed.");
    }
    let count = inputs.len();
    match visit.write(move |w| async move { demand::enter(&w, id, inputs).await }).await {
        Ok(_) => done(&back, &format!("Saved. Volumes changed: {count}.")),
        Err(refusal) => {
            let errors = cell_errors(&refusal, &names);
            let refused = Some((Form::Volumes, &form, errors, &refusal));
            show(&visit, id, Asked { after: form.optional("after"), firmness: Some(firmness), refused }).await
        }
    }
}

#[handler]
async fn add_line(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let input = line_input(&form);
    match visit.write(move |w| async move { schedule::add(&w, id, input).await }).await {
        Ok(line) => done(&format!("/procurements/{id}/demand"), &format!("Line {} added.", line.code)),
        Err(refusal) => {
            let refused = Some((Form::Line, &form, form_errors(Some(&refusal)), &refusal));
            show(&visit, id, Asked { after: None, firmness: None, refused }).await
        }
    }
}

#[handler]
async fn blank_sheet(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let file = visit.read(move |r| async move { sheets::demand_template(&r, id).await }).await?;
    Ok(Download::from(file).into_response())
}

#[handler]
async fn import(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let outcome = match form.file("file") {
        None => Err(Refusal::field("file", "missing", "Choose the filled-in sheet.")),
        Some(file) => {
            let (name, bytes) = (&file.name, file.bytes.clone());
            sheets::import_demand(&visit.db, &visit.caller, id, name, bytes).await
        }
    };
    match outcome {
        Ok(taken) => imported(id, &taken),
        Err(refusal) => {
            let refused = Some((Form::Sheet, &form, form_errors(Some(&refusal)), &refusal));
            show(&visit, id, Asked { after: None, firmness: None, refused }).await
        }
    }
}
