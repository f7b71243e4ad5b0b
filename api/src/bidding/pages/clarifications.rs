//! Bidders' questions as the councils see them: the list, one question, and the last look before an answer goes to all.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::stage::{ClarificationState, Stage};
use rules::words::Role;
use uuid::Uuid;

use super::After;
use super::published::{self, PublishedRow};
use crate::bidding::clarification::answer::{self, AnswerInput, Preview, PrivateAnswerInput};
use crate::bidding::clarification::{Clarification, view as clarifications};
use crate::http::fields::{AreaField, CheckField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page, next_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};

/// A question in the coordinator's list.
struct QuestionRow {
    id: Uuid,
    text: String,
    state: (&'static str, &'static str),
    asked: String,
    number: String,
}

fn state_words(state: ClarificationState) -> (&'static str, &'static str) {
    let kind = match state {
        ClarificationState::Open | ClarificationState::Claimed => "warn",
        ClarificationState::ClaimRefused => "info",
        ClarificationState::Answered | ClarificationState::AnsweredPrivately => "good",
        ClarificationState::Withdrawn => "plain",
    };
    let words = match state {
        ClarificationState::ClaimRefused => "Claim refused: the asker’s turn",
        _ => state.label(),
    };
    (words, kind)
}

/// The beginning of a text, for a list.
fn beginning(text: &str) -> String {
    const MOST: usize = 160;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{}…", cut.trim_end())
}

#[derive(Template)]
#[template(path = "bidding/clarifications.html")]
struct ClarificationsPage {
    shell: Shell,
    base: String,
    announced: bool,
    coordinates: bool,
    open: bool,
    rows: Vec<QuestionRow>,
    next: Option<String>,
    published: Vec<PublishedRow>,
}

fn base(id: Uuid) -> String {
    format!("/procurements/{id}/clarifications")
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let (scope, slice, published) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            let paging = Paging { after: query.after, ..Paging::default() };
            let slice = clarifications::list(&r, id, &paging).await?;
            let published = published::rows(&r, id).await?;
            Ok((scope, slice, published))
        })
        .await?;
    let coordinates = scope.holds(Role::Coordinator);
    let next = slice.next.map(|cursor| next_page(&base(id), &cursor));
    let mut items = slice.items;
    items.sort_by_key(|row| !row.state.waits_for_councils());
    let rows = items.into_iter().filter(|_| coordinates).map(|row| QuestionRow {
        id: row.id,
        text: beginning(row.asked.as_ref().map_or("", |asked| asked.text.as_str())),
        state: state_words(row.state),
        asked: london_text(row.asked_at),
        number: row.number.map(|number| number.to_string()).unwrap_or_default(),
    });
    let stage = scope.procurement.stage.0;
    page(&ClarificationsPage {
        shell: visit
            .procurement_shell("Clarifications", &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids")),
        base: base(id),
        announced: !matches!(stage, Stage::Pooling | Stage::Tendering),
        coordinates,
        open: stage == Stage::Published,
        rows: rows.collect(),
        next,
        published,
    })
}

#[derive(Template)]
#[template(path = "bidding/clarification.html")]
struct ClarificationPage {
    shell: Shell,
    base: String,
    version: i64,
    state: (&'static str, &'static str),
    asked_at: String,
    asker: Option<String>,
    asked: Option<String>,
    confidential_because: Option<String>,
    claim_reason: Option<String>,
    published: Option<PublishedRow>,
    private: Vec<(String, String)>,
    waits_for_asker: bool,
    withdrawn: bool,
    answer: Option<AnswerFields>,
    private_answer: Option<AnswerFields>,
    refusal: Option<AreaField>,
}

/// The two texts of a form.
struct AnswerFields {
    first: AreaField,
    second: AreaField,
    corrects: bool,
}

/// Which of the page's forms was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Answer,
    Private,
    Refusal,
}

/// What a form of the page held, and what was wrong with it.
struct Again<'a> {
    sent: Sent,
    form: &'a Posted,
    refusal: Option<&'a Refusal>,
}

fn answer_fields(row: &Clarification, again: Option<&Again<'_>>) -> AnswerFields {
    let again = again.filter(|again| again.sent == Sent::Answer);
    let errors = form_errors(again.and_then(|again| again.refusal));
    let held = row.current();
    let asked = row.asked.as_ref().map_or("", |asked| asked.text.as_str());
    let (question, answer) = match again {
        Some(again) => (again.form.text("question"), again.form.text("answer")),
        None => held.map_or((asked, ""), |held| (held.question.as_str(), held.answer.as_str())),
    };
    AnswerFields {
        first: AreaField::new("question", "Question, as all bidders will read it")
            .hint("Change the words where they would tell who asks.")
            .rows(6)
            .value(question)
            .error(errors.get("question")),
        second: AreaField::new("answer", "Answer").rows(8).value(answer).error(errors.get("answer")),
        corrects: held.is_some(),
    }
}

