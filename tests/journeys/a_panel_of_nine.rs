//! Nine people of three councils mark alone, differ, moderate and lock: once through the API alone, once through pages
//! alone. Meanwhile everybody looks at everything, and nobody sees what is not for him or her.

use serde_json::{Value, json};
use tests::{Program, Rest, Store};

use crate::steps::bids::OFFERS;
use crate::steps::nine::{House, Member, Phase, judge, mark, no_price, rationale, words};
use crate::steps::panel::{MARKS, agreed, lot_of};
use crate::steps::who_sees::{Viewer, everything, reads, table, viewers};
use crate::steps::{ledger_is_whole, start, version};

tests::on_each_store!(a_panel_of_nine_through_the_api);
async fn a_panel_of_nine_through_the_api(store: Store) {
    let mut program = start(store, None).await;
    let house = House::opened(&mut program, "ICT-2027-31").await;
    declares(&house).await;
    for member in &house.panel {
        marks(&house, member).await;
    }
    // Eight have handed in, the ninth has not.
    for member in &house.panel[..8] {
        hands_in(&house, member).await;
    }
    nothing_leaks(&house, &program, Phase::Marking).await;
    if store == Store::Sqlite {
        insta::assert_snapshot!("while_marking", reviewed(&house, &program).await);
    }
    hands_in(&house, &house.panel[8]).await;
    nothing_leaks(&house, &program, Phase::HandedIn).await;
    the_panel_differs(&house).await;
    for lot in 0..2 {
        agrees(&house, lot).await;
    }
    nothing_leaks(&house, &program, Phase::Moderating).await;
    the_ledger_names_no_mark(&house).await;
    // Quality of the first lot is locked, that of the second is not: its prices stay hidden.
    let moderator = &house.with("moderator").rest;
    moderator.post(&house.tender.lot(0, "/quality-lock")).await.expect(201);
    a_change_of_a_locked_mark_waits(&house).await;
    prices_of_the_second_lot_stay_hidden(&house, &program).await;
    if store == Store::Sqlite {
        insta::assert_snapshot!("first_lot_locked", reviewed(&house, &program).await);
    }
    moderator.post(&house.tender.lot(1, "/quality-lock")).await.expect(201);
    for lot in 0..2 {
        let result = house.cast.ada.rest.post(&house.tender.lot(lot, "/results")).await.expect(201).json();
        assert!(result["winner"].is_string(), "{result:#}");
    }
    every_mark_is_kept(&house).await;
    ledger_is_whole(&program);
}

/// Everybody with a part declares; before that, nobody marks.
async fn declares(house: &House) {
    let panel = house.panel.iter().map(|member| &member.person);
    for person in panel.chain(house.around_the_panel()) {
        let path = house.tender.at("/interests/mine");
        let seen = version(&person.rest, &path).await;
        let none = json!({"interest": "none"});
        person.rest.put(&path).if_match(&seen).json(&none).await.expect(200);
    }
}

async fn marks(house: &House, member: &Member) {
    for (question, _) in &MARKS {
        for (supplier, bid) in house.bids.iter().enumerate() {
            let body = json!({
                "bid_id": bid, "question": question, "value": mark(member.place, question, supplier),
                "explanation": words(member, question, supplier),
            });
            let path = house.tender.lot(lot_of(question), "/marks");
            member.person.rest.put(&path).if_match("\"0\"").json(&body).await.expect(200);
        }
    }
}

async fn hands_in(house: &House, member: &Member) {
    for lot in 0..2 {
        member.person.rest.post(&house.tender.lot(lot, "/score-sheet")).await.expect(201);
    }
}

/// The queue holds the widest spreads first, with the marks of all nine.
async fn the_panel_differs(house: &House) {
    let queue = house.with("moderator").rest.all(&house.tender.lot(0, "/moderation")).await;
    assert_eq!(queue.len(), 6, "three bids, two questions");
    for item in &queue {
        assert_eq!(item["marks"].as_array().map(Vec::len), Some(9), "{item:#}");
        assert_eq!(item["needed"], true, "they are far apart: {item:#}");
    }
    let told = house.with("moderator").rest.get(&house.tender.lot(0, "/agreement")).await.expect(200).json();
    assert_eq!(told["members"].as_array().map(Vec::len), Some(9), "{told:#}");
}

