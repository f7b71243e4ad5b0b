//! Using a claim link. The page has a button, so that a mail scanner that opens links does not use it up.

use askama::Template;
use chrono::TimeDelta;
use poem::handler;
use poem::web::Query;
use serde::Deserialize;

use crate::bidding::{invitation, tender};
use crate::http::shell::Shell;
use crate::http::visit::{page, page_again, see_other, supplier_cookie, with_cookie};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::{london_text, machine_now};
use crate::kernel::{Caller, Refusal};

/// The token of a link.
#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "bidding/claim.html")]
struct ClaimPage {
    shell: Shell,
    token: String,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "bidding/claimed.html")]
struct ClaimedPage {
    shell: Shell,
    title: String,
    reference: String,
    secret: String,
    until: String,
}

#[handler]
pub(super) async fn claim_form(visit: SupplierVisit, Query(query): Query<Token>) -> PageResult {
    page(&ClaimPage { shell: visit.shell("Your link to bid", None), token: query.token, refused: None })
}

#[handler]
pub(super) async fn claim(visit: SupplierVisit, form: Posted) -> PageResult {
    let token = form.text("token").to_owned();
    let claimed =
        visit.db.write(&Caller::Nobody, move |w| async move { invitation::claim(&w, &token).await }).await;
    match claimed {
        Ok(claimed) => {
            let lifetime = claimed.expires_at - machine_now();
            let cookie = supplier_cookie(&visit.db, &claimed.secret, lifetime);
            let reference = claimed.reference.clone();
            let tender = visit.read(move |r| async move { tender::published(&r, &reference).await }).await;
            let template = ClaimedPage {
                // The secret is told once: nothing that fails here may keep it back.
                title: tender.map_or_else(|_| claimed.reference.clone(), |tender| tender.pack.title),
                shell: visit.shell("You can bid now", Some(&claimed.supplier)),
                reference: claimed.reference,
                secret: claimed.secret,
                until: london_text(claimed.expires_at),
            };
            Ok(with_cookie(page(&template)?, &cookie))
        }
        Err(refusal) => refused(&visit, &refusal),
    }
}

fn refused(visit: &SupplierVisit, refusal: &Refusal) -> PageResult {
    let template = ClaimPage {
        shell: visit.shell("This link does not work any more", None),
        token: String::new(),
        refused: Some(refusal.detail.clone()),
    };
    page_again(refusal, &template)
}

#[handler]
pub(super) async fn leave(visit: SupplierVisit) -> PageResult {
    Ok(with_cookie(see_other("/tenders"), &supplier_cookie(&visit.db, "", TimeDelta::zero())))
}
