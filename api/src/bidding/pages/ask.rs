//! Asking one bidder.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::{addressed, until};
use crate::bidding::addressed::MOST_CHARACTERS;
use crate::bidding::addressed::ask::{self, AskInput, Possible};
use crate::http::fields::{AreaField, DateField, SelectField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;

/// The bid from which somebody came.
#[derive(Default, Deserialize)]
pub(super) struct From {
    bid: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "bidding/ask.html")]
struct AskPage {
    shell: Shell,
    action: String,
    hidden: Vec<String>,
    bid: SelectField,
    about: SelectField,
    text: AreaField,
    until: DateField,
}

async fn show(visit: &Visit, id: Uuid, chosen: String, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let possible = visit.read(move |r| async move { ask::possible(&r, id).await }).await?;
    let Possible { procurement, bids, subjects, unlocked, usual } = possible;
    let form = refused.map(|(form, _)| form);
    let typed = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
    let errors = until::errors(refused.map(|(_, refusal)| refusal));
    let chosen = if form.is_some() { typed("bid") } else { chosen };
    let mut bid = SelectField::new("bid", "Bid").option("", "Choose a bid");
    for (key, supplier) in bids {
        bid = bid.option(key, supplier);
    }
    let mut about = SelectField::new("code", "About").option("", "Choose what the question is about");
    for (subject, code, title) in subjects {
        let words = addressed::about(subject, code.as_deref());
        let words = if title.is_empty() { words } else { format!("{words}: {title}") };
        about = about.option(value_of(subject.as_str(), code.as_deref()), words);
    }
    let template = AskPage {
        shell: visit
            .procurement_shell("Ask one bidder", &procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .crumb("Questions to one bidder", format!("/procurements/{id}/addressed"))
            .errors(&errors),
        action: format!("/procurements/{id}/addressed/ask"),
        hidden: unlocked,
        bid: bid.chosen(chosen).error(errors.get("bid")),
        about: about
            .chosen(typed("code"))
            .error(errors.get("code")),
        text: AreaField::new("text", "Question")
            .hint(format!(
                "At most {MOST_CHARACTERS} characters. Ask for what explains the bid, not for what would better it."
            ))
            .rows(8)
            .value(typed("text"))
            .error(errors.get("text")),
        until: until::field("Reply before", form, usual, &errors),
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

fn value_of(subject: &str, code: Option<&str>) -> String {
    code.map_or_else(|| subject.to_owned(), |code| format!("{subject}:{code}"))
}

#[handler]
pub(super) async fn ask_form(visit: Visit, Path(id): Path<Uuid>, Query(from): Query<From>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, from.bid.map(|bid| bid.to_string()).unwrap_or_default(), None).await
}

#[handler]
pub(super) async fn send_question(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let Ok(bid) = form.text("bid").parse::<Uuid>() else {
        let refusal = Refusal::field("bid", "missing", "Choose the bid that the question is about.");
        return show(&visit, id, String::new(), Some((&form, &refusal))).await;
    };
    let chosen = form.text("code");
    let (subject, code) =
        chosen.split_once(':').map_or((chosen, None), |(subject, code)| (subject, Some(code)));
    let input = AskInput {
        subject: subject.to_owned(),
        code: code.map(str::to_owned),
        text: form.text("text").to_owned(),
        reply_by: until::answer_by(&form),
    };
    match visit.write(move |w| async move { ask::ask(&w, id, bid, input).await }).await {
        Ok(one) => {
            let what = format!("{} is asked, and told by mail that it is.", one.supplier);
            done(&format!("/procurements/{id}/addressed/{}", one.row.id), &what)
        }
        Err(refusal) if matches!(refusal.status(), 409 | 422) => {
            show(&visit, id, String::new(), Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
