//! A panel that is divided: the coordinator says who marks what, one member falls ill and is replaced, moderation opens when everybody
//! has handed in its own part, a question that one person alone marks is confirmed by another, and the evidence proves it.

use serde_json::{Value, json};
use tests::{Program, Store};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::panel::{self, MARKS, agreed, lot_of};
use crate::steps::people::{Person, officer};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, start, version};

tests::on_each_store!(a_divided_panel);
async fn a_divided_panel(store: Store) {
    let mut program = start(store, None).await;
    let mut cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-45").await;
    let dee = officer(&program, &cast.ashvale, None, "Dee Panel").await;
    let role = json!({"person_id": dee.id, "role": "panel_member"});
    cast.ada.rest.post(&tender.at("/roles")).json(&role).await.expect(201);
    the_lot_is_divided_before_the_opening(&cast, &tender).await;
    nobody_else_divides_it(&cast, &tender).await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    cast.sign_in_again(&program).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;

    everybody_sees_its_own_part(&cast, &tender, &bids).await;
    marks(&cast.abe, &tender, &bids, &["Q1", "Q2"], 0).await;
    hands_in(&cast.abe, &tender, 0).await;
    moderation_is_closed(&cast, &tender).await;
    marks(&cast.bea, &tender, &bids, &["Q1"], 1).await;
    hands_in(&cast.bea, &tender, 0).await;
    progress_is_told_by_section(&cast, &tender).await;
    cast.ada.rest.get(&tender.lot(0, "/moderation")).await.expect(200);

    dee_stands_in_for_bea(&cast, &tender, &dee, &bids).await;
    one_persons_mark_is_confirmed(&cast, &tender, &bids).await;
    what_is_settled_no_longer_changes(&cast, &tender, &dee).await;

    for (person, column) in [(&cast.abe, 0), (&cast.bea, 1), (&cast.cem, 2), (&dee, 1)] {
        marks(person, &tender, &bids, &["Q3", "Q4"], column).await;
        hands_in(person, &tender, 1).await;
    }
    for (question, lot) in [("Q1", 0), ("Q3", 1), ("Q4", 1)] {
        for (place, bid) in bids.iter().enumerate() {
            let body = consensus(bid, question, agreed(place, question));
            cast.ada.rest.put(&tender.lot(lot, "/consensus")).if_match("\"0\"").json(&body).await.expect(200);
        }
    }
    for lot in 0..2 {
        cast.ada.rest.post(&tender.lot(lot, "/quality-lock")).await.expect(201);
        cast.ada.rest.post(&tender.lot(lot, "/results")).await.expect(201);
    }
    leaving_one_out_counts_the_panel_only(&cast, &tender, &dee).await;
    the_evidence_proves_it(&program, &cast, &tender).await;
}

/// Q1 is Abe's and Bea's, Q2 Abe's alone; the second lot is everybody's.
async fn the_lot_is_divided_before_the_opening(cast: &Cast, tender: &Tender) {
    let at = format!("/procurements/{}/assignments", tender.id);
    let page = cast.ada.pages.get(&at).await.is(200, "Assignments").is_sound();
    let page = page.says("Nobody is assigned: the whole panel marks every question.");
    assert_eq!(page.table("in lot L1")[1].last().map(String::as_str), Some("The whole panel"));
    let boxes = [("Q1", &cast.abe), ("Q1", &cast.bea), ("Q2", &cast.abe)];
    let form = page.form(&format!("{at}/{}", tender.lots[0]));
    let form = boxes.iter().fold(form, |form, (node, who)| form.tick("part", &format!("{node} {}", who.id)));
    let page = cast.ada.pages.send(form.clone()).await.is(200, "Assignments").says("Saved: who marks what.");
    let rows = page.table("in lot L1");
    let marked_by: Vec<_> = rows[1..].iter().map(|row| row.last().unwrap().as_str()).collect();
    assert_eq!(marked_by, ["Abe Panel, Brackenham Administrator", "Abe Panel"]);
    let page = cast.ada.pages.send(form).await;
    assert_eq!(page.status, 412, "the page was an old one\n{}", page.whole());
    let told = cast.ada.rest.get(&tender.lot(0, "/assignments")).await.expect(200).json();
    assert_eq!((&told["version"], &told["moderation_begun"]), (&json!(1), &json!(false)));
    assert_eq!(told["parts"][1], json!({"node": "Q2", "members": [cast.abe.id]}));
}

