//! What decisions stand on, as earlier stages left it: the frozen pack, the current result, marks, bids and councils.
//! Callers have been let in by the operation that asks.

use std::collections::BTreeMap;

use entity::{award, bid, consensus, lot, recommendation, result, submission, supplier};
use rules::pack::{Pack, PackLot};
use rules::record::{BidResult, LotResult};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::bidding::invitation::{Addressee, addressees};
use crate::bidding::outcome::force as outcomes;
use crate::bidding::{bid as bids, correction, late};
use crate::kernel::access::Scope;
use crate::kernel::outbox::Recipient;
use crate::kernel::{Action, Reading, Refusal, Writing, access};
use crate::scoring::{change, consensus as consensuses, lock, result as results};
use crate::tendering::interest::standing;

pub(super) use crate::pooling::participation::{CouncilPart, parts, signatories};
pub(super) use crate::scoring::mark::counted as marks;
pub(super) use crate::tendering::pack::current as pack;

/// Finds the procurement for somebody who looks at what was found out about bids: not for those who are barred by an
/// interest (DOMAIN rule 12).
pub(super) async fn reading(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    standing::must_not_be_barred(r, &scope).await?;
    Ok(scope)
}

/// The same for somebody who changes something, keeping others from doing so meanwhile.
pub(super) async fn changing(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Decide).await?;
    standing::must_not_be_barred(w, &scope).await?;
    Ok(scope)
}

/// A bid, whose it is and at which addresses its bidder is told: every one of its team, the one it was invited by first.
#[derive(Clone, Debug)]
pub(super) struct Bidder {
    pub(super) bid: bid::Model,
    pub(super) supplier: supplier::Model,
    pub(super) addresses: Vec<Recipient>,
}

/// A bidder whose submissions all came too late, and were not admitted.
#[derive(Clone, Debug)]
pub(super) struct LateBidder {
    pub(super) supplier: supplier::Model,
    pub(super) addresses: Vec<Recipient>,
    pub(super) submission: submission::Model,
    /// Why it was not admitted, in the words of those who decided; empty where nobody did.
    pub(super) reasons: Vec<String>,
}

/// A lot as it was published.
pub(super) fn pack_lot(pack: &Pack, lot_id: Uuid) -> Result<&PackLot, Refusal> {
    let id = lot_id.to_string();
    pack.lots.iter().find(|lot| lot.id == id).ok_or_else(|| Refusal::not_found("lot"))
}

/// A lot of the procurement.
pub(super) async fn lot(r: &Reading, scope: &Scope, lot_id: Uuid) -> Result<lot::Model, Refusal> {
    lot::Entity::find_by_id(lot_id)
        .filter(lot::Column::ProcurementId.eq(scope.id()))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("lot"))
}

