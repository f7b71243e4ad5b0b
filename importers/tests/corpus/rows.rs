//! Rows, ids, headers and fingerprints, as people move, lose and copy them.

use rules::line_id::with_check;

use super::bytes::{PRICES, QUESTIONS, cell_of, good, with_cell, with_prices};
use super::case::{Case, Expect, findings, good_prices};
use super::common::{HASH, bid, pack, with_part};
use importers::bid_template::{self, PriceEntry, ResponseEntry};
use rules::words::Offer;

fn text(address: &str, text: &str) -> String {
    format!("<c r=\"{address}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

pub fn cases() -> Vec<Case> {
    let mut cases = ids();
    cases.extend(fingerprints());
    cases.extend(headers());
    cases.extend(answers());
    cases
}

fn ids() -> Vec<Case> {
    let id = with_check("P01");
    let check = id.chars().last().unwrap();
    let mut cases = Vec::new();
    for (name, typed) in [
        ("in lower case", id.to_lowercase()),
        ("with a Cyrillic letter", id.replacen('P', "Р", 1)),
        ("with a Greek letter", id.replacen('P', "Ρ", 1)),
        ("in full-width letters", format!("Ｐ０１－{check}")),
        ("with spaces around", format!(" \u{a0}{id} ")),
        ("with an en dash", id.replace('-', "–")),
        ("with a non-breaking hyphen", id.replace('-', "\u{2011}")),
        ("with a character that shows nothing", id.replacen('0', "0\u{200b}", 1)),
        ("without its hyphen", id.replace('-', "")),
    ] {
        cases.push(Case::same(format!("an id {name}"), with_cell(PRICES, "A5", &text("A5", &typed)), &[]));
    }
    let wrong = if check == 'A' { 'B' } else { 'A' };
    for (name, typed, code) in [
        ("mistyped", format!("P01-{wrong}"), "unknown_id"),
        ("with letter O for zero", id.replacen('0', "O", 1), "unknown_id"),
        ("of no line", with_check("P99"), "unknown_id"),
        ("that is a number", "1".to_owned(), "unknown_id"),
        ("that is gone", String::new(), "unrecognised_row"),
    ] {
        let bytes = with_cell(PRICES, "A5", &text("A5", &typed));
        cases.push(Case::new(format!("an id {name}"), bytes, Expect::P01(findings(&[(code, "A5")]), None)));
    }
    let twice = with_cell(PRICES, "A5", &text("A5", &with_check("P02")));
    cases.push(Case::new(
        "an id that stands twice",
        twice,
        Expect::Prices(
            findings(&[("duplicate_id", "A5"), ("duplicate_id", "A6")]),
            good_prices()[2..].to_vec(),
        ),
    ));
    let mixed = with_prices(|xml| {
        let (a, b) = (cell_of(&xml, "C5"), cell_of(&xml, "C6"));
        xml.replacen(&a, "@", 1).replacen(&b, &a.replace("C5", "C6"), 1).replacen(
            '@',
            &b.replace("C6", "C5"),
            1,
        )
    });
    cases.push(Case::new(
        "descriptions sorted apart from their ids",
        mixed,
        Expect::Prices(
            findings(&[("row_mixed_up", "C5"), ("row_mixed_up", "C6")]),
            good_prices()[2..].to_vec(),
        ),
    ));
    cases.push(Case::same(
        "a description reworded",
        with_cell(PRICES, "C5", &text("C5", "Licence for a year, as we call it")),
        &[("description_changed", "C5")],
    ));
    cases.push(Case::same(
        "a remark below the table",
        with_prices(|xml| {
            xml.replacen(
                "</sheetData>",
                &format!(
                    "<row r=\"12\">{}</row></sheetData>",
                    text("A12", "All prices are valid for 90 days")
                ),
                1,
            )
        }),
        &[],
    ));
    cases.push(Case::same(
        "a row of one's own with a price",
        with_prices(|xml| {
            xml.replacen("</sheetData>", "<row r=\"12\"><c r=\"K12\"><v>99</v></c></row></sheetData>", 1)
        }),
        &[("unrecognised_row", "A12")],
    ));
    cases
}

fn fingerprints() -> Vec<Case> {
    let with = |part: &str, to: &str| with_cell(part, "A2", &text("A2", to));
    let own = bid_template::fingerprint(&pack(), HASH);
    let elsewhere = own.replacen("ICT", "ABC", 1);
    let older = own.replace("9f2c41d0", "00000000");
    vec![
        Case::new(
            "a workbook of another procurement",
            with(PRICES, &elsewhere),
            Expect::Refused("other_procurement"),
        ),
        Case::new(
            "a sheet of another procurement",
            with(QUESTIONS, &elsewhere),
            Expect::Refused("other_procurement"),
        ),
        Case::new(
            "a workbook of an older pack",
            with(PRICES, &older),
            Expect::Prices(findings(&[("stale_pack", "A2")]), vec![]),
        ),
        Case::same("a fingerprint that lost its dot", with(PRICES, &own.replace('·', "?")), &[]),
        Case::same("a fingerprint on the other sheets only", with(PRICES, ""), &[]),
    ]
}

fn headers() -> Vec<Case> {
    let gone = Expect::Prices(findings(&[("sheet_missing", "-")]), vec![]);
    vec![
        Case::same(
            "a price header in other words",
            with_cell(PRICES, "K4", &text("K4", "UNIT  PRICE\n(excl. VAT)")),
            &[],
        ),
        Case::same("an id header in look-alikes", with_cell(PRICES, "A4", &text("A4", "Lіne\u{a0}ID")), &[]),
        Case::new("no price header", with_cell(PRICES, "K4", &text("K4", "Amount")), gone),
        Case::new(
            "two price headers",
            with_cell(PRICES, "D4", &text("D4", "Price")),
            Expect::Prices(
                findings(&[
                    ("duplicate_column", "K4"),
                    ("price_missing", "A5"),
                    ("price_missing", "A6"),
                    ("price_missing", "A7"),
                ]),
                vec![good_prices()[3].clone()],
            ),
        ),
    ]
}

fn answers() -> Vec<Case> {
    let filled = |change: fn(&mut bid_template::FilledBid)| {
        let mut filled = bid();
        change(&mut filled);
        bid_template::filled(&pack(), HASH, &filled).unwrap()
    };
    let prices = good_prices;
    let optional = |found: &[(&str, &str)]| Expect::Prices(findings(found), prices()[..3].to_vec());
    vec![
        Case::new(
            "Included with a price",
            filled(|bid| {
                bid.prices.insert(
                    "P04".into(),
                    PriceEntry {
                        offer: Some(Offer::Included),
                        price: bid_template::Typed::Number("5".into()),
                    },
                );
            }),
            optional(&[("answers_differ", "K8")]),
        ),
        Case::new(
            "no bid with a price",
            filled(|bid| {
                bid.prices.insert(
                    "P04".into(),
                    PriceEntry {
                        offer: Some(Offer::NotOffered),
                        price: bid_template::Typed::Number("5".into()),
                    },
                );
            }),
            optional(&[("answers_differ", "K8")]),
        ),
        Case::new(
            "nothing where Included may be meant",
            filled(|bid| {
                bid.prices.insert(
                    "P04".into(),
                    PriceEntry { offer: None, price: bid_template::Typed::Number("0".into()) },
                );
            }),
            optional(&[("zero_price", "K8")]),
        ),
        Case::new(
            "a mandatory line that is not offered",
            filled(|bid| {
                bid.prices.insert("P01".into(), PriceEntry::without_price(Offer::NotOffered));
            }),
            {
                let mut answers = prices();
                answers[0] = ("P01".into(), Offer::NotOffered, None);
                Expect::Prices(findings(&[("mandatory_line_not_offered", "J5")]), answers)
            },
        ),
        Case::new(
            "an answer that is not in the list",
            with_cell(PRICES, "J5", &text("J5", "Maybe")),
            Expect::P01(findings(&[("answer_unknown", "J5")]), None),
        ),
        Case::new(
            "an answer by a formula without a result",
            with_cell(PRICES, "J5", "<c r=\"J5\"><f>IF(1,\"Bid\")</f></c>"),
            Expect::P01(findings(&[("answer_unknown", "J5")]), None),
        ),
        Case::new(
            "a response that is no code",
            filled(|bid| {
                bid.responses
                    .insert("R001".into(), ResponseEntry { code: "Yes".into(), comment: String::new() });
            }),
            Expect::Prices(findings(&[("response_unknown", "F5")]), prices()),
        ),
        Case::new(
            "a response in words",
            filled(|bid| {
                bid.responses.insert(
                    "R001".into(),
                    ResponseEntry {
                        code: rules::words::ResponseCode::Full.label().into(),
                        comment: "see manual, =1+1".into(),
                    },
                );
            }),
            Expect::Same(vec![]),
        ),
        Case::new(
            "a roadmap without a date",
            filled(|bid| {
                bid.responses
                    .insert("R001".into(), ResponseEntry { code: "R".into(), comment: String::new() });
            }),
            Expect::Prices(findings(&[("roadmap_without_date", "F5")]), prices()),
        ),
        Case::new(
            "an answer beyond its word limit",
            filled(|bid| {
                bid.answers.insert("Q1".into(), "one two three four five six".into());
            }),
            Expect::Prices(findings(&[("over_word_limit", "F5")]), prices()),
        ),
        Case::new(
            "the template, blank",
            bid_template::write(&pack(), HASH).unwrap(),
            Expect::Prices(vec![], vec![]),
        ),
        Case::same("the bid as it is", good(), &[]),
        Case::new(
            "an answer that is an error",
            with_part(&good(), QUESTIONS, |xml| {
                xml.replacen(&cell_of(&xml, "F5"), "<c r=\"F5\" t=\"e\"><v>#REF!</v></c>", 1)
            }),
            Expect::Prices(findings(&[("error_value", "F5")]), prices()),
        ),
    ]
}
