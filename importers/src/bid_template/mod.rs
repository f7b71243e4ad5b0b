//! The bid workbook: generated from the pack, blank for suppliers, and filled in for the demonstration and tests (SHEETS section 3).
//!
//! A row is recognised by its visible Line ID with a check character, and the workbook by the visible fingerprint in its top
//! rows: only these survive sorting, inserted rows, pasting into a new book, other programs and CSV. The hidden sheet `_bid`
//! and the document's properties confirm; nothing needs them.

mod frame;
mod parts;
mod prices;
mod told;

use std::collections::BTreeMap;

use rules::pack::Pack;
use rules::words::Offer;
use rust_xlsxwriter::{DocProperties, Workbook as Book};

use crate::sheet_writer::{Formats, WriteFault};

pub(crate) use parts::sheet_rows;

/// The name of the sheet that the template hides itself.
pub(crate) const OWN_SHEET: &str = "_bid";

/// A supplier's answers, as it would type them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledBid {
    /// The supplier's name.
    pub supplier: String,
    /// By the code of the line, or of the band's row.
    pub prices: BTreeMap<String, PriceEntry>,
    /// By the requirement's code.
    pub responses: BTreeMap<String, ResponseEntry>,
    /// By the question's code.
    pub answers: BTreeMap<String, String>,
}

/// What is typed beside a price line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceEntry {
    /// What is chosen in the Answer column, if anything.
    pub offer: Option<Offer>,
    /// What is typed in the price column.
    pub price: Typed,
}

impl PriceEntry {
    /// A plain price in pounds, for example `12.50`.
    #[must_use]
    pub fn number(pounds: &str) -> Self {
        Self { offer: Some(Offer::Priced), price: Typed::Number(pounds.to_owned()) }
    }

    /// A text where a number is due, for example `POA`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { offer: Some(Offer::Priced), price: Typed::Text(text.to_owned()) }
    }

    /// An answer without a price.
    #[must_use]
    pub fn without_price(offer: Offer) -> Self {
        Self { offer: Some(offer), price: Typed::Nothing }
    }
}

/// What is typed into a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Nothing.
    #[default]
    Nothing,
    /// A number, as decimal text.
    Number(String),
    /// A text, right or wrong.
    Text(String),
}

/// What is typed beside a requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseEntry {
    /// The response code, right or wrong, for example `F`.
    pub code: String,
    /// The comment.
    pub comment: String,
}

/// The fingerprint that stands in the top rows: `ICT-2027-01 v1 · fp 9f2c41d0`, with the first eight hex digits of the pack's hash.
#[must_use]
pub fn fingerprint(pack: &Pack, hash: &str) -> String {
    format!("{} v{} · fp {}", pack.reference, pack.version, hash.get(..8).unwrap_or(hash))
}

/// The words of the Answer column.
pub(crate) const fn offer_word(offer: Offer) -> &'static str {
    match offer {
        Offer::Priced => "Bid",
        Offer::Included => "Included",
        Offer::NotOffered => "No bid",
    }
}

/// The blank workbook. `hash` is the published pack's SHA-256 in hex.
pub fn write(pack: &Pack, hash: &str) -> Result<Vec<u8>, WriteFault> {
    filled(pack, hash, &FilledBid::default())
}

/// The same workbook with answers typed in. Answers to lines that the pack does not have are a fault.
pub fn filled(pack: &Pack, hash: &str, bid: &FilledBid) -> Result<Vec<u8>, WriteFault> {
    check_known(pack, bid)?;
    let fingerprint = fingerprint(pack, hash);
    let formats = Formats::new();
    let mut book = Book::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(format!("{}: bid workbook", pack.title))
            .set_subject(&fingerprint)
            .set_custom_property("tender-pack", fingerprint.as_str()),
    );
    let prices = prices::rows(pack, bid)?;
    let requirements = told::requirements(pack, bid);
    let questions = told::questions(pack, bid);
    let tallies = [prices.tally(), requirements.tally(), questions.tally()];
    frame::instructions(book.add_worksheet(), pack, &fingerprint, bid, &tallies, &formats)?;
    prices::write(book.add_worksheet(), pack, &fingerprint, &prices, &formats)?;
    told::write_requirements(book.add_worksheet(), pack, &fingerprint, &requirements, &formats)?;
    told::write_questions(book.add_worksheet(), pack, &fingerprint, &questions, &formats)?;
    frame::own_sheet(book.add_worksheet(), pack, hash, &fingerprint)?;
    for (name, formula) in frame::names() {
        book.define_name(name, &formula)?;
    }
    Ok(book.save_to_buffer()?)
}

fn check_known(pack: &Pack, bid: &FilledBid) -> Result<(), WriteFault> {
    let unknown = |what: &str, code: &str| Err(WriteFault(format!("{code} is no {what} of the pack")));
    for code in bid.prices.keys() {
        if !pack.lots.iter().any(|lot| lot.line_of_row(code).is_some()) {
            return unknown("price line", code);
        }
    }
    for code in bid.responses.keys() {
        if !pack.requirements.iter().any(|requirement| requirement.code == *code) {
            return unknown("requirement", code);
        }
    }
    for code in bid.answers.keys() {
        if !pack.lots.iter().any(|lot| lot.questions().iter().any(|question| question.code == *code)) {
            return unknown("question", code);
        }
    }
    Ok(())
}
