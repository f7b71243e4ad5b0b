//! Files as they arrive: hostile, wrong, awkward.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use importers::raw::{RawValue, Unreadable};
use importers::{Severity, UPLOAD_CAP, read_here};

#[test]
fn hostile_and_wrong_files_are_refused_by_name() {
    for (what, bytes, code) in common::refused() {
        let Unreadable { code: found, message } = read_here(&bytes, "bid.xlsx").expect_err(what);
        assert_eq!(found, code, "{what}: {message}");
    }
    assert_eq!(read_here(&vec![b'a'; UPLOAD_CAP + 1], "x.csv").unwrap_err().code, "too_large");
}

#[test]
fn what_can_abort_its_reader_is_read_by_a_child_only() {
    let mut xls = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    xls.extend("Workbook".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(read_here(&xls, "bid.xls").unwrap_err().code, "other_format");
    let xlsb = common::zip(&[("xl/workbook.bin", b"\x83\x01\x00"), ("xl/styles.bin", b"")]);
    assert_eq!(read_here(&xlsb, "bid.xlsb").unwrap_err().code, "other_format");
}

#[test]
fn two_cells_at_the_ends_of_a_sheet_are_two_cells() {
    let book = read_here(&common::far_apart(), "bid.xlsx").unwrap();
    let rows = &book.sheets[0].rows;
    assert_eq!(rows.len(), 2);
    let last = rows.iter().nth(1).unwrap().cell(16_383).unwrap();
    assert_eq!(last.a1(), "XFD1048576");
    assert!(last.formula);
}

#[test]
fn awkward_cells_keep_their_place_and_are_never_taken_for_empty() {
    let data = "<row r=\"2\"><c r=\"A2\"><v>1234.5600000000002</v></c><c r=\"B2\" t=\"n\"><v>12,50</v></c><c r=\"C2\"><f>A2*2</f></c>\
                <c r=\"D2\" t=\"e\"><v>#SPILL!</v></c><c r=\"E2\" t=\"e\"><v>#REF!</v></c><c r=\"F2\"><v>NaN</v></c><c r=\"G2\" t=\"b\"><v>1</v></c></row>";
    let book = read_here(&common::xlsx(&[("Prices", data)], None), "bid.xlsx").unwrap();
    let row = book.sheets[0].rows.iter().next().unwrap();
    let value = |col| row.cell(col).map(|cell| cell.value);
    assert_eq!(value(0), Some(RawValue::Number("1234.56".into())));
    assert!(matches!(value(1), Some(RawValue::Error(_))), "{row:?}");
    assert_eq!(value(2), Some(RawValue::Empty));
    assert!(row.cell(2).unwrap().formula);
    assert!(matches!(value(3), Some(RawValue::Error(_))), "{row:?}");
    assert_eq!(value(4), Some(RawValue::Error("#REF!".into())));
    assert!(!matches!(value(5), None | Some(RawValue::Number(_))), "{row:?}");
    assert_eq!(value(6), Some(RawValue::Bool(true)));
    let cells: Vec<_> = book
        .findings
        .iter()
        .filter(|f| f.code == "cell_unreadable")
        .map(|f| f.cell.clone().unwrap())
        .collect();
    assert_eq!(cells, ["B2", "D2"]);
}

#[test]
fn a_sheet_in_another_encoding_is_an_error_and_not_an_empty_sheet() {
    let sheet = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(sheet.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let plain = common::xlsx(&[("A", "")], None);
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(plain)).unwrap();
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let name = part.name().unwrap().to_string();
        let mut bytes = Vec::new();
        std::io::copy(&mut part, &mut bytes).unwrap();
        parts.push(if name.contains("worksheets") { (name, utf16.clone()) } else { (name, bytes) });
    }
    let bytes =
        common::zip(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>());
    match read_here(&bytes, "bid.xlsx") {
        Ok(book) => assert!(
            !book.sheets[0].rows.is_empty()
                || book
                    .findings
                    .iter()
                    .any(|f| f.severity == Severity::Error && f.sheet.as_deref() == Some("A")),
            "{book:?}"
        ),
        Err(refusal) => assert_eq!(refusal.code, "damaged"),
    }
}

#[test]
fn no_single_bit_flip_of_a_good_workbook_changes_what_is_read_in_silence() {
    let good = importers::bid_template::filled(&common::pack(), common::HASH, &common::bid()).unwrap();
    let expected = read_here(&good, "bid.xlsx").unwrap();
    for at in (0..good.len()).step_by(97) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x04;
        if let Ok(book) = read_here(&flipped, "bid.xlsx") {
            let said = book.findings.iter().any(|finding| finding.severity == Severity::Error);
            assert!(said || book.sheets == expected.sheets, "byte {at}");
        }
    }
}

#[test]
fn a_number_shown_in_another_currency_or_as_a_percentage_is_doubted() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, format) in (0u32..).zip(["[$€-2] #,##0.00", "0%", "#,##0,", "£#,##0.00", "General"]) {
        let format = rust_xlsxwriter::Format::new().set_num_format(format);
        sheet.write_number_with_format(row, 0, 5, &format).unwrap();
    }
    let book = read_here(&book.save_to_buffer().unwrap(), "bid.xlsx").unwrap();
    let doubts: Vec<bool> =
        book.sheets[0].rows.iter().map(|row| row.cell(0).unwrap().doubt.is_some()).collect();
    assert_eq!(doubts, [true, true, true, false, false]);
    assert!(matches!(
        importers::price::unit_price(book.sheets[0].rows.iter().next().unwrap().cell(0).as_ref()),
        importers::price::Seen::Fault { code: "number_in_doubt", .. }
    ));
}
