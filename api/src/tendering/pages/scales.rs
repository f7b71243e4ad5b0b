//! Scales through pages.

use askama::Template;
use entity::scale;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::told::{self, Part};
use super::{base, entrance, shell};
use crate::http::fields::{AreaField, TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::kernel::refusal::Kind;
use crate::tendering::scale as scales;
use crate::tendering::scale::{MOST_MARKS, MarkInput, ScaleInput};

struct ScaleRow {
    id: Uuid,
    name: String,
    table: String,
    caption: String,
    marks: Vec<rules::scale::ScaleMark>,
}

struct Starter {
    index: usize,
    name: String,
    taken: bool,
}

#[derive(Template)]
#[template(path = "tendering/scales.html")]
struct ScalesPage {
    shell: Shell,
    base: String,
    scales: Vec<ScaleRow>,
    starters: Vec<Starter>,
}

#[handler]
pub(super) async fn list_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Scales).await;
    }
    let rows = visit.read(move |r| async move { scales::all(&r, id).await }).await?;
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        read.push(ScaleRow {
            id: row.id,
            name: row.name.clone(),
            table: format!("marks-{}", row.id),
            caption: format!("Marks of the scale {}", row.name),
            marks: scales::read(row)?.marks,
        });
    }
    let starters = scales::starters().into_iter().enumerate().map(|(index, starter)| Starter {
        index,
        taken: rows.iter().any(|row| row.name == starter.name),
        name: starter.name,
    });
    page(&ScalesPage {
        shell: shell(&visit, &scope, "Scales").primary("Add a scale", format!("{}/scales/new", base(id))),
        base: base(id),
        scales: read,
        starters: starters.collect(),
    })
}

#[handler]
pub(super) async fn add_starter(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let index: usize = form.text("starter").parse().map_err(|_| Refusal::not_found("starter scale"))?;
    let input =
        scales::starters().into_iter().nth(index).ok_or_else(|| Refusal::not_found("starter scale"))?;
    let scale = visit.write(move |w| async move { scales::add(&w, id, input).await }).await?;
    done(&format!("{}/scales/{}", base(id), scale.id), "The scale is added. Adapt its descriptors.")
}

struct MarkFields {
    number: usize,
    value: TextField,
    percent: TextField,
    descriptor: AreaField,
}

#[derive(Template)]
#[template(path = "tendering/scale.html")]
struct ScalePage {
    shell: Shell,
    base: String,
    id: Option<Uuid>,
    version: Option<i64>,
    removal_version: i64,
    name: TextField,
    marks: Vec<MarkFields>,
}

/// Errors about the marks as a whole lead to the first mark.
fn errors_of(refusal: Option<&Refusal>) -> FieldErrors {
    let errors = form_errors(refusal);
    match refusal {
        Some(refusal) if refusal.about("marks").is_some() => refusal
            .fields
            .iter()
            .map(|fault| {
                let field = if fault.field == "marks" { "marks/0/value" } else { fault.field.as_str() };
                (field.to_owned(), fault.message.clone())
            })
            .collect(),
        _ => errors,
    }
}

fn scale_form(
    visit: &Visit,
    scope: &Scope,
    stored: Option<&scale::Model>,
    entered: &ScaleInput,
    version: Option<i64>,
    refusal: Option<&Refusal>,
) -> ScalePage {
    let errors = errors_of(refusal);
    let count = (entered.marks.len() + 2).clamp(6, MOST_MARKS);
    let marks = (0..count).map(|index| {
        let mark = entered.marks.get(index).cloned().unwrap_or_default();
        let name = |field: &str| format!("marks/{index}/{field}");
        let label = |what: &str| format!("{what} of mark {}", index + 1);
        MarkFields {
            number: index + 1,
            value: TextField::figure(&name("value"), label("Value"))
                .label_hidden()
                .value(mark.value)
                .error(errors.get(&name("value"))),
            percent: TextField::figure(&name("percent"), label("Percent"))
                .label_hidden()
                .value(mark.percent.unwrap_or_default())
                .error(errors.get(&name("percent"))),
            descriptor: AreaField::new(&name("descriptor"), label("Descriptor"))
                .label_hidden()
                .rows(2)
                .value(mark.descriptor)
                .error(errors.get(&name("descriptor"))),
        }
    });
    let heading = stored.map_or_else(|| "Add a scale".to_owned(), |row| format!("Scale {}", row.name));
    ScalePage {
        marks: marks.collect(),
        name: TextField::new("name", "Name")
            .width(Width::Chars30)
            .value(&entered.name)
            .error(errors.get("name")),
        shell: shell(visit, scope, &heading)
            .crumb("Scales", format!("{}/scales", base(scope.id())))
            .errors(&errors),
        base: base(scope.id()),
        id: stored.map(|row| row.id),
        version,
        removal_version: stored.map_or(0, |row| row.version),
    }
}

