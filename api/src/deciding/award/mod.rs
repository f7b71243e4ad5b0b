//! The award of a lot: made when every signatory has decided for the recommendation as it stands, once, with the
//! allocation to the penny and a letter to everybody it concerns, all in one transaction.

mod view;

use entity::{Word, allocation, award, lot, procurement, recommendation, result};
use rules::money::Pence;
use rules::record::{LotResult, PriceResult};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{decision, evidence, letters, recommendation as recommendations, withholding};
use crate::kernel::access::Scope;
use crate::kernel::ledger::Record;
use crate::kernel::{Reading, Refusal, Writing, access};

pub use view::{Allocated, Awarded, Signed, list, view};

/// What an award is made from, once nothing stands in its way.
pub(super) struct Ready {
    pub(super) scope: Scope,
    pub(super) lot: lot::Model,
    pub(super) recommendation: recommendation::Model,
    pub(super) row: result::Model,
    pub(super) result: LotResult,
    pub(super) price: PriceResult,
}

/// Everything that stands in the way of an award now, as sentences. Empty: it may be made. For the page that asks whether
/// to go on; [`award`] asks again.
pub async fn obstacles(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Vec<String>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let (Some(recommendation), Some((row, result))) =
        (evidence::recommendation(r, lot.id).await?, evidence::current_result(r, lot.id).await?)
    else {
        return Ok(vec![format!("Lot {} has no recommendation yet.", lot.code)]);
    };
    found_obstacles(r, &scope, &lot, &recommendation, &row, &result).await
}

async fn found_obstacles(
    r: &Reading,
    scope: &Scope,
    lot: &lot::Model,
    recommendation: &recommendation::Model,
    row: &result::Model,
    result: &LotResult,
) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    if recommendation.result_id != row.id {
        found.push(
            "The result was computed anew after the recommendation. Make the recommendation again."
                .to_owned(),
        );
    }
    found.extend(evidence::unsettled(r, lot, (row, result)).await?);
    found.extend(not_first(recommendation, result));
    for part in evidence::signatories(r, &scope.procurement).await? {
        let name = &part.council.name;
        match decision::of_council(r, lot.id, part.council.id).await? {
            None => found.push(format!("{name} has not recorded its decision.")),
            Some(row) if decision::awards(&row, Some(recommendation)) => {}
            Some(row) if row.verdict.0 == rules::words::Verdict::Refuse => {
                found.push(format!("{name} has decided not to award."));
            }
            Some(_) => {
                found.push(format!("{name} has decided on an earlier recommendation: it must decide anew."));
            }
        }
    }
    found.extend(unexplained(r, lot, result).await?);
    found.extend(withholding::astray(r, lot, recommendation.bid_id).await?);
    Ok(found)
}

/// That the recommended tender is not of rank 1 in the result as it is now: only such a one may be awarded (s.19(1)).
fn not_first(recommendation: &recommendation::Model, result: &LotResult) -> Option<String> {
    let Some(bid) = evidence::bid_result(result, recommendation.bid_id) else {
        return Some("The recommended tender is not in the result.".to_owned());
    };
    let place = match bid.rank {
        Some(1) => return None,
        Some(rank) => format!("has rank {rank}"),
        None => "is not ranked".to_owned(),
    };
    Some(format!(
        "The recommended tender, of {}, {place} in the result: recommend the one of rank 1.",
        bid.supplier
    ))
}

/// Marks that lack their explanation: no summary may be issued with one (DOMAIN rule 10; reg 31(2)(e)).
async fn unexplained(r: &Reading, lot: &lot::Model, result: &LotResult) -> Result<Vec<String>, Refusal> {
    let agreed = evidence::agreed(r, lot.id).await?;
    let mut found = Vec::new();
    // A disregarded tender was not assessed: nobody is told its marks.
    for bid in result.bids.iter().filter(|bid| bid.disregarded.is_none()) {
        let Ok(id) = bid.bid.parse::<Uuid>() else { continue };
        for (code, earned) in &bid.criteria {
            let Some(mark) = &earned.mark else { continue };
            let same = |value: &str| {
                value.parse::<rules::exact::Exact>().ok() == mark.parse::<rules::exact::Exact>().ok()
            };
            let why = match agreed.get(&(id, code.clone())) {
                None => "has no agreed mark",
                Some(row) if row.rationale.trim().is_empty() => "has no rationale",
                Some(row) if row.reference.trim().is_empty() => "has no reference to the tender",
                Some(row) if !same(&row.value) => "was agreed anew after the result was computed",
                Some(_) => continue,
            };
            found.push(format!("{}, question {code}: {why}.", bid.supplier));
        }
    }
    Ok(found)
}

