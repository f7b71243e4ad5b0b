//! A workbook together with texts typed on the supplier's page and with documents: what counts, and what is said of it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HASH, bid, pack};
use importers::bid::{self, BidReading};
use importers::bid_template::{self, FilledBid};
use importers::{Severity, read_here};

fn read(filled: &FilledBid) -> BidReading {
    let bytes = bid_template::filled(&pack(), HASH, filled).unwrap();
    bid::read(&pack(), HASH, &read_here(&bytes, "bid.xlsx").unwrap()).unwrap()
}

#[test]
fn of_two_texts_the_typed_one_counts_and_it_is_said_where_the_other_stands() {
    let mut filled = bid();
    filled.answers.insert("Q1".to_owned(), "one two three four five six".to_owned());
    let reading = read(&filled);
    let (cell, sheet) = (reading.answers[0].cell.clone(), reading.answers[0].sheet.clone());
    assert_eq!(reading.findings[0].code, "over_word_limit");
    let whole = bid::together(&pack(), reading.clone(), &[("Q1", "In two\n\nparagraphs.")], &[]);
    let answer = &whole.answers[0];
    assert_eq!(
        (answer.question.as_str(), answer.words, answer.typed),
        ("Q1", 3, true),
        "in the pack's order"
    );
    assert_eq!((answer.text.as_str(), answer.cell.as_str()), ("In two\n\nparagraphs.", ""));
    assert_eq!(whole.answers[1..], reading.answers[1..], "the others stay as they were");
    let said: Vec<_> =
        whole.findings.iter().map(|finding| (finding.severity, finding.code.as_str())).collect();
    assert_eq!(
        said,
        [(Severity::Warning, "typed_answer_counts")],
        "the length of what does not count is no matter"
    );
    assert_eq!(
        (whole.findings[0].sheet.as_ref(), whole.findings[0].cell.as_ref()),
        (Some(&sheet), Some(&cell))
    );
    assert_eq!(whole.lots, reading.lots);
    let json = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<BidReading>(&json).unwrap(), whole);
}

#[test]
fn a_document_counts_beside_a_text_and_instead_of_none() {
    let mut filled = bid();
    filled.answers.remove("Q4");
    let reading = read(&filled);
    assert_eq!(reading.missing.documents, ["Q4"]);
    let whole = bid::together(&pack(), reading, &[], &[("Q2", "plan.pdf"), ("Q4", "method.pdf")]);
    let said: Vec<_> =
        whole.findings.iter().map(|finding| (finding.severity, finding.code.as_str())).collect();
    assert_eq!(said, [(Severity::Info, "text_and_document")], "of Q2 alone: Q4 has only the document");
    assert!(whole.findings[0].seen.contains("Q2") && whole.findings[0].seen.contains("plan.pdf"));
    assert!(whole.findings[0].cell.is_some());
    assert_eq!(whole.missing, bid::Missing::default());
}

#[test]
fn a_lot_with_nothing_but_a_typed_answer_is_bid_for_and_its_prices_are_missing() {
    let mut filled = bid();
    filled.answers.retain(|code, _| code == "Q1" || code == "Q2");
    filled.prices.retain(|code, _| code == "P01" || code == "P02");
    let reading = read(&filled);
    assert_eq!(reading.lots.iter().map(|lot| lot.bid).collect::<Vec<_>>(), [true, false]);
    assert!(reading.missing.prices.is_empty() && reading.missing.questions.is_empty());
    let whole = bid::together(&pack(), reading, &[("Q4", "We do."), ("Q9", "Nobody asks.")], &[]);
    assert_eq!(whole.lots.iter().map(|lot| lot.bid).collect::<Vec<_>>(), [true, true]);
    assert_eq!(
        (&whole.missing.prices[..], &whole.missing.questions[..]),
        (&["P03".to_owned()][..], &["Q3".to_owned()][..])
    );
    assert!(whole.answers.iter().all(|answer| answer.question != "Q9"), "what is not asked is not answered");
    assert_eq!(bid::word_count(" one\u{a0}two\nthree\t "), 3);
}
