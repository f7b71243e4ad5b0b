//! Councils in a procurement, through the API.

use entity::participation;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::money::Pence;
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::pooling::participation::{self as participations, CouncilPart, InviteInput, UndertakingInput};

/// The operations on councils' parts.
pub struct Operations;

/// A council's part in a procurement.
#[derive(Object)]
struct Participation {
    id: Uuid,
    council_id: Uuid,
    /// `lead`, `core` or `named_option`.
    part: String,
    /// `invited`, `accepted` or `declined`.
    state: String,
    /// The power by which it lets the lead act.
    #[oai(skip_serializing_if_is_none)]
    instrument: Option<String>,
    /// The minute or reference of the delegation.
    #[oai(skip_serializing_if_is_none)]
    minute: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    delegated_on: Option<String>,
    /// The last day of the delegation.
    #[oai(skip_serializing_if_is_none)]
    delegation_expires_on: Option<String>,
    /// The most the delegation covers, in pounds without VAT.
    #[oai(skip_serializing_if_is_none)]
    delegation_cap_net: Option<String>,
    /// Whether the lead may also decide the award for it.
    delegates_award: bool,
    /// `firm` or `indicative`.
    #[oai(skip_serializing_if_is_none)]
    commitment: Option<String>,
    /// The most it will spend over the term, in pounds without VAT.
    #[oai(skip_serializing_if_is_none)]
    ceiling_net: Option<String>,
    /// Its share of costs that no volume divides.
    shared_cost_weight: String,
    /// The number of the pooled list that it agreed.
    #[oai(skip_serializing_if_is_none)]
    agreed_pool_version: Option<i64>,
    version: i64,
}

impl From<participation::Model> for Participation {
    fn from(row: participation::Model) -> Self {
        Self {
            id: row.id,
            council_id: row.council_id,
            part: row.part.0.to_string(),
            state: row.state.0.to_string(),
            instrument: row.instrument.map(|word| word.0.to_string()),
            minute: row.minute,
            delegated_on: row.delegated_on.map(|day| day.to_string()),
            delegation_expires_on: row.delegation_expires_on.map(|day| day.to_string()),
            delegation_cap_net: row.delegation_cap_pence.map(|pence| Pence(pence).to_string()),
            delegates_award: row.delegates_award,
            commitment: row.commitment.map(|word| word.0.to_string()),
            ceiling_net: row.ceiling_pence.map(|pence| Pence(pence).to_string()),
            shared_cost_weight: row.shared_cost_weight,
            agreed_pool_version: row.agreed_pool_version,
            version: row.version,
        }
    }
}

/// A council and its part in a procurement.
#[derive(Object)]
struct Partner {
    #[oai(flatten)]
    participation: Participation,
    /// The council's name.
    council_name: String,
}

impl From<CouncilPart> for Partner {
    fn from(one: CouncilPart) -> Self {
        Self { participation: one.part.into(), council_name: one.council.name }
    }
}

/// Which council is invited, and to what.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PartnerInvitationBody {
    council_id: Uuid,
    /// `core` or `named_option`.
    part: String,
}

/// What a council promises. The lead, which delegates to nobody, leaves out the delegation.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct UndertakingBody {
    /// The power by which it lets the lead act: `lga2000_s9ea`, `lga1972_s101`, `joint_committee`, `officer_scheme` or
    /// `agency_only`.
    instrument: Option<String>,
    /// The minute or reference of the delegation.
    minute: Option<String>,
    delegated_on: Option<String>,
    /// The last day of the delegation, if it ends.
    delegation_expires_on: Option<String>,
    /// The most the delegation covers, in pounds without VAT.
    delegation_cap_net: Option<String>,
    /// Whether the lead may also decide the award for it.
    #[oai(default)]
    delegates_award: bool,
    /// `firm` or `indicative`.
    commitment: String,
    /// The most it will spend over the term, in pounds without VAT. A named option may leave it out.
    ceiling_net: Option<String>,
    /// Its share of costs that no volume divides, a number from 0; 1 where it is left out.
    shared_cost_weight: Option<String>,
}

impl From<UndertakingBody> for UndertakingInput {
    fn from(body: UndertakingBody) -> Self {
        Self {
            instrument: body.instrument,
            minute: body.minute,
            delegated_on: body.delegated_on,
            delegation_expires_on: body.delegation_expires_on,
            delegation_cap_net: body.delegation_cap_net,
            delegates_award: body.delegates_award,
            commitment: body.commitment,
            ceiling_net: body.ceiling_net,
            shared_cost_weight: body.shared_cost_weight,
        }
    }
}

/// Why an invitation is declined.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DeclineBody {
    reason: Option<String>,
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// List the councils in a procurement, in the order in which they were invited.
    #[oai(
        path = "/procurements/:procurement_id/participations",
        method = "get",
        operation_id = "participation_list"
    )]
    async fn participation_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Partner>> {
        let path = format!("/api/v1/procurements/{}/participations", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(participations::list(&r, procurement_id.0, &paging).await?.map(Partner::from))
        })
        .await
    }

    /// Invite a council. Coordinators only; the council is told by mail.
    #[oai(
        path = "/procurements/:procurement_id/participations",
        method = "post",
        operation_id = "participation_invite"
    )]
    async fn participation_invite(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PartnerInvitationBody>,
    ) -> Created<Participation> {
        let input = InviteInput { council_id: body.0.council_id.to_string(), part: body.0.part };
        call.create(key.0, move |w| async move {
            Ok(participations::invite(&w, procurement_id.0, input).await?.into())
        })
        .await
    }

    /// The part of the caller's own council.
    #[oai(
        path = "/procurements/:procurement_id/participation",
        method = "get",
        operation_id = "participation_view"
    )]
    async fn participation_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
    ) -> Reply<Participation> {
        call.read(move |r| async move { Ok(participations::own(&r, procurement_id.0).await?.into()) }).await
    }

    /// Change what the caller's own council has promised. From publication on only the delegation can be renewed.
    #[oai(
        path = "/procurements/:procurement_id/participation",
        method = "put",
        operation_id = "participation_change"
    )]
    async fn participation_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<UndertakingBody>,
    ) -> Reply<Participation> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(participations::change(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Accept the invitation for the caller's own council.
    #[oai(
        path = "/procurements/:procurement_id/participation/accept",
        method = "post",
        operation_id = "participation_accept"
    )]
    async fn participation_accept(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<UndertakingBody>,
    ) -> Reply<Participation> {
        let input = body.0.into();
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(participations::accept(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Decline the invitation for the caller's own council. The procurement is then out of its reach.
    #[oai(
        path = "/procurements/:procurement_id/participation/decline",
        method = "post",
        operation_id = "participation_decline"
    )]
    async fn participation_decline(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<DeclineBody>,
    ) -> Reply<Participation> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let reason = body.0.reason.as_deref();
            Ok(participations::decline(&w, procurement_id.0, seen, reason).await?.into())
        })
        .await
    }
}
