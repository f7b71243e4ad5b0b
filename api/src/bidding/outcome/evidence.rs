//! The grounds against tenders as evidence.

use entity::bid_outcome;
use rules::evidence::{OutcomeDecision, OutcomeReply, OutcomeRow};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};

/// Every ground of a procurement, oldest first. The caller has been let in by the operation that asks.
pub(crate) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<OutcomeRow>, Refusal> {
    let rows = bid_outcome::Entity::find()
        .filter(bid_outcome::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(bid_outcome::Column::Id)
        .all(r.txn())
        .await?;
    let rows = rows.into_iter().map(|row| {
        let decision = row.decided_by.zip(row.decided_at).zip(row.decision_reason);
        OutcomeRow {
            id: row.id.to_string(),
            bid: row.bid_id.to_string(),
            lot: row.lot_id.map(|lot| lot.to_string()),
            ground: row.ground.0,
            reason: row.reason,
            state: row.state.0,
            raised_by: row.raised_by.to_string(),
            raised_at: rfc3339(row.raised_at),
            reply_by: row.reply_by.map(rfc3339),
            reply: row
                .reply
                .zip(row.replied_at)
                .map(|(text, at)| OutcomeReply { text, replied_at: rfc3339(at) }),
            decision: decision.map(|((by, at), reason)| OutcomeDecision {
                reason,
                decided_by: by.to_string(),
                decided_at: rfc3339(at),
            }),
        }
    });
    Ok(rows.collect())
}
