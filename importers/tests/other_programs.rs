//! A bid that another program opened and saved is the same bid, or says what it lost.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use std::process::Command;

use common::{HASH, bid, pack};
use importers::{bid as bids, bid_template, read_here};

/// Whether the test is to be left out. It says so, and fails where nothing may be.
#[allow(clippy::disallowed_methods)] // the tests' own switch, not a setting of the program
fn skipped(what: &str) -> bool {
    assert!(
        std::env::var_os("COMMONLOT_TEST_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "{what} is missing, and COMMONLOT_TEST_REQUIRE_ALL=1"
    );
    eprintln!("SKIPPED: {what} is missing");
    true
}

#[test]
fn openpyxl_saves_the_same_bid() {
    let python = Command::new("python3").args(["-c", "import openpyxl"]).output();
    if !python.is_ok_and(|output| output.status.success()) && skipped("python3 with openpyxl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before.xlsx"), folder.path().join("after.xlsx"));
    let bytes = bid_template::filled(&pack(), HASH, &bid()).unwrap();
    std::fs::write(&before, &bytes).unwrap();
    let program = "import openpyxl,sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])";
    let status = Command::new("python3").args(["-c", program]).arg(&before).arg(&after).status().unwrap();
    assert!(status.success());
    let read = |bytes: &[u8]| bids::read(&pack(), HASH, &read_here(bytes, "bid.xlsx").unwrap()).unwrap();
    assert_eq!(read(&std::fs::read(&after).unwrap()), read(&bytes));
}
