//! Invitations, as the coordinator handles them.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::tenders::InvitationBody;
use crate::bidding::invitation;
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Invitations.
pub struct Operations;

/// An invitation. It never says whether the supplier has submitted.
#[derive(Object)]
struct SupplierInvitation {
    id: Uuid,
    /// Before the opening the name that the officer entered.
    supplier: String,
    email: String,
    /// Told after the opening.
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    companies_house: Option<String>,
    /// The officer who invited; absent where the supplier asked by itself.
    #[oai(skip_serializing_if_is_none)]
    invited_by: Option<Uuid>,
    created_at: String,
    /// When the link was used first, which verifies the address; told after the opening.
    #[oai(skip_serializing_if_is_none)]
    claimed_at: Option<String>,
    /// When the link was last taken back.
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<String>,
    expires_at: String,
    version: i64,
}

impl From<invitation::Listed> for SupplierInvitation {
    fn from(row: invitation::Listed) -> Self {
        Self {
            id: row.id,
            supplier: row.supplier,
            email: row.email,
            ppon: row.ppon,
            companies_house: row.companies_house,
            invited_by: row.invited_by,
            created_at: rfc3339(row.created_at),
            claimed_at: row.claimed_at.map(rfc3339),
            revoked_at: row.revoked_at.map(rfc3339),
            expires_at: rfc3339(row.expires_at),
            version: row.version,
        }
    }
}

/// An invited supplier.
#[derive(Object)]
struct InvitedSupplier {
    invitation: SupplierInvitation,
    /// The link to claim, told once and only where no mail server is set up.
    #[oai(skip_serializing_if_is_none)]
    link: Option<String>,
}

/// Why an invitation is taken back.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RevocationBody {
    reason: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List who was invited, oldest first; after the opening also who asked for a link by itself. Coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/invitations",
        method = "get",
        operation_id = "invitation_list"
    )]
    async fn invitation_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<SupplierInvitation>> {
        let path = format!("/api/v1/procurements/{}/invitations", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(invitation::list(&r, procurement_id.0, &paging).await?.map(SupplierInvitation::from))
        })
        .await
    }

    /// Invite a supplier, or send an invited one a fresh link. Coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/invitations",
        method = "post",
        operation_id = "invitation_invite"
    )]
    async fn invitation_invite(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<InvitationBody>,
    ) -> Created<InvitedSupplier> {
        let input = body.0.into();
        call.create(key.0, move |w| async move {
            let invited = invitation::invite(&w, procurement_id.0, input).await?;
            Ok(InvitedSupplier { invitation: invited.invitation.into(), link: invited.link })
        })
        .await
    }

    /// Take a link back, with a reason that the address is told. What was submitted stays in the tender box, and the
    /// address may ask again. Coordinators only, before the deadline.
    #[oai(
        path = "/procurements/:procurement_id/invitations/:invitation_id/revoke",
        method = "post",
        operation_id = "invitation_revoke"
    )]
    async fn invitation_revoke(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        invitation_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<RevocationBody>,
    ) -> Reply<SupplierInvitation> {
        let reason = body.0.reason;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(invitation::revoke(&w, procurement_id.0, invitation_id.0, seen, &reason).await?.into())
        })
        .await
    }
}
