//! Lots, criteria, method, documents and publication through pages.
//!
//! Whoever may not change the tender, and everybody after publication, sees the same pages as the pack tells it
//! ([`told`]).

mod criteria;
mod criterion;
mod documents;
pub(crate) mod extension;
mod findings;
pub(crate) mod interests;
mod laboratory;
mod lots;
mod overview;
mod scales;
mod settings;
mod told;

use askama::Template;
use poem::{Route, get, post};
use rules::stage::Stage;
use rules::words::Role;
use uuid::Uuid;

use super::reading;
use crate::http::fields::{AreaField, CheckField, Choice, DateField, RadioField, SelectField, TextField};
use crate::http::shell::Shell;
use crate::http::visit::{page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::refusal::Kind;
use crate::kernel::{Reading, Refusal};

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    let at = |path: &str| format!("/procurements/:id/tender{path}");
    route
        .at(at(""), get(overview::overview))
        .at(at("/publish"), get(overview::check).post(overview::publish))
        .at(at("/pack.json"), get(overview::pack_json))
        .at(at("/lots"), get(lots::list_page))
        .at(at("/lots/new"), get(lots::new).post(lots::add))
        .at(at("/lots/place"), post(lots::place))
        .at(at("/lots/:lot"), get(lots::edit).post(lots::change))
        .at(at("/lots/:lot/remove"), post(lots::remove))
        .at(at("/lots/:lot/weights"), post(criteria::weigh))
        .at(at("/lots/:lot/beginning"), post(criteria::begin))
        .at(at("/scales"), get(scales::list_page))
        .at(at("/scales/starter"), post(scales::add_starter))
        .at(at("/scales/new"), get(scales::new).post(scales::add))
        .at(at("/scales/:scale"), get(scales::edit).post(scales::change))
        .at(at("/scales/:scale/remove"), post(scales::remove))
        .at(at("/criteria"), get(criteria::list_page))
        .at(at("/criteria/new"), get(criterion::new).post(criterion::add))
        .at(at("/criteria/:criterion"), get(criterion::edit).post(criterion::change))
        .at(at("/criteria/:criterion/remove"), post(criterion::remove))
        .at(at("/method"), get(settings::method_page).post(settings::set_method))
        .at(at("/deadline"), get(settings::deadline_page).post(settings::set_deadline))
        .at(at("/laboratory"), get(laboratory::lots))
        .at(at("/laboratory.json"), get(laboratory::record))
        .at(at("/laboratory/:lot"), get(laboratory::show).post(laboratory::add))
        .at(at("/laboratory/:lot/tests/:test"), get(laboratory::show_one))
        .at(at("/laboratory/:lot/tests/:test/decision"), post(laboratory::settle))
        .at(at("/extensions/new"), get(extension::new).post(extension::propose))
        .at(at("/extensions/:extension"), get(extension::view))
        .at(at("/extensions/:extension/take-back"), post(extension::take_back))
        .at(at("/documents"), get(documents::list_page).post(documents::add))
        .at(at("/documents/:document"), get(documents::download))
        .at(at("/documents/:document/remove"), post(documents::remove))
        .at("/procurements/:id/interests", get(interests::show).post(interests::declare))
        .at("/procurements/:id/interests/:person", get(interests::show_other).post(interests::assess))
        .at("/procurements/:id/interests/:person/clear", post(interests::clear))
}

/// The path of the tender's overview; its other pages lie below.
fn base(procurement_id: Uuid) -> String {
    format!("/procurements/{procurement_id}/tender")
}

/// The procurement as this visitor reaches it, and whether the visitor may change the tender now.
async fn entrance(visit: &Visit, procurement_id: Uuid) -> Result<(Scope, bool), Refusal> {
    visit.read(move |r| async move { entered(&r, procurement_id).await }).await
}

async fn entered(r: &Reading, procurement_id: Uuid) -> Result<(Scope, bool), Refusal> {
    let scope = reading(r, procurement_id).await?;
    let may_change = scope.holds(Role::Coordinator) && scope.procurement.stage.0 == Stage::Tendering;
    Ok((scope, may_change))
}

/// The frame of a page below the tender's overview.
fn shell(visit: &Visit, scope: &Scope, heading: &str) -> Shell {
    visit.procurement_shell(heading, &scope.procurement, "tender").crumb("Tender", base(scope.id()))
}

/// A field of any kind, so that one template draws every form of this stage.
enum Field {
    Text(TextField),
    Area(AreaField),
    Select(SelectField),
    Radio(RadioField),
    Check(CheckField),
    Date(DateField),
}

impl Field {
    /// Its label, and what stands in it as people read it.
    fn told(&self) -> (String, String) {
        let chosen = |options: &[Choice]| {
            let labels = options.iter().filter(|option| option.chosen).map(|option| option.label.as_str());
            labels.collect::<Vec<_>>().join(", ")
        };
        let (head, value) = match self {
            Self::Text(field) => (&field.head, field.value.clone()),
            Self::Area(field) => (&field.head, field.value.clone()),
            Self::Select(field) => (&field.head, chosen(&field.options)),
            Self::Radio(field) => (&field.head, chosen(&field.options)),
            Self::Check(field) if field.options.iter().any(|option| option.chosen) => {
                (&field.head, "Yes".to_owned())
            }
            Self::Check(field) => (&field.head, "No".to_owned()),
            Self::Date(field) => {
                let time = field.time.as_deref().unwrap_or_default();
                (&field.head, format!("{}/{}/{} {time}", field.day, field.month, field.year))
            }
        };
        (head.label.clone(), value)
    }
}

/// A way to remove what a form changes.
struct Removal {
    action: String,
    version: i64,
    label: String,
    hint: &'static str,
}

/// A form on a page of its own.
#[derive(Template)]
#[template(path = "tendering/form.html")]
struct FormPage {
    shell: Shell,
    intro: String,
    advice: String,
    version: Option<i64>,
    fields: Vec<Field>,
    button: &'static str,
    cancel: String,
    removal: Option<Removal>,
}

/// A form's page: fresh, or again with what is wrong. A refusal that no other input could cure has a page of its own.
fn form_page(template: &FormPage, refusal: Option<&Refusal>) -> PageResult {
    match refusal {
        None => page(template),
        Some(refusal) if refusal.kind == Kind::Invalid => page_again(refusal, template),
        Some(refusal) => Err(refusal.clone().into()),
    }
}

/// A refused form as it was filled in; where somebody else was quicker, below what stands now. `draw` makes the form as
/// posted, or as stored without one. A refusal that no other input could cure has a page of its own.
fn form_again(
    form: &Posted,
    refusal: &Refusal,
    draw: impl Fn(Option<&Posted>, Option<&Refusal>) -> FormPage,
) -> PageResult {
    let mut template = draw(Some(form), Some(refusal));
    if refusal.kind == Kind::Stale {
        let stored = draw(None, None);
        template.version = stored.version;
        template.shell = template.shell.stands_now(Some(refusal), stored.fields.iter().map(Field::told));
        return page_again(refusal, &template);
    }
    form_page(&template, Some(refusal))
}

/// The text of a field as it was posted, or as it is stored where the form is fresh.
fn entered_or(form: Option<&Posted>, name: &str, stored: &str) -> String {
    form.map_or_else(|| stored.to_owned(), |form| form.text(name).to_owned())
}
