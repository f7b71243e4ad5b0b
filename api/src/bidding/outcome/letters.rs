//! The mails to the bidder about whose tender a ground was raised: that it may reply, and what was decided.

use askama::Template;
use entity::bid_outcome;
use rules::outcome::{OutcomeState, Rule};

use crate::bidding::bid::{self as bids, OpenedBid};
use crate::bidding::letters::to_bidder;
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::{Refusal, Writing};

struct Words<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    /// The lot's code; empty for the whole tender.
    lot: &'a str,
    rule: Rule,
    /// Until when it may reply; empty where it was not told before.
    reply_by: &'a str,
    replied: bool,
    disregarded: bool,
    reason: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/tender_notice.txt")]
struct NoticeText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/tender_notice.html")]
struct NoticeHtml<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/tender_outcome.txt")]
struct OutcomeText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/tender_outcome.html")]
struct OutcomeHtml<'a> {
    says: &'a Words<'a>,
}

/// Tells a bidder which ground is raised and until when it may reply; nothing where it is not heard. No other bidder's price
/// stands in it.
pub(super) async fn noticed(
    w: &Writing,
    tender: &Tender,
    opened: &OpenedBid,
    row: &bid_outcome::Model,
) -> Result<(), Refusal> {
    if row.reply_by.is_none() {
        return Ok(());
    }
    send(w, tender, opened, row).await
}

/// Tells a bidder at once what was decided and why; nothing where its tender is kept and it never heard of the ground.
pub(super) async fn decided(w: &Writing, row: &bid_outcome::Model) -> Result<(), Refusal> {
    if row.reply_by.is_none() && row.state.0 != OutcomeState::Disregarded {
        return Ok(());
    }
    let tender = tender::of_id(w, row.procurement_id).await?;
    let opened = bids::found(w, row.procurement_id, row.bid_id).await?;
    send(w, &tender, &opened, row).await
}

async fn send(
    w: &Writing,
    tender: &Tender,
    opened: &OpenedBid,
    row: &bid_outcome::Model,
) -> Result<(), Refusal> {
    let reply_by = row.reply_by.map(london_text).unwrap_or_default();
    let page = format!("{}/supplier/asked/outcomes/{}", w.installation().base_url, row.id);
    let reference = tender.pack.reference.as_str();
    let of = row.lot_id.map(|lot| lot.to_string());
    let lot = tender.pack.lots.iter().find(|lot| Some(&lot.id) == of.as_ref());
    let says = &Words {
        supplier: &opened.supplier.name,
        reference,
        title: &tender.pack.title,
        lot: lot.map(|lot| lot.code.as_str()).unwrap_or_default(),
        rule: row.ground.0.rule(),
        reply_by: &reply_by,
        replied: row.reply.is_some(),
        disregarded: row.state.0 == OutcomeState::Disregarded,
        reason: row.decision_reason.as_deref().unwrap_or(&row.reason),
        page: &page,
    };
    if row.decided_at.is_none() {
        let event = format!("tender_notice:{}", row.id);
        let subject = format!("Your reply is asked for before your tender may be disregarded: {reference}");
        let forms = (&NoticeText { says }, &NoticeHtml { says });
        return to_bidder(w, opened, ("tender_notice", event), subject, forms).await;
    }
    let subject = match row.state.0 {
        OutcomeState::Disregarded => format!("Your tender is disregarded: {reference}"),
        _ => format!("Your tender is kept: {reference}"),
    };
    let forms = (&OutcomeText { says }, &OutcomeHtml { says });
    to_bidder(w, opened, ("tender_outcome", format!("tender_outcome:{}", row.id)), subject, forms).await
}
