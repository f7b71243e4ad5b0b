//! A mark that was wrong is found after the lock, with the result on the table: it changes by two people, with a reason, and both
//! results stay to be replayed.

use serde_json::{Value, json};
use tests::Store;

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, ledger_is_whole, panel, start};

tests::on_each_store!(a_changed_mark);
async fn a_changed_mark(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-44").await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    let first = panel::scored(&cast, &tender, &bids).await.remove(0);
    // A bid that did not win, and how far its best answer would take it.
    let (loser, bid) = bids.iter().enumerate().find(|(_, bid)| first["winner"] != **bid).expect("a loser");
    let before = panel::agreed(loser, "Q1");
    assert_ne!(before, "0", "the story takes the mark down");
    let path = tender.lot(0, "/mark-changes");
    let agreed = json!({
        "bid_id": bid, "question": "Q1", "value": "0",
        "rationale": "The answer is that of another tender: nothing in it is about these councils.",
        "reference": "Answer in the workbook", "present": "Abe Panel, Brackenham and Carrow members",
    });
    let body = json!({"agreed": agreed, "reason": "The answer was read from the wrong workbook."});
    cast.abe.rest.post(&path).if_match("\"1\"").json(&body).await.problem(403, "forbidden");
    let proposed =
        cast.ada.rest.post(&path).key("once").if_match("\"1\"").json(&body).await.expect(200).json();
    let again = cast.ada.rest.post(&path).key("once").if_match("\"1\"").json(&body).await.expect(200).json();
    assert_eq!(proposed["id"], again["id"]);
    assert_eq!((&proposed["state"], &proposed["before"]["value"]), (&json!("proposed"), &json!(before)));
    the_award_waits(&cast, &tender, &first, "waits for a second person").await;

    let id = proposed["id"].as_str().expect("an id");
    let decide = tender.at(&format!("/mark-changes/{id}/decision"));
    let word =
        json!({"verdict": "approve", "reason": "I have read both workbooks; the mark was of the other one."});
    cast.ada.rest.post(&decide).if_match("\"1\"").json(&word).await.problem(403, "forbidden");
    cast.abe.rest.post(&decide).if_match("\"1\"").json(&word).await.problem(403, "forbidden");
    cast.bea.rest.post(&decide).if_match("\"9\"").json(&word).await.problem(412, "stale");
    let approved = cast.bea.rest.post(&decide).if_match("\"1\"").json(&word).await.expect(200).json();
    assert_eq!(approved["state"], "approved", "{approved:#}");
    the_award_waits(&cast, &tender, &first, "was changed after the result").await;

    let tasks = cast.ada.rest.all("/api/v1/tasks").await;
    assert!(
        tasks.iter().any(|task| task["key"] == "compute_anew" || task["kind"] == "compute_anew"),
        "{tasks:#?}"
    );
    let second = cast.ada.rest.post(&tender.lot(0, "/results")).await.expect(201).json();
    let total = |result: &Value| {
        let bids = result["bids"].as_array().expect("bids");
        bids.iter().find(|one| one["bid_id"] == **bid).map(|one| one["total"].clone())
    };
    assert_ne!(total(&first), total(&second), "the second result is of the changed mark");
    let consensus = cast.ada.rest.all(&tender.lot(0, "/consensus")).await;
    let mark =
        consensus.iter().find(|one| one["bid_id"] == **bid && one["question"] == "Q1").expect("a mark");
    assert_eq!((&mark["value"], &mark["version"]), (&json!("0"), &json!(2)));

    let evidence = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200).body;
    std::fs::write(program.folder().join("evidence.zip"), &evidence).expect("a file");
    let outcome = program.run(&["verify", "evidence.zip"]);
    assert_eq!((outcome.code, outcome.stdout.matches("to the same bytes").count()), (0, 3), "{outcome:?}");
    assert!(String::from_utf8_lossy(&evidence).contains("commonlot quality change 1"), "it is signed anew");
    ledger_is_whole(&program);
}

/// Neither a recommendation nor an award is made from what is not settled.
async fn the_award_waits(cast: &Cast, tender: &Tender, result: &Value, why: &str) {
    let body = json!({"bid_id": result["winner"], "text": "Most advantageous by the published criteria."});
    let path = tender.lot(0, "/recommendation");
    let problem = cast.ada.rest.post(&path).json(&body).await.problem(409, "result_unsettled");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(why)), "{problem:#}");
}
