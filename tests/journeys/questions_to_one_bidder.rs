//! After the opening one bidder is asked about its bid, and a slip in a price is put right. The reply lies sealed; the panel
//! reads it only where it clarifies; the price counts as corrected once its bidder and a second person say so, in a new result
//! beside the old one.

use serde_json::{Value, json};
use tests::{PostBox, Program, Rest, Store, Visitor};

use crate::steps::bids::{OFFERS, Offer, SUPPLIERS, Supplier, invited, opened, pack_of, submits};
use crate::steps::pages::on_day;
use crate::steps::people::{council, sign_in};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, figures, ledger_is_whole, panel, start};

/// Found in every case, wherever it lies in the clear.
const CANARY: &str = "cobalt-heron-reply";
/// What would improve a bid.
const MORE: &str = "amber-otter-engineer";
const QUESTION: &str = "Which two councils do you mean in Q1?";
/// The third supplier types pence for pounds; what it means is what [`OFFERS`] says.
const SLIP: Offer = Offer { prices: ["59999", "47.1234", "14000"], words: OFFERS[2].words };
const OWN: &str = "/api/v1/supplier/addressed-questions";
const CORRECTIONS: &str = "/api/v1/supplier/price-corrections";

/// A supplier with its browser.
struct AtPages {
    supplier: Supplier,
    browser: Visitor,
}

/// The officers invite it, and it claims its secret on the page.
async fn at_pages(program: &Program, post: &PostBox, cast: &Cast, tender: &Tender, name: &str) -> AtPages {
    let email = format!("bids@{}.example", crate::steps::people::slug(name));
    let body = json!({"supplier": name, "email": email});
    cast.ada.rest.post(&tender.at("/invitations")).json(&body).await.expect(201);
    let link = post.wait_for(&email, &tender.reference).await.link("/supplier/claim");
    let browser = Visitor::new(program);
    let page = browser.get(&link).await;
    let page = browser.send(page.form("Use my link")).await.is(200, "You can bid now");
    let secret = page.texts(".cl-mono").remove(0);
    let rest = Rest::new(program).bearer(&secret);
    AtPages { supplier: Supplier { name: name.to_owned(), email, rest }, browser }
}

fn until(tender: &Tender) -> Value {
    json!(clock::day_of(tender.deadline + 8 * 86_400))
}

