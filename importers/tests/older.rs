//! A workbook of an older pack, line by line; and rows without an id, for which a line is suggested and never taken.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HASH, bid, pack};
use importers::bid::{self, Change, LineKind, changes, read_older};
use importers::raw::Workbook;
use importers::{Severity, bid_template, read_here};
use rules::money::UnitPrice;
use rules::words::ResponseCode;

fn newer_hash() -> String {
    HASH.replace('9', "8")
}

fn workbook() -> Workbook {
    read_here(&bid_template::filled(&pack(), HASH, &bid()).unwrap(), "bid.xlsx").unwrap()
}

#[test]
fn answers_to_lines_that_ask_the_same_are_taken_and_every_other_line_is_named() {
    let mut new = pack();
    new.version = 2;
    // P01 has more volume, P03 is unchanged, P04 is gone, P05 is new; R002 accepts another code; Q1 asks something else.
    new.lots[0].schedule[0].volumes[0].volume_e3 = 900_000;
    let mut added = new.lots[1].schedule.pop().unwrap();
    added.code = "P05".into();
    new.lots[1].schedule.push(added);
    new.requirements[1].accepted.push(ResponseCode::ThirdParty);
    new.lots[0].quality[0].question.as_mut().unwrap().text = "How, and by whom?".into();
    new.lots[0].quality[1].weight = "60".into();

    let told: Vec<_> = changes(&pack(), &new).into_iter().map(|c| (c.kind, c.code, c.change)).collect();
    assert_eq!(
        told,
        [
            (LineKind::Price, "P01".to_owned(), Change::Asks(vec!["the volumes"])),
            (LineKind::Price, "P05".to_owned(), Change::Added),
            (LineKind::Price, "P04".to_owned(), Change::Removed),
            (LineKind::Requirement, "R002".to_owned(), Change::Told(vec!["the accepted codes"])),
            (LineKind::Question, "Q1".to_owned(), Change::Asks(vec!["the question"])),
            (LineKind::Question, "Q2".to_owned(), Change::Told(vec!["the weight"])),
        ]
    );

    let reading = read_older(&new, &newer_hash(), &pack(), HASH, &workbook()).unwrap();
    assert!(reading.stale);
    assert_eq!(reading.pack_version, Some(1));
    let prices: Vec<_> = reading.prices.iter().map(|p| (p.line.as_str(), p.unit_price)).collect();
    assert_eq!(prices, [("P02", Some(UnitPrice(12_000_000))), ("P03", Some(UnitPrice(1_000)))]);
    assert_eq!(reading.missing.prices, ["P01"]);
    assert_eq!(reading.responses.len(), 2);
    assert_eq!(reading.answers.iter().map(|a| a.question.as_str()).collect::<Vec<_>>(), ["Q2", "Q3", "Q4"]);
    let findings: Vec<_> = reading
        .findings
        .iter()
        .map(|f| (f.code.as_str(), f.severity, f.cell.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        findings,
        [
            ("line_changed", Severity::Error, "K5"),
            ("line_added", Severity::Warning, "-"),
            ("line_removed", Severity::Warning, "K8"),
            ("line_told_anew", Severity::Warning, "F6"),
            ("line_changed", Severity::Error, "F5"),
            ("line_told_anew", Severity::Warning, "F6"),
            ("older_pack", Severity::Warning, "-"),
        ]
    );
    // The lot's total needs the price that was not taken.
    assert_eq!(reading.lots[0].read_back_total, None);
    assert!(reading.lots[1].read_back_total.is_some());
}

#[test]
fn the_newer_packs_own_workbook_is_read_as_it_is_and_a_third_one_is_stale() {
    let mut new = pack();
    new.version = 2;
    assert_eq!(changes(&pack(), &new), []);
    let own = bid_template::filled(&new, &newer_hash(), &bid()).unwrap();
    let own = read_here(&own, "bid.xlsx").unwrap();
    let reading = read_older(&new, &newer_hash(), &pack(), HASH, &own).unwrap();
    assert_eq!(reading, bid::read(&new, &newer_hash(), &own).unwrap());
    assert!(!reading.stale);
    let third = HASH.replace('9', "7");
    let reading = read_older(&new, &newer_hash(), &pack(), &third, &workbook()).unwrap();
    assert!(reading.stale && reading.prices.is_empty());
    assert_eq!(reading.findings[0].code, "stale_pack");
}

#[test]
fn a_row_without_a_usable_id_gets_a_suggestion_and_nothing_else() {
    let mut changed = workbook();
    // The id of P02 is gone, its description stands; its neighbours are P01 and P03.
    common::edit(&mut changed, "Prices", |rows| drop(rows[5].remove(0)));
    let reading = bid::read(&pack(), HASH, &changed).unwrap();
    let lost = reading.findings.iter().find(|f| f.code == "unrecognised_row").unwrap();
    assert!(lost.todo.contains(&rules::line_id::with_check("P02")), "{}", lost.todo);
    assert!(reading.prices.iter().all(|price| price.line != "P02"));
    assert_eq!(reading.missing.prices, ["P02"]);
}
