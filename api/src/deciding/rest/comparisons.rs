//! The comparison through the API.

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::deciding::comparison::{self, Column, Matrix};
use crate::http::reply::{Download, FileReply};
use crate::http::{Reply, Signed};
use crate::kernel::clock::rfc3339;

/// The operations on comparisons.
pub struct Operations;

/// A lot's bids side by side. Without a result `missing` says what it waits for, and there is nothing else.
#[derive(Object)]
struct Comparison {
    lot_id: Uuid,
    lot_code: String,
    /// What is missing, until there is something to compare.
    #[oai(skip_serializing_if_is_none)]
    missing: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    figures: Option<Figures>,
}

/// The figures of a result, as published: points are rounded, marks as written on their scales.
#[derive(Object)]
struct Figures {
    result_id: Uuid,
    /// Which result of the lot it is.
    revision: i32,
    result_hash: String,
    inputs_hash: String,
    method_hash: String,
    pack_hash: String,
    computed_at: String,
    quality_weight: String,
    price_weight: String,
    /// How price becomes points.
    price_rule: String,
    /// What the ranking says.
    finding: String,
    warnings: Vec<String>,
    /// The bids in the order that was drawn.
    bids: Vec<ComparedBid>,
}

/// A bid in a comparison.
#[derive(Object)]
struct ComparedBid {
    bid_id: Uuid,
    supplier: String,
    /// Why it is not ranked.
    #[oai(skip_serializing_if_is_none)]
    exclusion: Option<String>,
    reasons: Vec<String>,
    #[oai(skip_serializing_if_is_none)]
    rank: Option<u32>,
    winner: bool,
    #[oai(skip_serializing_if_is_none)]
    total: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    quality: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    price_points: Option<String>,
    /// Without VAT, over the term.
    #[oai(skip_serializing_if_is_none)]
    price: Option<ComparedPrice>,
    criteria: Vec<ComparedCriterion>,
}

/// A price and its parts, in pounds without VAT.
#[derive(Object)]
struct ComparedPrice {
    net: String,
    one_off_net: String,
    recurring_net: String,
    /// Each council's part, to the penny; they sum to the price.
    councils: Vec<CouncilShare>,
}

/// A council's part of a price.
#[derive(Object)]
pub(super) struct CouncilShare {
    pub(super) council_id: String,
    pub(super) council: String,
    pub(super) net: String,
}

/// What a bid earned on a criterion.
#[derive(Object)]
struct ComparedCriterion {
    code: String,
    title: String,
    /// Of the lot's 100 points.
    weight: String,
    /// The agreed mark, for a question.
    #[oai(skip_serializing_if_is_none)]
    mark: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    points: Option<String>,
    /// The panel members' own marks by council.
    councils: Vec<CouncilMarks>,
    /// How many steps of the scale those are apart, where that is two or more.
    #[oai(skip_serializing_if_is_none)]
    steps_apart: Option<u32>,
}

/// The marks of a council's panel members.
#[derive(Object)]
struct CouncilMarks {
    council: String,
    marks: Vec<String>,
}

fn compared(matrix: &Matrix, at: usize, bid: &Column) -> ComparedBid {
    let criteria = matrix.criteria.iter().filter_map(|criterion| {
        let cell = criterion.cells.get(at)?;
        let councils = matrix.councils.iter().zip(&cell.councils);
        Some(ComparedCriterion {
            code: criterion.line.code.clone(),
            title: criterion.line.title.clone(),
            weight: criterion.line.weight.decimal(),
            mark: cell.mark.clone(),
            points: cell.points.clone(),
            councils: councils
                .map(|(council, marks)| CouncilMarks { council: council.clone(), marks: marks.clone() })
                .collect(),
            steps_apart: cell.apart.and_then(|steps| u32::try_from(steps).ok()),
        })
    });
    ComparedBid {
        bid_id: bid.bid_id,
        supplier: bid.supplier.clone(),
        exclusion: bid.exclusion.clone(),
        reasons: bid.reasons.clone(),
        rank: bid.rank,
        winner: bid.leads,
        total: bid.total.clone(),
        quality: bid.quality.clone(),
        price_points: bid.price_points.clone(),
        price: bid.price.as_ref().map(|price| ComparedPrice {
            net: price.total.to_string(),
            one_off_net: price.one_off.to_string(),
            recurring_net: price.recurring.to_string(),
            councils: price
                .councils
                .iter()
                .map(|part| CouncilShare {
                    council_id: part.council.clone(),
                    council: part.name.clone(),
                    net: part.price.to_string(),
                })
                .collect(),
        }),
        criteria: criteria.collect(),
    }
}

impl From<comparison::Comparison> for Comparison {
    fn from(found: comparison::Comparison) -> Self {
        let figures = found.matrix.as_ref().map(|matrix| Figures {
            result_id: matrix.result_id,
            revision: matrix.revision,
            result_hash: matrix.hash.clone(),
            inputs_hash: matrix.inputs_hash.clone(),
            method_hash: matrix.method_hash.clone(),
            pack_hash: matrix.pack_hash.clone(),
            computed_at: rfc3339(matrix.computed_at),
            quality_weight: matrix.quality_weight.clone(),
            price_weight: matrix.price_weight.clone(),
            price_rule: matrix.price_rule.clone(),
            finding: matrix.finding(),
            warnings: matrix.warnings.clone(),
            bids: matrix.bids.iter().enumerate().map(|(at, bid)| compared(matrix, at, bid)).collect(),
        });
        Self { lot_id: found.lot.id, lot_code: found.lot.code, missing: found.missing, figures }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Deciding")]
impl Operations {
    /// A lot's bids side by side: marks, points, prices to the penny by council, ranks.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/comparison",
        method = "get",
        operation_id = "comparison_view"
    )]
    async fn comparison_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<Comparison> {
        call.read(move |r| async move { Ok(comparison::view(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }

    /// The comparison as a spreadsheet.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/comparison/workbook",
        method = "get",
        operation_id = "comparison_export"
    )]
    async fn comparison_export(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> FileReply {
        let found =
            call.db
                .read(&call.caller, move |r| async move {
                    comparison::export(&r, procurement_id.0, lot_id.0).await
                })
                .await;
        FileReply::from(found.map(|(name, bytes)| Download {
            name,
            media_type: super::SPREADSHEET.to_owned(),
            bytes,
        }))
    }
}
