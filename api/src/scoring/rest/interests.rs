//! Declarations of interest.

use entity::interest;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::Refusal;
use crate::kernel::clock::rfc3339;
use crate::scoring::interest::{self as interests, Declared, InterestInput};

/// The operations about interests.
pub struct Operations;

/// What a person declared of its interests.
#[derive(Object)]
struct Declaration {
    person_id: Uuid,
    /// `none`, `mitigated` or `barred`.
    interest: String,
    /// The interest and its mitigation, in words.
    detail: String,
    declared_at: String,
    version: i64,
}

impl From<interest::Model> for Declaration {
    fn from(row: interest::Model) -> Self {
        Self {
            person_id: row.person_id,
            interest: row.interest.0.to_string(),
            detail: row.detail,
            declared_at: rfc3339(row.declared_at),
            version: row.version,
        }
    }
}

/// A person with a part in the procurement.
#[derive(Object)]
struct DeclaredPerson {
    person_id: Uuid,
    name: String,
    council: String,
    roles: Vec<String>,
    /// What was declared, once it is.
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
            declaration: declared.declaration.map(Declaration::from),
        }
    }
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

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// List everybody with a part in the procurement and what they declared. The coordinator only.
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

    /// The caller's own declaration.
    #[oai(
        path = "/procurements/:procurement_id/interests/mine",
        method = "get",
        operation_id = "interest_view"
    )]
    async fn interest_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<Declaration> {
        call.read(move |r| async move {
            let own = interests::own(&r, procurement_id.0).await?;
            Ok(own.ok_or_else(|| Refusal::not_found("declaration"))?.into())
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
}
