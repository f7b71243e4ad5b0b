//! Raising a ground against a tender, with the notice where its bidder is heard.

use chrono::{DateTime, Utc};
use entity::{Word, bid_outcome, procurement};
use rules::outcome::{Ground, OutcomeState};
use rules::pack::{Pack, PackLot};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use uuid::Uuid;

use super::{MOST_REASON, OPEN, Outcome, force, letters, lots_of, must_not_be_awarded, view};
use crate::bidding::response_time::{self, AnswerBy};
use crate::bidding::{bid as bids, tender};
use crate::kernel::clock::rfc3339;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};

/// What is raised.
#[derive(Clone, Debug, Default)]
pub struct RaiseInput {
    /// The ground's word.
    pub ground: String,
    /// The lot's code, for a ground about a price.
    pub lot: Option<String>,
    /// Why. The bidder reads it where it is told, and when it is decided.
    pub reason: String,
    /// Until when the bidder may reply; needed where the law has it heard.
    pub reply_by: Option<AnswerBy>,
}

/// Raises a ground against a tender: the coordinator may, from the opening to the award, free of interests. Where an instant to
/// reply is given the bidder is told by mail, as the law asks for it or because it is fair. A second person decides.
pub async fn raise(
    w: &Writing,
    procurement_id: Uuid,
    bid_id: Uuid,
    input: RaiseInput,
) -> Result<Outcome, Refusal> {
    // Locked: no result is computed and no lot awarded between a look at them and the row.
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    let raised_by = w.caller().person()?.id;
    bids::content(w, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(OPEN)?;
    let opened = bids::found(w, procurement_id, bid_id).await?;
    if opened.submission.withdrawn_at.is_some() {
        return Err(Refusal::conflict("withdrawn", "This bid is withdrawn: there is nothing to disregard."));
    }
    let tender = tender::of(w, scope.procurement).await?;
    let now = w.clock().await?;
    let Checked { ground, lot_id, reason, reply_by } =
        check(w, (procurement_id, bid_id), &tender.pack, &input, now).await?;
    let lots = lots_of(w, &tender.pack, bid_id, lot_id).await?;
    must_not_be_awarded(w, &lots).await?;
    must_not_be_disregarded(w, (procurement_id, bid_id), &lots).await?;
    must_not_wait(w, procurement_id, (bid_id, ground, lot_id)).await?;
    let state = OutcomeState::raise(ground, reply_by.is_some()).map_err(|error| Refusal::internal(&error))?;
    let id = Uuid::now_v7();
    let row = bid_outcome::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        bid_id: Set(bid_id),
        lot_id: Set(lot_id),
        ground: Set(Word(ground)),
        reason: Set(reason),
        state: Set(Word(state)),
        raised_by: Set(raised_by),
        raised_at: Set(now),
        reply_by: Set(reply_by),
        reply: Set(None),
        replied_at: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_reason: Set(None),
        version: Set(1),
    };
    let row = bid_outcome::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "bid": bid_id,
        "lot": lot_id,
        "ground": ground.as_str(),
        "because": text_hash(id, &row.reason),
        "reply_by": row.reply_by.map(rfc3339),
    });
    w.record(Record::new(procurement_id, "bidding.ground.raise", id, body));
    letters::noticed(w, &tender, &opened, &row).await?;
    view::one(w, procurement_id, id).await
}

struct Checked {
    ground: Ground,
    lot_id: Option<Uuid>,
    reason: String,
    reply_by: Option<DateTime<Utc>>,
}

