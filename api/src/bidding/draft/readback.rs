//! What was understood, read back line by line: each price with its cell, volume and line total, each answer and response with
//! its cell, the total of each lot and of all. So a bidder sees a price in the wrong row before the councils do.
//!
//! Prices go by the rows that suppliers price, a line's volume bands each for itself. A price that belongs to no row shows at
//! the end of the first lot rather than nowhere.

use importers::bid::{BidReading, LotReading, PriceAnswer};
use rules::demand::{self, LineAnswer};
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice};
use rules::pack::{Pack, PackLot};
use rules::schedule::PriceRow;
use rules::words::{Charge, Obligation, Offer, ResponseCode};

use super::view;
use crate::bidding::compartment::DraftFile;
use crate::kernel::{Reading, Refusal};

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the workbook: sheet and cell.
    Cell(String, String),
    /// Typed on the supplier's page.
    Page,
}

impl Place {
    /// A cell of the workbook.
    pub(super) fn cell(sheet: &str, cell: &str) -> Self {
        Self::Cell(sheet.to_owned(), cell.to_owned())
    }
}

/// The price of a line, or of one volume band of it, as it was understood; or a row without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineBack {
    /// The code of the line, or of the band's row.
    pub line: String,
    /// What is priced.
    pub description: String,
    /// The unit.
    pub unit: String,
    /// One-off or per year.
    pub charge: Option<Charge>,
    /// What suppliers owe on it.
    pub obligation: Obligation,
    /// What the bidder says; none where the line is not answered.
    pub offer: Option<Offer>,
    /// The price of one unit, net.
    pub unit_price: Option<UnitPrice>,
    /// How many units over the term are priced, all councils together.
    pub volume: Option<Exact>,
    /// Unit price times volume, rounded to pence.
    pub total: Option<Pence>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A question with its answer as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerBack {
    /// The question's code.
    pub question: String,
    /// Its title.
    pub title: String,
    /// The text that counts.
    pub text: Option<String>,
    /// How many words it has.
    pub words: u32,
    /// The longest answer, in words, if it is limited.
    pub word_limit: Option<u32>,
    /// Where the text stands.
    pub place: Option<Place>,
    /// The name of the document that counts beside the text, or instead of one.
    pub document: Option<String>,
}

/// A lot as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotBack {
    /// The lot's title.
    pub title: String,
    /// Its counts and total.
    pub read: LotReading,
    /// Its lines.
    pub lines: Vec<LineBack>,
    /// Its questions.
    pub answers: Vec<AnswerBack>,
}

/// A requirement with its response as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseBack {
    /// The requirement's code.
    pub requirement: String,
    /// What is asked.
    pub text: String,
    /// The response; none where there is none.
    pub code: Option<ResponseCode>,
    /// The comment; may be empty.
    pub comment: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// All that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// Lot by lot.
    pub lots: Vec<LotBack>,
    /// Requirement by requirement.
    pub responses: Vec<ResponseBack>,
    /// The totals of the lots that are bid for, together; none while one of them has no total.
    pub total: Option<Pence>,
    /// Prices, responses and questions that are answered.
    pub answered: usize,
    /// Lines that are not optional, requirements and questions without an answer, in the lots that are bid for.
    pub unanswered: usize,
}

/// What was understood of the workbook that the supplier has uploaded, together with what it typed; none without one.
pub async fn own(r: &Reading) -> Result<ReadBack, Refusal> {
    let drafts = view(r).await?;
    let (_, reading) = drafts.workbook.as_ref().ok_or_else(|| Refusal::not_found("workbook"))?;
    Ok(ReadBack::new(&drafts.tender.pack, reading, &drafts.documents))
}

