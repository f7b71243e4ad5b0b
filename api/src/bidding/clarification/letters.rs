//! The mails about questions. All lie sealed until the opening: who is told shows who bids.

use askama::Template;
use entity::{clarification, clarification_answer, invitation};
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::bidding::invitation::{self as invitations, Addressee};
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};

#[derive(Template)]
#[template(path = "mail/clarification_answer.txt")]
struct AnswerText<'a> {
    says: &'a AnswerWords<'a>,
}

#[derive(Template)]
#[template(path = "mail/clarification_answer.html")]
struct AnswerHtml<'a> {
    says: &'a AnswerWords<'a>,
}

/// What a letter about an answer says.
struct AnswerWords<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    /// The question's number; none in a private answer.
    number: Option<i32>,
    question: &'a str,
    answer: &'a str,
    corrects: bool,
    deadline: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/clarification_claim_refused.txt")]
struct RefusedText<'a> {
    says: &'a RefusedWords<'a>,
}

#[derive(Template)]
#[template(path = "mail/clarification_claim_refused.html")]
struct RefusedHtml<'a> {
    says: &'a RefusedWords<'a>,
}

struct RefusedWords<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    question: &'a str,
    reason: &'a str,
    page: &'a str,
}

/// Question and answer to every bidder, one letter to each verified address: all bid on the same information.
pub(super) async fn published(
    w: &Writing,
    procurement_id: Uuid,
    number: i32,
    answer: &clarification_answer::Model,
) -> Result<(), Refusal> {
    let tender = tender::of_id(w, procurement_id).await?;
    let (question, words) =
        (answer.question.as_deref().unwrap_or_default(), answer.answer.as_deref().unwrap_or_default());
    for bidder in invitations::every_bidder(w, procurement_id).await? {
        answered(w, &tender, bidder, Some(number), answer, (question, words)).await?;
    }
    Ok(())
}

/// An answer to the asker alone.
pub(super) async fn private(
    w: &Writing,
    asker: Uuid,
    question: &str,
    answer: &clarification_answer::Model,
    words: &str,
) -> Result<(), Refusal> {
    let (bidder, tender) = reached(w, asker).await?;
    answered(w, &tender, bidder, None, answer, (question, words)).await
}

async fn answered(
    w: &Writing,
    tender: &Tender,
    bidder: Addressee,
    number: Option<i32>,
    answer: &clarification_answer::Model,
    (question, words): (&str, &str),
) -> Result<(), Refusal> {
    let (deadline, page) = (london_text(tender.deadline), page(w));
    let reference = tender.pack.reference.as_str();
    let corrects = answer.corrects.is_some();
    let says = &AnswerWords {
        supplier: &bidder.supplier.name,
        reference,
        title: &tender.pack.title,
        number,
        question,
        answer: words,
        corrects,
        deadline: &deadline,
        page: &page,
    };
    let what = if corrects { "Corrected answer" } else { "Answer" };
    let subject = match number {
        Some(number) => format!("{what} to question {number}: {reference}"),
        None => format!("{what} to your confidential question: {reference}"),
    };
    let letter = Letter::new(
        if number.is_some() { "clarification_answer" } else { "clarification_private_answer" },
        // An address may be in the teams of two bidders, and hears of it for each.
        format!("clarification_answer:{}:{}", answer.id, bidder.invitation.id),
        Recipient::default(),
        subject,
        (&AnswerText { says }, &AnswerHtml { says }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue_to_all(w, bidder.addresses).await
}

/// Tells the asker that its claim is refused, why, and what it can do.
pub(super) async fn claim_refused(
    w: &Writing,
    asker: Uuid,
    question: &str,
    row: &clarification::Model,
    reason: &str,
) -> Result<(), Refusal> {
    let (bidder, tender) = reached(w, asker).await?;
    let page = page(w);
    let reference = tender.pack.reference.as_str();
    let says = &RefusedWords {
        supplier: &bidder.supplier.name,
        reference,
        title: &tender.pack.title,
        question,
        reason,
        page: &page,
    };
    let letter = Letter::new(
        "clarification_claim_refused",
        format!("clarification_claim:{}", row.id),
        Recipient::default(),
        format!("Your question is not treated as confidential: {reference}"),
        (&RefusedText { says }, &RefusedHtml { says }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue_to_all(w, bidder.addresses).await
}

/// The asker and the tender. Addresses whose link is taken back are left out, because it may have gone astray: what they
/// are told waits on their page.
async fn reached(w: &Writing, asker: Uuid) -> Result<(Addressee, Tender), Refusal> {
    let row = invitation::Entity::find_by_id(asker).one(w.txn()).await?;
    let row = row.ok_or_else(|| Refusal::internal(&"a question lost its asker"))?;
    let tender = tender::of_id(w, row.procurement_id).await?;
    let asker = Addressee {
        supplier: invitations::supplier_of(w, row.supplier_id).await?,
        addresses: invitations::holders_of(w, &row).await?,
        invitation: row,
    };
    Ok((asker, tender))
}

fn page(w: &Writing) -> String {
    format!("{}/supplier/questions", w.installation().base_url)
}
