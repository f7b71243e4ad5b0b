//! Criteria and their weights through pages.

use askama::Template;
use entity::scale;
use poem::handler;
use poem::web::Path;
use rules::exact::Exact;
use rules::starter::Starter;
use uuid::Uuid;

use super::told::{self, Part};
use super::{base, entered_or, entrance, shell};
use crate::http::fields::{SelectField, TextField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::refusal::Kind;
use crate::kernel::{Reading, Refusal};
use crate::tendering::criterion as criteria;
use crate::tendering::criterion::{CriteriaTree, CriterionNode, WeightInput};
use crate::tendering::{exact_text, lot as lots, scale as scales, starter};

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
    version: i64,
    starter: SelectField,
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
        version: lot.version,
        starter: SelectField::new("starter", "Begin with")
            .id(format!("starter-{}", lot.code))
            .hint("Sections and questions that ICT tenders usually hold, with weights that sum to 100. The weight of price changes to the one named.")
            .options(Starter::ALL.iter().map(|starter| (starter.as_str(), starter.label()))),
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
pub(super) async fn begin(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, chosen) = (form.version()?, form.text("starter").to_owned());
    let lot = visit.write(move |w| async move { starter::begin(&w, id, lot, seen, &chosen).await }).await?;
    let told = format!(
        "Lot {} has criteria and questions to begin with. Adapt them to what the councils need.",
        lot.code
    );
    done(&format!("{}/criteria#lot-{}", base(id), lot.code), &told)
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
