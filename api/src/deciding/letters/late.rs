//! The letter to a bidder that came too late: the fact, and the power under which its tender is left out.

use askama::Template;
use entity::procurement;

use super::{Post, Sender};
use crate::deciding::evidence;
use crate::kernel::clock::london_exact;
use crate::kernel::{Refusal, Writing};

/// What the letter says, as text and as HTML.
struct Late<'a> {
    sender: &'a Sender,
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    received: &'a str,
    deadline: &'a str,
    /// Why two people did not admit it; empty where nobody decided.
    reasons: &'a [String],
}

#[derive(Template)]
#[template(path = "mail/award_late.txt")]
struct LateText<'a> {
    letter: &'a Late<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_late.html")]
struct LateHtml<'a> {
    letter: &'a Late<'a>,
}

/// Tells those whose tenders came at or after the deadline that they were neither opened nor assessed. The letter cites
/// s.19(3)(d) as what it is, a power: the law lets an authority disregard such a tender and does not make it.
pub(super) async fn send(
    w: &Writing,
    procurement: &procurement::Model,
    sender: &Sender,
    post: &mut Post,
) -> Result<(), Refusal> {
    let deadline = procurement.deadline_at.map(london_exact).unwrap_or_default();
    for bidder in evidence::late_bidders(w, procurement.id).await? {
        let received = london_exact(bidder.submission.received_at);
        let letter = &Late {
            sender,
            supplier: &bidder.supplier.name,
            reference: &procurement.reference,
            title: &procurement.title,
            received: &received,
            deadline: &deadline,
            reasons: &bidder.reasons,
        };
        let letter = (&LateText { letter }, &LateHtml { letter });
        post.queue_all(w, "award_late", bidder.addresses, "your tender came too late", letter).await?;
    }
    Ok(())
}
