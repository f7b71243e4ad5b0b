//! Declarations of interest.

use entity::interest_clearance;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::tendering::interest::standing::Last;
use crate::tendering::interest::{self as interests, Declared, InterestInput, Version};

/// The operations about interests.
pub struct Operations;

/// One person's word that an interest does not stand in the way.
#[derive(Object)]
struct Clearance {
    person_id: Uuid,
    /// Why the mitigation is enough.
    detail: String,
    cleared_at: String,
}

impl From<interest_clearance::Model> for Clearance {
    fn from(row: interest_clearance::Model) -> Self {
        Self { person_id: row.person_id, detail: row.detail, cleared_at: rfc3339(row.cleared_at) }
    }
}

/// What a person declared of its interests.
#[derive(Object)]
struct Declaration {
    person_id: Uuid,
    /// `none`, `mitigated` or `barred`.
    interest: String,
    /// The interest and its mitigation, in words.
    detail: String,
    declared_at: String,
    /// Who recorded it: the person, or the coordinator who assessed it; left out where that was not kept.
    #[oai(skip_serializing_if_is_none)]
    declared_by: Option<Uuid>,
    /// Whether the bidders' names showed by then.
    bidders_known: bool,
    /// Whether two other people clear it before it opens anything.
    to_clear: bool,
    /// Who has cleared it, oldest first.
    clearances: Vec<Clearance>,
    version: i64,
}

impl From<Last> for Declaration {
    fn from(Last { row, clearances }: Last) -> Self {
        Self {
            person_id: row.person_id,
            interest: row.interest.0.to_string(),
            detail: row.detail,
            declared_at: rfc3339(row.declared_at),
            declared_by: row.declared_by,
            bidders_known: row.bidders_known,
            to_clear: row.to_clear,
            clearances: clearances.into_iter().map(Clearance::from).collect(),
            version: row.version,
        }
    }
}

impl From<Version> for Declaration {
    fn from(version: Version) -> Self {
        let clearances = version.clearances.into_iter().map(|(_, row)| row).collect();
        Last { row: version.row, clearances }.into()
    }
}

/// A person with a part in the procurement.
#[derive(Object)]
struct DeclaredPerson {
    person_id: Uuid,
    name: String,
    council: String,
    roles: Vec<String>,
    /// What its declarations open now: `undeclared`, `declare_again`, `to_clear`, `free` or `barred`.
    standing: String,
    /// What was declared last, once something is.
    #[oai(skip_serializing_if_is_none)]
    declaration: Option<Declaration>,
}

impl From<Declared> for DeclaredPerson {
    fn from(declared: Declared) -> Self {
        Self {
            person_id: declared.person.id,
            name: declared.person.name,
            council: declared.council,
            roles: declared.roles.iter().map(ToString::to_string).collect(),
            standing: declared.standing.to_string(),
            declaration: declared.last.map(Declaration::from),
        }
    }
}

/// The caller's own interests.
#[derive(Object)]
struct OwnInterests {
    /// What the declarations open now: `undeclared`, `declare_again`, `to_clear`, `free` or `barred`.
    standing: String,
    /// The suppliers whose bids were opened, by name: of these interests are declared again. Empty before the opening.
    bidders: Vec<String>,
    /// What was declared last, once something is.
    #[oai(skip_serializing_if_is_none)]
    declaration: Option<Declaration>,
    /// The version to name with the next declaration; 0 before the first.
    version: i64,
}

/// What is declared.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DeclarationBody {
    /// `none`, `mitigated` or `barred`.
    interest: String,
    /// The interest and its mitigation, in words; may be left out for `none`.
    #[oai(default)]
    detail: String,
}

impl From<DeclarationBody> for InterestInput {
    fn from(body: DeclarationBody) -> Self {
        Self { interest: body.interest, detail: body.detail }
    }
}

/// Why an interest does not stand in the way.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClearanceBody {
    /// Why the mitigation is enough.
    detail: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List everybody with a part in the procurement and what they declared last. Coordinators and approvers.
    #[oai(path = "/procurements/:procurement_id/interests", method = "get", operation_id = "interest_list")]
    async fn interest_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<DeclaredPerson>> {
        let path = format!("/api/v1/procurements/{}/interests", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(interests::list(&r, procurement_id.0, &paging).await?.map(DeclaredPerson::from))
        })
        .await
    }

    /// The caller's own last declaration, what it opens now, and the bidders once their names show.
    #[oai(
        path = "/procurements/:procurement_id/interests/mine",
        method = "get",
        operation_id = "interest_view"
    )]
    async fn interest_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<OwnInterests> {
        call.read(move |r| async move {
            let (last, standing) = interests::own(&r, procurement_id.0).await?;
            Ok(OwnInterests {
                standing: standing.to_string(),
                bidders: interests::bidders(&r, procurement_id.0).await?,
                version: last.as_ref().map_or(0, |last| last.row.version),
                declaration: last.map(Declaration::from),
            })
        })
        .await
    }

    /// Declare the caller's own interests. If-Match is the version seen, "0" for the first declaration.
    #[oai(
        path = "/procurements/:procurement_id/interests/mine",
        method = "put",
        operation_id = "interest_declare"
    )]
    async fn interest_declare(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<DeclarationBody>,
    ) -> Reply<Declaration> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(interests::declare(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Everything that was ever declared of one person's interests, newest first. Coordinators and approvers.
    #[oai(
        path = "/procurements/:procurement_id/interests/:person_id",
        method = "get",
        operation_id = "interest_versions"
    )]
    async fn interest_versions(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        person_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Declaration>> {
        let path = format!("/api/v1/procurements/{}/interests/{}", procurement_id.0, person_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(interests::versions(&r, procurement_id.0, person_id.0, &paging).await?.map(Declaration::from))
        })
        .await
    }

    /// Record what another person's interests are held to be, with the reason. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/interests/:person_id",
        method = "put",
        operation_id = "interest_assess"
    )]
    async fn interest_assess(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        person_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<DeclarationBody>,
    ) -> Reply<Declaration> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(interests::assess(&w, procurement_id.0, person_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Clear another person's interest, with the reason. Two coordinators or approvers do, each once. If-Match is the
    /// version of the declaration.
    #[oai(
        path = "/procurements/:procurement_id/interests/:person_id/clearances",
        method = "post",
        operation_id = "interest_clear"
    )]
    async fn interest_clear(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        person_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ClearanceBody>,
    ) -> Reply<Declaration> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(interests::clear(&w, procurement_id.0, person_id.0, seen, &body.0.detail).await?.into())
        })
        .await
    }
}
