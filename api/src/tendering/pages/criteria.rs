//! Criteria and their weights through pages.

use askama::Template;
use entity::{criterion, scale};
use poem::handler;
use poem::web::{Path, Query};
use rules::exact::Exact;
use serde::Deserialize;
use uuid::Uuid;

use super::told::{self, Part};
use super::{Field, FormPage, Removal, base, entered_or, entrance, form_page, shell};
use crate::http::fields::{AreaField, CheckField, RadioField, SelectField, TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::refusal::Kind;
use crate::kernel::{Reading, Refusal};
use crate::tendering::criterion as criteria;
use crate::tendering::criterion::{CriteriaTree, CriterionInput, CriterionNode, WeightInput};
use crate::tendering::{exact_text, lot as lots, scale as scales};

/// A sum of weights as a page says it: whether it is complete, and what is missing or too much.
struct Sum {
    group: String,
    total: String,
    complete: bool,
    words: String,
}

impl Sum {
    fn new(group: String, total: &Exact, missing: &Exact) -> Self {
        let words = if missing.is_zero() {
            "Sums to 100 %".to_owned()
        } else if missing.is_negative() {
            format!("{} % too much", exact_text(&missing.abs()))
        } else {
            format!("{} % missing", exact_text(missing))
        };
        Self { group, total: exact_text(total), complete: missing.is_zero(), words }
    }
}

struct Row {
    id: Uuid,
    version: i64,
    indent: String,
    code: String,
    title: String,
    weight: TextField,
    share: String,
    marked_on: String,
    gate: String,
    below: Option<Sum>,
}

struct LotBlock {
    id: Uuid,
    anchor: String,
    table: String,
    caption: String,
    heading: String,
    quality: String,
    top: Sum,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "tendering/criteria.html")]
struct CriteriaPage {
    shell: Shell,
    base: String,
    lots: Vec<LotBlock>,
}

/// An exact share as people read it; a fraction that no short decimal holds is rounded and said to be.
pub(super) fn percent_text(share: &Exact) -> String {
    if (share * Exact::from(10_000)).is_integer() {
        format!("{} %", exact_text(share))
    } else {
        format!("about {} %", share.fixed(2))
    }
}

fn block(
    tree: &CriteriaTree,
    scales: &[scale::Model],
    form: Option<&Posted>,
    errors: &FieldErrors,
) -> LotBlock {
    let lot = &tree.lot;
    LotBlock {
        id: lot.id,
        anchor: format!("lot-{}", lot.code),
        table: format!("criteria-{}", lot.code),
        caption: format!("Criteria of lot {}", lot.code),
        heading: format!("{} {}", lot.code, lot.title),
        quality: exact_text(&tree.quality_weight),
        top: Sum::new(lot.id.to_string(), &tree.total, &tree.missing),
        rows: tree.nodes.iter().map(|node| row(node, lot.id, scales, form, errors)).collect(),
    }
}

fn row(
    node: &CriterionNode,
    lot_id: Uuid,
    scales: &[scale::Model],
    form: Option<&Posted>,
    errors: &FieldErrors,
) -> Row {
    let criterion = &node.row;
    let group = criterion.parent_id.unwrap_or(lot_id).to_string();
    let name = format!("weight/{}", criterion.id);
    let scale = scales.iter().find(|scale| Some(scale.id) == criterion.scale_id);
    let section = criterion.question.is_none();
    Row {
        id: criterion.id,
        version: criterion.version,
        indent: "\u{2003}".repeat(node.depth),
        code: criterion.code.clone(),
        title: criterion.title.clone(),
        weight: TextField::weight(&name, format!("Weight of {}", criterion.code), group)
            .label_hidden()
            .value(entered_or(form, &name, &criterion.weight))
            .error(errors.get(&name)),
        share: percent_text(&node.share),
        marked_on: scale.map_or_else(|| "–".to_owned(), |scale| scale.name.clone()),
        gate: criterion.minimum_mark.clone().unwrap_or_else(|| "–".to_owned()),
        below: section.then(|| Sum::new(criterion.id.to_string(), &node.total, &node.missing)),
    }
}

async fn trees(r: &Reading, id: Uuid) -> Result<(Vec<CriteriaTree>, Vec<scale::Model>), Refusal> {
    let mut found = Vec::new();
    for lot in lots::all(r, id).await? {
        found.push(criteria::tree(r, id, lot.id).await?);
    }
    Ok((found, scales::all(r, id).await?))
}

async fn criteria_page(
    visit: &Visit,
    scope: &Scope,
    refused: Option<(Uuid, &Posted, &FieldErrors)>,
) -> Result<CriteriaPage, Refusal> {
    let id = scope.id();
    let (trees, scales) = visit.read(move |r| async move { trees(&r, id).await }).await?;
    let none = FieldErrors::new();
    let errors = refused.map_or(&none, |(_, _, errors)| errors);
    let blocks = trees.iter().map(|tree| {
        let form = refused.filter(|(lot, _, _)| *lot == tree.lot.id).map(|(_, form, _)| form);
        block(tree, &scales, form, errors)
    });
    Ok(CriteriaPage {
        lots: blocks.collect(),
        shell: shell(visit, scope, "Criteria and weights").errors(errors),
        base: base(id),
    })
}

#[handler]
pub(super) async fn list_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Criteria).await;
    }
    page(&criteria_page(&visit, &scope, None).await?)
}

#[handler]
pub(super) async fn weigh(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let mut weights = Vec::new();
    for (name, value) in form.iter() {
        let Some(criterion) = name.strip_prefix("weight/") else { continue };
        let unreadable = || Refusal::invalid("malformed", "This form cannot be read: load the page again.");
        weights.push(WeightInput {
            criterion_id: criterion.parse().map_err(|_| unreadable())?,
            seen: form.text(&format!("version/{criterion}")).parse().map_err(|_| unreadable())?,
            weight: value.to_owned(),
        });
    }
    let sent = weights.clone();
    match visit.write(move |w| async move { criteria::weigh(&w, id, lot, &sent).await }).await {
        Ok(tree) => {
            let path = format!("{}/criteria#lot-{}", base(id), tree.lot.code);
            done(&path, &format!("The weights of lot {} are saved.", tree.lot.code))
        }
        Err(refusal) if refusal.kind == Kind::Invalid && !refusal.fields.is_empty() => {
            // The operation counts weights, the page names them by criterion.
            let named = |field: &str| {
                let index: usize = field.strip_prefix("weights/")?.strip_suffix("/weight")?.parse().ok()?;
                Some(format!("weight/{}", weights.get(index)?.criterion_id))
            };
            let errors: FieldErrors = refusal
                .fields
                .iter()
                .map(|fault| (named(&fault.field).unwrap_or_default(), fault.message.clone()))
                .collect();
            let (scope, _) = entrance(&visit, id).await?;
            page_again(&refusal, &criteria_page(&visit, &scope, Some((lot, &form, &errors))).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

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
            let template = criterion_form(&visit, &scope, &choices, stored, Some(&form), Some(&refusal));
            form_page(&template, Some(&refusal))
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