impl ReadBack {
    /// Of a reading and the documents beside it.
    #[must_use]
    pub fn new(pack: &Pack, reading: &BidReading, documents: &[DraftFile]) -> Self {
        let mut lots: Vec<LotBack> = pack
            .lots
            .iter()
            .zip(&reading.lots)
            .map(|(lot, read)| LotBack {
                title: lot.title.clone(),
                read: read.clone(),
                lines: lot
                    .schedule
                    .iter()
                    .flat_map(|line| line.rows(pack))
                    .map(|row| line(pack, &row, reading))
                    .collect(),
                answers: answers(lot, reading, documents),
            })
            .collect();
        let known = |price: &&PriceAnswer| pack.lots.iter().any(|lot| lot.line_of_row(&price.line).is_some());
        let strays = reading.prices.iter().filter(|price| !known(price)).map(stray);
        if let Some(first) = lots.first_mut() {
            first.lines.extend(strays);
        }
        let missing = &reading.missing;
        let by_document = lots
            .iter()
            .flat_map(|lot| &lot.answers)
            .filter(|answer| answer.text.is_none() && answer.document.is_some())
            .count();
        Self {
            total: total(&reading.lots),
            answered: reading.prices.len() + reading.responses.len() + reading.answers.len() + by_document,
            unanswered: missing.prices.len()
                + missing.requirements.len()
                + missing.questions.len()
                + missing.documents.len(),
            responses: responses(pack, reading),
            lots,
        }
    }
}

fn total(lots: &[LotReading]) -> Option<Pence> {
    let mut bid_for = lots.iter().filter(|lot| lot.bid).peekable();
    bid_for.peek()?;
    bid_for.try_fold(Pence::ZERO, |sum, lot| sum.checked_add(lot.read_back_total?).ok())
}

/// A row of the schedule with the price that was read for it, or without one.
fn line(pack: &Pack, row: &PriceRow<'_>, reading: &BidReading) -> LineBack {
    let price = reading.prices.iter().find(|price| price.line == row.code);
    let answer = price.map(|price| LineAnswer { offer: price.offer, unit_price: price.unit_price });
    let cost = demand::row_cost(pack, row, answer.as_ref()).ok();
    LineBack {
        line: row.code.to_string(),
        description: row.description().into_owned(),
        unit: row.line.unit.clone(),
        charge: Some(row.line.charge),
        obligation: row.line.obligation(),
        offer: price.map(|price| price.offer),
        unit_price: price.and_then(|price| price.unit_price),
        volume: demand::quantity(pack, row),
        total: cost.and_then(|cost| Pence::round(&cost).ok()),
        place: price.map(|price| Place::cell(&price.sheet, &price.cell)),
    }
}

fn stray(price: &PriceAnswer) -> LineBack {
    LineBack {
        line: price.line.to_string(),
        description: String::new(),
        unit: String::new(),
        charge: None,
        obligation: Obligation::Optional,
        offer: Some(price.offer),
        unit_price: price.unit_price,
        volume: None,
        total: None,
        place: Some(Place::cell(&price.sheet, &price.cell)),
    }
}

fn answers(lot: &PackLot, reading: &BidReading, documents: &[DraftFile]) -> Vec<AnswerBack> {
    let answer = |node: &&rules::pack::PackCriterion| {
        let text = reading.answers.iter().find(|answer| answer.question == node.code);
        let place =
            text.map(|text| if text.typed { Place::Page } else { Place::cell(&text.sheet, &text.cell) });
        let document = documents.iter().find(|row| row.question.as_ref() == Some(&node.code));
        AnswerBack {
            question: node.code.clone(),
            title: node.title.clone(),
            text: text.map(|text| text.text.clone()),
            words: text.map_or(0, |text| text.words),
            word_limit: node.question.as_ref().and_then(|question| question.word_limit),
            place,
            document: document.map(|row| row.name.clone()),
        }
    };
    lot.questions().iter().map(answer).collect()
}

fn responses(pack: &Pack, reading: &BidReading) -> Vec<ResponseBack> {
    let response = |requirement: &rules::pack::PackRequirement| {
        let read = reading.responses.iter().find(|read| read.requirement == requirement.code);
        ResponseBack {
            requirement: requirement.code.clone(),
            text: requirement.text.clone(),
            code: read.map(|read| read.code),
            comment: read.map(|read| read.comment.clone()).unwrap_or_default(),
            place: read.map(|read| Place::cell(&read.sheet, &read.cell)),
        }
    };
    pack.requirements.iter().map(response).collect()
}
