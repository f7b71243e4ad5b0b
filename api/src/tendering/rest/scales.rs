//! Scales through the API.

use entity::scale;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::{Paging, Refusal, Slice};
use crate::tendering::scale as scales;
use crate::tendering::scale::{MarkInput, ScaleInput};

/// The operations on scales.
pub struct Operations;

/// An allowed mark.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ScaleMark {
    /// The mark, a number not below zero.
    value: String,
    /// What it earns, in percent of the question's points; without it, value over the highest value.
    #[oai(skip_serializing_if_is_none)]
    percent: Option<String>,
    /// What a tender that earns it looks like.
    descriptor: String,
}

impl From<rules::scale::ScaleMark> for ScaleMark {
    fn from(mark: rules::scale::ScaleMark) -> Self {
        Self { value: mark.value, percent: mark.percent, descriptor: mark.descriptor }
    }
}

/// A set of allowed marks, lowest first.
#[derive(Object)]
struct MarkScale {
    id: Uuid,
    name: String,
    marks: Vec<ScaleMark>,
    version: i64,
}

impl TryFrom<scale::Model> for MarkScale {
    type Error = Refusal;

    fn try_from(row: scale::Model) -> Result<Self, Refusal> {
        let marks = scales::read(&row)?.marks.into_iter().map(ScaleMark::from).collect();
        Ok(Self { id: row.id, name: row.name, marks, version: row.version })
    }
}

/// What is entered about a scale.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MarkScaleBody {
    name: String,
    /// The marks, in any order.
    marks: Vec<ScaleMark>,
}

impl From<MarkScaleBody> for ScaleInput {
    fn from(body: MarkScaleBody) -> Self {
        let marks = body.marks.into_iter().map(|mark| MarkInput {
            value: mark.value,
            percent: mark.percent,
            descriptor: mark.descriptor,
        });
        Self { name: body.name, marks: marks.collect() }
    }
}

impl From<ScaleInput> for MarkScaleBody {
    fn from(input: ScaleInput) -> Self {
        let marks = input.marks.into_iter().map(|mark| ScaleMark {
            value: mark.value,
            percent: mark.percent,
            descriptor: mark.descriptor,
        });
        Self { name: input.name, marks: marks.collect() }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// Ready scales to begin with: send one to the list of scales, adapted or as it is.
    #[oai(path = "/starter-scales", method = "get", operation_id = "starter_scale_list")]
    async fn starter_scale_list(&self, Signed(call): Signed) -> Reply<Page<MarkScaleBody>> {
        call.list("/api/v1/starter-scales".to_owned(), None, None, |r, _| async move {
            r.caller().needs(crate::kernel::Action::Read)?;
            let items = scales::starters().into_iter().map(MarkScaleBody::from).collect();
            Ok(Slice { items, next: None })
        })
        .await
    }

    /// List a procurement's scales by name.
    #[oai(path = "/procurements/:procurement_id/scales", method = "get", operation_id = "scale_list")]
    async fn scale_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<MarkScale>> {
        let path = format!("/api/v1/procurements/{}/scales", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            let Slice { items, next } = scales::list(&r, procurement_id.0, &paging).await?;
            let items = items.into_iter().map(MarkScale::try_from).collect::<Result<_, _>>()?;
            Ok(Slice { items, next })
        })
        .await
    }

    /// Add a scale. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/scales", method = "post", operation_id = "scale_add")]
    async fn scale_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<MarkScaleBody>,
    ) -> Created<MarkScale> {
        let input = body.0.into();
        call.create(key.0, move |w| async move { scales::add(&w, procurement_id.0, input).await?.try_into() })
            .await
    }

    /// One scale.
    #[oai(
        path = "/procurements/:procurement_id/scales/:scale_id",
        method = "get",
        operation_id = "scale_view"
    )]
    async fn scale_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        scale_id: Path<Uuid>,
    ) -> Reply<MarkScale> {
        call.read(move |r| async move { scales::one(&r, procurement_id.0, scale_id.0).await?.try_into() })
            .await
    }

    /// Change a scale. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/scales/:scale_id",
        method = "put",
        operation_id = "scale_change"
    )]
    async fn scale_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        scale_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<MarkScaleBody>,
    ) -> Reply<MarkScale> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            scales::change(&w, procurement_id.0, scale_id.0, seen, input).await?.try_into()
        })
        .await
    }

    /// Remove a scale that no question is marked on. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/scales/:scale_id",
        method = "delete",
        operation_id = "scale_remove"
    )]
    async fn scale_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        scale_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<MarkScale> {
        call.change(if_match.0, move |w, seen| async move {
            scales::remove(&w, procurement_id.0, scale_id.0, seen).await?.try_into()
        })
        .await
    }
}
