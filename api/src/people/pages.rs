//! Councils, people and keys through pages.

use askama::Template;
use entity::{api_key, council, person};
use poem::web::{Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;
use uuid::Uuid;

use super::council::CouncilInput;
use super::first_administrator::{self, FirstAdministratorInput};
use super::key::{COUNCIL_ACTIONS, KeyInput};
use super::person::PersonInput;
use super::{council as councils, key as keys, password, person as people, sign_in};
use crate::http::fields::{CheckField, TextField, Width};
use crate::http::shell::{Section, Shell};
use crate::http::visit::{done, form_errors, page, page_again, see_other, session_cookie, with_cookie};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::identity::SESSION_LIFETIME;
use crate::kernel::{Action, Caller, Paging, Refusal};

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/sign-in", get(sign_in_form).post(sign_in_post))
        .at("/sign-out", post(sign_out))
        .at("/first-administrator", get(first_form).post(first_post))
        .at("/set-password", get(password_form).post(password_post))
        .at("/forgotten-password", get(forgotten_form).post(forgotten_post))
        .at("/administration", get(administration))
        .at("/administration/councils", post(council_add))
        .at("/administration/councils/:id", get(council_page).post(council_change))
        .at("/administration/councils/:id/people", post(person_invite))
        .at("/administration/councils/:id/people/:person/disable", post(person_disable))
        .at("/keys", get(key_page).post(key_make))
        .at("/keys/:id/revoke", post(key_revoke))
}

/// A form on a page of its own: fields and one button.
#[derive(Template)]
#[template(path = "people/form.html")]
struct FormPage {
    shell: Shell,
    intro: &'static str,
    token: Option<String>,
    fields: Vec<TextField>,
    button: &'static str,
    other: Option<(&'static str, &'static str)>,
}

fn sign_in_page(visit: &Visit, email: &str, refusal: Option<&Refusal>) -> FormPage {
    FormPage {
        shell: visit.shell("Sign in").errors(&form_errors(refusal)),
        intro: "",
        token: None,
        fields: vec![
            TextField::email("email", "Email address").value(email).autocomplete("username"),
            TextField::password("password", "Password").autocomplete("current-password"),
        ],
        button: "Sign in",
        other: Some(("Forgotten password", "/forgotten-password")),
    }
}

#[handler]
async fn sign_in_form(visit: Visit) -> PageResult {
    if visit.caller != Caller::Nobody {
        return Ok(see_other("/"));
    }
    page(&sign_in_page(&visit, "", None))
}

#[handler]
async fn sign_in_post(visit: Visit, form: Posted) -> PageResult {
    match sign_in::sign_in(&visit.db, form.text("email"), form.text("password").to_owned()).await {
        Ok(secret) => {
            // A new session for each sign-in: one that was planted before is worth nothing.
            if let Some(old) = &visit.session {
                sign_in::sign_out(&visit.db, old).await?;
            }
            Ok(with_cookie(see_other("/"), &session_cookie(&visit.db, &secret, SESSION_LIFETIME)))
        }
        Err(refusal) => page_again(&refusal, &sign_in_page(&visit, form.text("email"), Some(&refusal))),
    }
}

#[handler]
async fn sign_out(visit: Visit) -> PageResult {
    if let Some(session) = &visit.session {
        sign_in::sign_out(&visit.db, session).await?;
    }
    Ok(with_cookie(see_other("/sign-in"), &session_cookie(&visit.db, "", chrono::TimeDelta::zero())))
}

/// The secret of a one-time link.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

fn first_page(visit: &Visit, token: &str, form: &Posted, refusal: Option<&Refusal>) -> FormPage {
    let errors = form_errors(refusal);
    FormPage {
        fields: vec![
            TextField::new("name", "Your name")
                .value(form.text("name"))
                .error(errors.get("name"))
                .autocomplete("name"),
            TextField::email("email", "Email address")
                .value(form.text("email"))
                .error(errors.get("email"))
                .autocomplete("username"),
            TextField::password("password", "Password")
                .hint("At least 12 characters.")
                .error(errors.get("password"))
                .autocomplete("new-password"),
        ],
        shell: visit.shell("Become the first administrator").errors(&errors),
        intro: "This link works once. As site administrator you add councils and their administrators.",
        token: Some(token.to_owned()),
        button: "Create the account",
        other: None,
    }
}

