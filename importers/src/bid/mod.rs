//! A filled-in bid workbook, read against the pack it was made from (SHEETS sections 2 to 4).
//!
//! Rows are matched by line id with its check character and columns by header, in whatever sheet they stand. Refused are
//! only workbooks of another procurement; everything else becomes a draft with findings. A finding of error severity leaves
//! its line unanswered: a price is never guessed.

mod fingerprint;
mod match_rows;
mod older;
mod prices;
mod suggest;
mod together;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use rules::money::{Pence, UnitPrice, Volume};
use rules::pack::{Pack, PackLine, PackLot};
use rules::words::{Offer, ResponseCode};
use serde::{Deserialize, Serialize};

use crate::bid_template::OWN_SHEET;
use crate::finding::{Finding, Severity};
use crate::raw::Workbook;
use crate::table::hidden_sheets;
use fingerprint::Origin;

pub use older::{Change, LineChange, LineKind, changes, read_older};
pub use together::together;
pub use words::count as word_count;

/// A workbook that is not a bid in this procurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedWorkbook {
    /// `other_procurement` or `not_a_bid_workbook`.
    pub code: String,
    /// What to tell the supplier.
    pub message: String,
}

impl std::fmt::Display for RefusedWorkbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RefusedWorkbook {}

/// What a supplier says of a price line, or of one volume band of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceAnswer {
    /// The code of the line, or of the band's row.
    pub line: String,
    /// Priced, included or not offered.
    pub offer: Offer,
    /// The price of one unit in pounds, net; only where priced.
    pub unit_price: Option<UnitPrice>,
    /// The sheet it stands in.
    pub sheet: String,
    /// The price's cell.
    pub cell: String,
}

/// A response to a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseAnswer {
    /// The requirement's code.
    pub requirement: String,
    /// The response code.
    pub code: ResponseCode,
    /// The comment; may be empty.
    pub comment: String,
    /// The sheet it stands in.
    pub sheet: String,
    /// The response code's cell.
    pub cell: String,
}

/// A short answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextAnswer {
    /// The question's code.
    pub question: String,
    /// The answer.
    pub text: String,
    /// How many words it has.
    pub words: u32,
    /// The sheet it stands in; empty for one that was typed.
    pub sheet: String,
    /// Its cell; empty for one that was typed.
    pub cell: String,
    /// Whether it was typed on the supplier's page and not in the workbook.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
}

/// What a lot's part of the workbook comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotReading {
    /// The lot's code.
    pub lot: String,
    /// Whether anything in it was answered. A lot without any answer is not bid for, and nothing of it is missing.
    pub bid: bool,
    /// Price lines that are answered; each volume band counts as one.
    pub prices_answered: u32,
    /// Price lines; each volume band counts as one.
    pub prices: u32,
    /// Questions answered by a text.
    pub questions_answered: u32,
    /// Questions.
    pub questions: u32,
    /// Unit prices times volumes over the term, net, optional lines left out: shown back to the supplier. Only where every
    /// line that is not optional is priced or included.
    pub read_back_total: Option<Pence>,
}

/// What is not answered in the lots that are bid for (in all lots, where none is).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Codes of price lines, or of bands of them, that are not optional.
    pub prices: Vec<String>,
    /// Codes of requirements.
    pub requirements: Vec<String>,
    /// Codes of questions without a text for an answer, except those in `documents`.
    pub questions: Vec<String>,
    /// Codes of questions without a text for an answer that a document may answer.
    pub documents: Vec<String>,
}

impl Missing {
    /// Whether only documents can be missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty() && self.requirements.is_empty() && self.questions.is_empty()
    }
}

