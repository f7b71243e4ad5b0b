//! The sheet Prices: what each row's two cells mean together, and nothing more.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use rules::money::{Pence, UnitPrice};
use rules::pack::Pack;
use rules::schedule::PriceRow;
use rules::words::Offer;

use super::by_code::ByCode;
use super::match_rows::{PRICES, TOLD, rows_by_id, tables};
use super::suggest::Known;
use super::{BidReading, PriceAnswer, cost_e7, pence};
use crate::bid_template::sheet_rows;
use crate::finding::{Finding, Findings, Severity};
use crate::price::{Seen, unit_price};
use crate::raw::{RawValue, Row, Workbook};
use crate::table::{Table, fold};

/// A row of the pack with what the workbook tells of it.
struct Asked<'p> {
    row: &'p PriceRow<'p>,
    told: Cow<'p, str>,
}

/// Lines by their folded descriptions, folded only once a row asks for another's.
struct Descriptions<'p> {
    lines: &'p [Asked<'p>],
    folded: OnceCell<HashMap<String, &'p Asked<'p>>>,
}

impl<'p> Descriptions<'p> {
    /// The first line of this description.
    fn find(&self, folded: &str) -> Option<&'p Asked<'p>> {
        let all = self.folded.get_or_init(|| {
            // Of several lines with the same description the first stays.
            self.lines.iter().rev().map(|line| (fold(&line.told), line)).collect()
        });
        all.get(folded).copied()
    }
}

/// Reads all price rows.
pub(super) fn read(pack: &Pack, workbook: &Workbook, reading: &mut BidReading, findings: &mut Findings) {
    let asked: Vec<PriceRow<'_>> = sheet_rows(pack).into_iter().map(|(_, row)| row).collect();
    let asked: Vec<Asked<'_>> = asked.iter().map(|row| Asked { row, told: row.description() }).collect();
    let known: Vec<Known<'_>> =
        asked.iter().map(|asked| Known { code: &asked.row.code, told: &asked.told }).collect();
    let tables = tables(workbook, &PRICES);
    let rows = rows_by_id(&tables, &PRICES, &known, findings);
    let descriptions = Descriptions { lines: &asked, folded: OnceCell::new() };
    for (line, row) in asked.iter().zip(rows) {
        let Some((table, row)) = row else { continue };
        let place = Place { table, row };
        if !described_as(line, &descriptions, &place, findings) {
            continue;
        }
        if let Some((offer, unit_price)) = answer(line.row, &place, findings) {
            if let Some(price) = unit_price {
                compare_total(line.row, pack, price, &place, findings);
            }
            reading.prices.push(PriceAnswer {
                line: line.row.code.as_ref().into(),
                offer,
                unit_price,
                sheet: table.sheet.name.as_str().into(),
                cell: table.short_address(row, "price"),
            });
        }
    }
    rising_bands(pack, &reading.prices, findings);
}

/// A price that rises with volume is lawful and rare: more often two bands were exchanged.
fn rising_bands(pack: &Pack, prices: &[PriceAnswer], findings: &mut Findings) {
    let mut priced = ByCode::new(prices, |price| Cow::Borrowed(price.line.as_str()));
    for line in pack.lots.iter().flat_map(|lot| &lot.schedule).filter(|line| !line.tiers.is_empty()) {
        let prices: Vec<&PriceAnswer> = line
            .row_codes()
            .iter()
            .filter_map(|code| priced.find(code))
            .filter(|price| price.offer != Offer::NotOffered)
            .collect();
        let of = |answer: &PriceAnswer| answer.unit_price.unwrap_or(UnitPrice::ZERO);
        for pair in prices.windows(2).filter(|pair| of(pair[0]) < of(pair[1])) {
            let (less, more) = (pair[0], pair[1]);
            let seen =
                format!("{} is {}, and {} is {}", less.line, of(less).pounds(), more.line, of(more).pounds());
            let finding = Finding::new(
                Severity::Warning,
                "band_price_rises",
                seen,
                "The price for a larger volume is the higher one. It was read as it stands; check whether the prices of two bands were exchanged.",
            );
            findings.push(finding.at(&more.sheet, more.cell.as_str()));
        }
    }
}