/// The rows that hold anything, in their order: a row left empty is no mark.
fn input(form: &Posted) -> ScaleInput {
    let marks = (0..MOST_MARKS).filter_map(|index| {
        let mark = MarkInput {
            value: form.text(&format!("marks/{index}/value")).trim().to_owned(),
            percent: form.optional(&format!("marks/{index}/percent")),
            descriptor: form.text(&format!("marks/{index}/descriptor")).trim().to_owned(),
        };
        (mark != MarkInput::default()).then_some(mark)
    });
    ScaleInput { name: form.text("name").to_owned(), marks: marks.collect() }
}

fn stored_input(row: &scale::Model) -> Result<ScaleInput, Refusal> {
    let scale = scales::read(row)?;
    let marks = scale.marks.into_iter().map(|mark| MarkInput {
        value: mark.value,
        percent: mark.percent,
        descriptor: mark.descriptor,
    });
    Ok(ScaleInput { name: scale.name, marks: marks.collect() })
}

#[handler]
pub(super) async fn new(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Scales).await;
    }
    page(&scale_form(&visit, &scope, None, &ScaleInput::default(), None, None))
}

#[handler]
pub(super) async fn add(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let entered = input(&form);
    let sent = entered.clone();
    match visit.write(move |w| async move { scales::add(&w, id, sent).await }).await {
        Ok(scale) => done(&format!("{}/scales", base(id)), &format!("Scale {} is added.", scale.name)),
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let (scope, _) = entrance(&visit, id).await?;
            page_again(&refusal, &scale_form(&visit, &scope, None, &entered, None, Some(&refusal)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn edit(visit: Visit, Path((id, scale)): Path<(Uuid, Uuid)>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Scales).await;
    }
    let row = visit.read(move |r| async move { scales::one(&r, id, scale).await }).await?;
    page(&scale_form(&visit, &scope, Some(&row), &stored_input(&row)?, Some(row.version), None))
}

#[handler]
pub(super) async fn change(visit: Visit, Path((id, scale)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, entered) = (form.version()?, input(&form));
    let sent = entered.clone();
    match visit.write(move |w| async move { scales::change(&w, id, scale, seen, sent).await }).await {
        Ok(scale) => done(&format!("{}/scales", base(id)), &format!("Scale {} is saved.", scale.name)),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::Stale) => {
            let (scope, _) = entrance(&visit, id).await?;
            let row = visit.read(move |r| async move { scales::one(&r, id, scale).await }).await?;
            let version = if refusal.kind == Kind::Stale { row.version } else { seen };
            let mut template =
                scale_form(&visit, &scope, Some(&row), &entered, Some(version), Some(&refusal));
            let marks = scales::read(&row)?.marks.into_iter().map(|mark| (mark.value, mark.descriptor));
            template.shell = template.shell.stands_now(Some(&refusal), marks);
            page_again(&refusal, &template)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn remove(visit: Visit, Path((id, scale)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let scale = visit.write(move |w| async move { scales::remove(&w, id, scale, seen).await }).await?;
    done(&format!("{}/scales", base(id)), &format!("Scale {} is removed.", scale.name))
}
