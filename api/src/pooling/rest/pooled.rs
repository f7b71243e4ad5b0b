//! The pooled list through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::requirements::Requirement;
use crate::http::{Created, Page, Reply, Signed};
use crate::pooling::agreement::{self, Agreement, Agreements};
use crate::pooling::pooled::{self, PooledInput, PooledView};

/// The operations on it.
pub struct Operations;

/// The agreed wording that requirements were merged into.
#[derive(Object)]
struct PooledRequirement {
    id: Uuid,
    /// Its number.
    code: String,
    text: String,
    #[oai(rename = "type")]
    kind: String,
    moscow: String,
    /// The response codes that meet it.
    accepted: Vec<String>,
    /// Whether an answer with another code disqualifies a bid.
    disqualifies: bool,
    /// Every requirement that was merged into it.
    sources: Vec<Requirement>,
    version: i64,
}

impl From<PooledView> for PooledRequirement {
    fn from(view: PooledView) -> Self {
        Self {
            accepted: view.accepted().into_iter().map(str::to_owned).collect(),
            disqualifies: view.disqualifies(),
            id: view.pooled.id,
            code: view.pooled.code,
            text: view.pooled.text,
            kind: view.pooled.kind.0.to_string(),
            moscow: view.pooled.moscow.0.to_string(),
            sources: view.sources.into_iter().map(Requirement::from).collect(),
            version: view.pooled.version,
        }
    }
}

/// What is entered about a pooled requirement.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PooledRequirementBody {
    text: String,
    #[oai(rename = "type")]
    kind: String,
    moscow: String,
    /// The response codes that meet it (`F`, `C`, `P`, `X`, `T`, `R`). Where there are any, another answer disqualifies.
    #[oai(default)]
    accepted: Vec<String>,
}

impl From<PooledRequirementBody> for PooledInput {
    fn from(body: PooledRequirementBody) -> Self {
        Self { text: body.text, kind: body.kind, moscow: body.moscow, accepted: body.accepted }
    }
}

/// What is entered about a new pooled requirement.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MergeBody {
    text: String,
    #[oai(rename = "type")]
    kind: String,
    moscow: String,
    /// The response codes that meet it.
    #[oai(default)]
    accepted: Vec<String>,
    /// The requirements to merge into it; none for a new one that no council asked for by itself.
    #[oai(default)]
    requirement_ids: Vec<Uuid>,
}

/// Requirements to add to the sources of a pooled one.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SourcesBody {
    requirement_ids: Vec<Uuid>,
}

/// How the councils stand to the pooled list.
#[derive(Object)]
struct AgreementList {
    /// The number of the list as it is now.
    pool_version: i64,
    /// How many pooled requirements it has.
    pooled: u64,
    /// How many requirements of all councils are not in it yet.
    not_pooled: u64,
    /// Each council that has accepted its part, the lead first.
    councils: Vec<CouncilAgreement>,
}

/// How one council stands to the pooled list.
#[derive(Object)]
struct CouncilAgreement {
    council_id: Uuid,
    /// The council's name.
    council: String,
    /// `lead`, `core` or `named_option`.
    part: String,
    /// The list it agreed last.
    #[oai(skip_serializing_if_is_none)]
    agreed_pool_version: Option<i64>,
    /// Whether that is the list as it is now.
    agrees: bool,
    /// How many requirements it has entered.
    requirements: u64,
    /// How many of them are not in the pooled list yet.
    not_pooled: u64,
}

impl From<Agreement> for CouncilAgreement {
    fn from(agreement: Agreement) -> Self {
        Self {
            council_id: agreement.council_id,
            council: agreement.council,
            part: agreement.part.to_string(),
            agreed_pool_version: agreement.agreed_pool_version,
            agrees: agreement.agrees,
            requirements: agreement.requirements,
            not_pooled: agreement.not_pooled,
        }
    }
}

impl From<Agreements> for AgreementList {
    fn from(state: Agreements) -> Self {
        Self {
            pool_version: state.pool_version,
            pooled: state.pooled,
            not_pooled: state.not_pooled(),
            councils: state.councils.into_iter().map(CouncilAgreement::from).collect(),
        }
    }
}

