//! My account: who I am, where I am signed in, my password.

use askama::Template;
use poem::handler;
use poem::web::Path;

use crate::http::fields::TextField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, see_other};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::london_text;
use crate::kernel::secrets::sha256_hex;
use crate::people::{password, session};

/// A signed-in browser in the table.
struct SessionRow {
    id: String,
    began: String,
    seen: String,
    expires: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "people/account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    council: String,
    part: &'static str,
    sessions: Vec<SessionRow>,
    others: bool,
    present: TextField,
}

/// The session by which this page is looked at.
fn this_session(visit: &Visit) -> String {
    visit.session.as_deref().map(sha256_hex).unwrap_or_default()
}

async fn show(visit: &Visit, refusal: Option<&Refusal>) -> PageResult {
    let person = visit.caller.person()?.clone();
    let this = this_session(visit);
    let sessions: Vec<_> = visit
        .read(|r| async move { session::list(&r).await })
        .await?
        .into_iter()
        .map(|row| SessionRow {
            this: row.id == this,
            id: row.id,
            began: london_text(row.began_at),
            seen: london_text(row.seen_at),
            expires: london_text(row.expires_at),
        })
        .collect();
    let errors = form_errors(refusal);
    let template = AccountPage {
        others: sessions.iter().any(|session| !session.this),
        sessions,
        name: person.name,
        council: person.council_name.unwrap_or_else(|| "None: you administer the site".to_owned()),
        part: match (person.site_administrator, person.council_administrator, person.outsider) {
            (true, _, _) => "Site administrator",
            (_, true, _) => "Officer, and administrator of the council’s people and keys",
            (_, _, true) => "Member of panels, not an officer",
            _ => "Officer",
        },
        present: TextField::password("present", "Present password")
            .error(errors.get("present"))
            .autocomplete("current-password"),
        shell: visit.shell("My account").action("API keys", "/keys").errors(&errors),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn account_page(visit: Visit) -> PageResult {
    show(&visit, None).await
}

#[handler]
pub(super) async fn password_change(visit: Visit, form: Posted) -> PageResult {
    match password::ask_change(&visit.db, &visit.caller, form.text("present").to_owned()).await {
        Ok(secret) => Ok(see_other(&format!("/set-password?token={secret}"))),
        Err(refusal) => show(&visit, Some(&refusal)).await,
    }
}

#[handler]
pub(super) async fn session_end(visit: Visit, Path(id): Path<String>) -> PageResult {
    visit.write(move |w| async move { session::end(&w, &id).await }).await?;
    done("/account", "That session is ended.")
}

#[handler]
pub(super) async fn others_end(visit: Visit) -> PageResult {
    let kept = this_session(&visit);
    visit.write(move |w| async move { session::end_others(&w, &kept).await }).await?;
    done("/account", "All other sessions are ended.")
}