#[handler]
async fn first_form(visit: Visit, Query(query): Query<Token>) -> PageResult {
    page(&first_page(&visit, &query.token, &Posted::default(), None))
}

#[handler]
async fn first_post(visit: Visit, form: Posted) -> PageResult {
    let input = FirstAdministratorInput {
        token: form.text("token").to_owned(),
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: form.text("password").to_owned(),
    };
    match first_administrator::claim(&visit.db, input).await {
        Ok(_) => done("/sign-in", "Your account is ready. Sign in."),
        Err(refusal) => page_again(&refusal, &first_page(&visit, form.text("token"), &form, Some(&refusal))),
    }
}

fn password_page(visit: &Visit, token: &str, refusal: Option<&Refusal>) -> FormPage {
    let errors = form_errors(refusal);
    FormPage {
        fields: vec![
            TextField::password("password", "New password")
                .hint("At least 12 characters.")
                .error(errors.get("password"))
                .autocomplete("new-password"),
            TextField::password("again", "The same again")
                .error(errors.get("again"))
                .autocomplete("new-password"),
        ],
        shell: visit.shell("Set your password").errors(&errors),
        intro: "",
        token: Some(token.to_owned()),
        button: "Set password",
        other: None,
    }
}

#[handler]
async fn password_form(visit: Visit, Query(query): Query<Token>) -> PageResult {
    page(&password_page(&visit, &query.token, None))
}

#[handler]
async fn password_post(visit: Visit, form: Posted) -> PageResult {
    match password::set(&visit.db, form.text("token"), form.text("password").to_owned(), form.text("again"))
        .await
    {
        Ok(_) => done("/sign-in", "Your password is set. Sign in."),
        Err(refusal) => page_again(&refusal, &password_page(&visit, form.text("token"), Some(&refusal))),
    }
}

fn forgotten_page(visit: &Visit, email: &str, refusal: Option<&Refusal>) -> FormPage {
    let errors = form_errors(refusal);
    FormPage {
        fields: vec![
            TextField::email("email", "Email address")
                .value(email)
                .error(errors.get("email"))
                .autocomplete("username"),
        ],
        shell: visit.shell("Forgotten password").errors(&errors),
        intro: "We send a link to set a new password to the address of your account.",
        token: None,
        button: "Send the link",
        other: None,
    }
}

#[handler]
async fn forgotten_form(visit: Visit) -> PageResult {
    page(&forgotten_page(&visit, "", None))
}

#[handler]
async fn forgotten_post(visit: Visit, form: Posted) -> PageResult {
    let email = form.text("email").to_owned();
    let asked = email.clone();
    match visit
        .db
        .write(&Caller::System, move |w| async move { password::request_reset(&w, &asked).await })
        .await
    {
        Ok(()) => done("/sign-in", "If the address belongs to an account, a link is on its way."),
        Err(refusal) => page_again(&refusal, &forgotten_page(&visit, &email, Some(&refusal))),
    }
}

#[derive(Template)]
#[template(path = "people/administration.html")]
struct AdministrationPage {
    shell: Shell,
    councils: Vec<council::Model>,
    next: Option<String>,
    fields: Vec<TextField>,
}

/// Which part of a list.
#[derive(Default, Deserialize)]
struct After {
    after: Option<String>,
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
        next: slice.next.map(|cursor| format!("/administration?after={cursor}")),
        fields: council_fields(
            form.text("name"),
            form.text("email"),
            form.text("ppon"),
            form.text("gss_code"),
            refusal,
        ),
    };
    let answer = match refusal {
        None => page(&template),
        Some(refusal) => page_again(refusal, &template),
    };
    answer.map_err(|_| Refusal::internal(&"a page could not be rendered"))
}

