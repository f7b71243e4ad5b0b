//! One bid, as our template wrote it, through other programs and other people's hands: always the same bid. Without arguments of
//! its own this program is the test; with `read-workbook` it is the child, which alone reads xls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::collections::BTreeSet;
use std::io::{stdin, stdout};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{HASH, shaped, shaped_bid};
use importers::bid::{self as bids, BidReading};
use importers::raw::{RawValue, Row, exact_text};
use importers::{Reader, bid_template, child::run_child};

/// What openpyxl is asked to do: the name of the file it writes, and how.
const OPENPYXL: &str = include_str!("other_programs.py");
/// Every cell as openpyxl reads it.
const DIFFERENTIAL: &str = include_str!("differential.py");

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("read-workbook") => std::process::exit(run_child(stdin().lock(), stdout().lock()).into()),
        _ if args.iter().any(|arg| arg == "--list") => {
            if !args.iter().any(|arg| arg == "--ignored") {
                println!("other_programs: test");
            }
        }
        _ => {
            let folder = tempfile::tempdir().unwrap();
            let before = folder.path().join("bid.xlsx");
            std::fs::write(&before, bid_template::filled(&shaped(), HASH, &shaped_bid()).unwrap()).unwrap();
            let good = read(&before);
            assert_eq!(good.findings, []);
            assert_eq!(good.prices.len(), 10, "bands, options and rates too");
            through_openpyxl(folder.path(), &before, &good);
            through_libreoffice(folder.path(), &before, &good);
            println!("other_programs: ok");
        }
    }
}

fn read(path: &Path) -> BidReading {
    let reader = Reader::new(std::env::current_exe().unwrap(), vec!["read-workbook".to_owned()]);
    let name = path.file_name().unwrap().to_string_lossy();
    let book =
        reader.read(&std::fs::read(path).unwrap(), &name).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    bids::read(&shaped(), HASH, &book).unwrap_or_else(|refused| panic!("{name}: {refused}"))
}

/// Whether the tests that need this are to be left out. It says so, and fails where nothing may be.
#[allow(clippy::disallowed_methods)] // the tests' own switch, not a setting of the program
fn lacking(here: bool, what: &str) -> bool {
    if here {
        return false;
    }
    assert!(
        std::env::var_os("COMMONLOT_TEST_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "COMMONLOT_TEST_REQUIRE_ALL=1, and this machine lacks {what}"
    );
    eprintln!("!! SKIPPED: this machine lacks {what}");
    true
}

fn runs(program: &str, args: &[&str]) -> bool {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output();
    output.is_ok_and(|output| output.status.success())
}

/// The parts of a bid that a file can hold: all, or those of one sheet.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    Prices,
    Requirements,
    Questions,
}

fn compare(path: &Path, part: Part, good: &BidReading, said: &[&str]) {
    let found = read(path);
    let name = path.file_name().unwrap().to_string_lossy();
    if matches!(part, Part::All | Part::Prices) {
        let prices = |reading: &BidReading| -> Vec<_> {
            reading.prices.iter().map(|price| (price.line.clone(), price.offer, price.unit_price)).collect()
        };
        assert_eq!(prices(&found), prices(good), "{name}: {:?}", found.findings);
    }
    if matches!(part, Part::All | Part::Requirements) {
        let responses = |reading: &BidReading| -> Vec<_> {
            reading.responses.iter().map(|r| (r.requirement.clone(), r.code, r.comment.clone())).collect()
        };
        assert_eq!(responses(&found), responses(good), "{name}: {:?}", found.findings);
    }
    if matches!(part, Part::All | Part::Questions) {
        let answers = |reading: &BidReading| -> Vec<_> {
            reading.answers.iter().map(|a| (a.question.clone(), a.text.clone(), a.words)).collect()
        };
        assert_eq!(answers(&found), answers(good), "{name}: {:?}", found.findings);
    }
    if part == Part::All {
        assert_eq!((&found.missing, &found.lots), (&good.missing, &good.lots), "{name}");
        assert_eq!(found.supplier_name, good.supplier_name, "{name}");
    }
    let codes: Vec<&str> = found.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, said, "{name}");
    println!("the same bid: {name}");
}

/// The two sheets that a file of one sheet does not have.
const ONE_SHEET: [&str; 2] = ["sheet_missing", "sheet_missing"];

