//! A ground against a supplier's own tender: it reads what is held against it, and replies.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::outcome::{OutcomeState, Rule};
use uuid::Uuid;

use super::asked::HERE;
use super::{frame, stranger};
use crate::bidding::invitation;
use crate::bidding::outcome::{MOST_REPLY, Outcome, reply};
use crate::http::fields::AreaField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::{Refusal, access};

/// How far it has come, as its bidder reads it.
pub(super) fn state_words(one: &Outcome) -> (&'static str, &'static str) {
    match one.row.state.0 {
        OutcomeState::Noticed if !one.passed => ("Waiting for your reply", "warn"),
        OutcomeState::Noticed => ("No reply came", "plain"),
        OutcomeState::Raised | OutcomeState::Replied => ("The councils decide", "info"),
        OutcomeState::Disregarded => ("Your tender is disregarded", "bad"),
        OutcomeState::Kept => ("Your tender is kept", "good"),
    }
}

#[derive(Template)]
#[template(path = "bidding/asked_outcome.html")]
struct OutcomePage {
    shell: Shell,
    path: String,
    rule: Rule,
    state: (&'static str, &'static str),
    reply_by: Option<String>,
    replied: Option<String>,
    decided: Option<String>,
    open: bool,
    one: Outcome,
    words: AreaField,
}

async fn show(visit: &SupplierVisit, id: Uuid, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let (supplier, one) = visit
        .read(move |r| async move {
            let scope = access::supplier(&r)?;
            let supplier = invitation::supplier_of(&r, scope.supplier_id).await?.name;
            Ok((supplier, reply::own_one(&r, id).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let row = &one.row;
    let template = OutcomePage {
        shell: frame(visit, "A ground against your tender", &supplier, "/asked")
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(&one).0)]),
        path: format!("{HERE}/outcomes/{id}"),
        rule: row.ground.0.rule(),
        state: state_words(&one),
        reply_by: row.reply_by.map(london_text),
        replied: row.replied_at.map(london_text),
        decided: row.decided_at.map(london_text),
        open: row.state.0 == OutcomeState::Noticed && !one.passed,
        words: AreaField::new("text", "Your reply")
            .hint(format!(
                "Explain, and say what evidence you have. You reply once, in at most {MOST_REPLY} characters."
            ))
            .rows(10)
            .value(form.text("text"))
            .error(errors.get("text")),
        one,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    show(&visit, id, &Posted::default(), None).await
}

#[handler]
pub(super) async fn send_reply(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    let text = form.text("text").to_owned();
    match visit.write(move |w| async move { reply::reply(&w, id, seen, &text).await }).await {
        Ok(_) => {
            done(&format!("{HERE}/outcomes/{id}"), "Your reply is sent. Two people of the councils decide.")
        }
        Err(refusal) if refusal.is_for_the_form() => show(&visit, id, &form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
