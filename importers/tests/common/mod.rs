//! A small pack, and zips made by hand.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use importers::Workbook;
use importers::bid_template::{FilledBid, PriceEntry, ResponseEntry};
use importers::raw::{Cell, Rows};
use rules::method::Method;
use rules::pack::{
    Pack, PackCouncil, PackCriterion, PackLine, PackLot, PackRate, PackRequirement, PackTier, PackVolume,
    PriceModel, Question,
};
use rules::scale::{Scale, ScaleMark};
use rules::words::{
    BaseSet, Charge, ContractingModel, Moscow, Offer, Part, PriceFormula, RankOn, RequirementType,
    ResponseCode, Route,
};

pub const HASH: &str = "9f2c41d0aa55aa55aa55aa55aa55aa55aa55aa55aa55aa55aa55aa55aa55aa55";

pub fn pack() -> Pack {
    let council = |id: &str, name: &str, part| PackCouncil {
        id: id.into(),
        name: name.into(),
        part,
        shared_cost_weight: "1".into(),
    };
    Pack {
        reference: "ICT-2027-01".into(),
        title: "Housing & repairs system".into(),
        version: 1,
        route: Route::Open,
        contracting_model: ContractingModel::EachSigns,
        term_years: 3,
        deadline: "2027-03-01T12:00:00Z".into(),
        councils: vec![
            council("a", "Ashvale", Part::Lead),
            council("b", "Brackenham", Part::Core),
            council("c", "Carrow", Part::Core),
        ],
        scales: vec![Scale {
            name: "0-10".into(),
            marks: vec![ScaleMark { value: "0".into(), percent: None, descriptor: "Nothing".into() }],
        }],
        method: Method {
            decimals: 2,
            rank_on: RankOn::Exact,
            tie_break: vec![],
            base_set: BaseSet::Eligible,
            price_rules: vec![],
            arithmetic_rule: None,
            moderation: None,
        },
        lots: vec![lot("L1", 0), lot("L2", 2)],
        requirements: vec![
            requirement("R001", "Tenants report repairs", vec![]),
            requirement(
                "R002",
                "Data stays in the UK",
                vec![ResponseCode::Full, ResponseCode::Configuration],
            ),
        ],
        documents: vec![],
        opening_councils: 2,
    }
}

fn lot(code: &str, from: u32) -> PackLot {
    let volume = |council: &str, year, volume_e3| PackVolume { council: council.into(), year, volume_e3 };
    let line = |at: u32, description: &str, charge, shared, optional, volumes| PackLine {
        code: format!("P{:02}", from + at),
        description: format!("{description} {code}"),
        unit: "user".into(),
        charge,
        shared,
        optional,
        mandatory_option: false,
        tiers: vec![],
        rate_card: None,
        volumes,
    };
    let question = |at: u32, document| PackCriterion {
        id: format!("q{}", from + at),
        code: format!("Q{}", from + at),
        title: format!("Question {}", from + at),
        weight: "50".into(),
        question: Some(Question {
            text: "How?".into(),
            scale: "0-10".into(),
            word_limit: Some(5),
            minimum_mark: None,
            document,
        }),
        children: vec![],
    };
    PackLot {
        id: code.into(),
        code: code.into(),
        title: format!("Lot {code}"),
        description: String::new(),
        price: PriceModel::new("40", PriceFormula::LowestOverBid),
        min_quality: None,
        quality: vec![question(1, false), question(2, true)],
        schedule: vec![
            line(
                1,
                "Licence",
                Charge::Recurring,
                false,
                false,
                vec![volume("a", 1, 100_000), volume("a", 2, 100_000), volume("b", 1, 37_500)],
            ),
            line(2, "Set-up", Charge::OneOff, true, from > 0, vec![]),
        ],
    }
}

fn requirement(code: &str, text: &str, accepted: Vec<ResponseCode>) -> PackRequirement {
    PackRequirement {
        code: code.into(),
        text: text.into(),
        kind: RequirementType::Functional,
        moscow: Moscow::Must,
        accepted,
    }
}

