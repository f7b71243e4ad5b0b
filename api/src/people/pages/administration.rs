//! Councils and their people.

use askama::Template;
use entity::{council, person};
use poem::web::{Path, Query};
use poem::{Response, handler};
use uuid::Uuid;

use super::After;
use crate::http::fields::{CheckField, TextField, Width};
use crate::http::shell::{Section, Shell};
use crate::http::visit::{done, form_errors, form_page, next_page, see_other};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::{Paging, Refusal};
use crate::people::council::CouncilInput;
use crate::people::person::PersonInput;
use crate::people::{council as councils, person as people};

#[derive(Template)]
#[template(path = "people/administration.html")]
struct AdministrationPage {
    shell: Shell,
    councils: Vec<council::Model>,
    next: Option<String>,
    fields: Vec<TextField>,
}

fn council_fields(
    name: &str,
    email: &str,
    ppon: &str,
    gss_code: &str,
    refusal: Option<&Refusal>,
) -> Vec<TextField> {
    let errors = form_errors(refusal);
    vec![
        TextField::new("name", "Name of the council").value(name).error(errors.get("name")),
        TextField::email("email", "Address for notices")
            .hint("Where the council is told of decisions.")
            .value(email)
            .error(errors.get("email")),
        TextField::new("ppon", "PPON (if known)")
            .hint("Public procurement organisation number, such as ABCD-1234-EFGH.")
            .value(ppon)
            .width(Width::Chars16)
            .error(errors.get("ppon")),
        TextField::new("gss_code", "GSS code (if known)")
            .hint("Such as E07000223.")
            .value(gss_code)
            .width(Width::Chars16)
            .error(errors.get("gss_code")),
    ]
}

async fn administration_page(
    visit: &Visit,
    after: Option<String>,
    form: &Posted,
    refusal: Option<&Refusal>,
) -> Result<Response, Refusal> {
    let person = visit.caller.person()?.clone();
    if !person.site_administrator {
        return match person.council_id.filter(|_| person.council_administrator) {
            Some(council) => Ok(see_other(&format!("/administration/councils/{council}"))),
            None => Err(Refusal::forbidden("Only administrators can manage people.")),
        };
    }
    let slice = visit
        .read(move |r| async move { councils::list(&r, &Paging { after, ..Paging::default() }).await })
        .await?;
    let template = AdministrationPage {
        shell: visit.shell("Councils").section(Section::Administration).errors(&form_errors(refusal)),
        councils: slice.items,
        next: slice.next.map(|cursor| next_page("/administration", &cursor)),
        fields: council_fields(
            form.text("name"),
            form.text("email"),
            form.text("ppon"),
            form.text("gss_code"),
            refusal,
        ),
    };
    let answer = form_page(refusal, &template);
    answer.map_err(|_| Refusal::internal(&"a page could not be rendered"))
}

#[handler]
pub(super) async fn administration(visit: Visit, Query(query): Query<After>) -> PageResult {
    Ok(administration_page(&visit, query.after, &Posted::default(), None).await?)
}

fn council_input(form: &Posted) -> CouncilInput {
    CouncilInput {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        ppon: form.optional("ppon"),
        gss_code: form.optional("gss_code"),
    }
}

#[handler]
pub(super) async fn council_add(visit: Visit, form: Posted) -> PageResult {
    let input = council_input(&form);
    match visit.write(|w| async move { councils::add(&w, input).await }).await {
        Ok(council) => done(
            &format!("/administration/councils/{}", council.id),
            "Council added. Now invite its administrator.",
        ),
        Err(refusal) => Ok(administration_page(&visit, None, &form, Some(&refusal)).await?),
    }
}

#[derive(Template)]
#[template(path = "people/council.html")]
struct CouncilPage {
    shell: Shell,
    council: council::Model,
    people: Vec<person::Model>,
    next: Option<String>,
    fields: Vec<TextField>,
    name: TextField,
    email: TextField,
    part: CheckField,
    link: Option<String>,
}

