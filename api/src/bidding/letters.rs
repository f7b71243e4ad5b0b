//! The mails of this stage: the claim link, and the receipts. None of them holds a durable secret.

use askama::Template;
use chrono::{DateTime, Utc};
use entity::{invitation, submission, supplier};
use importers::bid::TextAnswer;

use super::compartment::SubmittedFile;
use super::invitation::By;
use super::signed::SignedReceipt;
use super::submission::Receipt;
use super::tender::Tender;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Refusal, Writing};

#[derive(Template)]
#[template(path = "mail/supplier_claim.txt")]
struct ClaimText<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    deadline: &'a str,
    link: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/supplier_claim.html")]
struct ClaimHtml<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    deadline: &'a str,
    link: &'a str,
    page: &'a str,
}

/// Where a supplier turns its one-time link into a secret.
pub(super) fn claim_link(w: &Writing, token: &str) -> String {
    format!("{}/supplier/claim?token={token}", w.installation().base_url)
}

/// The one-time link, to the invited address.
pub(super) async fn claim(
    w: &Writing,
    tender: &Tender,
    (invitation, supplier): (&invitation::Model, &supplier::Model),
    token: &str,
    by: By,
) -> Result<(), Refusal> {
    let reference = &tender.pack.reference;
    let link = claim_link(w, token);
    let page = format!("{}/tenders/{reference}", w.installation().base_url);
    let deadline = london_text(tender.deadline);
    let title = &tender.pack.title;
    let text = ClaimText {
        supplier: &supplier.name,
        reference,
        title,
        deadline: &deadline,
        link: &link,
        page: &page,
    };
    let html = ClaimHtml {
        supplier: &supplier.name,
        reference,
        title,
        deadline: &deadline,
        link: &link,
        page: &page,
    };
    let letter = Letter {
        procurement_id: Some(tender.procurement.id),
        // Each link is an event of its own; its hash names it without telling it.
        event: format!("supplier_claim:{}", &sha256_hex(token)[..16]),
        kind: "supplier_claim",
        recipient: recipient(invitation),
        reply_to: None,
        subject: format!("Your link to bid: {reference}"),
        text: text.render().map_err(|error| Refusal::internal(&error))?,
        html: html.render().map_err(|error| Refusal::internal(&error))?,
        secret: true,
        // A supplier that asked by itself shows to nobody else before opening; whom an officer invited is no secret.
        sealed: by == By::Supplier,
    };
    letter.queue(w).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/supplier_revoked.txt")]
struct RevokedText<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    deadline: &'a str,
    reason: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/supplier_revoked.html")]
struct RevokedHtml<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    deadline: &'a str,
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
    let (reference, title) = (tender.pack.reference.as_str(), tender.pack.title.as_str());
    let page = format!("{}/tenders/{reference}", w.installation().base_url);
    let deadline = london_text(tender.deadline);
    let supplier = invitation.invited_as.as_deref().unwrap_or_default();
    let text = RevokedText { supplier, reference, title, deadline: &deadline, reason, page: &page }.render();
    let html = RevokedHtml { supplier, reference, title, deadline: &deadline, reason, page: &page }.render();
    let letter = Letter {
        procurement_id: Some(tender.procurement.id),
        event: format!("supplier_revoked:{}:{}", invitation.id, invitation.version),
        kind: "supplier_revoked",
        recipient: recipient(invitation),
        reply_to: None,
        subject: format!("Your link to bid was taken back: {reference}"),
        text: text.map_err(|error| Refusal::internal(&error))?,
        html: html.map_err(|error| Refusal::internal(&error))?,
        secret: false,
        sealed: false,
    };
    letter.queue(w).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/receipt.txt")]
struct ReceiptText<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    submission: &'a submission::Model,
    received: &'a str,
    received_london: &'a str,
    deadline: &'a str,
    files: &'a [SubmittedFile],
    typed: &'a [TextAnswer],
    page: &'a str,
    signed: &'a SignedReceipt,
}

#[derive(Template)]
#[template(path = "mail/receipt.html")]
struct ReceiptHtml<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    submission: &'a submission::Model,
    received: &'a str,
    received_london: &'a str,
    deadline: &'a str,
    files: &'a [SubmittedFile],
    typed: &'a [TextAnswer],
    page: &'a str,
    signed: &'a SignedReceipt,
}

/// The receipt of a submission. It says plainly where the submission is late.
pub(super) async fn receipt(
    w: &Writing,
    invitation: &invitation::Model,
    receipt: &Receipt,
) -> Result<(), Refusal> {
    let Receipt { submission, files, typed, tender, signed, .. } = receipt;
    let (reference, title) = (tender.pack.reference.as_str(), tender.pack.title.as_str());
    let received = rfc3339(submission.received_at);
    let received_london = london_text(submission.received_at);
    let deadline = london_text(tender.deadline);
    let page = format!("{}/supplier/receipts/{}", w.installation().base_url, submission.number);
    let supplier = receipt.supplier.name.as_str();
    let text = ReceiptText {
        supplier,
        reference,
        title,
        submission,
        received: &received,
        received_london: &received_london,
        deadline: &deadline,
        files,
        typed,
        page: &page,
        signed,
    };
    let html = ReceiptHtml {
        supplier,
        reference,
        title,
        submission,
        received: &received,
        received_london: &received_london,
        deadline: &deadline,
        files,
        typed,
        page: &page,
        signed,
    };
    let late = if submission.late { "LATE bid" } else { "bid" };
    let letter = Letter {
        procurement_id: Some(tender.procurement.id),
        event: format!("submission:{}", submission.id),
        kind: "bid_receipt",
        recipient: recipient(invitation),
        reply_to: None,
        subject: format!("Receipt for your {late}: {reference}"),
        text: text.render().map_err(|error| Refusal::internal(&error))?,
        html: html.render().map_err(|error| Refusal::internal(&error))?,
        secret: false,
        sealed: true,
    };
    letter.queue(w).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/withdrawal.txt")]
struct WithdrawalText<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    withdrawn: &'a str,
    deadline: &'a str,
}

#[derive(Template)]
#[template(path = "mail/withdrawal.html")]
struct WithdrawalHtml<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    withdrawn: &'a str,
    deadline: &'a str,
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
    let (reference, title) = (tender.pack.reference.as_str(), tender.pack.title.as_str());
    let (withdrawn, deadline) = (rfc3339(at), london_text(tender.deadline));
    let supplier = supplier.name.as_str();
    let text =
        WithdrawalText { supplier, reference, title, withdrawn: &withdrawn, deadline: &deadline }.render();
    let html =
        WithdrawalHtml { supplier, reference, title, withdrawn: &withdrawn, deadline: &deadline }.render();
    let letter = Letter {
        procurement_id: Some(tender.procurement.id),
        event: format!("withdrawal:{}", submission.id),
        kind: "bid_withdrawal",
        recipient: recipient(invitation),
        reply_to: None,
        subject: format!("Your bid is withdrawn: {reference}"),
        text: text.map_err(|error| Refusal::internal(&error))?,
        html: html.map_err(|error| Refusal::internal(&error))?,
        secret: false,
        sealed: true,
    };
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
