//! Bidders ask before the deadline: two are answered to all, one of them corrected, and one to its asker alone.

use super::{Demonstration, told};
use crate::bidding::clarification::Clarification;
use crate::bidding::clarification::answer::{self, AnswerInput, PrivateAnswerInput};
use crate::bidding::clarification::question::{self, QuestionInput};
use crate::kernel::{Caller, Refusal};

/// A question with the words in which it is published and its answers, the last of which holds.
struct Plan {
    asked: &'static str,
    published: &'static str,
    answers: &'static [&'static str],
}

const PLANS: [Plan; 2] = [
    Plan {
        asked: "Our depot is in the north of the county. May devices be swapped at a depot, or only at the councils' sites?",
        published: "May devices be swapped at a supplier's depot, or only at the councils' sites?",
        answers: &[
            "Only at the councils' sites.",
            "At the councils' sites, or at a depot within 30 minutes by road of the site where the device is used.",
        ],
    },
    Plan {
        asked: "Are the volumes of year 1 to be priced with the migration of existing devices?",
        published: "Are the volumes of year 1 to be priced with the migration of existing devices?",
        answers: &["No. Migration is priced in its own one-off line of lot 1."],
    },
];

pub(super) async fn run(demonstration: &Demonstration, bidders: &[Caller]) -> Result<(), Refusal> {
    for (plan, bidder) in PLANS.iter().zip(bidders) {
        let mut row = ask(demonstration, bidder, plan.asked, None).await?;
        for text in plan.answers {
            row = publish(demonstration, &row, plan.published, text).await?;
        }
    }
    if let Some(bidder) = bidders.last() {
        let secret =
            "Our service desk will move to a new site during the term, which is not public yet. May it?";
        let row = ask(
            demonstration,
            bidder,
            secret,
            Some("The move is not announced, and competitors would use it."),
        )
        .await?;
        answer_privately(demonstration, &row).await?;
    }
    told("three questions, two answered to all bidders and one to its asker alone");
    Ok(())
}

async fn ask(
    demonstration: &Demonstration,
    bidder: &Caller,
    text: &str,
    because: Option<&str>,
) -> Result<Clarification, Refusal> {
    let input = QuestionInput {
        question: text.to_owned(),
        confidential_because: because.map(str::to_owned),
        name_confirmed: false,
    };
    demonstration.db.write(bidder, |w| async move { question::ask(&w, input).await }).await
}

async fn publish(
    demonstration: &Demonstration,
    row: &Clarification,
    question: &str,
    text: &str,
) -> Result<Clarification, Refusal> {
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let input = AnswerInput { question: question.to_owned(), answer: text.to_owned(), name_confirmed: false };
    let (procurement, id, seen) = (demonstration.procurement, row.id, row.version);
    demonstration
        .db
        .write(&buyer, move |w| async move { answer::publish(&w, procurement, id, seen, input).await })
        .await
}

async fn answer_privately(demonstration: &Demonstration, row: &Clarification) -> Result<(), Refusal> {
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let input = PrivateAnswerInput {
        answer: "Yes, as long as the hours and response times of the specification are kept.".to_owned(),
        reason: "The question tells of a plan that is not public, and the answer adds nothing to the specification."
            .to_owned(),
    };
    let (procurement, id, seen) = (demonstration.procurement, row.id, row.version);
    demonstration
        .db
        .write(
            &buyer,
            move |w| async move { answer::answer_privately(&w, procurement, id, seen, input).await },
        )
        .await?;
    Ok(())
}