/// The procurement's lots in order.
pub(super) async fn lots(r: &Reading, procurement_id: Uuid) -> Result<Vec<lot::Model>, Refusal> {
    Ok(lot::Entity::find()
        .filter(lot::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(lot::Column::Position)
        .order_by_asc(lot::Column::Code)
        .all(r.txn())
        .await?)
}

/// Whether the lot's quality is agreed, so that prices may be seen (DOMAIN rule 1).
pub(super) async fn quality_is_locked(r: &Reading, lot_id: Uuid) -> Result<bool, Refusal> {
    Ok(lock::of_lot(r, lot_id).await?.is_some())
}

/// The newest result of a lot, if it has one.
pub(super) async fn current_result(
    r: &Reading,
    lot_id: Uuid,
) -> Result<Option<(result::Model, LotResult)>, Refusal> {
    match results::current(r, lot_id).await {
        Ok(found) => Ok(Some(found)),
        Err(refusal) if refusal.code == "no_result" => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// The newest result of a lot; refuses where there is none.
pub(super) async fn must_have_result(
    r: &Reading,
    lot: &lot::Model,
) -> Result<(result::Model, LotResult), Refusal> {
    current_result(r, lot.id).await?.ok_or_else(|| {
        Refusal::conflict("no_result", format!("Lot {} has no result yet. Compute it first.", lot.code))
    })
}

/// What keeps a result from being the last word: a correction of a price, a change of a mark or a ground against a tender that
/// waits, or that came after it.
pub(super) async fn unsettled(
    r: &Reading,
    lot: &lot::Model,
    (row, result): (&result::Model, &LotResult),
) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    if correction::pending_in(r, lot.id).await? > 0 {
        found.push(format!(
            "A correction of a price in lot {} waits for its bidder or for a second person. Settle it first.",
            lot.code
        ));
    }
    let changes = change::waiting(r, lot.procurement_id).await?;
    if changes.iter().any(|(changed, _)| *changed == lot.id) {
        found.push(format!(
            "A change of a mark in lot {} waits for a second person. Settle it first.",
            lot.code
        ));
    }
    if !results::holds_marks(r, row).await? {
        found.push(format!(
            "A mark in lot {} was changed after the result. Compute the result anew.",
            lot.code
        ));
    }
    let waiting = outcomes::waiting(r, lot.procurement_id).await?;
    if waiting
        .iter()
        .any(|row| row.lot_id.is_none_or(|of| of == lot.id) && bid_result(result, row.bid_id).is_some())
    {
        found.push(format!(
            "A ground against a tender in lot {} waits for its bidder or for a second person. Have it decided first.",
            lot.code
        ));
    }
    if !results::holds_disregards(r, row, result).await? {
        found.push(format!(
            "A tender in lot {} was disregarded after the result. Compute the result anew.",
            lot.code
        ));
    }
    if !results::holds_prices(r, lot.id, result).await? {
        found.push(format!(
            "A price in lot {} was corrected after the result. Compute the result anew.",
            lot.code
        ));
    }
    Ok(found)
}

/// One bid's part of a result.
pub(super) fn bid_result(result: &LotResult, bid_id: Uuid) -> Option<&BidResult> {
    let id = bid_id.to_string();
    result.bids.iter().find(|bid| bid.bid == id)
}

/// Every bid in the order that was drawn, with the addresses of its bidder.
pub(super) async fn bidders(r: &Reading, procurement_id: Uuid) -> Result<Vec<Bidder>, Refusal> {
    let mut people = addressees(r, procurement_id).await?;
    let bids = bids::all(r, procurement_id).await?.into_iter().map(|opened| {
        let lost = || Refusal::internal(&"a bid lost its invitation");
        let bidder = people.remove(&opened.submission.invitation_id).ok_or_else(lost)?;
        Ok(Bidder { bid: opened.bid, supplier: opened.supplier, addresses: bidder.addresses })
    });
    bids.collect()
}

/// Those whose submissions all came at or after the deadline and of whom none was admitted. Their files stay sealed; only
/// that they came, and why they were refused, is used.
pub(super) async fn late_bidders(r: &Reading, procurement_id: Uuid) -> Result<Vec<LateBidder>, Refusal> {
    let rows = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(submission::Column::ReceivedAt)
        .all(r.txn())
        .await?;
    let admitted = late::admitted(r, procurement_id).await?;
    let opened: Vec<Uuid> = rows
        .iter()
        .filter(|row| (!row.late && row.withdrawn_at.is_none()) || admitted.contains(&row.id))
        .map(|row| row.invitation_id)
        .collect();
    let mut people = addressees(r, procurement_id).await?;
    let mut bidders = Vec::new();
    for submission in rows.into_iter().filter(|row| row.late && !opened.contains(&row.invitation_id)) {
        // Taking them out of the map tells each bidder once, whatever the number of its late submissions.
        let Some(bidder) = people.remove(&submission.invitation_id) else { continue };
        let reasons = late::reasons(r, submission.id).await?;
        let Addressee { supplier, addresses, .. } = bidder;
        bidders.push(LateBidder { supplier, addresses, submission, reasons });
    }
    Ok(bidders)
}

/// The marks of record in a lot with their rationales, by bid and question.
pub(super) async fn agreed(
    r: &Reading,
    lot_id: Uuid,
) -> Result<BTreeMap<(Uuid, String), consensus::Model>, Refusal> {
    let rows = consensuses::of_lot(r, lot_id).await?;
    Ok(rows.into_iter().map(|row| ((row.bid_id, row.question.clone()), row)).collect())
}

/// The recommendation on a lot, if there is one.
pub(super) async fn recommendation(
    r: &Reading,
    lot_id: Uuid,
) -> Result<Option<recommendation::Model>, Refusal> {
    Ok(recommendation::Entity::find().filter(recommendation::Column::LotId.eq(lot_id)).one(r.txn()).await?)
}

/// The award of a lot, if it is made.
pub(super) async fn award(r: &Reading, lot_id: Uuid) -> Result<Option<award::Model>, Refusal> {
    Ok(award::Entity::find().filter(award::Column::LotId.eq(lot_id)).one(r.txn()).await?)
}
