//! A later deadline: one person proposes it, another confirms it, all are told, and no submission is judged by neither
//! deadline.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Answer, Program, Store};

use crate::steps::bids::{OFFERS, Supplier, invited, opened, pack_of, submits, submitted, upload, workbook};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, ledger_is_whole, start};

/// So many days after the tender's deadline, at noon like it.
fn later(tender: &Tender, days: i64) -> Value {
    let date = clock::day_of(tender.deadline + days * 86_400);
    json!({"date": date, "time": "12:00", "reason": "A question was answered late."})
}

/// Confirms ten times at once, by both who may; gives the answers.
async fn ten_confirmations(cast: &Cast, tender: &Tender, extension: &Value) -> Vec<Answer> {
    let path = tender.at(&format!("/extensions/{}/confirm", extension["id"].as_str().expect("an id")));
    let version = format!("\"{}\"", extension["version"]);
    let racers: Vec<_> = (0..10)
        .map(|number| {
            let rest = if number % 2 == 0 { &cast.bea.rest } else { &cast.cem.rest };
            tokio::spawn(rest.post(&path).if_match(&version).attempt())
        })
        .collect();
    let mut answers = Vec::new();
    for racer in racers {
        answers.push(racer.await.expect("a racer").expect("an answer"));
    }
    answers
}