async fn nobody_else_divides_it(cast: &Cast, tender: &Tender) {
    let path = tender.lot(0, "/assignments");
    let body = json!({"parts": [{"node": "Q1", "members": [cast.bea.id]}]});
    for person in [&cast.abe, &cast.bea] {
        person.rest.put(&path).if_match("\"1\"").json(&body).await.problem(403, "forbidden");
        let page = person.pages.get(&format!("/procurements/{}/assignments", tender.id)).await;
        assert!(page.attributes("input[name=part]", "value").is_empty(), "{}", page.whole());
    }
    cast.site.rest.put(&path).if_match("\"1\"").json(&body).await.problem(404, "not_found");
    cast.site.rest.get(&path).await.problem(404, "not_found");
    cast.ada.rest.put(&path).json(&body).await.problem(428, "version_needed");
    cast.ada.rest.put(&path).if_match("\"0\"").json(&body).await.problem(412, "stale");
    let wrong = json!({"parts": [{"node": "Q3", "members": [cast.ada.id]}]});
    let problem = cast.ada.rest.put(&path).if_match("\"1\"").json(&wrong).await.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem:#}");
}

async fn everybody_sees_its_own_part(cast: &Cast, tender: &Tender, bids: &[String]) {
    let mut parts = Vec::new();
    for person in [&cast.abe, &cast.bea, &cast.cem] {
        let sheet = person.rest.get(&tender.lot(0, "/score-sheet")).await.expect(200).json();
        parts.push((sheet["questions"].clone(), sheet["answers"].clone()));
    }
    let both = (json!(["Q1", "Q2"]), json!(6));
    assert_eq!(parts, [both, (json!(["Q1"]), json!(3)), (json!([]), json!(0))]);
    let told = |tasks: Vec<Value>| {
        let mark = tasks.into_iter().filter(|task| task["title"].to_string().contains("Mark lot"));
        mark.map(|task| format!("{} {}", task["title"], task["hint"]).replace('"', "")).collect::<Vec<_>>()
    };
    let own = |person: &Person| person.rest.clone();
    assert_eq!(
        told(own(&cast.bea).all("/api/v1/tasks").await),
        ["Mark lot L1 3 of 3 left", "Mark lot L2 6 of 6 left"]
    );
    assert_eq!(told(own(&cast.cem).all("/api/v1/tasks").await), ["Mark lot L2 6 of 6 left"]);
    let desk = format!("/procurements/{}/scoring", tender.id);
    let page = cast.cem.pages.get(&desk).await.is(200, "My scoring").is_sound();
    page.says("Nothing in this lot is assigned to you").says("0 of 6 answers marked");
    let page = cast.bea.pages.get(&desk).await.is(200, "My scoring");
    assert_eq!(page.table("My marks in lot L1").len(), 2, "one question and the head");
    let mark = json!({
        "bid_id": bids[0], "question": "Q2", "value": "8", "explanation": "Page two names dates and people.",
    });
    for person in [&cast.bea, &cast.cem] {
        let call = person.rest.put(&tender.lot(0, "/marks")).if_match("\"0\"").json(&mark);
        call.await.problem(409, "not_assigned");
        let answer = tender.lot(0, &format!("/answers/{}/Q2", bids[0]));
        person.rest.get(&answer).await.problem(409, "not_assigned");
    }
    cast.cem.rest.post(&tender.lot(0, "/score-sheet")).await.problem(409, "not_assigned");
}

