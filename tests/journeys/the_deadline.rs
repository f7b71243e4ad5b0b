//! The deadline, from outside: many bidders submit around it at once, and what waits over it is late.
//!
//! The judge is not the receipt but this machine's clock, which is the store's too: whatever was sent at or after the
//! deadline must not be in time, whatever was answered before it must not be late.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tests::{Program, Store, machine};
use tokio::task::JoinSet;

use crate::steps::bids::{OFFERS, Supplier, invited, late_decided, opened, pack_of, submits, workbook};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, bids, clock, ledger_is_whole, start};

/// Bidders at once.
const BIDDERS: usize = 12;
/// Each stops after so many late receipts.
const LATE_EACH: usize = 3;

/// One submission as its bidder saw it, in microseconds before (negative) and after the deadline.
struct Tried {
    sent: i64,
    answered: i64,
    received: i64,
    late: bool,
}

tests::on_each_store!(many_around_the_deadline);
async fn many_around_the_deadline(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-06").await;
    let mut bidders = Vec::new();
    for number in 0..BIDDERS {
        let bidder = invited(&program, None, &cast, &tender, &format!("Bidder {number}")).await;
        submits(&tender, &bidder, OFFERS[number % OFFERS.len()]).await;
        bidders.push(bidder);
    }
    // Long enough before the deadline that most are in time, whatever the machine's speed: measured on the first ones.
    let started = clock::micros();
    race(&bidders, &tender, 0, 2).await;
    let each = (clock::micros() - started) / i64::try_from(2 * BIDDERS).unwrap();
    let ahead = 3 + each * i64::try_from(machine::tries()).unwrap() / 1_000_000;
    let offset = tender.deadline - clock::now() - ahead;
    clock::set_ahead(&mut program, offset).await;
    let tried = race(&bidders, &tender, offset, usize::MAX).await;
    let (late, on_time): (Vec<_>, Vec<_>) = tried.iter().partition(|one| one.late);
    assert!(
        late.len() >= BIDDERS * LATE_EACH && on_time.len() >= machine::tries() / 2,
        "the race ran over the deadline"
    );
    for one in &on_time {
        assert!(one.sent < 0, "in time although it was sent {} µs after the deadline", one.sent);
    }
    for one in &late {
        assert!(one.answered >= 0, "late although it was answered {} µs before the deadline", -one.answered);
    }
    for one in &tried {
        assert!(one.sent <= one.received && one.received <= one.answered, "stamped while it was under way");
        assert_eq!(one.late, one.received >= 0, "what the receipt says follows from its own instant");
    }
    assert_eq!(late_decided(&cast, &tender, "refuse").await, late.len());
    opened(&mut program, &cast, &tender).await;
    let bids = cast.ada.rest.all(&tender.at("/bids")).await;
    assert_eq!(bids.len(), BIDDERS, "the last one in time of each is the bid");
    assert!(
        bids.iter()
            .all(|bid| clock::micros_of(bid["received_at"].as_str().unwrap()) < tender.deadline * 1_000_000)
    );
    ledger_is_whole(&program);
}

/// Every bidder submits again and again, always something new, until it is late or has done its share.
async fn race(bidders: &[Supplier], tender: &Tender, offset: i64, most: usize) -> Vec<Tried> {
    let zero = (tender.deadline - offset) * 1_000_000;
    let mut tasks = JoinSet::new();
    for bidder in bidders.iter().cloned() {
        tasks.spawn(async move {
            let (mut tried, mut late) = (Vec::new(), 0);
            while late < LATE_EACH && tried.len() < most {
                changed(&bidder, &format!("{}", tried.len())).await;
                let preview = bidder.rest.get("/api/v1/supplier/submission").await.expect(200).json();
                let body = serde_json::json!({ "manifest_hash": preview["manifest_hash"] });
                let sent = clock::micros();
                let answer = bidder.rest.post("/api/v1/supplier/submission").json(&body).await;
                let answered = clock::micros();
                let receipt = answer.expect(201).json();
                let one = Tried {
                    sent: sent - zero,
                    answered: answered - zero,
                    received: clock::micros_of(receipt["submission"]["received_at"].as_str().unwrap())
                        - offset * 1_000_000
                        - zero,
                    late: receipt["submission"]["late"].as_bool().unwrap(),
                };
                late += usize::from(one.late);
                tried.push(one);
            }
            tried
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// Puts another document beside the workbook.
async fn changed(bidder: &Supplier, words: &str) {
    let document = bidder.rest.post("/api/v1/supplier/documents?question=Q1&name=method.pdf");
    document.body("application/octet-stream", format!("%PDF-1.4 {words}")).await.expect(201);
}

tests::on_each_store!(what_waits_over_the_deadline);
async fn what_waits_over_the_deadline(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-07").await;
    let slow = invited(&program, None, &cast, &tender, "Slow Supplier").await;
    let (pack, hash) = pack_of(&slow.rest, &tender).await;
    bids::upload(&slow, workbook(&pack, &hash, &slow.name, OFFERS[0])).await.expect(201);
    // Somebody else's work holds what a submission needs: on PostgreSQL the procurement, then the ledger's end.
    for held in ["procurement", "ledger_head"] {
        clock::set_ahead(&mut program, tender.deadline - clock::now() - 3).await;
        let store = connected(&program).await;
        for sql in holding(&store, held) {
            store.execute_unprepared(sql).await.expect("it is held");
        }
        let submitting = tokio::spawn({
            let slow = slow.clone();
            async move { bids::submitted(&slow).await }
        });
        tokio::time::sleep(Duration::from_millis(4500)).await;
        assert!(!submitting.is_finished(), "{held}: the submission waits");
        store.execute_unprepared("ROLLBACK").await.expect("it is let go");
        let receipt = submitting.await.expect("an answer");
        assert_eq!(
            receipt["submission"]["late"], true,
            "{held}: sent in time, and received after it: {receipt:#}"
        );
        store.close().await.expect("the store closes");
        changed(&slow, held).await;
    }
    ledger_is_whole(&program);
}

/// One connection beside the program's own.
async fn connected(program: &Program) -> DatabaseConnection {
    let mut options = ConnectOptions::new(program.database_url());
    options.max_connections(1);
    Database::connect(options).await.expect("the store opens")
}

fn holding(store: &DatabaseConnection, what: &str) -> Vec<&'static str> {
    match (store.get_database_backend(), what) {
        // One writer at a time: whatever it writes.
        (sea_orm::DbBackend::Sqlite, _) => vec!["BEGIN IMMEDIATE"],
        (_, "procurement") => vec!["BEGIN", "SELECT id FROM procurement FOR UPDATE"],
        _ => vec!["BEGIN", "SELECT chain FROM ledger_head FOR UPDATE"],
    }
}