fn question(tender: &Tender, bid: &str, subject: &str, code: &str) -> Value {
    json!({
        "bid_id": bid, "subject": subject, "code": code, "text": QUESTION, "date": until(tender), "time": "12:00",
    })
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

/// Posts about a thing at the version that this caller sees.
async fn about(rest: &Rest, at: &str, path: &str, body: &Value) -> tests::Answer {
    let seen = rest.get(at).await;
    let seen = if seen.status == 200 { seen.etag() } else { "\"1\"".to_owned() };
    rest.post(&format!("{at}{path}")).if_match(&seen).json(body).await
}

tests::on_each_store!(one_bidder_is_asked_and_a_price_put_right, PostBox);
async fn one_bidder_is_asked_and_a_price_put_right(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-21").await;
    let first = invited(&program, Some(&post), &cast, &tender, SUPPLIERS[0]).await;
    let second = at_pages(&program, &post, &cast, &tender, SUPPLIERS[1]).await;
    let third = invited(&program, Some(&post), &cast, &tender, SUPPLIERS[2]).await;
    for (supplier, offer) in [(&first, OFFERS[0]), (&second.supplier, OFFERS[1]), (&third, SLIP)] {
        submits(&tender, supplier, offer).await;
    }
    assert!(first.rest.all(OWN).await.is_empty(), "nothing before the opening");
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;

    let asked = asked_by_api(&post, &cast, &tender, &bids, [&first, &third]).await;
    replied_under_seal(&program, &cast, &tender, &first, &asked).await;
    let improving = asked_by_page(&program, &post, &cast, &tender, &second).await;
    who_may_not(&program, &post, &cast, &tender, &bids, &asked).await;
    panel::marks(&cast, &tender, &bids).await;

    // The time passes; the reply that clarifies is read, and no mark changes by it.
    clock::set_ahead(&mut program, tender.deadline + 8 * 86_400 + 7_200 - clock::now()).await;
    decided(&program, &post, &cast, &tender, &bids, (&first, &asked), &improving).await;
    panel::agrees_and_locks(&cast, &tender, &bids).await;
    let results = panel::results(&cast, &tender).await;

    price_put_right(&program, &post, &cast, &tender, &bids, (&third, &results)).await;
    ledger_is_whole(&program);
}

async fn asked_by_api(
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bids: &[String],
    [bidder, other]: [&Supplier; 2],
) -> Value {
    let path = tender.at("/addressed-questions");
    let price = question(tender, &bids[0], "price_line", "P01");
    cast.ada.rest.post(&path).json(&price).await.problem(409, "quality_not_locked");
    let mut soon = question(tender, &bids[0], "question", "Q1");
    soon["date"] = json!(clock::day_of(tender.deadline));
    let problem = cast.ada.rest.post(&path).json(&soon).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "too_soon", "{problem:#}");
    let body = question(tender, &bids[0], "question", "Q1");
    let asked = cast.ada.rest.post(&path).key("a1").json(&body).await.expect(201).json();
    let again = cast.ada.rest.post(&path).key("a1").json(&body).await.expect(201).json();
    assert_eq!(asked, again, "a repeat asks nothing twice");
    assert_eq!((&asked["number"], &asked["state"]), (&json!(1), &json!("open")), "{asked:#}");

    let mail = post.wait_for(&bidder.email, "A question about your bid").await;
    assert_eq!(mail.envelope_to, [bidder.email.as_str()], "it alone");
    assert!(!mail.text.contains(QUESTION) && mail.text.contains("/supplier/asked/"), "{}", mail.text);
    assert!(post.mails_to(&other.email).iter().all(|mail| !mail.subject.contains("A question about")));
    let own = bidder.rest.all(OWN).await;
    assert_eq!((own.len(), &own[0]["text"]), (1, &json!(QUESTION)), "{own:#?}");
    assert!(other.rest.all(OWN).await.is_empty());
    other.rest.get(&format!("{OWN}/{}", id(&asked))).await.problem(404, "not_found");
    asked
}

async fn replied_under_seal(
    program: &Program,
    cast: &Cast,
    tender: &Tender,
    bidder: &Supplier,
    asked: &Value,
) {
    let own = format!("{OWN}/{}", id(asked));
    about(&bidder.rest, &own, "/replies", &json!({"text": "Two of them."})).await.expect(200);
    let body = json!({"text": CANARY});
    bidder.rest.post(&format!("{own}/replies")).json(&body).await.problem(428, "version_needed");
    bidder.rest.post(&format!("{own}/replies")).if_match("\"1\"").json(&body).await.problem(412, "stale");
    let replied = about(&bidder.rest, &own, "/replies", &body).await.expect(200).json();
    assert_eq!(
        (&replied["state"], &replied["reply"]["text"]),
        (&json!("open"), &json!(CANARY)),
        "{replied:#}"
    );
    let seen = bidder.rest.get(&own).await.expect(200).etag();
    let document = bidder.rest.post(&format!("{own}/document?name=plan.pdf")).if_match(&seen);
    let bytes = format!("%PDF-1.4 {CANARY}");
    document.body("application/octet-stream", bytes.clone()).await.expect(200);
    let kept = bidder.rest.get(&format!("{own}/document")).await.expect(200);
    assert_eq!(kept.body, bytes.into_bytes());

    // Nobody at the councils sees it before its time is over, and it lies nowhere in the clear.
    let at = tender.at(&format!("/addressed-questions/{}", id(asked)));
    let paths = [at.clone(), tender.at("/addressed-questions"), tender.at("/history"), tender.at("/letters")];
    let base = format!("/procurements/{}", tender.id);
    let pages = ["/addressed".to_owned(), format!("/addressed/{}", id(asked)), "/bids".to_owned()];
    for person in [&cast.ada, &cast.abe, &cast.bea, &cast.cem] {
        for path in &paths {
            let text = person.rest.get(path).await.text();
            assert!(!text.contains(CANARY), "{path}: {text}");
        }
        let browser = sign_in(program, &person.email).await;
        for path in &pages {
            let page = browser.get(&format!("{base}{path}")).await.is_sound();
            assert!(!page.html().contains(CANARY), "{}", page.whole());
        }
        person.rest.get(&format!("{at}/document")).await.problem(404, "not_found");
    }
    let early =
        about(&cast.ada.rest, &at, "/decision", &json!({"verdict": "clarifies", "reason": "Yes."})).await;
    early.problem(409, "reply_sealed");
    let traces = tests::traces::of(program).await;
    assert!(traces.iter().any(|trace| trace.holds(QUESTION)), "the search finds what the councils ask");
    let found: Vec<_> = traces.iter().filter(|trace| trace.holds(CANARY)).map(|trace| &trace.place).collect();
    assert!(found.is_empty(), "the reply lies in {found:?}");
}

