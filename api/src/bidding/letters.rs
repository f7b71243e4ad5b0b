//! The mails of this stage: the claim link, and the receipts. None of them holds a durable secret.

use askama::Template;
use chrono::{DateTime, Utc};
use entity::{invitation, submission, supplier};
use importers::bid::TextAnswer;
use rules::signed::Signed;
use sea_orm::EntityTrait;

use super::bid::OpenedBid;
use super::compartment::SubmittedFile;
use super::invitation::{By, addresses_of};
use super::submission::Receipt;
use super::tender::Tender;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Refusal, Writing};

/// What every letter to a bidder names.
pub(super) struct About<'a> {
    pub(super) supplier: &'a str,
    pub(super) reference: &'a str,
    pub(super) title: &'a str,
    /// In London time.
    pub(super) deadline: String,
}

impl<'a> About<'a> {
    pub(super) fn new(supplier: &'a str, tender: &'a Tender) -> Self {
        Self {
            supplier,
            reference: &tender.pack.reference,
            title: &tender.pack.title,
            deadline: london_text(tender.deadline),
        }
    }
}

#[derive(Template)]
#[template(path = "mail/supplier_claim.txt")]
struct ClaimText<'a> {
    about: &'a About<'a>,
    link: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/supplier_claim.html")]
struct ClaimHtml<'a> {
    about: &'a About<'a>,
    link: &'a str,
    page: &'a str,
}

/// Where a supplier turns its one-time link into a secret.
pub(super) fn claim_link(w: &Writing, token: &str) -> String {
    format!("{}/supplier/claim?token={token}", w.installation().base_url)
}

/// The page on which a supplier asks for a link.
pub(super) fn public_page(w: &Writing, reference: &str) -> String {
    format!("{}/tenders/{reference}", w.installation().base_url)
}

/// The one-time link, to the address that was invited or that asked for it.
pub(super) async fn claim(
    w: &Writing,
    tender: &Tender,
    (recipient, supplier): (Recipient, &supplier::Model),
    token: &str,
    by: By,
) -> Result<(), Refusal> {
    let about = &About::new(&supplier.name, tender);
    let (link, page) = (&*claim_link(w, token), &*public_page(w, about.reference));
    let forms = (&ClaimText { about, link, page }, &ClaimHtml { about, link, page });
    // Each link is an event of its own; its hash names it without telling it.
    in_answer_to_asking(w, tender, recipient, (token, by), forms).await
}

/// Whatever an address is sent that was invited or asked for a link: with a link or, where its bidder's team has removed it,
/// without. From outside they look alike, and their text shows to nobody: that a bidder has a team must not show before the
/// opening. `token` tells one from another.
pub(super) async fn in_answer_to_asking(
    w: &Writing,
    tender: &Tender,
    recipient: Recipient,
    (token, by): (&str, By),
    forms: (&impl Template, &impl Template),
) -> Result<(), Refusal> {
    let event = format!("supplier_claim:{}", &sha256_hex(token)[..16]);
    let subject = format!("Your link to bid: {}", tender.pack.reference);
    // A supplier that asked by itself shows to nobody else before opening; whom an officer invited is no secret.
    let sealed = by == By::Supplier;
    let letter = Letter::new("supplier_claim", event, recipient, subject, forms)?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), secret: true, sealed, ..letter };
    letter.queue(w).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/supplier_revoked.txt")]
struct RevokedText<'a> {
    about: &'a About<'a>,
    reason: &'a str,
    page: &'a str,
    colleague: bool,
}

#[derive(Template)]
#[template(path = "mail/supplier_revoked.html")]
struct RevokedHtml<'a> {
    about: &'a About<'a>,
    reason: &'a str,
    page: &'a str,
    colleague: bool,
}

