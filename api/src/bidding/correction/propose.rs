//! Proposing a correction.

use chrono::{DateTime, Utc};
use entity::{Word, price_correction, procurement};
use rules::correction::CorrectionState;
use rules::money::UnitPrice;
use rules::pack::Pack;
use rules::stage::Stage;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Correction};
use super::{MOST_REASON, effective, letters, passed};
use crate::bidding::response_time::{self, AnswerBy};
use crate::bidding::{bid as bids, tender};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};

/// What is proposed.
#[derive(Clone, Debug, Default)]
pub struct CorrectionInput {
    /// The code of the price line, or of the row of one of its volume bands.
    pub line: String,
    /// The unit price after, in pounds.
    pub unit_price: String,
    /// Why the price is a slip.
    pub reason: String,
    /// How the same rule was looked at for every bid.
    pub looked_at_all: String,
    /// Until when the bidder may confirm it.
    pub confirm_by: AnswerBy,
}

/// Proposes that a unit price of a bid is a slip. The coordinator may, once the quality of the lot is locked and before the
/// award, under the rule that was published: without one no price is corrected (DOMAIN rules 7 and 9). The bidder is asked by
/// mail to confirm it.
pub async fn propose(
    w: &Writing,
    procurement_id: Uuid,
    bid_id: Uuid,
    input: CorrectionInput,
) -> Result<Correction, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    let proposed_by = w.caller().person()?.id;
    bids::content(w, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    let opened = bids::found(w, procurement_id, bid_id).await?;
    let tender = tender::of(w, scope.procurement).await?;
    let rule = tender.pack.method.arithmetic_rule.clone().ok_or_else(|| {
        Refusal::conflict(
            "rule_not_published",
            "The tender pack publishes no rule for corrections of prices, so none can be made: bids stand as they were submitted.",
        )
    })?;
    let now = w.clock().await?;
    let checked = check(w, procurement_id, (bid_id, &tender.pack), &input, now).await?;
    let id = Uuid::now_v7();
    let row = price_correction::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        lot_id: Set(checked.lot_id),
        bid_id: Set(bid_id),
        line: Set(checked.line),
        before_e4: Set(checked.before.0),
        after_e4: Set(checked.after.0),
        rule: Set(rule),
        reason: Set(checked.reason),
        looked_at_all: Set(checked.looked_at_all),
        proposed_by: Set(proposed_by),
        proposed_at: Set(now),
        confirm_by: Set(checked.confirm_by),
        state: Set(Word(CorrectionState::Proposed)),
        answered_at: Set(None),
        answer_reason: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_reason: Set(None),
        version: Set(1),
    };
    let row = price_correction::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "lot": row.lot_id,
        "bid": bid_id,
        "line": row.line,
        "before_e4": row.before_e4,
        "after_e4": row.after_e4,
        "pack_hash": tender.row.hash,
        "looked_at_all": text_hash(id, &row.looked_at_all),
        "confirm_by": crate::kernel::clock::rfc3339(row.confirm_by),
    });
    let record = Record::new(procurement_id, "bidding.price_correction.propose", id, body);
    w.record(record.because(row.reason.as_str()));
    letters::proposed(w, &tender, &opened, &row).await?;
    view::one(w, procurement_id, id).await
}

/// A bid with the unit prices that may be corrected, by line.
#[derive(Clone, Debug)]
pub struct Priced {
    /// The bid.
    pub bid_id: Uuid,
    /// Whose it is.
    pub supplier: String,
    /// The unit prices as they count now.
    pub prices: Vec<(String, UnitPrice)>,
}

/// What may be corrected now: for the form.
#[derive(Clone, Debug)]
pub struct Possible {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The published rule, if there is one.
    pub rule: Option<String>,
    /// The bids.
    pub bids: Vec<Priced>,
    /// The price lines of the lots whose quality is locked: code and description.
    pub lines: Vec<(String, String)>,
    /// Until when the bidder has time if nothing else is chosen.
    pub usual: DateTime<Utc>,
}