struct Place<'t, 'w> {
    table: &'t Table<'w>,
    row: Row<'w>,
}

impl Place<'_, '_> {
    fn finding(
        &self,
        key: &str,
        severity: Severity,
        code: &str,
        seen: impl Into<String>,
        todo: impl Into<String>,
    ) -> Finding {
        Finding::new(severity, code, seen, todo).at(&self.table.sheet.name, self.table.address(self.row, key))
    }

    fn shown(&self, key: &str) -> String {
        self.table.cell(self.row, key).map(|cell| cell.value.shown().to_owned()).unwrap_or_default()
    }
}

/// A row whose description is that of another line was sorted or pasted in part: its id and its price belong to different lines.
fn described_as(
    line: &Asked<'_>,
    lines: &Descriptions<'_>,
    place: &Place<'_, '_>,
    findings: &mut Findings,
) -> bool {
    let told = place.table.cell(place.row, TOLD).map(|cell| cell.value);
    if matches!(&told, Some(RawValue::Text(text)) if *text == line.told) {
        return true;
    }
    let shown = place.shown(TOLD);
    let described = fold(&shown);
    if described.is_empty() || described == fold(&line.told) {
        return true;
    }
    if let Some(other) = lines.find(&described) {
        findings.push(place.finding(
            TOLD,
            Severity::Error,
            "row_mixed_up",
            place.shown(TOLD),
            format!("The ID in this row is that of {}, the description that of {}, so the row was not read. Columns may have been sorted or pasted apart: put the row together as in the blank workbook.", line.row.code, other.row.code),
        ));
        return false;
    }
    findings.push(place.finding(
        TOLD,
        Severity::Warning,
        "description_changed",
        place.shown(TOLD),
        format!(
            "The description was changed; the price was read for line {} as published: {}.",
            line.row.code, line.told
        ),
    ));
    true
}

/// What the Answer cell says; `Err` for something else.
fn offer(text: &str) -> Result<Option<Offer>, ()> {
    match fold(text).as_str() {
        "" => Ok(None),
        "bid" | "priced" | "yes" => Ok(Some(Offer::Priced)),
        "included" | "included at no charge" => Ok(Some(Offer::Included)),
        "no bid" | "not offered" => Ok(Some(Offer::NotOffered)),
        _ => Err(()),
    }
}

/// The meaning of the two cells together. A word in the price cell counts only where the Answer cell says the same.
fn answer(
    row: &PriceRow<'_>,
    place: &Place<'_, '_>,
    findings: &mut Findings,
) -> Option<(Offer, Option<UnitPrice>)> {
    let mut error = |key: &str, code: &str, todo: String| {
        findings.push(place.finding(key, Severity::Error, code, place.shown(key), todo));
        None
    };
    let cell = place.table.cell(place.row, "price");
    let chosen_cell = place.table.cell(place.row, "offer");
    if chosen_cell.as_ref().is_some_and(|cell| {
        matches!(cell.value, RawValue::Error(_)) || cell.formula && cell.value == RawValue::Empty
    }) {
        return error(
            "offer",
            "answer_unknown",
            "Choose Bid, No bid or Included, as a plain text and not by a formula.".to_owned(),
        );
    }
    let Ok(chosen) = offer(chosen_cell.as_ref().map_or("", |cell| cell.value.shown())) else {
        return error("offer", "answer_unknown", "Choose Bid, No bid or Included from the list.".to_owned());
    };
    let found = match (chosen, unit_price(cell.as_ref())) {
        (_, Seen::Fault { code, todo }) => return error("price", code, todo),
        (None, Seen::Blank) => return None,
        (Some(Offer::Priced), Seen::Blank) => return error("price", "price_missing", "The answer is Bid: type the price of one unit, or choose Included or No bid.".to_owned()),
        (None | Some(Offer::Priced), Seen::Word(_)) => {
            return error("price", "word_for_price", "A word is not a price. If the line is free of charge choose Included in the Answer column, if you do not offer it choose No bid; else type its price.".to_owned());
        }
        (None, Seen::Amount(UnitPrice::ZERO)) => return error("price", "zero_price", "A price of nothing may be a slip. Choose Included in the Answer column if the line is free of charge, No bid if you do not offer it, or Bid if 0.00 is your price.".to_owned()),
        (None | Some(Offer::Priced), Seen::Amount(price)) => (Offer::Priced, Some(price)),
        (Some(Offer::Included), Seen::Blank | Seen::Word(Offer::Included) | Seen::Amount(UnitPrice::ZERO)) => (Offer::Included, None),
        (Some(Offer::NotOffered), Seen::Blank | Seen::Word(Offer::NotOffered)) => (Offer::NotOffered, None),
        (Some(Offer::Included), _) => return error("price", "answers_differ", "The answer is Included, and the price cell says something else. Clear the one that is wrong.".to_owned()),
        (Some(Offer::NotOffered), _) => return error("price", "answers_differ", "The answer is No bid, and the price cell says something else. Clear the one that is wrong.".to_owned()),
    };
    remark(row, found, cell.is_some_and(|cell| cell.formula), place, findings);
    Some(found)
}

