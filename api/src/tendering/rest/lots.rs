//! Lots and the schedule lines in them through the API.

use entity::{lot, schedule_line};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::money::Pence;
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::Paging;
use crate::tendering::lot as lots;
use crate::tendering::lot::{LotInput, Placement};
use crate::tendering::price_model::ParametersInput;

/// The operations on lots.
pub struct Operations;

/// A part that can be awarded alone.
#[derive(Object)]
pub(super) struct Lot {
    id: Uuid,
    /// Its number, such as `L1`.
    code: String,
    title: String,
    description: String,
    /// Price's share of the total, in percent.
    price_weight: String,
    /// `benchmark_linear`, `lowest_over_bid`, `linear_from_lowest`, `linear_min_max` or `linear_mean`.
    formula: String,
    /// `benchmark_linear`: the net price in pounds at which all points are earned.
    #[oai(skip_serializing_if_is_none)]
    target: Option<String>,
    /// `benchmark_linear`: the net price in pounds at which none are.
    #[oai(skip_serializing_if_is_none)]
    ceiling: Option<String>,
    /// `linear_from_lowest`: the multiple of the lowest price at which no points are left.
    #[oai(skip_serializing_if_is_none)]
    k: Option<String>,
    /// `linear_mean`: the share of the points that the mean price earns.
    #[oai(skip_serializing_if_is_none)]
    base: Option<String>,
    /// `linear_mean`: the share of the points that a price one mean away gains or loses.
    #[oai(skip_serializing_if_is_none)]
    slope: Option<String>,
    /// The least quality points to be ranked.
    #[oai(skip_serializing_if_is_none)]
    min_quality: Option<String>,
    version: i64,
}

impl From<lot::Model> for Lot {
    fn from(row: lot::Model) -> Self {
        let pounds = |pence: Option<i64>| pence.map(|pence| Pence(pence).to_string());
        Self {
            id: row.id,
            code: row.code,
            title: row.title,
            description: row.description,
            price_weight: row.price_weight,
            formula: row.formula.0.to_string(),
            target: pounds(row.target_pence),
            ceiling: pounds(row.ceiling_pence),
            k: row.k,
            base: row.base,
            slope: row.slope,
            min_quality: row.min_quality,
            version: row.version,
        }
    }
}

/// What is entered about a lot.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct LotBody {
    code: String,
    title: String,
    #[oai(default)]
    description: String,
    price_weight: String,
    /// `benchmark_linear`, `lowest_over_bid`, `linear_from_lowest`, `linear_min_max` or `linear_mean`.
    formula: String,
    /// `benchmark_linear`, in pounds.
    target: Option<String>,
    /// `benchmark_linear`, in pounds.
    ceiling: Option<String>,
    /// `linear_from_lowest`, above 1.
    k: Option<String>,
    /// `linear_mean`, 0 to 1; 1/2 if left out.
    base: Option<String>,
    /// `linear_mean`, above 0; 1 if left out.
    slope: Option<String>,
    min_quality: Option<String>,
}

impl From<LotBody> for LotInput {
    fn from(body: LotBody) -> Self {
        let LotBody { code, title, description, price_weight, formula, min_quality, .. } = body;
        let parameters = ParametersInput {
            target: body.target,
            ceiling: body.ceiling,
            k: body.k,
            base: body.base,
            slope: body.slope,
        };
        Self { code, title, description, price_weight, formula, parameters, min_quality }
    }
}

/// A schedule line and the lot it is in.
#[derive(Object)]
struct PlacedLine {
    id: Uuid,
    /// Its number, such as `P01`.
    code: String,
    description: String,
    /// The lot; none while it is in no lot.
    #[oai(skip_serializing_if_is_none)]
    lot_id: Option<Uuid>,
    version: i64,
}

impl From<schedule_line::Model> for PlacedLine {
    fn from(row: schedule_line::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            description: row.description,
            lot_id: row.lot_id,
            version: row.version,
        }
    }
}

/// Where one schedule line shall be.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PlacementItem {
    line_id: Uuid,
    /// The version of the line as it was read.
    version: i64,
    /// The lot; leave it out to take the line out of its lot.
    lot_id: Option<Uuid>,
}

/// Where schedule lines shall be.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PlacementsBody {
    #[oai(validator(max_items = 500))]
    placements: Vec<PlacementItem>,
}

/// Schedule lines as they are placed now.
#[derive(Object)]
struct PlacedLines {
    lines: Vec<PlacedLine>,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List a procurement's lots in their order.
    #[oai(path = "/procurements/:procurement_id/lots", method = "get", operation_id = "lot_list")]
    async fn lot_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Lot>> {
        let path = format!("/api/v1/procurements/{}/lots", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            Ok(lots::list(&r, procurement_id.0, &paging).await?.map(Lot::from))
        })
        .await
    }

    /// Add a lot. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/lots", method = "post", operation_id = "lot_add")]
    async fn lot_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<LotBody>,
    ) -> Created<Lot> {
        let input = body.0.into();
        call.create(key.0, move |w| async move { Ok(lots::add(&w, procurement_id.0, input).await?.into()) })
            .await
    }

    /// One lot.
    #[oai(path = "/procurements/:procurement_id/lots/:lot_id", method = "get", operation_id = "lot_view")]
    async fn lot_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<Lot> {
        call.read(move |r| async move { Ok(lots::one(&r, procurement_id.0, lot_id.0).await?.into()) }).await
    }

    /// Change a lot. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/lots/:lot_id", method = "put", operation_id = "lot_change")]
    async fn lot_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<LotBody>,
    ) -> Reply<Lot> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(lots::change(&w, procurement_id.0, lot_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Remove a lot that holds no criteria and no schedule lines. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id",
        method = "delete",
        operation_id = "lot_remove"
    )]
    async fn lot_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Lot> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(lots::remove(&w, procurement_id.0, lot_id.0, seen).await?.into())
        })
        .await
    }

    /// List the schedule lines with the lots they are in.
    #[oai(path = "/procurements/:procurement_id/placements", method = "get", operation_id = "placement_list")]
    async fn placement_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PlacedLine>> {
        let path = format!("/api/v1/procurements/{}/placements", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            let lines = lots::lines(&r, procurement_id.0).await?;
            Ok(paging.cut_whole(lines, |line| line.id.to_string())?.map(PlacedLine::from))
        })
        .await
    }

    /// Put schedule lines into lots, all or none. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/placements", method = "post", operation_id = "placement_set")]
    async fn placement_set(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PlacementsBody>,
    ) -> Reply<PlacedLines> {
        let placements: Vec<Placement> = body
            .0
            .placements
            .into_iter()
            .map(|item| Placement { line_id: item.line_id, seen: item.version, lot_id: item.lot_id })
            .collect();
        call.act(key.0, move |w| async move {
            let placed = lots::place_lines(&w, procurement_id.0, &placements).await?;
            Ok(PlacedLines { lines: placed.into_iter().map(PlacedLine::from).collect() })
        })
        .await
    }
}
