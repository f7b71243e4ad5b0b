//! What the blank workbooks promise (SHEETS section 3), read from their own parts.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{HASH, bid, pack, parts};
use importers::bid_template::{self, ResponseEntry};
use importers::demand::{self, DemandLine};
use importers::{read_here, requirements};
use rules::words::Charge;

fn xml(bytes: &[u8]) -> BTreeMap<String, String> {
    parts(bytes)
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

fn blank() -> BTreeMap<String, String> {
    xml(&bid_template::write(&pack(), HASH).unwrap())
}

#[test]
fn every_sheet_is_one_table_that_people_can_read_print_sort_and_fill_in() {
    let parts = blank();
    for (at, lists) in [(2, 2), (3, 1), (4, 0)] {
        let sheet = &parts[&format!("xl/worksheets/sheet{at}.xml")];
        // A4 is paper 9.
        for promise in [
            "paperSize=\"9\"",
            "orientation=\"landscape\"",
            "<pageSetUpPr fitToPage=\"1\"",
            "fp 9f2c41d0",
            "state=\"frozen\"",
            "<tablePart ",
        ] {
            assert!(sheet.contains(promise), "sheet {at}: {promise}");
        }
        assert!(!sheet.contains("mergeCell"), "sheet {at}");
        assert_eq!(sheet.matches("<dataValidation ").count(), lists, "sheet {at}");
        let protection = &sheet[sheet.find("<sheetProtection").unwrap()..];
        let protection = &protection[..protection.find('>').unwrap()];
        for allowed in ["sort", "autoFilter", "formatColumns", "formatRows"] {
            assert!(protection.contains(&format!("{allowed}=\"0\"")), "sheet {at}: {protection}");
        }
        assert!(!protection.contains("password") && !protection.contains("hashValue"), "sheet {at}");
    }
    let prices = &parts["xl/worksheets/sheet2.xml"];
    assert!(prices.contains("\"Bid,No bid,Included\"") && prices.contains("type=\"decimal\""));
    for promise in [
        "Print_Titles\" localSheetId=\"1\"",
        "Print_Titles\" localSheetId=\"2\"",
        "Print_Titles\" localSheetId=\"3\"",
    ] {
        assert!(parts["xl/workbook.xml"].contains(promise), "{promise}");
    }
}

#[test]
fn what_only_confirms_is_there_and_is_not_needed() {
    let parts = blank();
    let workbook = &parts["xl/workbook.xml"];
    assert!(workbook.contains("name=\"_bid\" sheetId=\"5\" state=\"veryHidden\""));
    assert!(workbook.contains("<definedName name=\"tender_pack\">_bid!$B$1</definedName>"), "{workbook}");
    assert!(workbook.contains("<definedName name=\"tender_pack_sha256\">_bid!$B$4</definedName>"));
    assert!(parts["docProps/custom.xml"].contains("ICT-2027-01 v1 · fp 9f2c41d0"));
}

/// The status texts of a sheet, as stored.
fn statuses(bytes: &[u8], sheet: usize, col: u32) -> Vec<String> {
    let book = read_here(bytes, "bid.xlsx").unwrap();
    let rows = book.sheets[sheet].rows.iter().filter(|row| row.index >= 4);
    rows.map(|row| row.cell(col).unwrap().value.shown()).collect()
}

#[test]
fn a_status_says_in_words_what_a_line_still_needs() {
    let blank = bid_template::write(&pack(), HASH).unwrap();
    assert_eq!(statuses(&blank, 1, 12), ["missing", "missing", "missing", "optional"]);
    assert_eq!(statuses(&blank, 2, 7), ["missing", "missing"]);
    let document = "blank: send a document";
    assert_eq!(statuses(&blank, 3, 7), ["missing", document, "missing", document]);
    // The count of words is live, and right before anything recalculates.
    assert_eq!(statuses(&blank, 3, 6), ["0"; 4]);
    let mut filled = bid();
    filled.responses.insert("R001".into(), ResponseEntry { code: "R".into(), comment: String::new() });
    filled.responses.insert("R002".into(), ResponseEntry { code: "N".into(), comment: String::new() });
    filled.answers.insert("Q1".into(), "one two three\nfour  five six".into());
    let filled = bid_template::filled(&pack(), HASH, &filled).unwrap();
    assert_eq!(statuses(&filled, 2, 7), ["R needs a date", "answered, code not accepted"]);
    assert_eq!(statuses(&filled, 3, 7), ["answered, too long", "answered", "answered", "answered"]);
    assert_eq!(statuses(&filled, 3, 6), ["6", "1", "3", "2"]);
    let book = read_here(&filled, "bid.xlsx").unwrap();
    let told: Vec<String> = book.sheets[..4]
        .iter()
        .map(|sheet| sheet.rows.iter().find(|row| row.index == 2).unwrap().cells[0].value.shown())
        .collect();
    assert_eq!(told, ["1 answers missing", "0 answers missing", "1 answers missing", "0 answers missing"]);
}

#[test]
fn the_councils_templates_explain_themselves_and_check_what_is_chosen() {
    let line = DemandLine {
        code: "P01".into(),
        description: "Licence".into(),
        unit: "user".into(),
        charge: Charge::Recurring,
    };
    let demand = xml(&demand::template(&[line], 3).unwrap());
    let requirements = xml(&requirements::template().unwrap());
    for (parts, lists) in [(&demand, 2), (&requirements, 2)] {
        assert!(parts["xl/workbook.xml"].contains("<sheet name=\"Instructions\" sheetId=\"1\""));
        let sheet = &parts["xl/worksheets/sheet2.xml"];
        assert_eq!(sheet.matches("<dataValidation ").count(), lists);
        for promise in ["state=\"frozen\"", "orientation=\"landscape\"", "<tablePart "] {
            assert!(sheet.contains(promise), "{promise}");
        }
    }
}
