//! What suppliers type as text where a price is due, in an xlsx, in CSV and in an ods: read where it means one thing, asked about
//! otherwise, the same in all three.

use rules::money::UnitPrice;

use super::bytes::{cell_of, with_prices, without_total};
use super::case::{Case, Expect, findings};
use super::open_document;
use super::separated;

/// Texts that mean one number, in ten-thousandths of a pound.
const TAKEN: [(&str, i64); 12] = [
    ("£1,200.00", 12_000_000),
    ("1,200", 12_000_000),
    (" 1200 ", 12_000_000),
    ("\u{a0}1200\u{a0}", 12_000_000),
    ("１２００", 12_000_000),
    ("£ 12.50", 125_000),
    ("12.50", 125_000),
    ("0.125", 1_250),
    ("1,234,567.89", 12_345_678_900),
    ("1200\u{200b}", 12_000_000),
    ("￡1,200", 12_000_000),
    ("\u{2009}7\u{2009}", 70_000),
];

/// Texts that are asked about, with the code.
const ASKED: [(&str, &str); 34] = [
    ("1.200,50", "not_a_number"),
    ("1 200,50", "not_a_number"),
    ("1 200", "not_a_number"),
    ("£1.2k", "not_a_number"),
    ("1.2m", "not_a_number"),
    ("1200 per month", "not_a_number"),
    ("£1,200 pcm", "not_a_number"),
    ("1200 + VAT", "not_a_number"),
    ("1200 inc VAT", "not_a_number"),
    ("from 1200", "not_a_number"),
    ("1200-1500", "not_a_number"),
    ("c. 1200", "not_a_number"),
    ("TBC", "not_a_number"),
    ("POA", "not_a_number"),
    ("see attached", "not_a_number"),
    ("12%", "not_a_number"),
    ("1e3", "not_a_number"),
    ("-£5", "negative_number"),
    ("£-5", "negative_number"),
    ("\u{2212}5", "negative_number"),
    ("(5)", "not_a_number"),
    ("1.200", "ambiguous_decimal"),
    ("1,20,000", "not_a_number"),
    ("$5", "not_a_number"),
    ("€5", "not_a_number"),
    ("5 GBP", "not_a_number"),
    ("GBP 5", "not_a_number"),
    ("٣", "not_a_number"),
    ("1..2", "not_a_number"),
    ("12.34567", "too_many_decimals"),
    ("1000000000001", "number_too_large"),
    ("N/A", "word_for_price"),
    ("nil", "word_for_price"),
    ("Included", "word_for_price"),
];

pub fn cases() -> Vec<Case> {
    let taken = TAKEN.iter().map(|(text, e4)| (*text, Expect::P01(vec![], Some(UnitPrice(*e4)))));
    let asked = ASKED.iter().map(|(text, code)| (*text, Expect::P01(findings(&[(code, "K5")]), None)));
    let mut cases = Vec::new();
    for (text, expect) in taken.chain(asked) {
        let again = |expect: &Expect| match expect {
            Expect::P01(found, price) => Expect::P01(found.clone(), *price),
            _ => unreachable!(),
        };
        cases.push(Case::new(format!("xlsx, typed as text: {text:?}"), in_xlsx(text), again(&expect)));
        cases.push(Case::new(
            format!("ods, typed as text: {text:?}"),
            open_document::with_text(text),
            again(&expect),
        ));
        // In CSV every number is text: 12.50 is one there, and 1.200 is 1.2 as Excel reads it.
        if let Some(expect) = separated::expected(text, expect) {
            cases.push(Case::new(format!("csv, typed: {text:?}"), separated::with_text(text), expect));
        }
    }
    cases
}

fn in_xlsx(text: &str) -> Vec<u8> {
    with_prices(|xml| {
        let cell =
            format!("<c r=\"K5\" s=\"7\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>");
        without_total(&xml.replacen(&cell_of(&xml, "K5"), &cell, 1))
    })
}
