//! A panel member marks on a train: its own score sheet of a lot goes out as a spreadsheet, is filled in with another program, and
//! comes back. Whatever is wrong is told with its cell, all at once, and then nothing is saved.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::rest::Call;
use tests::{Program, Store, machine};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::panel;
use crate::steps::people::Person;
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, ledger_is_whole, start};

tests::on_each_store!(an_offline_sheet, Openpyxl);
async fn an_offline_sheet(store: Store) {
    let mut program = start(store, None).await;
    let mut cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-46").await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    cast.sign_in_again(&program).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;

    let blank = downloaded(&cast.abe, &tender, 0).await;
    it_holds_no_price_and_nothing_of_others(&program, &blank);
    nobody_else_hands_it_in(&program, &cast, &tender, &blank).await;
    every_fault_is_told_and_nothing_is_saved(&program, &cast, &tender, &blank).await;
    what_is_filled_in_is_saved_at_once(&program, &cast, &tender, &blank).await;
    what_changed_meanwhile_is_not_overwritten(&program, &cast, &tender, &bids).await;
    the_same_through_pages(&program, &cast, &tender).await;
    ledger_is_whole(&program);
}

async fn downloaded(person: &Person, tender: &Tender, lot: usize) -> Vec<u8> {
    person.rest.get(&tender.lot(lot, "/score-sheet.xlsx")).await.expect(200).body
}

/// Runs a few lines of openpyxl on a workbook: `book` is open, and saved afterwards.
fn with_openpyxl(folder: &Path, bytes: &[u8], lines: &str) -> Vec<u8> {
    let path = folder.join("score-sheet.xlsx");
    std::fs::write(&path, bytes).expect("a file");
    let script = format!(
        "import sys, openpyxl\nbook = openpyxl.load_workbook(sys.argv[1])\nmarks = book['Marks']\n{lines}\nbook.save(sys.argv[1])\n"
    );
    let python = machine::python().expect("python");
    let output = Command::new(python).arg("-c").arg(script).arg(&path).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(&path).expect("the file")
}

/// Fills in marks and explanations, row by row from the first; a mark that is a number is a number in its cell.
fn filled(folder: &Path, bytes: &[u8], rows: &[(&str, &str)]) -> Vec<u8> {
    let mut lines = String::new();
    for (row, (mark, why)) in (2..).zip(rows) {
        let mark = if mark.parse::<u32>().is_ok() { (*mark).to_owned() } else { format!("'{mark}'") };
        let _ = write!(lines, "marks['F{row}'] = {mark}\nmarks['G{row}'] = '{why}'\n");
    }
    with_openpyxl(folder, bytes, &lines)
}

fn handed_back(person: &Person, tender: &Tender, lot: usize, path: &str, bytes: &[u8]) -> Call {
    let path = tender.lot(lot, &format!("/score-sheet/workbook{path}?name=sheet.xlsx"));
    person.rest.post(&path).body("application/octet-stream", bytes.to_vec())
}

fn it_holds_no_price_and_nothing_of_others(program: &Program, blank: &[u8]) {
    let path = program.folder().join("told.txt");
    let lines = format!(
        "out = open('{}', 'w')\nfor sheet in book:\n for row in sheet.iter_rows(values_only=True):\n  print(sheet.title, *row, file=out)\nout.close()",
        path.display()
    );
    with_openpyxl(program.folder(), blank, &lines);
    let told = std::fs::read_to_string(&path).expect("the sheet in words");
    for offer in OFFERS {
        for price in offer.prices.iter().filter(|price| price.len() >= 6) {
            assert!(!told.contains(price), "the price {price} is in the score sheet:\n{told}");
        }
    }
    assert!(told.contains("Q1-001") && told.contains("Q2-006"), "two questions, three bids:\n{told}");
    assert!(!told.contains("Q3"), "nothing of the other lot:\n{told}");
}