fn through_openpyxl(folder: &Path, before: &Path, good: &BidReading) {
    if lacking(runs("python3", &["-c", "import openpyxl"]), "python3 with openpyxl") {
        return;
    }
    let status = Command::new("python3").args(["-c", OPENPYXL]).arg(before).arg(folder).status().unwrap();
    assert!(status.success());
    assert_eq!(read(&folder.join("saved.xlsx")), *good, "openpyxl saves every answer in its place");
    for name in ["pasted.xlsx", "sorted.xlsx", "inserted.xlsx", "swapped.xlsx", "alone.xlsx"] {
        compare(&folder.join(name), Part::All, good, &[]);
        differs_nowhere(&folder.join(name));
    }
    let all_sorts = folder.join("all-sorts.xlsx");
    std::fs::write(&all_sorts, all_sorts_of_cells()).unwrap();
    for path in [before, &all_sorts] {
        differs_nowhere(path);
    }
    for (sheet, part) in
        [("Prices", Part::Prices), ("Requirements", Part::Requirements), ("Questions", Part::Questions)]
    {
        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"] {
            // Windows-1252 is what a program writes that also writes decimal commas.
            let said: Vec<&str> = if encoding == "cp1252" && part == Part::Prices {
                ["decimal_comma"].into_iter().chain(ONE_SHEET).collect()
            } else {
                ONE_SHEET.to_vec()
            };
            compare(&folder.join(format!("{sheet}-{encoding}.csv")), part, good, &said);
        }
    }
}

fn through_libreoffice(folder: &Path, before: &Path, good: &BidReading) {
    if lacking(runs("soffice", &["--version"]), "LibreOffice Calc (Debian: libreoffice-calc)") {
        return;
    }
    let converted = |format: &str, to: &str| {
        let home = format!("-env:UserInstallation=file://{}", folder.join("home").display());
        let out = folder.join(to);
        let status = Command::new("soffice")
            .args([&home, "--headless", "--norestore", "--convert-to", format, "--outdir"])
            .arg(&out)
            .arg(before)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
        out
    };
    compare(&converted("xlsx:Calc MS Excel 2007 XML", "to-xlsx").join("bid.xlsx"), Part::All, good, &[]);
    compare(&converted("ods", "to-ods").join("bid.ods"), Part::All, good, &[]);
    compare(&converted("xls:MS Excel 97", "to-xls").join("bid.xls"), Part::All, good, &["formats_not_read"]);
    // Every sheet, in UTF-8, as it is shown.
    let csv =
        converted("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "to-csv");
    for (sheet, part) in
        [("Prices", Part::Prices), ("Requirements", Part::Requirements), ("Questions", Part::Questions)]
    {
        compare(&csv.join(format!("bid-{sheet}.csv")), part, good, &ONE_SHEET);
    }
}

/// Cells of every type, and numbers at the edges of what a float holds.
fn all_sorts_of_cells() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("All sorts & <more>").unwrap();
    let mut seed = 12_345u64;
    for row in 0..2_000u32 {
        // A small generator of the test's own: the same numbers in every run.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pence = f64::from(u32::try_from(seed >> 33).unwrap()) / 100.0;
        sheet.write_number(row, 0, pence).unwrap();
        sheet.write_number(row, 1, pence / 3.0).unwrap();
        sheet.write_boolean(row, 2, row % 3 == 0).unwrap();
        sheet
            .write_string(
                row,
                3,
                format!("row {row}\n\t“Ünïcödé” & <tags> _x000D_ {}", "x".repeat(row as usize % 50)),
            )
            .unwrap();
        let formula = rust_xlsxwriter::Formula::new("=1/3").set_result("0.333333333333333");
        sheet.write_formula(row, 4, formula).unwrap();
        let formula = rust_xlsxwriter::Formula::new("=\"a\"").set_result("answered");
        sheet.write_formula(row, 5, formula).unwrap();
    }
    for (col, edge) in (6u16..).zip([0.0, -0.0, 1e-300, 1e300, 123_456_789_012_345.0, 0.1 + 0.2, -12.5]) {
        sheet.write_number(0, col, edge).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Our reader and openpyxl find the same cells with the same values.
fn differs_nowhere(path: &Path) {
    let output = Command::new("python3").args(["-c", DIFFERENTIAL]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: BTreeSet<(String, String, String, String)> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (sheet, cell, kind, value): (String, String, String, String) =
                serde_json::from_slice(line).unwrap();
            let value = match kind.as_str() {
                "number" => exact_text(value.parse().unwrap()).unwrap(),
                "bool" => value.to_uppercase(),
                _ => value,
            };
            (sheet, cell, kind, value)
        })
        .collect();
    let book = importers::read_here(&std::fs::read(path).unwrap(), "bid.xlsx").unwrap();
    let mut ours = BTreeSet::new();
    for sheet in &book.sheets {
        for cell in sheet.rows.iter().flat_map(Row::cells) {
            let kind = match &cell.value {
                RawValue::Text(text) if text.is_empty() => continue,
                RawValue::Text(_) => "text",
                RawValue::Number(_) => "number",
                RawValue::Bool(_) => "bool",
                RawValue::DateTime(_) => "date",
                RawValue::Error(_) => "error",
                RawValue::Empty => continue,
            };
            ours.insert((sheet.name.clone(), cell.a1(), kind.to_owned(), cell.value.shown().to_owned()));
        }
    }
    assert!(!ours.is_empty());
    let name = path.file_name().unwrap().to_string_lossy();
    let differing: Vec<_> = ours.symmetric_difference(&theirs).take(10).collect();
    assert!(differing.is_empty(), "{name}: {differing:?}");
    println!("the same {} cells as openpyxl: {name}", ours.len());
}
