//! The late box: what came late is decided by two people of two councils before anything is opened, and the record of the
//! opening says so.

use serde_json::{Value, json};
use tests::{Program, Store};

use crate::steps::bids::{OFFERS, Supplier, invited, submits, submitted, upload, word, workbook};
use crate::steps::people::sign_in;
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, ledger_is_whole, start};

/// Two suppliers, each with a bid in time and another that is late.
async fn two_late(program: &mut Program, cast: &Cast, tender: &Tender) -> Vec<Supplier> {
    let mut suppliers = Vec::new();
    for (name, offer) in ["Admitted Supplier", "Refused Supplier"].into_iter().zip(OFFERS) {
        let supplier = invited(program, None, cast, tender, name).await;
        submits(tender, &supplier, offer).await;
        suppliers.push(supplier);
    }
    clock::set_ahead(program, tender.deadline - clock::now() + 60).await;
    for supplier in &suppliers {
        let (pack, hash) = crate::steps::bids::pack_of(&supplier.rest, tender).await;
        upload(supplier, workbook(&pack, &hash, &supplier.name, OFFERS[2])).await.expect(201);
        let receipt = submitted(supplier).await;
        assert_eq!(receipt["submission"]["late"], true, "{receipt:#}");
    }
    suppliers
}

tests::on_each_store!(two_people_decide_before_the_opening);
async fn two_people_decide_before_the_opening(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-21").await;
    two_late(&mut program, &cast, &tender).await;
    let path = tender.at("/late-submissions");

    // Openers see that they are there; nobody sees whose they are, and others see nothing at all.
    let late = cast.ada.rest.all(&path).await;
    assert_eq!(late.len(), 2, "{late:#?}");
    for one in &late {
        assert_eq!(one["state"], "undecided");
        for hidden in ["supplier", "supplier_id", "number", "manifest_hash"] {
            assert!(one.get(hidden).is_none(), "{hidden} shows: {one:#}");
        }
    }
    cast.cem.rest.get(&path).await.problem(403, "forbidden");
    let stranger = crate::steps::people::council(&program, &cast.site, None, "Dunmere").await.administrator;
    stranger.rest.get(&path).await.problem(404, "not_found");
    word(&stranger, &tender, &late[0], "admit").await.problem(404, "not_found");
    word(&cast.cem, &tender, &late[0], "admit").await.problem(403, "forbidden");
    let ledger = cast.ada.rest.get(&tender.at("/ledger")).await.text();
    assert!(!ledger.contains(late[0]["id"].as_str().unwrap()), "{ledger}");

    // Ten words at once by one person are one word.
    let racers: Vec<_> =
        (0..10).map(|_| tokio::spawn(word(&cast.ada, &tender, &late[0], "admit").attempt())).collect();
    let mut given = 0;
    for racer in racers {
        let answer = racer.await.unwrap().unwrap();
        assert!([200, 409, 412].contains(&answer.status), "{}", answer.whole());
        given += usize::from(answer.status == 200);
    }
    assert_eq!(given, 1);
    let own =
        cast.ada.rest.get(&format!("{path}/{}", late[0]["id"].as_str().unwrap())).await.expect(200).json();
    word(&cast.ada, &tender, &own, "admit").await.problem(409, "already_given");
    let consents = tender.at("/opening/consents");
    cast.ada.rest.post(&consents).await.problem(409, "late_undecided");
    let decided = word(&cast.bea, &tender, &own, "admit").await.expect(200).json();
    assert_eq!(decided["state"], "admitted", "{decided:#}");
    word(&cast.ada, &tender, &late[1], "admit").await.expect(200);
    cast.ada.rest.post(&consents).await.problem(409, "late_undecided");
    let second = cast.bea.rest.all(&path).await.remove(1);
    let decided = word(&cast.bea, &tender, &second, "refuse").await.expect(200).json();
    assert_eq!(decided["state"], "refused", "where they disagree it is refused: {decided:#}");

    cast.ada.rest.get(&tender.at("/opening/record")).await.problem(409, "sealed");
    cast.ada.rest.post(&consents).await.expect(201);
    let body = json!({"witnesses": ["Clerk of Ashvale"]});
    let state = cast.bea.rest.post(&consents).json(&body).await.expect(201).json();
    assert!(state["opened_at"].is_string(), "{state:#}");
    let record = cast.cem.rest.get(&tender.at("/opening/record")).await.expect(200).json();
    assert_eq!(
        (&record["bids"], &record["witnesses"]),
        (&json!(2), &json!(["Clerk of Ashvale"])),
        "{record:#}"
    );
    assert_eq!(record["openers"].as_array().map(Vec::len), Some(2), "{record:#}");
    let states: Vec<_> = record["late"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, [&json!("admitted"), &json!("refused")], "{record:#}");
    let bids = cast.ada.rest.all(&tender.at("/bids")).await;
    let manifest = |supplier: &str| -> Value {
        bids.iter().find(|bid| bid["supplier"] == supplier).expect("a bid")["manifest_hash"].clone()
    };
    let late = cast.ada.rest.all(&path).await;
    assert_eq!(
        manifest("Admitted Supplier"),
        late[0]["manifest_hash"],
        "the admitted one is its bidder's last"
    );
    assert_ne!(manifest("Refused Supplier"), late[1]["manifest_hash"], "the refused one stays sealed");
    let own = format!("{path}/{}/words/own", late[0]["id"].as_str().unwrap());
    cast.ada.rest.delete(&own).if_match("\"2\"").await.problem(409, "wrong_stage");
    ledger_is_whole(&program);
}