/// Makes the award of a lot: once, by the coordinator, when every signatory has decided to award on the recommendation as
/// it stands. The allocation and the letters to every council and bidder are part of it. When every lot is awarded, the
/// procurement is.
pub async fn award(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<award::Model, Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    scope.must_coordinate()?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    access::must_not_be_awarded(w, lot.id).await?;
    scope.must_stand_at(&[Stage::Deciding])?;
    let ready = must_be_ready(w, scope, lot).await?;
    let row = award::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        lot_id: Set(ready.lot.id),
        bid_id: Set(ready.recommendation.bid_id),
        result_id: Set(ready.row.id),
        price_pence: Set(ready.price.total.0),
        awarded_by: Set(w.caller().person()?.id),
        awarded_at: Set(w.now()),
        notice_on: Set(None),
        standstill_days: Set(None),
        standstill_ends_on: Set(None),
        version: Set(1),
    };
    let award = award::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let parts = allocate(w, &award, &ready.price).await?;
    let body = json!({
        "lot": ready.lot.code,
        "bid": award.bid_id,
        "result": ready.row.hash,
        "price_pence": award.price_pence,
        "allocation": parts,
    });
    w.record(Record::new(procurement_id, "deciding.award.make", award.id, body));
    let first = is_first(w, &award).await?;
    letters::send(w, &ready, &award, first).await?;
    award_procurement_when_all_are(w, &ready.scope).await?;
    Ok(award)
}

async fn must_be_ready(w: &Writing, scope: Scope, lot: lot::Model) -> Result<Ready, Refusal> {
    let recommendation = recommendations::must_exist(w, &lot).await?;
    let (row, result) = evidence::must_have_result(w, &lot).await?;
    let obstacles = found_obstacles(w, &scope, &lot, &recommendation, &row, &result).await?;
    if !obstacles.is_empty() {
        return Err(Refusal::conflict("not_ready", obstacles.join(" ")));
    }
    let price = evidence::bid_result(&result, recommendation.bid_id).and_then(|bid| bid.price.clone());
    let price = price.ok_or_else(|| Refusal::internal(&"the recommended bid has no price in the result"))?;
    Ok(Ready { scope, lot, recommendation, row, result, price })
}

/// Writes each council's part of the price. They sum to the penny, or nothing is awarded (DOMAIN rule 13).
async fn allocate(
    w: &Writing,
    award: &award::Model,
    price: &PriceResult,
) -> Result<Vec<serde_json::Value>, Refusal> {
    let sum = Pence::checked_sum(price.councils.iter().map(|part| part.price));
    if sum != Ok(price.total) || price.councils.is_empty() {
        return Err(Refusal::conflict(
            "allocation_does_not_sum",
            "The councils’ parts do not sum to the price. Compute the result again.",
        ));
    }
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for part in &price.councils {
        let council: Uuid = part.council.parse().map_err(|error| Refusal::internal(&error))?;
        told.push(json!({ "council": council, "pence": part.price.0 }));
        rows.push(allocation::ActiveModel {
            id: Set(Uuid::now_v7()),
            award_id: Set(award.id),
            council_id: Set(council),
            amount_pence: Set(part.price.0),
        });
    }
    allocation::Entity::insert_many(rows).exec_without_returning(w.txn()).await?;
    Ok(told)
}

/// Whether this is the procurement's first award: late bidders, whose lots nobody knows, are told with it, once.
async fn is_first(r: &Reading, award: &award::Model) -> Result<bool, Refusal> {
    let others = award::Entity::find()
        .filter(award::Column::ProcurementId.eq(award.procurement_id))
        .filter(award::Column::Id.ne(award.id))
        .count(r.txn())
        .await?;
    Ok(others == 0)
}

async fn award_procurement_when_all_are(w: &Writing, scope: &Scope) -> Result<(), Refusal> {
    let lots = evidence::lots(w, scope.id()).await?.len();
    let awards =
        award::Entity::find().filter(award::Column::ProcurementId.eq(scope.id())).count(w.txn()).await?;
    if usize::try_from(awards).ok() != Some(lots) {
        return Ok(());
    }
    let stage = scope.procurement.stage.0.award().map_err(|error| Refusal::internal(&error))?;
    procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(Word(stage)))
        .col_expr(procurement::Column::Version, Expr::value(scope.procurement.version + 1))
        .filter(procurement::Column::Id.eq(scope.id()))
        .exec(w.txn())
        .await?;
    w.record(Record::new(scope.id(), "deciding.procurement.awarded", scope.id(), json!({})));
    Ok(())
}

/// The award of a lot; refuses where there is none.
pub(super) async fn must_be_awarded(r: &Reading, lot: &lot::Model) -> Result<award::Model, Refusal> {
    evidence::award(r, lot.id)
        .await?
        .ok_or_else(|| Refusal::conflict("not_awarded", format!("Lot {} is not awarded yet.", lot.code)))
}
