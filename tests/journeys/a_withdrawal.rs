//! A bidder may take its bid back until the deadline, and not after it: what was taken back is not opened, marked or
//! ranked, and its bidder is told so and nothing else; what stands at the deadline stays a bid.

use serde_json::json;
use tests::{PostBox, Store};

use crate::steps::award::decided;
use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits, submitted};
use crate::steps::tender::published;
use crate::steps::{Cast, clock, ledger_is_whole, panel, start};

const GONE: &str = "Second Thoughts";
const MINE: &str = "/api/v1/supplier/submission";

tests::on_each_store!(a_withdrawal, PostBox);
async fn a_withdrawal(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-08").await;
    let gone = invited(&program, Some(&post), &cast, &tender, GONE).await;
    gone.rest.delete(MINE).await.problem(409, "nothing_to_withdraw");
    submits(&tender, &gone, OFFERS[0]).await;
    let mut suppliers = Vec::new();
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, Some(&post), &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
        suppliers.push(supplier);
    }

    // One goes for good; another changes its mind once more, and its last submission is the bid.
    let receipt = gone.rest.delete(MINE).await.expect(200).json();
    assert!(receipt["submission"]["withdrawn_at"].is_string(), "{receipt:#}");
    assert!(
        receipt["message"].as_str().is_some_and(|text| text.contains("will not be opened")),
        "{receipt:#}"
    );
    gone.rest.delete(MINE).await.problem(409, "nothing_to_withdraw");
    suppliers[1].rest.delete(MINE).await.expect(200);
    let again = submitted(&suppliers[1]).await;
    assert_eq!(
        (&again["submission"]["number"], &again["submission"]["withdrawn_at"]),
        (&json!(2), &json!(null))
    );
    for supplier in [&gone, &suppliers[1]] {
        let mail = post.wait_for(&supplier.email, "Your bid is withdrawn: ICT-2027-08").await;
        assert!(mail.text.contains("It will not be opened."), "{}", mail.text);
    }

    // The deadline has passed: it is too late to go, before the opening and after it.
    clock::set_ahead(&mut program, tender.deadline - clock::now() + 60).await;
    suppliers[0].rest.delete(MINE).await.problem(409, "deadline_passed");
    opened(&mut program, &cast, &tender).await;
    suppliers[0].rest.delete(MINE).await.problem(409, "box_opened");

    let all = cast.ada.rest.all(&tender.at("/bids")).await;
    assert_eq!(all.len(), 3, "what was taken back is no bid: {all:#?}");
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    let late = cast.ada.rest.all(&tender.at("/late-submissions")).await;
    assert!(late.is_empty(), "nor is it a late one: {late:#?}");
    let results = panel::scored(&cast, &tender, &bids).await;
    for (lot, result) in results.iter().enumerate() {
        assert!(!result.to_string().contains(GONE), "not ranked: {result:#}");
        assert_eq!(result["bids"].as_array().map(Vec::len), Some(3), "{result:#}");
        decided(&cast, &tender, lot, result).await;
    }
    for lot in ["L1", "L2"] {
        for supplier in &suppliers {
            post.wait_for(&supplier.email, &format!("ICT-2027-08 {lot}: ")).await;
        }
    }
    let told: Vec<_> = post.mails_to(&gone.email).into_iter().map(|mail| mail.subject).collect();
    assert!(told.last().is_some_and(|last| last.starts_with("Your bid is withdrawn")), "{told:?}");
    let letters = cast.ada.rest.all(&tender.at("/letters")).await;
    let mut awards = letters
        .iter()
        .filter(|letter| letter["event"].as_str().is_some_and(|event| event.starts_with("award:")));
    assert!(
        awards.all(|letter| letter["recipient"] != gone.email.as_str()),
        "no award's letter: {letters:#?}"
    );
    ledger_is_whole(&program);
}
