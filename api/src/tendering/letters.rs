//! The mails of this stage: a partner council is told that the tender is published.

use askama::Template;
use entity::{council, pack, procurement};

use crate::kernel::clock::london_text;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};

/// What the letter says.
struct Told<'a> {
    council: &'a str,
    title: &'a str,
    reference: &'a str,
    deadline: String,
    hash: &'a str,
    public_page: String,
    own_page: String,
}

#[derive(Template)]
#[template(path = "mail/tender_published.txt")]
struct PublishedText<'a> {
    told: &'a Told<'a>,
}

#[derive(Template)]
#[template(path = "mail/tender_published.html")]
struct PublishedHtml<'a> {
    told: &'a Told<'a>,
}

/// The address of the page on which anybody finds the tender.
#[must_use]
pub fn public_page(base_url: &str, reference: &str) -> String {
    let reference: String = form_urlencoded::byte_serialize(reference.as_bytes()).collect();
    // A path takes a space as %20 and not as a plus.
    format!("{base_url}/tenders/{}", reference.replace('+', "%20"))
}

/// Tells a partner council that the tender is published.
pub(super) async fn published(
    w: &Writing,
    procurement: &procurement::Model,
    pack: &pack::Model,
    council: &council::Model,
) -> Result<(), Refusal> {
    let base_url = &w.installation().base_url;
    let told = &Told {
        council: &council.name,
        title: &procurement.title,
        reference: &procurement.reference,
        deadline: procurement.deadline_at.map(london_text).unwrap_or_default(),
        hash: &pack.hash,
        public_page: public_page(base_url, &procurement.reference),
        own_page: format!("{base_url}/procurements/{}/tender", procurement.id),
    };
    let letter = Letter::new(
        "tender_published",
        // Two councils may share a mailbox: each is told.
        format!("publication:{}:{}", pack.id, council.id),
        Recipient::council(council),
        format!("{}: the tender is published", told.reference),
        (&PublishedText { told }, &PublishedHtml { told }),
    )?;
    let letter = Letter { procurement_id: Some(procurement.id), ..letter };
    letter.queue(w).await?;
    Ok(())
}
