//! Requirements through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::pooling::requirement::{self, Filter, RequirementInput, RequirementView};

/// The operations on them.
pub struct Operations;

/// What one council asks for, in its own words.
#[derive(Object)]
pub(super) struct Requirement {
    id: Uuid,
    council_id: Uuid,
    /// The council's name.
    council: String,
    /// The council's number for it.
    code: String,
    text: String,
    /// `functional`, `non_functional`, `integration`, `security`, `data`, `accessibility`, `support` or `exit`.
    #[oai(rename = "type")]
    kind: String,
    /// `must`, `should`, `could` or `wont`.
    moscow: String,
    rationale: String,
    /// The pooled requirement it was merged into.
    #[oai(skip_serializing_if_is_none)]
    pooled_id: Option<Uuid>,
    /// That one's number.
    #[oai(skip_serializing_if_is_none)]
    pooled_code: Option<String>,
    /// The council's own key for it.
    #[oai(skip_serializing_if_is_none)]
    external_ref: Option<String>,
    /// The sheet it was read from.
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    /// The cell its text was read from.
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
    created_at: String,
    version: i64,
}

impl From<RequirementView> for Requirement {
    fn from(view: RequirementView) -> Self {
        let row = view.requirement;
        Self {
            id: row.id,
            council_id: row.council_id,
            council: view.council,
            code: row.code,
            text: row.text,
            kind: row.kind.0.to_string(),
            moscow: row.moscow.0.to_string(),
            rationale: row.rationale,
            pooled_id: row.pooled_id,
            pooled_code: view.pooled_code,
            external_ref: row.external_ref,
            sheet: row.sheet,
            cell: row.cell,
            created_at: rfc3339(row.created_at),
            version: row.version,
        }
    }
}

/// What a council enters about a requirement.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RequirementBody {
    /// The council's number for it; the next free one, or the one it has, where it is left out.
    code: Option<String>,
    text: String,
    #[oai(rename = "type")]
    kind: String,
    moscow: String,
    rationale: Option<String>,
    /// The council's own key for it: unique among the council's requirements.
    external_ref: Option<String>,
}

impl From<RequirementBody> for RequirementInput {
    fn from(body: RequirementBody) -> Self {
        Self {
            code: body.code,
            text: body.text,
            kind: body.kind,
            moscow: body.moscow,
            rationale: body.rationale,
            external_ref: body.external_ref,
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// List the requirements of all councils, or of one, in the order in which they came.
    #[oai(
        path = "/procurements/:procurement_id/requirements",
        method = "get",
        operation_id = "requirement_list"
    )]
    async fn requirement_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        /// Those of one council.
        council_id: Query<Option<Uuid>>,
        /// Those in the pooled list (`true`), or those not in it yet (`false`).
        pooled: Query<Option<bool>>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Requirement>> {
        let filter = Filter { council_id: council_id.0, pooled: pooled.0 };
        let mut path = format!("/api/v1/procurements/{}/requirements", procurement_id.0);
        let asked = [
            filter.council_id.map(|id| format!("council_id={id}")),
            filter.pooled.map(|pooled| format!("pooled={pooled}")),
        ];
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        if !asked.is_empty() {
            path = format!("{path}?{}", asked.join("&"));
        }
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(requirement::list(&r, procurement_id.0, filter, &paging).await?.map(Requirement::from))
        })
        .await
    }

    /// Add a requirement of the caller's own council.
    #[oai(
        path = "/procurements/:procurement_id/requirements",
        method = "post",
        operation_id = "requirement_add"
    )]
    async fn requirement_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<RequirementBody>,
    ) -> Created<Requirement> {
        let (id, input) = (procurement_id.0, body.0.into());
        call.create(key.0, move |w| async move {
            let added = requirement::add(&w, id, input).await?;
            Ok(requirement::view(&w, added).await?.into())
        })
        .await
    }

    /// One requirement.
    #[oai(
        path = "/procurements/:procurement_id/requirements/:requirement_id",
        method = "get",
        operation_id = "requirement_view"
    )]
    async fn requirement_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        requirement_id: Path<Uuid>,
    ) -> Reply<Requirement> {
        call.read(move |r| async move {
            Ok(requirement::one(&r, procurement_id.0, requirement_id.0).await?.into())
        })
        .await
    }

    /// Change a requirement of the caller's own council.
    #[oai(
        path = "/procurements/:procurement_id/requirements/:requirement_id",
        method = "put",
        operation_id = "requirement_change"
    )]
    async fn requirement_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        requirement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<RequirementBody>,
    ) -> Reply<Requirement> {
        let (id, input) = (procurement_id.0, body.0.into());
        call.change(if_match.0, move |w, seen| async move {
            let changed = requirement::change(&w, id, requirement_id.0, seen, input).await?;
            Ok(requirement::view(&w, changed).await?.into())
        })
        .await
    }

    /// Remove a requirement of the caller's own council that is not in the pooled list. Answers with what it was.
    #[oai(
        path = "/procurements/:procurement_id/requirements/:requirement_id",
        method = "delete",
        operation_id = "requirement_remove"
    )]
    async fn requirement_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        requirement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Requirement> {
        let id = procurement_id.0;
        call.change(if_match.0, move |w, seen| async move {
            let was = requirement::remove(&w, id, requirement_id.0, seen).await?;
            Ok(requirement::view(&w, was).await?.into())
        })
        .await
    }
}
