//! What a bundle of evidence holds of the tender box: every submission by its hash, and the manifests of those that were
//! opened. The others stay sealed.

use std::collections::BTreeMap;

use entity::submission;
use rules::evidence::{BidRow, SubmissionRow, Submissions};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::bid;
use super::compartment::Compartment;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};

/// The submissions of a procurement, as evidence, with the manifests of those that were opened or without any. The caller has
/// been let in, and the box is open.
pub(crate) async fn submissions(
    r: &Reading,
    procurement_id: Uuid,
    with_manifests: bool,
) -> Result<Submissions, Refusal> {
    let bids = bid::all(r, procurement_id).await?;
    let mut manifests = BTreeMap::new();
    for bid in bids.iter().filter(|_| with_manifests) {
        let compartment = Compartment::of(r, procurement_id, bid.submission.invitation_id).await?;
        let content = compartment.open_submission(&bid.submission)?;
        manifests.insert(bid.submission.id, content.manifest);
    }
    let rows = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(submission::Column::ReceivedAt)
        .order_by_asc(submission::Column::Id)
        .all(r.txn())
        .await?;
    let submissions = rows.into_iter().map(|row| SubmissionRow {
        id: row.id.to_string(),
        number: row.number.into(),
        received_at: rfc3339(row.received_at),
        late: row.late,
        withdrawn_at: row.withdrawn_at.map(rfc3339),
        manifest_hash: row.manifest_hash,
        manifest: manifests.remove(&row.id),
    });
    let submissions = submissions.collect();
    let bids = bids.into_iter().map(|bid| BidRow {
        id: bid.bid.id.to_string(),
        submission: bid.submission.id.to_string(),
        supplier: bid.supplier.name,
    });
    Ok(Submissions { submissions, bids: bids.collect() })
}
