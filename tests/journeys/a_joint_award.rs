//! Three councils pool what they need, tender once, mark together, decide each for itself, and everybody is told.

use rules::record::LotResult;
use serde_json::{Value, json};
use tests::{PostBox, Program, Store};

use crate::steps::award::{decided, pence};
use crate::steps::bids::{OFFERS, SUPPLIERS, Supplier, invited, opened, pack_of, submits};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, figures, ledger_is_whole, panel, start};

tests::on_each_store!(a_joint_award, PostBox);
async fn a_joint_award(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-01").await;
    for council in [&cast.brackenham, &cast.carrow] {
        post.wait_for(&council.email, "ICT-2027-01").await;
    }

    let mut suppliers = Vec::new();
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, Some(&post), &cast, &tender, name).await;
        let receipt = submits(&tender, &supplier, offer).await;
        assert_eq!(receipt["submission"]["late"], false, "{receipt:#}");
        assert_eq!(receipt["files"].as_array().map(Vec::len), Some(2), "{receipt:#}");
        let mail = post.wait_for(&supplier.email, "Receipt for your bid: ICT-2027-01").await;
        let manifest = receipt["submission"]["manifest_hash"].as_str().unwrap();
        assert!(mail.text.contains(manifest), "the receipt names the manifest's hash:\n{}", mail.text);
        suppliers.push(supplier);
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    prices_do_not_show(&cast, &tender, &bids).await;
    let results = panel::scored(&cast, &tender, &bids).await;
    agreement_is_told(&cast, &tender).await;
    results_are_right(&cast, &tender, &bids, &results).await;
    assert_eq!(cast.ada.rest.get(&tender.at("")).await.json()["stage"], "deciding");

    for (lot, result) in results.iter().enumerate() {
        decided(&cast, &tender, lot, result).await;
    }
    everybody_is_told(&post, &cast, &tender, &suppliers).await;
    signed_after_the_standstill(&mut program, &cast, &tender).await;
    ledger_is_whole(&program);
}

/// Before its lot's quality is locked, nobody sees a price.
async fn prices_do_not_show(cast: &Cast, tender: &Tender, bids: &[String]) {
    for person in [&cast.ada, &cast.bea, &cast.cem] {
        for bid in bids {
            let seen = person.rest.get(&tender.at(&format!("/bids/{bid}"))).await;
            if seen.status == 200 {
                let text = seen.text();
                assert_eq!(seen.json()["prices"], json!([]), "{text}");
                assert!(!text.contains("612.3456") && !text.contains("38.3333"), "{text}");
            }
        }
        for lot in 0..2 {
            person.rest.post(&tender.lot(lot, "/results")).await.refused();
        }
    }
}

/// How far the panel agrees on the first lot, as computed apart from the marks by another program.
async fn agreement_is_told(cast: &Cast, tender: &Tender) {
    for person in [&cast.ada, &cast.cem] {
        let told = person.rest.get(&tender.lot(0, "/agreement")).await.expect(200).json();
        assert_eq!((&told["marks"], &told["agreement"]["alpha"]), (&json!(18), &json!("0.314")), "{told:#}");
        assert_eq!(told["agreement"]["words"], "the panel differs");
        let member = |id: &str| {
            let found = told["members"].as_array().unwrap().iter().find(|one| one["person_id"] == id);
            found.unwrap_or_else(|| panic!("{id}: {told:#}")).clone()
        };
        assert_eq!(member(&cast.abe.id)["without"]["alpha"], "0.059");
        assert_eq!(member(&cast.bea.id)["without"]["alpha"], "0.542");
        assert_eq!(member(&cast.bea.id)["leniency"], "3.33");
        assert_eq!(member(&cast.cem.id)["leniency"], "-1.67");
    }
}

/// The result is what anybody computes from the pack, the workbooks' figures and the marks of record, to the byte.
async fn results_are_right(cast: &Cast, tender: &Tender, bids: &[String], results: &[Value]) {
    let (pack, _) = pack_of(&cast.ada.rest, tender).await;
    for (by_hand, result) in figures::by_hand(&pack, tender, bids).iter().zip(results) {
        let id = result["result"]["id"].as_str().unwrap();
        let body = cast.cem.rest.get(&tender.at(&format!("/results/{id}/body"))).await.expect(200).body;
        let stored: LotResult = serde_json::from_slice(&body).expect("the stored result");
        assert_eq!(&stored, by_hand, "recomputed from workbooks and marks");
        let bytes = figures::bytes_of(by_hand);
        assert_eq!(bytes, body, "to the last digit");
        assert_eq!(result["result"]["hash"], rules::canonical::sha256_hex(&bytes));
        assert_eq!(result["winner"].as_str(), by_hand.winner.as_deref());
        let path = tender.at(&format!("/results/{id}/sensitivity"));
        let told = cast.cem.rest.get(&path).await.expect(200).json();
        assert_eq!(told["winner"], result["winner"], "{told:#}");
        assert_eq!(told["own_marks"]["without_members"].as_array().map(Vec::len), Some(3), "{told:#}");
        assert_eq!(told["without_bids"].as_array().map(Vec::len), Some(2), "{told:#}");
        for bid in result["bids"].as_array().unwrap() {
            let parts: i64 = bid["council_prices"].as_object().unwrap().values().map(pence).sum();
            assert_eq!(parts, pence(&bid["price"]), "councils' parts sum to the penny: {bid:#}");
        }
    }
}