tests::on_sqlite!(late_submissions_through_pages);
async fn late_submissions_through_pages(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-22").await;
    two_late(&mut program, &cast, &tender).await;
    let bids = format!("/procurements/{}/bids", tender.id);
    for person in [&cast.ada, &cast.bea] {
        // The time that has passed has ended the sessions of before.
        let pages = sign_in(&program, &person.email).await;
        for round in 0..2 {
            pages
                .get("/")
                .await
                .is(200, "My tasks")
                .says("Late submissions that wait for your word")
                .is_sound();
            let page = pages.get(&bids).await.is(200, "Bids").is_sound();
            let page = pages.follow(&page, "Late submissions").await.is(200, "Late submissions").is_sound();
            page.clone().does_not_say("Refused Supplier").does_not_say("Admitted Supplier");
            let late = cast.ada.rest.all(&tender.at("/late-submissions")).await;
            let id = late[round]["id"].as_str().unwrap();
            let page = pages.follow(&page, id).await.is(200, "Late submission").is_sound();
            let empty = page.form("Give this word");
            let page = pages.send(empty).await.is(422, "Late submission").is_sound();
            let form =
                page.form("Give this word").set("verdict", "refuse").set("reason", "No outage is on record.");
            let page = pages.send(form).await.is_sound();
            assert_eq!(page.status, 200, "{}", page.whole());
        }
    }
    let ada = sign_in(&program, &cast.ada.email).await;
    let bea = sign_in(&program, &cast.bea.email).await;
    let page = ada.get(&bids).await.is(200, "Bids");
    let page = ada.send(page.form("Consent to the opening")).await.is(200, "Bids");
    page.says("Your consent is recorded").is_sound();
    let page = bea.get(&bids).await.is(200, "Bids").is_sound();
    let form = page.form("Consent to the opening").set("witnesses", "Clerk of Ashvale\nAuditor");
    let page = bea.send(form).await.is(200, "Bids").is_sound();
    let page = page.says("Refused Supplier");
    let page = bea.follow(&page, "Record of the opening").await.is(200, "Record of the opening");
    page.says("Clerk of Ashvale").says("No outage is on record.").says("Bids opened").is_sound();
}