/// The coordinator asks on the page, the bidder replies on its own and calls the reply final.
async fn asked_by_page(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bidder: &AtPages,
) -> String {
    let ada = sign_in(program, &cast.ada.email).await;
    let page = ada.get(&format!("/procurements/{}/bids", tender.id)).await.is_sound();
    let page = ada.follow(&page, &bidder.supplier.name).await.is_sound();
    let page =
        ada.follow(&page, "Questions to this bidder").await.is(200, "Questions to one bidder").is_sound();
    let page = ada.follow(&page, "Ask one bidder").await.is(200, "Ask one bidder").is_sound();
    let page = page.says("nothing can be asked yet about prices of: L1, L2");
    let page = ada.send(page.form("Ask this bidder").set("until_year", "2020")).await.is_sound();
    assert_eq!(page.status, 422, "{}", page.whole());
    assert!(page.errors().len() >= 3, "all errors at once: {:?}", page.errors());
    let form = page.form("Ask this bidder").set("code", "question:Q1").set("text", "Who are the engineers?");
    let form = on_day(form, "until", &clock::day_of(tender.deadline + 8 * 86_400)).set("until_time", "12:00");
    let page = ada.send(form).await.is(200, "Addressed question 2").is_sound();
    let page = page.says("is asked, and told by mail").says("A reply lies sealed until");
    let path = page.path().to_owned();

    let link =
        post.wait_for(&bidder.supplier.email, "A question about your bid").await.link("/supplier/asked/");
    let page = bidder.browser.get("/supplier").await.is_sound().says("1 waits for you");
    let page =
        bidder.browser.follow(&page, "See what you alone are asked").await.is(200, "Asked of you").is_sound();
    bidder.browser.follow(&page, "Question 2: Answer to Q1").await.is(200, "Question 2").is_sound();
    let page = bidder.browser.get(&link).await.is(200, "Question 2").says("Who are the engineers?");
    let page = bidder.browser.send(page.form("Send this reply")).await.is_sound();
    assert_eq!((page.status, page.errors()), (422, vec!["Your reply: enter a text.".to_owned()]));
    let form = page.form("Send this reply").set("text", "These two.").attach("file", "cv.pdf", "%PDF-1.4 cv");
    let page = bidder.browser.send(form).await.is(200, "Question 2").is_sound();
    let page = page.says("Your reply lies sealed").says("cv.pdf").says("Replace your reply");
    let form = page.form("Send this reply").set("text", MORE).tick("is_final", "yes");
    let page = bidder.browser.send(form.tick("without_document", "yes")).await.is_sound();
    page.says("Your reply is with the councils.")
        .says(MORE)
        .does_not_say("Send this reply")
        .does_not_say("cv.pdf");

    // It is final, so whoever marks nothing reads it now; it adds to the bid and is disregarded.
    let page = ada.get("/").await.is_sound();
    let page = ada.follow(&page, "See to 1 question to one bidder").await.is_sound();
    let page = ada.follow(&page, "Addressed question 2").await.is_sound().says(MORE);
    let page = ada.send(page.form("Record what the reply does")).await.is_sound();
    assert_eq!((page.status, page.errors().len()), (422, 2), "{}", page.whole());
    let form = page.form("Record what the reply does").set("verdict", "improves");
    let page = ada.send(form.set("reason", "The bid names no such person.")).await.is_sound();
    page.says("The reply is disregarded. The bidder is told.").says("Disregarded");
    let mail = post.wait_for(&bidder.supplier.email, "What became of your reply").await;
    assert!(mail.text.contains("it is disregarded") && !mail.text.contains(MORE), "{}", mail.text);
    let page = bidder.browser.get(&link).await.is_sound();
    page.says("The bid names no such person.");
    path
}

