//! Corrections of prices: where a slip is likely, what was proposed, and one correction with the second person's word.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::correction::{CorrectionState, CorrectionVerdict};
use rules::money::UnitPrice;
use rules::stage::Stage;
use rules::words::Role;
use uuid::Uuid;

use super::After;
use crate::bidding::correction::decision::{self, DecisionInput};
use crate::bidding::correction::slips::{self, Slip};
use crate::bidding::correction::{Correction, view as corrections};
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Action, Paging, Refusal, access};

struct SlipRow {
    supplier: String,
    lot: String,
    line: String,
    told: String,
    propose: Option<String>,
}

struct Row {
    href: String,
    supplier: String,
    line: String,
    before: String,
    after: String,
    state: (&'static str, &'static str),
    confirm_by: String,
}

#[derive(Template)]
#[template(path = "bidding/corrections.html")]
struct ListPage {
    shell: Shell,
    slips: Vec<SlipRow>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// How far a correction has come, in words, with the kind of its tag.
pub(super) fn state_words(state: CorrectionState) -> (&'static str, &'static str) {
    let kind = match state {
        CorrectionState::Proposed => "info",
        CorrectionState::Confirmed => "warn",
        CorrectionState::Approved => "good",
        CorrectionState::Refused | CorrectionState::Unconfirmed | CorrectionState::Rejected => "plain",
    };
    (state.label(), kind)
}

fn base(id: Uuid) -> String {
    format!("/procurements/{id}/corrections")
}

fn pounds(e4: i64) -> String {
    UnitPrice(e4).pounds()
}

fn slip_row(id: Uuid, slip: Slip, proposes: bool) -> SlipRow {
    SlipRow {
        propose: proposes.then(|| format!("{}/propose?bid={}&line={}", base(id), slip.bid_id, slip.line)),
        supplier: slip.supplier,
        lot: slip.lot,
        line: slip.line,
        told: slip.told,
    }
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let (scope, seen, slice) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            let most = Paging { after: None, limit: MAX_LIMIT };
            let seen = slips::list(&r, id, &most).await?.items;
            let paging = Paging { after: query.after, ..Paging::default() };
            Ok((scope, seen, corrections::list(&r, id, &paging).await?))
        })
        .await?;
    let stage = scope.procurement.stage.0;
    let proposes = scope.holds(Role::Coordinator) && matches!(stage, Stage::Scoring | Stage::Deciding);
    let shell = visit
        .procurement_shell("Corrections of prices", &scope.procurement, "bids")
        .crumb("Bids", format!("/procurements/{id}/bids"));
    let shell =
        if proposes { shell.primary("Propose a correction", format!("{}/propose", base(id))) } else { shell };
    page(&ListPage {
        shell,
        slips: seen.into_iter().map(|slip| slip_row(id, slip, proposes)).collect(),
        next: slice.next.map(|cursor| format!("{}?after={cursor}", base(id))),
        rows: slice
            .items
            .into_iter()
            .map(|one| Row {
                href: format!("{}/{}", base(id), one.row.id),
                supplier: one.supplier,
                before: pounds(one.row.before_e4),
                after: pounds(one.row.after_e4),
                state: state_words(one.state),
                confirm_by: london_text(one.row.confirm_by),
                line: one.row.line,
            })
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "bidding/correction.html")]
struct CorrectionPage {
    shell: Shell,
    path: String,
    bid: String,
    supplier: String,
    one: Correction,
    before: String,
    after: String,
    state: (&'static str, &'static str),
    proposed: String,
    confirm_by: String,
    answered: Option<String>,
    decided: Option<String>,
    verdict: RadioField,
    why: AreaField,
}

async fn show(
    visit: &Visit,
    (id, correction): (Uuid, Uuid),
    form: &Posted,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, one) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, corrections::one(&r, id, correction).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let row = &one.row;
    let template = CorrectionPage {
        shell: visit
            .procurement_shell(format!("Correction of {}", row.line), &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .crumb("Corrections of prices", base(id))
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(one.state).0)]),
        path: format!("{}/{correction}", base(id)),
        bid: format!("/procurements/{id}/bids/{}", row.bid_id),
        supplier: one.supplier.clone(),
        before: pounds(row.before_e4),
        after: pounds(row.after_e4),
        state: state_words(one.state),
        proposed: format!("{}, by {}", london_text(row.proposed_at), one.proposed_by),
        confirm_by: london_text(row.confirm_by),
        answered: row.answered_at.map(london_text),
        decided: row.decided_at.map(|at| format!("{}, by {}", london_text(at), one.decided_by)),
        verdict: RadioField::new("verdict", "Your word")
            .option_hint(
                CorrectionVerdict::Approve.as_str(),
                CorrectionVerdict::Approve.label(),
                "The corrected price counts in every result that is computed from now on. The submitted one stays on record.",
            )
            .option_hint(
                CorrectionVerdict::Reject.as_str(),
                CorrectionVerdict::Reject.label(),
                "The bid stands as it was submitted.",
            )
            .chosen(form.text("verdict"))
            .error(errors.get("verdict")),
        why: AreaField::new("reason", "Why")
            .rows(3)
            .value(form.text("reason"))
            .error(errors.get("reason")),
        one,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: Visit, Path(at): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show(&visit, at, &Posted::default(), None).await
}

#[handler]
pub(super) async fn decide(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, correction) = at;
    let seen = form.version()?;
    let input =
        DecisionInput { verdict: form.text("verdict").to_owned(), reason: form.text("reason").to_owned() };
    let decided =
        visit.write(move |w| async move { decision::decide(&w, id, correction, seen, input).await }).await;
    let told = decided.map(|one| match one.state {
        CorrectionState::Approved => {
            "The corrected price counts now. Have the result of the lot computed anew."
        }
        _ => "The correction is not approved. The bid stands as it was submitted.",
    });
    after(&visit, at, &form, told).await
}

#[handler]
pub(super) async fn lapse(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, correction) = at;
    let seen = form.version()?;
    let lapsed = visit.write(move |w| async move { decision::lapse(&w, id, correction, seen).await }).await;
    let told = lapsed.map(|_| "It is recorded that the bidder did not confirm it. The bidder is told.");
    after(&visit, at, &form, told).await
}

async fn after(
    visit: &Visit,
    at: (Uuid, Uuid),
    form: &Posted,
    outcome: Result<&'static str, Refusal>,
) -> PageResult {
    match outcome {
        Ok(what) => done(&format!("{}/{}", base(at.0), at.1), what),
        Err(refusal) if refusal.is_for_the_form() => show(visit, at, form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
