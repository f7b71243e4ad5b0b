//! A mark before it is one: what is half written is kept for its panel member alone; and the other answers to a question show beside
//! an answer only once that is marked, with the own marks and nobody else's.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Program, Store};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::panel;
use crate::steps::people::Person;
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, ledger_is_whole, start};

const BEAS: &str = "Bea finds page nine telling.";

tests::on_each_store!(a_mark_being_written);
async fn a_mark_being_written(store: Store) {
    let mut program = start(store, None).await;
    let mut cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-48").await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    cast.sign_in_again(&program).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;
    for bid in &bids {
        mark(&cast.bea, &tender, bid, ("10", BEAS)).await;
    }
    a_draft_is_kept_without_a_script(&cast, &tender, &bids).await;
    a_draft_is_nobody_elses(&program, &cast, &tender, &bids).await;
    like_is_marked_alike(&cast, &tender, &bids).await;
    ledger_is_whole(&program);
}

async fn mark(person: &Person, tender: &Tender, bid: &str, (value, explanation): (&str, &str)) {
    let body = json!({"bid_id": bid, "question": "Q1", "value": value, "explanation": explanation});
    person.rest.put(&tender.lot(0, "/marks")).if_match("\"0\"").json(&body).await.expect(200);
}

fn answer(tender: &Tender, bid: &str, path: &str) -> String {
    tender.lot(0, &format!("/answers/{bid}/Q1{path}"))
}

async fn a_draft_is_kept_without_a_script(cast: &Cast, tender: &Tender, bids: &[String]) {
    let abe = &cast.abe.pages;
    let path = format!("/procurements/{}/scoring/{}/Q1/{}", tender.id, tender.lots[0], bids[0]);
    let page = abe.get(&path).await.is(200, &format!("Q1 of {}", SUPPLIERS[0])).is_sound();
    let form = page.form("Save draft").set("value", "8").set("explanation", "Page two na");
    abe.send(form).await.is(200, "My scoring").says("Your draft is kept. It is no mark yet.");
    let page = abe.get(&path).await.is_sound().says("It is no mark until you save it.");
    let form = page.form("Save and go back");
    assert_eq!((form.value("value"), form.value("explanation")), ("8".to_owned(), "Page two na".to_owned()));
    let told = cast.abe.rest.get(&answer(tender, &bids[0], "/draft")).await.expect(200).json();
    assert_eq!((&told["value"], &told["explanation"]), (&json!("8"), &json!("Page two na")));
    let marks = cast.abe.rest.all(&tender.lot(0, "/marks")).await;
    assert!(marks.is_empty(), "it counts nowhere: {marks:#?}");
}

async fn a_draft_is_nobody_elses(program: &Program, cast: &Cast, tender: &Tender, bids: &[String]) {
    let draft = answer(tender, &bids[0], "/draft");
    let told = cast.bea.rest.get(&draft).await.expect(200).json();
    assert_eq!((&told["value"], told.get("kept_at")), (&json!(""), None), "{told:#}");
    let body = json!({"value": "4", "explanation": "Ada writes into it."});
    for (rest, status, code) in [(&cast.ada.rest, 403, "forbidden"), (&cast.site.rest, 404, "not_found")] {
        rest.get(&draft).await.problem(status, code);
        rest.put(&draft).json(&body).await.problem(status, code);
    }
    for entry in cast.ada.rest.all(&tender.at("/ledger")).await {
        let of_scoring = entry["action"].as_str().is_some_and(|action| action.starts_with("scoring."));
        let told = entry.to_string();
        let known = told.contains("draft") || told.contains(&cast.abe.id);
        assert!(!of_scoring || !known, "the ledger does not know of it: {entry:#}");
    }
    assert_eq!(program.run(&["verify"]).code, 0);
    let kept = cast.abe.rest.put(&draft).json(&json!({"value": "8", "explanation": "Page two names"})).await;
    assert!(kept.expect(200).json()["kept_at"].is_string());
}

/// Every field that the comparison tells is one of the answer, or of the caller's own mark.
async fn like_is_marked_alike(cast: &Cast, tender: &Tender, bids: &[String]) {
    let compared = answer(tender, &bids[0], "/comparison");
    cast.abe.rest.get(&compared).await.problem(409, "mark_first");
    // Another answer that is marked does not open it: this one has to be.
    mark(&cast.abe, tender, &bids[1], ("4", "Page three names no dates.")).await;
    cast.abe.rest.get(&compared).await.problem(409, "mark_first");
    let page = format!("/procurements/{}/scoring/{}/Q1/{}", tender.id, tender.lots[0], bids[0]);
    let refused = cast.abe.pages.get(&format!("{page}/compare")).await;
    assert_eq!(refused.status, 409, "{}", refused.whole());
    cast.abe.pages.get(&page).await.does_not_say("Compare with the other answers");

    mark(&cast.abe, tender, &bids[0], ("8", "Page two names dates and people.")).await;
    let told = cast.abe.rest.get(&answer(tender, &bids[0], "/draft")).await.expect(200).json();
    assert_eq!(told["explanation"], "", "the draft went with the mark");
    let others = cast.abe.rest.all(&compared).await;
    let [other] = others.as_slice() else { panic!("the one that is marked as well: {others:#?}") };
    assert_eq!((&other["bid_id"], &other["supplier"]), (&json!(bids[1]), &json!(SUPPLIERS[1])));
    assert_eq!((&other["value"], &other["explanation"]), (&json!("4"), &json!("Page three names no dates.")));
    assert_eq!(other["answer"]["text"], format!("Q1: {}", OFFERS[1].words));
    let mut fields = BTreeSet::new();
    collect(other, "", &mut fields);
    let known = [
        "answer.cut",
        "answer.documents.id",
        "answer.documents.name",
        "answer.documents.sha256",
        "answer.documents.size",
        "answer.origin",
        "answer.place",
        "answer.released",
        "answer.text",
        "bid_id",
        "explanation",
        "supplier",
        "value",
    ];
    assert_eq!(fields.iter().map(String::as_str).collect::<Vec<_>>(), known);
    let page = cast.abe.pages.get(&format!("{page}/compare")).await.is_sound();
    let page =
        page.says(&format!("{}: my mark 4", SUPPLIERS[1])).does_not_say(BEAS).does_not_say(SUPPLIERS[2]);
    for offer in OFFERS {
        assert!(!page.html().contains(offer.prices[0]), "no price shows");
    }
    cast.ada.rest.get(&compared).await.problem(403, "forbidden");
    cast.site.rest.get(&compared).await.problem(404, "not_found");
    assert_eq!(cast.bea.rest.all(&compared).await.len(), 2, "Bea has marked all three");
}

/// The fields that say something, however deep.
fn collect(value: &Value, place: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| collect(item, place, fields)),
        Value::Object(members) => {
            for (name, member) in members {
                let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                collect(member, &below, fields);
            }
        }
        _ => {
            fields.insert(place.to_owned());
        }
    }
}
