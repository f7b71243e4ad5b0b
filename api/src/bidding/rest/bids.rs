//! Bids, as officers read them after the opening.

use entity::{bid_answer, bid_response};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::words::AnswerOrigin;
use uuid::Uuid;

use super::WorkbookFinding;
use super::submissions::SubmittedFile;
use crate::bidding::bid::{self, BidView, OpenedBid};
use crate::bidding::confidential::Because;
use crate::bidding::correction::Price;
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Bids.
pub struct Operations;

/// A bid in the list.
#[derive(Object)]
struct BidSummary {
    id: Uuid,
    /// Its place in lists, drawn by lot.
    position: i32,
    supplier_id: Uuid,
    supplier: String,
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
    received_at: String,
    /// SHA-256 of the submission's manifest.
    manifest_hash: String,
}

impl From<OpenedBid> for BidSummary {
    fn from(opened: OpenedBid) -> Self {
        Self {
            id: opened.bid.id,
            position: opened.bid.position,
            supplier_id: opened.supplier.id,
            supplier: opened.supplier.name,
            ppon: opened.supplier.ppon,
            received_at: rfc3339(opened.submission.received_at),
            manifest_hash: opened.submission.manifest_hash,
        }
    }
}

/// The text that answers a question.
#[derive(Object)]
struct BidAnswer {
    /// The question's code.
    question: String,
    text: String,
    /// `workbook`, or `typed` on the supplier's page.
    origin: String,
    /// Where it stands in the workbook; left out where it was typed.
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
}

impl From<bid_answer::Model> for BidAnswer {
    fn from(row: bid_answer::Model) -> Self {
        let in_workbook = row.origin.0 == AnswerOrigin::Workbook;
        Self {
            question: row.question,
            text: row.text,
            origin: row.origin.0.to_string(),
            sheet: in_workbook.then_some(row.sheet),
            cell: in_workbook.then_some(row.cell),
        }
    }
}

/// A response to a requirement.
#[derive(Object)]
struct BidResponse {
    /// The requirement's code.
    requirement: String,
    /// `F`, `C`, `P`, `X`, `T`, `R` or `N`.
    code: String,
    comment: String,
    /// Where it stands in the workbook.
    sheet: String,
    cell: String,
}

impl From<bid_response::Model> for BidResponse {
    fn from(row: bid_response::Model) -> Self {
        Self {
            requirement: row.requirement,
            code: row.code.0.to_string(),
            comment: row.comment,
            sheet: row.sheet,
            cell: row.cell,
        }
    }
}

/// An answer to a price line.
#[derive(Object)]
struct BidPrice {
    /// The code of the line, or of the row of one of its volume bands, such as `P01-T2`.
    line: String,
    /// `priced`, `included` or `not_offered`.
    offer: String,
    /// Pounds for a unit, net, as it counts: with its corrections.
    #[oai(skip_serializing_if_is_none)]
    unit_price: Option<String>,
    /// Pounds for a unit as it was submitted; only where it was corrected.
    #[oai(skip_serializing_if_is_none)]
    submitted_unit_price: Option<String>,
    /// Where it stands in the workbook.
    sheet: String,
    cell: String,
}

impl From<Price> for BidPrice {
    fn from(price: Price) -> Self {
        let unit_price = price.unit_price().map(|unit| unit.to_string());
        let submitted_unit_price = price.before().map(|unit| unit.to_string());
        let row = price.submitted;
        Self {
            line: row.line,
            offer: row.offer.0.to_string(),
            unit_price,
            submitted_unit_price,
            sheet: row.sheet,
            cell: row.cell,
        }
    }
}

/// What a bidder marked as confidential of its answer to a question, and why.
#[derive(Object)]
struct BidConfidential {
    /// The question's code.
    question: String,
    /// Why the text is confidential, where it is marked.
    #[oai(skip_serializing_if_is_none)]
    answer_because: Option<String>,
    /// Why the document is confidential, where it is marked.
    #[oai(skip_serializing_if_is_none)]
    document_because: Option<String>,
}

impl From<(String, Because)> for BidConfidential {
    fn from((question, because): (String, Because)) -> Self {
        Self { question, answer_because: because.answer, document_because: because.document }
    }
}

/// A bid as far as the caller may see it.
#[derive(Object)]
struct WholeBid {
    bid: BidSummary,
    answers: Vec<BidAnswer>,
    /// What the bidder marked as confidential: think of it before anything of it is told to others (PA23 s.94).
    confidential: Vec<BidConfidential>,
    responses: Vec<BidResponse>,
    /// The lots whose quality is locked: their prices are here, those of others are not.
    priced_lots: Vec<String>,
    prices: Vec<BidPrice>,
    /// The documents; the workbook too once every lot's quality is locked.
    files: Vec<SubmittedFile>,
    findings: Vec<WorkbookFinding>,
    /// The parts that somebody still reads for prices, by the question’s code, or `responses` for the comments on requirements:
    /// nothing of them is here.
    held: Vec<String>,
}

impl From<BidView> for WholeBid {
    fn from(view: BidView) -> Self {
        Self {
            bid: view.opened.into(),
            answers: view.answers.into_iter().map(BidAnswer::from).collect(),
            confidential: view.confidential.into_iter().map(BidConfidential::from).collect(),
            responses: view.responses.into_iter().map(BidResponse::from).collect(),
            priced_lots: view.priced_lots,
            prices: view.prices.into_iter().map(BidPrice::from).collect(),
            files: view.files.into_iter().map(SubmittedFile::from).collect(),
            findings: view.findings.into_iter().map(WorkbookFinding::from).collect(),
            held: view.held,
        }
    }
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the bids, in the order that was drawn. Nothing shows before the opening.
    #[oai(path = "/procurements/:procurement_id/bids", method = "get", operation_id = "bid_list")]
    async fn bid_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<BidSummary>> {
        let path = format!("/api/v1/procurements/{}/bids", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(bid::list(&r, procurement_id.0, &paging).await?.map(BidSummary::from))
        })
        .await
    }

    /// One bid: answers, responses, documents, and the prices of lots whose quality is locked.
    #[oai(path = "/procurements/:procurement_id/bids/:bid_id", method = "get", operation_id = "bid_view")]
    async fn bid_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        bid_id: Path<Uuid>,
    ) -> Reply<WholeBid> {
        call.read(move |r| async move { Ok(bid::one(&r, procurement_id.0, bid_id.0).await?.into()) }).await
    }

    /// A file of a bid, as it was received.
    #[oai(
        path = "/procurements/:procurement_id/bids/:bid_id/documents/:file_id",
        method = "get",
        operation_id = "bid_document_download"
    )]
    async fn bid_document_download(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        file_id: Path<Uuid>,
    ) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move {
                bid::document(&r, procurement_id.0, bid_id.0, file_id.0).await
            })
            .await;
        file.map(Download::from).into()
    }
}
