//! Declare interests, on one page; the coordinator sees what everybody declared.

use askama::Template;
use entity::interest;
use poem::handler;
use poem::web::{Path, Query};
use rules::words::{Interest, Role};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal};
use crate::scoring::desk;
use crate::scoring::interest::{self as interests, Declared, InterestInput};

struct Row {
    name: String,
    council: String,
    roles: String,
    declared: &'static str,
    kind: &'static str,
    detail: String,
    at: String,
    href: String,
}

impl Row {
    fn new(id: Uuid, own: Uuid, declared: Declared) -> Self {
        let roles: Vec<_> = declared.roles.iter().map(|role| role.label()).collect();
        let word = declared.declaration.as_ref().map(|row| row.interest.0);
        let person = declared.person.id;
        Self {
            name: declared.person.name,
            council: declared.council,
            roles: roles.join(", "),
            declared: word.map_or("Not declared yet", Interest::label),
            kind: kind(word),
            at: declared.declaration.as_ref().map(|row| london_text(row.declared_at)).unwrap_or_default(),
            detail: declared.declaration.map(|row| row.detail).unwrap_or_default(),
            href: if person == own {
                String::new()
            } else {
                format!("/procurements/{id}/scoring/interests/{person}")
            },
        }
    }
}

fn kind(word: Option<Interest>) -> &'static str {
    match word {
        None => "warn",
        Some(Interest::Nothing) => "good",
        Some(Interest::Mitigated) => "info",
        Some(Interest::Barred) => "bad",
    }
}

#[derive(Template)]
#[template(path = "scoring/interests.html")]
struct InterestsPage {
    shell: Shell,
    action: String,
    /// Whose declaration the form is about, where it is another's.
    other: Option<String>,
    may_declare: bool,
    stored: Option<String>,
    version: i64,
    interest: RadioField,
    detail: AreaField,
    list: Option<(Vec<Row>, String)>,
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

struct Form<'a> {
    action: String,
    other: Option<String>,
    stored: Option<&'a interest::Model>,
    refused: Option<(&'a Posted, &'a Refusal)>,
}

fn fields(form: &Form<'_>) -> (RadioField, AreaField) {
    let errors = form_errors(form.refused.map(|(_, refusal)| refusal));
    let (word, detail) = match (form.refused, form.stored) {
        (Some((posted, _)), _) => (posted.text("interest").to_owned(), posted.text("detail").to_owned()),
        (None, Some(row)) => (row.interest.0.to_string(), row.detail.clone()),
        (None, None) => (String::new(), String::new()),
    };
    let options = Interest::ALL.iter().map(|word| (word.as_str(), word.label()));
    let interest = RadioField::new("interest", "Interests in this procurement or its bidders")
        .options(options)
        .chosen(word)
        .error(errors.get("interest"));
    let detail = AreaField::new("detail", "In words")
        .hint("The interest and what mitigates it. Leave this empty where there is none.")
        .value(detail)
        .error(errors.get("detail"));
    (interest, detail)
}

fn answer(shell: Shell, form: &Form<'_>, may_declare: bool, list: Option<(Vec<Row>, String)>) -> PageResult {
    let refusal = form.refused.map(|(_, refusal)| refusal);
    let (interest, detail) = fields(form);
    let template = InterestsPage {
        shell: shell.errors(&form_errors(refusal)),
        action: form.action.clone(),
        other: form.other.clone(),
        may_declare,
        stored: form
            .stored
            .map(|row| format!("{}, declared on {}", row.interest.0.label(), london_text(row.declared_at))),
        version: form.stored.map_or(0, |row| row.version),
        interest,
        detail,
        list,
    };
    form_page(refusal, &template)
}

async fn show_own(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let own = visit.caller.person()?.id;
    let (desk, list) = visit
        .read(move |r| async move {
            let desk = desk::view(&r, id).await?;
            let list = if desk.scope.holds(Role::Coordinator) {
                Some(interests::list(&r, id, &Paging { after, ..Paging::default() }).await?)
            } else {
                None
            };
            Ok((desk, list))
        })
        .await?;
    let list = list.map(|slice| {
        let rows = slice.items.into_iter().map(|declared| Row::new(id, own, declared));
        let next = slice.next.map(|next| format!("/procurements/{id}/scoring/interests?after={next}"));
        (rows.collect(), next.unwrap_or_default())
    });
    let shell = visit
        .procurement_shell("Declare interests", &desk.scope.procurement, "scoring")
        .crumb("Scoring", format!("/procurements/{id}/scoring"));
    let form = Form {
        action: format!("/procurements/{id}/scoring/interests"),
        other: None,
        stored: desk.declaration.as_ref(),
        refused,
    };
    answer(shell, &form, !desk.scope.roles.is_empty(), list)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    show_own(&visit, id, query.after, None).await
}

fn input(form: &Posted) -> InterestInput {
    InterestInput { interest: form.text("interest").to_owned(), detail: form.text("detail").to_owned() }
}

#[handler]
pub(super) async fn declare(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, input(&form));
    match visit.write(move |w| async move { interests::declare(&w, id, seen, input).await }).await {
        Ok(_) => done(&format!("/procurements/{id}/scoring/interests"), "Your declaration is recorded."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_own(&visit, id, None, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn show_person(
    visit: &Visit,
    id: Uuid,
    person: Uuid,
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let (procurement, declared) = visit
        .read(move |r| async move {
            let declared = interests::of_person(&r, id, person).await?;
            Ok((desk::procurement(&r, id).await?, declared))
        })
        .await?;
    let shell = visit
        .procurement_shell(format!("Interests of {}", declared.person.name), &procurement, "scoring")
        .crumb("Declare interests", format!("/procurements/{id}/scoring/interests"));
    let form = Form {
        action: format!("/procurements/{id}/scoring/interests/{person}"),
        other: Some(declared.person.name.clone()),
        stored: declared.declaration.as_ref(),
        refused,
    };
    answer(shell, &form, true, None)
}

#[handler]
pub(super) async fn show_other(visit: Visit, Path((id, person)): Path<(Uuid, Uuid)>) -> PageResult {
    show_person(&visit, id, person, None).await
}

#[handler]
pub(super) async fn assess(visit: Visit, Path((id, person)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, input(&form));
    match visit.write(move |w| async move { interests::assess(&w, id, person, seen, input).await }).await {
        Ok(_) => done(&format!("/procurements/{id}/scoring/interests"), "The assessment is recorded."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_person(&visit, id, person, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
