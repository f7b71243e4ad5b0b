//! Score one answer: what the bid says on the left, the scale on the right; save and go to the next.

use askama::Template;
use entity::{mark, mark_draft, procurement};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{IntoResponse, handler};
use rules::criteria::weight_of_total;
use rules::pack::PackLot;
use uuid::Uuid;

use super::AnswerPart;
use crate::http::fields::{AreaField, RadioField};
use crate::http::reply::Download;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Reading, Refusal};
use crate::scoring::answer::{self, Answer};
use crate::scoring::desk;
use crate::scoring::draft;
use crate::scoring::lot::Asked;
use crate::scoring::mark::{self as marks, MarkInput, OwnSheet};

#[derive(Template)]
#[template(path = "scoring/answer.html")]
struct AnswerPage {
    shell: Shell,
    question: String,
    answer: AnswerPart,
    open: bool,
    back: String,
    version: i32,
    mark: RadioField,
    explanation: AreaField,
    stored: Option<mark::Model>,
    meanwhile: Option<mark::Model>,
    /// Where the other answers to the question stand that this panel member has marked, once this one is.
    compare: Option<String>,
    /// Where the script keeps what is being written.
    draft: String,
    /// When what shows was kept, where it is no mark yet.
    kept: Option<String>,
    /// Whether a reply was taken for clarifying after this answer was marked.
    clarified_since: bool,
}

struct Seen {
    procurement: procurement::Model,
    own: OwnSheet,
    answer: Answer,
    draft: Option<mark_draft::Model>,
}

async fn look(r: Reading, id: Uuid, lot: Uuid, question: String, bid: Uuid) -> Result<Seen, Refusal> {
    let own = marks::own_sheet(&r, id, lot).await?;
    own.lot.marked_bid(bid)?;
    let answer = answer::view(&r, id, lot, bid, &question).await?;
    let procurement = desk::procurement(&r, id).await?;
    let draft = draft::own(&r, id, lot, (bid, &question)).await?;
    Ok(Seen { procurement, own, answer, draft })
}

async fn show_answer(
    visit: &Visit,
    (id, lot, question, bid): (Uuid, Uuid, String, Uuid),
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let code = question.clone();
    let seen = visit.read(move |r| look(r, id, lot, code, bid)).await?;
    let asked = seen.own.lot.question(&question)?;
    let supplier = seen.own.lot.bid(bid)?.supplier.clone();
    let stored = seen.own.mark(bid, &question).cloned();
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let back = format!("/procurements/{id}/scoring");
    let open = seen.own.submitted_at.is_none() && !seen.own.closed;
    let written = seen.draft.filter(|_| open && refused.is_none());
    let (value, explanation) = match (refused, &written, &stored) {
        (Some((form, _)), ..) => (form.text("value").to_owned(), form.text("explanation").to_owned()),
        (None, Some(written), _) => (written.value.clone(), written.explanation.clone()),
        (None, None, Some(stored)) => (stored.value.clone(), stored.explanation.clone()),
        (None, None, None) => (String::new(), String::new()),
    };
    let descriptors = asked.scale.marks.iter().map(|mark| (mark.value.clone(), mark.descriptor.clone()));
    let stale = refusal.is_some_and(|refusal| refusal.status() == 412);
    let left = seen.own.left().len();
    let mut shell = visit
        .procurement_shell(format!("{question} of {supplier}"), &seen.procurement, "scoring")
        .crumb("My scoring", back.clone())
        .fact(format!("Lot {}", seen.own.lot.published().code))
        .fact(asked.criterion.title.clone());
    for fact in asked_facts(seen.own.lot.published(), &asked) {
        shell = shell.fact(fact);
    }
    let clarified_since = stored.as_ref().is_some_and(|stored| {
        let decided = seen.answer.replies.iter().filter_map(|one| one.question.decided_at);
        decided.into_iter().any(|at| at > stored.marked_at)
    });
    let others = seen.own.bids.iter().filter(|one| one.id != bid);
    let others = others.filter(|one| seen.own.mark(one.id, &question).is_some()).count();
    let template = AnswerPage {
        compare: (stored.is_some() && others > 0).then(|| format!("{back}/{lot}/{question}/{bid}/compare")),
        clarified_since,
        shell: shell.fact(format!("{left} of {} answers left", seen.own.total())).errors(&errors),
        question: asked.question.text.clone(),
        answer: AnswerPart::new(seen.answer, &format!("{back}/{lot}/{question}/{bid}")),
        open,
        draft: format!("{back}/{lot}/{question}/{bid}/draft"),
        kept: written.map(|written| london_text(written.kept_at)),
        back,
        version: stored.as_ref().map_or(0, |stored| stored.revision),
        mark: RadioField::marks("value", "Mark")
            .options(descriptors)
            .chosen(value)
            .error(errors.get("value")),
        explanation: AreaField::new("explanation", "Explanation")
            .hint("Say what in this answer earns the mark. The bidder may be told.")
            .value(explanation)
            .rows(6)
            .error(errors.get("explanation")),
        meanwhile: stored.clone().filter(|_| stale),
        stored,
    };
    form_page(refusal, &template)
}

