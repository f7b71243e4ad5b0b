//! One criterion through pages.

use entity::{criterion, scale};
use poem::handler;
use poem::web::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::told::{self, Part};
use super::{Field, FormPage, Removal, base, entered_or, entrance, form_again, form_page, shell};
use crate::http::fields::{AreaField, CheckField, RadioField, SelectField, TextField, Width};
use crate::http::visit::{done, form_errors};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::tendering::criterion as criteria;
use crate::tendering::criterion::CriterionInput;
use crate::tendering::scale as scales;

/// What a form about a criterion chooses from.
struct Choices {
    sections: Vec<(String, String)>,
    scales: Vec<scale::Model>,
    lot: String,
}

async fn choices(visit: &Visit, id: Uuid, lot: Uuid, own: Option<Uuid>) -> Result<Choices, Refusal> {
    visit
        .read(move |r| async move {
            let tree = criteria::tree(&r, id, lot).await?;
            let sections =
                tree.nodes.iter().filter(|node| node.row.question.is_none() && own != Some(node.row.id));
            let sections = sections
                .map(|node| {
                    let label =
                        format!("{}{} {}", "\u{2003}".repeat(node.depth), node.row.code, node.row.title);
                    (node.row.id.to_string(), label)
                })
                .collect();
            Ok(Choices { sections, scales: scales::all(&r, id).await?, lot: tree.lot.code })
        })
        .await
}

/// What a fresh form holds.
#[derive(Default)]
struct Fresh {
    section: bool,
    parent: Option<Uuid>,
}

fn criterion_form(
    visit: &Visit,
    scope: &Scope,
    choices: &Choices,
    (stored, fresh): (Option<&criterion::Model>, &Fresh),
    form: Option<&Posted>,
    refusal: Option<&Refusal>,
) -> FormPage {
    let errors = form_errors(refusal);
    let text = |pick: fn(&criterion::Model) -> Option<String>| stored.and_then(pick).unwrap_or_default();
    let section = stored.map_or(fresh.section, |row| row.question.is_none());
    let kind = entered_or(form, "kind", if section { "section" } else { "question" });
    let parent = stored.map_or(fresh.parent, |row| row.parent_id);
    let parent = parent.map(|id| id.to_string()).unwrap_or_default();
    let only = choices.scales.first().filter(|_| choices.scales.len() == 1).map(|scale| scale.id.to_string());
    let scale = stored.and_then(|row| row.scale_id).map(|id| id.to_string()).or(only).unwrap_or_default();
    let document =
        form.map_or_else(|| stored.is_some_and(|row| row.document), |form| form.ticked("document"));
    let field = |name: &str, stored: String| entered_or(form, name, &stored);
    let fields = vec![
        Field::Radio(
            RadioField::new("kind", "What it is")
                .option_hint("question", "A question", "Suppliers answer it and the panel marks it.")
                .option_hint("section", "A section", "Holds questions; its weight is shared among them.")
                .chosen(&kind),
        ),
        Field::Select(
            SelectField::new("parent_id", "Stands in")
                .option("", format!("The top of lot {}", choices.lot))
                .options(choices.sections.iter().cloned())
                .chosen(field("parent_id", parent))
                .error(errors.get("parent_id")),
        ),
        Field::Text(
            TextField::new("code", "Code")
                .hint("Such as Q1. Each code stands once in the procurement.")
                .width(Width::Chars8)
                .value(field("code", text(|row| Some(row.code.clone()))))
                .error(errors.get("code")),
        ),
        Field::Text(
            TextField::new("title", "Title")
                .value(field("title", text(|row| Some(row.title.clone()))))
                .error(errors.get("title")),
        ),
        Field::Text(
            TextField::figure("weight", "Weight")
                .hint("Percent of what it stands in; fractions such as 100/3 are exact.")
                .suffix("%")
                .value(field("weight", text(|row| Some(row.weight.clone()))))
                .error(errors.get("weight")),
        ),
        Field::Area(
            AreaField::new("question", "Question")
                .hint("What the supplier is asked. For a question only, like everything below.")
                .rows(8)
                .value(field("question", text(|row| row.question.clone())))
                .error(errors.get("question")),
        ),
        Field::Select(
            SelectField::new("scale_id", "Scale")
                .option("", "Choose a scale")
                .options(choices.scales.iter().map(|scale| (scale.id.to_string(), scale.name.clone())))
                .chosen(field("scale_id", scale))
                .error(errors.get("scale_id")),
        ),
        Field::Text(
            TextField::figure("word_limit", "Word limit (optional)")
                .value(field("word_limit", text(|row| row.word_limit.map(|words| words.to_string()))))
                .error(errors.get("word_limit")),
        ),
        Field::Text(
            TextField::figure("minimum_mark", "Minimum mark (optional)")
                .hint("A bid with a lower mark is not ranked.")
                .value(field("minimum_mark", text(|row| row.minimum_mark.clone())))
                .error(errors.get("minimum_mark")),
        ),
        Field::Check(
            CheckField::yes("document", "A document may answer it", document).error(errors.get("document")),
        ),
    ];
    let heading = match stored {
        Some(row) => format!("Criterion {}", row.code),
        None if section => "Add a section".to_owned(),
        None => "Add a question".to_owned(),
    };
    let list = format!("{}/criteria", base(scope.id()));
    let advice = if choices.scales.is_empty() && !section {
        "There is no scale yet. Add one first: a question is marked on a scale.".to_owned()
    } else {
        String::new()
    };
    FormPage {
        shell: shell(visit, scope, &heading).crumb("Criteria and weights", list.clone()).errors(&errors),
        intro: String::new(),
        advice,
        version: stored.map(|row| form.and_then(|form| form.version().ok()).unwrap_or(row.version)),
        fields,
        button: "Save criterion",
        removal: stored.map(|row| Removal {
            action: format!("{list}/{}/remove", row.id),
            version: row.version,
            label: format!("Remove {}", row.code),
            hint: "A section can be removed once nothing is in it.",
        }),
        cancel: list,
    }
}