/// The pack with more in its first lot: P05 in three volume bands (99.999 units in year 1, just under the border at 100, 100 in
/// year 2, 250 in year 3), the mandatory option P06, and a rate card of P07 (10 days) and P08 (priced only).
pub fn shaped() -> Pack {
    let mut pack = pack();
    let volume = |council: &str, year, volume_e3| PackVolume { council: council.into(), year, volume_e3 };
    let plain = |code: &str, description: &str, charge| PackLine {
        code: code.into(),
        description: description.into(),
        unit: "user".into(),
        charge,
        shared: false,
        optional: false,
        mandatory_option: false,
        tiers: vec![],
        rate_card: None,
        volumes: vec![],
    };
    let rate = |code: &str, role: &str, charge, basket_e3| PackLine {
        unit: "day".into(),
        shared: true,
        rate_card: Some(PackRate { role: role.into(), level: 4, basket_e3 }),
        ..plain(code, "Work that councils call off", charge)
    };
    // The rate card stands first in the schedule, and last in the sheet.
    let schedule = &mut pack.lots[0].schedule;
    schedule.insert(0, rate("P07", "Data engineer", Charge::OneOff, 10_000));
    schedule.push(PackLine {
        tiers: [0, 100_000, 250_000].map(|from_e3| PackTier { from_e3 }).to_vec(),
        volumes: vec![
            volume("a", 1, 60_000),
            volume("b", 1, 39_999),
            volume("a", 2, 60_000),
            volume("b", 2, 40_000),
            volume("a", 3, 150_000),
            volume("c", 3, 100_000),
        ],
        ..plain("P05", "Storage", Charge::Recurring)
    });
    schedule.push(PackLine {
        mandatory_option: true,
        volumes: vec![volume("a", 1, 2_000)],
        ..plain("P06", "Second site", Charge::OneOff)
    });
    schedule.push(rate("P08", "Service designer", Charge::Recurring, 0));
    pack.method.price_rules = rules::schedule::price_rules(&pack.lots);
    pack
}

/// A complete bid for both lots of [`shaped`].
pub fn shaped_bid() -> FilledBid {
    let mut bid = bid();
    bid.prices.extend(
        [
            ("P05-T1", "5"),
            ("P05-T2", "4.5"),
            ("P05-T3", "4.25"),
            ("P06", "100"),
            ("P07", "600"),
            ("P08", "700"),
        ]
        .map(|(code, price)| (code.to_owned(), PriceEntry::number(price))),
    );
    bid
}

/// A complete bid for both lots.
pub fn bid() -> FilledBid {
    let response = |code: &str| ResponseEntry { code: code.into(), comment: "see manual, =1+1".into() };
    FilledBid {
        supplier: "Larkfield Systems".into(),
        prices: BTreeMap::from([
            ("P01".into(), PriceEntry::number("12.3456")),
            ("P02".into(), PriceEntry::number("1200")),
            ("P03".into(), PriceEntry::number("0.1")),
            ("P04".into(), PriceEntry::without_price(Offer::Included)),
        ]),
        responses: BTreeMap::from([("R001".into(), response("F")), ("R002".into(), response("C"))]),
        answers: BTreeMap::from([
            ("Q1".into(), "By trained staff.".into()),
            ("Q2".into(), "Yes.".into()),
            ("Q3".into(), "In two steps.".into()),
            ("Q4".into(), "See above.".into()),
        ]),
    }
}