async fn who_may_not(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bids: &[String],
    asked: &Value,
) {
    let stranger = council(program, &cast.site, Some(post), "Dunmere").await.administrator;
    let nobody = Rest::new(program);
    let list = tender.at("/addressed-questions");
    let body = question(tender, &bids[0], "question", "Q1");
    cast.abe.rest.post(&list).json(&body).await.problem(403, "forbidden");
    stranger.rest.post(&list).json(&body).await.problem(404, "not_found");
    nobody.post(&list).json(&body).await.problem(401, "unauthenticated");
    stranger.rest.get(&list).await.problem(404, "not_found");
    cast.ada.rest.get(OWN).await.problem(404, "not_found");
    let at = format!("{list}/{}", id(asked));
    let verdict = json!({"verdict": "clarifies", "reason": "It does."});
    for (rest, status, code) in [
        (&cast.abe.rest, 403, "forbidden"),
        (&cast.bea.rest, 403, "forbidden"),
        (&stranger.rest, 404, "not_found"),
        (&nobody, 401, "unauthenticated"),
    ] {
        about(rest, &at, "/decision", &verdict).await.problem(status, code);
        about(rest, &at, "/closure", &json!({})).await.problem(status, code);
    }
    for path in ["/price-corrections", "/price-slips"] {
        stranger.rest.get(&tender.at(path)).await.problem(404, "not_found");
        assert!(cast.abe.rest.all(&tender.at(path)).await.is_empty(), "nothing of prices before the lock");
    }
    let base = format!("/procurements/{}", tender.id);
    for path in ["/addressed", "/addressed/ask", "/corrections", "/corrections/propose"] {
        let browser = sign_in(program, &stranger.email).await;
        assert_eq!(browser.get(&format!("{base}{path}")).await.status, 404, "{path}");
        assert_eq!(Visitor::new(program).get(&format!("{base}{path}")).await.path(), "/sign-in", "{path}");
    }
    assert_eq!(Visitor::new(program).get("/supplier/asked").await.path(), "/supplier");
}