fn private_fields(row: &Clarification, again: Option<&Again<'_>>) -> AnswerFields {
    let again = again.filter(|again| again.sent == Sent::Private);
    let errors = form_errors(again.and_then(|again| again.refusal));
    let held = row.private.last();
    let (answer, reason) = match again {
        Some(again) => (again.form.text("answer"), again.form.text("reason")),
        None => (held.map_or("", |held| held.text.as_str()), ""),
    };
    AnswerFields {
        first: AreaField::new("answer", "Answer to the asker alone")
            .rows(8)
            .value(answer)
            .error(errors.get("answer")),
        second: AreaField::new("reason", "Why it is not told to all bidders")
            .hint("For the record. It shows in the history once the tender box is opened.")
            .rows(3)
            .value(reason)
            .error(errors.get("reason")),
        corrects: held.is_some(),
    }
}

fn refusal_field(again: Option<&Again<'_>>) -> AreaField {
    let again = again.filter(|again| again.sent == Sent::Refusal);
    let errors = form_errors(again.and_then(|again| again.refusal));
    AreaField::new("refusal", "Why the claim is refused")
        .hint("The asker is told it, and then withdraws the question or lets it be answered to all.")
        .rows(3)
        .value(again.map_or("", |again| again.form.text("refusal")))
        .error(errors.get("reason"))
}

/// Errors for the summary: the reason of a refused claim is asked for under another name than that of a private answer.
fn page_errors(again: Option<&Again<'_>>) -> FieldErrors {
    let Some(Again { sent, refusal: Some(refusal), .. }) = again else { return FieldErrors::new() };
    if refusal.fields.is_empty() {
        return form_errors(Some(refusal));
    }
    let named = |field: &str| if *sent == Sent::Refusal { "refusal".to_owned() } else { field.to_owned() };
    refusal.fields.iter().map(|fault| (named(&fault.field), fault.message.clone())).collect()
}

async fn show(visit: &Visit, id: Uuid, clarification: Uuid, again: Option<Again<'_>>) -> PageResult {
    let (scope, row) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, clarifications::one(&r, id, clarification).await?))
        })
        .await?;
    let acts = scope.holds(Role::Coordinator) && scope.procurement.stage.0 == Stage::Published;
    let again = again.as_ref();
    let heading = match row.number {
        Some(number) => format!("Question {number}"),
        None => "A bidder’s question".to_owned(),
    };
    let template = ClarificationPage {
        shell: shell(visit, &scope, &heading).errors(&page_errors(again)),
        base: format!("{}/{clarification}", base(id)),
        version: row.version,
        state: state_words(row.state),
        asked_at: london_text(row.asked_at),
        asker: row.asker.clone(),
        asked: row.asked.as_ref().map(|asked| asked.text.clone()),
        confidential_because: row.asked.as_ref().and_then(|asked| asked.confidential_because.clone()),
        claim_reason: row.claim_reason.clone(),
        published: PublishedRow::of(&row),
        private: row
            .private
            .iter()
            .rev()
            .map(|answer| (answer.text.clone(), london_text(answer.answered_at)))
            .collect(),
        waits_for_asker: row.state == ClarificationState::ClaimRefused,
        withdrawn: row.state == ClarificationState::Withdrawn,
        answer: (acts && row.state.answer_to_all().is_ok()).then(|| answer_fields(&row, again)),
        private_answer: (acts && row.state.answer_privately().is_ok()).then(|| private_fields(&row, again)),
        refusal: (acts && row.state.refuse_claim().is_ok()).then(|| refusal_field(again)),
    };
    form_page(again.and_then(|again| again.refusal), &template)
}

/// The page as it stands now, with what was typed and why it was not taken; so both sides show after a change by somebody
/// else.
async fn again(
    visit: &Visit,
    (id, clarification): (Uuid, Uuid),
    sent: Sent,
    form: &Posted,
    refusal: Refusal,
) -> PageResult {
    if !refusal.is_for_the_form() {
        return Err(refusal.into());
    }
    show(visit, id, clarification, Some(Again { sent, form, refusal: Some(&refusal) })).await
}

