//! Merging requirements, and one pooled requirement with its sources.

use askama::Template;
use poem::web::{Path, Query};
use poem::{Route, get, handler, post};
use serde::Deserialize;
use uuid::Uuid;

use super::needs::{long, may_pool};
use super::wording::{Wording, accepted, errors, pooled_input};
use crate::http::fields::{CheckField, SelectField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::pooling::pooled::{self, PooledInput, PooledView};
use crate::pooling::procurement;
use crate::pooling::requirement::{self, Filter, RequirementView};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/requirements/merge", get(merge_form).post(merge))
        .at("/procurements/:id/requirements/pooled/:pooled", get(one).post(change))
        .at("/procurements/:id/requirements/pooled/:pooled/remove", post(remove))
        .at("/procurements/:id/requirements/pooled/:pooled/detach/:requirement", post(detach))
}

/// A requirement that can be ticked.
struct MergeRow {
    view: RequirementView,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "pooling/merge.html")]
struct MergePage {
    shell: Shell,
    base: String,
    rows: Vec<MergeRow>,
    next: Option<String>,
    into: SelectField,
    wording: Wording,
    accepted: CheckField,
}

#[derive(Deserialize)]
struct MergeQuery {
    #[serde(default)]
    after: Option<String>,
    /// The requirement whose wording is taken to begin with.
    #[serde(default)]
    wording: Option<Uuid>,
}

/// What the merging form holds.
#[derive(Clone, Default)]
struct MergeForm {
    ids: Vec<String>,
    into: String,
    input: PooledInput,
}

async fn show_merge(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    wording: Option<Uuid>,
    mut form: MergeForm,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, open, list) = visit
        .read(move |r| async move {
            let scope = procurement::one(&r, id).await?;
            scope.must_coordinate()?;
            let filter = Filter { council_id: None, pooled: Some(false) };
            let open = requirement::list(&r, id, filter, &long(after)).await?;
            Ok((scope, open, pooled::list(&r, id, &long(None)).await?))
        })
        .await?;
    if let Some(from) = open.items.iter().find(|view| Some(view.requirement.id) == wording) {
        let row = &from.requirement;
        form.ids = vec![row.id.to_string()];
        form.input = PooledInput {
            text: row.text.clone(),
            kind: row.kind.0.to_string(),
            moscow: row.moscow.0.to_string(),
            accepted: Vec::new(),
        };
    }
    let errors = errors(refusal);
    let base = format!("/procurements/{id}/requirements");
    let existing = list.items.iter().map(|view| {
        let words: String = view.pooled.text.chars().take(80).collect();
        let value = format!("{} {}", view.pooled.id, view.pooled.version);
        (value, format!("{} {words}", view.pooled.code))
    });
    let template = MergePage {
        shell: visit
            .procurement_shell("Merge requirements", &scope.procurement, "requirements")
            .crumb("Councils’ needs", &base)
            .fact("Each requirement that is not pooled yet")
            .errors(&errors),
        rows: open
            .items
            .into_iter()
            .map(|view| MergeRow { ticked: form.ids.contains(&view.requirement.id.to_string()), view })
            .collect(),
        next: open.next.map(|after| format!("{base}/merge?after={after}")),
        into: SelectField::new("into", "Into")
            .hint("A pooled requirement that exists keeps its wording; then the fields below are not used.")
            .option("", "A new pooled requirement with the wording below")
            .options(existing)
            .chosen(&form.into)
            .error(errors.get("into")),
        wording: Wording::new(
            "Agreed wording",
            &form.input.text,
            &form.input.kind,
            &form.input.moscow,
            &errors,
        ),
        accepted: accepted(&form.input.accepted, &errors),
        base,
    };
    form_page(refusal, &template)
}

#[handler]
async fn merge_form(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<MergeQuery>) -> PageResult {
    show_merge(&visit, id, query.after, query.wording, MergeForm::default(), None).await
}

