//! Invitations as the coordinator keeps them: those that officers made, under the names that officers gave, until the
//! opening shows who is there.

use chrono::{DateTime, Utc};
use entity::{invitation, supplier};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{address, link, member, named, supplier_of, suppliers_of};
use crate::bidding::{letters, tender};
use crate::kernel::clock::london_text;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing, access};
use rules::stage::Stage;

/// An invitation in the coordinator's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The invitation.
    pub id: Uuid,
    /// The supplier's name; before the opening the one that the officer entered.
    pub supplier: String,
    /// The address the link went to.
    pub email: String,
    /// Its public procurement organisation number; before the opening none is shown.
    pub ppon: Option<String>,
    /// Its number at Companies House; before the opening none is shown.
    pub companies_house: Option<String>,
    /// The officer who invited; none where the supplier asked by itself.
    pub invited_by: Option<Uuid>,
    /// When the invitation was made.
    pub created_at: DateTime<Utc>,
    /// When the link was used first; before the opening it is not told.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When the link was last taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the supplier's secret stops working.
    pub expires_at: DateTime<Utc>,
    /// Counts officers' changes.
    pub version: i64,
}

impl Listed {
    /// What an officer may know before the opening: what officers did.
    pub(super) fn before_opening(row: &invitation::Model) -> Self {
        Self {
            id: row.id,
            supplier: row.invited_as.clone().unwrap_or_default(),
            email: row.email.clone(),
            ppon: None,
            companies_house: None,
            invited_by: row.invited_by,
            created_at: row.created_at,
            claimed_at: None,
            revoked_at: row.revoked_at,
            expires_at: row.expires_at,
            version: row.version,
        }
    }

    fn after_opening(row: &invitation::Model, supplier: supplier::Model) -> Self {
        Self {
            supplier: supplier.name,
            ppon: supplier.ppon,
            companies_house: supplier.companies_house,
            claimed_at: row.claimed_at,
            ..Self::before_opening(row)
        }
    }
}

/// Notes that an officer invites, under this name.
pub(super) async fn enter(
    w: &Writing,
    row: invitation::Model,
    officer: Uuid,
    name: &str,
) -> Result<(invitation::Model, supplier::Model), Refusal> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::InvitedBy, Expr::value(row.invited_by.unwrap_or(officer)))
        .col_expr(invitation::Column::InvitedAs, Expr::value(name))
        .filter(invitation::Column::Id.eq(row.id))
        .exec(w.txn())
        .await?;
    let row = one(w, row.procurement_id, row.id).await?;
    let supplier = supplier_of(w, row.supplier_id).await?;
    Ok((row, supplier))
}

/// Who was invited, oldest first; from the opening on also who asked for a link by itself. Coordinators may see it. It
/// never says who submitted.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Listed>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    scope.must_coordinate()?;
    let mut query = invitation::Entity::find().filter(invitation::Column::ProcurementId.eq(procurement_id));
    if !scope.is_opened() {
        query = query.filter(invitation::Column::InvitedBy.is_not_null());
    }
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(invitation::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(invitation::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    if !scope.is_opened() {
        return Ok(slice.map(|row| Listed::before_opening(&row)));
    }
    let suppliers = suppliers_of(r, slice.items.iter().map(|row| row.supplier_id)).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        items.push(Listed::after_opening(&row, named(&suppliers, row.supplier_id)?));
    }
    Ok(Slice { items, next: slice.next })
}

/// Takes a link back that went astray: it, and every secret of the team that came of it, stop working at once. The team is
/// the invited address alone again, because whoever had the link may have added others or removed that one; all are told
/// why. What was submitted stays in the tender box, and the address may ask for a fresh link: nobody who may tender is kept
/// from it by one officer (PA23 s.20(2)(a)). Coordinators may, with a reason, before the deadline.
pub async fn revoke(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    reason: &str,
) -> Result<Listed, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    let tender = tender::of(w, scope.procurement).await?;
    if tender.has_passed(w.clock().await?) {
        return Err(Refusal::conflict(
            "deadline_passed",
            format!("The deadline was {}. From then on no link is taken back.", london_text(tender.deadline)),
        ));
    }
    let row = one(w, procurement_id, id).await?;
    let mut faults = Faults::new();
    let reason = faults.text("reason", reason, 2000);
    faults.done()?;
    let changed = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(w.now()))
        .col_expr(invitation::Column::Version, Expr::value(seen + 1))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    link::end(w, id, None).await?;
    let supplier = supplier_of(w, row.supplier_id).await?.name;
    for member in member::begin_anew(w, &row).await? {
        let named = if member == row.email { row.invited_as.as_deref() } else { None };
        let recipient = address::recipient(&row, &member);
        letters::revoked(w, &tender, (&row, recipient), (named.unwrap_or(&supplier), &reason)).await?;
    }
    let record = Record::new(procurement_id, "bidding.invitation.revoke", id, json!({}));
    w.record(record.because(reason));
    Ok(Listed::before_opening(&one(w, procurement_id, id).await?))
}

/// An invitation that officers know of.
async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<invitation::Model, Refusal> {
    invitation::Entity::find_by_id(id)
        .filter(invitation::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .filter(|row| row.invited_by.is_some())
        .ok_or_else(|| Refusal::not_found("invitation"))
}
