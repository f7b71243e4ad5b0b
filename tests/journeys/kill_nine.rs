//! kill -9 in the middle of things: nothing acknowledged is lost, and the next start goes on.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{PostBox, Program, Rest, Store};

use crate::steps::bids::{OFFERS, Offer, invited, opened, pack_of, upload, workbook};
use crate::steps::tender::published;
use crate::steps::{Cast, clock, ledger_is_whole, panel, start};

const SUPPLIERS: [&str; 3] = ["Northgate Digital", "Blue Harbour IT", "Civic Systems"];

tests::on_each_store!(kill_nine, PostBox);
async fn kill_nine(store: Store) {
    let mut post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-06").await;
    let mut suppliers = Vec::new();
    for name in SUPPLIERS {
        suppliers.push(invited(&program, Some(&post), &cast, &tender, name).await);
    }
    let (pack, hash) = pack_of(&suppliers[0].rest, &tender).await;

    // Submissions: every supplier submits what it has uploaded while the program is killed; twice.
    for round in 0..2 {
        for (supplier, offer) in suppliers.iter().zip(OFFERS) {
            let offer = Offer { words: ["first", "second"][round], ..offer };
            upload(supplier, workbook(&pack, &hash, &supplier.name, offer)).await.expect(201);
        }
        let racers: Vec<_> = suppliers
            .iter()
            .map(|supplier| {
                let body = json!({"findings_confirmed": true});
                let call =
                    supplier.rest.post("/api/v1/supplier/submission").json(&body).key(&format!("r{round}"));
                tokio::spawn(call.attempt())
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(15 + 25 * round as u64)).await;
        program.kill();
        let mut acknowledged = Vec::new();
        for racer in racers {
            acknowledged.push(racer.await.unwrap().ok().filter(|answer| answer.status == 201));
        }
        program.restart().await;
        for (supplier, answer) in suppliers.iter().zip(acknowledged) {
            let there = supplier.rest.all("/api/v1/supplier/submissions").await;
            if let Some(answer) = answer {
                let hash = answer.json()["submission"]["manifest_hash"].clone();
                assert!(
                    there.iter().any(|row| row["manifest_hash"] == hash),
                    "acknowledged and lost: {there:#?}"
                );
            }
            // The supplier repeats under the same key: once in all, whatever had happened.
            let body = json!({"findings_confirmed": true});
            let again =
                supplier.rest.post("/api/v1/supplier/submission").json(&body).key(&format!("r{round}"));
            again.await.expect(201);
            let there = supplier.rest.all("/api/v1/supplier/submissions").await;
            assert_eq!(there.len(), round + 1, "{there:#?}");
        }
        ledger_is_whole(&program);
    }

    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    let results = panel::scored(&cast, &tender, &bids).await;

    // Decisions and award: killed while each is under way, repeated until acknowledged, never twice.
    let day = clock::day_from_now(40);
    for (lot, result) in results.iter().enumerate() {
        let lead = &cast.ada.rest;
        let text = "Most advantageous by the published criteria; see the result.";
        let body = json!({"bid_id": result["winner"], "text": text});
        lead.post(&tender.lot(lot, "/recommendation")).json(&body).await.expect(201);
        for (number, person) in [&cast.ada, &cast.bea, &cast.cem].into_iter().enumerate() {
            let body = json!({
                "verdict": "award", "body": "Cabinet", "minute": "Item 7", "taken_on": day, "effective_on": day,
                "key_decision": true, "reason": "The bid is the most advantageous and within our ceiling.",
            });
            let path = tender.lot(lot, "/decisions");
            if number == 1 {
                killed_during(&mut program, &person.rest, &path, &body, &format!("decision {lot}")).await;
            }
            person.rest.post(&path).json(&body).key(&format!("decision {lot}")).await.expect(201);
        }
        assert_eq!(lead.all(&tender.lot(lot, "/decisions")).await.len(), 3);
    }
    // The mail server is slow, so that the sending is under way at the kill.
    post.wait_before_answer("*", Duration::from_millis(400));
    for lot in 0..2 {
        let path = tender.lot(lot, "/award");
        let call = cast.ada.rest.post(&path).key(&format!("a{lot}"));
        let racer = tokio::spawn(call.attempt());
        tokio::time::sleep(Duration::from_millis(20)).await;
        program.kill();
        drop(racer.await);
        program.restart().await;
        cast.ada.rest.post(&path).key(&format!("a{lot}")).await.expect(201);
        tokio::time::sleep(Duration::from_millis(700)).await;
        program.kill();
        program.restart().await;
        cast.ada.rest.get(&path).await.expect(200);
    }
    post.accept_all();
    all_are_told_once(&post, &cast, &tender.reference).await;
    let letters = cast.ada.rest.all(&tender.at("/letters")).await;
    let of_awards = letters
        .iter()
        .filter(|letter| letter["event"].as_str().is_some_and(|event| event.starts_with("award:")));
    assert_eq!(of_awards.count(), 12, "no letter is missing or doubled: {letters:#?}");
    ledger_is_whole(&program);
}

/// Sends a decision and kills the program while it is under way. What was acknowledged is there after the next start.
async fn killed_during(program: &mut Program, rest: &Rest, path: &str, body: &Value, key: &str) {
    let before = rest.all(path).await.len();
    let racer = tokio::spawn(rest.post(path).json(body).key(key).attempt());
    tokio::time::sleep(Duration::from_millis(10)).await;
    program.kill();
    let answer = racer.await.unwrap();
    program.restart().await;
    let there = rest.all(path).await.len();
    assert!(there <= before + 1, "one decision, {there} after {before}");
    if answer.is_ok_and(|answer| answer.status == 201) {
        assert_eq!(there, before + 1, "acknowledged and lost");
    }
}

/// After at most one lease everybody has the letter; a repeat has the same Message-ID.
async fn all_are_told_once(post: &PostBox, cast: &Cast, reference: &str) {
    let mut addresses: Vec<String> = cast.councils().iter().map(|council| council.email.clone()).collect();
    addresses.extend(SUPPLIERS.map(|name| format!("bids@{}.example", crate::steps::people::slug(name))));
    let until = tokio::time::Instant::now() + Duration::from_mins(2);
    loop {
        let missing: Vec<_> = addresses
            .iter()
            .flat_map(|address| ["L1", "L2"].map(|lot| (address, format!("{reference} {lot}: "))))
            .filter(|(address, subject)| {
                !post.mails_to(address).iter().any(|mail| mail.subject.contains(subject))
            })
            .collect();
        if missing.is_empty() {
            break;
        }
        assert!(tokio::time::Instant::now() < until, "never told: {missing:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    for address in &addresses {
        for lot in ["L1", "L2"] {
            let subject = format!("{reference} {lot}: ");
            let mails = post.mails_to(address);
            let ids: std::collections::BTreeSet<_> = mails
                .iter()
                .filter(|mail| mail.subject.contains(&subject))
                .map(|mail| &mail.message_id)
                .collect();
            assert_eq!(ids.len(), 1, "{address}: repeats carry the same Message-ID");
        }
    }
}
