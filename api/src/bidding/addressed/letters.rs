//! The mails to the one bidder that is asked. They say that there is something to read, and until when, and never what: the
//! words stand on the bidder's own page.

use askama::Template;
use entity::addressed_question;
use rules::addressed::AddressedState;

use crate::bidding::bid::{self as bids, OpenedBid};
use crate::bidding::letters::to_bidder;
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::{Refusal, Writing};

struct Words<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    number: i32,
    reply_by: &'a str,
    outcome: AddressedState,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/addressed_question.txt")]
struct AskedText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/addressed_question.html")]
struct AskedHtml<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/addressed_outcome.txt")]
struct OutcomeText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/addressed_outcome.html")]
struct OutcomeHtml<'a> {
    says: &'a Words<'a>,
}

fn page(w: &Writing, row: &addressed_question::Model) -> String {
    format!("{}/supplier/asked/{}", w.installation().base_url, row.id)
}

/// Tells a bidder that it alone is asked something, and until when it may reply.
pub(super) async fn asked(
    w: &Writing,
    tender: &Tender,
    opened: &OpenedBid,
    row: &addressed_question::Model,
) -> Result<(), Refusal> {
    let (reply_by, page) = (london_text(row.reply_by), page(w, row));
    let reference = tender.pack.reference.as_str();
    let says = &Words {
        supplier: &opened.supplier.name,
        reference,
        title: &tender.pack.title,
        number: row.number,
        reply_by: &reply_by,
        outcome: row.state.0,
        page: &page,
    };
    let event = format!("addressed_question:{}", row.id);
    let subject = format!("A question about your bid: {reference}");
    let forms = (&AskedText { says }, &AskedHtml { says });
    to_bidder(w, opened, ("addressed_question", event), subject, forms).await
}

/// Tells a bidder what became of its reply, or that none came.
pub(super) async fn outcome(
    w: &Writing,
    row: &addressed_question::Model,
    outcome: AddressedState,
) -> Result<(), Refusal> {
    let tender = tender::of_id(w, row.procurement_id).await?;
    let opened = bids::found(w, row.procurement_id, row.bid_id).await?;
    let (reply_by, page) = (london_text(row.reply_by), page(w, row));
    let reference = tender.pack.reference.as_str();
    let says = &Words {
        supplier: &opened.supplier.name,
        reference,
        title: &tender.pack.title,
        number: row.number,
        reply_by: &reply_by,
        outcome,
        page: &page,
    };
    let event = format!("addressed_outcome:{}", row.id);
    let subject = match outcome {
        AddressedState::Unanswered => format!("No reply of yours came: {reference}"),
        _ => format!("What became of your reply: {reference}"),
    };
    let forms = (&OutcomeText { says }, &OutcomeHtml { says });
    to_bidder(w, &opened, ("addressed_outcome", event), subject, forms).await
}
