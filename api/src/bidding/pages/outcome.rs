//! One ground against a tender, with the second person's word.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::outcome::{OutcomeState, OutcomeVerdict, Rule};
use uuid::Uuid;

use super::compliance::base;
use crate::bidding::outcome::decision::{self, DecisionInput};
use crate::bidding::outcome::{Outcome, view};
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::{day_text, london_text};
use crate::kernel::{Action, Refusal, access};

/// How far a ground has come, in words, with the kind of its tag.
pub(super) fn state_words(one: &Outcome) -> (&'static str, &'static str) {
    match one.row.state.0 {
        OutcomeState::Noticed if one.passed => ("No reply, waiting for a second person", "warn"),
        state @ (OutcomeState::Raised | OutcomeState::Noticed | OutcomeState::Replied) => {
            (state.label(), "warn")
        }
        state @ OutcomeState::Disregarded => (state.label(), "bad"),
        state @ OutcomeState::Kept => (state.label(), "good"),
    }
}

#[derive(Template)]
#[template(path = "bidding/outcome.html")]
struct OutcomePage {
    shell: Shell,
    path: String,
    bid: String,
    rule: Rule,
    heard: bool,
    state: (&'static str, &'static str),
    raised: String,
    reply_by: Option<String>,
    replied: Option<String>,
    decided: Option<String>,
    report_due: Option<String>,
    verdict: RadioField,
    why: AreaField,
    one: Outcome,
}

async fn show_one(
    visit: &Visit,
    (id, outcome): (Uuid, Uuid),
    form: &Posted,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, one) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, view::one(&r, id, outcome).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let row = &one.row;
    let template = OutcomePage {
        shell: visit
            .procurement_shell(format!("Ground against the tender of {}", one.supplier), &scope.procurement, "scoring")
            .crumb("Scoring", format!("/procurements/{id}/scoring"))
            .crumb("Compliance", base(id))
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(&one).0)]),
        path: format!("{}/{outcome}", base(id)),
        bid: format!("/procurements/{id}/bids/{}", row.bid_id),
        rule: row.ground.0.rule(),
        heard: one.is_heard(),
        state: state_words(&one),
        raised: format!("{}, by {}", london_text(row.raised_at), one.raised_by),
        reply_by: row.reply_by.map(london_text),
        replied: row.replied_at.map(london_text),
        decided: row.decided_at.map(|at| format!("{}, by {}", london_text(at), one.decided_by)),
        report_due: one.report_due.map(day_text),
        verdict: RadioField::new("verdict", "Your word")
            .option_hint(
                OutcomeVerdict::Disregard.as_str(),
                OutcomeVerdict::Disregard.label(),
                "It is neither marked nor ranked, and the bidder is told at once. Marks that it has stay on record. A result that \
                 was computed before is to be computed anew.",
            )
            .option_hint(
                OutcomeVerdict::Keep.as_str(),
                OutcomeVerdict::Keep.label(),
                "The ground is not made out, or you choose not to act on it where the law leaves you the choice.",
            )
            .chosen(form.text("verdict"))
            .error(errors.get("verdict")),
        why: AreaField::new("reason", "Why")
            .hint("The bidder reads it where it is told.")
            .rows(4)
            .value(form.text("reason"))
            .error(errors.get("reason")),
        one,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(at): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show_one(&visit, at, &Posted::default(), None).await
}

#[handler]
pub(super) async fn decide(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, outcome) = at;
    let seen = form.version()?;
    let input =
        DecisionInput { verdict: form.text("verdict").to_owned(), reason: form.text("reason").to_owned() };
    match visit.write(move |w| async move { decision::decide(&w, id, outcome, seen, input).await }).await {
        Ok(one) => {
            let what = match one.row.state.0 {
                OutcomeState::Disregarded => {
                    "The tender is disregarded and its bidder is told. Have results that were computed before computed anew."
                }
                _ => "The tender is kept.",
            };
            done(&format!("{}/{outcome}", base(id)), what)
        }
        Err(refusal) if refusal.is_for_the_form() => show_one(&visit, at, &form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
