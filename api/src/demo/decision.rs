//! The lead recommends, each council decides by its own body, the award is made, and everybody is told.

use chrono::{NaiveDate, TimeDelta};
use entity::outbox_message;
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::Demonstration;
use crate::deciding::decision::DecisionInput;
use crate::deciding::notice::NoticeInput;
use crate::deciding::recommendation::RecommendationInput;
use crate::deciding::{award, decision, notice, recommendation};
use crate::kernel::clock::{london_day, machine_now};
use crate::kernel::outbox;
use crate::kernel::{Paging, Refusal};
use crate::scoring::result;
use crate::tendering::pack;

/// The person who records a council's decision, the body that took it, its minute, and whether call-in must pass.
const DECISIONS: [(&str, &str, &str, bool); 3] = [
    ("director@ashvale.example", "Cabinet", "CAB/2027/41", true),
    ("finance@brackenham.example", "Policy and Resources Committee", "PRC 112/27", false),
    ("monitoring@carrow.example", "Executive", "EX-2027-0088", true),
];

/// Days between a key decision and its effect in the invented councils' constitutions.
const CALL_IN: TimeDelta = TimeDelta::days(5);

fn today(demonstration: &Demonstration) -> NaiveDate {
    london_day(machine_now() + TimeDelta::seconds(demonstration.db.clock_offset_seconds()))
}

async fn lots(demonstration: &Demonstration) -> Result<Vec<Uuid>, Refusal> {
    let id = demonstration.procurement;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let pack =
        demonstration.db.read(&buyer, move |r| async move { Ok(pack::current(&r, id).await?.1) }).await?;
    pack.lots
        .iter()
        .map(|lot| lot.id.parse().map_err(|error: uuid::Error| Refusal::internal(&error)))
        .collect()
}

pub(super) async fn decide(demonstration: &Demonstration) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let lots = lots(demonstration).await?;
    for lot in lots.clone() {
        demonstration
            .db
            .write(&buyer, move |w| async move {
                let (_, result) = result::current(&w, lot).await?;
                let winner = result.winner.clone().ok_or_else(|| Refusal::conflict("no_winner", "The lot has no single winner."))?;
                let leads = result.bids.iter().find(|bid| bid.bid == winner);
                let total = leads.and_then(|bid| bid.total.as_ref()).map_or("", |total| total.rounded.as_str());
                let supplier = leads.map_or("", |bid| bid.supplier.as_str());
                let text = format!(
                    "{supplier} has the most advantageous tender of lot {} with {total} points of 100 under the published method.",
                    result.lot_code
                );
                recommendation::make(&w, id, lot, RecommendationInput { bid_id: winner, text }).await.map(|_| ())
            })
            .await?;
    }
    demonstration.db.advance_clock(TimeDelta::days(12)).await?;
    let taken = today(demonstration) - TimeDelta::days(1);
    for (approver, body, minute, key) in DECISIONS {
        let caller = demonstration.company.caller(approver)?;
        for (place, lot) in lots.clone().into_iter().enumerate() {
            let input = DecisionInput {
                council_id: None,
                verdict: "award".to_owned(),
                body: body.to_owned(),
                minute: format!("{minute}.{}", place + 1),
                taken_on: taken.to_string(),
                key_decision: key,
                effective_on: if key { taken + CALL_IN } else { taken }.to_string(),
                reason: "The recommended tender is the most advantageous, and the council's share is within its ceiling.".to_owned(),
                external_ref: None,
            };
            demonstration
                .db
                .write(
                    &caller,
                    move |w| async move { decision::record(&w, id, lot, input).await.map(|_| ()) },
                )
                .await?;
        }
    }
    Ok(())
}

pub(super) async fn award(demonstration: &Demonstration) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    demonstration.db.advance_clock(CALL_IN).await?;
    let lots = lots(demonstration).await?;
    for lot in lots.clone() {
        demonstration
            .db
            .write(&buyer, move |w| async move { award::award(&w, id, lot).await.map(|_| ()) })
            .await?;
    }
    serve_bidders(demonstration).await?;
    let day = today(demonstration).to_string();
    for lot in lots {
        let input = NoticeInput { published_on: day.clone(), ..NoticeInput::default() };
        demonstration
            .db
            .write(&buyer, move |w| async move {
                let seen = award::view(&w, id, lot).await?.award.version;
                notice::record(&w, id, lot, seen, input).await.map(|_| ())
            })
            .await?;
    }
    // Past the standstill, so that the signatures can be recorded by hand.
    demonstration.db.advance_clock(TimeDelta::days(21)).await
}

/// Without a mail server the letters wait in the outbox. The notice must not be published before every bidder is told, so
/// the demonstration says that its bidders read theirs there; the partners' letters stay withheld.
async fn serve_bidders(demonstration: &Demonstration) -> Result<(), Refusal> {
    if demonstration.db.installation().sends_mail {
        return Ok(());
    }
    let id = demonstration.procurement;
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    demonstration
        .db
        .write(&buyer, move |w| async move {
            let wanted = Condition::all()
                .add(outbox_message::Column::ProcurementId.eq(id))
                .add(outbox_message::Column::SupplierId.is_not_null())
                .add(outbox_message::Column::Kind.is_in(["award_to_winner", "award_to_bidder"]));
            let mut paging = Paging { after: None, limit: crate::kernel::paging::MAX_LIMIT };
            loop {
                let slice = outbox::messages(&w, wanted.clone(), &paging).await?;
                for mail in &slice.items {
                    outbox::serve_otherwise(
                        &w,
                        mail,
                        mail.version,
                        "read in the outbox of the demonstration",
                    )
                    .await?;
                }
                match slice.next {
                    Some(next) => paging.after = Some(next),
                    None => return Ok(()),
                }
            }
        })
        .await
}
