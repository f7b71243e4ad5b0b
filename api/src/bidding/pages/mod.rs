//! Invitations, workbooks, questions, submissions and opening through pages.

mod addressed;
mod answers;
mod ask;
mod asked;
mod asked_correction;
mod asked_outcome;
mod bids;
mod clarifications;
mod compliance;
mod corrections;
mod difference;
mod extension;
mod invitations;
mod late;
mod opening;
mod outcome;
mod propose;
mod published;
mod questions;
mod readback;
mod record;
mod releases;
mod submissions;
mod supplier;
mod team;
mod tender;
mod told;
mod until;
mod way_in;

use poem::{IntoResponse, Response, Route, get, post};
use serde::Deserialize;

use super::File;
use crate::http::SupplierVisit;
use crate::http::reply::Download;
use crate::http::shell::{NavItem, Shell};
use crate::http::visit::see_other;
use crate::kernel::Caller;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/tenders", get(tender::list))
        .at("/tenders/:reference", get(tender::view).post(tender::request))
        .at("/tenders/:reference/pack.json", get(tender::pack_json))
        .at("/tenders/:reference/documents/:sha256", get(tender::document))
        .at("/supplier", get(supplier::home))
        .at("/supplier/claim", get(way_in::claim_form).post(way_in::claim))
        .at("/supplier/leave", post(way_in::leave))
        .at("/supplier/workbook", get(supplier::blank).post(supplier::upload))
        .at("/supplier/check", get(readback::check))
        .at("/supplier/changes", get(difference::list))
        .at("/supplier/answers", get(answers::list))
        .at("/supplier/answers/:question", get(answers::one).post(answers::save))
        .at("/supplier/answers/:question/text", get(answers::download))
        .at("/supplier/documents", post(supplier::add_document))
        .at("/supplier/drafts/:id", get(supplier::download))
        .at("/supplier/drafts/:id/remove", post(supplier::remove))
        .at("/supplier/submit", get(submissions::submit_form).post(submissions::submit))
        .at("/supplier/withdraw", get(submissions::withdraw_form).post(submissions::withdraw))
        .at("/supplier/team", get(team::view).post(team::add))
        .at("/supplier/team/:member/reissue", post(team::reissue))
        .at("/supplier/team/:member/remove", get(team::remove_form).post(team::remove))
        .at("/supplier/receipts", get(submissions::list))
        .at("/supplier/receipts/:number", get(submissions::receipt_page))
        .at("/supplier/receipts/:number/receipt.json", get(submissions::receipt_file))
        .at("/supplier/receipts/:number/files/:file", get(submissions::download))
        .at("/supplier/receipts/:number/answers/:question", get(submissions::typed_answer))
        .at("/supplier/questions", get(questions::view).post(questions::ask))
        .at("/supplier/questions/:question/withdraw", post(questions::withdraw))
        .at("/supplier/questions/:question/give-up-claim", post(questions::give_up_claim))
        .at("/supplier/asked", get(asked::list))
        .at("/supplier/asked/:question", get(asked::view).post(asked::send_reply))
        .at("/supplier/asked/:question/document", get(asked::own_document))
        .at(
            "/supplier/asked/corrections/:correction",
            get(asked_correction::view).post(asked_correction::give_word),
        )
        .at("/supplier/asked/outcomes/:outcome", get(asked_outcome::view).post(asked_outcome::send_reply))
        .at("/procurements/:id/bids", get(opening::view))
        .at("/procurements/:id/bids/consent", post(opening::consent))
        .at("/procurements/:id/bids/record", get(record::view))
        .at("/procurements/:id/bids/late", get(late::list))
        .at("/procurements/:id/bids/late/:submission", get(late::view).post(late::give_word))
        .at("/procurements/:id/bids/late/:submission/take-back", post(late::take_back))
        .at("/procurements/:id/tender/extensions/:extension/confirm", post(extension::confirm))
        .at("/procurements/:id/bids/:bid", get(bids::bid_page))
        .at("/procurements/:id/bids/:bid/documents/:file", get(bids::document))
        .at("/procurements/:id/releases", get(releases::list))
        .at("/procurements/:id/releases/plain", post(releases::release_plain))
        .at("/procurements/:id/releases/:bid/:part", get(releases::read).post(releases::release_part))
        .at("/procurements/:id/addressed", get(addressed::list))
        .at("/procurements/:id/addressed/ask", get(ask::ask_form).post(ask::send_question))
        .at("/procurements/:id/addressed/:question", get(addressed::view))
        .at("/procurements/:id/addressed/:question/decide", post(addressed::decide))
        .at("/procurements/:id/addressed/:question/close", post(addressed::close))
        .at("/procurements/:id/addressed/:question/document", get(addressed::reply_document))
        .at("/procurements/:id/corrections", get(corrections::list))
        .at("/procurements/:id/corrections/propose", get(propose::propose_form).post(propose::send_proposal))
        .at("/procurements/:id/corrections/:correction", get(corrections::view))
        .at("/procurements/:id/corrections/:correction/decide", post(corrections::decide))
        .at("/procurements/:id/corrections/:correction/lapse", post(corrections::lapse))
        .at("/procurements/:id/compliance", get(compliance::show))
        .at("/procurements/:id/compliance/raise", get(compliance::raise_form).post(compliance::send))
        .at("/procurements/:id/compliance/:outcome", get(outcome::show))
        .at("/procurements/:id/compliance/:outcome/decide", post(outcome::decide))
        .at("/procurements/:id/clarifications", get(clarifications::list))
        .at("/procurements/:id/clarifications/:clarification", get(clarifications::view))
        .at("/procurements/:id/clarifications/:clarification/check", post(clarifications::check))
        .at("/procurements/:id/clarifications/:clarification/publish", post(clarifications::publish))
        .at("/procurements/:id/clarifications/:clarification/private", post(clarifications::answer_privately))
        .at("/procurements/:id/clarifications/:clarification/refuse", post(clarifications::refuse_claim))
        .at("/procurements/:id/invitations", get(invitations::view).post(invitations::invite))
        .at("/procurements/:id/invitations/:invitation/revoke", post(invitations::revoke))
}

/// Which part of a list.
#[derive(Default, Deserialize)]
struct After {
    after: Option<String>,
}

fn download(file: File) -> Response {
    Download::from(file).into_response()
}

/// Where a visitor without a secret is led: the start of the supplier's pages says how to get one.
fn stranger(visit: &SupplierVisit) -> Option<Response> {
    (visit.caller == Caller::Nobody).then(|| see_other("/supplier"))
}

/// The frame of a supplier's page, with the way to its other pages.
fn frame(visit: &SupplierVisit, heading: &str, supplier: &str, current: &str) -> Shell {
    let places = [
        ("", "Your bid"),
        ("/answers", "Answers"),
        ("/questions", "Questions"),
        ("/check", "Check my file"),
        ("/submit", "Submit"),
        ("/receipts", "Receipts"),
        ("/team", "Your team"),
        ("/asked", "Asked of you"),
    ];
    let items = places
        .iter()
        .map(|(path, label)| NavItem::new(*label, format!("/supplier{path}")).current(*path == current));
    visit.shell(heading, Some(supplier)).sub_nav(items.collect())
}
