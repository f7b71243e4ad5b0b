//! One file for each guard of the readers that no other file of the corpus would miss.

use std::fmt::Write as _;

use super::bytes::{good, patch, with_parts, with_price, with_prices};
use super::case::{Case, Expect, findings};
use super::common::{parts, with_part, zip, zip_of};
use super::open_document;

const BOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

pub fn cases() -> Vec<Case> {
    let mut cases = xlsx_parts();
    cases.extend(xlsx_sheets());
    cases.extend(ods());
    cases
}

/// The zip with a part's checksum set to another.
fn unsound(bytes: &[u8], part: &str) -> Vec<u8> {
    // Written anew, because data descriptors would carry the checksum once more.
    let mut bytes = zip_of(&parts(bytes));
    patch(&mut bytes, part, 16, 14, &[1, 2, 3, 4]);
    bytes
}

fn xlsx_parts() -> Vec<Case> {
    const ORPHAN: &str = "xl/worksheets/sheet99.xml";
    let orphan = |xml: &str| with_parts(&[(ORPHAN, xml.as_bytes())]);
    let changed = |part: &str, from: &str, to: &str| {
        with_part(&good(), part, |xml| {
            assert!(xml.contains(from), "{part} has no {from}");
            xml.replacen(from, to, 1)
        })
    };
    let cut = |part: &str, end: &str| changed(part, end, "");
    let mut cases = Vec::new();
    for (name, bytes) in [
        ("a wrong checksum in a part that no reader needs", unsound(&good(), "docProps/app.xml")),
        (
            "a wrong checksum in a sheet that the workbook does not name",
            unsound(&orphan("<worksheet/>"), ORPHAN),
        ),
        ("a workbook part without its end", cut(BOOK, "</workbook>")),
        ("relations without their end", cut(RELATIONS, "</Relationships>")),
        ("shared strings without their end", cut("xl/sharedStrings.xml", "</sst>")),
        ("styles without their end", cut("xl/styles.xml", "</styleSheet>")),
        ("a sheet with two names", changed(BOOK, "name=\"Prices\"", "name=\"Prices\" name=\"Other prices\"")),
        (
            "a sheet in a state that nobody knows",
            changed(BOOK, "name=\"Prices\"", "name=\"Prices\" state=\"veiled\""),
        ),
        (
            "a sheet of a kind that nobody knows",
            changed(RELATIONS, "relationships/worksheet\"", "relationships/macrosheet\""),
        ),
        (
            "two relations of one id",
            changed(
                RELATIONS,
                "<Relationship ",
                "<Relationship Id=\"rId2\" Type=\"x/worksheet\" Target=\"worksheets/sheet3.xml\"/><Relationship ",
            ),
        ),
        (
            "a text with an entity that nobody knows",
            changed("xl/sharedStrings.xml", "By trained", "By &pound;"),
        ),
        ("a text with an element in it", changed("xl/sharedStrings.xml", "By trained", "By <b>trained</b>")),
    ] {
        cases.push(Case::unreadable(name, bytes, "damaged"));
    }
    cases.push(Case::unreadable(
        "a comment in a sheet that the workbook does not name",
        orphan("<worksheet><!-- --></worksheet>"),
        "ambiguous_xml",
    ));
    // A format for one kind of cells must not be taken for that of all.
    cases.push(Case::same(
        "formats of other things by the same numbers",
        changed(
            "xl/styles.xml",
            "<cellXfs ",
            "<dxfs count=\"1\"><dxf><numFmt numFmtId=\"164\" formatCode=\"0%\"/><numFmt numFmtId=\"165\" formatCode=\"0%\"/><numFmt numFmtId=\"166\" formatCode=\"0%\"/></dxf></dxfs><cellXfs ",
        ),
        &[],
    ));
    cases
}

fn xlsx_sheets() -> Vec<Case> {
    let mut cases = Vec::new();
    // Parts are looked through in windows: what lies across two of them is seen, too.
    for at in [65_535, 65_599, 131_071, 131_135] {
        let bytes = with_prices(|xml| {
            let (before, after) = xml.split_once("<sheetData>").unwrap();
            let before = format!("{before}<sheetData>");
            format!("{before}{}<!-- -->{after}", " ".repeat(at - before.len()))
        });
        cases.push(Case::unreadable(format!("a comment at byte {at}"), bytes, "ambiguous_xml"));
    }
    let row =
        |xml: &str| with_prices(|sheet| sheet.replacen("</sheetData>", &format!("{xml}</sheetData>"), 1));
    let stops = [("sheet_unreadable", "-")];
    for (name, xml) in [
        (
            "more cells without places than a row can have",
            format!("<row r=\"12\">{}</row>", "<c/>".repeat(16_385)),
        ),
        ("a row of two places", "<row r=\"12\" r=\"13\"/>".to_owned()),
        ("a row beyond the last", "<row r=\"1048577\"/>".to_owned()),
        ("a row that is no number", "<row r=\"twelve\"/>".to_owned()),
    ] {
        cases.push(Case::same(name, row(&xml), &stops));
    }
    let second = "<sheetData\n><row r=\"5\"><c r=\"K5\"><v>1</v></c></row></sheetData\n>";
    cases.push(Case::unreadable(
        "a second table of cells behind a line's end",
        with_prices(|xml| xml.replacen("</sheetData>", &format!("</sheetData>{second}"), 1)),
        "ambiguous_xml",
    ));
    cases.push(Case::unreadable(
        "a price that says it is the price above it",
        with_prices(|xml| xml.replacen("<c r=\"K6\"", "<c r=\"K5\"", 1)),
        "cells_out_of_order",
    ));
    // What is told of a faulty value is short, however long the value is.
    let long = "x".repeat(40_000);
    for (name, cell) in [
        ("a number of 40,000 letters", format!("<c r=\"K5\" t=\"n\"><v>{long}</v></c>")),
        ("an element with a name of 40,000 letters", format!("<c r=\"K5\"><{long}/></c>")),
    ] {
        let found = findings(&[("cell_unreadable", "K5"), ("error_value", "K5")]);
        cases.push(Case::new(name, with_price(&cell), Expect::P01(found, None)));
    }
    cases.push(Case::unreadable(
        "a date of 40,000 letters",
        with_price(&format!("<c r=\"K5\" t=\"d\"><v>{long}</v></c>")),
        "text_too_long",
    ));
    let unsaid = with_prices(|xml| xml.replacen("</worksheet>", "<mergeCells><mergeCell ref=\"F5\"", 1));
    cases.push(Case::same("a sheet that ends in the middle behind its cells", unsaid, &[]));
    cases
}

