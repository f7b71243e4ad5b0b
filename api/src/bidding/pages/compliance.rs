//! Compliance: what became of each tender, the grounds that the law has, and raising one.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::outcome::{Ground, Rule};
use serde::Deserialize;
use uuid::Uuid;

use super::until;
use crate::bidding::outcome::compliance::{self, Compliance, Told};
use crate::bidding::outcome::raise::{self, Possible, RaiseInput};
use crate::http::fields::{AreaField, CheckField, DateField, SelectField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;

/// The path of the page; each ground lies below.
pub(super) fn base(id: Uuid) -> String {
    format!("/procurements/{id}/compliance")
}

/// How a thing that is told of a tender looks.
fn kind_of(word: &str) -> &'static str {
    match word {
        "assessed" | "kept" => "good",
        "raised" | "noticed" | "replied" => "warn",
        "not_meeting_requirements" | "disregarded" => "bad",
        _ => "plain",
    }
}

struct Line {
    text: String,
    kind: &'static str,
    href: Option<String>,
}

struct Row {
    supplier: String,
    href: Option<String>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "bidding/compliance.html")]
struct CompliancePage {
    shell: Shell,
    rows: Vec<Row>,
    grounds: Vec<Rule>,
}

fn line(base: &str, told: Told) -> Line {
    Line {
        kind: kind_of(told.word),
        href: told.outcome.map(|outcome| format!("{base}/{outcome}")),
        text: told.text,
    }
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.signed_in()?;
    let Compliance { procurement, tenders, may_raise } =
        visit.read(move |r| async move { compliance::view(&r, id).await }).await?;
    let base = base(id);
    let shell = visit
        .procurement_shell("Compliance", &procurement, "scoring")
        .crumb("Scoring", format!("/procurements/{id}/scoring"));
    let shell = if may_raise { shell.primary("Raise a ground", format!("{base}/raise")) } else { shell };
    page(&CompliancePage {
        shell,
        rows: tenders
            .into_iter()
            .map(|one| Row {
                supplier: one.supplier,
                href: one.bid_id.map(|bid| format!("/procurements/{id}/bids/{bid}")),
                lines: one.told.into_iter().map(|told| line(&base, told)).collect(),
            })
            .collect(),
        grounds: Ground::ALL.iter().map(|ground| ground.rule()).collect(),
    })
}

/// What somebody comes with who saw a tender elsewhere.
#[derive(Default, Deserialize)]
pub(super) struct From {
    bid: Option<String>,
    ground: Option<String>,
    lot: Option<String>,
}

#[derive(Template)]
#[template(path = "bidding/raise.html")]
struct RaisePage {
    shell: Shell,
    action: String,
    bid: SelectField,
    ground: SelectField,
    lot: Option<SelectField>,
    reason: AreaField,
    hear: CheckField,
    until: DateField,
}

async fn show_form(visit: &Visit, id: Uuid, from: From, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let possible = visit.read(move |r| async move { raise::possible(&r, id).await }).await?;
    let Possible { procurement, bids, lots, usual } = possible;
    let form = refused.map(|(form, _)| form);
    let typed = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
    let errors = until::errors(refused.map(|(_, refusal)| refusal));
    let (chosen_bid, chosen_ground, chosen_lot) = if form.is_some() {
        (typed("bid"), typed("ground"), typed("lot"))
    } else {
        let From { bid, ground, lot } = from;
        (bid.unwrap_or_default(), ground.unwrap_or_default(), lot.unwrap_or_default())
    };
    let mut bid = SelectField::new("bid", "Tender of").option("", "Choose a tender");
    for (id, supplier) in bids {
        bid = bid.option(id, supplier);
    }
    let mut ground = SelectField::new("ground", "Ground").option("", "Choose a ground");
    for known in Ground::ALL.iter().filter(|ground| !ground.rule().of_price || !lots.is_empty()) {
        ground = ground.option(known.as_str(), known.told());
    }
    let lot = (!lots.is_empty()).then(|| {
        let mut lot = SelectField::new("lot", "Lot")
            .hint("For a price that is abnormally low only: every other ground is about the whole tender.")
            .option("", "The whole tender");
        for (code, title) in lots {
            lot = lot.option(&code, format!("{code} {title}"));
        }
        lot.chosen(chosen_lot).error(errors.get("lot"))
    });
    let template = RaisePage {
        shell: visit
            .procurement_shell("Raise a ground against a tender", &procurement, "scoring")
            .crumb("Scoring", format!("/procurements/{id}/scoring"))
            .crumb("Compliance", base(id))
            .errors(&errors),
        action: format!("{}/raise", base(id)),
        bid: bid.chosen(chosen_bid).error(errors.get("bid")),
        ground: ground.chosen(chosen_ground).error(errors.get("ground")),
        lot,
        reason: AreaField::new("reason", "Why")
            .hint("The bidder reads it. Say what you found and what it should explain, and name no other bidder’s price.")
            .rows(5)
            .value(typed("reason"))
            .error(errors.get("reason")),
        hear: CheckField::yes(
            "hear",
            "Tell the bidder, and hear it before a decision",
            form.is_none_or(|form| form.ticked("hear")),
        ),
        until: until::field("The bidder replies before", form, usual, &errors),
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
pub(super) async fn raise_form(visit: Visit, Path(id): Path<Uuid>, Query(from): Query<From>) -> PageResult {
    visit.signed_in()?;
    show_form(&visit, id, from, None).await
}

#[handler]
pub(super) async fn send(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let Ok(bid) = form.text("bid").parse::<Uuid>() else {
        let refusal = Refusal::field("bid", "missing", "Choose the tender.");
        return show_form(&visit, id, From::default(), Some((&form, &refusal))).await;
    };
    let input = RaiseInput {
        ground: form.text("ground").to_owned(),
        lot: form.optional("lot"),
        reason: form.text("reason").to_owned(),
        reply_by: form.ticked("hear").then(|| until::answer_by(&form)),
    };
    match visit.write(move |w| async move { raise::raise(&w, id, bid, input).await }).await {
        Ok(one) => {
            let what = if one.row.reply_by.is_some() {
                "The bidder is told by mail and may reply. Then a second person decides."
            } else {
                "It is raised. A second person decides."
            };
            done(&format!("{}/{}", base(id), one.row.id), what)
        }
        Err(refusal) if matches!(refusal.status(), 409 | 422) => {
            show_form(&visit, id, From::default(), Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
