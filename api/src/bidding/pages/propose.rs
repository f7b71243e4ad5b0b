//! Proposing a correction of a price.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::until;
use crate::bidding::correction::propose::{self, CorrectionInput, Possible};
use crate::http::fields::{AreaField, DateField, SelectField, TextField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;

/// The price from which somebody came.
#[derive(Default, Deserialize)]
pub(super) struct From {
    bid: Option<String>,
    line: Option<String>,
}

#[derive(Template)]
#[template(path = "bidding/propose.html")]
struct ProposePage {
    shell: Shell,
    action: String,
    rule: Option<String>,
    bid: SelectField,
    line: SelectField,
    unit_price: TextField,
    reason: AreaField,
    looked_at_all: AreaField,
    until: DateField,
}

async fn show(visit: &Visit, id: Uuid, from: From, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let possible = visit.read(move |r| async move { propose::possible(&r, id).await }).await?;
    let Possible { procurement, rule, bids, lines, usual } = possible;
    let form = refused.map(|(form, _)| form);
    let typed = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
    let errors = until::errors(refused.map(|(_, refusal)| refusal));
    let (chosen_bid, chosen_line) = match form {
        Some(_) => (typed("bid"), typed("line")),
        None => (from.bid.unwrap_or_default(), from.line.unwrap_or_default()),
    };
    let mut bid = SelectField::new("bid", "Bid").option("", "Choose a bid");
    let mut now = None;
    for one in bids {
        if one.bid_id.to_string() == chosen_bid {
            now = one.prices.iter().find(|(line, _)| *line == chosen_line).map(|(_, price)| price.pounds());
        }
        bid = bid.option(one.bid_id, one.supplier);
    }
    let mut line = SelectField::new("line", "Price line").option("", "Choose a line");
    for (code, description) in lines {
        line = line.option(&code, format!("{code}: {description}"));
    }
    let hint = now.map_or_else(
        || "In pounds for a unit, without VAT.".to_owned(),
        |now| format!("In pounds for a unit, without VAT. It stands at {now} now."),
    );
    let template = ProposePage {
        shell: visit
            .procurement_shell("Propose a correction", &procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .crumb("Corrections of prices", format!("/procurements/{id}/corrections"))
            .errors(&errors),
        action: format!("/procurements/{id}/corrections/propose"),
        rule,
        bid: bid.chosen(chosen_bid).error(errors.get("bid")),
        line: line.chosen(chosen_line).error(errors.get("line")),
        unit_price: TextField::pounds("unit_price", "Unit price after the correction")
            .hint(hint)
            .value(typed("unit_price"))
            .error(errors.get("unit_price")),
        reason: AreaField::new("reason", "Why the price is a slip")
            .hint("The bidder reads it.")
            .rows(3)
            .value(typed("reason"))
            .error(errors.get("reason")),
        looked_at_all: AreaField::new("looked_at_all", "How every other bid was looked at alike")
            .hint("Say which lines of which bids you held against the same rule, and what you found.")
            .rows(3)
            .value(typed("looked_at_all"))
            .error(errors.get("looked_at_all")),
        until: until::field("The bidder confirms it before", form, usual, &errors),
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
pub(super) async fn propose_form(visit: Visit, Path(id): Path<Uuid>, Query(from): Query<From>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, from, None).await
}

#[handler]
pub(super) async fn send_proposal(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let Ok(bid) = form.text("bid").parse::<Uuid>() else {
        let refusal = Refusal::field("bid", "missing", "Choose the bid whose price is a slip.");
        return show(&visit, id, From::default(), Some((&form, &refusal))).await;
    };
    let text = |name: &str| form.text(name).to_owned();
    let input = CorrectionInput {
        line: text("line"),
        unit_price: text("unit_price"),
        reason: text("reason"),
        looked_at_all: text("looked_at_all"),
        confirm_by: until::answer_by(&form),
    };
    match visit.write(move |w| async move { propose::propose(&w, id, bid, input).await }).await {
        Ok(one) => {
            let what = format!("{} is asked by mail to confirm the corrected price.", one.supplier);
            done(&format!("/procurements/{id}/corrections/{}", one.row.id), &what)
        }
        Err(refusal) if matches!(refusal.status(), 409 | 422) => {
            show(&visit, id, From::default(), Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
