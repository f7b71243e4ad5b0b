//! What one bidder is asked after the opening: what it means, and whether a price was a slip.

use rules::words::Role;
use uuid::Uuid;

use super::cast::{BIDDERS, Bidder, Manner};
use super::marks::{bids_by_name, people_with};
use super::{Demonstration, bids, told};
use crate::bidding::addressed::ask::{self, AskInput};
use crate::bidding::addressed::reply::{self, ReplyInput};
use crate::bidding::addressed::{Addressed, decision};
use crate::bidding::correction::propose::{self, CorrectionInput};
use crate::bidding::correction::{Correction, answer, decision as correction_decision};
use crate::bidding::response_time::{AnswerBy, usual};
use crate::kernel::{Caller, Refusal};

/// The bidder of a manner, as the cast has it and as a caller.
fn bidder_of(bidders: &[Caller], manner: Manner) -> Result<(&'static Bidder, &Caller), Refusal> {
    let mut all = BIDDERS.iter().zip(bidders);
    all.find(|(bidder, _)| bidder.manner == manner).ok_or_else(|| Refusal::not_found("bidder"))
}

async fn bid_of(demonstration: &Demonstration, bidder: &Bidder) -> Result<Uuid, Refusal> {
    let bids = bids_by_name(demonstration).await?;
    bids.get(bidder.name).copied().ok_or_else(|| Refusal::not_found("bid"))
}

/// Until when a form offers the bidder to answer.
async fn answer_by(demonstration: &Demonstration) -> Result<AnswerBy, Refusal> {
    demonstration.db.read(&Caller::Nobody, |r| async move { usual(r.now()) }).await.map(AnswerBy::at)
}

/// The moderator asks one bidder what a sentence means; its reply clarifies the bid and does not improve it.
pub(super) async fn ask(demonstration: &Demonstration, bidders: &[Caller]) -> Result<(), Refusal> {
    let (bidder, supplier) = bidder_of(bidders, Manner::Corrected)?;
    let moderators = people_with(demonstration, Role::Moderator)?;
    let moderator = moderators.first().ok_or_else(|| Refusal::not_found("moderator"))?;
    let (db, id, bid) = (&demonstration.db, demonstration.procurement, bid_of(demonstration, bidder).await?);
    let input = AskInput {
        subject: "question".to_owned(),
        code: Some("Q1".to_owned()),
        text: "Which of the two references in your case study is for a service desk of a council?".to_owned(),
        reply_by: answer_by(demonstration).await?,
    };
    let asked = db.write(moderator, move |w| async move { ask::ask(&w, id, bid, input).await }).await?;
    let input = ReplyInput {
        text: Some(
            "The first of the two. The second is for a housing association, as the case study says."
                .to_owned(),
        ),
        is_final: true,
        ..ReplyInput::default()
    };
    let (question, seen) = (asked.row.id, asked.row.version);
    let replied: Addressed =
        db.write(supplier, move |w| async move { reply::reply(&w, question, seen, input).await }).await?;
    let input = decision::DecisionInput {
        verdict: "clarifies".to_owned(),
        reason: "It says which of two references is meant, and adds nothing that the bid did not hold."
            .to_owned(),
    };
    let seen = replied.row.version;
    db.write(moderator, move |w| async move { decision::decide(&w, id, question, seen, input).await })
        .await?;
    told(&format!("{}: was asked what its answer to Q1 means, and replied", bidder.name));
    Ok(())
}

/// The coordinator proposes that a price was typed in pence; the bidder confirms it and a second person approves.
pub(super) async fn correct(demonstration: &Demonstration, bidders: &[Caller]) -> Result<(), Refusal> {
    let (bidder, supplier) = bidder_of(bidders, Manner::Slipped)?;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let approver = demonstration.company.caller("finance@brackenham.example")?;
    let (db, id, bid) = (&demonstration.db, demonstration.procurement, bid_of(demonstration, bidder).await?);
    let input = CorrectionInput {
        line: bids::SLIP.to_owned(),
        unit_price: bids::meant(bidder, bids::SLIP).to_string(),
        reason: "It is about a hundred times every other bidder’s price for a training session: pence, it seems, were \
                 typed for pounds."
            .to_owned(),
        looked_at_all: "Every line of all three bids was held against the others’. No other price is fifty times \
                        another’s, and no stated total differs from its lines."
            .to_owned(),
        confirm_by: answer_by(demonstration).await?,
    };
    let proposed: Correction =
        db.write(&buyer, move |w| async move { propose::propose(&w, id, bid, input).await }).await?;
    let input = answer::WordInput {
        word: "confirm".to_owned(),
        reason: Some(
            "The price was meant in pounds: the workbook of our last tender asked for pence.".to_owned(),
        ),
    };
    let (correction, seen) = (proposed.row.id, proposed.row.version);
    let confirmed =
        db.write(supplier, move |w| async move { answer::answer(&w, correction, seen, input).await }).await?;
    let input = correction_decision::DecisionInput {
        verdict: "approve".to_owned(),
        reason: "An obvious slip under the published rule, confirmed in time; every bid was looked at alike."
            .to_owned(),
    };
    let seen = confirmed.row.version;
    db.write(&approver, move |w| async move {
        correction_decision::decide(&w, id, correction, seen, input).await
    })
    .await?;
    told(&format!("{}: typed pence for pounds in {}, which is corrected", bidder.name, bids::SLIP));
    Ok(())
}