/// What a panel member must know of a question beside its words: what it weighs, and the mark under which a bid is out.
fn asked_facts(lot: &PackLot, asked: &Asked) -> Vec<String> {
    let weight = weight_of_total(lot, &asked.criterion.code);
    let weight = weight.map(|weight| format!("Weight {} % of the total", weight.mixed()));
    let least = asked.question.minimum_mark.as_ref();
    let least = least.map(|mark| format!("Minimum mark {mark}: a bid marked under it is not ranked"));
    weight.into_iter().chain(least).collect()
}

#[handler]
pub(super) async fn show(visit: Visit, Path(at): Path<(Uuid, Uuid, String, Uuid)>) -> PageResult {
    show_answer(&visit, at, None).await
}

#[handler]
pub(super) async fn save(
    visit: Visit,
    Path(at): Path<(Uuid, Uuid, String, Uuid)>,
    form: Posted,
) -> PageResult {
    let (id, lot, question, bid) = at.clone();
    if form.text("then") == "draft" {
        return keep_and_show(&visit, at, &form).await;
    }
    let seen = form.version()?;
    let input = input(&form);
    let saved = visit
        .write(move |w| async move {
            marks::save(&w, id, lot, bid, &question, seen, input).await?;
            let own = marks::own_sheet(&w, id, lot).await?;
            Ok(next(&own, &question, bid))
        })
        .await;
    match saved {
        Ok(Some((question, bid))) if form.text("then") == "next" => {
            done(&format!("/procurements/{id}/scoring/{lot}/{question}/{bid}"), "Mark saved.")
        }
        Ok(None) => done(
            &format!("/procurements/{id}/scoring"),
            "Mark saved. All answers of this lot are marked: submit them.",
        ),
        Ok(Some(_)) => done(&format!("/procurements/{id}/scoring"), "Mark saved."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_answer(&visit, at, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn input(form: &Posted) -> MarkInput {
    MarkInput { value: form.text("value").to_owned(), explanation: form.text("explanation").to_owned() }
}

/// Keeps what is written, for who has no script that does.
async fn keep_and_show(visit: &Visit, at: (Uuid, Uuid, String, Uuid), form: &Posted) -> PageResult {
    let (id, lot, question, bid) = at.clone();
    let input = input(form);
    let kept =
        visit.write(move |w| async move { draft::keep(&w, id, lot, (bid, &question), input).await }).await;
    match kept {
        Ok(_) => done(&format!("/procurements/{id}/scoring"), "Your draft is kept. It is no mark yet."),
        Err(refusal) if [409, 422].contains(&refusal.status()) => {
            show_answer(visit, at, Some((form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// What the script keeps while somebody writes.
#[handler]
pub(super) async fn keep(
    visit: Visit,
    Path((id, lot, question, bid)): Path<(Uuid, Uuid, String, Uuid)>,
    form: Posted,
) -> PageResult {
    let input = input(&form);
    visit.write(move |w| async move { draft::keep(&w, id, lot, (bid, &question), input).await }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The next answer without a mark: behind this one, or else from the start.
fn next(own: &OwnSheet, question: &str, bid: Uuid) -> Option<(String, Uuid)> {
    let questions = own.asked();
    let place = |code: &str, id: Uuid| {
        let row = questions.iter().position(|asked| asked.criterion.code == code);
        (row, own.bids.iter().position(|bid| bid.id == id))
    };
    let here = place(question, bid);
    let left = own.left();
    let found = left.iter().find(|(bid, code)| place(code, bid.id) > here).or_else(|| left.first());
    found.map(|(bid, code)| (code.clone(), bid.id))
}

#[handler]
pub(super) async fn document(
    visit: Visit,
    Path((id, lot, question, bid, file)): Path<(Uuid, Uuid, String, Uuid, Uuid)>,
) -> PageResult {
    let (file, bytes) =
        visit.read(move |r| async move { answer::document(&r, id, lot, bid, &question, file).await }).await?;
    let download = Download { name: file.name, media_type: "application/octet-stream".to_owned(), bytes };
    Ok(download.into_response())
}
