//! What decisions stand on, as earlier stages left it: the frozen pack, the current result, marks, bids and councils.
//! Callers have been let in by the operation that asks.

use std::collections::BTreeMap;

use entity::{
    Word, award, bid, consensus, council, invitation, lot, mark, pack, participation, procurement,
    quality_lock, recommendation, result, submission, supplier,
};
use rules::pack::{Pack, PackLot};
use rules::record::{BidResult, LotResult};
use rules::words::{ContractingModel, Part, ParticipationState};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::access::Scope;
use crate::kernel::{Reading, Refusal};

/// A council that takes part.
#[derive(Clone, Debug)]
pub(super) struct CouncilPart {
    pub(super) council: council::Model,
    pub(super) part: participation::Model,
}

/// A bid, whose it is and where its bidder is reached.
#[derive(Clone, Debug)]
pub(super) struct Bidder {
    pub(super) bid: bid::Model,
    pub(super) supplier: supplier::Model,
    pub(super) email: String,
}

/// A bidder whose only submission came too late.
#[derive(Clone, Debug)]
pub(super) struct LateBidder {
    pub(super) supplier: supplier::Model,
    pub(super) email: String,
    pub(super) submission: submission::Model,
}

/// The published pack.
pub(super) async fn pack(r: &Reading, procurement_id: Uuid) -> Result<(pack::Model, Pack), Refusal> {
    let row = pack::Entity::find()
        .filter(pack::Column::ProcurementId.eq(procurement_id))
        .order_by_desc(pack::Column::Number)
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::conflict("not_published", "The tender has not been published yet."))?;
    let body = serde_json::from_str(&row.body)?;
    Ok((row, body))
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
    Ok(quality_lock::Entity::find_by_id(lot_id).one(r.txn()).await?.is_some())
}

