//! Two people refuse the late bid and open the box; interests are declared again; answers are read for prices; one bidder is asked what it means; nine panel members of three councils mark
//! alone; the moderator records what was agreed and locks quality; a slip of a price is corrected; the ranking is computed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rules::words::Role;
use uuid::Uuid;

use super::cast::{BIDDERS, COUNCILS, Manner};
use super::tender::{LOTS, QuestionPlan, explanation, rationale};
use super::{Demonstration, after_opening, interests, release};
use crate::bidding::bid;
use crate::bidding::late::{self, WordInput};
use crate::bidding::opening::{self, ConsentInput};
use crate::kernel::{Caller, Paging, Refusal};
use crate::scoring::consensus::ConsensusInput;
use crate::scoring::mark::MarkInput;
use crate::scoring::{consensus, lock, mark, result, sheet};
use crate::tendering::pack;

/// A lot of the pack, its plan, and the bid of each bidder who was on time (by its place in the cast).
struct LotBids {
    lot: Uuid,
    plan: &'static super::tender::LotPlan,
    bids: Vec<Uuid>,
}

pub(super) async fn run(demonstration: &Demonstration, bidders: &[Caller]) -> Result<(), Refusal> {
    open(demonstration).await?;
    interests::declare(demonstration).await?;
    release::read(demonstration).await?;
    after_opening::ask(demonstration, bidders).await?;
    demonstration.db.advance_clock(TimeDelta::days(2)).await?;
    let panel = people_with(demonstration, Role::PanelMember)?;
    let moderators = people_with(demonstration, Role::Moderator)?;
    let lots = lots(demonstration).await?;
    for (seat, member) in panel.iter().enumerate() {
        for lot in &lots {
            mark_alone(demonstration, member, seat, lot).await?;
        }
    }
    demonstration.db.advance_clock(TimeDelta::days(10)).await?;
    let moderator = moderators.first().cloned().ok_or_else(|| Refusal::not_found("moderator"))?;
    for lot in &lots {
        agree(demonstration, &moderator, lot).await?;
    }
    after_opening::correct(demonstration, bidders).await?;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let id = demonstration.procurement;
    for lot in &lots {
        let lot = lot.lot;
        demonstration
            .db
            .write(&buyer, move |w| async move { result::compute(&w, id, lot).await.map(|_| ()) })
            .await?;
    }
    Ok(())
}

async fn open(demonstration: &Demonstration) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    let openers = people_with(demonstration, Role::Opener)?;
    for (opener, reason) in openers.iter().zip(REFUSALS) {
        refuse_late(demonstration, opener, reason).await?;
    }
    for (opener, witnesses) in openers.iter().zip([&[][..], &["Ashvale democratic services officer"]]) {
        let input = ConsentInput { witnesses: witnesses.iter().map(ToString::to_string).collect() };
        demonstration
            .db
            .write(opener, move |w| async move { opening::consent(&w, id, input).await.map(|_| ()) })
            .await?;
    }
    Ok(())
}

/// Why the late bid is not admitted, in the words of either opener.
const REFUSALS: [&str; 2] = [
    "It came after the deadline. The service was up all day, and the deadline stood in the notice.",
    "No outage is on record and the bidder has reported none. Admitting it would not treat the others equally.",
];

/// Gives one opener's word on every late submission.
async fn refuse_late(
    demonstration: &Demonstration,
    opener: &Caller,
    reason: &'static str,
) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    demonstration
        .db
        .write(opener, move |w| async move {
            for submission in late::list(&w, id, &Paging::default()).await?.items {
                let input =
                    WordInput { verdict: "refuse".to_owned(), reason: reason.to_owned(), outage: None };
                late::give_word(&w, id, submission.id, submission.version, input).await?;
            }
            Ok(())
        })
        .await
}

/// Everybody with a part, in the order of the cast.
pub(super) fn people_with(demonstration: &Demonstration, role: Role) -> Result<Vec<Caller>, Refusal> {
    COUNCILS
        .iter()
        .flat_map(|council| council.people)
        .filter(|actor| actor.roles.contains(&role))
        .map(|actor| demonstration.company.caller(actor.email))
        .collect()
}

async fn lots(demonstration: &Demonstration) -> Result<Vec<LotBids>, Refusal> {
    let id = demonstration.procurement;
    let (_, pack) =
        demonstration.db.read(&Caller::System, move |r| async move { pack::current(&r, id).await }).await?;
    let by_name = bids_by_name(demonstration).await?;
    let on_time = BIDDERS.iter().filter(|bidder| bidder.manner != Manner::Late);
    let bids: Vec<Uuid> = on_time.filter_map(|bidder| by_name.get(bidder.name).copied()).collect();
    LOTS.iter()
        .zip(&pack.lots)
        .map(|(plan, lot)| {
            let lot = lot.id.parse().map_err(|error: uuid::Error| Refusal::internal(&error))?;
            Ok(LotBids { lot, plan, bids: bids.clone() })
        })
        .collect()
}

/// The bids by their bidders' names.
pub(super) async fn bids_by_name(demonstration: &Demonstration) -> Result<BTreeMap<String, Uuid>, Refusal> {
    let id = demonstration.procurement;
    let opened =
        demonstration.db.read(&Caller::System, move |r| async move { bid::all(&r, id).await }).await?;
    Ok(opened.into_iter().map(|opened| (opened.supplier.name, opened.bid.id)).collect())
}

impl LotBids {
    /// Every question with every bid and the bidder's place.
    fn cells(&self) -> Vec<(&'static QuestionPlan, usize, Uuid)> {
        let questions = self.plan.sections.iter().flat_map(|section| section.questions);
        questions
            .flat_map(|question| {
                self.bids.iter().enumerate().map(move |(place, bid)| (question, place, *bid))
            })
            .collect()
    }
}

async fn mark_alone(
    demonstration: &Demonstration,
    member: &Caller,
    seat: usize,
    lot: &LotBids,
) -> Result<(), Refusal> {
    let (id, lot_id, cells) = (demonstration.procurement, lot.lot, lot.cells());
    demonstration
        .db
        .write(member, move |w| async move {
            for (question, place, bid) in cells {
                let value = question.marks[place][seat];
                let input = MarkInput { value: value.to_string(), explanation: explanation(question, value) };
                mark::save(&w, id, lot_id, bid, question.code, 0, input).await?;
            }
            sheet::submit(&w, id, lot_id, false).await.map(|_| ())
        })
        .await
}

async fn agree(demonstration: &Demonstration, moderator: &Caller, lot: &LotBids) -> Result<(), Refusal> {
    let (id, lot_id, cells) = (demonstration.procurement, lot.lot, lot.cells());
    demonstration
        .db
        .write(moderator, move |w| async move {
            for (question, place, bid) in cells {
                let value = question.agreed[place];
                let apart = question.marks[place].iter().any(|mark| mark.abs_diff(value) >= 2);
                let dissent = if apart {
                    "Two members of one council held to a lower mark until the evidence was read together."
                } else {
                    ""
                };
                let input = ConsensusInput {
                    value: value.to_string(),
                    rationale: rationale(question, value),
                    reference: format!("Answer to {} in the bid workbook", question.code),
                    present: "All nine panel members and the moderator".to_owned(),
                    dissent: dissent.to_owned(),
                    ..ConsensusInput::default()
                };
                consensus::agree(&w, id, lot_id, bid, question.code, 0, input).await?;
            }
            lock::lock_quality(&w, id, lot_id).await.map(|_| ())
        })
        .await
}