async fn agrees(house: &House, lot: usize) {
    let present: Vec<&str> = house.panel.iter().map(|member| member.name.as_str()).collect();
    for (question, _) in MARKS.iter().filter(|(question, _)| lot_of(question) == lot) {
        for (supplier, bid) in house.bids.iter().enumerate() {
            let body = json!({
                "bid_id": bid, "question": question, "value": agreed(supplier, question),
                "rationale": rationale(question, supplier), "reference": "Answer in the workbook",
                "present": present.join(", "), "dissent": "Kit Panel would have given less.",
            });
            let path = house.tender.lot(lot, "/consensus");
            house.panel[0]
                .person
                .rest
                .put(&path)
                .if_match("\"0\"")
                .json(&body)
                .await
                .problem(403, "forbidden");
            house.with("moderator").rest.put(&path).if_match("\"0\"").json(&body).await.expect(200);
        }
    }
}

/// Words and marks of others show to nobody too early; prices to nobody at all.
async fn nothing_leaks(house: &House, program: &Program, phase: Phase) {
    let reads = reads(house).await;
    for viewer in viewers(house, program) {
        let told = everything(&viewer, &reads).await;
        judge(house, (&viewer.who, &told), phase, 9);
        no_price(&viewer.who, &told, &[0, 1]);
    }
}

/// Everybody in the procurement reads the ledger while the panel agrees.
async fn the_ledger_names_no_mark(house: &House) {
    let entries = house.with("observer").rest.all(&house.tender.at("/ledger")).await;
    let mut read = 0;
    for entry in entries {
        let action = entry["action"].as_str().unwrap_or_default();
        if ["scoring.mark.save", "scoring.consensus.agree"].contains(&action) {
            // Where what was done is not for the observer, the entry shows without its facts.
            let body = entry["body"].as_str().unwrap_or("{}");
            let body: Value = serde_json::from_str(body).expect("JSON");
            let facts = body.as_object().unwrap_or_else(|| panic!("{entry:#}"));
            let marks = ["0", "2", "4", "6", "8", "10"].map(Value::from);
            assert!(facts.values().all(|fact| !marks.contains(fact)), "{entry:#}");
            read += 1;
        }
    }
    assert_eq!(read, 9 * 12 + 12, "every mark and every agreed mark has its entry");
}

/// The moderator proposes it; who else sees it is in the reviewed table.
async fn a_change_of_a_locked_mark_waits(house: &House) {
    let path = house.tender.lot(0, "/mark-changes");
    let agreed = json!({
        "bid_id": house.bids[0], "question": "Q1", "value": agreed(0, "Q1"),
        "rationale": "The answer names people, and dates in an appendix that the panel had not read.",
        "reference": "Appendix", "present": "The whole panel",
    });
    let body = json!({"agreed": agreed, "reason": "The panel had not read the appendix."});
    house.with("moderator").rest.post(&path).if_match("\"1\"").json(&body).await.expect(200);
}

async fn prices_of_the_second_lot_stay_hidden(house: &House, program: &Program) {
    let reads = reads(house).await;
    let mut seen = 0;
    for viewer in viewers(house, program) {
        let told = everything(&viewer, &reads).await;
        no_price(&viewer.who, &told, &[1]);
        seen += usize::from(told.contains(OFFERS[0].prices[0]));
    }
    assert!(seen > 0, "the prices of the first lot show to some, so that looking for prices finds them");
}

/// Who gets which answer and which fields.
async fn reviewed(house: &House, program: &Program) -> String {
    let few: Vec<Viewer> = viewers(house, program)
        .into_iter()
        .filter(|viewer| {
            !viewer.who.starts_with("panel member") || ["1", "9"].iter().any(|n| viewer.who.ends_with(n))
        })
        .collect();
    table(&few, &reads(house).await, &house.tender).await
}

/// Moderation and lock leave every mark as it was given.
async fn every_mark_is_kept(house: &House) {
    for member in &house.panel {
        let mut kept: Vec<Value> = Vec::new();
        for lot in 0..2 {
            kept.extend(member.person.rest.all(&house.tender.lot(lot, "/marks")).await);
        }
        assert_eq!(kept.len(), 12);
        for one in kept {
            let supplier = house.bids.iter().position(|bid| one["bid_id"] == **bid).expect("a bid");
            let question = one["question"].as_str().expect("a question");
            assert_eq!(one["value"], mark(member.place, question, supplier), "{one:#}");
            assert_eq!(one["explanation"], words(member, question, supplier), "{one:#}");
        }
    }
    let outsider: &Rest = &house.stranger.rest;
    outsider.get(&house.tender.lot(0, "/marks")).await.problem(404, "not_found");
}
