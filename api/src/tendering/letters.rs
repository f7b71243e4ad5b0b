//! The mails of this stage: a partner council is told that the tender is published.

use askama::Template;
use entity::{council, pack, procurement};

use crate::kernel::clock::london_text;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};

#[derive(Template)]
#[template(path = "mail/tender_published.txt")]
struct PublishedText<'a> {
    council: &'a str,
    title: &'a str,
    reference: &'a str,
    deadline: &'a str,
    hash: &'a str,
    public_page: &'a str,
    own_page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/tender_published.html")]
struct PublishedHtml<'a> {
    council: &'a str,
    title: &'a str,
    reference: &'a str,
    deadline: &'a str,
    hash: &'a str,
    public_page: &'a str,
    own_page: &'a str,
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
    let public_page = public_page(base_url, &procurement.reference);
    let own_page = format!("{base_url}/procurements/{}/tender", procurement.id);
    let deadline = procurement.deadline_at.map(london_text).unwrap_or_default();
    let (title, reference) = (procurement.title.as_str(), procurement.reference.as_str());
    let (hash, council_name) = (pack.hash.as_str(), council.name.as_str());
    let text = PublishedText {
        council: council_name,
        title,
        reference,
        deadline: &deadline,
        hash,
        public_page: &public_page,
        own_page: &own_page,
    };
    let html = PublishedHtml {
        council: council_name,
        title,
        reference,
        deadline: &deadline,
        hash,
        public_page: &public_page,
        own_page: &own_page,
    };
    let letter = Letter {
        procurement_id: Some(procurement.id),
        // Two councils may share a mailbox: each is told.
        event: format!("publication:{}:{}", pack.id, council.id),
        kind: "tender_published",
        recipient: Recipient {
            email: council.email.clone(),
            council_id: Some(council.id),
            ..Recipient::default()
        },
        reply_to: None,
        subject: format!("{reference}: the tender is published"),
        text: text.render().map_err(|error| Refusal::internal(&error))?,
        html: html.render().map_err(|error| Refusal::internal(&error))?,
        secret: false,
        sealed: false,
    };
    letter.queue(w).await?;
    Ok(())
}
