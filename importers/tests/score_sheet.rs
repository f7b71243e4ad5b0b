//! A panel member's score sheet, out and back.
#![allow(clippy::unwrap_used)]

use importers::score_sheet::{AnswerRow, Head, Identity, MarkRow, read, write};
use importers::{Reading, read_here};
use rules::scale::{Scale, ScaleMark};
use rust_xlsxwriter::Workbook;

fn identity() -> Identity {
    Identity { pack: "a".repeat(64), lot: "lot-1".to_owned(), person: "person-1".to_owned() }
}

fn answer(question: &str, bid: &str, mark: &str, revision: i64) -> AnswerRow {
    let marks = ["0", "4", "10"].map(|value| ScaleMark {
        value: value.to_owned(),
        percent: None,
        descriptor: format!("What earns {value}"),
    });
    AnswerRow {
        question: question.to_owned(),
        bid: bid.to_owned(),
        bidder: "=cmd|'/c calc'!A1 Ltd".to_owned(),
        asked: "How will you move the data?".to_owned(),
        scale: Scale { name: "0, 4 or 10".to_owned(), marks: marks.to_vec() },
        mark: mark.to_owned(),
        explanation: if mark.is_empty() { String::new() } else { "Page two names dates.".to_owned() },
        revision,
    }
}

fn sheet() -> Vec<u8> {
    let head = Head {
        procurement: "ICT-2027-01 Housing".to_owned(),
        lot: "L1 System".to_owned(),
        person: "Panel member A".to_owned(),
    };
    let answers =
        [answer("Q1", "bid-a", "10", 2), answer("Q1", "bid-b", "", 0), answer("Q2", "bid-a", "4", 1)];
    write(&identity(), &head, &answers).unwrap()
}

fn back(bytes: &[u8], expected: &Identity) -> Reading<MarkRow> {
    read(&read_here(bytes, "score-sheet.xlsx").unwrap(), expected)
}

fn told(reading: &Reading<MarkRow>) -> Vec<(&str, &str)> {
    reading.findings.iter().map(|one| (one.code.as_str(), one.cell.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn what_goes_out_comes_back_and_blank_rows_are_left() {
    let reading = back(&sheet(), &identity());
    assert_eq!(told(&reading), []);
    let rows: Vec<_> = reading
        .rows
        .iter()
        .map(|row| {
            (row.question.as_str(), row.bid.as_str(), row.revision, row.mark.as_str(), row.mark_cell.as_str())
        })
        .collect();
    assert_eq!(rows, [("Q1", "bid-a", 2, "10", "F2"), ("Q2", "bid-a", 1, "4", "F4")]);
    assert_eq!(reading.rows[0].explanation, "Page two names dates.");
}

#[test]
fn a_sheet_of_somebody_else_or_something_else_is_not_read() {
    let mine = identity();
    for (other, code) in [
        (Identity { pack: "b".repeat(64), ..mine.clone() }, "other_pack"),
        (Identity { lot: "lot-2".to_owned(), ..mine.clone() }, "other_lot"),
        (Identity { person: "person-2".to_owned(), ..mine.clone() }, "other_person"),
    ] {
        let reading = back(&sheet(), &other);
        assert_eq!((told(&reading)[0].0, reading.rows.len()), (code, 0));
    }
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (col, text) in (0u16..).zip(["Row", "Mark", "Explanation"]) {
        page.write_string(0, col, text).unwrap();
    }
    let reading = back(&book.save_to_buffer().unwrap(), &mine);
    assert_eq!(told(&reading)[0].0, "no_identity");
}

/// A sheet as another program may hand it back: the identity, and these rows.
fn made(rows: &[[&str; 3]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet().set_name("Marks").unwrap();
    for (row, texts) in (0..).zip([["Row", "Mark", "Explanation"]].iter().chain(rows)) {
        for (col, text) in (0u16..).zip(texts) {
            if let Ok(number) = text.parse::<f64>() {
                page.write_number(row, col, number).unwrap();
            } else {
                page.write_string(row, col, *text).unwrap();
            }
        }
    }
    let own = book.add_worksheet().set_name("_sheet").unwrap();
    let identity = identity();
    let lines = [
        vec!["pack sha256", &identity.pack],
        vec!["lot", &identity.lot],
        vec!["person", &identity.person],
        vec!["row", "Q1-001", "Q1", "bid-a", "0"],
        vec!["row", "Q1-002", "Q1", "bid-b", "3"],
    ];
    for (row, texts) in (0..).zip(&lines) {
        for (col, text) in (0u16..).zip(texts) {
            own.write_string(row, col, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn rows_are_known_by_their_names_wherever_they_stand() {
    let bytes = made(&[["q1-002 ", "4", "Page two names dates."], ["Q1-001", "", "Nothing is said."]]);
    let reading = back(&bytes, &identity());
    assert_eq!(told(&reading), []);
    let rows: Vec<_> =
        reading.rows.iter().map(|row| (row.bid.as_str(), row.revision, row.mark.as_str())).collect();
    assert_eq!(rows, [("bid-b", 3, "4"), ("bid-a", 0, "")], "a number is read as its text");
}

#[test]
fn rows_that_are_not_of_the_sheet_or_stand_twice_are_told_with_their_cells() {
    let why = "Page two names dates.";
    let bytes = made(&[
        ["Q1-001", "4", why],
        ["Q1-001", "10", why],
        ["Q9-001", "4", why],
        ["", "4", why],
        ["Q1-002", "", ""],
    ]);
    let reading = back(&bytes, &identity());
    assert_eq!(told(&reading), [("duplicate_row", "A3"), ("unknown_row", "A4"), ("unknown_row", "A5")]);
    assert!(reading.has_errors());
}
