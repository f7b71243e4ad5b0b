//! Results: the ranking of a lot, and the very bytes that were hashed.

use std::collections::BTreeMap;

use entity::result;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::correction::PriceCorrection;
use rules::record::moved::Stood;
use rules::record::{BidResult, Points, Reason};
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Created, Page, Reply, Signed};
use crate::kernel::Refusal;
use crate::kernel::clock::rfc3339;
use crate::scoring::bundle;
use crate::scoring::moved::{self, Since};
use crate::scoring::result::{self as results, Computed};

/// The operations about results.
pub struct Operations;

impl From<bundle::Bundle> for Download {
    fn from(bundle: bundle::Bundle) -> Self {
        Self { name: bundle.name, media_type: "application/zip".to_owned(), bytes: bundle.bytes }
    }
}

/// A stored result.
#[derive(Object)]
struct StoredResult {
    id: Uuid,
    lot_id: Uuid,
    /// 1 for the first; older ones are kept.
    revision: i32,
    /// SHA-256 of the body.
    hash: String,
    /// SHA-256 of the marks, prices and response codes it was computed from.
    inputs_hash: String,
    computed_at: String,
    computed_by: Uuid,
}

impl From<result::Model> for StoredResult {
    fn from(row: result::Model) -> Self {
        Self {
            id: row.id,
            lot_id: row.lot_id,
            revision: row.revision,
            hash: row.hash,
            inputs_hash: row.inputs_hash,
            computed_at: rfc3339(row.computed_at),
            computed_by: row.computed_by,
        }
    }
}

/// Points as published and exact.
#[derive(Object)]
struct ResultPoints {
    /// With the method's decimals.
    rounded: String,
    /// The reduced fraction.
    exact: String,
}

impl From<Points> for ResultPoints {
    fn from(points: Points) -> Self {
        Self { rounded: points.rounded, exact: points.exact.to_string() }
    }
}

/// Why a bid is not ranked.
#[derive(Object)]
struct ExclusionReason {
    code: String,
    /// The code of the requirement, line, question or lot that caused it.
    place: String,
    message: String,
}

impl From<Reason> for ExclusionReason {
    fn from(reason: Reason) -> Self {
        Self { code: reason.code, place: reason.place, message: reason.message }
    }
}

/// A correction of a unit price that is in a bid's price.
#[derive(Object)]
struct RankedBidCorrection {
    correction_id: String,
    /// The price line's code.
    line: String,
    /// Pounds for a unit before.
    before: String,
    /// Pounds for a unit after.
    after: String,
}

impl From<PriceCorrection> for RankedBidCorrection {
    fn from(row: PriceCorrection) -> Self {
        Self {
            correction_id: row.id,
            line: row.line,
            before: row.before.to_string(),
            after: row.after.to_string(),
        }
    }
}

/// One bid in a result.
#[derive(Object)]
struct RankedBid {
    bid_id: String,
    supplier: String,
    /// Left out where the bid is not ranked.
    #[oai(skip_serializing_if_is_none)]
    rank: Option<u32>,
    #[oai(skip_serializing_if_is_none)]
    total: Option<ResultPoints>,
    #[oai(skip_serializing_if_is_none)]
    quality: Option<ResultPoints>,
    #[oai(skip_serializing_if_is_none)]
    price_points: Option<ResultPoints>,
    /// Pounds over the term, net.
    #[oai(skip_serializing_if_is_none)]
    price: Option<String>,
    /// Each council's part of the price, by its name; pounds, net.
    council_prices: BTreeMap<String, String>,
    /// The corrections in that price, in the order in which they were approved.
    corrections: Vec<RankedBidCorrection>,
    /// The marks of record, by question.
    marks: BTreeMap<String, String>,
    /// `withdrawn`, `disregarded`, `failed` or `below_min_quality`, where the bid is not ranked.
    #[oai(skip_serializing_if_is_none)]
    exclusion: Option<String>,
    reasons: Vec<ExclusionReason>,
}

impl From<BidResult> for RankedBid {
    fn from(bid: BidResult) -> Self {
        let councils = bid.price.as_ref().map_or(&[] as &[_], |price| price.councils.as_slice());
        Self {
            council_prices: councils
                .iter()
                .map(|council| (council.name.clone(), council.price.to_string()))
                .collect(),
            marks: bid
                .criteria
                .iter()
                .filter_map(|(code, points)| Some((code.clone(), points.mark.clone()?)))
                .collect(),
            corrections: bid.corrections.into_iter().map(RankedBidCorrection::from).collect(),
            bid_id: bid.bid,
            supplier: bid.supplier,
            rank: bid.rank,
            total: bid.total.map(ResultPoints::from),
            quality: bid.quality.map(ResultPoints::from),
            price_points: bid.price_points.map(ResultPoints::from),
            price: bid.price.map(|price| price.total.to_string()),
            exclusion: bid.exclusion.map(|word| word.to_string()),
            reasons: bid.reasons.into_iter().map(ExclusionReason::from).collect(),
        }
    }
}

/// A result and what it says. Its body has every line.
#[derive(Object)]
struct LotRanking {
    result: StoredResult,
    lot_code: String,
    pack_hash: String,
    method_hash: String,
    quality_weight: String,
    price_weight: String,
    bids: Vec<RankedBid>,
    /// The id of the one bid of rank 1, if it is one.
    #[oai(skip_serializing_if_is_none)]
    winner: Option<String>,
    /// The ids of the bids of rank 1 where they are several.
    unresolved_tie: Vec<String>,
    /// What readers should know, as sentences.
    warnings: Vec<String>,
}

