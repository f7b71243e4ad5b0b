//! Tenders that are disregarded, and one that is kept: an excluded supplier before anything is marked, so that scoring is completed
//! without it; a price that looks abnormally low and is explained; another whose bidder says nothing. One person raises, the
//! bidder is heard, another person decides, all are told, and the next result says what moved.

use serde_json::{Value, json};
use tests::{PostBox, Program, Rest, Store, Visitor};

use crate::steps::award::decided;
use crate::steps::bids::{OFFERS, SUPPLIERS, Supplier, invited, opened, submits};
use crate::steps::pages::on_day;
use crate::steps::people::{council, sign_in};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, ledger_is_whole, panel, start};

/// What the bidder replies: read by those who decide, and by no panel member.
const REPLY: &str = "amber-kestrel: our staff costs are shown in the annex.";
const OWN: &str = "/api/v1/supplier/outcomes";

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

/// The day so many days after the deadline.
fn after(tender: &Tender, days: i64) -> String {
    clock::day_of(tender.deadline + days * 86_400)
}

fn raised(tender: &Tender, bid: &str, ground: &str, days: i64) -> Value {
    json!({
        "bid_id": bid, "ground": ground, "date": after(tender, days), "time": "12:00",
        "reason": "The register says so, and the tender says nothing of it.",
    })
}

fn word(verdict: &str) -> Value {
    json!({"verdict": verdict, "reason": "We have read what there is to read of it."})
}

async fn seen(rest: &Rest, path: &str) -> String {
    let version = rest.get(path).await.expect(200).json()["version"].clone();
    format!("\"{version}\"")
}

tests::on_each_store!(a_disregarded_bid, PostBox);
async fn a_disregarded_bid(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-61").await;
    let mut suppliers = Vec::new();
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, Some(&post), &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
        suppliers.push(supplier);
    }
    let raise = tender.at("/outcomes");
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;
    let grounds = cast.abe.rest.all("/api/v1/outcome-grounds").await;
    assert!(grounds.iter().any(|one| one["clause"] == "PA23 s.19(3)(c)" && one["hearing"] == "PA23 s.19(4)"));

    let low = raised(&tender, &bids[0], "abnormally_low", 8);
    let low = json!({"lot": "L1", "bid_id": low["bid_id"], "ground": "abnormally_low", "date": low["date"],
        "time": "12:00", "reason": low["reason"]});
    cast.ada.rest.post(&raise).json(&low).await.problem(409, "quality_not_locked");
    excluded(&program, &post, &cast, &tender, (&bids, &suppliers)).await;

    // Scoring is completed without it.
    let mark =
        json!({"bid_id": bids[2], "question": "Q1", "value": "8", "explanation": "It is shown on page two."});
    let path = tender.lot(0, "/marks");
    cast.abe.rest.put(&path).if_match("\"0\"").json(&mark).await.problem(409, "disregarded");
    panel::marks(&cast, &tender, &bids[..2]).await;
    panel::agrees_and_locks(&cast, &tender, &bids[..2]).await;
    let results = panel::results(&cast, &tender).await;
    let gone = of(&results[0], &bids[2]);
    assert_eq!((&gone["exclusion"], gone.get("rank")), (&json!("disregarded"), None), "{gone:#}");
    assert!(gone.to_string().contains("PA23 s.26(1)"), "{gone:#}");

    let winner = results[0]["winner"].as_str().expect("a winner").to_owned();
    let (first, second) = if winner == bids[0] { (0, 1) } else { (1, 0) };
    kept(&program, &post, &cast, &tender, (&bids[second], &suppliers[second], &results[0])).await;
    let result =
        silent(&mut program, &post, &cast, &tender, (&bids[first], &suppliers[first], &results[0])).await;
    assert_eq!(result["winner"], *bids[second], "the one that is left: {result:#}");

    told_at_the_award(&post, &cast, &tender, &result, &suppliers, (first, second)).await;
    let evidence = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200).body;
    std::fs::write(program.folder().join("evidence.zip"), &evidence).expect("a file");
    let outcome = program.run(&["verify", "evidence.zip"]);
    let replayed = outcome.stdout.matches("to the same bytes").count();
    assert_eq!((outcome.code, replayed), (0, tender.lots.len() + 1), "{outcome:?}");
    ledger_is_whole(&program);
}

fn of<'v>(result: &'v Value, bid: &str) -> &'v Value {
    let bids = result["bids"].as_array().expect("bids");
    bids.iter().find(|one| one["bid_id"] == *bid).unwrap_or_else(|| panic!("{bid} is in it: {result:#}"))
}

