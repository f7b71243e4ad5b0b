//! The XML of a sheet: what programs read differently, what is out of order, what is endless.

use std::fmt::Write as _;

use super::bytes::{PRICES, cell_of, with_cell, with_parts, with_price, with_prices, without_total};
use super::case::{Case, Expect, findings};
use super::common::{far_apart, parts, xlsx, zip_of};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, xml) in [
        ("a comment inside a price", "<c r=\"K5\"><v>12<!-- -->34</v></c>"),
        ("an instruction inside a price", "<c r=\"K5\"><v>12<?x?>34</v></c>"),
        ("a price in CDATA", "<c r=\"K5\"><v><![CDATA[1234]]></v></c>"),
        ("a digit as a character reference", "<c r=\"K5\"><v>12&#51;4</v></c>"),
        ("a digit as a hexadecimal reference", "<c r=\"K5\"><v>12&#x33;4</v></c>"),
        ("a decimal point as a reference", "<c r=\"K5\"><v>12&#46;4</v></c>"),
    ] {
        cases.push(Case::unreadable(name, with_price(xml), "ambiguous_xml"));
    }
    let second = "</sheetData><sheetData><row r=\"5\"><c r=\"K5\"><v>1</v></c></row></sheetData>";
    cases.push(Case::unreadable(
        "a second table of cells",
        with_prices(|xml| xml.replacen("</sheetData>", second, 1)),
        "ambiguous_xml",
    ));
    for (name, data) in [
        ("a cell twice", "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>"),
        ("cells out of order", "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>"),
        (
            "a row twice",
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>2</v></c></row>",
        ),
        (
            "rows out of order",
            "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>2</v></c></row>",
        ),
        (
            "a cell that says another row",
            "<row r=\"3\"><c r=\"A3\"><v>1</v></c><c r=\"B2\"><v>2</v></c></row>",
        ),
        (
            "an alternative of the same cell",
            "<row r=\"1\"><AlternateContent><Choice><c r=\"A1\"><v>1</v></c></Choice><Fallback><c r=\"A1\"><v>2</v></c></Fallback></AlternateContent></row>",
        ),
    ] {
        cases.push(Case::unreadable(name, xlsx(&[("A", data)], None), "cells_out_of_order"));
    }
    // Every table is there, and the sheet Prices is not what it was.
    let broken = |name: &str, bytes| {
        Case::new(
            name,
            bytes,
            Expect::Prices(findings(&[("sheet_unreadable", "-"), ("sheet_missing", "-")]), vec![]),
        )
    };
    cases.push(broken(
        "a sheet without cells' table",
        with_parts(&[(PRICES, b"<?xml version=\"1.0\"?><worksheet/>")]),
    ));
    cases.push(broken("a sheet that is empty", with_parts(&[(PRICES, b"")])));
    cases.push(broken(
        "a sheet that is a chart",
        with_parts(&[(PRICES, b"<?xml version=\"1.0\"?><chartsheet/>")]),
    ));
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    cases.push(broken("a sheet in UTF-16", with_parts(&[(PRICES, &utf16)])));
    cases.push(Case::new(
        "a sheet that ends in the middle of a row",
        with_prices(|xml| xml[..xml.find("<row r=\"6\"").unwrap()].to_owned()),
        Expect::Prices(findings(&[("sheet_unreadable", "-")]), vec![super::case::good_prices().remove(0)]),
    ));
    cases.push(Case::new(
        "cells at both ends of a sheet",
        far_apart(),
        Expect::Refused("not_a_bid_workbook"),
    ));
    let mut nested = with_prices(|xml| {
        let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
        xml.replacen("</sheetData>", &format!("</sheetData>{deep}"), 1)
    });
    cases.push(Case::same(
        "200,000 elements inside each other behind the cells",
        std::mem::take(&mut nested),
        &[],
    ));
    cases.push(Case::new(
        "200,000 elements inside each other in a cell",
        with_price(&format!("<c r=\"K5\">{}{}</c>", "<a>".repeat(200_000), "</a>".repeat(200_000))),
        Expect::P01(findings(&[("cell_unreadable", "K5"), ("error_value", "K5")]), None),
    ));
    // The sheet that is read is looked through, whatever it is called.
    let mut elsewhere = parts(&with_price("<c r=\"K5\"><v>12<!-- -->34</v></c>"));
    for (name, xml) in &mut elsewhere {
        if name == PRICES {
            "xl/prices.xml".clone_into(name);
        }
        if name.ends_with("workbook.xml.rels") {
            *xml = String::from_utf8_lossy(xml).replace("worksheets/sheet2.xml", "prices.xml").into_bytes();
        }
    }
    cases.push(Case::unreadable("a comment inside a price elsewhere", zip_of(&elsewhere), "ambiguous_xml"));
    // Where a cell stands cannot be known, and so not what stands behind it.
    for (name, cell) in [
        ("a cell in a row that runs over", "<c r=\"K4294967301\"><v>1</v></c>"),
        ("a cell in a column that runs over", "<c r=\"MWLQKXG5\"><v>1</v></c>"),
        ("a cell beyond the last row", "<c r=\"K1048577\"><v>1</v></c>"),
        ("a cell beyond the last column", "<c r=\"XFE5\"><v>1</v></c>"),
        ("a cell without a row", "<c r=\"K\"><v>1</v></c>"),
        ("a cell of two places", "<c r=\"K5\" r=\"K6\"><v>1</v></c>"),
        ("a cell of two types", "<c r=\"K5\" t=\"n\" t=\"s\"><v>1</v></c>"),
        ("a cell whose place has no quotes", "<c r=K5><v>1</v></c>"),
        ("an end that fits no beginning", "<c r=\"K5\"><v>1</c></v>"),
    ] {
        let found = [("sheet_unreadable", "-"), ("price_missing", "K5")];
        cases.push(Case::new(name, with_price(cell), Expect::Prices(findings(&found), vec![])));
    }
    cases.extend(endless());
    cases.extend(without_references());
    cases
}

