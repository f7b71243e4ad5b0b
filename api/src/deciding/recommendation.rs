//! The recommendation on a lot: the bid that the published method put first, and why the councils should take it.

use entity::{lot, recommendation};
use rules::record::LotResult;
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::evidence;
use crate::kernel::access::Scope;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Reading, Refusal, Writing, access};

/// What is entered about a recommendation.
#[derive(Clone, Debug, Default)]
pub struct RecommendationInput {
    /// The bid's id: the winner's, or one of those tied where no published rule parts them.
    pub bid_id: String,
    /// Why; in a tie, also why this bid of those tied.
    pub text: String,
}

struct Checked {
    result_id: Uuid,
    bid_id: Uuid,
    text: String,
    tie: bool,
}

async fn check(w: &Writing, lot: &lot::Model, input: &RecommendationInput) -> Result<Checked, Refusal> {
    let (row, result) = evidence::must_have_result(w, lot).await?;
    if let Some(told) = evidence::unsettled(w, lot, (&row, &result)).await?.into_iter().next() {
        return Err(Refusal::conflict("result_unsettled", told));
    }
    let mut faults = Faults::new();
    let text = faults.text("text", &input.text, 10_000);
    let possible = candidates(&result);
    let bid = possible.iter().find(|bid| bid.to_string() == input.bid_id.trim().to_lowercase());
    match (&result.winner, bid) {
        (_, Some(_)) => {}
        (Some(_), None) => faults.add(
            "bid_id",
            "not_the_winner",
            "Recommend the bid of rank 1: the published method put it first, and nothing else may.",
        ),
        (None, None) if possible.is_empty() => {
            faults.add("bid_id", "no_ranked_bids", "No bid is left to recommend in this lot.");
        }
        (None, None) => faults.add(
            "bid_id",
            "not_tied_first",
            "Recommend one of the bids that are tied for the first rank, and say why.",
        ),
    }
    faults.done()?;
    // Without a bid the faults have refused already.
    let bid_id = *bid.ok_or_else(|| Refusal::not_found("bid"))?;
    Ok(Checked { result_id: row.id, bid_id, text, tie: result.winner.is_none() })
}

/// The bids that may be recommended: the winner, or all that are tied for the first rank.
pub(super) fn candidates(result: &LotResult) -> Vec<Uuid> {
    let ids = result.winner.iter().chain(result.unresolved_tie.iter().filter(|_| result.winner.is_none()));
    ids.filter_map(|id| id.parse().ok()).collect()
}

async fn changeable(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<(Scope, lot::Model), Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Deciding])?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    access::must_not_be_awarded(w, lot.id).await?;
    Ok((scope, lot))
}

/// Makes the recommendation on a lot. The coordinator does, once every lot has its result.
pub async fn make(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: RecommendationInput,
) -> Result<recommendation::Model, Refusal> {
    let (scope, lot) = changeable(w, procurement_id, lot_id).await?;
    if evidence::recommendation(w, lot.id).await?.is_some() {
        return Err(Refusal::conflict(
            "already_exists",
            format!("Lot {} has a recommendation already. Change that one.", lot.code),
        ));
    }
    let checked = check(w, &lot, &input).await?;
    let id = Uuid::now_v7();
    record(w, &scope, id, &lot, &checked, 1);
    let row = recommendation::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.id()),
        lot_id: Set(lot.id),
        result_id: Set(checked.result_id),
        bid_id: Set(checked.bid_id),
        text: Set(checked.text),
        made_by: Set(w.caller().person()?.id),
        made_at: Set(w.now()),
        version: Set(1),
    };
    Ok(recommendation::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

/// Changes the recommendation. Decisions taken on the earlier one no longer count: each council decides anew.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    input: RecommendationInput,
) -> Result<recommendation::Model, Refusal> {
    let (scope, lot) = changeable(w, procurement_id, lot_id).await?;
    let before = must_exist(w, &lot).await?;
    if before.version != seen {
        return Err(Refusal::stale());
    }
    let checked = check(w, &lot, &input).await?;
    let changed = recommendation::Entity::update_many()
        .col_expr(recommendation::Column::ResultId, Expr::value(checked.result_id))
        .col_expr(recommendation::Column::BidId, Expr::value(checked.bid_id))
        .col_expr(recommendation::Column::Text, Expr::value(checked.text.as_str()))
        .col_expr(recommendation::Column::MadeBy, Expr::value(w.caller().person()?.id))
        .col_expr(recommendation::Column::MadeAt, Expr::value(w.now()))
        .col_expr(recommendation::Column::Version, Expr::value(seen + 1))
        .filter(recommendation::Column::Id.eq(before.id))
        .filter(recommendation::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    record(w, &scope, before.id, &lot, &checked, seen + 1);
    must_exist(w, &lot).await
}

fn record(w: &Writing, scope: &Scope, id: Uuid, lot: &lot::Model, checked: &Checked, version: i64) {
    let body = json!({
        "lot": lot.code,
        "result": checked.result_id,
        "bid": checked.bid_id,
        "tie": checked.tie,
        "version": version,
        "text": text_hash(id, &checked.text),
    });
    w.record(Record::new(scope.id(), "deciding.recommendation.make", id, body));
}

/// The recommendation on a lot; refuses where there is none.
pub(super) async fn must_exist(r: &Reading, lot: &lot::Model) -> Result<recommendation::Model, Refusal> {
    evidence::recommendation(r, lot.id).await?.ok_or_else(|| {
        Refusal::conflict("no_recommendation", format!("Lot {} has no recommendation yet.", lot.code))
    })
}

/// The recommendation on a lot, for everybody in the procurement.
pub async fn view(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<recommendation::Model, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    evidence::recommendation(r, lot.id).await?.ok_or_else(|| Refusal::not_found("recommendation"))
}
