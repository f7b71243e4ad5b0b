//! The letters of an award: to every council that takes part, to every bidder with a bid in the lot (the assessment
//! summary of reg 31), and to bidders that came too late.
//!
//! Each is rendered whole from the pack, the result and the agreed marks, addressed to one recipient, and queued in the
//! award's own transaction: no award without letters, no letter without award (TRUST section 5).

mod council;
mod summary;

use std::collections::BTreeSet;

use askama::Template;
use entity::{award, procurement};
use uuid::Uuid;

use super::award::Ready;
use super::evidence;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};

/// The kinds of letter that are assessment summaries.
pub const SUMMARIES: [&str; 2] = ["award_to_winner", "award_to_bidder"];

/// The event that an award's letters belong to.
#[must_use]
pub fn event(award_id: Uuid) -> String {
    format!("award:{award_id}")
}

/// Queues all letters of an award; those to late bidders with the procurement's first award only.
pub(super) async fn send(
    w: &Writing,
    ready: &Ready,
    award: &award::Model,
    tell_late: bool,
) -> Result<(), Refusal> {
    let (_, pack) = evidence::pack(w, award.procurement_id).await?;
    let bidders = evidence::bidders(w, award.procurement_id).await?;
    let mut post = Post {
        procurement_id: award.procurement_id,
        event: event(award.id),
        sent: BTreeSet::new(),
        subject: format!("{} {}", ready.scope.procurement.reference, ready.lot.code),
    };
    let told = summary::Told::new(w, ready, &pack, &bidders).await?;
    council::send(w, ready, &told, &mut post).await?;
    summary::send(w, &told, &bidders, &mut post).await?;
    if tell_late {
        late(w, &ready.scope.procurement, &mut post).await?;
    }
    Ok(())
}

/// What the letters of one award have in common.
struct Post {
    procurement_id: Uuid,
    event: String,
    subject: String,
    sent: BTreeSet<(&'static str, String)>,
}

impl Post {
    /// Queues a letter. An event tells an address a thing once; where two councils or bidders share an address, the
    /// second one's letter is an event of its own, so that neither goes untold.
    async fn queue(
        &mut self,
        w: &Writing,
        kind: &'static str,
        recipient: Recipient,
        subject: &str,
        (text, html): (&impl Template, &impl Template),
    ) -> Result<(), Refusal> {
        let mut event = self.event.clone();
        if !self.sent.insert((kind, recipient.email.clone())) {
            let whose = recipient.council_id.or(recipient.supplier_id).unwrap_or_default();
            event = format!("{event}:{whose}");
        }
        let letter = Letter {
            procurement_id: Some(self.procurement_id),
            event,
            kind,
            recipient,
            subject: format!("{}: {subject}", self.subject),
            text: text.render().map_err(|error| Refusal::internal(&error))?,
            html: html.render().map_err(|error| Refusal::internal(&error))?,
            secret: false,
            sealed: false,
        };
        letter.queue(w).await?;
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "mail/award_late.txt")]
struct LateText<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    received: &'a str,
    deadline: &'a str,
    reasons: &'a [String],
}

#[derive(Template)]
#[template(path = "mail/award_late.html")]
struct LateHtml<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    received: &'a str,
    deadline: &'a str,
    reasons: &'a [String],
}

/// Tells those whose tenders came at or after the deadline that they were not assessed (s.19(3)(d)).
async fn late(w: &Writing, procurement: &procurement::Model, post: &mut Post) -> Result<(), Refusal> {
    let (reference, title) = (procurement.reference.as_str(), procurement.title.as_str());
    let deadline = procurement.deadline_at.map(london_text).unwrap_or_default();
    for bidder in evidence::late_bidders(w, procurement.id).await? {
        let supplier = bidder.supplier.name.as_str();
        let received = format!(
            "{} ({})",
            london_text(bidder.submission.received_at),
            rfc3339(bidder.submission.received_at)
        );
        let (received, deadline, reasons) = (received.as_str(), deadline.as_str(), bidder.reasons.as_slice());
        let text = LateText { supplier, reference, title, received, deadline, reasons };
        let html = LateHtml { supplier, reference, title, received, deadline, reasons };
        let recipient = Recipient {
            email: bidder.email.clone(),
            supplier_id: Some(bidder.supplier.id),
            ..Recipient::default()
        };
        post.queue(w, "award_late", recipient, "your tender came too late", (&text, &html)).await?;
    }
    Ok(())
}