/// More than any template needs.
fn endless() -> Vec<Case> {
    let row = |row: u32, cells: &str| format!("<row r=\"{row}\">{}</row>", cells.repeat(1000));
    let many = |rows: u32, cell: &str| -> String { (1..=rows).map(|at| row(at, cell)).collect() };
    let mut cases = vec![
        Case::unreadable(
            "2,100,000 blank cells",
            xlsx(&[("A", &many(2100, "<c/>"))], None),
            "too_many_cells",
        ),
        Case::unreadable(
            "1,100,000 numbers",
            xlsx(&[("A", &many(1100, "<c><v>1</v></c>"))], None),
            "too_many_cells",
        ),
        Case::unreadable(
            "1,100,000 formulas",
            xlsx(&[("A", &many(1100, "<c><f>1</f></c>"))], None),
            "too_many_cells",
        ),
        Case::new(
            "900,000 numbers",
            xlsx(&[("A", &many(900, "<c><v>1</v></c>"))], None),
            Expect::Refused("not_a_bid_workbook"),
        ),
    ];
    // Each cell is a fault of its own; a report of each would be a flood.
    let faults = with_prices(|xml| {
        let mut faults = String::new();
        for row in 9..3009 {
            write!(faults, "<row r=\"{row}\"><c r=\"K{row}\" t=\"n\"><v>x</v></c></row>").unwrap();
        }
        xml.replacen("</sheetData>", &format!("{faults}</sheetData>"), 1)
    });
    let cells: Vec<String> = (9..1009).map(|row| format!("K{row}")).collect();
    let mut expected: Vec<_> = cells.iter().map(|cell| ("cell_unreadable", cell.as_str())).collect();
    expected.push(("sheet_unreadable", "-"));
    // Each row that was read holds an answer without a line; together they are more findings than are told.
    let rows: Vec<String> = (9..1008).map(|row| format!("A{row}")).collect();
    expected.extend(rows.iter().map(|cell| ("unrecognised_row", cell.as_str())));
    expected.push(("more_findings", "-"));
    cases.push(Case::same("3,000 faulty cells", faults, &expected));
    cases
}

/// Cells that do not say where they are.
fn without_references() -> Vec<Case> {
    let bare = |xml: String| {
        let mut kept = String::new();
        let mut rest = xml.as_str();
        while let Some(at) = rest.find("<c r=\"") {
            kept.push_str(&rest[..at]);
            kept.push_str("<c ");
            let after = &rest[at + 6..];
            rest = after[after.find('"').unwrap() + 1..].trim_start();
        }
        kept + rest
    };
    let price = "<c r=\"K5\" t=\"n\"><v>12,50</v></c>";
    vec![
        Case::same("cells without places", with_prices(bare), &[]),
        Case::same(
            "cells without places and a faulty one",
            with_prices(|xml| {
                bare(xml.replacen(&cell_of(&xml, "F5"), "<c r=\"F5\" t=\"n\"><v>x</v></c>", 1))
            }),
            &[("cell_unreadable", "F5")],
        ),
        Case::new(
            "a faulty price among cells with places",
            with_prices(|xml| without_total(&xml.replacen(&cell_of(&xml, "K5"), price, 1))),
            Expect::P01(findings(&[("cell_unreadable", "K5"), ("error_value", "K5")]), None),
        ),
        Case::same(
            "a faulty cell at the end of a row",
            with_cell(PRICES, "M5", "<c r=\"M5\" t=\"e\"><v>#SPILL!</v></c>"),
            &[("cell_unreadable", "M5")],
        ),
    ]
}
