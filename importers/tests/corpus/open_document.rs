//! OpenDocument sheets, made by hand: repeated rows and cells, currencies, errors, notes, locks.

use std::fmt::Write as _;

use importers::raw::{RawValue, Row};
use importers::read_here;
use rules::money::UnitPrice;

use super::bytes::good;
use super::case::{Case, Expect, findings, good_prices};
use super::common::{parts, zip, zip_of};

pub const MIME: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn string(text: &str) -> String {
    let spaced = escape(text).replace("  ", " <text:s/>");
    format!("<table:table-cell office:value-type=\"string\"><text:p>{spaced}</text:p></table:table-cell>")
}

fn number(value: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{value}</text:p></table:table-cell>"
    )
}

/// A workbook with these styles and sheets.
pub fn ods(styles: &str, sheets: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\" xmlns:number=\"n\" xmlns:calcext=\"c\"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[("mimetype", MIME), ("content.xml", content.as_bytes()), ("META-INF/manifest.xml", b"<manifest/>")])
}

/// The good bid, with the XML of the price of P01 (K5) given.
fn bid_with(styles: &str, price: &str) -> Vec<u8> {
    bid(styles, |sheet, row, col| (sheet == "Prices" && row == 4 && col == 10).then(|| price.to_owned()))
}

fn bid(styles: &str, replaced: impl Fn(&str, u32, u32) -> Option<String>) -> Vec<u8> {
    let book = read_here(&good(), "bid.xlsx").unwrap();
    let mut sheets = String::new();
    for sheet in &book.sheets {
        write!(sheets, "<table:table table:name=\"{}\">", sheet.name).unwrap();
        let mut next = 0;
        for row in sheet.rows.iter() {
            if row.index > next {
                write!(sheets, "<table:table-row table:number-rows-repeated=\"{}\"><table:table-cell/></table:table-row>", row.index - next).unwrap();
            }
            sheets.push_str(&cells(row, |col| replaced(&sheet.name, row.index, col)));
            next = row.index + 1;
        }
        sheets.push_str("<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>");
    }
    ods(styles, &sheets)
}

fn cells(row: Row<'_>, replaced: impl Fn(u32) -> Option<String>) -> String {
    let mut xml = "<table:table-row>".to_owned();
    let mut next = 0;
    for cell in row.cells() {
        if cell.col > next {
            write!(xml, "<table:table-cell table:number-columns-repeated=\"{}\"/>", cell.col - next).unwrap();
        }
        next = cell.col + 1;
        xml.push_str(&replaced(cell.col).unwrap_or_else(|| match &cell.value {
            // The total of P01 would not fit another price.
            RawValue::Number(_) if cell.a1() == "L5" => "<table:table-cell/>".to_owned(),
            RawValue::Number(value) => number(value),
            value => string(value.shown()),
        }));
    }
    xml + "</table:table-row>"
}

/// The good bid with this text where the price of P01 is due.
pub fn with_text(text: &str) -> Vec<u8> {
    bid_with("", &string(text))
}

/// The good bid.
pub fn as_it_is() -> Vec<u8> {
    bid("", |_, _, _| None)
}

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::same("ods as it is", as_it_is(), &[]),
        Case::same("ods with libraries of macros", with_libraries(), &[("macros", "-")]),
    ];
    cases.extend(prices());
    cases.extend(containers());
    cases.extend(shapes());
    cases
}

