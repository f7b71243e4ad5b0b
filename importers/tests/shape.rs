//! A pack with volume bands, a mandatory option and a rate card, from the template to the reading and back.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{HASH, shaped, shaped_bid};
use importers::bid::{self, BidReading, Change, changes, read_older};
use importers::bid_template::{self, FilledBid, PriceEntry};
use importers::raw::{RawValue, Workbook};
use importers::{Severity, read_here};
use rules::demand::{LineAnswer, evaluated_price};
use rules::line_id::with_check;
use rules::money::Pence;
use rules::pack::PackTier;
use rules::words::Offer;

fn book(filled: &FilledBid) -> Workbook {
    read_here(&bid_template::filled(&shaped(), HASH, filled).unwrap(), "bid.xlsx").unwrap()
}

fn read(filled: &FilledBid) -> BidReading {
    bid::read(&shaped(), HASH, &book(filled)).unwrap()
}

fn codes(reading: &BidReading) -> Vec<(&str, &str)> {
    reading.findings.iter().map(|f| (f.code.as_str(), f.cell.as_deref().unwrap_or("-"))).collect()
}

/// A column of the sheet Prices, below the header.
fn column(book: &Workbook, col: u32) -> Vec<String> {
    let sheet = book.sheets.iter().find(|sheet| sheet.name == "Prices").unwrap();
    let rows = sheet.rows.iter().filter(|row| row.index >= 4);
    rows.map(|row| row.cell(col).map(|cell| cell.value.shown().to_owned()).unwrap_or_default()).collect()
}

#[test]
fn each_band_is_a_row_of_its_own_and_the_parts_stand_one_after_the_other() {
    let blank = book(&FilledBid::default());
    let rows = ["P01", "P05-T1", "P05-T2", "P05-T3", "P02", "P06", "P07", "P08", "P03", "P04"];
    assert_eq!(column(&blank, 0), rows.map(with_check));
    assert_eq!(
        column(&blank, 3),
        [
            "Recurring, per year",
            "Recurring, per year",
            "Recurring, per year",
            "Recurring, per year",
            "One-off",
            "Mandatory option, one-off",
            "Rate card, per day",
            "Rate card, per day",
            "Recurring, per year",
            "Optional item, one-off"
        ]
    );
    let told = column(&blank, 2);
    assert_eq!(told[2], "Storage. Band 2: volume in a year from 100 to below 250");
    assert_eq!(told[6], "Data engineer, SFIA level 4. Work that councils call off");
    // Each band shows the volumes of the years that fall in it, by council and in all.
    assert_eq!(column(&blank, 5)[..4], ["200", "60", "60", "150"]);
    assert_eq!(column(&blank, 6)[..4], ["37.5", "39.999", "40", "0"]);
    assert_eq!(column(&blank, 8), ["237.5", "99.999", "100", "250", "1", "2", "10", "0", "237.5", "1"]);
    assert_eq!(column(&blank, 5)[6], "shared");
    let missing = |book: &Workbook| {
        let row = book.sheets[1].rows.iter().find(|row| row.index == 2).unwrap();
        row.cells().next().unwrap().value.shown().to_owned()
    };
    assert_eq!(missing(&blank), "9 answers missing");
    assert_eq!(missing(&book(&shaped_bid())), "0 answers missing");
}

#[test]
fn the_first_sheet_tells_the_published_rules_and_the_deadline_in_london() {
    let blank = book(&FilledBid::default());
    let told: BTreeMap<String, String> = blank.sheets[0]
        .rows
        .iter()
        .filter_map(|row| {
            Some((row.cell(0)?.value.shown().to_owned(), row.cell(1)?.value.shown().to_owned()))
        })
        .collect();
    assert_eq!(
        told["Deadline"],
        "1 March 2027, 12:00 London time (Greenwich Mean Time). A bid that arrives at exactly this instant is late."
    );
    for rule in shaped().method.price_rules {
        let (name, text) = rule.split_once(": ").unwrap();
        assert!(told[name].eq_ignore_ascii_case(text), "{name}: {}", told[name]);
    }
    assert!(told["Volume bands"].starts_with("A line with volume bands has one price for each band."));
}

#[test]
fn a_complete_bid_comes_back_and_its_total_is_the_evaluated_price() {
    let reading = read(&shaped_bid());
    assert_eq!(codes(&reading), Vec::<(&str, &str)>::new());
    let found: Vec<_> = reading.prices.iter().map(|p| (p.line.as_str(), p.cell.as_str())).collect();
    assert_eq!(
        found,
        [
            ("P01", "K5"),
            ("P05-T1", "K6"),
            ("P05-T2", "K7"),
            ("P05-T3", "K8"),
            ("P02", "K9"),
            ("P06", "K10"),
            ("P07", "K11"),
            ("P08", "K12"),
            ("P03", "K13"),
            ("P04", "K14"),
        ]
    );
    // 4132.08 as without them; 99.999 · 5 + 100 · 4.5 + 250 · 4.25; 2 · 100; 10 · 600; no days of P08.
    assert_eq!(reading.lots[0].read_back_total, Some(Pence(1_234_458)));
    assert_eq!((reading.lots[0].prices, reading.lots[0].prices_answered), (8, 8));
    let answers: BTreeMap<String, LineAnswer> = reading
        .prices
        .iter()
        .map(|price| {
            (price.line.to_string(), LineAnswer { offer: price.offer, unit_price: price.unit_price })
        })
        .collect();
    for (lot, read) in shaped().lots.iter().zip(&reading.lots) {
        let price = evaluated_price(&shaped(), lot, &answers).unwrap();
        assert_eq!(Some(price.total), read.read_back_total, "what is shown back is what is scored");
    }
}