async fn check(
    r: &Reading,
    (procurement_id, bid_id): (Uuid, Uuid),
    pack: &Pack,
    input: &RaiseInput,
    now: DateTime<Utc>,
) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let ground = faults.word("ground", &input.ground, Ground::ConditionUnmet);
    let rule = ground.rule();
    let code = input.lot.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let mut lot = None;
    if !faults.has("ground") {
        lot = lot_of(&mut faults, pack, rule.of_price, code);
        if let Some(lot) = lot {
            let bid_for = bids::lots_bid_for(r, pack, &[bid_id]).await?;
            let is_for = bid_for.get(&bid_id).is_some_and(|lots| lots.contains(&lot.id));
            faults.require(is_for, "lot", "not_bid_for", "This bid is not for that lot.");
        }
    }
    let reason = faults.reason("reason", &input.reason, MOST_REASON);
    let reply_by = match (&input.reply_by, rule.hearing) {
        (Some(by), _) => Some(response_time::checked(&mut faults, by, now)?),
        (None, Some(clause)) if !faults.has("ground") => {
            let told = format!(
                "The supplier is told and may reply before it is disregarded on this ground ({clause}): say until when."
            );
            faults.add("date", "missing", told);
            None
        }
        _ => None,
    };
    faults.in_order(&["ground", "lot", "reason", "date", "time"]);
    faults.done()?;
    if let Some(lot) = lot {
        let locked = bids::locked_lots(r, pack, procurement_id).await?;
        if !locked.iter().any(|one| one.id == lot.id) {
            return Err(Refusal::conflict(
                "quality_not_locked",
                format!("Nobody sees a price of lot {} before its quality is locked.", lot.code),
            ));
        }
    }
    let lot_id = lot.map(|lot| lot.id.parse()).transpose();
    let lot_id = lot_id.map_err(|error: uuid::Error| Refusal::internal(&error))?;
    Ok(Checked { ground, lot_id, reason, reply_by })
}

fn lot_of<'p>(
    faults: &mut Faults,
    pack: &'p Pack,
    of_price: bool,
    code: Option<&str>,
) -> Option<&'p PackLot> {
    let found = code.and_then(|code| pack.lots.iter().find(|lot| lot.code == code));
    match (of_price, code) {
        (true, _) => {
            let told = "A price is looked at lot by lot: choose the lot.";
            faults.require(found.is_some(), "lot", "missing", told);
            found
        }
        (false, Some(_)) => {
            let told = "This ground is about the whole tender: leave the lot out.";
            faults.add("lot", "not_of_a_lot", told);
            None
        }
        (false, None) => None,
    }
}

/// Refuses where the tender is disregarded already in every lot that the ground is about.
async fn must_not_be_disregarded(
    r: &Reading,
    (procurement_id, bid): (Uuid, Uuid),
    lots: &[Uuid],
) -> Result<(), Refusal> {
    let rows = force::in_force(r, procurement_id).await?;
    if !lots.is_empty() && lots.iter().all(|lot| force::of(&rows, bid, *lot).is_some()) {
        return Err(Refusal::conflict("already_disregarded", "This tender is disregarded already."));
    }
    Ok(())
}

/// Refuses while the same ground waits.
async fn must_not_wait(
    r: &Reading,
    procurement_id: Uuid,
    (bid, ground, lot): (Uuid, Ground, Option<Uuid>),
) -> Result<(), Refusal> {
    let waiting = force::waiting(r, procurement_id).await?;
    if waiting.iter().any(|row| row.bid_id == bid && row.ground.0 == ground && row.lot_id == lot) {
        return Err(Refusal::conflict(
            "outcome_waits",
            "This ground is raised against this bid already, and waits for a decision.",
        ));
    }
    Ok(())
}

/// What may be raised now: for the form.
#[derive(Clone, Debug)]
pub struct Possible {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The bids and whose they are.
    pub bids: Vec<(Uuid, String)>,
    /// The lots whose quality is locked: code and title.
    pub lots: Vec<(String, String)>,
    /// Until when the bidder has time if nothing else is chosen.
    pub usual: DateTime<Utc>,
}

/// What may be raised now. The coordinator may see it.
pub async fn possible(r: &Reading, procurement_id: Uuid) -> Result<Possible, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(OPEN)?;
    let tender = tender::of(r, scope.procurement).await?;
    let locked = bids::locked_lots(r, &tender.pack, procurement_id).await?;
    let opened = bids::all(r, procurement_id).await?.into_iter();
    let standing = opened.filter(|opened| opened.submission.withdrawn_at.is_none());
    Ok(Possible {
        bids: standing.map(|opened| (opened.bid.id, opened.supplier.name)).collect(),
        lots: locked.into_iter().map(|lot| (lot.code.clone(), lot.title.clone())).collect(),
        usual: response_time::usual(r.now())?,
        procurement: tender.procurement,
    })
}
