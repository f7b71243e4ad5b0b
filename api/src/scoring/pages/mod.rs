//! Marks, consensus and results through pages.

mod agenda;
mod agreement;
mod answer;
mod assignments;
mod changes;
mod consistency;
mod desk;
mod lock;
mod moderation;
mod offline;
mod prices;
mod progress;
mod results;
mod sensitivity;

use poem::{Route, get, post};
use rules::words::AnswerOrigin;

use crate::bidding::addressed::view::Clarifying;
use crate::bidding::bid::written_at;
use crate::http::texts::size_text;
use crate::kernel::clock::london_text;
use crate::scoring::answer::Answer;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/assignments", get(assignments::show))
        .at("/procurements/:id/assignments/:lot", post(assignments::save))
        .at("/procurements/:id/assignments/:lot/substitutions", post(assignments::name_substitute))
        .at("/procurements/:id/scoring", get(desk::show))
        .at("/procurements/:id/scoring/progress", get(progress::show))
        .at("/procurements/:id/scoring/results", get(results::list))
        .at("/procurements/:id/scoring/evidence.zip", get(results::evidence_download))
        .at("/procurements/:id/scoring/results/:result", get(results::show))
        .at("/procurements/:id/scoring/results/:result/sensitivity", get(sensitivity::show))
        .at("/procurements/:id/scoring/results/:result/body", get(results::download))
        .at("/procurements/:id/scoring/lots/:lot/prices", get(prices::show))
        .at("/procurements/:id/scoring/lots/:lot/sheet", get(offline::show).post(offline::upload))
        .at("/procurements/:id/scoring/lots/:lot/sheet.xlsx", get(offline::download))
        .at("/procurements/:id/scoring/lots/:lot/sheet/save", post(offline::save))
        .at("/procurements/:id/scoring/lots/:lot/submit", post(desk::submit))
        .at("/procurements/:id/scoring/lots/:lot/recall", post(desk::recall))
        .at("/procurements/:id/scoring/lots/:lot/result", post(results::make))
        .at("/procurements/:id/scoring/:lot/:question/:bid", get(answer::show).post(answer::save))
        .at("/procurements/:id/scoring/:lot/:question/:bid/draft", post(answer::keep))
        .at("/procurements/:id/scoring/:lot/:question/:bid/compare", get(consistency::show))
        .at("/procurements/:id/scoring/:lot/:question/:bid/documents/:file", get(answer::document))
        .at("/procurements/:id/moderation", get(agenda::show))
        .at("/procurements/:id/moderation/:lot/agreement", get(agreement::show))
        .at("/procurements/:id/moderation/:lot/lock", get(lock::show).post(lock::make))
        .at("/procurements/:id/moderation/:lot/:question/:bid", get(moderation::show).post(moderation::agree))
        .at(
            "/procurements/:id/moderation/:lot/:question/:bid/change",
            get(moderation::show_change).post(moderation::propose_change),
        )
        .at("/procurements/:id/changes", get(changes::list))
        .at("/procurements/:id/changes/:change", get(changes::show))
        .at("/procurements/:id/changes/:change/decide", post(changes::decide))
        .at("/procurements/:id/changes/:change/take-back", post(changes::take_back))
}

/// A document as a link.
struct DocumentLink {
    name: String,
    href: String,
    size: String,
}

/// A reply to an addressed question, where it only clarifies.
struct ReplyPart {
    number: i32,
    asked: String,
    text: String,
    received: String,
    document: Option<DocumentLink>,
}

impl ReplyPart {
    fn new(one: Clarifying) -> Self {
        let question = &one.question;
        let href = format!("/procurements/{}/addressed/{}/document", question.procurement_id, question.id);
        Self {
            number: question.number,
            received: london_text(one.reply.received_at),
            document: one.reply.document.map(|document| DocumentLink {
                size: size_text(document.size),
                name: document.name,
                href,
            }),
            text: one.reply.text,
            asked: one.question.text,
        }
    }
}

/// What a bid says, for a page.
struct AnswerPart {
    text: Option<String>,
    place: String,
    documents: Vec<DocumentLink>,
    replies: Vec<ReplyPart>,
    /// What the bidder marked as confidential, in sentences.
    confidential: Vec<String>,
    /// Whether somebody still reads it for prices.
    held: bool,
    /// Whether something of it stays back because it tells a price.
    cut: bool,
}

impl AnswerPart {
    /// `base` is the address of the answer's own page.
    fn new(answer: Answer, base: &str) -> Self {
        let place = answer.text.as_ref().map(|row| match row.origin.0 {
            AnswerOrigin::Workbook => format!("Workbook, {}", written_at(row)),
            AnswerOrigin::Typed => written_at(row),
        });
        Self {
            place: place.unwrap_or_default(),
            confidential: answer.confidential.told(),
            held: !answer.released,
            cut: answer.cut,
            text: answer.text.map(|row| row.text).filter(|text| !text.trim().is_empty()),
            documents: answer
                .documents
                .into_iter()
                .map(|file| DocumentLink {
                    href: format!("{base}/documents/{}", file.id),
                    size: size_text(file.size),
                    name: file.name,
                })
                .collect(),
            replies: answer.replies.into_iter().map(ReplyPart::new).collect(),
        }
    }
}
