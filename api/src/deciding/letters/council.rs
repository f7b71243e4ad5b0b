//! The decision pack: what every council that takes part is told of an award.

use askama::Template;

use super::summary::Told;
use super::{Post, Sender};
use crate::deciding::award::Ready;
use crate::deciding::{decision, evidence};
use crate::kernel::clock::day_text;
use crate::kernel::outbox::Recipient;
use crate::kernel::{Refusal, Writing};

/// A decision as it is told.
struct Taken {
    council: String,
    verdict: String,
    body: String,
    minute: String,
    on: String,
    effective: String,
    by_delegation: bool,
    key_decision: bool,
}

/// What the letter says, as text and as HTML.
struct DecisionPack<'a> {
    sender: &'a Sender,
    told: &'a Told,
    council: &'a str,
    own: &'a str,
    why: &'a str,
    term_years: i32,
    one_off: &'a str,
    recurring: &'a str,
    allocation: &'a [(String, String)],
    taken: &'a [Taken],
    comparison: &'a str,
    award: &'a str,
}

#[derive(Template)]
#[template(path = "mail/award_to_council.txt")]
struct CouncilText<'a> {
    letter: &'a DecisionPack<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_to_council.html")]
struct CouncilHtml<'a> {
    letter: &'a DecisionPack<'a>,
}

/// Queues the decision pack for every council that has accepted its part, named options among them.
pub(super) async fn send(
    w: &Writing,
    ready: &Ready,
    (sender, told): (&Sender, &Told),
    post: &mut Post,
) -> Result<(), Refusal> {
    let procurement = &ready.scope.procurement;
    let allocation: Vec<(String, String)> =
        ready.price.councils.iter().map(|part| (part.name.clone(), part.price.pounds())).collect();
    let taken = decisions(w, ready).await?;
    let page = |place: &str| {
        let base_url = &w.installation().base_url;
        format!("{base_url}/procurements/{}/{place}?lot={}", procurement.id, ready.lot.id)
    };
    let (comparison, award) = (page("compare"), page("decision"));
    let (one_off, recurring) = (ready.price.one_off.pounds(), ready.price.recurring.pounds());
    for part in evidence::parts(w, procurement.id).await? {
        let id = part.council.id.to_string();
        let own = ready.price.councils.iter().find(|share| share.council == id);
        let own = own.map(|share| share.price.pounds()).unwrap_or_default();
        let letter = &DecisionPack {
            sender,
            told,
            council: &part.council.name,
            own: &own,
            why: &ready.recommendation.text,
            term_years: procurement.term_years,
            one_off: &one_off,
            recurring: &recurring,
            allocation: &allocation,
            taken: &taken,
            comparison: &comparison,
            award: &award,
        };
        let recipient = Recipient::council(&part.council);
        let letter = (&CouncilText { letter }, &CouncilHtml { letter });
        post.queue(w, "award_to_council", recipient, "the award and your council’s share", letter).await?;
    }
    Ok(())
}

async fn decisions(w: &Writing, ready: &Ready) -> Result<Vec<Taken>, Refusal> {
    let mut taken = Vec::new();
    for part in evidence::signatories(w, &ready.scope.procurement).await? {
        let Some(row) = decision::of_council(w, ready.lot.id, part.council.id).await? else { continue };
        taken.push(Taken {
            council: part.council.name,
            verdict: row.verdict.0.label().to_owned(),
            body: row.body,
            minute: row.minute,
            on: day_text(row.taken_on),
            effective: day_text(row.effective_on),
            by_delegation: row.by_delegation,
            key_decision: row.key_decision,
        });
    }
    Ok(taken)
}
