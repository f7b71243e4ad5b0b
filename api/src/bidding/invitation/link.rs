//! Claim links: one to an address, used once within a day, and what it is turned into: the durable secret of that address.

use chrono::{DateTime, TimeDelta, Utc};
use entity::word::LinkPurpose;
use entity::{Word, invitation, invitation_member, one_time_link};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{member, supplier_of};
use crate::bidding::tender;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Refusal, Writing};
use crate::people::password;

/// How long a claim link works.
pub const CLAIM_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// A claimed invitation.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The durable secret, told once.
    pub secret: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// The supplier.
    pub supplier: String,
    /// The tender's reference.
    pub reference: String,
}

/// Makes a link for a member of a bidder's team and tells its token.
pub(super) async fn make(
    w: &Writing,
    invitation: &invitation::Model,
    member: &invitation_member::Model,
) -> Result<String, Refusal> {
    let token = new_secret()?;
    let row = one_time_link::ActiveModel {
        token_hash: Set(sha256_hex(&token)),
        purpose: Set(Word(LinkPurpose::SupplierClaim)),
        person_id: Set(None),
        email: Set(Some(member.email.clone())),
        procurement_id: Set(Some(invitation.procurement_id)),
        invitation_id: Set(Some(invitation.id)),
        created_at: Set(w.now()),
        expires_at: Set(w.now() + CLAIM_LIFETIME),
        used_at: Set(None),
    };
    one_time_link::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(token)
}

/// Ends the links of a bidder's team, or those of one address in it, that were not used.
pub(super) async fn end(w: &Writing, invitation: Uuid, email: Option<&str>) -> Result<(), Refusal> {
    let mut unused = one_time_link::Entity::update_many()
        .col_expr(one_time_link::Column::UsedAt, Expr::value(w.now()))
        .filter(one_time_link::Column::InvitationId.eq(invitation))
        .filter(one_time_link::Column::UsedAt.is_null());
    if let Some(email) = email {
        unused = unused.filter(one_time_link::Column::Email.eq(email));
    }
    unused.exec(w.txn()).await?;
    Ok(())
}

/// Turns a claim link into the durable secret of the address it was sent to. The link is then used up, and an older secret of
/// this address stops working; those of its colleagues work on.
pub async fn claim(w: &Writing, token: &str) -> Result<Claimed, Refusal> {
    let gone = || {
        Refusal::conflict(
            "link_used",
            "This link does not work any more. Ask for a new one on the tender’s page.",
        )
    };
    let hash = sha256_hex(token.trim());
    let link = one_time_link::Entity::find_by_id(hash.clone()).one(w.txn()).await?;
    let id = link.and_then(|link| link.invitation_id).ok_or_else(gone)?;
    // Locked before the link is used up: whoever takes it back at the same time comes before or after, never between.
    let row = invitation::Entity::find_by_id(id).lock_exclusive().one(w.txn()).await?.ok_or_else(gone)?;
    let link = password::use_link(w, &hash, &[LinkPurpose::SupplierClaim]).await?;
    let email = link.email.unwrap_or_default();
    let member = member::at(w, row.id, &email).await?.ok_or_else(gone)?;
    if row.expires_at <= w.now() || member.removed_at.is_some() {
        return Err(gone());
    }
    let secret = new_secret()?;
    invitation_member::Entity::update_many()
        .col_expr(invitation_member::Column::SecretHash, Expr::value(sha256_hex(&secret)))
        .col_expr(
            invitation_member::Column::ClaimedAt,
            Expr::value(member.claimed_at.unwrap_or_else(|| w.now())),
        )
        .filter(invitation_member::Column::Id.eq(member.id))
        .exec(w.txn())
        .await?;
    if row.claimed_at.is_none() {
        invitation::Entity::update_many()
            .col_expr(invitation::Column::ClaimedAt, Expr::value(w.now()))
            .filter(invitation::Column::Id.eq(row.id))
            .exec(w.txn())
            .await?;
    }
    let body = json!({ "member": member.id, "replaces_a_secret": member.secret_hash.is_some() });
    w.record(Record::new(row.procurement_id, "bidding.invitation.claim", row.id, body).sealed());
    let supplier = supplier_of(w, row.supplier_id).await?;
    let tender = tender::of_id(w, row.procurement_id).await?;
    Ok(Claimed {
        secret,
        expires_at: row.expires_at,
        supplier: supplier.name,
        reference: tender.pack.reference,
    })
}
