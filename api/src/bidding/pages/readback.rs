//! Check my file: what was understood, line by line, and every finding; of the workbook that is kept, or of one that is only
//! tried.

use askama::Template;
use importers::bid::BidReading;
use poem::handler;
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice, Volume};
use rules::words::Obligation;

use super::supplier::{FindingRow, LotRow, finding_rows, lot_rows, missing_rows};
use super::{frame, stranger};
use crate::bidding::draft::readback::{LotBack, Place, ReadBack, ResponseBack};
use crate::bidding::draft::{self, Drafts};
use crate::http::shell::Shell;
use crate::http::texts::cell_text;
use crate::http::visit::page;
use crate::http::{PageResult, SupplierVisit};
use crate::kernel::clock::london_text;

/// Where something stands, as people read it; empty where nothing stands.
pub(super) fn place_text(place: Option<&Place>) -> String {
    match place {
        Some(Place::Cell(sheet, cell)) => cell_text(sheet, cell),
        Some(Place::Page) => "Typed on your page".to_owned(),
        None => String::new(),
    }
}

/// A price line as it was understood.
struct LineRow {
    line: String,
    description: String,
    tag: Option<&'static str>,
    offer: &'static str,
    price: String,
    volume: String,
    total: String,
    place: String,
}

/// A question with its answer as it was understood.
struct AnswerRow {
    question: String,
    title: String,
    text: Option<String>,
    words: String,
    place: String,
    document: Option<String>,
}

/// A lot as it was understood.
struct LotPart {
    code: String,
    told: String,
    lines: Vec<LineRow>,
    answers: Vec<AnswerRow>,
    total: Option<String>,
}

/// A requirement's response as it was understood.
struct ResponseRow {
    code: String,
    text: String,
    response: String,
    comment: String,
    place: String,
}

/// All that was understood.
struct ReadPart {
    kept: bool,
    has_errors: bool,
    answered: usize,
    unanswered: usize,
    responded: usize,
    requirements: usize,
    total: Option<String>,
    lots: Vec<LotRow>,
    parts: Vec<LotPart>,
    responses: Vec<ResponseRow>,
    missing: Vec<(&'static str, String)>,
    findings: Vec<FindingRow>,
}

#[derive(Template)]
#[template(path = "bidding/check.html")]
struct CheckPage {
    shell: Shell,
    read: Option<ReadPart>,
}

fn units(quantity: &Exact) -> String {
    Volume::round(quantity).map_or_else(|_| quantity.mixed(), Volume::grouped)
}

fn lot(lot: LotBack) -> LotPart {
    let lines = lot.lines.into_iter().map(|line| LineRow {
        line: line.line,
        description: line.description,
        tag: match line.obligation {
            Obligation::Required => None,
            Obligation::MandatoryOption => Some("Mandatory option"),
            Obligation::Optional => Some("Optional, not counted"),
        },
        offer: line.offer.map_or("Not answered", rules::words::Offer::label),
        price: line.unit_price.map(UnitPrice::pounds).unwrap_or_default(),
        volume: line.volume.as_ref().map(units).unwrap_or_default(),
        total: line.total.map(Pence::pounds).unwrap_or_default(),
        place: place_text(line.place.as_ref()),
    });
    let answers = lot.answers.into_iter().map(|answer| AnswerRow {
        question: answer.question,
        title: answer.title,
        words: match (&answer.text, answer.word_limit) {
            (None, _) => String::new(),
            (Some(_), Some(limit)) => format!("{} of {limit}", answer.words),
            (Some(_), None) => answer.words.to_string(),
        },
        place: place_text(answer.place.as_ref()),
        text: answer.text,
        document: answer.document,
    });
    LotPart {
        told: format!(
            "Lot {} {}: {} of {} prices, {} of {} questions",
            lot.read.lot,
            lot.title,
            lot.read.prices_answered,
            lot.read.prices,
            lot.read.questions_answered,
            lot.read.questions
        ),
        lines: lines.collect(),
        answers: answers.collect(),
        total: lot.read.read_back_total.map(Pence::pounds),
        code: lot.read.lot,
    }
}

fn response(response: ResponseBack) -> ResponseRow {
    ResponseRow {
        code: response.requirement,
        text: response.text,
        response: response
            .code
            .map_or_else(|| "Not answered".to_owned(), |code| format!("{code}: {}", code.label())),
        comment: response.comment,
        place: place_text(response.place.as_ref()),
    }
}

fn part(kept: bool, reading: &BidReading, back: ReadBack) -> ReadPart {
    ReadPart {
        kept,
        has_errors: reading.has_errors(),
        answered: back.answered,
        unanswered: back.unanswered,
        responded: reading.responses.len(),
        requirements: back.responses.len(),
        total: back.total.map(Pence::pounds),
        lots: lot_rows(reading),
        parts: back.lots.into_iter().map(lot).collect(),
        responses: back.responses.into_iter().map(response).collect(),
        missing: missing_rows(&reading.missing),
        findings: finding_rows(&reading.findings),
    }
}

fn shell(visit: &SupplierVisit, drafts: &Drafts) -> Shell {
    frame(visit, "Check my file", &drafts.supplier.name, "/check")
}

#[handler]
pub(super) async fn check(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let drafts = visit.read(|r| async move { draft::view(&r).await }).await?;
    let shell = shell(&visit, &drafts);
    page(&match &drafts.workbook {
        None => CheckPage { shell, read: None },
        Some((row, reading)) => {
            let back = ReadBack::new(&drafts.tender.pack, reading, &drafts.documents);
            CheckPage {
                shell: shell.fact(row.name.clone()).fact(format!("uploaded {}", london_text(row.created_at))),
                read: Some(part(true, reading, back)),
            }
        }
    })
}

/// The same page for a workbook that was tried and not kept.
pub(super) async fn tried(
    visit: &SupplierVisit,
    name: &str,
    (reading, back): (BidReading, ReadBack),
) -> PageResult {
    let drafts = visit.read(|r| async move { draft::view(&r).await }).await?;
    page(&CheckPage {
        shell: shell(visit, &drafts).fact(name.to_owned()).fact("not kept"),
        read: Some(part(false, &reading, back)),
    })
}