/// What may be corrected now. The coordinator may see it.
pub async fn possible(r: &Reading, procurement_id: Uuid) -> Result<Possible, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    let tender = tender::of(r, scope.procurement).await?;
    let locked = bids::locked_lots(r, &tender.pack, procurement_id).await?;
    let mut priced = Vec::new();
    for opened in bids::all(r, procurement_id).await? {
        let prices = effective::prices_of(r, opened.bid.id).await?.into_iter().filter_map(|price| {
            let visible = locked.iter().any(|lot| lot.line_of_row(&price.submitted.line).is_some());
            price.unit_price().filter(|_| visible).map(|unit| (price.submitted.line, unit))
        });
        priced.push(Priced {
            bid_id: opened.bid.id,
            supplier: opened.supplier.name,
            prices: prices.collect(),
        });
    }
    Ok(Possible {
        lines: locked
            .iter()
            .flat_map(|lot| lot.schedule.iter().flat_map(|line| line.rows(&tender.pack)))
            .map(|row| (row.code.to_string(), row.description().into_owned()))
            .collect(),
        rule: tender.pack.method.arithmetic_rule.clone(),
        bids: priced,
        usual: response_time::usual(r.now())?,
        procurement: tender.procurement,
    })
}

struct Checked {
    lot_id: Uuid,
    line: String,
    before: UnitPrice,
    after: UnitPrice,
    reason: String,
    looked_at_all: String,
    confirm_by: DateTime<Utc>,
}

async fn check(
    r: &Reading,
    procurement_id: Uuid,
    (bid_id, pack): (Uuid, &Pack),
    input: &CorrectionInput,
    now: DateTime<Utc>,
) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let line = input.line.trim();
    let lot = pack.lots.iter().find(|lot| lot.line_of_row(line).is_some());
    let locked = bids::locked_lots(r, pack, procurement_id).await?;
    if let Some(lot) = lot.filter(|lot| !locked.iter().any(|one| one.id == lot.id)) {
        return Err(Refusal::conflict(
            "quality_not_locked",
            format!("Nobody sees a price of lot {} before its quality is locked.", lot.code),
        ));
    }
    let price = effective::prices_of(r, bid_id).await?.into_iter().find(|price| price.submitted.line == line);
    let before = price.and_then(|price| price.unit_price()).filter(|_| lot.is_some());
    if before.is_none() {
        faults.add("line", "not_priced", "Choose a line for which this bid gives a unit price.");
    }
    let after = UnitPrice::entered(&input.unit_price).unwrap_or_else(|fault| {
        faults.add("unit_price", fault.code(), format!("The price {fault}."));
        UnitPrice::ZERO
    });
    faults.require(!after.is_negative(), "unit_price", "negative", "Enter a price that is not below zero.");
    faults.require(
        faults.has("unit_price") || before != Some(after),
        "unit_price",
        "unchanged",
        "This is the price as it stands. Enter the corrected one.",
    );
    let reason = faults.text("reason", &input.reason, MOST_REASON);
    let looked_at_all = faults.text("looked_at_all", &input.looked_at_all, MOST_REASON);
    let confirm_by = response_time::checked(&mut faults, &input.confirm_by, now)?;
    faults.in_order(&["line", "unit_price", "reason", "looked_at_all", "date", "time"]);
    faults.done()?;
    let (Some(lot), Some(before)) = (lot, before) else { return Err(Refusal::not_found("price line")) };
    let lot_id = lot.id.parse().map_err(|error: uuid::Error| Refusal::internal(&error))?;
    access::must_not_be_awarded(r, lot_id).await?;
    must_not_wait(r, (bid_id, line), now).await?;
    Ok(Checked { lot_id, line: line.to_owned(), before, after, reason, looked_at_all, confirm_by })
}

/// Refuses while an earlier correction of the same price is not settled.
async fn must_not_wait(r: &Reading, (bid_id, line): (Uuid, &str), now: DateTime<Utc>) -> Result<(), Refusal> {
    let earlier = price_correction::Entity::find()
        .filter(price_correction::Column::BidId.eq(bid_id))
        .filter(price_correction::Column::Line.eq(line))
        .all(r.txn())
        .await?;
    if earlier.iter().any(|row| row.state.0.seen(passed(row, now)).is_pending()) {
        return Err(Refusal::conflict(
            "correction_waits",
            "A correction of this price waits for its bidder or for a second person. It must be settled first.",
        ));
    }
    Ok(())
}