/// The newest result of a lot, if it has one.
pub(super) async fn current_result(
    r: &Reading,
    lot_id: Uuid,
) -> Result<Option<(result::Model, LotResult)>, Refusal> {
    let row = result::Entity::find()
        .filter(result::Column::LotId.eq(lot_id))
        .order_by_desc(result::Column::Revision)
        .one(r.txn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let body = serde_json::from_str(&row.body)?;
    Ok(Some((row, body)))
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

/// One bid's part of a result.
pub(super) fn bid_result(result: &LotResult, bid_id: Uuid) -> Option<&BidResult> {
    let id = bid_id.to_string();
    result.bids.iter().find(|bid| bid.bid == id)
}

/// The councils that have accepted their part, the lead first, then by name.
pub(super) async fn parts(r: &Reading, procurement_id: Uuid) -> Result<Vec<CouncilPart>, Refusal> {
    let rows = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(procurement_id))
        .filter(participation::Column::State.eq(Word(ParticipationState::Accepted)))
        .all(r.txn())
        .await?;
    let councils: BTreeMap<Uuid, council::Model> = council::Entity::find()
        .filter(council::Column::Id.is_in(rows.iter().map(|row| row.council_id)))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut parts: Vec<CouncilPart> = rows
        .into_iter()
        .filter_map(|part| {
            let council = councils.get(&part.council_id)?.clone();
            Some(CouncilPart { council, part })
        })
        .collect();
    let key = |part: &CouncilPart| (part.part.part.0 != Part::Lead, part.council.name.clone());
    parts.sort_by_key(key);
    Ok(parts)
}

/// The councils that sign: lead and core partners where each signs its own contract, else the lead. Named options never
/// are among them and so never block (DOMAIN rule 11).
pub(super) async fn signatories(
    r: &Reading,
    procurement: &procurement::Model,
) -> Result<Vec<CouncilPart>, Refusal> {
    let mut parts = parts(r, procurement.id).await?;
    parts.retain(|part| match (procurement.contracting_model.0, part.part.part.0) {
        (_, Part::Lead) | (ContractingModel::EachSigns, Part::Core) => true,
        (ContractingModel::LeadForAll, Part::Core) | (_, Part::NamedOption) => false,
    });
    Ok(parts)
}

/// Every bid in the order of opening.
pub(super) async fn bidders(r: &Reading, procurement_id: Uuid) -> Result<Vec<Bidder>, Refusal> {
    let bids = bid::Entity::find()
        .filter(bid::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(bid::Column::Position)
        .all(r.txn())
        .await?;
    let submissions = by_id(
        submission::Entity::find()
            .filter(submission::Column::Id.is_in(bids.iter().map(|bid| bid.submission_id)))
            .all(r.txn())
            .await?,
        |row| row.id,
    );
    let people = invitations(r, procurement_id).await?;
    let lost = || Refusal::internal(&"a bid lost its submission, invitation or supplier");
    bids.into_iter()
        .map(|bid| {
            let submission = submissions.get(&bid.submission_id).ok_or_else(lost)?;
            let (invitation, supplier) = people.get(&submission.invitation_id).ok_or_else(lost)?;
            Ok(Bidder { bid, supplier: supplier.clone(), email: invitation.email.clone() })
        })
        .collect()
}

/// Those whose submissions all came at or after the deadline. Their files stay sealed; only that they came is used.
pub(super) async fn late_bidders(r: &Reading, procurement_id: Uuid) -> Result<Vec<LateBidder>, Refusal> {
    let rows = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(submission::Column::ReceivedAt)
        .all(r.txn())
        .await?;
    let in_time: Vec<Uuid> = rows
        .iter()
        .filter(|row| !row.late && row.withdrawn_at.is_none())
        .map(|row| row.invitation_id)
        .collect();
    let mut people = invitations(r, procurement_id).await?;
    let late = rows.into_iter().filter(|row| row.late && !in_time.contains(&row.invitation_id));
    // Taking them out of the map tells each bidder once, whatever the number of its late submissions.
    Ok(late
        .filter_map(|submission| {
            let (invitation, supplier) = people.remove(&submission.invitation_id)?;
            Some(LateBidder { supplier, email: invitation.email, submission })
        })
        .collect())
}

async fn invitations(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<BTreeMap<Uuid, (invitation::Model, supplier::Model)>, Refusal> {
    let invitations = invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement_id))
        .all(r.txn())
        .await?;
    let suppliers = by_id(
        supplier::Entity::find()
            .filter(supplier::Column::Id.is_in(invitations.iter().map(|row| row.supplier_id)))
            .all(r.txn())
            .await?,
        |row| row.id,
    );
    Ok(invitations
        .into_iter()
        .filter_map(|row| {
            let supplier = suppliers.get(&row.supplier_id)?.clone();
            Some((row.id, (row, supplier)))
        })
        .collect())
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> BTreeMap<Uuid, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

/// The panel members' marks in a lot. Only for callers who have seen that the quality is locked.
pub(super) async fn marks(r: &Reading, lot_id: Uuid) -> Result<Vec<mark::Model>, Refusal> {
    Ok(mark::Entity::find()
        .filter(mark::Column::LotId.eq(lot_id))
        .filter(mark::Column::Current.eq(true))
        .order_by_asc(mark::Column::MarkedAt)
        .order_by_asc(mark::Column::Id)
        .all(r.txn())
        .await?)
}

/// The marks of record in a lot with their rationales, by bid and question.
pub(super) async fn consensus(
    r: &Reading,
    lot_id: Uuid,
) -> Result<BTreeMap<(Uuid, String), consensus::Model>, Refusal> {
    let rows = consensus::Entity::find()
        .filter(consensus::Column::LotId.eq(lot_id))
        .filter(consensus::Column::Current.eq(true))
        .all(r.txn())
        .await?;
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

/// Refuses where the lot is awarded: nothing that led to an award changes after it.
pub(super) async fn must_not_be_awarded(r: &Reading, lot: &lot::Model) -> Result<(), Refusal> {
    match award(r, lot.id).await? {
        None => Ok(()),
        Some(_) => Err(Refusal::conflict("already_awarded", format!("Lot {} is awarded already.", lot.code))),
    }
}