/// What a person should look at although it was taken.
fn remark(
    row: &PriceRow<'_>,
    (offer, price): (Offer, Option<UnitPrice>),
    formula: bool,
    place: &Place<'_, '_>,
    findings: &mut Findings,
) {
    if formula && price.is_some() {
        findings.push(place.finding("price", Severity::Warning, "price_by_formula", place.shown("price"), "A formula's stored result was read, which may be out of date. Check the price that is shown back, or type it as a plain number."));
    }
    if price == Some(UnitPrice::ZERO) {
        findings.push(place.finding(
            "price",
            Severity::Warning,
            "price_of_nothing",
            place.shown("price"),
            "The price 0.00 was taken as your price because the answer is Bid.",
        ));
    }
    if offer == Offer::NotOffered && !row.line.optional {
        findings.push(place.finding(
            "offer",
            Severity::Warning,
            "mandatory_line_not_offered",
            place.shown("offer"),
            "This line is not optional: a bid without it does not meet requirements in its lot.",
        ));
    }
}

/// The total beside a price is never scored; a difference shows a stale formula or a misread unit.
fn compare_total(
    row: &PriceRow<'_>,
    pack: &Pack,
    price: UnitPrice,
    place: &Place<'_, '_>,
    findings: &mut Findings,
) {
    let Some(RawValue::Number(text)) = place.table.cell(place.row, "total").map(|cell| cell.value) else {
        return;
    };
    let Ok(volume) = row.volume(pack) else { return };
    let (Some(stated), Some(total)) = (rounded(&text), pence(cost_e7(price, volume))) else { return };
    // A penny of difference comes of the sheet's own rounding.
    if stated.0.abs_diff(total.0) > 1 {
        findings.push(place.finding(
            "total",
            Severity::Warning,
            "total_differs",
            stated.pounds(),
            format!("{} times {} units is {}; totals are always calculated from the unit price. Check the unit price.", price.pounds(), volume.grouped(), total.pounds()),
        ));
    }
}

/// A decimal text as pence, rounded half away from zero; nothing for more than fits.
fn rounded(text: &str) -> Option<Pence> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digit = |at: usize| fraction.as_bytes().get(at).map_or(0, |byte| i64::from(byte.wrapping_sub(b'0')));
    let pence = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(digit(0) * 10 + digit(1))?;
    let pence = pence.checked_add(i64::from(digit(2) >= 5))?;
    Pence::checked(if unsigned.len() == text.len() { pence } else { -pence }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_totals_are_rounded_as_exact_fractions_are() {
        for text in [
            "0",
            "12",
            "12.5",
            "12.345",
            "12.344999",
            "-12.345",
            "0.005",
            "0.004",
            "2932.08",
            "999999999999.99",
        ] {
            let exact = text.parse::<rules::exact::Exact>().unwrap_or_default();
            assert_eq!(rounded(text), Pence::round(&exact).ok(), "{text}");
        }
        assert_eq!(rounded(&"9".repeat(300)), None);
    }
}