/// Which of the page's two forms was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Particulars,
    Invitation,
}

async fn show_council(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    refused: Option<(Form, &Posted, &Refusal)>,
    link: Option<String>,
) -> PageResult {
    let (council, slice) = visit
        .read(move |r| async move {
            let people = people::list(&r, id, &Paging { after, ..Paging::default() }).await?;
            Ok((councils::one(&r, id).await?, people))
        })
        .await?;
    let refusal = refused.map(|(_, _, refusal)| refusal);
    let of = |form: Form| {
        refused.filter(|(which, _, _)| *which == form).map(|(_, posted, refusal)| (posted, refusal))
    };
    let fields = match of(Form::Particulars) {
        Some((form, refusal)) => council_fields(
            form.text("name"),
            form.text("email"),
            form.text("ppon"),
            form.text("gss_code"),
            Some(refusal),
        ),
        None => council_fields(
            &council.name,
            &council.email,
            council.ppon.as_deref().unwrap_or_default(),
            council.gss_code.as_deref().unwrap_or_default(),
            None,
        ),
    };
    let empty = Posted::default();
    let (form, invitation) =
        of(Form::Invitation).map_or((&empty, None), |(form, refusal)| (form, Some(refusal)));
    let errors = form_errors(invitation);
    let template = CouncilPage {
        shell: visit
            .shell(council.name.clone())
            .section(Section::Administration)
            .crumb("Administration", "/administration")
            .errors(&form_errors(refusal))
            .stands_now(
                refusal,
                [
                    ("Name of the council", council.name.as_str()),
                    ("Address for notices", council.email.as_str()),
                    ("PPON", council.ppon.as_deref().unwrap_or_default()),
                    ("GSS code", council.gss_code.as_deref().unwrap_or_default()),
                ],
            ),
        people: slice.items,
        next: slice.next.map(|cursor| next_page(&format!("/administration/councils/{id}"), &cursor)),
        fields,
        name: TextField::new("name", "Name")
            .id("person-name")
            .value(form.text("name"))
            .error(errors.get("name")),
        email: TextField::email("email", "Email address")
            .id("person-email")
            .value(form.text("email"))
            .error(errors.get("email")),
        part: CheckField::new("part", "Part in the council")
            .option("administrator", "Administers the council’s people and keys")
            .option("outsider", "Is not an officer: a consultant or service user on a panel"),
        council,
        link,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn council_page(
    visit: Visit,
    Path(id): Path<Uuid>,
    Query(query): Query<After>,
) -> PageResult {
    show_council(&visit, id, query.after, None, None).await
}

#[handler]
pub(super) async fn council_change(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, council_input(&form));
    match visit.write(move |w| async move { councils::change(&w, id, seen, input).await }).await {
        Ok(_) => done(&format!("/administration/councils/{id}"), "Particulars saved."),
        Err(refusal) => {
            show_council(&visit, id, None, Some((Form::Particulars, &form, &refusal)), None).await
        }
    }
}

#[handler]
pub(super) async fn person_invite(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let parts = form.all("part");
    let input = PersonInput {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        council_administrator: parts.iter().any(|part| part == "administrator"),
        outsider: parts.iter().any(|part| part == "outsider"),
    };
    match visit.write(move |w| async move { people::invite(&w, id, input).await }).await {
        Ok(invited) if invited.link.is_some() => show_council(&visit, id, None, None, invited.link).await,
        Ok(invited) => done(
            &format!("/administration/councils/{id}"),
            &format!("{} is invited by mail.", invited.person.name),
        ),
        Err(refusal) => show_council(&visit, id, None, Some((Form::Invitation, &form, &refusal)), None).await,
    }
}

#[handler]
pub(super) async fn person_disable(
    visit: Visit,
    Path((id, person)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { people::disable(&w, id, person, seen).await }).await?;
    done(&format!("/administration/councils/{id}"), "The account is closed.")
}
