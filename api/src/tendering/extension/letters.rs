//! Tells a partner council of a later deadline.

use askama::Template;
use entity::council;

use super::confirmation::Extended;
use super::proposal::outage_text;
use crate::kernel::clock::london_text;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};
use crate::tendering::letters::public_page;

#[derive(Template)]
#[template(path = "mail/deadline_extended.txt")]
struct ExtendedText<'a> {
    council: &'a str,
    told: &'a Told,
}

#[derive(Template)]
#[template(path = "mail/deadline_extended.html")]
struct ExtendedHtml<'a> {
    council: &'a str,
    told: &'a Told,
}

/// What every letter about an extension tells: the difference between the versions of the pack, and why.
pub(crate) struct Told {
    pub(crate) reference: String,
    pub(crate) title: String,
    pub(crate) old_deadline: String,
    pub(crate) new_deadline: String,
    pub(crate) reason: String,
    pub(crate) outage: Option<String>,
    pub(crate) clause: &'static str,
    pub(crate) old_version: u32,
    pub(crate) version: u32,
    pub(crate) hash: String,
    pub(crate) public_page: String,
}

impl Told {
    pub(crate) fn new(base_url: &str, extended: &Extended) -> Self {
        let Extended { extension, row, pack, .. } = extended;
        Self {
            reference: pack.reference.clone(),
            title: pack.title.clone(),
            old_deadline: london_text(extension.from_deadline),
            new_deadline: london_text(extension.to_deadline),
            reason: extension.reason.clone(),
            outage: outage_text(extension),
            clause: extension.kind.0.label(),
            old_version: pack.version.saturating_sub(1),
            version: pack.version,
            hash: row.hash.clone(),
            public_page: public_page(base_url, &pack.reference),
        }
    }
}

/// The letter to a partner council.
pub(super) async fn extended(
    w: &Writing,
    extended: &Extended,
    council: &council::Model,
) -> Result<(), Refusal> {
    let told = &Told::new(&w.installation().base_url, extended);
    let addressee = council.name.as_str();
    let letter = Letter::new(
        "deadline_extended",
        // Two councils may share a mailbox: each is told.
        format!("extension:{}:{}", extended.extension.id, council.id),
        Recipient::council(council),
        format!("{}: the deadline is extended to {}", told.reference, told.new_deadline),
        (&ExtendedText { council: addressee, told }, &ExtendedHtml { council: addressee, told }),
    )?;
    let letter = Letter { procurement_id: Some(extended.procurement.id), ..letter };
    letter.queue(w).await?;
    Ok(())
}
