//! What a bid of 500 price lines costs the server: uploaded, checked, looked at once and submitted, its reading child included, in
//! processor time. On SQLite, with the program of `COMMONLOT_BIN`, which should be the release build:
//!
//! `cargo build --release && COMMONLOT_BIN=$PWD/target/release/commonlot cargo bench -p tests --bench a_long_bid`
//!
//! It exits 1 where the goal is missed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that breaks off has failed")]
#![allow(clippy::print_stdout, reason = "its table")]

#[path = "../journeys/steps/mod.rs"]
#[allow(dead_code, reason = "stories share these steps, and need more of them")]
mod steps;

use std::process::ExitCode;

use importers::bid_template::{FilledBid, PriceEntry, ResponseEntry, filled};
use rules::pack::{Pack, PackLot};
use serde_json::json;
use tests::{Program, Store, machine};

use steps::tender::Tender;
use steps::{Cast, at, bids, pool, tender};

const LINES: u32 = 500;
const BIDS: u32 = 40;
/// Milliseconds of processor time for one bid.
const GOAL: u128 = 100;

fn main() -> ExitCode {
    if machine::program().is_none() {
        println!("a_long_bid: set COMMONLOT_BIN to the program that is to be measured");
        return ExitCode::SUCCESS;
    }
    let each = tests::stores::run(measured());
    println!(
        "a bid of {LINES} lines, uploaded, checked and submitted: {each} ms of processor time ({BIDS} bids)"
    );
    ExitCode::from(u8::from(each >= GOAL))
}

async fn measured() -> u128 {
    let program = Program::start(Store::Sqlite).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast).await;
    let bidder = bids::invited(&program, None, &cast, &tender, "Long Supplier").await;
    let (pack, hash) = bids::pack_of(&bidder.rest, &tender).await;
    assert_eq!(pack.lots.iter().map(|lot| lot.schedule.len()).sum::<usize>(), LINES as usize);
    // Made before the clock starts, and each another: a file that was read before is not read again.
    let books: Vec<Vec<u8>> = (0..=BIDS).map(|number| workbook(&pack, &hash, number)).collect();
    let mut before = program.processor_time();
    for (number, book) in books.into_iter().enumerate() {
        if number == 1 {
            // The first one warms what is made once.
            before = program.processor_time();
        }
        let checked = bids::upload(&bidder, book).await.expect(201).json();
        assert_eq!(checked["findings"], json!([]), "{checked:#}");
        bids::submitted(&bidder).await;
    }
    program.processor_time().saturating_sub(before).as_millis() / u128::from(BIDS)
}

/// A tender of 500 lines: three with volumes, the others shared.
async fn published(cast: &Cast) -> Tender {
    let reference = "ICT-2027-20";
    let id = pool::opens(cast, reference).await;
    pool::joins(cast, &id).await;
    pool::requirements_come_in(cast, &id).await;
    pool::demand_comes_in(cast, &id).await;
    for number in 4..=LINES {
        let body = json!({
            "code": format!("P{number:03}"), "description": format!("Service number {number}"), "unit": "service",
            "charge": "one_off", "shared": true,
        });
        cast.ada.rest.post(&at(&id, "/schedule-lines")).json(&body).await.expect(201);
    }
    pool::pooled_list_is_agreed(cast, &id).await;
    pool::specification_is_agreed(&cast.ada.rest, &id).await;
    let lots = tender::set_up(cast, &id).await;
    let deadline = tender::set_deadline(&cast.ada.rest, &id, 40).await;
    tender::publish(cast, &id).await;
    Tender { id, reference: reference.to_owned(), lots, deadline }
}

fn workbook(pack: &Pack, hash: &str, number: u32) -> Vec<u8> {
    let mut bid = FilledBid { supplier: "Long Supplier".to_owned(), ..FilledBid::default() };
    for (at, line) in (number..).zip(pack.lots.iter().flat_map(|lot| &lot.schedule)) {
        bid.prices.insert(line.code.clone(), PriceEntry::number(&format!("{at}.25")));
    }
    for requirement in &pack.requirements {
        let entry = ResponseEntry { code: "F".to_owned(), comment: "It does.".to_owned() };
        bid.responses.insert(requirement.code.clone(), entry);
    }
    for question in pack.lots.iter().flat_map(PackLot::questions) {
        bid.answers.insert(question.code.clone(), format!("{}: as in two councils before.", question.code));
    }
    filled(pack, hash, &bid).expect("a filled workbook")
}
