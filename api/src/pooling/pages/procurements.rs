//! The list of procurements, and the start of a new one.

use std::collections::HashMap;

use askama::Template;
use poem::web::Query;
use poem::{Route, get, handler};
use rules::route;
use rules::words::{ContractingModel, Route as Procedure};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::fields::{AreaField, RadioField, TextField, Width};
use crate::http::shell::{Section, Shell};
use crate::http::visit::{done, form_errors, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Caller, Paging, Refusal};
use crate::people::council as councils;
use crate::pooling::procurement::{self as procurements, ProcurementInput};

pub(super) fn routes(route: Route) -> Route {
    route.at("/procurements", get(list).post(open)).at("/procurements/new", get(start))
}

/// Which part of a list.
#[derive(Default, Deserialize)]
struct After {
    after: Option<String>,
}

struct Row {
    id: Uuid,
    title: String,
    reference: String,
    lead: String,
    stage: &'static str,
    deadline: String,
}

#[derive(Template)]
#[template(path = "pooling/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    next: Option<String>,
    may_open: bool,
}

/// Officers of councils open procurements.
fn may_open(caller: &Caller) -> bool {
    matches!(caller, Caller::Person(person) if person.council_id.is_some() && !person.outsider)
}

#[handler]
async fn list(visit: Visit, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let paging = Paging { after: query.after, ..Paging::default() };
    let (slice, names) = visit
        .read(move |r| async move {
            let slice = procurements::list(&r, &paging).await?;
            let mut names = HashMap::new();
            for row in &slice.items {
                if !names.contains_key(&row.lead_council_id) {
                    let lead = councils::one(&r, row.lead_council_id).await?;
                    names.insert(lead.id, lead.name);
                }
            }
            Ok((slice, names))
        })
        .await?;
    let may_open = may_open(&visit.caller);
    let shell = visit.shell("Procurements").section(Section::Procurements);
    let rows = slice.items.into_iter().map(|row| Row {
        id: row.id,
        title: row.title,
        reference: row.reference,
        lead: names.get(&row.lead_council_id).cloned().unwrap_or_default(),
        stage: row.stage.0.label(),
        deadline: row.deadline_at.map_or_else(|| "–".to_owned(), london_text),
    });
    page(&ListPage {
        shell: if may_open { shell.primary("Start a procurement", "/procurements/new") } else { shell },
        rows: rows.collect(),
        next: slice.next.map(|cursor| format!("/procurements?after={cursor}")),
        may_open,
    })
}

/// The fields of a procurement's particulars.
pub(super) struct Particulars {
    pub(super) reference: TextField,
    pub(super) title: TextField,
    pub(super) description: AreaField,
    pub(super) route: RadioField,
    pub(super) contracting_model: RadioField,
    pub(super) term_years: TextField,
    pub(super) external_ref: TextField,
}

impl Particulars {
    pub(super) fn new(entered: &ProcurementInput, refusal: Option<&Refusal>) -> Self {
        let errors = form_errors(refusal);
        let procedures = Procedure::ALL.iter().fold(
            RadioField::new("route", "Procedure").hint("The procedure by which the contract is awarded."),
            |field, procedure| {
                let clause = format!("Procurement Act 2023: {}.", route::facts(*procedure).clause);
                field.option_hint(procedure.as_str(), procedure.label(), clause)
            },
        );
        let models = ContractingModel::ALL.iter().map(|model| (model.as_str(), model.label()));
        Self {
            reference: TextField::new("reference", "Reference")
                .hint("Unique, and shown to bidders: such as ASH-2027-01.")
                .value(&entered.reference)
                .width(Width::Chars16)
                .error(errors.get("reference")),
            title: TextField::new("title", "Title").value(&entered.title).error(errors.get("title")),
            description: AreaField::new("description", "What is to be bought")
                .hint("In a few sentences. Partner councils and bidders read this first.")
                .value(&entered.description)
                .error(errors.get("description")),
            route: procedures.chosen(&entered.route).error(errors.get("route")),
            contracting_model: RadioField::new("contracting_model", "Who signs the contract")
                .options(models)
                .chosen(&entered.contracting_model)
                .error(errors.get("contracting_model")),
            term_years: TextField::figure("term_years", "Length of the contract")
                .value(&entered.term_years)
                .width(Width::Chars4)
                .suffix("years")
                .error(errors.get("term_years")),
            external_ref: TextField::new("external_ref", "Your own key for it (if any)")
                .hint("The number it has in your council’s own systems.")
                .value(entered.external_ref.as_deref().unwrap_or_default())
                .width(Width::Chars16)
                .error(errors.get("external_ref")),
        }
    }
}

pub(super) fn entered(form: &Posted) -> ProcurementInput {
    ProcurementInput {
        reference: form.text("reference").to_owned(),
        title: form.text("title").to_owned(),
        description: form.text("description").to_owned(),
        route: form.text("route").to_owned(),
        contracting_model: form.text("contracting_model").to_owned(),
        term_years: form.text("term_years").to_owned(),
        external_ref: form.optional("external_ref"),
    }
}

#[derive(Template)]
#[template(path = "pooling/new.html")]
struct NewPage {
    shell: Shell,
    fields: Particulars,
}

fn new_page(visit: &Visit, entered: &ProcurementInput, refusal: Option<&Refusal>) -> NewPage {
    NewPage {
        shell: visit
            .shell("Start a procurement")
            .section(Section::Procurements)
            .crumb("Procurements", "/procurements")
            .errors(&form_errors(refusal)),
        fields: Particulars::new(entered, refusal),
    }
}

#[handler]
async fn start(visit: Visit) -> PageResult {
    visit.signed_in()?;
    if !may_open(&visit.caller) {
        return Err(Refusal::forbidden("Only an officer of a council can open a procurement.").into());
    }
    let usual =
        ProcurementInput { route: Procedure::Open.as_str().to_owned(), ..ProcurementInput::default() };
    page(&new_page(&visit, &usual, None))
}

#[handler]
async fn open(visit: Visit, form: Posted) -> PageResult {
    let input = entered(&form);
    let again = input.clone();
    match visit.write(|w| async move { procurements::open(&w, input).await }).await {
        Ok(procurement) => done(
            &format!("/procurements/{}/partners", procurement.id),
            "The procurement is open. Now invite the councils that take part.",
        ),
        Err(refusal) => page_again(&refusal, &new_page(&visit, &again, Some(&refusal))),
    }
}