#[handler]
async fn administration(visit: Visit, Query(query): Query<After>) -> PageResult {
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
async fn council_add(visit: Visit, form: Posted) -> PageResult {
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
            .errors(&form_errors(refusal)),
        people: slice.items,
        next: slice.next.map(|cursor| format!("/administration/councils/{id}?after={cursor}")),
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
    match refusal {
        None => page(&template),
        Some(refusal) => page_again(refusal, &template),
    }
}

#[handler]
async fn council_page(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    show_council(&visit, id, query.after, None, None).await
}

#[handler]
async fn council_change(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, council_input(&form));
    match visit.write(move |w| async move { councils::change(&w, id, seen, input).await }).await {
        Ok(_) => done(&format!("/administration/councils/{id}"), "Particulars saved."),
        Err(refusal) => {
            show_council(&visit, id, None, Some((Form::Particulars, &form, &refusal)), None).await
        }
    }
}

#[handler]
async fn person_invite(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
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
async fn person_disable(visit: Visit, Path((id, person)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { people::disable(&w, id, person, seen).await }).await?;
    done(&format!("/administration/councils/{id}"), "The account is closed.")
}

/// A key as its owner sees it.
struct KeyRow {
    id: Uuid,
    name: String,
    kind: &'static str,
    scopes: String,
    used: String,
    expires: String,
    revoked: bool,
}

impl From<api_key::Model> for KeyRow {
    fn from(key: api_key::Model) -> Self {
        Self {
            id: key.id,
            name: key.name,
            kind: if key.person_id.is_some() { "My token" } else { "Council’s key" },
            scopes: key.scopes,
            used: key.used_at.map_or_else(|| "never".to_owned(), london_text),
            expires: london_text(key.expires_at),
            revoked: key.revoked_at.is_some(),
        }
    }
}

#[derive(Template)]
#[template(path = "people/keys.html")]
struct KeysPage {
    shell: Shell,
    keys: Vec<KeyRow>,
    next: Option<String>,
    secret: Option<String>,
    name: TextField,
    days: TextField,
    scopes: CheckField,
    council: Option<CheckField>,
}

async fn show_keys(
    visit: &Visit,
    after: Option<String>,
    form: &Posted,
    refusal: Option<&Refusal>,
    secret: Option<String>,
) -> PageResult {
    let person = visit.caller.person()?.clone();
    let slice = visit
        .read(move |r| async move { keys::list(&r, &Paging { after, ..Paging::default() }).await })
        .await?;
    let errors = form_errors(refusal);
    let days = if form.text("days").is_empty() { "90" } else { form.text("days") };
    let administrator = person.council_administrator && person.council_id.is_some();
    let council_words: Vec<_> = COUNCIL_ACTIONS.iter().map(|action| action.as_str()).collect();
    let template = KeysPage {
        keys: slice.items.into_iter().map(KeyRow::from).collect(),
        next: slice.next.map(|cursor| format!("/keys?after={cursor}")),
        secret,
        name: TextField::new("name", "What it is for").value(form.text("name")).error(errors.get("name")),
        days: TextField::figure("days", "Days it works")
            .value(days)
            .width(Width::Chars4)
            .error(errors.get("days")),
        scopes: CheckField::new("scopes", "Kinds of action it covers")
            .options(Action::ALL.iter().map(|action| (action.as_str(), action.as_str())))
            .error(errors.get("scopes")),
        council: administrator.then(|| {
            CheckField::yes(
                "for_council",
                "This is the council’s key, for its own systems",
                form.ticked("for_council"),
            )
            .hint(format!("It may cover {}.", council_words.join(", ")))
        }),
        shell: visit.shell("API keys").section(Section::Help).errors(&errors),
    };
    match refusal {
        None => page(&template),
        Some(refusal) => page_again(refusal, &template),
    }
}

#[handler]
async fn key_page(visit: Visit, Query(query): Query<After>) -> PageResult {
    show_keys(&visit, query.after, &Posted::default(), None, None).await
}

#[handler]
async fn key_make(visit: Visit, form: Posted) -> PageResult {
    let input = KeyInput {
        name: form.text("name").to_owned(),
        for_council: form.ticked("for_council"),
        scopes: form.all("scopes"),
        days: form.text("days").to_owned(),
    };
    match visit.write(|w| async move { keys::make(&w, input).await }).await {
        Ok(made) => show_keys(&visit, None, &Posted::default(), None, Some(made.secret)).await,
        Err(refusal) => show_keys(&visit, None, &form, Some(&refusal), None).await,
    }
}

#[handler]
async fn key_revoke(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.write(move |w| async move { keys::revoke(&w, id).await }).await?;
    done("/keys", "The key is taken back.")
}