/// One mail to every partner council and every bidder for every lot: one recipient each, an id of its own, and the list
/// of letters says what the mail server answered.
async fn everybody_is_told(post: &PostBox, cast: &Cast, tender: &Tender, suppliers: &[Supplier]) {
    let addresses: Vec<&str> = cast
        .councils()
        .into_iter()
        .map(|council| council.email.as_str())
        .chain(suppliers.iter().map(|supplier| supplier.email.as_str()))
        .collect();
    for address in &addresses {
        for lot in ["L1", "L2"] {
            post.wait_for(address, &format!("{} {lot}: ", tender.reference)).await;
        }
    }
    let mut ids = std::collections::BTreeSet::new();
    for mail in post.mails() {
        assert_eq!(mail.envelope_to.len(), 1, "one recipient each: {:?}", mail.envelope_to);
        assert_eq!(mail.to, mail.envelope_to[0]);
        assert!(mail.header("cc").is_none() && mail.header("bcc").is_none());
        assert!(ids.insert(mail.message_id.clone()), "{} came twice", mail.message_id);
        if mail.subject.contains(" L1: ") {
            assert!(!mail.text.contains("token="), "no secret in an award's letter:\n{}", mail.text);
        }
    }
    for address in &addresses {
        let told = post.mails_to(address).iter().filter(|mail| mail.subject.contains(" L1: ")).count();
        assert_eq!(told, 1, "{address} is told once of each lot");
    }
    let letters = told_of(cast, tender).await;
    let partners: Vec<_> = cast.bea.rest.all(&tender.at("/letters")).await;
    assert!(
        partners.iter().all(|letter| letter["recipient"] == cast.brackenham.email.as_str()),
        "{partners:#?}"
    );
    assert_eq!(letters.len(), 12, "six letters a lot: {letters:#?}");
    for letter in &letters {
        assert!(ids.contains(letter["message_id"].as_str().unwrap()), "{letter:#}");
    }
}

/// The award's letters, once all are accepted.
async fn told_of(cast: &Cast, tender: &Tender) -> Vec<Value> {
    for _ in 0..200 {
        let mut letters = cast.ada.rest.all(&tender.at("/letters")).await;
        letters.retain(|letter| letter["event"].as_str().is_some_and(|event| event.starts_with("award:")));
        if !letters.is_empty() && letters.iter().all(|letter| letter["state"] == "accepted") {
            return letters;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the letters of the award were not all accepted");
}

/// The notice starts the standstill, in which no signature can be recorded.
async fn signed_after_the_standstill(program: &mut Program, cast: &Cast, tender: &Tender) {
    let lead = &cast.ada.rest;
    let today = clock::day_from_now(40);
    let mut sign_from = String::new();
    for lot in 0..2 {
        let path = tender.lot(lot, "/award/notice");
        let body = json!({"published_on": today});
        lead.put(&path).json(&body).await.problem(428, "version_needed");
        let award = lead.put(&path).if_match("\"1\"").json(&body).await.expect(200).json();
        sign_from = award["standstill"]["sign_from"].as_str().unwrap().to_owned();
        assert_eq!(award["standstill"]["working_days"], 8, "{award:#}");
        for person in [&cast.ada, &cast.bea, &cast.cem] {
            let signatures = tender.lot(lot, "/award/signatures");
            let refused = person.rest.post(&signatures).json(&json!({"signed_on": today})).await;
            assert!([409, 422].contains(&refused.status), "in the standstill: {}", refused.whole());
        }
    }
    let until = clock::seconds_of(&format!("{sign_from}T12:00:00Z"));
    clock::set_ahead(program, until - clock::now()).await;
    for lot in 0..2 {
        for person in [&cast.ada, &cast.bea, &cast.cem] {
            let signatures = tender.lot(lot, "/award/signatures");
            person.rest.post(&signatures).json(&json!({"signed_on": sign_from})).await.expect(201);
        }
    }
    assert_eq!(lead.get(&tender.at("")).await.json()["stage"], "contracted");
}
