//! What was understood of a supplier's workbook and words, line by line.

use importers::bid::BidReading;
use poem_openapi::param::{Header, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use rules::exact::Exact;
use rules::money::Volume;

use super::super::WorkbookFinding;
use super::super::drafts::{LotRead, MissingAnswers};
use super::place;
use crate::bidding::draft::readback::{self, AnswerBack, LineBack, LotBack, ResponseBack};
use crate::bidding::draft::try_workbook;
use crate::http::tags::Tag;
use crate::http::{Reply, Signed};

/// Reading back.
pub struct Operations;

/// A price line as it was understood. A line with volume bands shows once for each.
#[derive(Object)]
struct ReadPrice {
    /// The code of the line, or of the band's row, such as `P01-T2`.
    line: String,
    description: String,
    unit: String,
    /// `one_off` or `recurring`.
    #[oai(skip_serializing_if_is_none)]
    charge: Option<String>,
    /// `required`, `mandatory_option` or `optional`.
    obligation: String,
    /// `priced`, `included` or `not_offered`; left out where the line is not answered.
    #[oai(skip_serializing_if_is_none)]
    offer: Option<String>,
    /// Pounds for a unit, net.
    #[oai(skip_serializing_if_is_none)]
    unit_price: Option<String>,
    /// How many units over the term are priced, all councils together.
    #[oai(skip_serializing_if_is_none)]
    volume: Option<String>,
    /// Unit price times volume, in pounds, net.
    #[oai(skip_serializing_if_is_none)]
    total: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
}

impl From<LineBack> for ReadPrice {
    fn from(line: LineBack) -> Self {
        let (sheet, cell, _) = place(line.place);
        Self {
            line: line.line,
            description: line.description,
            unit: line.unit,
            charge: line.charge.map(|charge| charge.to_string()),
            obligation: line.obligation.to_string(),
            offer: line.offer.map(|offer| offer.to_string()),
            unit_price: line.unit_price.map(|price| price.to_string()),
            volume: line.volume.as_ref().map(units),
            total: line.total.map(|total| total.to_string()),
            sheet,
            cell,
        }
    }
}

/// An exact number of units as a decimal, or as a fraction where it is none.
fn units(quantity: &Exact) -> String {
    Volume::round(quantity).map_or_else(|_| quantity.to_string(), |volume| volume.to_string())
}

/// A question with its answer as it was understood.
#[derive(Object)]
struct ReadAnswer {
    /// The question's code.
    question: String,
    title: String,
    /// The text that counts.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    words: u32,
    #[oai(skip_serializing_if_is_none)]
    word_limit: Option<u32>,
    /// Whether the text was typed on the page; otherwise it stands in the workbook.
    typed: bool,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
    /// The name of the document that counts beside the text, or instead of one.
    #[oai(skip_serializing_if_is_none)]
    document: Option<String>,
}

impl From<AnswerBack> for ReadAnswer {
    fn from(answer: AnswerBack) -> Self {
        let (sheet, cell, typed) = place(answer.place);
        Self {
            question: answer.question,
            title: answer.title,
            text: answer.text,
            words: answer.words,
            word_limit: answer.word_limit,
            typed,
            sheet,
            cell,
            document: answer.document,
        }
    }
}

/// A requirement with its response as it was understood.
#[derive(Object)]
struct ReadResponse {
    /// The requirement's code.
    requirement: String,
    /// What is asked.
    text: String,
    /// `F`, `C`, `P`, `X`, `T`, `R` or `N`; left out where there is no response.
    #[oai(skip_serializing_if_is_none)]
    code: Option<String>,
    comment: String,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
}

impl From<ResponseBack> for ReadResponse {
    fn from(response: ResponseBack) -> Self {
        let (sheet, cell, _) = place(response.place);
        Self {
            requirement: response.requirement,
            text: response.text,
            code: response.code.map(|code| code.to_string()),
            comment: response.comment,
            sheet,
            cell,
        }
    }
}

/// A lot as it was understood.
#[derive(Object)]
struct ReadLot {
    title: String,
    /// Its counts and the total that is read back.
    read: LotRead,
    prices: Vec<ReadPrice>,
    answers: Vec<ReadAnswer>,
}

impl From<LotBack> for ReadLot {
    fn from(lot: LotBack) -> Self {
        Self {
            title: lot.title,
            read: lot.read.into(),
            prices: lot.lines.into_iter().map(ReadPrice::from).collect(),
            answers: lot.answers.into_iter().map(ReadAnswer::from).collect(),
        }
    }
}

/// All that was understood, line by line.
#[derive(Object)]
struct ReadBack {
    lots: Vec<ReadLot>,
    responses: Vec<ReadResponse>,
    /// The totals of the lots that are bid for, together, in pounds, net; left out while one of them has none.
    #[oai(skip_serializing_if_is_none)]
    total: Option<String>,
    /// Prices, responses and questions that are answered.
    answered: usize,
    /// Lines that are not optional, requirements and questions without an answer, in the lots that are bid for.
    unanswered: usize,
}

impl From<readback::ReadBack> for ReadBack {
    fn from(back: readback::ReadBack) -> Self {
        Self {
            lots: back.lots.into_iter().map(ReadLot::from).collect(),
            responses: back.responses.into_iter().map(ReadResponse::from).collect(),
            total: back.total.map(|total| total.to_string()),
            answered: back.answered,
            unanswered: back.unanswered,
        }
    }
}

/// A workbook that was tried and not kept.
#[derive(Object)]
struct TriedWorkbook {
    /// Whether a finding of error severity would have to be confirmed when submitting.
    has_errors: bool,
    missing: MissingAnswers,
    findings: Vec<WorkbookFinding>,
    read_back: ReadBack,
}

impl From<(BidReading, readback::ReadBack)> for TriedWorkbook {
    fn from((reading, back): (BidReading, readback::ReadBack)) -> Self {
        Self {
            has_errors: reading.has_errors(),
            missing: reading.missing.into(),
            findings: reading.findings.into_iter().map(WorkbookFinding::from).collect(),
            read_back: back.into(),
        }
    }
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// What was understood of the uploaded workbook, with what is typed and the documents: each price with its cell,
    /// volume and line total, each answer and response with its cell, the total of each lot and of all. Suppliers only.
    #[oai(path = "/supplier/read-back", method = "get", operation_id = "supplier_read_back_view")]
    async fn supplier_read_back_view(&self, Signed(call): Signed) -> Reply<ReadBack> {
        call.read(|r| async move { Ok(readback::own(&r).await?.into()) }).await
    }

    /// Check a filled-in workbook without keeping it: what it would be as a bid, together with what is typed and the
    /// documents. As often as wanted; nothing is changed. Suppliers only.
    #[oai(path = "/supplier/workbook/trials", method = "post", operation_id = "supplier_workbook_try")]
    async fn supplier_workbook_try(
        &self,
        Signed(call): Signed,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Reply<TriedWorkbook> {
        match try_workbook(&call.db, &call.caller, &name.0, body.0).await {
            Err(refusal) => Reply::refuse(refusal),
            Ok(tried) if key.0.is_some() => {
                call.act(key.0, |_| async move { Ok(TriedWorkbook::from(tried)) }).await
            }
            Ok(tried) => call.read(|_| async move { Ok(TriedWorkbook::from(tried)) }).await,
        }
    }
}