/// An excluded supplier, through the API: told, heard, and disregarded by another person than the one who raised it.
async fn excluded(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    (bids, suppliers): (&[String], &[Supplier]),
) {
    let path = tender.at("/outcomes");
    let mut unheard = raised(tender, &bids[2], "excluded_supplier", 8);
    unheard.as_object_mut().expect("an object").retain(|key, _| key != "date" && key != "time");
    let problem = cast.ada.rest.post(&path).json(&unheard).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "date", "{problem:#}");
    let body = raised(tender, &bids[2], "excluded_supplier", 8);
    let stranger = council(program, &cast.site, Some(post), "Dunmere").await.administrator;
    cast.bea.rest.post(&path).json(&body).await.problem(403, "forbidden");
    stranger.rest.post(&path).json(&body).await.problem(404, "not_found");
    Rest::new(program).post(&path).json(&body).await.problem(401, "unauthenticated");
    let one = cast.ada.rest.post(&path).key("o1").json(&body).await.expect(201).json();
    let again = cast.ada.rest.post(&path).key("o1").json(&body).await.expect(201).json();
    assert_eq!((one["id"].clone(), &one["state"]), (again["id"].clone(), &json!("noticed")));
    let mail = post.wait_for(&suppliers[2].email, "Your reply is asked for").await;
    assert!(
        mail.text.contains("PA23 s.58") && mail.text.contains("/supplier/asked/outcomes/"),
        "{}",
        mail.text
    );
    assert!(
        post.mails_to(&suppliers[0].email).iter().all(|mail| !mail.subject.contains("Your reply is asked"))
    );

    let at = format!("{path}/{}", id(&one));
    let decide = format!("{at}/decision");
    let disregard = word("disregard");
    cast.bea.rest.put(&decide).if_match("\"1\"").json(&disregard).await.problem(409, "not_heard");
    let own = format!("{OWN}/{}", id(&one));
    suppliers[0].rest.get(&own).await.problem(404, "not_found");
    let reply = json!({"text": REPLY});
    suppliers[0]
        .rest
        .post(&format!("{own}/reply"))
        .if_match("\"1\"")
        .json(&reply)
        .await
        .problem(404, "not_found");
    suppliers[2].rest.post(&format!("{own}/reply")).if_match("\"1\"").json(&reply).await.expect(200);
    suppliers[2]
        .rest
        .post(&format!("{own}/reply"))
        .if_match("\"2\"")
        .json(&reply)
        .await
        .problem(409, "wrong_state");
    let marks = cast.abe.rest.get(&at).await.expect(200).json();
    assert!(marks.get("reply").is_none() && marks.get("reason").is_none(), "whoever marks: {marks:#}");
    for (rest, status, code) in [
        (&cast.ada.rest, 403, "forbidden"),
        (&cast.abe.rest, 403, "forbidden"),
        (&stranger.rest, 404, "not_found"),
    ] {
        rest.put(&decide).if_match("\"2\"").json(&disregard).await.problem(status, code);
    }
    cast.bea.rest.put(&decide).if_match("\"1\"").json(&disregard).await.problem(412, "stale");
    let tasks = cast.bea.rest.all("/api/v1/tasks").await;
    assert!(tasks.iter().any(|task| task.to_string().contains("decide_ground")), "{tasks:#?}");
    let done = cast.bea.rest.put(&decide).if_match("\"2\"").json(&disregard).await.expect(200).json();
    assert_eq!(done["state"], "disregarded", "{done:#}");
    assert!(done["report_due"].is_string(), "s.59: {done:#}");
    let mail = post.wait_for(&suppliers[2].email, "Your tender is disregarded").await;
    assert!(mail.text.contains("PA23 s.26(1)") && mail.text.contains("We have read"), "{}", mail.text);
    let told = cast.abe.rest.all(&tender.at("/compliance")).await;
    assert_eq!(told.len(), 3, "{told:#?}");
    for base in ["/compliance", "/compliance/raise"] {
        let browser = sign_in(program, &stranger.email).await;
        let page = format!("/procurements/{}{base}", tender.id);
        assert_eq!(browser.get(&page).await.status, 404, "{base}");
        assert_eq!(Visitor::new(program).get(&page).await.path(), "/sign-in", "{base}");
    }
}