async fn nobody_else_hands_it_in(program: &Program, cast: &Cast, tender: &Tender, blank: &[u8]) {
    cast.site.rest.get(&tender.lot(0, "/score-sheet.xlsx")).await.problem(404, "not_found");
    cast.ada.rest.get(&tender.lot(0, "/score-sheet.xlsx")).await.problem(403, "forbidden");
    let why = "Page two names dates and people.";
    let bytes = filled(program.folder(), blank, &[("8", why)]);
    handed_back(&cast.ada, tender, 0, "", &bytes).await.problem(403, "forbidden");
    for (person, lot, code) in [(&cast.bea, 0, "other_person"), (&cast.abe, 1, "other_lot")] {
        let problem = handed_back(person, tender, lot, "", &bytes).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], code, "{problem:#}");
        assert!(problem["errors"][0]["field"].as_str().is_some_and(|field| field.starts_with("_sheet!B")));
    }
    let other = with_openpyxl(program.folder(), &bytes, "book['_sheet']['B1'] = 'f' * 64");
    let problem = handed_back(&cast.abe, tender, 0, "", &other).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "other_pack", "{problem:#}");
    let without = with_openpyxl(program.folder(), &bytes, "del book['_sheet']");
    let problem = handed_back(&cast.abe, tender, 0, "", &without).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "no_identity", "{problem:#}");
    let problem = handed_back(&cast.abe, tender, 0, "", b"PK no workbook").await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "file", "{problem:#}");
}

async fn own_marks(person: &Person, tender: &Tender) -> Vec<Value> {
    person.rest.all(&tender.lot(0, "/marks")).await
}

async fn every_fault_is_told_and_nothing_is_saved(
    program: &Program,
    cast: &Cast,
    tender: &Tender,
    blank: &[u8],
) {
    let why = "Page two names dates and people.";
    let rows = [("8", why), ("5", why), ("8", ""), ("", why), ("10", "Good.")];
    let bytes = filled(program.folder(), blank, &rows);
    let bytes = with_openpyxl(program.folder(), &bytes, "marks['A7'] = 'Q7-001'\nmarks['F7'] = 8");
    let tried = handed_back(&cast.abe, tender, 0, "/trials", &bytes).await.expect(200).json();
    let told: Vec<(&str, &str)> = tried["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| (one["place"].as_str().expect("a place"), one["code"].as_str().expect("a code")))
        .collect();
    assert_eq!(
        told,
        [
            ("Marks!A7", "unknown_row"),
            ("Marks!F3", "not_on_scale"),
            ("Marks!G4", "missing"),
            ("Marks!F5", "missing"),
            ("Marks!G6", "too_short"),
        ],
        "{tried:#}"
    );
    assert_eq!((&tried["has_errors"], tried["marks"].as_array().map(Vec::len)), (&json!(true), Some(1)));
    let scale = &tried["findings"][1];
    assert_eq!(scale["found"], "5");
    assert!(scale["expected"].as_str().is_some_and(|told| told.contains("0, 4, 8, 10")), "{scale:#}");
    let problem = handed_back(&cast.abe, tender, 0, "", &bytes).await.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(5), "{problem:#}");
    assert!(own_marks(&cast.abe, tender).await.is_empty(), "nothing is saved when anything is wrong");
}

async fn what_is_filled_in_is_saved_at_once(program: &Program, cast: &Cast, tender: &Tender, blank: &[u8]) {
    let why = "Page two names dates and people.";
    let bytes = filled(program.folder(), blank, &[("8", why), ("10", why), ("4", why)]);
    let tried = handed_back(&cast.abe, tender, 0, "/trials", &bytes).await.expect(200).json();
    assert_eq!((&tried["has_errors"], tried["marks"].as_array().map(Vec::len)), (&json!(false), Some(3)));
    assert!(own_marks(&cast.abe, tender).await.is_empty(), "a trial saves nothing");
    let call = || handed_back(&cast.abe, tender, 0, "", &bytes).key("once");
    let saved = call().await.expect(200).json();
    assert_eq!(saved, call().await.expect(200).json(), "a repeat saves nothing again");
    let marks = own_marks(&cast.abe, tender).await;
    assert_eq!(marks.len(), 3);
    assert!(marks.iter().all(|mark| mark["question"] == "Q1" && mark["version"] == 1), "{marks:#?}");
    let again = handed_back(&cast.abe, tender, 0, "", &bytes).await.expect(200).json();
    assert_eq!((&again["unchanged"], again["marks"].as_array().map(Vec::len)), (&json!(3), Some(0)));
    let entries = cast.ada.rest.all(&tender.at("/ledger")).await;
    let saves = entries.iter().filter(|entry| entry["action"] == "scoring.mark.save").count();
    assert_eq!(saves, 3, "each mark has its entry");
}