fn input(form: &Posted) -> Result<CriterionInput, Refusal> {
    let id = |name: &str, code: &str| match form.text(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Refusal::field(name, code, "Choose one of the list.")),
    };
    let question = form.text("kind") != "section";
    Ok(CriterionInput {
        parent_id: id("parent_id", "unknown_section")?,
        code: form.text("code").to_owned(),
        title: form.text("title").to_owned(),
        weight: form.text("weight").to_owned(),
        question: question.then(|| form.text("question").to_owned()),
        // A section has none of these, whatever the fields below the choice still hold.
        scale_id: if question { id("scale_id", "unknown_scale")? } else { None },
        word_limit: form.optional("word_limit").filter(|_| question),
        minimum_mark: form.optional("minimum_mark").filter(|_| question),
        document: question && form.ticked("document"),
    })
}

/// Where a new criterion shall stand.
#[derive(Deserialize)]
struct Wanted {
    lot: Uuid,
    parent: Option<Uuid>,
    #[serde(default)]
    kind: String,
}

#[handler]
pub(super) async fn new(visit: Visit, Path(id): Path<Uuid>, Query(wanted): Query<Wanted>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Criteria).await;
    }
    let choices = choices(&visit, id, wanted.lot, None).await?;
    let fresh = Fresh { section: wanted.kind == "section", parent: wanted.parent };
    form_page(&criterion_form(&visit, &scope, &choices, (None, &fresh), None, None), None)
}

#[handler]
pub(super) async fn add(
    visit: Visit,
    Path(id): Path<Uuid>,
    Query(wanted): Query<Wanted>,
    form: Posted,
) -> PageResult {
    let lot = wanted.lot;
    let added = match input(&form) {
        Ok(entered) => visit.write(move |w| async move { criteria::add(&w, id, lot, entered).await }).await,
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok(row) => done(&format!("{}/criteria", base(id)), &format!("{} is added.", row.code)),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            let choices = choices(&visit, id, lot, None).await?;
            let fresh = Fresh { section: wanted.kind == "section", parent: wanted.parent };
            let template =
                criterion_form(&visit, &scope, &choices, (None, &fresh), Some(&form), Some(&refusal));
            form_page(&template, Some(&refusal))
        }
    }
}

#[handler]
pub(super) async fn edit(visit: Visit, Path((id, criterion)): Path<(Uuid, Uuid)>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Criteria).await;
    }
    let row = visit.read(move |r| async move { criteria::one(&r, id, criterion).await }).await?;
    let choices = choices(&visit, id, row.lot_id, Some(row.id)).await?;
    let stored = (Some(&row), &Fresh::default());
    form_page(&criterion_form(&visit, &scope, &choices, stored, None, None), None)
}

#[handler]
pub(super) async fn change(
    visit: Visit,
    Path((id, criterion)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    let changed = match input(&form) {
        Ok(entered) => {
            visit
                .write(move |w| async move { criteria::change(&w, id, criterion, seen, entered).await })
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match changed {
        Ok(row) => done(&format!("{}/criteria", base(id)), &format!("{} is saved.", row.code)),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            let row = visit.read(move |r| async move { criteria::one(&r, id, criterion).await }).await?;
            let choices = choices(&visit, id, row.lot_id, Some(row.id)).await?;
            let stored = (Some(&row), &Fresh::default());
            form_again(&form, &refusal, |form, refusal| {
                criterion_form(&visit, &scope, &choices, stored, form, refusal)
            })
        }
    }
}

#[handler]
pub(super) async fn remove(
    visit: Visit,
    Path((id, criterion)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    let row = visit.write(move |w| async move { criteria::remove(&w, id, criterion, seen).await }).await?;
    done(&format!("{}/criteria", base(id)), &format!("{} is removed.", row.code))
}
