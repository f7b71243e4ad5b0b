//! Lots that begin from a starter model. What comes of it is an ordinary lot: everything in it can be changed and removed.

use entity::{criterion, lot};
use rules::exact::Exact;
use rules::starter::Starter;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::criterion::CriterionInput;
use super::{changing, criterion as criteria, exact_text, lot as lots, scale};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// Begins a lot without criteria: sets the weight of price, and adds the sections and questions, marked on the first scale of the
/// procurement, or on the first starter scale where there is none. Codes go on from those that are taken. Only the coordinator,
/// before publication. `seen` is the version of the lot.
pub async fn begin(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    starter: &str,
) -> Result<lot::Model, Refusal> {
    changing(w, procurement_id).await?;
    let lot = lots::find(w, procurement_id, lot_id).await?;
    if lot.version != seen {
        return Err(Refusal::stale());
    }
    let mut faults = Faults::new();
    let starter = faults.word("starter", starter, Starter::Quality60);
    faults.done()?;
    must_fit(w, &lot, starter).await?;
    let scale = match scale::all(w, procurement_id).await?.into_iter().next() {
        Some(scale) => scale,
        None => scale::add(w, procurement_id, scale::starters().swap_remove(0)).await?,
    };
    let changed = lot::Entity::update_many()
        .col_expr(lot::Column::PriceWeight, Expr::value(starter.price_weight().to_string()))
        .col_expr(lot::Column::Version, Expr::value(seen + 1))
        .filter(lot::Column::Id.eq(lot_id))
        .filter(lot::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({ "starter": starter.as_str(), "price_weight": starter.price_weight().to_string() });
    w.record(Record::new(procurement_id, "tendering.lot.begin", lot_id, body));
    let mut free = Free::of(w, procurement_id).await?;
    for (weight, section) in starter.sections() {
        let input = CriterionInput {
            code: free.next('S'),
            title: section.title.to_owned(),
            weight: exact_text(&weight),
            ..CriterionInput::default()
        };
        let parent = criteria::add(w, procurement_id, lot_id, input).await?;
        for question in section.questions {
            let input = CriterionInput {
                parent_id: Some(parent.id),
                code: free.next('Q'),
                title: question.title.to_owned(),
                weight: question.weight.to_string(),
                question: Some(question.text.to_owned()),
                scale_id: Some(scale.id),
                document: true,
                ..CriterionInput::default()
            };
            criteria::add(w, procurement_id, lot_id, input).await?;
        }
    }
    lots::find(w, procurement_id, lot_id).await
}

/// Nothing that somebody entered is lost or made unfit.
async fn must_fit(r: &Reading, lot: &lot::Model, starter: Starter) -> Result<(), Refusal> {
    if !criteria::of_lot(r, lot.id).await?.is_empty() {
        return Err(Refusal::conflict(
            "lot_has_criteria",
            format!(
                "Lot {} has criteria already. A starter is for a lot without any: remove them first.",
                lot.code
            ),
        ));
    }
    let quality = Exact::hundred() - Exact::from(starter.price_weight());
    let least = lot.min_quality.as_deref().and_then(|least| least.parse::<Exact>().ok());
    match least {
        Some(least) if least > quality => Err(Refusal::conflict(
            "min_quality_above_weight",
            format!(
                "Lot {} asks for at least {} quality points, and quality would have {}. Lower the minimum first.",
                lot.code,
                exact_text(&least),
                exact_text(&quality)
            ),
        )),
        _ => Ok(()),
    }
}

/// The codes that are taken.
struct Free(Vec<String>);

impl Free {
    async fn of(r: &Reading, procurement_id: Uuid) -> Result<Self, Refusal> {
        let rows = criterion::Entity::find()
            .filter(criterion::Column::ProcurementId.eq(procurement_id))
            .all(r.txn())
            .await?;
        Ok(Self(rows.into_iter().map(|row| row.code).collect()))
    }

    /// `S1`, or the next that is free.
    fn next(&mut self, letter: char) -> String {
        let mut number = 1_u32;
        let mut code = format!("{letter}{number}");
        while self.0.contains(&code) {
            number += 1;
            code = format!("{letter}{number}");
        }
        self.0.push(code.clone());
        code
    }
}