async fn decided(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bids: &[String],
    (bidder, asked): (&Supplier, &Value),
    improving: &str,
) {
    let own = format!("{OWN}/{}", id(asked));
    let late = about(&bidder.rest, &own, "/replies", &json!({"text": "One more."})).await;
    late.problem(409, "deadline_passed");
    let at = tender.at(&format!("/addressed-questions/{}", id(asked)));
    let seen = cast.ada.rest.get(&at).await.expect(200).json();
    assert_eq!((&seen["reply"]["text"], &seen["reply"]["replaces"]), (&json!(CANARY), &json!(2)), "{seen:#}");
    let hidden = cast.abe.rest.get(&at).await.expect(200).json();
    assert!(hidden.get("reply").is_none(), "not before somebody has read it: {hidden:#}");
    let answer = |bid: &str| tender.lot(0, &format!("/answers/{bid}/Q1"));
    let before = cast.abe.rest.all(&tender.lot(0, "/marks")).await;
    let verdict = json!({"verdict": "clarifies", "reason": "It names what the answer means."});
    let done = about(&cast.ada.rest, &at, "/decision", &verdict).await.expect(200);
    assert!(!done.text().contains(CANARY), "what is kept for repeats holds no words: {}", done.text());
    post.wait_for(&bidder.email, "What became of your reply").await;

    let beside = cast.abe.rest.get(&answer(&bids[0])).await.expect(200).json();
    assert_eq!((&beside["replies"][0]["number"], &beside["replies"][0]["text"]), (&json!(1), &json!(CANARY)));
    let other = cast.abe.rest.get(&answer(&bids[1])).await.expect(200).text();
    assert!(!other.contains(MORE), "what improves is not shown: {other}");
    assert_eq!(cast.abe.rest.all(&tender.lot(0, "/marks")).await, before, "no mark changes by it");

    let abe = sign_in(program, &cast.abe.email).await;
    let scoring = format!("/procurements/{}/scoring/{}", tender.id, tender.lots[0]);
    let page = abe.get(&format!("{scoring}/Q1/{}", bids[0])).await.is_sound();
    let page = page.says("Addressed question 1: the bidder’s reply").says(CANARY);
    let page = page.says("accepted after you marked this answer");
    let file = abe.follow(&page, "plan.pdf").await;
    assert_eq!(file.body, format!("%PDF-1.4 {CANARY}").into_bytes());
    abe.get(&format!("{scoring}/Q1/{}", bids[1])).await.is_sound().does_not_say(MORE);
    abe.get(improving).await.is_sound().does_not_say(MORE);
}

