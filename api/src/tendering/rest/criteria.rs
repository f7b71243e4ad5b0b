//! Criteria through the API.

use entity::criterion;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::Paging;
use crate::tendering::criterion as criteria;
use crate::tendering::criterion::{CriteriaTree, CriterionInput, CriterionNode, WeightInput};
use crate::tendering::exact_text;

/// The operations on criteria.
pub struct Operations;

/// A section or a question of a lot's quality.
#[derive(Object)]
struct Criterion {
    id: Uuid,
    lot_id: Uuid,
    /// The section it is in; none at the top.
    #[oai(skip_serializing_if_is_none)]
    parent_id: Option<Uuid>,
    /// Its number, such as `Q1`.
    code: String,
    title: String,
    /// Percent of its parent, or of quality at the top: a decimal, or a fraction such as `100/3`.
    weight: String,
    /// What is asked; none for a section.
    #[oai(skip_serializing_if_is_none)]
    question: Option<String>,
    /// The scale a question is marked on.
    #[oai(skip_serializing_if_is_none)]
    scale_id: Option<Uuid>,
    /// The longest short answer, in words.
    #[oai(skip_serializing_if_is_none)]
    word_limit: Option<i32>,
    /// The least mark with which a bid is still ranked.
    #[oai(skip_serializing_if_is_none)]
    minimum_mark: Option<String>,
    /// Whether a document may answer it.
    document: bool,
    version: i64,
}

impl From<criterion::Model> for Criterion {
    fn from(row: criterion::Model) -> Self {
        Self {
            id: row.id,
            lot_id: row.lot_id,
            parent_id: row.parent_id,
            code: row.code,
            title: row.title,
            weight: row.weight,
            question: row.question,
            scale_id: row.scale_id,
            word_limit: row.word_limit,
            minimum_mark: row.minimum_mark,
            document: row.document,
            version: row.version,
        }
    }
}

/// A criterion in its tree.
#[derive(Object)]
struct CriterionInTree {
    criterion: Criterion,
    /// How many sections it is inside of.
    depth: u64,
    /// Its share of the lot's total, in percent: a decimal, or an exact fraction.
    share_of_total: String,
    /// Sections: the sum of the weights directly below.
    #[oai(skip_serializing_if_is_none)]
    total_below: Option<String>,
    /// Sections: what that sum lacks to 100.
    #[oai(skip_serializing_if_is_none)]
    missing_below: Option<String>,
}

impl From<CriterionNode> for CriterionInTree {
    fn from(node: CriterionNode) -> Self {
        let section = node.row.question.is_none();
        Self {
            depth: node.depth as u64,
            share_of_total: exact_text(&node.share),
            total_below: section.then(|| exact_text(&node.total)),
            missing_below: section.then(|| exact_text(&node.missing)),
            criterion: node.row.into(),
        }
    }
}

/// What is entered about a criterion.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CriterionBody {
    parent_id: Option<Uuid>,
    code: String,
    title: String,
    weight: String,
    /// Leave it out for a section.
    question: Option<String>,
    scale_id: Option<Uuid>,
    word_limit: Option<i32>,
    minimum_mark: Option<String>,
    #[oai(default)]
    document: bool,
}

impl From<CriterionBody> for CriterionInput {
    fn from(body: CriterionBody) -> Self {
        Self {
            parent_id: body.parent_id,
            code: body.code,
            title: body.title,
            weight: body.weight,
            question: body.question,
            scale_id: body.scale_id,
            word_limit: body.word_limit.map(|words| words.to_string()),
            minimum_mark: body.minimum_mark,
            document: body.document,
        }
    }
}

/// A criterion's new weight.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CriterionWeight {
    criterion_id: Uuid,
    /// The version of the criterion as it was read.
    version: i64,
    /// Percent of its parent.
    weight: String,
}

/// New weights of a lot's criteria.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct WeightsBody {
    #[oai(validator(max_items = 500))]
    weights: Vec<CriterionWeight>,
}

/// The sums of a lot's weights.
#[derive(Object)]
struct WeightTotals {
    /// Quality's share of the lot's total, in percent.
    quality_weight: String,
    /// The sum of the weights at the top.
    total: String,
    /// What it lacks to 100.
    missing: String,
    /// The criteria, each before those below it.
    criteria: Vec<CriterionInTree>,
}

impl From<CriteriaTree> for WeightTotals {
    fn from(tree: CriteriaTree) -> Self {
        Self {
            quality_weight: exact_text(&tree.quality_weight),
            total: exact_text(&tree.total),
            missing: exact_text(&tree.missing),
            criteria: tree.nodes.into_iter().map(CriterionInTree::from).collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List a lot's criteria as a tree: each before those below it, with shares of the total and running totals.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/criteria",
        method = "get",
        operation_id = "criterion_list"
    )]
    async fn criterion_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<CriterionInTree>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/criteria", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            Ok(criteria::list(&r, procurement_id.0, lot_id.0, &paging).await?.map(CriterionInTree::from))
        })
        .await
    }

    /// Add a section or a question to a lot. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/criteria",
        method = "post",
        operation_id = "criterion_add"
    )]
    async fn criterion_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<CriterionBody>,
    ) -> Created<Criterion> {
        let input = body.0.into();
        call.create(key.0, move |w| async move {
            Ok(criteria::add(&w, procurement_id.0, lot_id.0, input).await?.into())
        })
        .await
    }

    /// Set the weights of several criteria of a lot, all or none. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/weights",
        method = "post",
        operation_id = "criterion_weigh"
    )]
    async fn criterion_weigh(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<WeightsBody>,
    ) -> Reply<WeightTotals> {
        let weights: Vec<WeightInput> = body
            .0
            .weights
            .into_iter()
            .map(|item| WeightInput {
                criterion_id: item.criterion_id,
                seen: item.version,
                weight: item.weight,
            })
            .collect();
        call.act(key.0, move |w| async move {
            Ok(criteria::weigh(&w, procurement_id.0, lot_id.0, &weights).await?.into())
        })
        .await
    }

    /// One criterion.
    #[oai(
        path = "/procurements/:procurement_id/criteria/:criterion_id",
        method = "get",
        operation_id = "criterion_view"
    )]
    async fn criterion_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        criterion_id: Path<Uuid>,
    ) -> Reply<Criterion> {
        call.read(
            move |r| async move { Ok(criteria::one(&r, procurement_id.0, criterion_id.0).await?.into()) },
        )
        .await
    }

    /// Change a criterion. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/criteria/:criterion_id",
        method = "put",
        operation_id = "criterion_change"
    )]
    async fn criterion_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        criterion_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<CriterionBody>,
    ) -> Reply<Criterion> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(criteria::change(&w, procurement_id.0, criterion_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Remove a question, or a section with nothing in it. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/criteria/:criterion_id",
        method = "delete",
        operation_id = "criterion_remove"
    )]
    async fn criterion_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        criterion_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Criterion> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(criteria::remove(&w, procurement_id.0, criterion_id.0, seen).await?.into())
        })
        .await
    }
}
