//! The late box: submissions received at or after the deadline. They lie sealed, get a receipt that says so, and are never
//! scored (DOMAIN rule 14); after the opening they are listed, without their content.

use entity::{invitation, submission, supplier};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{bid, invitation as invitations};
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// A late submission.
#[derive(Clone, Debug)]
pub struct LateSubmission {
    /// The submission.
    pub submission: submission::Model,
    /// Who sent it.
    pub supplier: supplier::Model,
}

/// The late submissions, in the order they came. Before the opening there is nothing to see.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<LateSubmission>, Refusal> {
    let scope = bid::opened(r, procurement_id).await?;
    let mut query = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(scope.id()))
        .filter(submission::Column::Late.eq(true));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(submission::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(submission::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    let senders = invitation::Entity::find()
        .filter(invitation::Column::Id.is_in(slice.items.iter().map(|row| row.invitation_id)))
        .all(r.txn())
        .await?;
    let suppliers = invitations::suppliers_of(r, senders.iter().map(|row| row.supplier_id)).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for submission in slice.items {
        let sender = senders.iter().find(|row| row.id == submission.invitation_id);
        let sender = sender.ok_or_else(|| Refusal::internal(&"a submission lost its invitation"))?;
        items.push(LateSubmission {
            supplier: invitations::named(&suppliers, sender.supplier_id)?,
            submission,
        });
    }
    Ok(Slice { items, next: slice.next })
}
