//! Signing in, and the one-time links that make accounts and passwords.

use askama::Template;
use poem::handler;
use poem::web::Query;
use serde::Deserialize;

use crate::http::fields::TextField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, page, page_again, see_other, session_cookie, with_cookie};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::identity::SESSION_LIFETIME;
use crate::kernel::{Caller, Refusal};
use crate::people::first_administrator::{self, FirstAdministratorInput};
use crate::people::{password, sign_in};

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
pub(super) async fn sign_in_form(visit: Visit) -> PageResult {
    if visit.caller != Caller::Nobody {
        return Ok(see_other("/"));
    }
    page(&sign_in_page(&visit, "", None))
}

#[handler]
pub(super) async fn sign_in_post(visit: Visit, form: Posted) -> PageResult {
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
pub(super) async fn sign_out(visit: Visit) -> PageResult {
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
pub(super) async fn first_form(visit: Visit, Query(query): Query<Token>) -> PageResult {
    page(&first_page(&visit, &query.token, &Posted::default(), None))
}

#[handler]
pub(super) async fn first_post(visit: Visit, form: Posted) -> PageResult {
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
pub(super) async fn password_form(visit: Visit, Query(query): Query<Token>) -> PageResult {
    page(&password_page(&visit, &query.token, None))
}

#[handler]
pub(super) async fn password_post(visit: Visit, form: Posted) -> PageResult {
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
pub(super) async fn forgotten_form(visit: Visit) -> PageResult {
    page(&forgotten_page(&visit, "", None))
}

#[handler]
pub(super) async fn forgotten_post(visit: Visit, form: Posted) -> PageResult {
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
