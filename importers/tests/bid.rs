//! A bid from the template to the reading and back.
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;

use common::{HASH, bid, pack};
use importers::bid::{self, BidReading};
use importers::bid_template::{self, FilledBid, PriceEntry, ResponseEntry, Typed};
use importers::raw::{Cell, RawValue, Workbook};
use importers::{Severity, read_here};
use rules::money::{Pence, UnitPrice};
use rules::words::Offer;

fn book(filled: &FilledBid) -> Workbook {
    read_here(&bid_template::filled(&pack(), HASH, filled).unwrap(), "bid.xlsx").unwrap()
}

fn read(filled: &FilledBid) -> BidReading {
    bid::read(&pack(), HASH, &book(filled)).unwrap()
}

fn codes(reading: &BidReading) -> Vec<(&str, &str)> {
    reading.findings.iter().map(|f| (f.code.as_str(), f.cell.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn a_complete_bid_comes_back_as_it_was_typed() {
    let reading = read(&bid());
    assert_eq!(codes(&reading), Vec::<(&str, &str)>::new());
    assert_eq!(reading.supplier_name.as_deref(), Some("Larkfield Systems"));
    let prices: Vec<_> =
        reading.prices.iter().map(|p| (p.line.as_str(), p.offer, p.unit_price, p.cell.as_str())).collect();
    assert_eq!(
        prices,
        [
            ("P01", Offer::Priced, Some(UnitPrice(123_456)), "K5"),
            ("P02", Offer::Priced, Some(UnitPrice(12_000_000)), "K6"),
            ("P03", Offer::Priced, Some(UnitPrice(1_000)), "K7"),
            ("P04", Offer::Included, None, "K8"),
        ]
    );
    assert_eq!(reading.responses.len(), 2);
    assert_eq!(reading.responses[0].comment, "see manual, =1+1");
    assert_eq!(
        reading.answers.iter().map(|a| a.text.clone()).collect::<Vec<_>>(),
        bid().answers.into_values().collect::<Vec<_>>()
    );
    assert!(reading.missing.is_empty());
    // 12.3456 × 237.5 + 1200 = 4132.08; 0.1 × 237.5 = 23.75, the optional line left out.
    assert_eq!(reading.lots[0].read_back_total, Some(Pence(413_208)));
    assert_eq!(reading.lots[1].read_back_total, Some(Pence(2_375)));
    let json = serde_json::to_string(&reading).unwrap();
    assert_eq!(serde_json::from_str::<BidReading>(&json).unwrap(), reading);
}

#[test]
fn a_blank_workbook_is_all_missing_without_an_error() {
    let reading = read(&FilledBid::default());
    assert!(!reading.has_errors(), "{:?}", reading.findings);
    assert_eq!(reading.missing.prices, ["P01", "P02", "P03"]);
    assert_eq!(reading.missing.requirements, ["R001", "R002"]);
    assert_eq!(reading.missing.questions, ["Q1", "Q3"]);
    assert_eq!(reading.missing.documents, ["Q2", "Q4"]);
    assert!(reading.lots.iter().all(|lot| !lot.bid && lot.read_back_total.is_none()));
}

#[test]
fn the_count_of_missing_answers_is_right_before_anything_recalculates() {
    let shown = |filled: &FilledBid| -> Vec<String> {
        let counts = book(filled).sheets.into_iter().take(4);
        counts
            .map(|sheet| {
                let told = sheet.rows.iter().find(|row| row.index == 2).unwrap().cells().next().unwrap();
                told.value.shown().to_owned()
            })
            .collect()
    };
    assert_eq!(
        shown(&FilledBid::default()),
        ["7 answers missing", "3 answers missing", "2 answers missing", "2 answers missing"]
    );
    assert_eq!(shown(&bid()), ["0 answers missing"; 4]);
}

#[test]
fn a_lot_without_answers_is_not_bid_for() {
    let mut filled = bid();
    filled.prices.retain(|line, _| line < &"P03".to_owned());
    filled.answers.retain(|question, _| question < &"Q3".to_owned());
    let reading = read(&filled);
    assert!(reading.lots[0].bid && !reading.lots[1].bid);
    assert!(reading.missing.is_empty());
}

#[test]
fn prices_are_asked_about_and_never_guessed() {
    let entry = |offer, price: &str| PriceEntry { offer, price: Typed::Text(price.to_owned()) };
    let none = None;
    for (entry, code) in [
        (entry(Some(Offer::Priced), "POA"), "not_a_number"),
        (entry(Some(Offer::Priced), "£1,200 pcm"), "not_a_number"),
        (entry(none, "1.200,50"), "not_a_number"),
        (entry(none, "incl."), "word_for_price"),
        (entry(Some(Offer::Priced), "N/A"), "word_for_price"),
        (entry(Some(Offer::NotOffered), "Included"), "answers_differ"),
        (entry(Some(Offer::Included), "5"), "answers_differ"),
        (PriceEntry { offer: Some(Offer::NotOffered), price: Typed::Number("5".into()) }, "answers_differ"),
        (PriceEntry { offer: none, price: Typed::Number("0".into()) }, "zero_price"),
        (PriceEntry::number("-5"), "negative_number"),
        (PriceEntry::number("1.23456"), "too_many_decimals"),
        (PriceEntry::number("2000000000000"), "number_too_large"),
        (PriceEntry::without_price(Offer::Priced), "price_missing"),
    ] {
        let mut filled = bid();
        filled.prices.insert("P01".to_owned(), entry.clone());
        let reading = read(&filled);
        assert_eq!(codes(&reading), [(code, "K5")], "{entry:?}");
        assert_eq!(reading.findings[0].severity, Severity::Error);
        assert_eq!(reading.findings[0].sheet.as_deref(), Some("Prices"));
        assert!(reading.prices.iter().all(|price| price.line != "P01"));
        assert_eq!(reading.missing.prices, ["P01"]);
        assert_eq!(reading.lots[0].read_back_total, None);
    }
    for (entry, price) in [
        (entry(none, "£1,200.00"), UnitPrice(12_000_000)),
        (entry(none, "\u{a0}１２００"), UnitPrice(12_000_000)),
    ] {
        let mut filled = bid();
        filled.prices.insert("P01".to_owned(), entry);
        let reading = read(&filled);
        assert!(!reading.has_errors(), "{:?}", reading.findings);
        assert_eq!(reading.prices[0].unit_price, Some(price));
    }
}

#[test]
fn all_findings_come_at_once() {
    let mut filled = bid();
    filled.prices.insert("P01".into(), PriceEntry::text("TBC"));
    filled.prices.insert("P02".into(), PriceEntry::text("12%"));
    filled.responses.insert("R001".into(), ResponseEntry { code: "Yes".into(), comment: String::new() });
    filled.responses.insert("R002".into(), ResponseEntry { code: "R".into(), comment: String::new() });
    filled.answers.insert("Q1".into(), "one two three four five six".into());
    assert_eq!(
        codes(&read(&filled)),
        [
            ("not_a_number", "K5"),
            ("not_a_number", "K6"),
            ("response_unknown", "F5"),
            ("response_not_accepted", "F6"),
            ("roadmap_without_date", "F6"),
            ("over_word_limit", "F5"),
        ]
    );
}

/// The complete bid, with the cells of its price sheet changed.
fn changed(change: impl FnOnce(&mut Vec<Vec<Cell<'static>>>)) -> Workbook {
    let mut book = book(&bid());
    common::edit(&mut book, "Prices", change);
    book
}

fn answers(reading: &BidReading) -> Vec<(String, Offer, Option<UnitPrice>)> {
    reading.prices.iter().map(|p| (p.line.to_string(), p.offer, p.unit_price)).collect()
}

#[test]
fn a_moved_workbook_is_the_same_bid() {
    let expected = answers(&read(&bid()));
    // Sorted the other way round.
    let sorted = changed(|rows| rows[4..].reverse());
    // A row inserted above, columns swapped, the sheet renamed.
    let mut moved = changed(|rows| {
        for cells in rows {
            for cell in &mut *cells {
                cell.row += 3;
                cell.col = 20 - cell.col;
            }
            cells.reverse();
        }
    });
    moved.sheets[1].name = "Our prices".into();
    // Ids retyped with a look-alike letter, an en dash and a space.
    let retyped = changed(|rows| {
        for cells in rows.iter_mut().skip(4) {
            let id = cells[0].value.shown().replace('P', "Р").replace('-', "–").to_lowercase();
            cells[0].value = RawValue::Text(format!(" {id}\u{200b} ").into());
        }
    });
    for book in [sorted, moved, retyped] {
        let reading = bid::read(&pack(), HASH, &book).unwrap();
        assert!(!reading.has_errors(), "{:?}", reading.findings);
        assert_eq!(answers(&reading), expected);
    }
}

#[test]
fn rows_that_cannot_be_matched_are_named() {
    let spoiled = changed(|rows| {
        rows[4][0].value = RawValue::Text("P09-X".into());
        rows[5].remove(0);
        rows.push(rows[6].clone());
    });
    let reading = bid::read(&pack(), HASH, &spoiled).unwrap();
    assert_eq!(
        codes(&reading),
        [("unknown_id", "A5"), ("unrecognised_row", "A6"), ("duplicate_id", "A7"), ("duplicate_id", "A7")]
    );
    assert_eq!(reading.prices.len(), 1);
    // One row many thousand times over: what is said of it stays small.
    let many = changed(|rows| rows.extend(std::iter::repeat_n(rows[4].clone(), 5000)));
    let reading = bid::read(&pack(), HASH, &many).unwrap();
    assert!(reading.has_errors() && reading.findings.last().unwrap().code == "more_findings");
    let told = serde_json::to_string(&reading).unwrap();
    assert!(told.len() < 1_000_000, "{} bytes are told of 5,000 rows", told.len());
    // The descriptions of two rows exchanged: sorted in part.
    let mixed = changed(|rows| {
        let first = rows[4][2].value.clone();
        rows[4][2].value = rows[5][2].value.clone();
        rows[5][2].value = first;
    });
    let reading = bid::read(&pack(), HASH, &mixed).unwrap();
    assert_eq!(codes(&reading), [("row_mixed_up", "C5"), ("row_mixed_up", "C6")]);
}

#[test]
fn a_formula_is_read_by_its_stored_result_and_said() {
    let price = |cells: &[Cell<'_>]| cells.iter().position(|cell| cell.col == 10).unwrap();
    let formulas = changed(|rows| {
        let (first, second) = (price(&rows[4]), price(&rows[5]));
        rows[4][first].formula = true;
        rows[5][second].formula = true;
        rows[5][second].value = RawValue::Empty;
    });
    let reading = bid::read(&pack(), HASH, &formulas).unwrap();
    assert_eq!(codes(&reading), [("price_by_formula", "K5"), ("formula_without_value", "K6")]);
    assert_eq!(reading.prices[0].unit_price, Some(UnitPrice(123_456)));
}

#[test]
fn a_stated_total_that_differs_is_said_and_not_used() {
    let stated = changed(|rows| {
        rows[4].iter_mut().find(|cell| cell.col == 11).unwrap().value = RawValue::Number("9999".into());
    });
    let reading = bid::read(&pack(), HASH, &stated).unwrap();
    assert_eq!(codes(&reading), [("total_differs", "L5")]);
    assert_eq!(reading.lots[0].read_back_total, Some(Pence(413_208)));
}

#[test]
fn other_workbooks_are_refused_and_older_ones_recognised() {
    let mut other = pack();
    other.reference = "ICT-2027-02".into();
    let workbook = book(&bid());
    assert_eq!(bid::read(&other, HASH, &workbook).unwrap_err().code, "other_procurement");
    let mut newer = pack();
    newer.version = 2;
    let reading = bid::read(&newer, &HASH.replace('9', "8"), &workbook).unwrap();
    assert!(reading.stale && reading.prices.is_empty() && reading.answers.is_empty());
    assert_eq!(reading.pack_version, Some(1));
    assert_eq!(codes(&reading)[0], ("stale_pack", "A2"));
    // The same version with another hash is another pack, too.
    assert!(bid::read(&pack(), &HASH.replace('9', "8"), &workbook).unwrap().stale);
    let list = read_here(b"Name,Price\nTea,1\n", "list.csv").unwrap();
    assert_eq!(bid::read(&pack(), HASH, &list).unwrap_err().code, "not_a_bid_workbook");
}

#[test]
fn the_price_sheet_saved_as_csv_is_the_same_bid() {
    let workbook = book(&bid());
    for (separator, comma) in [(",", false), (";", true), ("\t", false)] {
        let mut text = String::new();
        for row in workbook.sheets[1].rows.iter() {
            let fields: Vec<String> = (0..=12)
                .map(|col| {
                    let shown = row.cell(col).map(|cell| {
                        (cell.value.shown().to_owned(), matches!(cell.value, RawValue::Number(_)))
                    });
                    match shown {
                        Some((number, true)) if comma => number.replace('.', ","),
                        Some((text, _)) => format!("\"{}\"", text.replace('"', "\"\"")),
                        None => String::new(),
                    }
                })
                .collect();
            writeln!(text, "{}", fields.join(separator)).unwrap();
        }
        let reading = bid::read(&pack(), HASH, &read_here(text.as_bytes(), "prices.csv").unwrap()).unwrap();
        assert_eq!(answers(&reading), answers(&read(&bid())), "{separator:?} {:?}", reading.findings);
    }
}