/// A council's agreement.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AgreementBody {
    /// The number of the list that was read.
    pool_version: i64,
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// The pooled list in its order, each requirement with its sources.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements",
        method = "get",
        operation_id = "pooled_requirement_list"
    )]
    async fn pooled_requirement_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PooledRequirement>> {
        let path = format!("/api/v1/procurements/{}/pooled-requirements", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(pooled::list(&r, procurement_id.0, &paging).await?.map(PooledRequirement::from))
        })
        .await
    }

    /// Merge requirements into a new pooled one, or add one without sources. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements",
        method = "post",
        operation_id = "pooled_requirement_merge"
    )]
    async fn pooled_requirement_merge(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<MergeBody>,
    ) -> Created<PooledRequirement> {
        let MergeBody { text, kind, moscow, accepted, requirement_ids } = body.0;
        let input = PooledInput { text, kind, moscow, accepted };
        call.create(key.0, move |w| async move {
            Ok(pooled::merge(&w, procurement_id.0, requirement_ids, input).await?.into())
        })
        .await
    }

    /// One pooled requirement with its sources.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements/:pooled_id",
        method = "get",
        operation_id = "pooled_requirement_view"
    )]
    async fn pooled_requirement_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        pooled_id: Path<Uuid>,
    ) -> Reply<PooledRequirement> {
        call.read(move |r| async move { Ok(pooled::one(&r, procurement_id.0, pooled_id.0).await?.into()) })
            .await
    }

    /// Change wording, type, importance or accepted response codes. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements/:pooled_id",
        method = "put",
        operation_id = "pooled_requirement_change"
    )]
    async fn pooled_requirement_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        pooled_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<PooledRequirementBody>,
    ) -> Reply<PooledRequirement> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(pooled::change(&w, procurement_id.0, pooled_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Remove a pooled requirement; its sources are then not yet pooled. The coordinator only. Answers with what it was.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements/:pooled_id",
        method = "delete",
        operation_id = "pooled_requirement_remove"
    )]
    async fn pooled_requirement_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        pooled_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<PooledRequirement> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(pooled::remove(&w, procurement_id.0, pooled_id.0, seen).await?.into())
        })
        .await
    }

    /// Add requirements to the sources of a pooled one. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements/:pooled_id/sources",
        method = "post",
        operation_id = "pooled_requirement_attach"
    )]
    async fn pooled_requirement_attach(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        pooled_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<SourcesBody>,
    ) -> Reply<PooledRequirement> {
        let ids = body.0.requirement_ids;
        call.change(if_match.0, move |w, seen| async move {
            Ok(pooled::attach(&w, procurement_id.0, pooled_id.0, seen, ids).await?.into())
        })
        .await
    }

    /// Take a source out of a pooled requirement. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/pooled-requirements/:pooled_id/sources/:requirement_id",
        method = "delete",
        operation_id = "pooled_requirement_detach"
    )]
    async fn pooled_requirement_detach(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        pooled_id: Path<Uuid>,
        requirement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<PooledRequirement> {
        call.change(if_match.0, move |w, seen| async move {
            let source = requirement_id.0;
            Ok(pooled::detach(&w, procurement_id.0, pooled_id.0, seen, source).await?.into())
        })
        .await
    }

    /// Who has agreed which list, and whose requirements are not in it yet.
    #[oai(path = "/procurements/:procurement_id/agreements", method = "get", operation_id = "agreement_list")]
    async fn agreement_list(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<AgreementList> {
        call.read(move |r| async move { Ok(agreement::state(&r, procurement_id.0).await?.into()) }).await
    }

    /// Agree the pooled list for the caller's council, by the number of the list that was read.
    #[oai(
        path = "/procurements/:procurement_id/agreements",
        method = "post",
        operation_id = "agreement_make"
    )]
    async fn agreement_make(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<AgreementBody>,
    ) -> Reply<AgreementList> {
        let seen = body.0.pool_version;
        call.act(
            key.0,
            move |w| async move { Ok(agreement::agree(&w, procurement_id.0, seen).await?.into()) },
        )
        .await
    }
}