#[test]
fn a_band_without_a_price_is_missing_and_a_price_that_rises_with_volume_is_said() {
    let mut filled = shaped_bid();
    filled.prices.remove("P05-T2");
    filled.prices.insert("P07".into(), PriceEntry::text("POA"));
    filled.prices.insert("P06".into(), PriceEntry::without_price(Offer::NotOffered));
    let reading = read(&filled);
    assert_eq!(codes(&reading), [("mandatory_line_not_offered", "J10"), ("not_a_number", "K11")]);
    assert_eq!(reading.missing.prices, ["P07", "P05-T2"]);
    assert_eq!(reading.lots[0].read_back_total, None);

    let mut rising = shaped_bid();
    rising.prices.insert("P05-T3".into(), PriceEntry::number("4.5001"));
    let reading = read(&rising);
    assert_eq!(codes(&reading), [("band_price_rises", "K8")]);
    assert_eq!(reading.findings[0].severity, Severity::Warning);
    assert_eq!(reading.findings[0].seen, "P05-T2 is £4.50, and P05-T3 is £4.5001");
    assert!(reading.lots[0].read_back_total.is_some(), "it counts as it stands");
    // A band that is included costs nothing; one that costs something for more units rises.
    let mut included = shaped_bid();
    included.prices.insert("P05-T1".into(), PriceEntry::without_price(Offer::Included));
    assert_eq!(codes(&read(&included)), [("band_price_rises", "K7")]);
}

#[test]
fn rows_of_two_bands_that_were_mixed_up_are_not_read() {
    let mut mixed = book(&shaped_bid());
    common::edit(&mut mixed, "Prices", |rows| {
        let first = rows[5][0].value.clone();
        rows[5][0].value = rows[6][0].value.clone();
        rows[6][0].value = first;
    });
    let reading = bid::read(&shaped(), HASH, &mixed).unwrap();
    // In the order of the lines: the id of band 1 stands in the row of band 2.
    assert_eq!(codes(&reading), [("row_mixed_up", "C7"), ("row_mixed_up", "C6")]);
    // The line's own code is no row: its price has no band.
    let mut own = book(&shaped_bid());
    common::edit(&mut own, "Prices", |rows| rows[5][0].value = RawValue::Text(with_check("P05").into()));
    let reading = bid::read(&shaped(), HASH, &own).unwrap();
    assert_eq!(codes(&reading), [("unknown_id", "A6")]);
    assert_eq!(reading.missing.prices, ["P05-T1"]);
}

#[test]
fn an_answer_to_other_bands_another_role_or_another_basket_does_not_hold() {
    let mut new = shaped();
    new.version = 2;
    let schedule = &mut new.lots[0].schedule;
    let line = |code: &str| schedule.iter().position(|line| line.code == code).unwrap();
    let (bands, option, role, basket) = (line("P05"), line("P06"), line("P07"), line("P08"));
    schedule[bands].tiers.push(PackTier { from_e3: 900_000 });
    schedule[option].mandatory_option = false;
    schedule[role].rate_card.as_mut().unwrap().level = 5;
    schedule[basket].rate_card.as_mut().unwrap().basket_e3 = 1_000;
    let told: Vec<_> = changes(&shaped(), &new).into_iter().map(|c| (c.code, c.change)).collect();
    assert_eq!(
        told,
        [
            ("P07".to_owned(), Change::Asks(vec!["the role or its level"])),
            ("P05".to_owned(), Change::Asks(vec!["the volume bands"])),
            ("P06".to_owned(), Change::Told(vec!["whether it is optional"])),
            ("P08".to_owned(), Change::Asks(vec!["the basket"])),
        ]
    );
    let reading = read_older(&new, &HASH.replace('9', "8"), &shaped(), HASH, &book(&shaped_bid())).unwrap();
    let prices: Vec<_> = reading.prices.iter().map(|price| price.line.as_str()).collect();
    assert_eq!(prices, ["P01", "P02", "P06", "P03", "P04"]);
    assert_eq!(reading.missing.prices, ["P07", "P05-T1", "P05-T2", "P05-T3", "P05-T4", "P08"]);
    assert_eq!(
        codes(&reading),
        [
            ("line_changed", "K11"),
            ("line_changed", "K6"),
            ("line_told_anew", "K10"),
            ("line_changed", "K12"),
            ("older_pack", "-")
        ]
    );
}

#[test]
fn answers_to_rows_that_the_pack_does_not_have_are_a_fault_of_whoever_writes_them() {
    for code in ["P05", "P05-T4", "P06-T1"] {
        let mut filled = shaped_bid();
        filled.prices.insert(code.to_owned(), PriceEntry::number("1"));
        assert!(bid_template::filled(&shaped(), HASH, &filled).is_err(), "{code}");
    }
}