/// A bid as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BidReading {
    /// The name on the sheet Instructions, if one is written. It decides nothing: the supplier is known by its link.
    pub supplier_name: Option<String>,
    /// The version of the pack that the workbook was made for, if its fingerprint is there.
    pub pack_version: Option<u32>,
    /// Whether it was made for another version than this pack's. Then [`read`] took nothing from it, and [`read_older`] the answers
    /// to lines that did not change.
    pub stale: bool,
    /// The prices, in the order of the sheet's rows in the blank workbook.
    pub prices: Vec<PriceAnswer>,
    /// The responses, in the pack's order.
    pub responses: Vec<ResponseAnswer>,
    /// The answers, in the pack's order.
    pub answers: Vec<TextAnswer>,
    /// Every finding: about the file, then the rows in their order, then what follows from them.
    pub findings: Vec<Finding>,
    /// What is not answered.
    pub missing: Missing,
    /// Lot by lot.
    pub lots: Vec<LotReading>,
}

impl BidReading {
    /// Whether any finding is an error. The supplier may still submit after confirming that.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// Reads a workbook against a pack; `hash` is the published pack's SHA-256 in hex.
pub fn read(pack: &Pack, hash: &str, workbook: &Workbook) -> Result<BidReading, RefusedWorkbook> {
    let origin = fingerprint::origin(pack, hash, workbook)?;
    let mut reading = BidReading {
        supplier_name: fingerprint::supplier_name(workbook),
        pack_version: None,
        stale: false,
        prices: Vec::new(),
        responses: Vec::new(),
        answers: Vec::new(),
        findings: workbook.findings.clone(),
        missing: Missing::default(),
        lots: Vec::new(),
    };
    reading.findings.extend(hidden_sheets(&workbook.sheets, Some(OWN_SHEET)));
    match origin {
        Origin::This => reading.pack_version = Some(pack.version),
        Origin::Unsaid => reading.findings.push(Finding::new(
            Severity::Warning,
            "fingerprint_missing",
            "The line that says which tender pack this workbook is for is not there",
            "The answers were matched by their Line IDs. If the tender was changed since you downloaded the workbook, use the new one.",
        )),
        Origin::Stale(found) => {
            reading.pack_version = Some(found.version);
            reading.stale = true;
            reading.findings.push(
                Finding::new(
                    Severity::Error,
                    "stale_pack",
                    found.shown.clone(),
                    format!(
                        "This workbook was made for another version of the tender pack; the present one is version {}. Nothing was taken from it. Download the new workbook, copy your answers into it and send that.",
                        pack.version
                    ),
                )
                .at(&found.sheet, found.cell.clone()),
            );
        }
    }
    if !reading.stale {
        prices::read(pack, workbook, &mut reading);
        words::read_responses(pack, workbook, &mut reading);
        words::read_answers(pack, workbook, &mut reading);
    }
    sum_up(pack, &mut reading);
    Ok(reading)
}

/// More findings than anybody will read. A file of a few kilobytes can hold faults without end, and each is stored.
const MOST_FINDINGS: usize = 2000;

/// Keeps the first findings and counts the rest; an error among those that are left out stays one.
fn cap(findings: &mut Vec<Finding>) {
    if findings.len() <= MOST_FINDINGS {
        return;
    }
    let rest = findings.split_off(MOST_FINDINGS);
    let severity = if rest.iter().any(Finding::is_error) { Severity::Error } else { Severity::Warning };
    findings.push(Finding::new(
        severity,
        "more_findings",
        format!("{} more findings", rest.len()),
        "Mend those above and have the file checked again, or start from a blank workbook.",
    ));
}

/// Counts, missing lists and totals, once the findings are all there.
fn sum_up(pack: &Pack, reading: &mut BidReading) {
    cap(&mut reading.findings);
    tally(pack, reading);
}

/// Counts, missing lists and totals.
fn tally(pack: &Pack, reading: &mut BidReading) {
    let priced: HashMap<&str, &PriceAnswer> =
        reading.prices.iter().map(|price| (price.line.as_str(), price)).collect();
    let answered: BTreeSet<&str> = reading.answers.iter().map(|answer| answer.question.as_str()).collect();
    let responded: BTreeSet<&str> =
        reading.responses.iter().map(|response| response.requirement.as_str()).collect();
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let mut lots = Vec::new();
    for lot in &pack.lots {
        let rows: Vec<_> = lot.schedule.iter().flat_map(PackLine::row_codes).collect();
        let answers = || rows.iter().filter_map(|code| priced.get(code.as_ref()));
        let offered = answers().any(|price| price.offer != Offer::NotOffered);
        let questions = lot.questions();
        let questions_answered =
            count(questions.iter().filter(|question| answered.contains(question.code.as_str())).count());
        lots.push(LotReading {
            lot: lot.code.clone(),
            bid: offered || questions_answered > 0,
            prices_answered: count(answers().count()),
            prices: count(rows.len()),
            questions_answered,
            questions: count(questions.len()),
            read_back_total: total(pack, lot, &priced),
        });
    }
    let none = !lots.iter().any(|lot| lot.bid);
    let mut missing = Missing::default();
    for (lot, state) in pack.lots.iter().zip(&lots) {
        if !(state.bid || none) {
            continue;
        }
        missing.prices.extend(
            lot.schedule
                .iter()
                .filter(|line| !line.optional)
                .flat_map(PackLine::row_codes)
                .filter(|code| !priced.contains_key(code.as_ref()))
                .map(Cow::into_owned),
        );
        for question in lot.questions() {
            if !answered.contains(question.code.as_str()) {
                let document = question.question.as_ref().is_some_and(|question| question.document);
                if document { &mut missing.documents } else { &mut missing.questions }
                    .push(question.code.clone());
            }
        }
    }
    missing.requirements = pack
        .requirements
        .iter()
        .filter(|requirement| !responded.contains(requirement.code.as_str()))
        .map(|requirement| requirement.code.clone())
        .collect();
    reading.missing = missing;
    reading.lots = lots;
}

fn total(pack: &Pack, lot: &PackLot, prices: &HashMap<&str, &PriceAnswer>) -> Option<Pence> {
    let mut sum = 0i128;
    for row in lot.schedule.iter().filter(|line| !line.optional).flat_map(|line| line.rows(pack)) {
        let answer = prices.get(row.code.as_ref())?;
        match (answer.offer, answer.unit_price) {
            (Offer::Priced, Some(price)) => {
                sum = sum.checked_add(cost_e7(price, row.volume(pack).ok()?))?;
            }
            (Offer::Included, _) => {}
            _ => return None,
        }
    }
    pence(sum)
}

/// What so many units cost, exact, in ten-millionths of a pound: prices have four decimals and volumes three. Neither is above a
/// million million units of its own, so the product of two always fits.
fn cost_e7(price: UnitPrice, volume: Volume) -> i128 {
    i128::from(price.0) * i128::from(volume.0)
}

/// Ten-millionths of a pound as pence, rounded once, half away from zero (METHODS 6.1). `None` beyond the largest amount.
fn pence(e7: i128) -> Option<Pence> {
    const STEP: i128 = 100_000;
    let rounded = (e7.abs() + STEP / 2) / STEP * e7.signum();
    Pence::checked(i64::try_from(rounded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pence_in_whole_numbers_are_those_of_exact_fractions() {
        for e7 in [
            0,
            1,
            49_999,
            50_000,
            50_001,
            99_999,
            149_999,
            150_000,
            -49_999,
            -50_000,
            -150_000,
            41_320_812_345_678,
        ] {
            let exact =
                rules::exact::Exact::ratio(i64::try_from(e7).unwrap_or(0), 10_000_000).unwrap_or_default();
            assert_eq!(pence(e7), Pence::round(&exact).ok(), "{e7}");
        }
        assert_eq!(pence(i128::MAX / 2), None);
        let largest = rules::money::LARGEST;
        assert!(cost_e7(UnitPrice(largest * 10_000), Volume(largest * 1_000)) > 0);
    }
}
