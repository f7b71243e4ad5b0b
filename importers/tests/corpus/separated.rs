//! Separated text: encodings, separators, quotation marks, and numbers that a separator split.

use importers::raw::RawValue;
use importers::read_here;
use rules::money::UnitPrice;

use super::bytes::good;
use super::case::{Case, Expect, findings, good_prices};

/// The sheet Prices as fields, as a spreadsheet program writes it; numbers are marked.
pub fn fields() -> Vec<Vec<(String, bool)>> {
    let book = read_here(&good(), "bid.xlsx").unwrap();
    let sheet = &book.sheets[1];
    let mut rows = Vec::new();
    for row in sheet.rows.iter() {
        while rows.len() < usize::try_from(row.index).unwrap() {
            rows.push(vec![(String::new(), false); 13]);
        }
        let field = |col| {
            row.cell(col).map_or((String::new(), false), |cell| {
                (cell.value.shown().to_owned(), matches!(cell.value, RawValue::Number(_)))
            })
        };
        rows.push((0..13).map(field).collect());
    }
    rows
}

/// The rows as text.
fn text(rows: &[Vec<(String, bool)>], separator: char, comma: bool, end: &str) -> String {
    let field = |(text, number): &(String, bool)| {
        let text = if *number && comma { text.replace('.', ",") } else { text.clone() };
        if text.contains([separator, '"', '\n']) || text.contains(',') && separator == ',' {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let separator = separator.to_string();
    rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(&separator) + end).collect()
}

/// The sheet with this text as the price of P01.
pub fn with_text(price: &str) -> Vec<u8> {
    let mut rows = fields();
    rows[4][10] = (price.to_owned(), false);
    rows[4][11] = (String::new(), false);
    text(&rows, ',', false, "\r\n").into_bytes()
}

/// The other sheets are not in a CSV.
const REST: [(&str, &str); 2] = [("sheet_missing", "-"), ("sheet_missing", "-")];

/// What becomes of a text where a workbook expects this.
pub fn expected(text: &str, expect: Expect) -> Option<Expect> {
    let Expect::P01(mut found, mut price) = expect else { return None };
    if text == "1.200" {
        // A file with commas between its fields has points in its numbers.
        (found, price) = (vec![], Some(UnitPrice(12_000)));
    }
    found.extend(findings(&REST));
    Some(Expect::P01(found, price))
}

fn read(name: &str, bytes: Vec<u8>, first: &[(&str, &str)]) -> Case {
    let mut found = findings(first);
    found.extend(findings(&REST));
    Case::new(name, bytes, Expect::Prices(found, good_prices()))
}

pub fn cases() -> Vec<Case> {
    let rows = fields();
    let plain = text(&rows, ',', false, "\r\n");
    let comma = text(&rows, ';', true, "\r\n");
    let said = [("decimal_comma", "-")];
    let utf16 = |text: &str, big: bool, bom: bool| -> Vec<u8> {
        let units = bom.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let cp1252 =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let mut cases = vec![
        read("csv in UTF-8", plain.clone().into_bytes(), &[]),
        read("csv in UTF-8 with its mark", format!("\u{feff}{plain}").into_bytes(), &[]),
        read("csv in UTF-16", utf16(&plain, false, true), &[]),
        read("csv in UTF-16, big end first", utf16(&plain, true, true), &[]),
        read("csv in UTF-16 without a mark", utf16(&plain, false, false), &[]),
        read("csv in UTF-16, big end first, without a mark", utf16(&plain, true, false), &[]),
        read("csv in Windows-1252", cp1252(&plain), &[]),
        read("csv with semicolons and decimal commas", comma.clone().into_bytes(), &said),
        read("csv with semicolons in Windows-1252", cp1252(&comma), &said),
        read("csv with semicolons in UTF-16", utf16(&comma, false, true), &said),
        read("csv that says its separator", format!("sep=;\r\n{comma}").into_bytes(), &said),
        read(
            "csv that says its separator, in UTF-16",
            utf16(&format!("sep=;\r\n{comma}"), false, true),
            &said,
        ),
        read("csv with semicolons and decimal points", text(&rows, ';', false, "\n").into_bytes(), &[]),
        read("csv with tabs", text(&rows, '\t', false, "\r\n").into_bytes(), &[]),
        read("csv with tabs and decimal commas", text(&rows, '\t', true, "\r\n").into_bytes(), &said),
        read("csv with lines of old Macintosh", text(&rows, ',', false, "\r").into_bytes(), &[]),
        read("csv with lines of Unix", text(&rows, ',', false, "\n").into_bytes(), &[]),
        read("csv without its last line's end", plain.trim_end().as_bytes().to_vec(), &[]),
        read("csv with blank lines between", plain.replace("\r\n", "\r\n\r\n").into_bytes(), &[]),
        read("csv with every field quoted", quoted(&rows).into_bytes(), &[]),
        Case::unreadable(
            "csv with a zero byte",
            plain.replacen("Line", "Li\0ne", 1).into_bytes(),
            "not_a_spreadsheet",
        ),
        Case::unreadable("csv with a field without an end", unended().into_bytes(), "text_too_long"),
        Case::unreadable("csv with 1,000,001 fields", ",".repeat(1_000_000).into_bytes(), "too_many_cells"),
        Case::new(
            "csv of something else",
            b"Name,Price\nTea,1\n".to_vec(),
            Expect::Refused("not_a_bid_workbook"),
        ),
        Case::new("csv that is one word", b"hello".to_vec(), Expect::Refused("not_a_bid_workbook")),
        Case::new("csv of quotation marks", b"\"\"\"\"\"\"".to_vec(), Expect::Refused("not_a_bid_workbook")),
    ];
    let asked = |name: &str, bytes: String, first: &[(&str, &str)], code: &str| {
        let mut found = findings(first);
        found.push((code.to_owned(), "K5".to_owned()));
        found.extend(findings(&REST));
        Case::new(name, bytes.into_bytes(), Expect::P01(found, None))
    };
    // 1,200 without quotation marks.
    let mut split = rows.clone();
    split[4].splice(10..12, [("1".to_owned(), true), ("200".to_owned(), true), (String::new(), false)]);
    cases.push(asked(
        "csv with a number that a comma split",
        text(&split, ',', false, "\n"),
        &[],
        "number_in_doubt",
    ));
    let typed = |price: &str, comma| {
        let mut rows = rows.clone();
        rows[4][10] = (price.to_owned(), false);
        rows[4][11] = (String::new(), false);
        text(&rows, ';', comma, "\n")
    };
    cases.push(asked(
        "csv with semicolons and 1,200 beside decimal points",
        typed("1,200", false),
        &[],
        "number_in_doubt",
    ));
    cases.push(asked("csv with decimal commas and 1.200", typed("1.200", true), &said, "ambiguous_decimal"));
    cases.push(asked("csv with decimal commas and 1.200,50", typed("1.200,50", true), &said, "not_a_number"));
    // No number tells what a point means.
    let whole: Vec<Vec<(String, bool)>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|(text, number)| (if *number { String::new() } else { text.clone() }, *number))
                .collect()
        })
        .collect();
    let mut unknown = whole;
    unknown[4][10] = ("1.200".to_owned(), false);
    let mut found = findings(&[("number_in_doubt", "K5"), ("price_missing", "K6"), ("price_missing", "K7")]);
    found.extend(findings(&REST));
    cases.push(Case::new(
        "csv with semicolons in which only 1.200 has a point",
        text(&unknown, ';', false, "\n").into_bytes(),
        Expect::Prices(found, vec![good_prices()[3].clone()]),
    ));
    cases
}

fn quoted(rows: &[Vec<(String, bool)>]) -> String {
    let field = |(text, _): &(String, bool)| format!("\"{}\"", text.replace('"', "\"\""));
    rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(",") + "\n").collect()
}

/// A quotation mark that is never closed swallows all that follows.
fn unended() -> String {
    format!("Line ID,Unit price\nP01,\"12\n{}", "P02,13\n".repeat(10_000))
}