fn ods() -> Vec<Case> {
    let mut styles = String::new();
    for style in 0..70_000 {
        write!(styles, "<number:percentage-style style:name=\"n{style}\"/>").unwrap();
    }
    let sheet = |inside: &str| {
        open_document::ods("", &format!("<table:table table:name=\"A\">{inside}</table:table>"))
    };
    let spaces = "<text:s text:c=\"32767\"/>".repeat(5);
    let mime = open_document::MIME;
    let tracked = with_part(&open_document::as_it_is(), "content.xml", |xml| {
        let deleted = "<table:tracked-changes><table:deletion><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:deletion></table:tracked-changes>";
        xml.replacen("<table:table ", &format!("{deleted}<table:table "), 1)
    });
    let drawn = with_part(&open_document::as_it_is(), "content.xml", |xml| {
        xml.replacen(
            "<text:p>By trained staff.</text:p>",
            "<draw:frame><draw:text-box><text:p>Ask us.</text:p></draw:text-box></draw:frame><text:p>By trained staff.</text:p>",
            1,
        )
    });
    let noted = with_part(&open_document::as_it_is(), "content.xml", |xml| {
        let answer = "<text:p>By trained staff.</text:p>";
        let note = "<office:annotation><text:p>Really?</text:p></office:annotation>";
        xml.replacen(answer, &format!("{note}{answer}"), 1)
    });
    let copied = with_part(&open_document::as_it_is(), "content.xml", |xml| {
        let start = xml.find("<table:table table:name=\"Prices\">").unwrap();
        let end = start + xml[start..].find("</table:table>").unwrap();
        let copy = xml[start..end].replacen("\"Prices\">", "\"Old prices\"><table:table-source/>", 1);
        format!("{}</table:table>{copy}{}", &xml[..end], &xml[end..])
    });
    let deep = format!(
        "<table:table-row><table:table-cell><text:p>{}x{}</text:p></table:table-cell></table:table-row>",
        "<text:span>".repeat(200),
        "</text:span>".repeat(200)
    );
    vec![
        Case::same("ods with a copy of another file's prices", copied, &[("external_links", "-")]),
        Case::unreadable("ods with 200 elements inside each other, all ended", sheet(&deep), "damaged"),
        Case::unreadable(
            "ods with 70,000 styles",
            open_document::ods(&styles, "<table:table table:name=\"A\"/>"),
            "too_many_cells",
        ),
        Case::unreadable(
            "ods with a text of 160,000 spaces",
            sheet(&format!(
                "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{spaces}</text:p></table:table-cell></table:table-row>"
            )),
            "too_many_cells",
        ),
        Case::unreadable(
            "ods with a cell beyond the last column",
            sheet(
                "<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>",
            ),
            "too_many_cells",
        ),
        Case::unreadable(
            "a text of OpenDocument",
            zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")]),
            "not_a_spreadsheet",
        ),
        Case::unreadable(
            "ods that ends in the middle of a sheet",
            zip(&[
                ("mimetype", mime),
                ("content.xml", b"<a><table:table table:name=\"A\"><table:table-row/>"),
            ]),
            "damaged",
        ),
        Case::same("ods with a deleted price that is kept", tracked, &[]),
        Case::same("ods with a drawing in an answer", drawn, &[]),
        Case::same("ods with a note on an answer", noted, &[]),
        Case::new(
            "ods without an end to its rows",
            sheet(
                "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell/></table:table-row>",
            ),
            Expect::Refused("not_a_bid_workbook"),
        ),
        Case::unreadable(
            "ods with two million equal cells in equal rows",
            sheet(
                "<table:table-row table:number-rows-repeated=\"200\"><table:table-cell table:number-columns-repeated=\"10000\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>",
            ),
            "too_many_cells",
        ),
        Case::new(
            "ods with a cell in the last column and row",
            sheet(
                "<table:table-row table:number-rows-repeated=\"1048575\"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated=\"16383\"/><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>",
            ),
            Expect::Refused("not_a_bid_workbook"),
        ),
    ]
}
