//! Councils' needs: the pooled list by council, who agrees it, and each council's own requirements.

use std::collections::BTreeMap;

use askama::Template;
use poem::web::{Path, Query};
use poem::{IntoResponse, Response, Route, get, handler, post};
use rules::stage::Stage;
use rules::words::{Part, Role};
use serde::Deserialize;
use uuid::Uuid;

use super::wording::{RequirementFields, errors, requirement_input};
use crate::http::fields::FileField;
use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Refusal};
use crate::pooling::agreement::{self, Agreements};
use crate::pooling::pooled::{self, PooledView};
use crate::pooling::requirement::{self, Filter, RequirementInput, RequirementView};
use crate::pooling::{procurement, sheets};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/requirements", get(needs))
        .at("/procurements/:id/requirements/agree", post(agree))
        .at("/procurements/:id/requirements/mine", get(mine).post(add))
        .at("/procurements/:id/requirements/mine/:requirement", get(own_requirement).post(change))
        .at("/procurements/:id/requirements/mine/:requirement/remove", post(remove))
        .at("/procurements/:id/requirements/template", get(blank_sheet))
        .at("/procurements/:id/requirements/import", post(import))
}

/// Where a list goes on.
#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    pub(super) after: Option<String>,
}

/// As many rows as a page shows of a long list.
pub(super) fn long(after: Option<String>) -> Paging {
    Paging { after, limit: MAX_LIMIT }
}

/// Whether the caller enters for a council now.
pub(super) fn may_enter(scope: &Scope) -> bool {
    scope.own_council().is_ok() && scope.must_stand_at(&[Stage::Pooling]).is_ok()
}

/// Whether the caller makes the pooled list now.
pub(super) fn may_pool(scope: &Scope) -> bool {
    scope.holds(Role::Coordinator) && scope.must_stand_at(&[Stage::Pooling]).is_ok()
}

/// A row of the matrix: a pooled requirement, and each council's requirements that were merged into it.
struct MatrixRow {
    view: PooledView,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "pooling/needs.html")]
struct NeedsPage {
    shell: Shell,
    base: String,
    state: Agreements,
    rows: Vec<MatrixRow>,
    next: Option<String>,
    /// Whether this visitor's council may agree the list as it is now.
    may_agree: bool,
}

fn matrix_row(view: PooledView, state: &Agreements) -> MatrixRow {
    let mut codes: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
    for source in &view.sources {
        codes.entry(source.requirement.council_id).or_default().push(&source.requirement.code);
    }
    let cell = |council: &Uuid| codes.get(council).map(|codes| codes.join(", ")).unwrap_or_default();
    MatrixRow { cells: state.councils.iter().map(|council| cell(&council.council_id)).collect(), view }
}

#[handler]
async fn needs(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    let (scope, state, slice) = visit
        .read(move |r| async move {
            let scope = procurement::one(&r, id).await?;
            Ok((scope, agreement::state(&r, id).await?, pooled::list(&r, id, &long(query.after)).await?))
        })
        .await?;
    let base = format!("/procurements/{id}/requirements");
    let own = scope
        .own_council()
        .ok()
        .and_then(|part| state.councils.iter().find(|council| council.council_id == part.council_id));
    let may_agree = may_enter(&scope) && state.pooled > 0 && own.is_some_and(|own| !own.agrees);
    let asked: u64 = state.councils.iter().map(|council| council.requirements).sum();
    let mut shell = visit
        .procurement_shell("Councils’ needs", &scope.procurement, "requirements")
        .fact(format!("Pooled list, version {}", state.pool_version))
        .fact(format!("{} of {asked} requirements pooled", asked - state.not_pooled()));
    if may_pool(&scope) {
        shell = shell.primary("Merge requirements", format!("{base}/merge"));
    }
    if scope.own_council().is_ok() {
        shell = shell.action("My council’s requirements", format!("{base}/mine"));
    }
    let mut bound = state.councils.iter().filter(|council| council.part != Part::NamedOption);
    if may_pool(&scope) && state.pooled > 0 && bound.all(|council| council.agrees) {
        shell = shell.action("Agree the specification", format!("/procurements/{id}/settings"));
    }
    page(&NeedsPage {
        shell,
        rows: slice.items.into_iter().map(|view| matrix_row(view, &state)).collect(),
        next: slice.next.map(|after| format!("{base}?after={after}")),
        state,
        may_agree,
        base,
    })
}

#[handler]
async fn agree(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { agreement::agree(&w, id, seen).await }).await?;
    done(
        &format!("/procurements/{id}/requirements"),
        &format!("Your council agrees version {seen} of the pooled list."),
    )
}

#[derive(Template)]
#[template(path = "pooling/mine.html")]
struct MinePage {
    shell: Shell,
    base: String,
    rows: Vec<RequirementView>,
    next: Option<String>,
    may_enter: bool,
    fields: RequirementFields,
    file: FileField,
}

/// The page of a council's own requirements, with the form that was refused, if one was.
async fn show_mine(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    input: RequirementInput,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, slice) = visit
        .read(move |r| async move {
            let scope = procurement::one(&r, id).await?;
            let filter = Filter { council_id: Some(scope.own_council()?.council_id), pooled: None };
            let slice = requirement::list(&r, id, filter, &long(after)).await?;
            Ok((scope, slice))
        })
        .await?;
    let errors = form_errors(refusal);
    let base = format!("/procurements/{id}/requirements");
    let template = MinePage {
        shell: visit
            .procurement_shell("My council’s requirements", &scope.procurement, "requirements")
            .crumb("Councils’ needs", &base)
            .errors(&errors),
        rows: slice.items,
        next: slice.next.map(|after| format!("{base}/mine?after={after}")),
        may_enter: may_enter(&scope),
        fields: RequirementFields::new(&input, &errors),
        file: sheet_field(&errors),
        base,
    };
    form_page(refusal, &template)
}