#[handler]
async fn merge(visit: Visit, Path(id): Path<Uuid>, posted: Posted) -> PageResult {
    let form = MergeForm {
        ids: posted.all("requirement_ids"),
        into: posted.text("into").to_owned(),
        input: pooled_input(&posted),
    };
    let again = form.clone();
    let ids: Vec<Uuid> = form.ids.iter().filter_map(|text| text.parse().ok()).collect();
    let into = form.into.split_once(' ').and_then(|(id, seen)| Some((id.parse().ok()?, seen.parse().ok()?)));
    let merged = visit
        .write(move |w| async move {
            match into {
                Some((pooled_id, seen)) => pooled::attach(&w, id, pooled_id, seen, ids).await,
                None => pooled::merge(&w, id, ids, form.input).await,
            }
        })
        .await;
    match merged {
        Ok(view) => {
            let told = format!("{} is merged. Its sources: {}.", view.pooled.code, view.sources.len());
            done(&format!("/procurements/{id}/requirements/merge"), &told)
        }
        Err(refusal) => show_merge(&visit, id, None, None, again, Some(&refusal)).await,
    }
}

#[derive(Template)]
#[template(path = "pooling/pooled.html")]
struct PooledPage {
    shell: Shell,
    base: String,
    view: PooledView,
    may_pool: bool,
    wording: Wording,
    accepted: CheckField,
}

async fn show(visit: &Visit, id: Uuid, pooled_id: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let (scope, view) =
        visit
            .read(move |r| async move {
                Ok((procurement::one(&r, id).await?, pooled::one(&r, id, pooled_id).await?))
            })
            .await?;
    let errors = errors(refused.map(|(_, refusal)| refusal));
    let input = match refused {
        Some((form, _)) => pooled_input(form),
        None => PooledInput {
            text: view.pooled.text.clone(),
            kind: view.pooled.kind.0.to_string(),
            moscow: view.pooled.moscow.0.to_string(),
            accepted: view.accepted().into_iter().map(str::to_owned).collect(),
        },
    };
    let list = format!("/procurements/{id}/requirements");
    let heading = format!("Pooled requirement {}", view.pooled.code);
    let template = PooledPage {
        shell: visit
            .procurement_shell(heading, &scope.procurement, "requirements")
            .crumb("Councils’ needs", &list)
            .fact(view.pooled.kind.0.label())
            .fact(view.pooled.moscow.0.label())
            .errors(&errors)
            .stands_now(
                refused.map(|(_, refusal)| refusal),
                [
                    ("Agreed wording", view.pooled.text.clone()),
                    ("Type", view.pooled.kind.0.label().to_owned()),
                    ("Importance", view.pooled.moscow.0.label().to_owned()),
                    ("Answers that meet it", view.accepted().join(", ")),
                ],
            ),
        may_pool: may_pool(&scope),
        wording: Wording::new("Agreed wording", &input.text, &input.kind, &input.moscow, &errors),
        accepted: accepted(&input.accepted, &errors),
        base: format!("{list}/pooled/{pooled_id}"),
        view,
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
async fn one(visit: Visit, Path((id, pooled_id)): Path<(Uuid, Uuid)>) -> PageResult {
    show(&visit, id, pooled_id, None).await
}

#[handler]
async fn change(visit: Visit, Path((id, pooled_id)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, pooled_input(&form));
    let changed =
        visit.write(move |w| async move { pooled::change(&w, id, pooled_id, seen, input).await }).await;
    match changed {
        Ok(_) => done(
            &format!("/procurements/{id}/requirements/pooled/{pooled_id}"),
            "Saved. Councils that had agreed the list are asked again.",
        ),
        Err(refusal) => show(&visit, id, pooled_id, Some((&form, &refusal))).await,
    }
}

#[handler]
async fn remove(visit: Visit, Path((id, pooled_id)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let removed = visit.write(move |w| async move { pooled::remove(&w, id, pooled_id, seen).await }).await?;
    let told = format!("{} removed. Its sources are not pooled now.", removed.pooled.code);
    done(&format!("/procurements/{id}/requirements"), &told)
}

#[handler]
async fn detach(
    visit: Visit,
    Path((id, pooled_id, requirement_id)): Path<(Uuid, Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    visit
        .write(move |w| async move { pooled::detach(&w, id, pooled_id, seen, requirement_id).await })
        .await?;
    done(
        &format!("/procurements/{id}/requirements/pooled/{pooled_id}"),
        "Detached. The requirement is not pooled now.",
    )
}
