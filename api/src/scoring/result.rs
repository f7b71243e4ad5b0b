//! The result of a lot: computed from the pack, the locked marks and the bids' prices and responses alone, stored as the
//! bytes that were hashed. A new computation is a new row; none is ever changed (DOMAIN rules 8 and 17).

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, mark_change, procurement, result};
use rules::canonical;
use rules::mark_change::ChangeState;
use rules::record::{self, BidInput, LotResult, ResultFault};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::lot::{self, Lot};
use super::{consensus, lock};
use crate::bidding::bid::{self as bids, BidInputs};
use crate::bidding::correction;
use crate::bidding::outcome::force;
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Action, Paging, Reading, Refusal, Slice, Writing};
use crate::tendering::interest::standing;

/// A stored result, and what it says.
#[derive(Clone, Debug)]
pub struct Computed {
    /// The row with the bytes and their hash.
    pub row: result::Model,
    /// The ranking.
    pub result: LotResult,
}

/// Computes the result of a lot whose quality is locked. The coordinator may. With the last lot's result the procurement
/// goes on to deciding.
pub async fn compute(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<Computed, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    scope.must_coordinate()?;
    standing::must_not_be_barred(w, &scope).await?;
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    let lots = lot::all(w, &scope).await?;
    let lot = lots.iter().find(|lot| lot.id == lot_id).ok_or_else(|| Refusal::not_found("lot"))?;
    let bids = inputs(w, lot).await?;
    let result =
        record::lot_result(&lot.pack, &lot.published().id, &bids).map_err(|fault| refused(lot, &fault))?;
    let bytes = canonical::to_bytes(&result).map_err(|error| Refusal::internal(&error))?;
    let hash = canonical::sha256_hex(&bytes);
    let inputs = canonical::to_bytes(&record::inputs_of(lot.published(), &bids))
        .map_err(|error| Refusal::internal(&error))?;
    let last = newest(w, lot.id).await?;
    let row = result::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        lot_id: Set(lot.id),
        revision: Set(last.map_or(0, |row| row.revision) + 1),
        body: Set(String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?),
        hash: Set(hash),
        inputs_hash: Set(result.inputs_hash.clone()),
        inputs: Set(Some(String::from_utf8(inputs).map_err(|error| Refusal::internal(&error))?)),
        computed_at: Set(w.now()),
        computed_by: Set(w.caller().person()?.id),
    };
    let row = result::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "lot": lot.id,
        "revision": row.revision,
        "hash": row.hash,
        "inputs_hash": row.inputs_hash,
        "pack_hash": result.pack_hash,
        "method_hash": result.method_hash,
        "winner": result.winner,
    });
    w.record(Record::new(scope.id(), "scoring.result.compute", row.id, body));
    finish(w, &scope, &lots).await?;
    Ok(Computed { row, result })
}

/// The last result of every lot makes the procurement ready to decide.
async fn finish(w: &Writing, scope: &Scope, lots: &[Lot]) -> Result<(), Refusal> {
    if scope.procurement.stage.0 != Stage::Scoring {
        return Ok(());
    }
    for lot in lots {
        if newest(w, lot.id).await?.is_none() {
            return Ok(());
        }
    }
    let next = scope.procurement.stage.0.finish_scoring().map_err(|error| Refusal::internal(&error))?;
    procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(entity::Word(next)))
        .col_expr(procurement::Column::Version, Expr::value(scope.procurement.version + 1))
        .filter(procurement::Column::Id.eq(scope.id()))
        .exec(w.txn())
        .await?;
    let body = json!({ "stage": next.as_str() });
    w.record(Record::new(scope.id(), "scoring.procurement.finish", scope.id(), body));
    Ok(())
}

/// What every bid brings to the result of a lot: the locked marks, prices with their corrections, responses.
async fn inputs(r: &Reading, lot: &Lot) -> Result<Vec<BidInput>, Refusal> {
    let mut marks: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for mark in lock::must_hold_still(r, lot).await? {
        marks.entry(mark.bid).or_default().insert(mark.question, mark.value);
    }
    let mut inputs = Vec::with_capacity(lot.bids.len());
    for bid in &lot.bids {
        let BidInputs { prices, responses, corrections } = bids::inputs(r, bid.id).await?;
        let id = bid.id.to_string();
        inputs.push(BidInput {
            marks: marks.remove(&id).unwrap_or_default(),
            supplier: bid.supplier.clone(),
            withdrawn: bid.withdrawn,
            prices,
            responses,
            corrections,
            disregarded: bid.disregarded.clone(),
            id,
        });
    }
    Ok(inputs)
}

fn refused(lot: &Lot, fault: &ResultFault) -> Refusal {
    let fields = fault
        .problems
        .iter()
        .map(|problem| {
            let bid = problem.bid.as_ref();
            let supplier = bid.and_then(|id| lot.bids.iter().find(|bid| bid.id.to_string() == *id));
            FieldFault {
                field: bid.map_or_else(|| problem.place.clone(), |id| format!("bids/{id}/{}", problem.place)),
                code: problem.code.to_owned(),
                message: match supplier {
                    Some(bid) => format!("{}: {}", bid.supplier, problem.message),
                    None => problem.message.clone(),
                },
            }
        })
        .collect();
    let detail = format!("There is no result of lot {} until these are put right.", lot.published().code);
    Refusal { fields, ..Refusal::conflict("result_refused", detail) }
}

