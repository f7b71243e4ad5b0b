//! What moved from the result before to a result, and why (DOMAIN rule 8).

use entity::result;
use rules::record::moved::{Cause, Moved, MovedBid, Stood, moved};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::result as results;
use crate::kernel::{Reading, Refusal};

/// What moved since the result before.
#[derive(Clone, Debug)]
pub struct Since {
    /// The result before.
    pub before: result::Model,
    /// What moved.
    pub moved: Moved,
}

/// What moved since the result before; nothing for the first one. For those who may see the result.
pub async fn since(r: &Reading, procurement_id: Uuid, result_id: Uuid) -> Result<Option<Since>, Refusal> {
    let after = results::one(r, procurement_id, result_id).await?;
    let before = result::Entity::find()
        .filter(result::Column::LotId.eq(after.row.lot_id))
        .filter(result::Column::Revision.eq(after.row.revision - 1))
        .one(r.txn())
        .await?;
    let Some(before) = before else { return Ok(None) };
    let before = results::one(r, procurement_id, before.id).await?;
    Ok(Some(Since { moved: moved(&before.result, &after.result), before: before.row }))
}

/// Why a bid moved, in sentences.
#[must_use]
pub fn told(bid: &MovedBid) -> Vec<String> {
    let mark = |mark: &Option<String>| mark.clone().unwrap_or_else(|| "no mark".to_owned());
    let mut told: Vec<String> = bid
        .causes
        .iter()
        .map(|cause| match cause {
            Cause::Mark { question, from, to } => {
                format!("The mark of {question} changed from {} to {}.", mark(from), mark(to))
            }
            Cause::Correction(one) => {
                let (before, after) = (one.before.pounds(), one.after.pounds());
                format!("The unit price of {} was corrected from {before} to {after}.", one.line)
            }
            Cause::Disregarded(now) => format!("It is disregarded: {}.", now.ground.told()),
            Cause::Exclusion { to: Some(to), .. } => {
                format!("It is not ranked: {}.", to.label().to_lowercase())
            }
            Cause::Exclusion { to: None, .. } => "It is ranked again.".to_owned(),
        })
        .collect();
    let own = |stood: &Option<Stood>| stood.as_ref().map(|stood| (stood.quality.clone(), stood.price));
    if told.is_empty() && own(&bid.before) == own(&bid.after) {
        told.push("Nothing of its own changed; other bids moved it.".to_owned());
    }
    told
}
