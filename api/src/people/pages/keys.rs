//! Keys for the API.

use askama::Template;
use entity::api_key;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::After;
use crate::http::fields::{CheckField, TextField, Width};
use crate::http::shell::{Section, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal};
use crate::people::key as keys;
use crate::people::key::{COUNCIL_ACTIONS, KeyInput};

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
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn key_page(visit: Visit, Query(query): Query<After>) -> PageResult {
    show_keys(&visit, query.after, &Posted::default(), None, None).await
}

#[handler]
pub(super) async fn key_make(visit: Visit, form: Posted) -> PageResult {
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
pub(super) async fn key_revoke(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.write(move |w| async move { keys::revoke(&w, id).await }).await?;
    done("/keys", "The key is taken back.")
}