async fn price_put_right(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bids: &[String],
    (bidder, results): (&Supplier, &[Value]),
) {
    let slips = cast.abe.rest.all(&tender.at("/price-slips")).await;
    assert_eq!(
        (slips.len(), &slips[0]["line"], &slips[0]["kind"]),
        (1, &json!("P01"), &json!("far_apart")),
        "{slips:#?}"
    );
    let path = tender.at("/price-corrections");
    let body = json!({
        "bid_id": bids[2], "line": "P01", "unit_price": "599.99", "reason": "Pence for pounds.",
        "looked_at_all": "P01 to P03 of all three bids: no other price stands out.",
        "date": clock::day_of(tender.deadline + 20 * 86_400), "time": "12:00",
    });
    cast.bea.rest.post(&path).json(&body).await.problem(403, "forbidden");
    let one = cast.ada.rest.post(&path).key("c1").json(&body).await.expect(201).json();
    assert_eq!((&one["before"], &one["after"]), (&json!("59999.00"), &json!("599.99")), "{one:#}");
    assert!(one["rule"].as_str().is_some_and(|rule| rule.contains("Unit prices prevail")), "{one:#}");
    let at = format!("{path}/{}", id(&one));
    let approve = json!({"verdict": "approve", "reason": "The rule was applied to every bid."});
    about(&cast.bea.rest, &at, "/decision", &approve).await.problem(409, "wrong_state");

    let mail = post.wait_for(&bidder.email, "Confirm or refuse a correction of your price").await;
    // Written as a price: its digits alone can stand in the link.
    let told = ["599.99", "59,999", "59999."].iter().any(|price| mail.text.contains(price));
    assert!(!told && mail.text.contains("Unit prices prevail"), "{}", mail.text);
    let own = format!("{CORRECTIONS}/{}", id(&one));
    let word = json!({"word": "confirm", "reason": "We typed pence."});
    about(&bidder.rest, &own, "/word", &word).await.expect(200);
    about(&cast.ada.rest, &at, "/decision", &approve).await.problem(403, "forbidden");
    about(&cast.abe.rest, &at, "/decision", &approve).await.problem(403, "forbidden");
    let recommendation = json!({"bid_id": bids[0], "text": "It leads."});
    let recommends = || cast.ada.rest.post(&tender.lot(0, "/recommendation")).json(&recommendation);
    recommends().await.problem(409, "result_unsettled");

    // Another person approves it on the page.
    let bea = sign_in(program, &cast.bea.email).await;
    let page = bea.get("/").await.is_sound();
    let page = bea.follow(&page, "Decide on a correction of a price").await.is_sound();
    let page = page.says("unit prices fifty times above or below all others");
    let page =
        bea.follow(&page, &format!("P01 of {}", bidder.name)).await.is(200, "Correction of P01").is_sound();
    let page = page.says("£59,999.00").says("£599.99").says("We typed pence.");
    let form =
        page.form("Give this word").set("verdict", "approve").set("reason", "The rule was applied alike.");
    bea.send(form).await.is(200, "Correction of P01").is_sound().says("Approved");
    post.wait_for(&bidder.email, "Your price is corrected").await;
    recommends().await.problem(409, "result_unsettled");

    // A new result beside the old one, with the figures that anybody computes from the corrected prices.
    let ada = sign_in(program, &cast.ada.email).await;
    let page = ada.get("/").await.is_sound();
    let page = ada.follow(&page, "Compute the result of lot L1 anew").await.is(200, "Results").is_sound();
    page.says("changed after the newest result");
    let body_of = async |result: &Value| {
        cast.ada
            .rest
            .get(&tender.at(&format!("/results/{}/body", id(&result["result"]))))
            .await
            .expect(200)
            .text()
    };
    let old = body_of(&results[0]).await;
    let new = cast.ada.rest.post(&tender.lot(0, "/results")).await.expect(201).json();
    assert_eq!(new["result"]["revision"], 2, "{new:#}");
    assert_eq!(body_of(&results[0]).await, old, "the old result stays as it is");
    assert!(body_of(&new).await.contains(id(&one)), "the new one tells the correction");
    let moved = tender.at(&format!("/results/{}/moved", id(&new["result"])));
    let moved = cast.ada.rest.get(&moved).await.expect(200).json();
    assert_eq!((&moved["from_result_id"], &moved["from_revision"]), (&results[0]["result"]["id"], &json!(1)));
    let why = |bid: &Value| {
        bid["because"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|why| why.to_string().contains("was corrected from"))
    };
    assert_eq!(moved["bids"].as_array().into_iter().flatten().filter(|bid| why(bid)).count(), 1, "{moved:#}");
    let first = tender.at(&format!("/results/{}/moved", id(&results[0]["result"])));
    cast.ada.rest.get(&first).await.problem(404, "not_found");
    let (pack, _) = pack_of(&cast.ada.rest, tender).await;
    let by_hand = figures::by_hand(&pack, tender, bids).remove(0);
    for bid in &by_hand.bids {
        let found =
            new["bids"].as_array().into_iter().flatten().find(|one| one["bid_id"] == bid.bid.as_str());
        let found = found.unwrap_or_else(|| panic!("{} is ranked: {new:#}", bid.bid));
        let price = bid.price.as_ref().map(|price| price.total.to_string());
        assert_eq!(found["price"].as_str(), price.as_deref(), "{found:#}");
        let total = bid.total.as_ref().map(|total| total.rounded.clone());
        assert_eq!(found["total"]["rounded"].as_str(), total.as_deref(), "{found:#}");
        let corrected = found["corrections"].as_array().map(Vec::len);
        assert_eq!(corrected, Some(usize::from(bid.bid == bids[2])), "{found:#}");
    }
    let page = ada.get(&format!("/procurements/{}/bids/{}", tender.id, bids[2])).await.is_sound();
    page.says("£599.99").says("corrected; submitted £59,999.00");
}