/// Submits so many times; gives the receipts.
async fn submits_on(supplier: Supplier, times: usize) -> Vec<Value> {
    let mut receipts = Vec::new();
    for _ in 0..times {
        let body = json!({"findings_confirmed": true});
        let answer = supplier.rest.post("/api/v1/supplier/submission").json(&body).await;
        if answer.status == 409 {
            // Only where a slow machine let the proposal lapse: then the late box is full of this bidder's.
            answer.problem(409, "too_many_late");
            break;
        }
        receipts.push(answer.expect(201).json());
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    receipts
}

/// Every receipt was judged by one of the two deadlines, and rightly.
fn judged_by_one(receipts: &[Value], deadlines: [&str; 2]) {
    for receipt in receipts {
        let statement: Value =
            serde_json::from_str(receipt["statement"].as_str().expect("a statement")).expect("JSON");
        let text = |name: &str| statement[name].as_str().expect("a text").to_owned();
        assert!(deadlines.contains(&text("deadline").as_str()), "{receipt:#}");
        // Instants of one form compare as texts.
        assert_eq!(statement["late"], text("received_at") >= text("deadline"), "{receipt:#}");
    }
}

async fn ready(program: &Program, cast: &Cast, tender: &Tender, name: &str) -> Supplier {
    let supplier = invited(program, None, cast, tender, name).await;
    let (pack, hash) = pack_of(&supplier.rest, tender).await;
    upload(&supplier, workbook(&pack, &hash, &supplier.name, OFFERS[0])).await.expect(201);
    supplier
}

tests::on_each_store!(a_second_person_moves_the_deadline);
async fn a_second_person_moves_the_deadline(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-31").await;
    let supplier = invited(&program, None, &cast, &tender, "First Supplier").await;
    submits(&tender, &supplier, OFFERS[0]).await;
    let other = ready(&program, &cast, &tender, "Second Supplier").await;
    let (old_pack, old_hash) = pack_of(&supplier.rest, &tender).await;
    let extensions = tender.at("/extensions");

    cast.bea.rest.post(&extensions).json(&later(&tender, 7)).await.problem(403, "forbidden");
    let stranger = crate::steps::people::council(&program, &cast.site, None, "Dunmere").await.administrator;
    stranger.rest.post(&extensions).json(&later(&tender, 7)).await.problem(404, "not_found");
    let earlier = cast.ada.rest.post(&extensions).json(&later(&tender, -1)).await.problem(422, "invalid");
    assert_eq!(earlier["errors"][0]["code"], "not_later", "{earlier:#}");
    let propose = || cast.ada.rest.post(&extensions).key("extend").json(&later(&tender, 7));
    let extension = propose().await.expect(201).json();
    assert_eq!(propose().await.expect(201).json()["id"], extension["id"], "a repeat makes nothing twice");
    assert_eq!((&extension["state"], &extension["kind"]), (&json!("proposed"), &json!("s31_1")));
    let confirm = format!("{extensions}/{}/confirm", extension["id"].as_str().unwrap());
    cast.ada.rest.post(&confirm).if_match("\"1\"").await.problem(409, "same_person");
    cast.abe.rest.post(&confirm).if_match("\"1\"").await.problem(403, "forbidden");
    stranger.rest.post(&confirm).if_match("\"1\"").await.problem(404, "not_found");
    cast.bea.rest.post(&confirm).await.problem(428, "version_needed");

    // Ten confirmations at once, while a bidder submits: one version of the pack.
    let submitter = tokio::spawn(submits_on(other.clone(), 12));
    let answers = ten_confirmations(&cast, &tender, &extension).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| [200, 409, 412].contains(&answer.status)));
    let (old, new) = (extension["from"].as_str().unwrap(), extension["to"].as_str().unwrap());
    judged_by_one(&submitter.await.unwrap(), [old, new]);
    let public = cast.ada.rest.get(&format!("/api/v1/tenders/{}", tender.reference)).await.expect(200).json();
    assert_eq!((&public["pack_version"], &public["deadline"]), (&json!(2), &extension["to"]), "{public:#}");
    let versions = public["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2, "{versions:#?}");
    assert_eq!((&versions[0]["hash"], &versions[1]["changed"]), (&json!(old_hash), &json!("deadline")));
    let (new_pack, _) = pack_of(&supplier.rest, &tender).await;
    assert!(new_pack.asks_the_same(&old_pack));

    // A workbook of the older version is taken, and that it is older is said.
    let checked =
        upload(&supplier, workbook(&old_pack, &old_hash, &supplier.name, OFFERS[1])).await.expect(201);
    let checked = checked.json();
    assert_eq!(
        (&checked["has_errors"], &checked["findings"][0]["code"]),
        (&json!(false), &json!("older_pack"))
    );
    submitted(&supplier).await;

    // Partners are told openly; that bidders were told shows only after the opening.
    let kinds = |letters: &[Value], kind: &str| letters.iter().filter(|one| one["kind"] == kind).count();
    let letters = cast.ada.rest.all(&tender.at("/letters")).await;
    assert_eq!(kinds(&letters, "deadline_extended"), 2, "{letters:#?}");
    assert_eq!(kinds(&letters, "deadline_extended_bidder"), 0, "{letters:#?}");
    let moved = Tender { deadline: clock::seconds_of(new), ..tender };
    opened(&mut program, &cast, &moved).await;
    let letters = cast.ada.rest.all(&moved.at("/letters")).await;
    assert_eq!(kinds(&letters, "deadline_extended_bidder"), 2, "{letters:#?}");
    assert_eq!(cast.ada.rest.all(&moved.at("/bids")).await.len(), 2);
    ledger_is_whole(&program);
}

tests::on_each_store!(confirmed_at_the_last_moment);
async fn confirmed_at_the_last_moment(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-32").await;
    let mut suppliers = Vec::new();
    for name in ["First Supplier", "Second Supplier", "Third Supplier"] {
        suppliers.push(ready(&program, &cast, &tender, name).await);
    }
    let extension =
        cast.ada.rest.post(&tender.at("/extensions")).json(&later(&tender, 3)).await.expect(201).json();
    // The real clock runs over the old deadline while three bidders submit and ten confirmations come.
    clock::set_ahead(&mut program, tender.deadline - clock::now() - 8).await;
    let submitters: Vec<_> =
        suppliers.iter().map(|supplier| tokio::spawn(submits_on(supplier.clone(), 80))).collect();
    tokio::time::sleep(Duration::from_millis(800)).await;
    let answers = ten_confirmations(&cast, &tender, &extension).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let (old, new) = (extension["from"].as_str().unwrap(), extension["to"].as_str().unwrap());
    let mut receipts = Vec::new();
    for submitter in submitters {
        receipts.extend(submitter.await.unwrap());
    }
    judged_by_one(&receipts, [old, new]);
    let late = receipts.iter().filter(|receipt| receipt["submission"]["late"] == true).count();
    if done == 1 {
        assert_eq!(late, 0, "the new deadline is days ahead");
    } else {
        // A slow machine let the proposal lapse first: then nothing was moved.
        assert!(answers.iter().all(|answer| answer.string("/code") == "extension_lapsed"));
    }
    let tender_now = cast.ada.rest.get(&format!("/api/v1/tenders/{}", tender.reference)).await.json();
    assert_eq!(tender_now["versions"].as_array().map(Vec::len), Some(1 + done), "{tender_now:#}");
    ledger_is_whole(&program);
}

tests::on_each_store!(an_outage);
async fn an_outage(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-33").await;
    let supplier = ready(&program, &cast, &tender, "Cut-off Supplier").await;
    clock::set_ahead(&mut program, tender.deadline - clock::now() + 20 * 60).await;
    let receipt = submitted(&supplier).await;
    assert_eq!(receipt["submission"]["late"], true, "{receipt:#}");
    let extensions = tender.at("/extensions");
    let problem = cast.ada.rest.post(&extensions).json(&later(&tender, 1)).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "outage_missing", "{problem:#}");
    let day = clock::day_of(tender.deadline);
    let mut body = later(&tender, 1);
    body["outage"] = json!({
        "from_date": day, "from_time": "11:40", "to_date": day, "to_time": "12:10", "what": "The data centre lost power.",
    });
    let extension = cast.ada.rest.post(&extensions).json(&body).await.expect(201).json();
    assert_eq!(extension["kind"], "s31_2", "{extension:#}");
    cast.ada.rest.post(&tender.at("/opening/consents")).await.problem(409, "extension_waits");
    let answers = ten_confirmations(&cast, &tender, &extension).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let again = supplier.rest.get("/api/v1/supplier/submissions/1/receipt").await.expect(200).json();
    assert_eq!(again["submission"]["late"], false, "{again:#}");
    assert_eq!(again["statement"], receipt["statement"], "what was signed stays signed");
    assert!(again["message"].as_str().is_some_and(|text| text.contains("in time now")), "{again:#}");
    assert!(cast.ada.rest.all(&tender.at("/late-submissions")).await.is_empty());
    let moved = Tender { deadline: clock::seconds_of(extension["to"].as_str().unwrap()), ..tender };
    opened(&mut program, &cast, &moved).await;
    assert_eq!(cast.ada.rest.all(&moved.at("/bids")).await.len(), 1);
    let ledger = cast.ada.rest.all(&moved.at("/ledger")).await;
    assert!(ledger.iter().any(|entry| entry["action"] == "bidding.submission.judge"), "{ledger:#?}");
    ledger_is_whole(&program);
}

