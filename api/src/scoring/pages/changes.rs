//! Changes of marks of record after a lot was locked: what was proposed, and one change with the second person's word.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::mark_change::{ChangeState, ChangeVerdict};
use serde::Deserialize;
use uuid::Uuid;

use super::moderation::stands;
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, next_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal};
use crate::scoring::change::decision::{self, DecisionInput};
use crate::scoring::change::{self, Change, InDepth, propose};
use crate::scoring::consensus::Agreed;
use crate::scoring::desk;
use crate::scoring::moderation::Individual;

/// The path of the list; each change lies below.
pub(super) fn base(id: Uuid) -> String {
    format!("/procurements/{id}/changes")
}

struct Row {
    href: String,
    supplier: String,
    question: String,
    before: String,
    after: String,
    proposed: String,
    state: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "scoring/changes.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    next: String,
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// How far a change has come, in words, with the kind of its tag.
const fn state_words(state: ChangeState) -> (&'static str, &'static str) {
    let kind = match state {
        ChangeState::Proposed => "warn",
        ChangeState::Approved => "good",
        ChangeState::Rejected | ChangeState::TakenBack => "plain",
    };
    (state.label(), kind)
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let (procurement, slice) = visit
        .read(move |r| async move {
            let paging = Paging { after: query.after, ..Paging::default() };
            Ok((desk::procurement(&r, id).await?, change::list(&r, id, &paging).await?))
        })
        .await?;
    let rows = slice.items.into_iter().map(|one| Row {
        href: format!("{}/{}", base(id), one.row.id),
        supplier: one.supplier,
        question: one.row.question,
        before: one.before.value,
        after: one.row.value,
        proposed: format!("{}, by {}", london_text(one.row.proposed_at), one.proposed_by),
        state: state_words(one.row.state.0),
    });
    page(&ListPage {
        rows: rows.collect(),
        next: slice.next.map(|cursor| next_page(&base(id), &cursor)).unwrap_or_default(),
        shell: visit
            .procurement_shell("Changes of locked marks", &procurement, "moderation")
            .crumb("Moderation", format!("/procurements/{id}/moderation")),
    })
}

/// One part of a mark of record, before and after.
struct Part {
    name: &'static str,
    before: String,
    after: String,
    changed: bool,
}

fn parts(change: &Change) -> Vec<Part> {
    let (before, after) = (Agreed::of(&change.before), Agreed::proposed(&change.row));
    let both = stands(before).into_iter().zip(stands(after));
    both.map(|((name, before), (_, after))| Part { name, changed: before != after, before, after }).collect()
}

#[derive(Template)]
#[template(path = "scoring/change.html")]
struct ChangePage {
    shell: Shell,
    path: String,
    bid: String,
    question: String,
    answer: Option<String>,
    documents: Vec<String>,
    marks: Vec<Individual>,
    one: Change,
    parts: Vec<Part>,
    state: (&'static str, &'static str),
    proposed: String,
    decided: Option<String>,
    verdict: RadioField,
    why: AreaField,
}

async fn show_one(
    visit: &Visit,
    (id, change_id): (Uuid, Uuid),
    form: &Posted,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (procurement, InDepth { change: one, question, answer, marks }) = visit
        .read(move |r| async move {
            Ok((desk::procurement(&r, id).await?, change::in_depth(&r, id, change_id).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let row = &one.row;
    let title = format!("Change of {} of {}", row.question, one.supplier);
    let template = ChangePage {
        shell: visit
            .procurement_shell(title, &procurement, "moderation")
            .crumb("Moderation", format!("/procurements/{id}/moderation"))
            .crumb("Changes of locked marks", base(id))
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(row.state.0).0)]),
        path: format!("{}/{change_id}", base(id)),
        bid: format!("/procurements/{id}/bids/{}", row.bid_id),
        question,
        answer: answer.text.map(|row| row.text).filter(|text| !text.trim().is_empty()),
        documents: answer.documents.into_iter().map(|file| file.name).collect(),
        marks,
        parts: parts(&one),
        state: state_words(row.state.0),
        proposed: format!("{}, by {}", london_text(row.proposed_at), one.proposed_by),
        decided: row.decided_at.map(|at| format!("{}, by {}", london_text(at), one.decided_by)),
        verdict: RadioField::new("verdict", "Your word")
            .option_hint(
                ChangeVerdict::Approve.as_str(),
                ChangeVerdict::Approve.label(),
                if one.moves_the_mark() {
                    "It becomes the mark of record, and the lot’s marks are fixed and signed anew. The one before stays on \
                     record. The result is to be computed anew then."
                } else {
                    "Its words become those of record, and the lot’s marks are fixed and signed anew. The mark and the result \
                     stay."
                },
            )
            .option_hint(
                ChangeVerdict::Reject.as_str(),
                ChangeVerdict::Reject.label(),
                "The mark of record stands as it was locked.",
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
pub(super) async fn show(visit: Visit, Path(at): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show_one(&visit, at, &Posted::default(), None).await
}

#[handler]
pub(super) async fn decide(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (id, change_id) = at;
    let seen = form.version()?;
    let input =
        DecisionInput { verdict: form.text("verdict").to_owned(), reason: form.text("reason").to_owned() };
    let decided =
        visit.write(move |w| async move { decision::decide(&w, id, change_id, seen, input).await }).await;
    let told = decided.map(|one| match one.row.state.0 {
        ChangeState::Approved if one.moves_the_mark() => {
            "The changed mark is the mark of record. Have the result of the lot computed anew."
        }
        ChangeState::Approved => "The changed words are those of record. The mark and the result stay.",
        _ => "The change is not approved. The mark of record stands as it was locked.",
    });
    after(&visit, at, &form, told).await
}

#[handler]
pub(super) async fn take_back(visit: Visit, Path(at): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (id, change_id) = at;
    let seen = form.version()?;
    let taken = visit.write(move |w| async move { propose::take_back(&w, id, change_id, seen).await }).await;
    after(&visit, at, &form, taken.map(|_| "The change is taken back.")).await
}

async fn after(
    visit: &Visit,
    at: (Uuid, Uuid),
    form: &Posted,
    outcome: Result<&'static str, Refusal>,
) -> PageResult {
    match outcome {
        Ok(what) => done(&format!("{}/{}", base(at.0), at.1), what),
        Err(refusal) if refusal.is_for_the_form() => show_one(visit, at, form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
