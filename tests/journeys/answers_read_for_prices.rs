//! A bidder writes a price into an answer. Somebody who does not mark reads every answer first; the panel marks what is left, and
//! sees the whole once the quality is locked.

use serde_json::{Value, json};
use tests::{Program, Store, Visitor};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, pack_of, submitted, types, upload, workbook};
use crate::steps::people::{Person, officer};
use crate::steps::tender::{Tender, set_deadline, set_up};
use crate::steps::{Cast, at, ledger_is_whole, panel, pool, start, version};

const PRICE: &str = "£450 per user";

async fn declares(person: &Person, id: &str) {
    let path = at(id, "/interests/mine");
    let seen = version(&person.rest, &path).await;
    let body = json!({"interest": "none", "detail": ""});
    person.rest.put(&path).if_match(&seen).json(&body).await.expect(200);
}

/// A tender whose method has answers read for prices, and who reads them.
async fn published(program: &Program, cast: &Cast) -> (Tender, Person) {
    let lead = &cast.ada.rest;
    let id = pool::pooled(cast, "ICT-2027-52").await;
    let lots = set_up(cast, &id).await;
    let deadline = set_deadline(lead, &id, 40).await;
    let path = at(&id, "/method");
    let seen = version(lead, &path).await;
    let mut method = lead.get(&path).await.expect(200).json();
    assert_eq!(method["clearance"], false, "published practice");
    method.as_object_mut().expect("an object").remove("version");
    method["clearance"] = json!(true);
    lead.put(&path).if_match(&seen).json(&method).await.expect(200);
    let faults = lead.all(&at(&id, "/pack/faults")).await;
    assert!(faults.iter().any(|fault| fault["code"] == "nobody_reads_for_prices"), "{faults:#?}");
    let eve = officer(program, &cast.ashvale, None, "Eve Reader").await;
    let give = |person: &Person, role: &str| {
        lead.post(&at(&id, "/roles")).json(&json!({"person_id": person.id, "role": role}))
    };
    give(&cast.abe, "clearer").await.problem(422, "invalid");
    give(&eve, "clearer").await.expect(201);
    give(&eve, "panel_member").await.problem(422, "invalid");
    declares(&eve, &id).await;
    panel::declare_nothing(cast, &id).await;
    let seen = version(lead, &at(&id, "/pack")).await;
    lead.post(&at(&id, "/pack")).if_match(&seen).json(&json!({})).await.expect(200);
    (Tender { id, reference: "ICT-2027-52".to_owned(), lots, deadline }, eve)
}

tests::on_each_store!(answers_read_for_prices);
async fn answers_read_for_prices(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let (tender, eve) = published(&program, &cast).await;
    let page = Visitor::new(&program).get(&format!("/tenders/{}", tender.reference)).await;
    page.says("Somebody who does not mark reads every answer before the panel does");
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        let (pack, hash) = pack_of(&supplier.rest, &tender).await;
        upload(&supplier, workbook(&pack, &hash, name, offer)).await.expect(201);
        if name == SUPPLIERS[0] {
            types(
                &supplier,
                "Q1",
                &format!("We train everybody on site, for {PRICE}, in two days."),
                "It tells how we work.",
            )
            .await;
        }
        submitted(&supplier).await;
    }
    opened(&mut program, &cast, &tender).await;
    declares(&eve, &tender.id).await;
    panel::declares(&cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    nobody_sees_what_nobody_read(&cast, &tender, &bids).await;
    everything_is_read(&eve, &tender, &bids[0]).await;

    let answer = tender.lot(0, &format!("/answers/{}/Q1", bids[0]));
    let seen = cast.abe.rest.get(&answer).await.expect(200).json();
    let text = seen["text"].as_str().expect("a text");
    assert!(text.contains("[price removed]") && !text.contains("450"), "{seen:#}");
    panel::marks(&cast, &tender, &bids).await;
    panel::agrees_and_locks(&cast, &tender, &bids).await;
    let seen = cast.abe.rest.get(&answer).await.expect(200).json();
    assert!(seen["text"].as_str().expect("a text").contains(PRICE), "{seen:#}");
    eve.rest
        .put(&tender.at(&format!("/bids/{}/answer-releases/Q1", bids[0])))
        .if_match("\"1\"")
        .json(&json!({}))
        .await
        .problem(409, "quality_locked");
    panel::results(&cast, &tender).await;
    let evidence = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200).body;
    std::fs::write(program.folder().join("evidence.zip"), &evidence).expect("a file");
    let outcome = program.run(&["verify", "evidence.zip"]);
    assert_eq!((outcome.code, outcome.stdout.matches("to the same bytes").count()), (0, 2), "{outcome:?}");
    ledger_is_whole(&program);
}

async fn nobody_sees_what_nobody_read(cast: &Cast, tender: &Tender, bids: &[String]) {
    let answer = tender.lot(0, &format!("/answers/{}/Q1", bids[0]));
    let held = cast.abe.rest.get(&answer).await.expect(200).json();
    assert_eq!(
        (&held["released"], held.get("text").is_none_or(Value::is_null)),
        (&json!(false), true),
        "{held:#}"
    );
    let mark = tender.lot(0, "/marks");
    let body = json!({
        "bid_id": bids[0], "question": "Q1", "value": "8", "explanation": "It says how and when, with names.",
    });
    cast.abe.rest.put(&mark).if_match("\"0\"").json(&body).await.problem(409, "answer_not_released");
    for person in [&cast.ada, &cast.abe, &cast.bea, &cast.cem] {
        let bid = person.rest.get(&tender.at(&format!("/bids/{}", bids[0]))).await.expect(200);
        assert!(!bid.text().contains(PRICE), "{}", bid.whole());
        person
            .rest
            .get(&tender.at(&format!("/bids/{}/answer-releases/Q1", bids[0])))
            .await
            .problem(403, "forbidden");
    }
}

/// Eve takes the price out of the one answer and releases the rest as it is.
async fn everything_is_read(eve: &Person, tender: &Tender, bid: &str) {
    let tasks = eve.rest.all("/api/v1/tasks").await;
    assert!(tasks.iter().any(|task| task["kind"] == "read_for_prices"), "{tasks:#?}");
    let path = tender.at(&format!("/bids/{bid}/answer-releases/Q1"));
    let part = eve.rest.get(&path).await.expect(200).json();
    assert_eq!(part["suspected"], json!([PRICE]), "{part:#}");
    let body = json!({"removed": [PRICE]});
    eve.rest.put(&path).json(&body).await.problem(428, "version_needed");
    eve.rest.put(&path).if_match("\"0\"").json(&body).await.problem(422, "invalid");
    let body = json!({"removed": [PRICE], "reason": "It names a unit price."});
    eve.rest.put(&path).if_match("\"0\"").json(&body).await.expect(200);
    eve.rest.put(&path).if_match("\"0\"").json(&body).await.problem(412, "stale");
    let plain = tender.at("/answer-releases/plain");
    let first = eve.rest.post(&plain).key("once").await.expect(201).json();
    assert!(first["released"].as_u64() > Some(0), "{first:#}");
    let again = eve.rest.post(&plain).key("once").await.expect(201).json();
    assert_eq!(first, again);
    for one in eve.rest.all(&tender.at("/answer-releases")).await {
        if one["released"] == false {
            let (bid, part) = (one["bid_id"].as_str().expect("an id"), one["part"].as_str().expect("a part"));
            let path = tender.at(&format!("/bids/{bid}/answer-releases/{part}"));
            eve.rest.put(&path).if_match("\"0\"").json(&json!({})).await.expect(200);
        }
    }
}