tests::on_sqlite!(an_extension_through_pages);
async fn an_extension_through_pages(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-34").await;
    let page =
        cast.ada.pages.get(&format!("/procurements/{}/tender", tender.id)).await.is(200, "Tender").is_sound();
    let page =
        cast.ada.pages.follow(&page, "Extend the deadline").await.is(200, "Extend the deadline").is_sound();
    let page = cast.ada.pages.send(page.form("Continue").set("deadline_day", "x")).await;
    let page = page.is(422, "Extend the deadline").is_sound();
    let day = clock::day_of(tender.deadline + 7 * 86_400);
    let form = page
        .form("Continue")
        .set("deadline_day", &day[8..])
        .set("deadline_month", &day[5..7])
        .set("deadline_year", &day[..4])
        .set("reason", "A question was answered late.");
    let page = cast.ada.pages.send(form).await.is(200, "Check the extension").is_sound();
    let page = cast.ada.pages.send(page.form("Propose this extension")).await;
    let page = page.is(200, "Extension of the deadline").is_sound();
    page.says("Another person must confirm it");
    // The second person comes to it by its tasks.
    let tasks = cast.bea.pages.get("/").await.is(200, "My tasks").is_sound();
    let page = cast.bea.pages.follow(&tasks, "Confirm the extension of the deadline").await;
    let page = page.is(200, "Extension of the deadline").says("A question was answered late.").is_sound();
    let page = cast.bea.pages.send(page.form("Confirm the extension")).await;
    page.is(200, "Extension of the deadline").says("Confirmed").is_sound();
    let public = tests::Visitor::new(&program).get(&format!("/tenders/{}", tender.reference)).await;
    let public = public.says("Versions of the tender pack").says("Only the deadline").is_sound();
    assert_eq!(public.table("Versions of the tender pack").len(), 3, "{}", public.whole());
    let page = cast.ada.pages.get(&format!("/procurements/{}/tender", tender.id)).await.is(200, "Tender");
    page.says("Extensions of the deadline").is_sound();
}
