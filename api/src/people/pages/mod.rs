//! Councils, people and keys through pages.

mod account;
mod administration;
mod keys;
mod sign_in;

use poem::{Route, get, post};
use serde::Deserialize;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/sign-in", get(sign_in::sign_in_form).post(sign_in::sign_in_post))
        .at("/sign-out", post(sign_in::sign_out))
        .at("/first-administrator", get(sign_in::first_form).post(sign_in::first_post))
        .at("/set-password", get(sign_in::password_form).post(sign_in::password_post))
        .at("/forgotten-password", get(sign_in::forgotten_form).post(sign_in::forgotten_post))
        .at("/administration", get(administration::administration))
        .at("/administration/councils", post(administration::council_add))
        .at(
            "/administration/councils/:id",
            get(administration::council_page).post(administration::council_change),
        )
        .at("/administration/councils/:id/people", post(administration::person_invite))
        .at("/administration/councils/:id/people/:person/disable", post(administration::person_disable))
        .at("/account", get(account::account_page))
        .at("/account/password", post(account::password_change))
        .at("/account/sessions/end-others", post(account::others_end))
        .at("/account/sessions/:session/end", post(account::session_end))
        .at("/keys", get(keys::key_page).post(keys::key_make))
        .at("/keys/:id/revoke", post(keys::key_revoke))
}

/// Which part of a list.
#[derive(Default, Deserialize)]
struct After {
    after: Option<String>,
}