/// One column of the marks of the story: of Abe, Bea or Cem.
async fn marks(person: &Person, tender: &Tender, bids: &[String], questions: &[&str], column: usize) {
    for question in questions {
        let (_, given) = MARKS.iter().find(|(code, _)| code == question).expect("a question");
        for (bid, given) in bids.iter().zip(given) {
            let mark = json!({
                "bid_id": bid, "question": question, "value": given[column],
                "explanation": format!("What {question} asks for is shown on page two."),
            });
            let path = tender.lot(lot_of(question), "/marks");
            person.rest.put(&path).if_match("\"0\"").json(&mark).await.expect(200);
        }
    }
}

async fn hands_in(person: &Person, tender: &Tender, lot: usize) {
    person.rest.post(&tender.lot(lot, "/score-sheet")).await.expect(201);
}

async fn moderation_is_closed(cast: &Cast, tender: &Tender) {
    let path = tender.lot(0, "/moderation");
    let problem = cast.ada.rest.get(&path).await.problem(409, "moderation_not_open");
    assert!(problem["detail"].as_str().is_some_and(|told| told.contains("1 of 2 have not")), "{problem:#}");
}

async fn progress_is_told_by_section(cast: &Cast, tender: &Tender) {
    let told = cast.ada.rest.get(&tender.lot(0, "/progress")).await.expect(200).json();
    let sections = |member: usize| {
        let sections = told["members"][member]["sections"].as_array().expect("sections");
        sections.iter().map(|one| (one["marked"].clone(), one["answers"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(told["members"].as_array().map(Vec::len), Some(2), "{told:#}");
    assert_eq!(sections(0), [(json!(3), json!(3)), (json!(3), json!(3))]);
    assert_eq!(sections(1), [(json!(3), json!(3)), (json!(0), json!(0))]);
    let page = cast.ada.pages.get(&format!("/procurements/{}/scoring/progress", tender.id)).await;
    let rows = page.is(200, "Panel progress").is_sound().table("Panel members in lot L1");
    assert_eq!(rows[2][3..6], ["3 of 3", "3 of 3", "–"], "{rows:?}");
}

/// Bea falls ill. What she marked stays to be read, and does not count.
async fn dee_stands_in_for_bea(cast: &Cast, tender: &Tender, dee: &Person, bids: &[String]) {
    let path = tender.lot(0, "/assignments/substitutions");
    let body = json!({"member": cast.bea.id, "substitute": dee.id, "reason": "Bea is ill until summer."});
    let call = || cast.ada.rest.post(&path).key("once").if_match("\"1\"").json(&body);
    let problem = call().await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "not_free", "she has not declared: {problem:#}");
    let interests = tender.at("/interests/mine");
    let none = json!({"interest": "none"});
    let seen = version(&dee.rest, &interests).await;
    dee.rest.put(&interests).if_match(&seen).json(&none).await.expect(200);
    cast.abe.rest.post(&path).if_match("\"1\"").json(&body).await.problem(403, "forbidden");
    let call = || cast.ada.rest.post(&path).key("twice").if_match("\"1\"").json(&body);
    let made = call().await.expect(200).json();
    assert_eq!(made, call().await.expect(200).json(), "a repeat replaces nobody again");
    assert_eq!(made["substitutions"][0]["member"], json!(cast.bea.id));
    moderation_is_closed(cast, tender).await;
    marks(dee, tender, bids, &["Q1"], 1).await;
    hands_in(dee, tender, 0).await;
    let queue = cast.ada.rest.all(&tender.lot(0, "/moderation")).await;
    let item = queue.iter().find(|item| item["question"] == "Q1").expect("an answer");
    let names = |marks: &Value| {
        marks.as_array().expect("marks").iter().map(|mark| mark["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&item["marks"]), ["Abe Panel", "Dee Panel"]);
    assert_eq!(names(&item["former_marks"]), ["Brackenham Administrator"]);
    let page = format!("/procurements/{}/moderation/{}/Q1/{}", tender.id, tender.lots[0], bids[0]);
    let page = cast.ada.pages.get(&page).await.is_sound().says("Marks that do not count");
    assert_eq!(page.table("Each mark that does not count").len(), 2);
}

fn consensus(bid: &str, question: &str, value: &str) -> Value {
    json!({
        "bid_id": bid, "question": question, "value": value,
        "rationale": "The answer names people, dates and evidence of two comparable councils.",
        "reference": "Answer in the workbook", "present": "The members who marked it", "dissent": "",
    })
}

/// Abe alone marks Q2: he does not confirm his own mark, and Ada does not put another in its place without a word of his.
async fn one_persons_mark_is_confirmed(cast: &Cast, tender: &Tender, bids: &[String]) {
    let path = tender.lot(0, "/consensus");
    let put = |person: &Person, body: Value| person.rest.put(&path).if_match("\"0\"").json(&body);
    let role = json!({"person_id": cast.abe.id, "role": "moderator"});
    cast.ada.rest.post(&tender.at("/roles")).json(&role).await.expect(201);
    put(&cast.abe, consensus(&bids[0], "Q2", "4")).await.problem(409, "second_person_needed");
    let problem = put(&cast.ada, consensus(&bids[0], "Q2", "8")).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "not_confirmed", "{problem:#}");
    let page = format!("/procurements/{}/moderation/{}/Q2/{}", tender.id, tender.lots[0], bids[0]);
    let page = cast.ada.pages.get(&page).await.is_sound().says("One panel member alone marks this answer.");
    let form =
        page.form("Confirm the mark").set("rationale", "Page two names people and dates, but no evidence.");
    assert_eq!(form.value("value"), "4", "the mark is there to be confirmed");
    let form = form.set("reference", "Answer in the workbook").tick("present", "Ada Lead");
    cast.ada.pages.send(form).await.is(200, "Moderation");
    for (place, bid) in bids.iter().enumerate().skip(1) {
        put(&cast.ada, consensus(bid, "Q2", agreed(place, "Q2"))).await.expect(200);
    }
}

async fn what_is_settled_no_longer_changes(cast: &Cast, tender: &Tender, dee: &Person) {
    let seen = version(&cast.ada.rest, &tender.lot(0, "/assignments")).await;
    let body = json!({"parts": [], "reason": "The whole panel was meant to mark."});
    let path = tender.lot(0, "/assignments");
    cast.ada.rest.put(&path).if_match(&seen).json(&body).await.problem(409, "moderation_begun");
    let body = json!({"member": dee.id, "substitute": cast.cem.id, "reason": "Dee is ill as well."});
    let path = tender.lot(0, "/assignments/substitutions");
    cast.ada.rest.post(&path).if_match(&seen).json(&body).await.problem(409, "moderation_begun");
    let page = cast.ada.pages.get(&format!("/procurements/{}/assignments", tender.id)).await.is_sound();
    page.says("Moderation has begun: who marks what no longer changes.").says("Dee Panel stands in for");
}

/// Whoever was replaced is not one of those without whom the result is computed once more.
async fn leaving_one_out_counts_the_panel_only(cast: &Cast, tender: &Tender, dee: &Person) {
    let results = cast.ada.rest.all(&tender.lot(0, "/results")).await;
    let result = results[0]["id"].as_str().expect("an id");
    let told =
        cast.ada.rest.get(&tender.at(&format!("/results/{result}/sensitivity"))).await.expect(200).text();
    assert!(told.contains(&dee.id) && told.contains(&cast.abe.id), "{told}");
    assert!(!told.contains(&cast.bea.id) && !told.contains(&cast.cem.id), "{told}");
}

async fn the_evidence_proves_it(program: &Program, cast: &Cast, tender: &Tender) {
    let evidence = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200).body;
    assert!(String::from_utf8_lossy(&evidence).contains("Bea is ill until summer."), "with the reason");
    std::fs::write(program.folder().join("evidence.zip"), &evidence).expect("a file");
    let outcome = program.run(&["verify", "evidence.zip"]);
    assert_eq!((outcome.code, outcome.stdout.matches("to the same bytes").count()), (0, 2), "{outcome:?}");
    let outcome = program.run(&["verify"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}
