//! Lots and the schedule lines in them through pages.

use askama::Template;
use entity::lot;
use poem::handler;
use poem::web::Path;
use rules::price::Parameter;
use rules::words::PriceFormula;
use uuid::Uuid;

use super::told::{self, Part};
use super::{Field, FormPage, Removal, base, entered_or, entrance, form_again, form_page, shell};
use crate::http::fields::{AreaField, RadioField, SelectField, TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::tendering::lot as lots;
use crate::tendering::lot::{LotInput, Placement};
use crate::tendering::price_model::{self, ParametersInput};

struct LotRow {
    lot: lot::Model,
    formula: &'static str,
    parameters: String,
    lines: usize,
}

struct LineRow {
    id: Uuid,
    code: String,
    description: String,
    version: i64,
    lot: SelectField,
}

#[derive(Template)]
#[template(path = "tendering/lots.html")]
struct LotsPage {
    shell: Shell,
    base: String,
    lots: Vec<LotRow>,
    lines: Vec<LineRow>,
    unplaced: usize,
}

#[handler]
pub(super) async fn list_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Lots).await;
    }
    let (lots, lines) = visit
        .read(move |r| async move { Ok((lots::all(&r, id).await?, lots::lines(&r, id).await?)) })
        .await?;
    let choices: Vec<(String, String)> =
        lots.iter().map(|lot| (lot.id.to_string(), format!("{} {}", lot.code, lot.title))).collect();
    let unplaced = lines.iter().filter(|line| line.lot_id.is_none()).count();
    let rows = lots
        .into_iter()
        .map(|lot| LotRow {
            formula: lot.formula.0.label(),
            parameters: price_model::of(&lot).told(),
            lines: lines.iter().filter(|line| line.lot_id == Some(lot.id)).count(),
            lot,
        })
        .collect();
    let lines = lines
        .into_iter()
        .map(|line| LineRow {
            lot: SelectField::new(&format!("line/{}", line.id), format!("Lot of {}", line.code))
                .label_hidden()
                .width(Width::Chars30)
                .option("", "In no lot")
                .options(choices.iter().cloned())
                .chosen(line.lot_id.map(|lot| lot.to_string()).unwrap_or_default()),
            id: line.id,
            code: line.code,
            description: line.description,
            version: line.version,
        })
        .collect();
    page(&LotsPage {
        shell: shell(&visit, &scope, "Lots").primary("Add a lot", format!("{}/lots/new", base(id))),
        base: base(id),
        lots: rows,
        lines,
        unplaced,
    })
}

#[handler]
pub(super) async fn place(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let mut placements = Vec::new();
    for (name, value) in form.iter() {
        let Some(line) = name.strip_prefix("line/") else { continue };
        let unreadable = || Refusal::invalid("malformed", "This form cannot be read: load the page again.");
        placements.push(Placement {
            line_id: line.parse().map_err(|_| unreadable())?,
            seen: form.text(&format!("version/{line}")).parse().map_err(|_| unreadable())?,
            lot_id: match value {
                "" => None,
                lot => Some(lot.parse().map_err(|_| unreadable())?),
            },
        });
    }
    visit.write(move |w| async move { lots::place_lines(&w, id, &placements).await }).await?;
    done(&format!("{}/lots", base(id)), "The schedule lines are placed.")
}

/// A field for every parameter of a formula.
fn parameter_fields(lot: Option<&lot::Model>, form: Option<&Posted>, errors: &FieldErrors) -> Vec<Field> {
    let model = lot.map(price_model::of);
    let field = |parameter: &Parameter| {
        let name = parameter.as_str();
        let stored = model.as_ref().and_then(|model| model.parameter(*parameter)).unwrap_or_default();
        let (label, hint) = match parameter {
            Parameter::Target => {
                ("Target price over the term, net", "Only for the line from target to ceiling.")
            }
            Parameter::Ceiling => {
                ("Ceiling price over the term, net", "Only for the line from target to ceiling.")
            }
            Parameter::K => (
                "Multiple of the lowest price at which no points are left",
                "Only for the line from the lowest price to a multiple of it: above 1, such as 2.",
            ),
            Parameter::Base => (
                "Share of the points at the mean price",
                "Only for the line through the mean: 0 to 1. Half, if left empty.",
            ),
            Parameter::Slope => (
                "Share of the points that a price one mean away gains or loses",
                "Only for the line through the mean: above 0. All of them (1), if left empty.",
            ),
        };
        let field = if parameter.is_money() {
            TextField::pounds(name, label)
        } else {
            TextField::figure(name, label)
        };
        Field::Text(field.hint(hint).value(entered_or(form, name, stored)).error(errors.get(name)))
    };
    Parameter::ALL.iter().map(field).collect()
}

