//! The mails to the bidder whose price would be corrected. They say that there is something to confirm, and until when; the
//! figures stand on the bidder's own page.

use askama::Template;
use entity::price_correction;
use rules::correction::CorrectionState;

use crate::bidding::bid::{self as bids, OpenedBid};
use crate::bidding::letters::to_bidder;
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::{Refusal, Writing};

struct Words<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    confirm_by: &'a str,
    rule: &'a str,
    outcome: CorrectionState,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/price_correction.txt")]
struct ProposedText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/price_correction.html")]
struct ProposedHtml<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/price_correction_outcome.txt")]
struct OutcomeText<'a> {
    says: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/price_correction_outcome.html")]
struct OutcomeHtml<'a> {
    says: &'a Words<'a>,
}

fn page(w: &Writing, row: &price_correction::Model) -> String {
    format!("{}/supplier/asked/corrections/{}", w.installation().base_url, row.id)
}

/// Asks a bidder to confirm a correction of its price.
pub(super) async fn proposed(
    w: &Writing,
    tender: &Tender,
    opened: &OpenedBid,
    row: &price_correction::Model,
) -> Result<(), Refusal> {
    let (confirm_by, page) = (london_text(row.confirm_by), page(w, row));
    let reference = tender.pack.reference.as_str();
    let says = &Words {
        supplier: &opened.supplier.name,
        reference,
        title: &tender.pack.title,
        confirm_by: &confirm_by,
        rule: &row.rule,
        outcome: row.state.0,
        page: &page,
    };
    let event = format!("price_correction:{}", row.id);
    let subject = format!("Confirm or refuse a correction of your price: {reference}");
    let forms = (&ProposedText { says }, &ProposedHtml { says });
    to_bidder(w, opened, ("price_correction", event), subject, forms).await
}

/// Tells a bidder whether the corrected price counts.
pub(super) async fn outcome(
    w: &Writing,
    row: &price_correction::Model,
    outcome: CorrectionState,
) -> Result<(), Refusal> {
    let tender = tender::of_id(w, row.procurement_id).await?;
    let opened = bids::found(w, row.procurement_id, row.bid_id).await?;
    let (confirm_by, page) = (london_text(row.confirm_by), page(w, row));
    let reference = tender.pack.reference.as_str();
    let says = &Words {
        supplier: &opened.supplier.name,
        reference,
        title: &tender.pack.title,
        confirm_by: &confirm_by,
        rule: &row.rule,
        outcome,
        page: &page,
    };
    let event = format!("price_correction_outcome:{}", row.id);
    let subject = match outcome {
        CorrectionState::Approved => format!("Your price is corrected: {reference}"),
        _ => format!("Your price is not corrected: {reference}"),
    };
    let forms = (&OutcomeText { says }, &OutcomeHtml { says });
    to_bidder(w, &opened, ("price_correction_outcome", event), subject, forms).await
}
