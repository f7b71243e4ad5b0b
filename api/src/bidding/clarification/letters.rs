//! The mails about questions. All lie sealed until the opening: who is told shows who bids.

use askama::Template;
use entity::{clarification, clarification_answer, invitation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::bidding::invitation as invitations;
use crate::bidding::letters::recipient;
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::outbox::Letter;
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

/// Question and answer to every bidder whose address is verified, one letter each: all bid on the same information.
pub(super) async fn published(
    w: &Writing,
    procurement_id: Uuid,
    number: i32,
    answer: &clarification_answer::Model,
) -> Result<(), Refusal> {
    let tender = tender::of_id(w, procurement_id).await?;
    let (question, words) =
        (answer.question.as_deref().unwrap_or_default(), answer.answer.as_deref().unwrap_or_default());
    for (bidder, supplier) in invitations::verified(w, procurement_id).await? {
        answered(w, &tender, &bidder, &supplier.name, Some(number), answer, (question, words)).await?;
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
    let Some((bidder, supplier, tender)) = reached(w, asker).await? else { return Ok(()) };
    answered(w, &tender, &bidder, &supplier, None, answer, (question, words)).await
}

async fn answered(
    w: &Writing,
    tender: &Tender,
    bidder: &invitation::Model,
    supplier: &str,
    number: Option<i32>,
    answer: &clarification_answer::Model,
    (question, words): (&str, &str),
) -> Result<(), Refusal> {
    let (deadline, page) = (london_text(tender.deadline), page(w));
    let reference = tender.pack.reference.as_str();
    let corrects = answer.corrects.is_some();
    let says = &AnswerWords {
        supplier,
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
        format!("clarification_answer:{}", answer.id),
        recipient(bidder),
        subject,
        (&AnswerText { says }, &AnswerHtml { says }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue(w).await?;
    Ok(())
}

/// Tells the asker that its claim is refused, why, and what it can do.
pub(super) async fn claim_refused(
    w: &Writing,
    asker: Uuid,
    question: &str,
    row: &clarification::Model,
    reason: &str,
) -> Result<(), Refusal> {
    let Some((bidder, supplier, tender)) = reached(w, asker).await? else { return Ok(()) };
    let page = page(w);
    let reference = tender.pack.reference.as_str();
    let says = &RefusedWords {
        supplier: &supplier,
        reference,
        title: &tender.pack.title,
        question,
        reason,
        page: &page,
    };
    let letter = Letter::new(
        "clarification_claim_refused",
        format!("clarification_claim:{}", row.id),
        recipient(&bidder),
        format!("Your question is not treated as confidential: {reference}"),
        (&RefusedText { says }, &RefusedHtml { says }),
    )?;
    let letter = Letter { procurement_id: Some(tender.procurement.id), sealed: true, ..letter };
    letter.queue(w).await?;
    Ok(())
}

/// The asker with its name and the tender; none while its link is taken back, because that may have gone astray. What it
/// is told waits on its page.
async fn reached(w: &Writing, asker: Uuid) -> Result<Option<(invitation::Model, String, Tender)>, Refusal> {
    let row = invitation::Entity::find_by_id(asker)
        .filter(invitation::Column::SecretHash.is_not_null())
        .one(w.txn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let supplier = invitations::supplier_of(w, row.supplier_id).await?.name;
    let tender = tender::of_id(w, row.procurement_id).await?;
    Ok(Some((row, supplier, tender)))
}

fn page(w: &Writing) -> String {
    format!("{}/supplier/questions", w.installation().base_url)
}