fn prices() -> Vec<Case> {
    let value = |attributes: &str, shown: &str| {
        format!("<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>")
    };
    let float = "office:value-type=\"float\" office:value";
    let mut cases = Vec::new();
    for (name, xml, code) in [
        (
            "in euros",
            value("office:value-type=\"currency\" office:currency=\"EUR\" office:value=\"5\"", "5,00 €"),
            "number_in_doubt",
        ),
        (
            "in dollars",
            value("office:value-type=\"currency\" office:currency=\"USD\" office:value=\"5\"", "$5"),
            "number_in_doubt",
        ),
        (
            "as a percentage",
            value("office:value-type=\"percentage\" office:value=\"0.12\"", "12%"),
            "number_in_doubt",
        ),
        (
            "that is a date",
            value("office:value-type=\"date\" office:date-value=\"2027-03-01\"", "01/03/27"),
            "date_for_number",
        ),
        (
            "that is a time",
            value("office:value-type=\"time\" office:time-value=\"PT12H\"", "12:00"),
            "date_for_number",
        ),
        (
            "that is true",
            value("office:value-type=\"boolean\" office:boolean-value=\"true\"", "TRUE"),
            "not_a_number",
        ),
        (
            "that is an error",
            value(
                "table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"",
                "#DIV/0!",
            ),
            "error_value",
        ),
        (
            "that is an error of old",
            value(&format!("table:formula=\"of:=1/0\" {float}=\"0\""), "#DIV/0!"),
            "error_value",
        ),
        (
            "that is an error by number",
            value(&format!("table:formula=\"of:=1/0\" {float}=\"0\""), "Err:503"),
            "error_value",
        ),
        (
            "by a formula without a result",
            "<table:table-cell table:formula=\"of:=[.F5]\"/>".to_owned(),
            "formula_without_value",
        ),
        ("that is NaN", value(&format!("{float}=\"NaN\""), "NaN"), "error_value"),
        ("that is infinite", value(&format!("{float}=\"1e999\""), "inf"), "error_value"),
        ("that is below zero", value(&format!("{float}=\"-1\""), "-1"), "negative_number"),
        ("that is a word in a number", value(&format!("{float}=\"12,50\""), "12,50"), "error_value"),
        ("that is a number without one", value("office:value-type=\"float\"", "5"), "error_value"),
        (
            "with a scaled style",
            value(&format!("table:style-name=\"scaled\" {float}=\"5000\""), "5"),
            "number_in_doubt",
        ),
        (
            "with a euro style",
            value(&format!("table:style-name=\"euro\" {float}=\"5\""), "5 €"),
            "number_in_doubt",
        ),
    ] {
        cases.push(Case::asked(format!("ods: a price {name}"), bid_with(STYLES, &xml), code));
    }
    for (name, xml, e4, found) in [
        (
            "in pounds",
            value(
                "office:value-type=\"currency\" office:currency=\"GBP\" office:value=\"1234.5600000000002\"",
                "£1,234.56",
            ),
            12_345_600,
            None,
        ),
        (
            "by a formula",
            value(&format!("table:formula=\"of:=[.F5]\" {float}=\"200\""), "200"),
            2_000_000,
            Some("price_by_formula"),
        ),
        (
            "with a note",
            format!(
                "<table:table-cell {float}=\"7\"><office:annotation><text:p>999</text:p></office:annotation><text:p>7</text:p></table:table-cell>"
            ),
            70_000,
            None,
        ),
        (
            "with a pound style",
            value(&format!("table:style-name=\"pound\" {float}=\"5\""), "£5"),
            50_000,
            None,
        ),
    ] {
        let found: Vec<(&str, &str)> = found.iter().map(|code| (*code, "K5")).collect();
        cases.push(Case::new(
            format!("ods: a price {name}"),
            bid_with(STYLES, &xml),
            Expect::P01(findings(&found), Some(UnitPrice(e4))),
        ));
    }
    cases
}

const STYLES: &str = "<number:number-style style:name=\"N1\"><number:number number:display-factor=\"1000\"/></number:number-style>\
<number:number-style style:name=\"N2\"><number:number/><number:text> €</number:text></number:number-style>\
<number:currency-style style:name=\"N3\"><number:currency-symbol>£</number:currency-symbol><number:number/></number:currency-style>\
<style:style style:name=\"scaled\" style:family=\"table-cell\" style:data-style-name=\"N1\"/>\
<style:style style:name=\"euro\" style:family=\"table-cell\" style:data-style-name=\"N2\"/>\
<style:style style:name=\"pound\" style:family=\"table-cell\" style:data-style-name=\"N3\"/>\
<style:style style:name=\"unseen\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";

/// What LibreOffice writes beside the sheets where somebody has looked at its macros.
fn with_libraries() -> Vec<u8> {
    const LIBRARY: &[u8] = b"<?xml version=\"1.0\"?><!DOCTYPE library:libraries PUBLIC \"-//OpenOffice.org//DTD OfficeDocument 1.0//EN\" \"libraries.dtd\"><library:libraries/>";
    let mut all = parts(&as_it_is());
    for name in ["Basic/script-lc.xml", "Dialogs/dialog-lc.xml", "Configurations2/images/lc_imagelist.xml"] {
        all.push((name.to_owned(), LIBRARY.to_vec()));
    }
    zip_of(&all)
}

fn containers() -> Vec<Case> {
    let locked = b"<manifest:manifest><manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let content = ods("", "<table:table table:name=\"A\"/>");
    let cut = content[..content.len() - 40].to_vec();
    vec![
        Case::unreadable(
            "ods with a password",
            zip(&[("mimetype", MIME), ("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", locked)]),
            "password_protected",
        ),
        Case::unreadable(
            "ods that is no XML",
            zip(&[("mimetype", MIME), ("content.xml", b"<<<>")]),
            "damaged",
        ),
        Case::unreadable(
            "ods that ends early",
            zip(&[("mimetype", MIME), ("content.xml", b"<office:document-content><table:table>")]),
            "damaged",
        ),
        Case::unreadable("ods cut short", cut, "damaged"),
        Case::unreadable(
            "ods with entities",
            zip(&[("mimetype", MIME), ("content.xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")]),
            "unsafe_container",
        ),
        Case::unreadable(
            "ods of 65 MiB",
            zip(&[("mimetype", MIME), ("content.xml", &vec![b' '; 65 * 1024 * 1024])]),
            "unsafe_container",
        ),
    ]
}