/// Tells an address that its link was taken back, why, and what it may do. `supplier` is how the letter calls the bidder. That
/// its team's other addresses are told does not show before the opening.
pub(super) async fn revoked(
    w: &Writing,
    tender: &Tender,
    (invitation, recipient): (&invitation::Model, Recipient),
    (supplier, reason): (&str, &str),
) -> Result<(), Refusal> {
    let colleague = recipient.email != invitation.email;
    let about = &About::new(supplier, tender);
    let page = &*public_page(w, about.reference);
    let letter = Letter::new(
        "supplier_revoked",
        format!("supplier_revoked:{}:{}", invitation.id, invitation.version),
        recipient,
        format!("Your link to bid was taken back: {}", about.reference),
        (&RevokedText { about, reason, page, colleague }, &RevokedHtml { about, reason, page, colleague }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: colleague, ..letter };
    letter.queue(w).await?;
    Ok(())
}

/// What a receipt says.
struct Received<'a> {
    about: About<'a>,
    submission: &'a submission::Model,
    /// Who of the team submitted.
    by: Option<&'a str>,
    at: String,
    at_london: String,
    files: &'a [SubmittedFile],
    typed: &'a [TextAnswer],
    page: String,
    signed: &'a Signed,
}

#[derive(Template)]
#[template(path = "mail/receipt.txt")]
struct ReceiptText<'a> {
    received: &'a Received<'a>,
}

#[derive(Template)]
#[template(path = "mail/receipt.html")]
struct ReceiptHtml<'a> {
    received: &'a Received<'a>,
}

/// The receipt of a submission, to everybody in the bidder's team. It says plainly where the submission is late.
pub(super) async fn receipt(
    w: &Writing,
    invitation: &invitation::Model,
    receipt: &Receipt,
) -> Result<(), Refusal> {
    let Receipt { submission, files, typed, tender, signed, .. } = receipt;
    let received = &Received {
        about: About::new(&receipt.supplier.name, tender),
        submission,
        by: receipt.submitted_by.as_deref(),
        at: rfc3339(submission.received_at),
        at_london: london_text(submission.received_at),
        files,
        typed,
        page: format!("{}/supplier/receipts/{}", w.installation().base_url, submission.number),
        signed,
    };
    let late = if submission.late { "LATE bid" } else { "bid" };
    let letter = Letter::new(
        "bid_receipt",
        format!("submission:{}", submission.id),
        Recipient::default(),
        format!("Receipt for your {late}: {}", received.about.reference),
        (&ReceiptText { received }, &ReceiptHtml { received }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue_to_all(w, addresses_of(w, invitation).await?).await
}

#[derive(Template)]
#[template(path = "mail/withdrawal.txt")]
struct WithdrawalText<'a> {
    about: &'a About<'a>,
    by: &'a str,
    withdrawn: &'a str,
}

#[derive(Template)]
#[template(path = "mail/withdrawal.html")]
struct WithdrawalHtml<'a> {
    about: &'a About<'a>,
    by: &'a str,
    withdrawn: &'a str,
}

/// Confirms to everybody in the bidder's team that the bid was taken back, and by whom.
pub(super) async fn withdrawal(
    w: &Writing,
    tender: &Tender,
    (invitation, supplier): (&invitation::Model, &supplier::Model),
    submission: &submission::Model,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), Refusal> {
    let about = &About::new(&supplier.name, tender);
    let withdrawn = &*rfc3339(at);
    let letter = Letter::new(
        "bid_withdrawal",
        format!("withdrawal:{}", submission.id),
        Recipient::default(),
        format!("Your bid is withdrawn: {}", about.reference),
        (&WithdrawalText { about, by, withdrawn }, &WithdrawalHtml { about, by, withdrawn }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue_to_all(w, addresses_of(w, invitation).await?).await
}

/// A letter to everybody in the team of an opened bid's bidder, in its two forms.
pub(super) async fn to_bidder(
    w: &Writing,
    opened: &OpenedBid,
    (kind, event): (&'static str, String),
    subject: String,
    forms: (&impl Template, &impl Template),
) -> Result<(), Refusal> {
    let bidder = invitation::Entity::find_by_id(opened.submission.invitation_id).one(w.txn()).await?;
    let bidder = bidder.ok_or_else(|| Refusal::internal(&"a bid lost its invitation"))?;
    let letter = Letter::new(kind, event, Recipient::default(), subject, forms)?;
    let letter = Letter { procurement_id: Some(opened.bid.procurement_id), ..letter };
    letter.queue_to_all(w, addresses_of(w, &bidder).await?).await
}