/// The newest result of a lot, if there is one. The caller has been let in.
pub(super) async fn newest(r: &Reading, lot_id: Uuid) -> Result<Option<result::Model>, Refusal> {
    let row = result::Entity::find()
        .filter(result::Column::LotId.eq(lot_id))
        .order_by_desc(result::Column::Revision)
        .one(r.txn())
        .await?;
    Ok(row)
}

fn parsed(row: result::Model) -> Result<Computed, Refusal> {
    let result = serde_json::from_str(&row.body)?;
    Ok(Computed { row, result })
}

/// The caller may see results: anybody with a part in the procurement who is not barred. A result exists only once its
/// lot's quality is locked.
async fn enter(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    standing::must_not_be_barred(r, &scope).await?;
    Ok(scope)
}

/// The results of a lot, newest first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<result::Model>, Refusal> {
    let scope = enter(r, procurement_id).await?;
    let lot = lot::one(r, &scope, lot_id).await?;
    let mut query = result::Entity::find().filter(result::Column::LotId.eq(lot.id));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(result::Column::Revision.lt(after));
    }
    let rows = query.order_by_desc(result::Column::Revision).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.revision.to_string()))
}

/// One result. Its row's body is the very text that was hashed.
pub async fn one(r: &Reading, procurement_id: Uuid, result_id: Uuid) -> Result<Computed, Refusal> {
    let scope = enter(r, procurement_id).await?;
    let row = result::Entity::find_by_id(result_id)
        .filter(result::Column::ProcurementId.eq(scope.id()))
        .one(r.txn())
        .await?;
    parsed(row.ok_or_else(|| Refusal::not_found("result"))?)
}

/// Whether a result was computed from the prices as they count now: with every correction that was approved since, and no
/// other. The caller has been let in.
pub(crate) async fn holds_prices(r: &Reading, lot_id: Uuid, result: &LotResult) -> Result<bool, Refusal> {
    let approved = correction::approved_in(r, lot_id).await?;
    let approved: BTreeSet<String> = approved.into_iter().map(|row| row.id.to_string()).collect();
    let held = result.bids.iter().flat_map(|bid| &bid.corrections).map(|correction| correction.id.clone());
    Ok(approved == held.collect())
}

/// Whether a result was computed from the marks of record as they are now, of the lot's own questions. The caller has been let in.
pub(crate) async fn holds_marks(r: &Reading, row: &result::Model) -> Result<bool, Refusal> {
    // Results from before their inputs were kept are older than any change after a lock.
    let Some(inputs) = row.inputs.as_deref() else { return Ok(!any_change(r, row.lot_id).await?) };
    let held: Vec<BidInput> = serde_json::from_str(inputs)?;
    let held: BTreeSet<(&str, &str, &str)> = held
        .iter()
        .flat_map(|bid| {
            bid.marks.iter().map(|(asked, value)| (bid.id.as_str(), asked.as_str(), value.as_str()))
        })
        .collect();
    let agreed = consensus::of_lot(r, row.lot_id).await?;
    let ids: Vec<String> = agreed.iter().map(|row| row.bid_id.to_string()).collect();
    let agreed =
        agreed.iter().zip(&ids).map(|(row, id)| (id.as_str(), row.question.as_str(), row.value.as_str()));
    Ok(held == agreed.collect())
}

/// Whether a mark of the lot changed after its lock.
async fn any_change(r: &Reading, lot_id: Uuid) -> Result<bool, Refusal> {
    let approved = mark_change::Entity::find()
        .filter(mark_change::Column::LotId.eq(lot_id))
        .filter(mark_change::Column::State.eq(Word(ChangeState::Approved)))
        .count(r.txn())
        .await?;
    Ok(approved > 0)
}

/// Whether a result leaves out the tenders that are disregarded now, each on the ground that was decided, and no other. The caller
/// has been let in.
pub(crate) async fn holds_disregards(
    r: &Reading,
    row: &result::Model,
    result: &LotResult,
) -> Result<bool, Refusal> {
    let in_force = force::in_force(r, row.procurement_id).await?;
    Ok(result.bids.iter().all(|bid| {
        let id = bid.bid.parse::<Uuid>().unwrap_or_default();
        force::disregard(&in_force, id, row.lot_id) == bid.disregarded
    }))
}

/// Whether the newest result of a lot, if there is one, was computed from other prices, marks or tenders than those that count
/// now.
pub(crate) async fn is_outdated(r: &Reading, lot_id: Uuid) -> Result<bool, Refusal> {
    let Some(row) = newest(r, lot_id).await? else { return Ok(false) };
    // What is approved or decided is never taken back, so that without any there is nothing to compare.
    let changed = any_change(r, lot_id).await?;
    if changed && !holds_marks(r, &row).await? {
        return Ok(true);
    }
    let corrected = !correction::approved_in(r, lot_id).await?.is_empty();
    let disregards = !force::in_force(r, row.procurement_id).await?.is_empty();
    if !corrected && !disregards {
        return Ok(false);
    }
    let Computed { row, result } = parsed(row)?;
    Ok(!holds_disregards(r, &row, &result).await? || corrected && !holds_prices(r, lot_id, &result).await?)
}

/// The newest result of a lot. The caller has been let in.
pub(crate) async fn current(r: &Reading, lot_id: Uuid) -> Result<(result::Model, LotResult), Refusal> {
    let row = newest(r, lot_id).await?.ok_or_else(|| {
        Refusal::conflict("no_result", "This lot has no result yet: lock its quality and compute it.")
    })?;
    let computed = parsed(row)?;
    Ok((computed.row, computed.result))
}