/// The file of an import.
pub(super) fn sheet_field(errors: &FieldErrors) -> FileField {
    FileField::new("file", "Filled-in sheet")
        .hint("xlsx or CSV, at most 20 MiB. Columns are found by their headers. A row that you send again changes what is there.")
        .error(errors.get("file"))
}

#[handler]
async fn mine(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    show_mine(&visit, id, query.after, RequirementInput::default(), None).await
}

#[handler]
async fn add(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (input, again) = (requirement_input(&form), requirement_input(&form));
    match visit.write(move |w| async move { requirement::add(&w, id, input).await }).await {
        Ok(added) => {
            done(&format!("/procurements/{id}/requirements/mine"), &format!("{} added.", added.code))
        }
        Err(refusal) => show_mine(&visit, id, None, again, Some(&refusal)).await,
    }
}

#[derive(Template)]
#[template(path = "pooling/requirement.html")]
struct RequirementPage {
    shell: Shell,
    base: String,
    view: RequirementView,
    version: i64,
    may_enter: bool,
    fields: RequirementFields,
}

/// A requirement as it is stored.
fn stands(row: &entity::requirement::Model) -> [(&'static str, String); 6] {
    [
        ("Requirement", row.text.clone()),
        ("Type", row.kind.0.label().to_owned()),
        ("Importance", row.moscow.0.label().to_owned()),
        ("Why", row.rationale.clone()),
        ("Number", row.code.clone()),
        ("External reference", row.external_ref.clone().unwrap_or_default()),
    ]
}

async fn show_own(
    visit: &Visit,
    id: Uuid,
    requirement_id: Uuid,
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let (scope, view) = visit
        .read(move |r| async move {
            Ok((procurement::one(&r, id).await?, requirement::one(&r, id, requirement_id).await?))
        })
        .await?;
    if scope.own_council()?.council_id != view.requirement.council_id {
        return Err(Refusal::not_found("requirement of your council").into());
    }
    let row = &view.requirement;
    let errors = errors(refused.map(|(_, refusal)| refusal));
    let input = match refused {
        Some((form, _)) => requirement_input(form),
        None => RequirementInput {
            code: Some(row.code.clone()),
            text: row.text.clone(),
            kind: row.kind.0.to_string(),
            moscow: row.moscow.0.to_string(),
            rationale: Some(row.rationale.clone()),
            external_ref: row.external_ref.clone(),
        },
    };
    let base = format!("/procurements/{id}/requirements");
    let template = RequirementPage {
        shell: visit
            .procurement_shell(format!("Requirement {}", row.code), &scope.procurement, "requirements")
            .crumb("Councils’ needs", &base)
            .crumb("My council’s requirements", format!("{base}/mine"))
            .errors(&errors)
            .stands_now(refused.map(|(_, refusal)| refusal), stands(row)),
        may_enter: may_enter(&scope),
        fields: RequirementFields::new(&input, &errors),
        version: row.version,
        view,
        base,
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
async fn own_requirement(visit: Visit, Path((id, requirement)): Path<(Uuid, Uuid)>) -> PageResult {
    show_own(&visit, id, requirement, None).await
}

#[handler]
async fn change(visit: Visit, Path((id, row)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, requirement_input(&form));
    match visit.write(move |w| async move { requirement::change(&w, id, row, seen, input).await }).await {
        Ok(changed) => {
            done(&format!("/procurements/{id}/requirements/mine"), &format!("{} saved.", changed.code))
        }
        Err(refusal) => show_own(&visit, id, row, Some((&form, &refusal))).await,
    }
}

#[handler]
async fn remove(visit: Visit, Path((id, row)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let removed = visit.write(move |w| async move { requirement::remove(&w, id, row, seen).await }).await?;
    done(&format!("/procurements/{id}/requirements/mine"), &format!("{} removed.", removed.code))
}

#[handler]
async fn blank_sheet(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let file = visit.read(move |r| async move { sheets::requirements_template(&r, id).await }).await?;
    Ok(Download::from(file).into_response())
}

#[handler]
async fn import(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let outcome = match form.file("file") {
        None => Err(Refusal::field("file", "missing", "Choose the filled-in sheet.")),
        Some(file) => {
            let (name, bytes) = (&file.name, file.bytes.clone());
            sheets::import_requirements(&visit.db, &visit.caller, id, name, bytes).await
        }
    };
    match outcome {
        Ok(taken) => imported(id, &taken),
        Err(refusal) => show_mine(&visit, id, None, RequirementInput::default(), Some(&refusal)).await,
    }
}

/// Leads to what was taken from a sheet.
pub(super) fn imported(id: Uuid, taken: &sheets::Taken) -> Result<Response, crate::http::visit::PageRefusal> {
    let told = format!(
        "Rows added: {}, changed: {}, as they were: {}.",
        taken.added, taken.changed, taken.unchanged
    );
    done(&format!("/procurements/{id}/imports/{}", taken.import.id), &told)
}
