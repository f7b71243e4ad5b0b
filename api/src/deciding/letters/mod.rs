//! The letters of an award: to every council that takes part, to every bidder with a bid in the lot (the assessment
//! summary of reg 31) or whose tender is disregarded in it, which gets no summary, and to bidders that came too late.
//!
//! Each is rendered whole from the pack, the result and the agreed marks, addressed to one recipient, and queued in the
//! award's own transaction: no award without letters, no letter without award (TRUST section 5). They go out before the
//! contract award notice (UK6), so none of them can say how long its standstill will be, and none says that a contract is
//! made: until the standstill is over the councils intend to award.

mod council;
mod disregarded;
mod late;
mod method;
mod summary;

use std::collections::BTreeSet;

use askama::Template;
use entity::{award, procurement};
use uuid::Uuid;

use super::award::Ready;
use super::evidence;
use crate::kernel::clock::{day_text, london_day};
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
    let procurement = &ready.scope.procurement;
    let (_, pack) = evidence::pack(w, award.procurement_id).await?;
    let bidders = evidence::bidders(w, award.procurement_id).await?;
    let sender = Sender::of(w, procurement).await?;
    let mut post = Post {
        procurement_id: award.procurement_id,
        event: event(award.id),
        reply_to: sender.address.clone(),
        sent: BTreeSet::new(),
        subject: format!("{} {}", procurement.reference, ready.lot.code),
    };
    let told = summary::Told::new(w, ready, &pack, &bidders).await?;
    council::send(w, ready, (&sender, &told), &mut post).await?;
    summary::send(w, (&sender, &told), &bidders, &mut post).await?;
    disregarded::send(w, ready, &sender, &bidders, &mut post).await?;
    if tell_late {
        late::send(w, procurement, &sender, &mut post).await?;
    }
    Ok(())
}

/// Who writes and when: the same in every letter of an award.
struct Sender {
    /// The day of the letter, in London.
    on: String,
    /// The councils that award, as a sentence begins: `Ashvale and Brackenham, led by Ashvale, intend`.
    intend: String,
    /// The same councils at the letter's end.
    signed: String,
    /// The lead council, which answers questions.
    lead: String,
    /// Its address.
    address: String,
}

impl Sender {
    async fn of(w: &Writing, procurement: &procurement::Model) -> Result<Self, Refusal> {
        let signatories = evidence::signatories(w, procurement).await?;
        let lead = signatories
            .iter()
            .find(|part| part.council.id == procurement.lead_council_id)
            .ok_or_else(|| Refusal::internal(&"the lead is not among the councils that award"))?;
        let lead = &lead.council;
        let names: Vec<&str> = signatories.iter().map(|part| part.council.name.as_str()).collect();
        let all = rules::words::listed(&names, "and");
        let (intend, signed) = if names.len() == 1 {
            (format!("{all} intends"), format!("For the council that awards: {all}"))
        } else {
            (format!("{all}, led by {}, intend", lead.name), format!("For the councils that award: {all}"))
        };
        Ok(Self {
            on: day_text(london_day(w.now())),
            intend,
            signed,
            lead: lead.name.clone(),
            address: lead.email.clone(),
        })
    }
}

/// What the letters of one award have in common.
struct Post {
    procurement_id: Uuid,
    event: String,
    subject: String,
    /// Where answers go: the lead council's address.
    reply_to: String,
    sent: BTreeSet<(&'static str, String)>,
}

impl Post {
    /// Queues the same letter to every address of a bidder.
    async fn queue_all(
        &mut self,
        w: &Writing,
        kind: &'static str,
        recipients: Vec<Recipient>,
        subject: &str,
        letter: (&impl Template, &impl Template),
    ) -> Result<(), Refusal> {
        for recipient in recipients {
            self.queue(w, kind, recipient, subject, letter).await?;
        }
        Ok(())
    }

    /// Queues a letter. An event tells an address a thing once; where two councils or bidders share an address, the
    /// second one's letter is an event of its own, so that neither goes untold.
    async fn queue(
        &mut self,
        w: &Writing,
        kind: &'static str,
        recipient: Recipient,
        subject: &str,
        forms: (&impl Template, &impl Template),
    ) -> Result<(), Refusal> {
        let mut event = self.event.clone();
        if !self.sent.insert((kind, recipient.email.clone())) {
            let whose = recipient.council_id.or(recipient.supplier_id).unwrap_or_default();
            event = format!("{event}:{whose}");
        }
        let letter = Letter::new(kind, event, recipient, format!("{}: {subject}", self.subject), forms)?;
        let letter = Letter {
            procurement_id: Some(self.procurement_id),
            reply_to: Some(self.reply_to.clone()),
            ..letter
        };
        letter.queue(w).await?;
        Ok(())
    }
}
