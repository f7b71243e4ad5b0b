//! The mails of this stage: the claim link, and the receipts. None of them holds a durable secret.

use askama::Template;
use chrono::{DateTime, Utc};
use entity::{invitation, submission, supplier};

use super::compartment::SubmittedFile;
use super::invitation::By;
use super::signed::SignedReceipt;
use super::submission::Receipt;
use super::tender::Tender;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Refusal, Writing};

/// What every letter to a bidder names.
struct About<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    /// In London time.
    deadline: String,
}

impl<'a> About<'a> {
    fn new(supplier: &'a str, tender: &'a Tender) -> Self {
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
fn public_page(w: &Writing, reference: &str) -> String {
    format!("{}/tenders/{reference}", w.installation().base_url)
}

/// The one-time link, to the invited address.
pub(super) async fn claim(
    w: &Writing,
    tender: &Tender,
    (invitation, supplier): (&invitation::Model, &supplier::Model),
    token: &str,
    by: By,
) -> Result<(), Refusal> {
    let about = &About::new(&supplier.name, tender);
    let (link, page) = (&*claim_link(w, token), &*public_page(w, about.reference));
    let letter = Letter::new(
        "supplier_claim",
        // Each link is an event of its own; its hash names it without telling it.
        format!("supplier_claim:{}", &sha256_hex(token)[..16]),
        recipient(invitation),
        format!("Your link to bid: {}", about.reference),
        (&ClaimText { about, link, page }, &ClaimHtml { about, link, page }),
    )?;
    // A supplier that asked by itself shows to nobody else before opening; whom an officer invited is no secret.
    let sealed = by == By::Supplier;
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
}

#[derive(Template)]
#[template(path = "mail/supplier_revoked.html")]
struct RevokedHtml<'a> {
    about: &'a About<'a>,
    reason: &'a str,
    page: &'a str,
}

/// Tells an address that its link was taken back, why, and what it may do.
pub(super) async fn revoked(
    w: &Writing,
    tender: &Tender,
    invitation: &invitation::Model,
    reason: &str,
) -> Result<(), Refusal> {
    let about = &About::new(invitation.invited_as.as_deref().unwrap_or_default(), tender);
    let page = &*public_page(w, about.reference);
    let letter = Letter::new(
        "supplier_revoked",
        format!("supplier_revoked:{}:{}", invitation.id, invitation.version),
        recipient(invitation),
        format!("Your link to bid was taken back: {}", about.reference),
        (&RevokedText { about, reason, page }, &RevokedHtml { about, reason, page }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), ..letter };
    letter.queue(w).await?;
    Ok(())
}

/// What a receipt says.
struct Received<'a> {
    about: About<'a>,
    submission: &'a submission::Model,
    at: String,
    at_london: String,
    files: &'a [SubmittedFile],
    page: String,
    signed: &'a SignedReceipt,
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

/// The receipt of a submission. It says plainly where the submission is late.
pub(super) async fn receipt(
    w: &Writing,
    invitation: &invitation::Model,
    receipt: &Receipt,
) -> Result<(), Refusal> {
    let Receipt { submission, files, tender, signed, .. } = receipt;
    let received = &Received {
        about: About::new(&receipt.supplier.name, tender),
        submission,
        at: rfc3339(submission.received_at),
        at_london: london_text(submission.received_at),
        files,
        page: format!("{}/supplier/receipts/{}", w.installation().base_url, submission.number),
        signed,
    };
    let late = if submission.late { "LATE bid" } else { "bid" };
    let letter = Letter::new(
        "bid_receipt",
        format!("submission:{}", submission.id),
        recipient(invitation),
        format!("Receipt for your {late}: {}", received.about.reference),
        (&ReceiptText { received }, &ReceiptHtml { received }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue(w).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/withdrawal.txt")]
struct WithdrawalText<'a> {
    about: &'a About<'a>,
    withdrawn: &'a str,
}

#[derive(Template)]
#[template(path = "mail/withdrawal.html")]
struct WithdrawalHtml<'a> {
    about: &'a About<'a>,
    withdrawn: &'a str,
}

/// Confirms that a bid was taken back.
pub(super) async fn withdrawal(
    w: &Writing,
    tender: &Tender,
    invitation: &invitation::Model,
    supplier: &supplier::Model,
    submission: &submission::Model,
    at: DateTime<Utc>,
) -> Result<(), Refusal> {
    let about = &About::new(&supplier.name, tender);
    let withdrawn = &*rfc3339(at);
    let letter = Letter::new(
        "bid_withdrawal",
        format!("withdrawal:{}", submission.id),
        recipient(invitation),
        format!("Your bid is withdrawn: {}", about.reference),
        (&WithdrawalText { about, withdrawn }, &WithdrawalHtml { about, withdrawn }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue(w).await?;
    Ok(())
}

/// A bidder by its verified address.
pub(super) fn recipient(invitation: &invitation::Model) -> Recipient {
    Recipient {
        email: invitation.email.clone(),
        supplier_id: Some(invitation.supplier_id),
        ..Recipient::default()
    }
}
