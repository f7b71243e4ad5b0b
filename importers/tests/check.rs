//! Checking a bid and writing a template from a pack's file alone.
#![allow(clippy::unwrap_used)]

mod common;

use common::{bid, pack};
use importers::bid_template::{self, FilledBid, PriceEntry};
use importers::check::{BidCheck, Outcome, check_read, template};
use importers::{Unreadable, read_here};

fn json() -> Vec<u8> {
    serde_json::to_vec(&pack()).unwrap()
}

fn check(filled: &FilledBid) -> BidCheck {
    let bytes = bid_template::filled(&pack(), &pack().hash().unwrap(), filled).unwrap();
    check_read(&json(), read_here(&bytes, "bid.xlsx")).unwrap()
}

#[test]
fn a_good_bid_is_usable_and_its_totals_are_told() {
    let check = check(&bid());
    assert_eq!((check.outcome, check.outcome.exit_code()), (Outcome::Usable, 0));
    assert_eq!((check.counts.answered, check.counts.unanswered, check.counts.errors), (10, 0, 0));
    let told = serde_json::to_value(&check).unwrap();
    assert_eq!(told["outcome"], "usable");
    assert_eq!(told["reference"], "ICT-2027-01");
    assert_eq!(
        told["lots"][0]["read_back_total"],
        serde_json::to_value(rules::money::Pence(413_208)).unwrap()
    );
    assert_eq!(told["refused"], serde_json::Value::Null);
}

#[test]
fn a_bid_with_an_error_says_so_and_where() {
    let mut filled = bid();
    filled.prices.insert("P01".into(), PriceEntry::text("POA"));
    let check = check(&filled);
    assert_eq!((check.outcome, check.outcome.exit_code()), (Outcome::WithErrors, 1));
    assert_eq!((check.counts.answered, check.counts.unanswered, check.counts.errors), (9, 1, 1));
    let told = serde_json::to_value(&check).unwrap();
    assert_eq!(told["findings"][0]["cell"], "K5");
    assert_eq!(told["missing"]["prices"][0], "P01");
}

#[test]
fn what_is_no_bid_is_unreadable() {
    let mut other = pack();
    other.reference = "ABC-1".into();
    let foreign = template(&serde_json::to_vec(&other).unwrap()).unwrap();
    for (bytes, code) in [(foreign, "other_procurement"), (b"%PDF-1.7".to_vec(), "not_a_spreadsheet")] {
        let check = check_read(&json(), read_here(&bytes, "bid")).unwrap();
        assert_eq!((check.outcome, check.outcome.exit_code()), (Outcome::Unreadable, 2));
        assert_eq!(check.refused.map(|refused: Unreadable| refused.code).as_deref(), Some(code));
        assert_eq!(check.counts.answered, 0);
    }
}

#[test]
fn the_template_of_a_packs_file_is_that_packs_own() {
    let blank = template(&json()).unwrap();
    let check = check_read(&json(), read_here(&blank, "bid.xlsx")).unwrap();
    assert_eq!(check.outcome, Outcome::Usable);
    assert_eq!((check.counts.answered, check.counts.unanswered), (0, 9));
    assert!(template(b"{}").is_err());
    assert!(
        check_read(b"[1]", read_here(&blank, "bid.xlsx")).unwrap_err().to_string().contains("tender pack")
    );
}
