//! A filled-in bid workbook, read against the pack it was made from (SHEETS sections 2 to 4).
//!
//! Rows are matched by line id with its check character and columns by header, in whatever sheet they stand. Refused are
//! only workbooks of another procurement; everything else becomes a draft with findings. A finding of error severity leaves
//! its line unanswered: a price is never guessed.

mod by_code;
mod fingerprint;
mod match_rows;
mod older;
mod prices;
mod suggest;
mod together;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;

use compact_str::CompactString;
use rules::money::{Pence, UnitPrice, Volume};
use rules::pack::{Pack, PackLot};
use rules::schedule::PriceRow;
use rules::words::{Offer, ResponseCode};
use serde::{Deserialize, Serialize};

use crate::bid_template::OWN_SHEET;
use crate::finding::{Finding, Findings, Severity};
use crate::raw::Workbook;
use crate::table::hidden_sheets;
use by_code::ByCode;
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
    pub line: CompactString,
    /// Priced, included or not offered.
    pub offer: Offer,
    /// The price of one unit in pounds, net; only where priced.
    pub unit_price: Option<UnitPrice>,
    /// The sheet it stands in.
    pub sheet: CompactString,
    /// The price's cell.
    pub cell: CompactString,
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
    let (reading, findings) = read_rows(pack, hash, workbook)?;
    Ok(sum_up(pack, reading, findings))
}

/// What stands in the workbook, before anything follows from it. The findings are not yet in the reading.
fn read_rows(
    pack: &Pack,
    hash: &str,
    workbook: &Workbook,
) -> Result<(BidReading, Findings), RefusedWorkbook> {
    let origin = fingerprint::origin(pack, hash, workbook)?;
    let mut reading = BidReading {
        supplier_name: fingerprint::supplier_name(workbook),
        pack_version: None,
        stale: false,
        prices: Vec::new(),
        responses: Vec::new(),
        answers: Vec::new(),
        findings: Vec::new(),
        missing: Missing::default(),
        lots: Vec::new(),
    };
    let mut findings = Findings::default();
    findings.extend(workbook.findings.iter().cloned());
    findings.extend(hidden_sheets(&workbook.sheets, Some(OWN_SHEET)));
    match origin {
        Origin::This => reading.pack_version = Some(pack.version),
        Origin::Unsaid => {
            findings.push(Finding::new(
            Severity::Warning,
            "fingerprint_missing",
            "The line that says which tender pack this workbook is for is not there",
            "The answers were matched by their Line IDs. If the tender was changed since you downloaded the workbook, use the new one.",
        ));
        }
        Origin::Stale(found) => {
            reading.pack_version = Some(found.version);
            reading.stale = true;
            findings.push(
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
        prices::read(pack, workbook, &mut reading, &mut findings);
        words::read_responses(pack, workbook, &mut reading, &mut findings);
        words::read_answers(pack, workbook, &mut reading, &mut findings);
    }
    Ok((reading, findings))
}

/// The whole reading: findings, counts, missing lists and totals.
fn sum_up(pack: &Pack, mut reading: BidReading, findings: Findings) -> BidReading {
    reading.findings = findings.finish();
    tally(pack, &mut reading);
    reading
}

/// Counts, missing lists and totals.
fn tally(pack: &Pack, reading: &mut BidReading) {
    let mut priced = ByCode::new(&reading.prices, |price| Cow::Borrowed(price.line.as_str()));
    let answered: BTreeSet<&str> = reading.answers.iter().map(|answer| answer.question.as_str()).collect();
    let responded: BTreeSet<&str> =
        reading.responses.iter().map(|response| response.requirement.as_str()).collect();
    let (lots, mut unpriced): (Vec<_>, Vec<_>) =
        pack.lots.iter().map(|lot| tally_lot(pack, lot, &mut priced, &answered)).unzip();
    let none = !lots.iter().any(|lot| lot.bid);
    let mut missing = Missing::default();
    for ((lot, state), unpriced) in pack.lots.iter().zip(&lots).zip(&mut unpriced) {
        if !(state.bid || none) {
            continue;
        }
        missing.prices.append(unpriced);
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

/// A lot's counts and total, and the codes of its rows that want a price and have none.
fn tally_lot(
    pack: &Pack,
    lot: &PackLot,
    priced: &mut ByCode<'_, PriceAnswer>,
    answered: &BTreeSet<&str>,
) -> (LotReading, Vec<String>) {
    let (mut rows, mut prices_answered, mut offered) = (0u32, 0u32, false);
    let mut unpriced = Vec::new();
    let mut total = Some(0i128);
    for line in &lot.schedule {
        for row in line.rows(pack) {
            rows += 1;
            let answer = priced.find(&row.code);
            prices_answered += u32::from(answer.is_some());
            offered |= answer.is_some_and(|answer| answer.offer != Offer::NotOffered);
            if line.optional {
                continue;
            }
            total = total.and_then(|total| total.checked_add(cost_of(answer?, &row, pack)?));
            if answer.is_none() {
                unpriced.push(row.code.into_owned());
            }
        }
    }
    let questions = lot.questions();
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let questions_answered =
        count(questions.iter().filter(|question| answered.contains(question.code.as_str())).count());
    let reading = LotReading {
        lot: lot.code.clone(),
        bid: offered || questions_answered > 0,
        prices_answered,
        prices: rows,
        questions_answered,
        questions: count(questions.len()),
        read_back_total: total.and_then(pence),
    };
    (reading, unpriced)
}

/// What an answer's row costs over the term, in ten-millionths of a pound; nothing where it is not offered.
fn cost_of(answer: &PriceAnswer, row: &PriceRow<'_>, pack: &Pack) -> Option<i128> {
    match (answer.offer, answer.unit_price) {
        (Offer::Priced, Some(price)) => Some(cost_e7(price, row.volume(pack).ok()?)),
        (Offer::Included, _) => Some(0),
        _ => None,
    }
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