fn shapes() -> Vec<Case> {
    let one = number("1");
    let sheet = |rows: &str| ods("", &format!("<table:table table:name=\"A\">{rows}</table:table>"));
    let twice = "<table:table table:name=\"Prices\"/><table:table table:name=\"PRICES\"/>";
    let many =
        one.replacen("<table:table-cell", "<table:table-cell table:number-columns-repeated=\"16000\"", 1);
    let beyond = one.replacen(
        "<table:table-cell",
        "<table:table-cell table:number-columns-repeated=\"4000000000\"",
        1,
    );
    let mut cases = vec![
        Case::unreadable("ods with two sheets of a name", ods("", twice), "duplicate_sheets"),
        Case::unreadable(
            "ods with a million equal rows of a thousand cells",
            sheet(&format!(
                "<table:table-row table:number-rows-repeated=\"1000000\">{many}</table:table-row>"
            )),
            "too_many_cells",
        ),
        Case::unreadable(
            "ods with four thousand million equal cells",
            sheet(&format!("<table:table-row>{beyond}</table:table-row>")),
            "too_many_cells",
        ),
        Case::unreadable(
            "ods with a row beyond all sheets",
            sheet(&format!(
                "<table:table-row table:number-rows-repeated=\"4000000000\"><table:table-cell/></table:table-row><table:table-row>{one}</table:table-row>"
            )),
            "too_many_cells",
        ),
        Case::unreadable(
            "ods with a number of rows that is none",
            sheet(&format!("<table:table-row table:number-rows-repeated=\"-1\">{one}</table:table-row>")),
            "damaged",
        ),
        Case::unreadable(
            "ods with a table inside a table",
            ods("", "<table:table table:name=\"A\"><table:table table:name=\"B\"/></table:table>"),
            "damaged",
        ),
        Case::unreadable("ods with a cell outside a sheet", ods("", &one), "damaged"),
        Case::unreadable(
            "ods with 100,000 elements inside each other",
            sheet(&"<text:span>".repeat(100_000)),
            "damaged",
        ),
        Case::unreadable(
            "ods with a text of 40,000 characters",
            sheet(&format!("<table:table-row>{}</table:table-row>", string(&"x".repeat(40_000)))),
            "text_too_long",
        ),
        Case::unreadable(
            "ods with four thousand million spaces",
            sheet(
                "<table:table-row><table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"4000000000\"/></text:p></table:table-cell></table:table-row>",
            ),
            "text_too_long",
        ),
        Case::new("ods without a sheet", ods("", ""), Expect::Refused("not_a_bid_workbook")),
    ];
    let hidden = bid(STYLES, |_, _, _| None);
    let hidden = super::common::with_part(&hidden, "content.xml", |xml| {
        xml.replacen("table:name=\"Prices\"", "table:name=\"Prices\" table:style-name=\"unseen\"", 1)
    });
    cases.push(Case::same("ods with a hidden sheet", hidden, &[("hidden_sheet", "-")]));
    let merged = bid("", |sheet, row, col| {
        (sheet == "Prices" && row == 4 && col == 5).then(|| {
            number("200").replacen(
                "<table:table-cell",
                "<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"1\"",
                1,
            )
        })
    });
    cases.push(Case::same("ods with merged cells", merged, &[("merged_cells", "F5")]));
    let linked = super::common::with_part(&bid("", |_, _, _| None), "content.xml", |xml| {
        xml.replacen("<table:table table:name=\"_bid\">", "<table:table table:name=\"'file:///other.ods'#A\"><table:table-source/><table:table-row><table:table-cell office:value-type=\"string\"><text:p>P01</text:p></table:table-cell></table:table-row></table:table><table:table table:name=\"_bid\">", 1)
    });
    cases.push(Case::same("ods with a copy of another file's sheet", linked, &[("external_links", "-")]));
    let dde = super::common::with_part(&bid("", |_, _, _| None), "content.xml", |xml| {
        xml.replacen("</office:spreadsheet>", "<table:dde-links><table:dde-link><office:dde-source office:dde-application=\"cmd\"/></table:dde-link></table:dde-links></office:spreadsheet>", 1)
    });
    cases.push(Case::same("ods with a link by DDE", dde, &[("external_links", "-")]));
    let covered = bid_with(
        "",
        "<table:covered-table-cell office:value-type=\"float\" office:value=\"5\"><text:p>5</text:p></table:covered-table-cell>",
    );
    cases.push(Case::new(
        "ods with a price under merged cells",
        covered,
        Expect::P01(findings(&[("number_in_doubt", "K5")]), None),
    ));
    let unanswered = Expect::Prices(findings(&[("price_missing", "K5")]), good_prices()[1..].to_vec());
    cases.push(Case::new("ods without a price", bid_with("", "<table:table-cell/>"), unanswered));
    cases
}