/// A price that looks abnormally low, through pages: its bidder explains it, and it is kept.
async fn kept(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    (bid, bidder, result): (&str, &Supplier, &Value),
) {
    let ada = sign_in(program, &cast.ada.email).await;
    let page = ada.get(&format!("/procurements/{}/scoring", tender.id)).await.is_sound();
    let page = ada.follow(&page, "Compliance").await.is(200, "Compliance").is_sound();
    let page = page.says("Disregarded: Excluded supplier").says("PA23 s.19(3)(c)");
    let page =
        ada.follow(&page, "Raise a ground").await.is(200, "Raise a ground against a tender").is_sound();
    let page = ada.send(page.form("Raise this ground").set("bid", bid)).await.is_sound();
    assert_eq!((page.status, page.errors().len()), (422, 2), "{}", page.whole());
    let form = page.form("Raise this ground").set("ground", "abnormally_low").set("lot", "L1");
    let form = form.set("reason", "Your hours seem too few for the volume that was published.");
    let form = on_day(form, "until", &after(tender, 8)).set("until_time", "12:00");
    let page = ada.send(form).await.is_sound().says("The bidder is told by mail and may reply.");
    let at = page.path().to_owned();
    page.does_not_say("Give this word");
    let recommendation = json!({"bid_id": result["winner"], "text": "It leads."});
    let path = tender.lot(0, "/recommendation");
    cast.ada.rest.post(&path).json(&recommendation).await.problem(409, "result_unsettled");

    let link =
        post.wait_for(&bidder.email, "Your reply is asked for").await.link("/supplier/asked/outcomes/");
    assert!(Visitor::new(program).get(&link).await.path() == "/supplier", "by its secret only");
    let own = bidder.rest.all(OWN).await.remove(0);
    assert_eq!((&own["state"], &own["lot"]), (&json!("noticed"), &json!("L1")), "{own:#}");
    let reply = format!("{OWN}/{}/reply", id(&own));
    bidder.rest.post(&reply).if_match("\"1\"").json(&json!({"text": " "})).await.problem(422, "invalid");
    bidder.rest.post(&reply).if_match("\"1\"").json(&json!({"text": REPLY})).await.expect(200);

    let bea = sign_in(program, &cast.bea.email).await;
    let page = bea.get("/").await.is_sound();
    let page =
        bea.follow(&page, "Decide on a ground against a tender").await.is(200, "Compliance").is_sound();
    let page = page.says("Replied, waits for a second person in lot L1");
    assert_eq!(page.path(), at.rsplit_once('/').expect("a path").0);
    let page = bea.get(&at).await.is_sound().says(REPLY);
    let page = bea.send(page.form("Give this word")).await.is_sound();
    assert_eq!((page.status, page.errors().len()), (422, 2), "{}", page.whole());
    let form = page.form("Give this word").set("verdict", "keep");
    let form = form.set("reason", "The annex shows how the hours suffice.");
    bea.send(form).await.is_sound().says("The tender is kept.").does_not_say("Give this word");
    post.wait_for(&bidder.email, "Your tender is kept").await;
    let abe = sign_in(program, &cast.abe.email).await;
    abe.get(&at).await.is_sound().does_not_say(REPLY).does_not_say("annex").says("Kept");
}

/// A price that its bidder does not explain in time: it is disregarded, and the result is computed anew beside the old one.
async fn silent(
    program: &mut Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    (bid, bidder, before): (&str, &Supplier, &Value),
) -> Value {
    let mut body = raised(tender, bid, "abnormally_low", 20);
    body["lot"] = json!("L1");
    let one = cast.ada.rest.post(&tender.at("/outcomes")).json(&body).await.expect(201).json();
    clock::set_ahead(program, tender.deadline + 20 * 86_400 + 86_400 - clock::now()).await;
    let reply = format!("{OWN}/{}/reply", id(&one));
    let late = bidder.rest.post(&reply).if_match("\"1\"").json(&json!({"text": REPLY})).await;
    late.problem(409, "deadline_passed");
    let at = tender.at(&format!("/outcomes/{}", id(&one)));
    let version = seen(&cast.bea.rest, &at).await;
    let done = cast.bea.rest.put(&format!("{at}/decision")).if_match(&version).json(&word("disregard")).await;
    assert_eq!(done.expect(200).json()["state"], "disregarded");
    let mail = post.wait_for(&bidder.email, "Your tender is disregarded").await;
    assert!(mail.text.contains("No reply came"), "{}", mail.text);
    let recommendation = json!({"bid_id": before["winner"], "text": "It leads."});
    let refused = cast.ada.rest.post(&tender.lot(0, "/recommendation")).json(&recommendation).await;
    let refused = refused.problem(409, "result_unsettled");
    assert!(refused["detail"].to_string().contains("disregarded after the result"), "{refused:#}");

    let result = cast.ada.rest.post(&tender.lot(0, "/results")).await.expect(201).json();
    assert_eq!(result["result"]["revision"], 2, "{result:#}");
    let moved = tender.at(&format!("/results/{}/moved", id(&result["result"])));
    let moved = cast.ada.rest.get(&moved).await.expect(200).json();
    let why = of(&moved, bid)["because"].to_string();
    assert!(why.contains("It is disregarded: The price is abnormally low (PA23 s.19(3)(c))."), "{moved:#}");
    result
}

/// At the award a disregarded tender's bidder is told that it was not assessed, and gets no summary.
async fn told_at_the_award(
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    result: &Value,
    suppliers: &[Supplier],
    (first, second): (usize, usize),
) {
    decided(cast, tender, 0, result).await;
    post.wait_for(&suppliers[second].email, "your tender is to be awarded").await;
    for gone in [&suppliers[first], &suppliers[2]] {
        let mail = post.wait_for(&gone.email, "your tender was disregarded").await;
        assert!(mail.text.contains("no assessment summary"), "{}", mail.text);
        let summaries = post.mails_to(&gone.email);
        assert!(summaries.iter().all(|mail| !mail.subject.contains("the outcome of your tender")));
    }
    let body =
        json!({"bid_id": result["winner"], "ground": "condition_unmet", "reason": "A condition is not met."});
    cast.ada.rest.post(&tender.at("/outcomes")).json(&body).await.problem(409, "already_awarded");
}