/// Abe changes a mark on its page after the sheet went out: the sheet does not put the old one back.
async fn what_changed_meanwhile_is_not_overwritten(
    program: &Program,
    cast: &Cast,
    tender: &Tender,
    bids: &[String],
) {
    let sheet = downloaded(&cast.abe, tender, 0).await;
    let marks = own_marks(&cast.abe, tender).await;
    let first = &marks.iter().find(|mark| mark["bid_id"] == bids[0].as_str()).expect("a mark");
    let body = json!({
        "bid_id": bids[0], "question": "Q1", "value": "0", "explanation": "On a second reading it says nothing.",
    });
    cast.abe.rest.put(&tender.lot(0, "/marks")).if_match("\"1\"").json(&body).await.expect(200);
    let lines = "for row in range(2, 5):\n marks[f'G{row}'] = 'Page three names dates and people.'";
    let bytes = with_openpyxl(program.folder(), &sheet, lines);
    let problem = handed_back(&cast.abe, tender, 0, "", &bytes).await.problem(422, "invalid");
    let [only] = problem["errors"].as_array().expect("errors").as_slice() else { panic!("{problem:#}") };
    assert_eq!(only["code"], "stale", "{only:#}");
    assert!(only["message"].as_str().is_some_and(|told| told.contains("it is 0 now")), "{first:#} {only:#}");
    assert_eq!(own_marks(&cast.abe, tender).await.iter().filter(|mark| mark["version"] == 1).count(), 2);
}

/// Bea does the same in front of a browser without a script, and submits.
async fn the_same_through_pages(program: &Program, cast: &Cast, tender: &Tender) {
    let bea = &cast.bea.pages;
    let desk = bea.get(&format!("/procurements/{}/scoring", tender.id)).await.is(200, "My scoring");
    let page =
        bea.follow(&desk, "My score sheet as a spreadsheet").await.is(200, "My score sheet").is_sound();
    let blank = bea.follow(&page, "Download my score sheet").await;
    assert!(blank.body.starts_with(b"PK"), "{}", blank.status);
    let why = "Page two names dates and people.";
    let wrong = filled(program.folder(), &blank.body, &[("9", why)]);
    let form = page.form("Check the score sheet").attach("file", "sheet.xlsx", wrong);
    let page = bea.send(form).await.is(200, "My score sheet").is_sound();
    let page = page.says("Nothing is saved.").says("Marks!F2").does_not_say("Save these marks");
    let rows: Vec<(&str, &str)> = ["8", "4", "10", "8", "4", "10"].map(|mark| (mark, why)).to_vec();
    let right = filled(program.folder(), &blank.body, &rows);
    let form = page.form("Check the score sheet").attach("file", "sheet.xlsx", right);
    let page = bea.send(form).await.is(200, "My score sheet").is_sound();
    assert_eq!(page.table("What would change").len(), 7, "{}", page.whole());
    assert!(own_marks(&cast.bea, tender).await.is_empty(), "a look saves nothing");
    let page = bea.send(page.form("Save these marks")).await.is(200, "My scoring").says("6 marks are saved.");
    bea.send(page.form("Submit my marks")).await.is(200, "My scoring").says("Your marks are submitted.");
    let page = bea.get(&format!("/procurements/{}/scoring/lots/{}/sheet", tender.id, tender.lots[0])).await;
    page.is(200, "My score sheet")
        .is_sound()
        .says("submitted or closed")
        .does_not_say("Check the score sheet");
    let sheet = downloaded(&cast.bea, tender, 0).await;
    let problem = handed_back(&cast.bea, tender, 0, "", &sheet).await.problem(409, "sheet_submitted");
    assert!(problem["detail"].is_string());
}
