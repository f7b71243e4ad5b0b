//! Late submissions before the opening: that they are there, when they came, and the words given on them. For openers.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::late::{LateState, LateVerdict};
use uuid::Uuid;

use super::After;
use crate::bidding::late::{self, GivenWord, LateSubmission, WordInput};
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};

/// A word in a table.
pub(super) struct WordRow {
    pub(super) who: String,
    pub(super) verdict: &'static str,
    pub(super) reason: String,
    pub(super) outage: String,
    pub(super) at: String,
}

/// Words for a table.
pub(super) fn word_rows(words: &[GivenWord]) -> Vec<WordRow> {
    let rows = words.iter().map(|word| WordRow {
        who: format!("{}, {}", word.name, word.council),
        verdict: word.verdict.label(),
        reason: word.reason.clone(),
        outage: word.outage.clone().unwrap_or_default(),
        at: london_text(word.given_at),
    });
    rows.collect()
}

/// How a state is shown.
pub(super) fn tag(state: LateState) -> (&'static str, &'static str) {
    let kind = match state {
        LateState::Undecided => "warn",
        LateState::Admitted => "good",
        LateState::Refused => "bad",
    };
    (state.label(), kind)
}

/// A late submission in the list.
struct LateRow {
    id: Uuid,
    received: String,
    state: (&'static str, &'static str),
    words: String,
    waits_for_me: bool,
}

#[derive(Template)]
#[template(path = "bidding/late_box.html")]
struct LateBoxPage {
    shell: Shell,
    procurement: Uuid,
    rows: Vec<LateRow>,
    next: Option<String>,
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let paging = Paging { after: query.after, ..Paging::default() };
    let (procurement, slice) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope.procurement, late::list(&r, id, &paging).await?))
        })
        .await?;
    let rows = slice.items.into_iter().map(|row| LateRow {
        id: row.id,
        received: london_text(row.received_at),
        state: tag(row.state),
        words: row
            .words
            .iter()
            .map(|word| format!("{} ({}): {}", word.name, word.council, word.verdict.label()))
            .collect::<Vec<_>>()
            .join("; "),
        waits_for_me: row.may_give_word,
    });
    page(&LateBoxPage {
        shell: visit
            .procurement_shell("Late submissions", &procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids")),
        procurement: id,
        rows: rows.collect(),
        next: slice.next.map(|cursor| format!("/procurements/{id}/bids/late?after={cursor}")),
    })
}

#[derive(Template)]
#[template(path = "bidding/late_submission.html")]
struct LatePage {
    shell: Shell,
    path: String,
    state: (&'static str, &'static str),
    received: String,
    deadline: String,
    words: Vec<WordRow>,
    own: bool,
    opened: bool,
    may_give_word: bool,
    hindrance: Option<String>,
    version: i64,
    verdict: RadioField,
    reason: AreaField,
    outage: AreaField,
}

fn path(id: Uuid, submission: Uuid) -> String {
    format!("/procurements/{id}/bids/late/{submission}")
}

async fn show(
    visit: &Visit,
    (id, submission): (Uuid, Uuid),
    form: &Posted,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, late) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, late::one(&r, id, submission).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let LateSubmission { state, words, version, may_give_word, hindrance, .. } = late;
    let me = visit.caller.person().ok().map(|person| person.id);
    let template = LatePage {
        shell: visit
            .procurement_shell("Late submission", &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .crumb("Late submissions", format!("/procurements/{id}/bids/late"))
            .errors(&errors),
        path: path(id, submission),
        state: tag(state),
        received: london_text(late.received_at),
        deadline: scope.procurement.deadline_at.map(london_text).unwrap_or_default(),
        own: words.iter().any(|word| Some(word.person_id) == me),
        words: word_rows(&words),
        opened: scope.is_opened(),
        may_give_word,
        hindrance,
        version,
        verdict: RadioField::new("verdict", "Your word")
            .option_hint(
                LateVerdict::Refuse.as_str(),
                "Refuse it",
                "It stays sealed for ever and is disregarded (PA23 s.19(3)(d)).",
            )
            .option_hint(
                LateVerdict::Admit.as_str(),
                "Admit it",
                "It is opened with those in time, if it is its bidder’s last and another person admits it too.",
            )
            .chosen(form.text("verdict"))
            .error(errors.get("verdict")),
        reason: AreaField::new("reason", "Reason")
            .hint("Where it is refused, the bidder is told this at the award.")
            .value(form.text("reason"))
            .error(errors.get("reason")),
        outage: AreaField::new("outage", "Log of an outage (if there was one)")
            .value(form.text("outage"))
            .rows(3)
            .error(errors.get("outage")),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: Visit, Path(at): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show(&visit, at, &Posted::default(), None).await
}

#[handler]
pub(super) async fn give_word(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, submission) = at;
    let seen = form.version()?;
    let input = WordInput {
        verdict: form.text("verdict").to_owned(),
        reason: form.text("reason").to_owned(),
        outage: form.optional("outage"),
    };
    let given =
        visit.write(move |w| async move { late::give_word(&w, id, submission, seen, input).await }).await;
    match given {
        Ok(late) if late.state == LateState::Undecided => done(
            &path(id, submission),
            "Your word is recorded. A second person must give one within 24 hours.",
        ),
        Ok(late) => {
            let what = format!("The submission is {}.", late.state.label().to_lowercase());
            done(&format!("/procurements/{id}/bids/late"), &what)
        }
        Err(refusal) if matches!(refusal.status(), 409 | 422) => {
            show(&visit, at, &form, Some(&refusal)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn take_back(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, submission) = at;
    let seen = form.version()?;
    visit.write(move |w| async move { late::take_back_word(&w, id, submission, seen).await }).await?;
    done(&path(id, submission), "Your word is taken back. The submission is undecided.")
}
