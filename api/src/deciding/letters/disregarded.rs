//! The letter to a bidder whose tender is disregarded in the lot: that it was not assessed, and on which ground.

use askama::Template;
use rules::outcome::Rule;

use super::{Post, Sender};
use crate::deciding::award::Ready;
use crate::deciding::evidence::{self, Bidder};
use crate::kernel::{Refusal, Writing};

/// What the letter says, as text and as HTML.
struct Disregarded<'a> {
    sender: &'a Sender,
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    lot: &'a str,
    rule: Rule,
}

#[derive(Template)]
#[template(path = "mail/award_disregarded.txt")]
struct DisregardedText<'a> {
    letter: &'a Disregarded<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_disregarded.html")]
struct DisregardedHtml<'a> {
    letter: &'a Disregarded<'a>,
}

/// Tells those whose tenders were disregarded that the lot is to be awarded to another. They were told of the decision and its
/// reason when it was made, and get no assessment summary: they were not assessed (PR24 reg 31).
pub(super) async fn send(
    w: &Writing,
    ready: &Ready,
    sender: &Sender,
    bidders: &[Bidder],
    post: &mut Post,
) -> Result<(), Refusal> {
    let procurement = &ready.scope.procurement;
    let lot = format!("{} {}", ready.lot.code, ready.lot.title);
    for bidder in bidders {
        let result = evidence::bid_result(&ready.result, bidder.bid.id);
        let Some(disregard) = result.and_then(|bid| bid.disregarded.as_ref()) else { continue };
        let letter = &Disregarded {
            sender,
            supplier: &bidder.supplier.name,
            reference: &procurement.reference,
            title: &procurement.title,
            lot: &lot,
            rule: disregard.ground.rule(),
        };
        let letter = (&DisregardedText { letter }, &DisregardedHtml { letter });
        let to = bidder.addresses.clone();
        post.queue_all(w, "award_disregarded", to, "your tender was disregarded", letter).await?;
    }
    Ok(())
}
