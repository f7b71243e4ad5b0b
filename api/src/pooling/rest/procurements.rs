//! Procurements through the API.

use entity::procurement;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::pooling::procurement::{self as procurements, ProcurementInput};

/// The operations on procurements.
pub struct Operations;

/// A procurement.
#[derive(Object)]
struct Procurement {
    id: Uuid,
    /// Its public reference.
    reference: String,
    title: String,
    description: String,
    /// The procedure: `open`.
    route: String,
    /// Who signs: `each_signs` or `lead_for_all`.
    contracting_model: String,
    lead_council_id: Uuid,
    /// The length of the contract in years.
    term_years: i32,
    /// `pooling`, `tendering`, `published`, `scoring`, `deciding`, `awarded` or `contracted`.
    stage: String,
    /// The number of the pooled list as it stands; councils agree it by this number.
    pool_version: i64,
    /// When bids are late.
    #[oai(skip_serializing_if_is_none)]
    deadline_at: Option<String>,
    /// When the tender box was opened.
    #[oai(skip_serializing_if_is_none)]
    opened_at: Option<String>,
    /// The lead council's own key for it.
    #[oai(skip_serializing_if_is_none)]
    external_ref: Option<String>,
    created_at: String,
    version: i64,
}

impl From<procurement::Model> for Procurement {
    fn from(row: procurement::Model) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            title: row.title,
            description: row.description,
            route: row.route.0.to_string(),
            contracting_model: row.contracting_model.0.to_string(),
            lead_council_id: row.lead_council_id,
            term_years: row.term_years,
            stage: row.stage.0.to_string(),
            pool_version: row.pool_version,
            deadline_at: row.deadline_at.map(rfc3339),
            opened_at: row.opened_at.map(rfc3339),
            external_ref: row.external_ref,
            created_at: rfc3339(row.created_at),
            version: row.version,
        }
    }
}

/// A procurement, with the caller's part in it.
#[derive(Object)]
struct ProcurementView {
    #[oai(flatten)]
    procurement: Procurement,
    /// The caller's own roles.
    my_roles: Vec<String>,
    /// The part of the caller's council: `lead`, `core` or `named_option`.
    #[oai(skip_serializing_if_is_none)]
    my_councils_part: Option<String>,
    /// How far the caller's council has come in joining: `invited` or `accepted`.
    #[oai(skip_serializing_if_is_none)]
    my_councils_state: Option<String>,
}

/// What is entered about a procurement.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ProcurementBody {
    /// Its public reference, unique.
    reference: String,
    title: String,
    description: String,
    /// The procedure: `open`.
    route: String,
    /// Who signs: `each_signs` or `lead_for_all`.
    contracting_model: String,
    /// The length of the contract in whole years, 1 to 30.
    term_years: i32,
    /// The lead council's own key for it, unique among its procurements.
    external_ref: Option<String>,
}

impl From<ProcurementBody> for ProcurementInput {
    fn from(body: ProcurementBody) -> Self {
        Self {
            reference: body.reference,
            title: body.title,
            description: body.description,
            route: body.route,
            contracting_model: body.contracting_model,
            term_years: body.term_years.to_string(),
            external_ref: body.external_ref,
        }
    }
}

/// Why pooling is reopened.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ReopenBody {
    reason: String,
}

/// What keeps the specification from being agreed.
#[derive(Object)]
struct SpecificationMissing {
    /// Whether the pooled list is still empty.
    pooled_list_empty: bool,
    /// Lead and core councils that have not agreed the pooled list as it stands.
    councils_not_agreed: Vec<CouncilName>,
}

/// A council, by name.
#[derive(Object)]
struct CouncilName {
    id: Uuid,
    name: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// List the procurements that the caller reaches, newest first.
    #[oai(path = "/procurements", method = "get", operation_id = "procurement_list")]
    async fn procurement_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Procurement>> {
        call.list("/api/v1/procurements".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(procurements::list(&r, &paging).await?.map(Procurement::from))
        })
        .await
    }

    /// Open a procurement. Officers of councils only: the council leads it and the officer coordinates it.
    #[oai(path = "/procurements", method = "post", operation_id = "procurement_open")]
    async fn procurement_open(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ProcurementBody>,
    ) -> Created<Procurement> {
        let input = body.0.into();
        call.create(key.0, |w| async move { Ok(procurements::open(&w, input).await?.into()) }).await
    }

    /// One procurement, with the caller's part in it.
    #[oai(path = "/procurements/:procurement_id", method = "get", operation_id = "procurement_view")]
    async fn procurement_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
    ) -> Reply<ProcurementView> {
        call.read(move |r| async move {
            let scope = procurements::one(&r, procurement_id.0).await?;
            Ok(ProcurementView {
                my_roles: scope.roles.iter().map(ToString::to_string).collect(),
                my_councils_part: scope.participation.as_ref().map(|part| part.part.0.to_string()),
                my_councils_state: scope.participation.as_ref().map(|part| part.state.0.to_string()),
                procurement: scope.procurement.into(),
            })
        })
        .await
    }

    /// Change a procurement's particulars, until publication. Coordinators only.
    #[oai(path = "/procurements/:procurement_id", method = "put", operation_id = "procurement_change")]
    async fn procurement_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ProcurementBody>,
    ) -> Reply<Procurement> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(procurements::change(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }

    /// What keeps the specification from being agreed.
    #[oai(
        path = "/procurements/:procurement_id/specification/missing",
        method = "get",
        operation_id = "specification_missing"
    )]
    async fn specification_missing(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
    ) -> Reply<SpecificationMissing> {
        call.read(move |r| async move {
            let missing = procurements::missing(&r, procurement_id.0).await?;
            let councils = missing.councils.into_iter();
            Ok(SpecificationMissing {
                pooled_list_empty: missing.empty,
                councils_not_agreed: councils
                    .map(|one| CouncilName { id: one.council.id, name: one.council.name })
                    .collect(),
            })
        })
        .await
    }

    /// End pooling: every lead and core council has agreed the pooled list. Coordinators only; all councils are told.
    #[oai(
        path = "/procurements/:procurement_id/specification/agree",
        method = "post",
        operation_id = "specification_agree"
    )]
    async fn specification_agree(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Procurement> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(procurements::agree_specification(&w, procurement_id.0, seen).await?.into())
        })
        .await
    }

    /// Go back from tendering to pooling, with a reason. Coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/specification/reopen",
        method = "post",
        operation_id = "specification_reopen"
    )]
    async fn specification_reopen(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ReopenBody>,
    ) -> Reply<Procurement> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let reason = &body.0.reason;
            Ok(procurements::reopen_pooling(&w, procurement_id.0, seen, reason).await?.into())
        })
        .await
    }
}