impl From<Computed> for LotRanking {
    fn from(computed: Computed) -> Self {
        let Computed { row, result } = computed;
        Self {
            result: row.into(),
            lot_code: result.lot_code,
            pack_hash: result.pack_hash,
            method_hash: result.method_hash,
            quality_weight: result.quality_weight,
            price_weight: result.price_weight,
            bids: result.bids.into_iter().map(RankedBid::from).collect(),
            winner: result.winner,
            unresolved_tie: result.unresolved_tie,
            warnings: result.warnings.into_iter().map(|warning| warning.message).collect(),
        }
    }
}

/// How a bid stands in a result.
#[derive(Object)]
struct BidStanding {
    #[oai(skip_serializing_if_is_none)]
    rank: Option<u32>,
    /// Why it is not ranked, if so.
    #[oai(skip_serializing_if_is_none)]
    exclusion: Option<String>,
    /// As published.
    #[oai(skip_serializing_if_is_none)]
    total: Option<String>,
    /// As published.
    #[oai(skip_serializing_if_is_none)]
    quality: Option<String>,
    /// The evaluated price in pounds.
    #[oai(skip_serializing_if_is_none)]
    price: Option<String>,
}

impl From<Stood> for BidStanding {
    fn from(stood: Stood) -> Self {
        Self {
            rank: stood.rank,
            exclusion: stood.exclusion.map(|exclusion| exclusion.to_string()),
            total: stood.total,
            quality: stood.quality,
            price: stood.price.map(|price| price.to_string()),
        }
    }
}

/// What moved of one bid since the result before.
#[derive(Object)]
struct BidMoved {
    bid_id: String,
    supplier: String,
    #[oai(skip_serializing_if_is_none)]
    before: Option<BidStanding>,
    #[oai(skip_serializing_if_is_none)]
    after: Option<BidStanding>,
    /// Why, in sentences.
    because: Vec<String>,
}

/// What moved since the result before.
#[derive(Object)]
struct ResultMoved {
    /// The result before.
    from_result_id: Uuid,
    from_revision: i32,
    #[oai(skip_serializing_if_is_none)]
    winner_before: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    winner_after: Option<String>,
    /// The bids of which anything moved.
    bids: Vec<BidMoved>,
}

impl From<Since> for ResultMoved {
    fn from(since: Since) -> Self {
        let (winner_before, winner_after) = since.moved.winner;
        let bids = since.moved.bids.into_iter().map(|bid| BidMoved {
            because: moved::told(&bid),
            bid_id: bid.bid,
            supplier: bid.supplier,
            before: bid.before.map(BidStanding::from),
            after: bid.after.map(BidStanding::from),
        });
        Self {
            from_result_id: since.before.id,
            from_revision: since.before.revision,
            winner_before,
            winner_after,
            bids: bids.collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// List the results of a lot, newest first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/results",
        method = "get",
        operation_id = "result_list"
    )]
    async fn result_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<StoredResult>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/results", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(results::list(&r, procurement_id.0, lot_id.0, &paging).await?.map(StoredResult::from))
        })
        .await
    }

    /// Compute the result of a lot whose quality is locked. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/results",
        method = "post",
        operation_id = "result_compute"
    )]
    async fn result_compute(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
    ) -> Created<LotRanking> {
        call.create(key.0, move |w| async move {
            Ok(results::compute(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }

    /// One result.
    #[oai(
        path = "/procurements/:procurement_id/results/:result_id",
        method = "get",
        operation_id = "result_view"
    )]
    async fn result_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        result_id: Path<Uuid>,
    ) -> Reply<LotRanking> {
        call.read(move |r| async move { Ok(results::one(&r, procurement_id.0, result_id.0).await?.into()) })
            .await
    }

    /// What moved since the lot's result before, and why. There is nothing of it for a lot's first result.
    #[oai(
        path = "/procurements/:procurement_id/results/:result_id/moved",
        method = "get",
        operation_id = "result_moved"
    )]
    async fn result_moved(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        result_id: Path<Uuid>,
    ) -> Reply<ResultMoved> {
        call.read(move |r| async move {
            let since = moved::since(&r, procurement_id.0, result_id.0).await?;
            since.map(ResultMoved::from).ok_or_else(|| Refusal::not_found("earlier result"))
        })
        .await
    }

    /// The result's body: the very bytes that were hashed.
    #[oai(
        path = "/procurements/:procurement_id/results/:result_id/body",
        method = "get",
        operation_id = "result_body"
    )]
    async fn result_body(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        result_id: Path<Uuid>,
    ) -> FileReply {
        let found = call
            .db
            .read(&call.caller, move |r| async move { results::one(&r, procurement_id.0, result_id.0).await })
            .await;
        FileReply::from(found.map(|computed| Download {
            name: format!("result-{}-{}.json", computed.result.lot_code, computed.row.revision),
            media_type: "application/json".to_owned(),
            bytes: computed.row.body.into_bytes(),
        }))
    }

    /// The evidence of the results, as one signed archive: packs, submissions' hashes, marks, marks of record, declarations,
    /// results with what they were computed from, and the ledger. `commonlot verify` checks it and computes the results
    /// again. For the coordinator and observers, once the quality of every lot is locked.
    #[oai(
        path = "/procurements/:procurement_id/evidence.zip",
        method = "get",
        operation_id = "evidence_download"
    )]
    async fn evidence_download(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> FileReply {
        let found = call
            .db
            .read(&call.caller, move |r| async move { bundle::export(&r, procurement_id.0).await })
            .await;
        FileReply::from(found.map(Download::from))
    }
}
