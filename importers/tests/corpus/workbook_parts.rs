//! Parts other than sheets: relations, shared strings, styles, and what hides beside them.

use std::fmt::Write as _;

use super::bytes::{PRICES, QUESTIONS, cell_of, good, with_parts, with_price, with_prices};
use super::case::Case;
use super::common::{parts, with_part, xlsx, zip_of};

const CELL: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(strings());
    cases.extend(sheets());
    cases.extend(said());
    let entity = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for part in ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", PRICES, "[Content_Types].xml"] {
        let bytes = with_part(&good(), part, |xml| xml.replacen("?>", &format!("?>{entity}"), 1));
        cases.push(Case::unreadable(format!("entities in {part}"), bytes, "unsafe_container"));
    }
    let many: String = "<xf/>".repeat(400_000);
    let bytes = with_part(&good(), "xl/styles.xml", |xml| {
        xml.replacen("</cellXfs>", &format!("{many}</cellXfs>"), 1)
    });
    cases.push(Case::unreadable("400,000 cell formats", bytes, "unsafe_container"));
    cases.push(Case::same("a font name of 3 MB in 60,000 formats", long_font(), &[]));
    for (name, part) in [
        ("workbook part that is no XML", "xl/workbook.xml"),
        ("relations that are no XML", "xl/_rels/workbook.xml.rels"),
    ] {
        cases.push(Case::unreadable(name, with_parts(&[(part, b"\x00\x01 not <<< xml")]), "damaged"));
    }
    let rels = with_part(&good(), "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("worksheets/sheet2.xml", "worksheets/gone.xml")
    });
    cases.push(Case::new(
        "a sheet whose part is not there",
        rels,
        super::case::Expect::Prices(
            super::case::findings(&[("sheet_unreadable", "-"), ("sheet_missing", "-")]),
            vec![],
        ),
    ));
    cases
}

fn strings() -> Vec<Case> {
    let sst = |attributes: &str, inside: &str| {
        xlsx(&[("A", CELL)], Some(&format!("<sst xmlns=\"{MAIN}\" {attributes}>{inside}</sst>")))
    };
    let one = "<si><t>x</t></si>";
    let mut cases = Vec::new();
    for (name, attributes) in [
        ("four thousand million strings", "uniqueCount=\"4000000000\""),
        ("more strings than bytes", "uniqueCount=\"100000\""),
        ("strings without number", "uniqueCount=\"many\""),
        ("strings in number beyond all", "uniqueCount=\"99999999999999999999999999\""),
        ("a number of strings with a sign", "uniqueCount=\"+4000000000\""),
        ("a number of strings in single quotes", "uniqueCount = '4000000000'"),
    ] {
        cases.push(Case::unreadable(name, sst(attributes, one), "unsafe_container"));
    }
    let padded = format!("{}uniqueCount=\"4000000000\"", " ".repeat(9000));
    cases.push(Case::unreadable("a number of strings far behind", sst(&padded, one), "unsafe_container"));
    cases.push(Case::unreadable(
        "1,200,000 empty strings",
        sst("", &"<si/>".repeat(1_200_000)),
        "unsafe_container",
    ));
    let many = "<si><t/></si>".repeat(900_000);
    cases.push(Case::new(
        "900,000 strings that no cell shows",
        with_part(&good(), "xl/sharedStrings.xml", |xml| xml.replacen("</sst>", &format!("{many}</sst>"), 1)),
        super::case::Expect::Same(vec![]),
    ));
    // 32,000 characters, shown by every of 5,000 cells: 160 MB of text from a file of a few kilobytes.
    let cells: String = (1..=5000).fold(String::new(), |mut cells, row| {
        write!(cells, "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>").unwrap();
        cells
    });
    let long = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "x".repeat(32_000));
    cases.push(Case::unreadable(
        "one long text in 5,000 cells",
        xlsx(&[("A", &cells)], Some(&long)),
        "too_many_cells",
    ));
    let longer = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "x".repeat(32_768));
    cases.push(Case::unreadable(
        "a text of 32,768 characters",
        xlsx(&[("A", CELL)], Some(&longer)),
        "text_too_long",
    ));
    cases.push(Case::same(
        "text in CDATA",
        with_part(&good(), "xl/sharedStrings.xml", |xml| {
            xml.replacen("<t>By trained staff.</t>", "<t><![CDATA[By trained staff.]]></t>", 1)
        }),
        &[],
    ));
    cases.push(Case::same(
        "rich text",
        with_part(&good(), "xl/sharedStrings.xml", |xml| {
            xml.replacen(
                "<t>By trained staff.</t>",
                "<r><t xml:space=\"preserve\">By </t></r><r><rPr><b/></rPr><t>trained</t></r><r><t xml:space=\"preserve\"> staff.</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh>",
                1,
            )
        }),
        &[],
    ));
    // Neither empty nor the first of the texts, which is what calamine makes of them.
    for place in ["9999", "abc", "-1", "+0", "1.5", " 0", "0x0", "1e0", "٠", "18446744073709551616"] {
        cases.push(Case::new(
            format!("the string {place:?}, which is not in the table"),
            with_price(&format!("<c r=\"K5\" t=\"s\"><v>{place}</v></c>")),
            super::case::Expect::P01(
                super::case::findings(&[("cell_unreadable", "K5"), ("error_value", "K5")]),
                None,
            ),
        ));
    }
    cases.push(Case::new(
        "an answer that is no string of the table",
        with_part(&good(), QUESTIONS, |xml| {
            xml.replacen(&cell_of(&xml, "F5"), "<c r=\"F5\" t=\"s\"><v>first</v></c>", 1)
        }),
        super::case::Expect::Prices(
            super::case::findings(&[("cell_unreadable", "F5"), ("error_value", "F5")]),
            super::case::good_prices(),
        ),
    ));
    cases.push(Case::same(
        "a table of strings of another name",
        with_part(&renamed("xl/sharedStrings.xml", "xl/texts.xml"), "xl/_rels/workbook.xml.rels", |xml| {
            xml.replace("sharedStrings.xml", "texts.xml")
        }),
        &[],
    ));
    cases
}

