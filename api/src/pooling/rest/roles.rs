//! People's parts in a procurement, through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::pooling::role::{self as roles, Candidate, Held, RoleInput};

/// The operations on people's parts.
pub struct Operations;

/// A part that a person has in a procurement.
#[derive(Object)]
struct HeldRole {
    id: Uuid,
    /// `coordinator`, `panel_member`, `moderator`, `opener`, `approver` or `observer`.
    role: String,
    person_id: Uuid,
    person_name: String,
    email: String,
    /// The council the person belongs to or was attached by.
    #[oai(skip_serializing_if_is_none)]
    council_id: Option<Uuid>,
    council_name: String,
    given_at: String,
}

impl From<Held> for HeldRole {
    fn from(held: Held) -> Self {
        let Candidate { person, council } = held.candidate;
        Self {
            id: held.role.id,
            role: held.role.role.0.to_string(),
            person_id: person.id,
            person_name: person.name,
            email: person.email,
            council_id: person.council_id,
            council_name: council,
            given_at: rfc3339(held.role.created_at),
        }
    }
}

/// A person to whom a part can be given.
#[derive(Object)]
struct RoleCandidate {
    person_id: Uuid,
    name: String,
    email: String,
    council_name: String,
    /// Attached to panels without being an officer.
    outsider: bool,
}

impl From<Candidate> for RoleCandidate {
    fn from(candidate: Candidate) -> Self {
        Self {
            person_id: candidate.person.id,
            name: candidate.person.name,
            email: candidate.person.email,
            council_name: candidate.council,
            outsider: candidate.person.outsider,
        }
    }
}

/// Which part is given to whom.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RoleBody {
    person_id: Uuid,
    /// `coordinator`, `panel_member`, `moderator`, `opener`, `approver` or `observer`.
    role: String,
}

/// A part that was taken back.
#[derive(Object)]
struct TakenRole {
    id: Uuid,
    role: String,
    person_id: Uuid,
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// List who has which part, in the order in which they were given.
    #[oai(path = "/procurements/:procurement_id/roles", method = "get", operation_id = "role_list")]
    async fn role_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<HeldRole>> {
        let path = format!("/api/v1/procurements/{}/roles", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(roles::list(&r, procurement_id.0, &paging).await?.map(HeldRole::from))
        })
        .await
    }

    /// List the people to whom parts can be given, by address. Coordinators, and administrators for their own council.
    #[oai(
        path = "/procurements/:procurement_id/role-candidates",
        method = "get",
        operation_id = "role_candidate_list"
    )]
    async fn role_candidate_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<RoleCandidate>> {
        let path = format!("/api/v1/procurements/{}/role-candidates", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(roles::candidates(&r, procurement_id.0, &paging).await?.map(RoleCandidate::from))
        })
        .await
    }

    /// Give a part to a person. Coordinators; approvers also by their own council's administrator.
    #[oai(path = "/procurements/:procurement_id/roles", method = "post", operation_id = "role_give")]
    async fn role_give(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<RoleBody>,
    ) -> Created<HeldRole> {
        let input = RoleInput { person_id: body.0.person_id.to_string(), role: body.0.role };
        call.create(key.0, move |w| async move { Ok(roles::give(&w, procurement_id.0, input).await?.into()) })
            .await
    }

    /// Take a part back. Whoever may give it may; at least one coordinator remains.
    #[oai(
        path = "/procurements/:procurement_id/roles/:role_id",
        method = "delete",
        operation_id = "role_take_back"
    )]
    async fn role_take_back(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        role_id: Path<Uuid>,
    ) -> Reply<TakenRole> {
        call.act(None, move |w| async move {
            let taken = roles::take_back(&w, procurement_id.0, role_id.0).await?;
            Ok(TakenRole { id: taken.id, role: taken.role.0.to_string(), person_id: taken.person_id })
        })
        .await
    }
}