/// A zip of these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An xlsx with these sheets (name and content of `sheetData`) and, if given, this shared string table.
pub fn xlsx(sheets: &[(&str, &str)], strings: Option<&str>) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut list = String::new();
    let mut relations = String::new();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (number, (name, data)) in (1..).zip(sheets) {
        write!(list, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>").unwrap();
        write!(relations, "<Relationship Id=\"rId{number}\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>").unwrap();
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!(
                "<?xml version=\"1.0\"?><worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>"
            )
            .into_bytes(),
        ));
    }
    parts.push((
        "xl/workbook.xml".into(),
        format!("<?xml version=\"1.0\"?><workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets>{list}</sheets></workbook>").into_bytes(),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{package}\">{relations}</Relationships>")
            .into_bytes(),
    ));
    parts.push((
        "_rels/.rels".into(),
        format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into_bytes(),
    ));
    if let Some(strings) = strings {
        parts.push(("xl/sharedStrings.xml".into(), strings.as_bytes().to_vec()));
    }
    zip(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// Hostile and wrong files with the code by which each is refused.
pub fn refused() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = importers::bid_template::write(&pack(), HASH).unwrap();
    let cell = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let mut flipped = good.clone();
    // The first byte of the first part's compressed data.
    let start = 30 + usize::from(good[26]) + usize::from(good[28]);
    flipped[start + 20] ^= 0x10;
    let mut encrypted = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    vec![
        ("empty", vec![], "empty_file"),
        ("half a zip", good[..good.len() / 2].to_vec(), "damaged"),
        ("a flipped bit", flipped, "damaged"),
        ("html", b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), "markup"),
        ("SpreadsheetML 2003", b"<?xml version=\"1.0\"?><Workbook/>".to_vec(), "markup"),
        ("pdf", b"%PDF-1.7 ...".to_vec(), "not_a_spreadsheet"),
        ("noise", (0..=255u8).cycle().take(5000).collect(), "not_a_spreadsheet"),
        ("a zip of something else", zip(&[("word/document.xml", b"<w/>")]), "not_a_spreadsheet"),
        ("encrypted", encrypted, "password_protected"),
        (
            "a bomb",
            zip(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]),
            "unsafe_container",
        ),
        (
            "four thousand million strings",
            xlsx(
                &[("A", cell)],
                Some(
                    "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"1\" uniqueCount=\"4000000000\"><si><t>x</t></si></sst>",
                ),
            ),
            "unsafe_container",
        ),
        ("two sheets of a name", xlsx(&[("Prices", cell), ("PRICES", cell)], None), "duplicate_sheets"),
        (
            "a cell twice",
            xlsx(&[("A", "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>")], None),
            "cells_out_of_order",
        ),
    ]
}

/// Two cells at the far ends of a sheet, and a shared formula with an index of four thousand million.
pub fn far_apart() -> Vec<u8> {
    xlsx(
        &[(
            "A",
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><f t=\"shared\" si=\"4000000000\" ref=\"XFD1048576\">1+1</f><v>2</v></c></row>",
        )],
        None,
    )
}

/// Changes the cells of a sheet, row by row.
pub fn edit(book: &mut Workbook, sheet: &str, change: impl FnOnce(&mut Vec<Vec<Cell<'static>>>)) {
    let sheet = book.sheets.iter_mut().find(|found| found.name == sheet).unwrap();
    let mut rows: Vec<Vec<Cell<'static>>> =
        sheet.rows.iter().map(|row| row.cells().map(Cell::into_owned).collect()).collect();
    change(&mut rows);
    sheet.rows = Rows::default();
    for cells in &rows {
        sheet.rows.push(cells);
    }
}

/// The parts of a zip.
pub fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let name = part.name().unwrap().to_string();
        let mut bytes = Vec::new();
        std::io::copy(&mut part, &mut bytes).unwrap();
        parts.push((name, bytes));
    }
    parts
}

/// The zip with one part changed.
pub fn with_part(bytes: &[u8], wanted: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    let part =
        parts.iter_mut().find(|(name, _)| name == wanted).unwrap_or_else(|| panic!("no part {wanted}"));
    part.1 = change(String::from_utf8(std::mem::take(&mut part.1)).unwrap()).into_bytes();
    zip_of(&parts)
}

/// A zip of these parts.
pub fn zip_of(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    zip(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}