/// The good bid with a part of another name.
fn renamed(from: &str, to: &str) -> Vec<u8> {
    let mut all = parts(&good());
    for (name, _) in &mut all {
        if name == from {
            to.clone_into(name);
        }
    }
    zip_of(&all)
}

fn sheets() -> Vec<Case> {
    let data = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let names: Vec<String> = (0..201).map(|at| format!("S{at}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), data)).collect();
    vec![
        Case::unreadable("201 sheets", xlsx(&many, None), "too_many_sheets"),
        Case::unreadable(
            "two sheets of a name",
            xlsx(&[("Prices", data), ("Prices", data)], None),
            "duplicate_sheets",
        ),
        Case::unreadable(
            "two sheets, one in capitals",
            xlsx(&[("Prices", data), ("PRICES", data)], None),
            "duplicate_sheets",
        ),
        Case::unreadable(
            "two sheets, one full-width",
            xlsx(&[("Prices", data), ("Ｐrices", data)], None),
            "duplicate_sheets",
        ),
        Case::new("no sheet at all", xlsx(&[], None), super::case::Expect::Refused("not_a_bid_workbook")),
        Case::new(
            "some other workbook",
            xlsx(&[("Tea", data)], None),
            super::case::Expect::Refused("not_a_bid_workbook"),
        ),
    ]
}

/// What is read and said: hidden sheets, macros, links, objects, merged cells.
fn said() -> Vec<Case> {
    let workbook =
        |from: &str, to: &str| with_part(&good(), "xl/workbook.xml", |xml| xml.replacen(from, to, 1));
    let prices = "name=\"Prices\" sheetId=\"2\"";
    vec![
        Case::same(
            "a hidden sheet",
            workbook(prices, &format!("{prices} state=\"hidden\"")),
            &[("hidden_sheet", "-")],
        ),
        Case::same(
            "a very hidden sheet",
            workbook(prices, &format!("{prices} state=\"veryHidden\"")),
            &[("hidden_sheet", "-")],
        ),
        Case::same("the template's own sheet unhidden", workbook(" state=\"veryHidden\"", ""), &[]),
        Case::same(
            "the price sheet renamed",
            workbook("name=\"Prices\"", "name=\"Our best &amp; final\""),
            &[],
        ),
        Case::same("macros", with_parts(&[("xl/vbaProject.bin", b"\xD0\xCF")]), &[("macros", "-")]),
        Case::same(
            "links to other workbooks",
            with_parts(&[("xl/externalLinks/externalLink1.xml", b"<externalLink/>")]),
            &[("external_links", "-")],
        ),
        Case::same(
            "a link by DDE",
            with_parts(&[(
                "xl/externalLinks/externalLink1.xml",
                b"<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"/c calc\"/></externalLink>",
            )]),
            &[("external_links", "-")],
        ),
        Case::same(
            "a data connection",
            with_parts(&[("xl/connections.xml", b"<connections/>")]),
            &[("data_connections", "-")],
        ),
        Case::same(
            "an embedded document",
            with_parts(&[("xl/embeddings/oleObject1.bin", b"\xD0\xCF")]),
            &[("embedded_objects", "-")],
        ),
        Case::same(
            "everything at once",
            with_parts(&[
                ("xl/vbaProject.bin", b"x"),
                ("xl/externalLinks/externalLink1.xml", b"<x/>"),
                ("xl/connections.xml", b"<x/>"),
                ("xl/activeX/activeX1.xml", b"<x/>"),
            ]),
            &[("macros", "-"), ("external_links", "-"), ("data_connections", "-"), ("embedded_objects", "-")],
        ),
        Case::same(
            "merged cells",
            with_prices(|xml| {
                xml.replacen(
                    "</sheetData>",
                    "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"F5:G5\"/></mergeCells>",
                    1,
                )
            }),
            &[("merged_cells", "F5")],
        ),
    ]
}

/// Small in the file, huge when every format holds its own copy.
fn long_font() -> Vec<u8> {
    with_part(&good(), "xl/styles.xml", |xml| {
        let name = "x".repeat(3_000_000);
        let xml = xml.replacen("<name val=\"Calibri\"/>", &format!("<name val=\"{name}\"/>"), 1);
        xml.replacen(
            "</cellXfs>",
            &format!("{}</cellXfs>", "<xf fontId=\"0\" applyFont=\"1\"/>".repeat(30_000)),
            1,
        )
    })
}