fn shell(visit: &Visit, scope: &Scope, heading: &str) -> Shell {
    let id = scope.id();
    visit
        .procurement_shell(heading, &scope.procurement, "bids")
        .crumb("Bids", format!("/procurements/{id}/bids"))
        .crumb("Clarifications", base(id))
}

#[handler]
pub(super) async fn view(visit: Visit, Path((id, clarification)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, clarification, None).await
}

#[derive(Template)]
#[template(path = "bidding/clarification_check.html")]
struct CheckPage {
    shell: Shell,
    base: String,
    version: String,
    question: String,
    answer: String,
    corrects: bool,
    warning: Option<String>,
    confirm: Option<CheckField>,
}

fn answer_input(form: &Posted) -> AnswerInput {
    AnswerInput {
        question: form.text("question").to_owned(),
        answer: form.text("answer").to_owned(),
        name_confirmed: form.ticked("name_confirmed"),
    }
}

/// The last look before an answer goes to all bidders.
async fn check_page(
    visit: &Visit,
    (id, clarification): (Uuid, Uuid),
    form: &Posted,
    refused: Option<&Refusal>,
) -> PageResult {
    let input = answer_input(form);
    let looked = visit
        .read(move |r| async move {
            let preview = answer::preview(&r, id, clarification, &input).await?;
            Ok((access::procurement(&r, id, Action::Read).await?, preview))
        })
        .await;
    let (scope, preview) = match looked {
        Ok(looked) => looked,
        Err(refusal) => return again(visit, (id, clarification), Sent::Answer, form, refusal).await,
    };
    let Preview { clarification: row, question, answer, warning } = preview;
    let errors = form_errors(refused);
    let confirm = warning.as_ref().map(|_| {
        CheckField::yes("name_confirmed", "The text may stay as it is", form.ticked("name_confirmed"))
            .error(errors.get("name_confirmed"))
    });
    let template = CheckPage {
        shell: shell(visit, &scope, "Check what all bidders will read").errors(&errors),
        base: format!("{}/{clarification}", base(id)),
        version: form.text("version").to_owned(),
        question,
        answer,
        corrects: row.current().is_some(),
        warning,
        confirm,
    };
    form_page(refused, &template)
}

#[handler]
pub(super) async fn check(visit: Visit, Path(path): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    check_page(&visit, path, &form, None).await
}

#[handler]
pub(super) async fn publish(
    visit: Visit,
    Path((id, clarification)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    visit.signed_in()?;
    if form.ticked("change") {
        let again = Again { sent: Sent::Answer, form: &form, refusal: None };
        return show(&visit, id, clarification, Some(again)).await;
    }
    let (seen, input) = (form.version()?, answer_input(&form));
    let published =
        visit.write(move |w| async move { answer::publish(&w, id, clarification, seen, input).await }).await;
    match published {
        Ok(row) => {
            let number = row.number.unwrap_or_default();
            done(
                &base(id),
                &format!("The answer to question {number} is published, and every bidder is told."),
            )
        }
        Err(refusal) if refusal.status() == 422 => {
            check_page(&visit, (id, clarification), &form, Some(&refusal)).await
        }
        Err(refusal) => again(&visit, (id, clarification), Sent::Answer, &form, refusal).await,
    }
}

#[handler]
pub(super) async fn answer_privately(
    visit: Visit,
    Path((id, clarification)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    visit.signed_in()?;
    let seen = form.version()?;
    let input =
        PrivateAnswerInput { answer: form.text("answer").to_owned(), reason: form.text("reason").to_owned() };
    let answered = visit
        .write(move |w| async move { answer::answer_privately(&w, id, clarification, seen, input).await })
        .await;
    match answered {
        Ok(_) => done(&base(id), "The asker is told the answer, and nobody else."),
        Err(refusal) => again(&visit, (id, clarification), Sent::Private, &form, refusal).await,
    }
}

#[handler]
pub(super) async fn refuse_claim(
    visit: Visit,
    Path((id, clarification)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    visit.signed_in()?;
    let (seen, reason) = (form.version()?, form.text("refusal").to_owned());
    let refused = visit
        .write(move |w| async move { answer::refuse_claim(&w, id, clarification, seen, &reason).await })
        .await;
    match refused {
        Ok(_) => done(&base(id), "The asker is told why, and decides what becomes of the question."),
        Err(refusal) => again(&visit, (id, clarification), Sent::Refusal, &form, refusal).await,
    }
}
