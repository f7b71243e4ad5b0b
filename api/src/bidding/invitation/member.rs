//! The rows of a bidder's team. Who asks has been authorised.
//!
//! The address that an invitation was made for is its team's first member; it can be removed like any other.

use entity::{invitation, invitation_member};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal, Writing};

/// Adds the address that the invitation was made for.
pub(super) async fn add_first(
    w: &Writing,
    invitation: &invitation::Model,
) -> Result<invitation_member::Model, Refusal> {
    let row = invitation_member::ActiveModel {
        id: Set(Uuid::now_v7()),
        invitation_id: Set(invitation.id),
        email: Set(invitation.email.clone()),
        sealed_name: Set(None),
        secret_hash: Set(None),
        claimed_at: Set(None),
        added_by: Set(None),
        created_at: Set(w.now()),
        removed_at: Set(None),
        version: Set(1),
    };
    Ok(invitation_member::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

/// The row of an address in a bidder's team, also where it was removed.
pub(super) async fn at(
    r: &Reading,
    invitation: Uuid,
    email: &str,
) -> Result<Option<invitation_member::Model>, Refusal> {
    Ok(invitation_member::Entity::find()
        .filter(invitation_member::Column::InvitationId.eq(invitation))
        .filter(invitation_member::Column::Email.eq(email))
        .one(r.txn())
        .await?)
}

/// Those who are or were in a bidder's team, oldest first.
pub(super) async fn all(r: &Reading, invitation: Uuid) -> Result<Vec<invitation_member::Model>, Refusal> {
    Ok(invitation_member::Entity::find()
        .filter(invitation_member::Column::InvitationId.eq(invitation))
        .order_by_asc(invitation_member::Column::Id)
        .all(r.txn())
        .await?)
}

/// Those who are in it.
pub(super) async fn present(r: &Reading, invitation: Uuid) -> Result<Vec<invitation_member::Model>, Refusal> {
    let mut rows = all(r, invitation).await?;
    rows.retain(|row| row.removed_at.is_none());
    Ok(rows)
}

/// Ends every secret of a bidder's team and leaves the address in it that the invitation was made for, and no other. Gives
/// the addresses that were in it, and that one.
pub(super) async fn begin_anew(w: &Writing, invitation: &invitation::Model) -> Result<Vec<String>, Refusal> {
    let mut emails = vec![invitation.email.clone()];
    for row in all(w, invitation.id).await? {
        let first = row.email == invitation.email;
        if row.removed_at.is_some() && !first {
            continue;
        }
        let removed_at = if first { None } else { Some(w.now()) };
        invitation_member::Entity::update_many()
            .col_expr(invitation_member::Column::SecretHash, Expr::value(None::<String>))
            .col_expr(invitation_member::Column::RemovedAt, Expr::value(removed_at))
            .col_expr(invitation_member::Column::Version, Expr::value(row.version + 1))
            .filter(invitation_member::Column::Id.eq(row.id))
            .exec(w.txn())
            .await?;
        if !first {
            emails.push(row.email);
        }
    }
    Ok(emails)
}

/// Where an address belongs in a procurement: where an invitation was made for it, otherwise where it is a colleague; nowhere
/// if it is nobody's. What is verified comes first, and a colleague's place counts only then: nobody draws somebody else's
/// address into a team of his own, or away from its team by asking for another link. Without a member where the
/// invitation's own team has removed the address.
pub(super) async fn place_of(
    r: &Reading,
    procurement: Uuid,
    email: &str,
) -> Result<Option<(invitation::Model, Option<invitation_member::Model>)>, Refusal> {
    let own = super::by_email(r, procurement, email).await?;
    let first = match &own {
        Some(row) => at(r, row.id, email).await?.filter(|first| first.removed_at.is_none()),
        None => None,
    };
    let verified = first.as_ref().is_some_and(|first| first.claimed_at.is_some());
    if !verified && let Some((row, member)) = colleague(r, procurement, email).await? {
        return Ok(Some((row, Some(member))));
    }
    Ok(own.map(|row| (row, first)))
}

/// The team that an address is a verified colleague in; the oldest of several.
async fn colleague(
    r: &Reading,
    procurement: Uuid,
    email: &str,
) -> Result<Option<(invitation::Model, invitation_member::Model)>, Refusal> {
    let here = Query::select()
        .column(invitation::Column::Id)
        .from(invitation::Entity)
        .and_where(invitation::Column::ProcurementId.eq(procurement))
        .to_owned();
    let member = invitation_member::Entity::find()
        .filter(invitation_member::Column::Email.eq(email))
        .filter(invitation_member::Column::AddedBy.is_not_null())
        .filter(invitation_member::Column::ClaimedAt.is_not_null())
        .filter(invitation_member::Column::RemovedAt.is_null())
        .filter(invitation_member::Column::InvitationId.in_subquery(here))
        .order_by_asc(invitation_member::Column::Id)
        .one(r.txn())
        .await?;
    let Some(member) = member else { return Ok(None) };
    let row = invitation::Entity::find_by_id(member.invitation_id).one(r.txn()).await?;
    let row = row.ok_or_else(|| Refusal::internal(&"a member lost its invitation"))?;
    Ok(Some((row, member)))
}
