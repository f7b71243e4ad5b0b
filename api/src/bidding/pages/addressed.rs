//! Questions to one bidder, as the councils see them: the list, and one question with its reply and the decision on it.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::addressed::{AddressedState, ReplyVerdict, Subject};
use rules::stage::Stage;
use rules::words::Role;
use serde::Deserialize;
use uuid::Uuid;

use super::download;
use crate::bidding::addressed::decision::{self, DecisionInput};
use crate::bidding::addressed::{Addressed, Reply, view as questions};
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::texts::size_text;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};

/// Which part of the list, and of which bid.
#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
    bid: Option<Uuid>,
}

/// What a question is about, in words.
pub(super) fn about(subject: Subject, code: Option<&str>) -> String {
    let code = code.unwrap_or_default();
    match subject {
        Subject::Bid => subject.label().to_owned(),
        Subject::Question => format!("Answer to {code}"),
        Subject::Requirement => format!("Response to {code}"),
        Subject::PriceLine => format!("Price of {code}"),
    }
}

/// How far a question has come, in words, with the kind of its tag.
pub(super) fn state_words(state: AddressedState, passed: bool) -> (&'static str, &'static str) {
    match state {
        AddressedState::Open if passed => ("Time to reply is over", "warn"),
        AddressedState::Open => (state.label(), "info"),
        AddressedState::Final => (state.label(), "warn"),
        AddressedState::Clarifies => (state.label(), "good"),
        AddressedState::Improves | AddressedState::Unanswered => (state.label(), "plain"),
    }
}

/// A reply, for a page.
pub(super) struct ReplyPart {
    pub(super) text: String,
    pub(super) received: String,
    pub(super) replaces: i32,
    /// The document's name and size.
    pub(super) document: Option<(String, String)>,
}

impl ReplyPart {
    pub(super) fn new(reply: Reply) -> Self {
        Self {
            text: reply.text,
            received: london_text(reply.received_at),
            replaces: reply.replaces,
            document: reply.document.map(|document| (document.name, size_text(document.size))),
        }
    }
}

struct Row {
    href: String,
    number: i32,
    supplier: String,
    about: String,
    reply_by: String,
    state: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "bidding/addressed.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    next: Option<String>,
}

fn base(id: Uuid) -> String {
    format!("/procurements/{id}/addressed")
}

/// Whether the caller may ask one bidder now.
fn may_ask(scope: &Scope) -> bool {
    let handles = scope.holds(Role::Coordinator) || scope.holds(Role::Moderator);
    handles && matches!(scope.procurement.stage.0, Stage::Scoring | Stage::Deciding)
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(wanted): Query<Wanted>) -> PageResult {
    visit.signed_in()?;
    let bid = wanted.bid;
    let (scope, slice) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            let paging = Paging { after: wanted.after, ..Paging::default() };
            Ok((scope, questions::list(&r, id, bid, &paging).await?))
        })
        .await?;
    let filter = bid.map(|bid| format!("bid={bid}")).unwrap_or_default();
    let shell = visit
        .procurement_shell("Questions to one bidder", &scope.procurement, "bids")
        .crumb("Bids", format!("/procurements/{id}/bids"));
    let shell = if may_ask(&scope) {
        shell.primary("Ask one bidder", format!("{}/ask?{filter}", base(id)))
    } else {
        shell
    };
    page(&ListPage {
        shell,
        next: slice.next.map(|cursor| format!("{}?{filter}&after={cursor}", base(id))),
        rows: slice
            .items
            .into_iter()
            .map(|one| Row {
                href: format!("{}/{}", base(id), one.row.id),
                number: one.row.number,
                about: about(one.row.subject.0, one.row.code.as_deref()),
                reply_by: london_text(one.row.reply_by),
                state: state_words(one.row.state.0, one.passed),
                supplier: one.supplier,
            })
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "bidding/addressed_question.html")]
struct QuestionPage {
    shell: Shell,
    path: String,
    bid: String,
    supplier: String,
    about: String,
    state: (&'static str, &'static str),
    text: String,
    asked: String,
    reply_by: String,
    sealed: bool,
    unanswered: bool,
    decided: Option<String>,
    reason: Option<String>,
    reply: Option<ReplyPart>,
    version: i64,
    may_decide: bool,
    verdict: RadioField,
    why: AreaField,
}

async fn show(
    visit: &Visit,
    (id, question): (Uuid, Uuid),
    form: &Posted,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (scope, one) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, questions::one(&r, id, question).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let Addressed { row, supplier, asked_by, decided_by, passed, reply, may_decide } = one;
    let state = row.state.0;
    let template = QuestionPage {
        shell: visit
            .procurement_shell(format!("Addressed question {}", row.number), &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .crumb("Questions to one bidder", base(id))
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(state, passed).0)]),
        path: format!("{}/{question}", base(id)),
        bid: format!("/procurements/{id}/bids/{}", row.bid_id),
        supplier,
        about: about(row.subject.0, row.code.as_deref()),
        state: state_words(state, passed),
        asked: format!("{}, by {asked_by}", london_text(row.asked_at)),
        reply_by: london_text(row.reply_by),
        sealed: state == AddressedState::Open && !passed,
        unanswered: state == AddressedState::Unanswered,
        decided: row.decided_at.map(|at| format!("{}, by {decided_by}", london_text(at))),
        text: row.text,
        reason: row.reason,
        reply: reply.map(ReplyPart::new),
        version: row.version,
        may_decide,
        verdict: RadioField::new("verdict", "What does the reply do?")
            .option_hint(
                ReplyVerdict::Clarifies.as_str(),
                ReplyVerdict::Clarifies.label(),
                "The panel reads it beside the answer. Marks stay as they are unless their panel members change them.",
            )
            .option_hint(
                ReplyVerdict::Improves.as_str(),
                ReplyVerdict::Improves.label(),
                "It is disregarded: the panel does not see it. Choose this too where it tells a price that the panel must not see yet.",
            )
            .chosen(form.text("verdict"))
            .error(errors.get("verdict")),
        why: AreaField::new("reason", "Why")
            .hint("It shows in the history and to the bidder: repeat neither the reply’s words nor prices.")
            .rows(3)
            .value(form.text("reason"))
            .error(errors.get("reason")),
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
    let (id, question) = at;
    let seen = form.version()?;
    let input =
        DecisionInput { verdict: form.text("verdict").to_owned(), reason: form.text("reason").to_owned() };
    let decided =
        visit.write(move |w| async move { decision::decide(&w, id, question, seen, input).await }).await;
    let told = decided.map(|one| match one.row.state.0 {
        AddressedState::Clarifies => "The panel can read the reply now. The bidder is told.",
        _ => "The reply is disregarded. The bidder is told.",
    });
    after(&visit, at, &form, told).await
}

#[handler]
pub(super) async fn close(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let (id, question) = at;
    let seen = form.version()?;
    let closed = visit.write(move |w| async move { decision::close(&w, id, question, seen).await }).await;
    after(&visit, at, &form, closed.map(|_| "It is recorded that no reply came. The bidder is told.")).await
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

#[handler]
pub(super) async fn reply_document(visit: Visit, Path((id, question)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    Ok(download(visit.read(move |r| async move { questions::document(&r, id, question).await }).await?))
}