fn lot_form(
    visit: &Visit,
    scope: &Scope,
    lot: Option<&lot::Model>,
    next: &str,
    form: Option<&Posted>,
    refusal: Option<&Refusal>,
) -> FormPage {
    let errors = form_errors(refusal);
    let stored = |text: fn(&lot::Model) -> String| lot.map(text).unwrap_or_default();
    let code = lot.map_or_else(|| next.to_owned(), |lot| lot.code.clone());
    let formula = lot.map_or(PriceFormula::BenchmarkLinear, |lot| lot.formula.0);
    let mut fields = vec![
        Field::Text(
            TextField::new("code", "Code")
                .hint("Such as L1. It stands in the workbook.")
                .width(Width::Chars8)
                .value(entered_or(form, "code", &code))
                .error(errors.get("code")),
        ),
        Field::Text(
            TextField::new("title", "Title")
                .value(entered_or(form, "title", &stored(|lot| lot.title.clone())))
                .error(errors.get("title")),
        ),
        Field::Area(
            AreaField::new("description", "What it covers")
                .value(entered_or(form, "description", &stored(|lot| lot.description.clone())))
                .error(errors.get("description")),
        ),
        Field::Text(
            TextField::figure("price_weight", "Weight of price")
                .hint("Percent of the total. Quality has the rest.")
                .suffix("%")
                .value(entered_or(form, "price_weight", &stored(|lot| lot.price_weight.clone())))
                .error(errors.get("price_weight")),
        ),
        Field::Radio(
            PriceFormula::ALL
                .iter()
                .fold(RadioField::new("formula", "How price becomes points"), |field, formula| {
                    field.option_hint(*formula, formula.label(), formula.advice())
                })
                .chosen(entered_or(form, "formula", formula.as_str()))
                .error(errors.get("formula")),
        ),
        Field::Text(
            TextField::figure("min_quality", "Least quality points to be ranked (optional)")
                .hint("Out of 100 less the weight of price.")
                .value(entered_or(
                    form,
                    "min_quality",
                    &stored(|lot| lot.min_quality.clone().unwrap_or_default()),
                ))
                .error(errors.get("min_quality")),
        ),
    ];
    // Below the formulas, and above the minimum.
    let at = fields.len() - 1;
    fields.splice(at..at, parameter_fields(lot, form, &errors));
    let heading = lot.map_or_else(|| "Add a lot".to_owned(), |lot| format!("Lot {}", lot.code));
    let list = format!("{}/lots", base(scope.id()));
    FormPage {
        shell: shell(visit, scope, &heading).crumb("Lots", list.clone()).errors(&errors),
        intro: "A lot is a part that can be awarded alone.".to_owned(),
        advice: String::new(),
        version: lot.map(|lot| form.and_then(|form| form.version().ok()).unwrap_or(lot.version)),
        fields,
        button: "Save lot",
        removal: lot.map(|lot| Removal {
            action: format!("{list}/{}/remove", lot.id),
            version: lot.version,
            label: format!("Remove lot {}", lot.code),
            hint: "A lot can be removed once no criteria and no schedule lines are in it.",
        }),
        cancel: list,
    }
}

fn input(form: &Posted) -> LotInput {
    LotInput {
        code: form.text("code").to_owned(),
        title: form.text("title").to_owned(),
        description: form.text("description").to_owned(),
        price_weight: form.text("price_weight").to_owned(),
        formula: form.text("formula").to_owned(),
        parameters: ParametersInput {
            target: form.optional("target"),
            ceiling: form.optional("ceiling"),
            k: form.optional("k"),
            base: form.optional("base"),
            slope: form.optional("slope"),
        },
        min_quality: form.optional("min_quality"),
    }
}

/// The code that the next lot is likely to have.
async fn next_code(visit: &Visit, id: Uuid) -> Result<String, Refusal> {
    let count = visit.read(move |r| async move { Ok(lots::all(&r, id).await?.len()) }).await?;
    Ok(format!("L{}", count + 1))
}

#[handler]
pub(super) async fn new(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Lots).await;
    }
    let next = next_code(&visit, id).await?;
    form_page(&lot_form(&visit, &scope, None, &next, None, None), None)
}

#[handler]
pub(super) async fn add(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let entered = input(&form);
    match visit.write(move |w| async move { lots::add(&w, id, entered).await }).await {
        Ok(lot) => done(&format!("{}/lots", base(id)), &format!("Lot {} is added.", lot.code)),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            form_page(&lot_form(&visit, &scope, None, "", Some(&form), Some(&refusal)), Some(&refusal))
        }
    }
}

#[handler]
pub(super) async fn edit(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Lots).await;
    }
    let lot = visit.read(move |r| async move { lots::one(&r, id, lot).await }).await?;
    form_page(&lot_form(&visit, &scope, Some(&lot), "", None, None), None)
}

#[handler]
pub(super) async fn change(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, entered) = (form.version()?, input(&form));
    match visit.write(move |w| async move { lots::change(&w, id, lot, seen, entered).await }).await {
        Ok(lot) => done(&format!("{}/lots", base(id)), &format!("Lot {} is saved.", lot.code)),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            let lot = visit.read(move |r| async move { lots::one(&r, id, lot).await }).await?;
            form_again(&form, &refusal, |form, refusal| {
                lot_form(&visit, &scope, Some(&lot), "", form, refusal)
            })
        }
    }
}

#[handler]
pub(super) async fn remove(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let lot = visit.write(move |w| async move { lots::remove(&w, id, lot, seen).await }).await?;
    done(&format!("{}/lots", base(id)), &format!("Lot {} is removed.", lot.code))
}
