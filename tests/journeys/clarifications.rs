//! Bidders ask before the deadline. Everybody gets the answer, and nobody learns who asked.

use serde_json::{Value, json};
use tests::{PostBox, Program, Rest, Store, Visitor};

use crate::steps::bids::{Supplier, claimed, invited, opened};
use crate::steps::people::{Person, council};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, clock, ledger_is_whole, start};

/// A bidder whose name stands nowhere else.
const ASKER: &str = "Quokkaworth Systems";
const ADDRESS: &str = "bids@quokkaworth.example";
/// Found in every case: the name, the address and its domain.
const CANARY: &str = "quokkaworth";
const OWN: &str = "/api/v1/supplier/clarifications";

/// The supplier asks for its link itself, on the public page, so that no officer has written its name anywhere.
async fn by_itself(program: &Program, post: &PostBox, tender: &Tender) -> Supplier {
    let visitor = Visitor::new(program);
    let page = visitor.get(&format!("/tenders/{}", tender.reference)).await.is_sound();
    let form = page.form("Send me a link").set("supplier", ASKER).set("email", ADDRESS);
    visitor.send(form).await.says("A link is on its way");
    let link = post.wait_for(ADDRESS, &tender.reference).await.link("/supplier/claim");
    claimed(program, ASKER, ADDRESS, &link).await
}

async fn ask(supplier: &Supplier, body: &Value) -> Value {
    supplier.rest.post(OWN).json(body).await.expect(201).json()
}

/// A post by an officer about a question, at the version it has now.
async fn about(
    person: &Person,
    tender: &Tender,
    question: &Value,
    path: &str,
    body: &Value,
) -> tests::Answer {
    let id = question["id"].as_str().expect("an id");
    let at = tender.at(&format!("/clarifications/{id}"));
    let seen = person.rest.get(&at).await;
    let seen = if seen.status == 200 { seen.etag() } else { "\"1\"".to_owned() };
    person.rest.post(&format!("{at}{path}")).if_match(&seen).json(body).await
}

/// The same by the supplier that asked.
async fn own(supplier: &Supplier, question: &Value, path: &str) -> tests::Answer {
    let at = format!("{OWN}/{}", question["id"].as_str().expect("an id"));
    let seen = supplier.rest.get(&at).await.expect(200).etag();
    supplier.rest.post(&format!("{at}{path}")).if_match(&seen).await
}

fn reply(question: &str, answer: &str) -> Value {
    json!({"question": question, "answer": answer})
}

tests::on_each_store!(everybody_is_answered_and_nobody_learns_who_asked, PostBox);
async fn everybody_is_answered_and_nobody_learns_who_asked(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-11").await;
    let asker = by_itself(&program, &post, &tender).await;
    let mut bidders = vec![asker.clone()];
    for name in ["Northgate Digital", "Blue Harbour IT"] {
        bidders.push(invited(&program, Some(&post), &cast, &tender, name).await);
    }
    // This one has not used its link.
    let idle = json!({"supplier": "Idle Supplier", "email": "bids@idle.example"});
    cast.ada.rest.post(&tender.at("/invitations")).json(&idle).await.expect(201);

    let question = answered_to_all(&post, &cast, &tender, &bidders).await;
    corrected(&post, &cast, &tender, &bidders, &question).await;
    let private = answered_to_the_asker(&program, &post, &cast, &tender, &bidders).await;
    claim_refused(&post, &cast, &tender, &asker).await;
    who_may_not(&program, &post, &cast, &tender, &private).await;
    nothing_tells_the_asker(&program, &cast, &tender, &[&question, &private]).await;

    // After the deadline nothing is asked any more, and what was asked is answered until the opening.
    let last = ask(&asker, &json!({"question": "Is the last day a working day?"})).await;
    clock::set_ahead(&mut program, tender.deadline - clock::now() + 60).await;
    let body = json!({"question": "Is it too late?"});
    asker.rest.post(OWN).json(&body).await.problem(409, "deadline_passed");
    let answer = reply("Is the last day a working day?", "Yes.");
    about(&cast.ada, &tender, &last, "/answers", &answer).await.expect(200);
    opened(&mut program, &cast, &tender).await;
    about(&cast.ada, &tender, &last, "/answers", &answer).await.problem(409, "wrong_stage");
    let seen = cast.ada.rest.get(&tender.at(&format!("/clarifications/{}", id(&question)))).await.expect(200);
    assert_eq!(seen.json()["asker"], ASKER, "after the opening it is no secret");
    ledger_is_whole(&program);
}

fn id(question: &Value) -> &str {
    question["id"].as_str().expect("an id")
}

async fn answered_to_all(post: &PostBox, cast: &Cast, tender: &Tender, bidders: &[Supplier]) -> Value {
    let words = json!({"question": "Our depot is far away. May devices be swapped there?"});
    let asked = bidders[0].rest.post(OWN).key("q1").json(&words).await.expect(201).json();
    let again = bidders[0].rest.post(OWN).key("q1").json(&words).await.expect(201).json();
    assert_eq!(asked, again, "a repeat asks nothing twice");
    assert_eq!(bidders[0].rest.all(OWN).await.len(), 1);
    assert_eq!((&asked["state"], &asked["version"]), (&json!("open"), &json!(1)), "{asked:#}");

    // The coordinator finds it among the tasks, with its words and without a name.
    let tasks = cast.ada.rest.get("/api/v1/tasks").await.expect(200).text();
    assert!(tasks.contains("1 question waits for an answer"), "{tasks}");
    let seen = cast.ada.rest.all(&tender.at("/clarifications")).await;
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert_eq!(seen[0]["question"], words["question"]);
    assert!(seen[0].get("asker").is_none(), "{seen:#?}");
    assert!(cast.bea.rest.all(&tender.at("/clarifications")).await.is_empty(), "not published yet");

    // A text that may name a bidder is quoted in the writer's own words, and not explained.
    let naming = reply("May QuokkaWorth swap devices?", "Yes.");
    let problem = about(&cast.ada, tender, &asked, "/answers", &naming).await.problem(422, "invalid");
    let told = problem["errors"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(problem["errors"][0]["code"], "may_name_a_bidder");
    assert!(told.contains("“QuokkaWorth”") && !told.contains(ASKER), "{told}");

    let path = tender.at(&format!("/clarifications/{}/answers", id(&asked)));
    let body = reply("May devices be swapped at a depot?", "Yes, within 30 minutes by road.");
    cast.ada.rest.post(&path).json(&body).await.problem(428, "version_needed");
    cast.ada.rest.post(&path).if_match("\"7\"").json(&body).await.problem(412, "stale");
    let done = cast.ada.rest.post(&path).if_match("\"1\"").key("a1").json(&body).await.expect(200).json();
    assert_eq!((&done["state"], &done["number"]), (&json!("answered"), &json!(1)), "{done:#}");
    cast.ada.rest.post(&path).if_match("\"1\"").key("a1").json(&body).await.expect(200);

    for bidder in bidders {
        let mail = post.wait_for(&bidder.email, "Answer to question 1").await;
        assert_eq!(mail.envelope_to, [bidder.email.as_str()], "one recipient");
        assert!(mail.text.contains("May devices be swapped at a depot?"), "{}", mail.text);
        assert!(mail.text.contains("Yes, within 30 minutes by road."), "{}", mail.text);
        assert!(!mail.text.contains("Our depot is far away"), "{}", mail.text);
        if bidder.name != ASKER {
            let raw = String::from_utf8_lossy(&mail.raw).to_lowercase();
            assert!(!raw.contains(CANARY), "{raw}");
        }
    }
    // The public and the partners read it; neither learns more.
    let public = bidders[1].rest.all(&public_list(tender)).await;
    assert_eq!(public.len(), 1, "{public:#?}");
    assert_eq!(public[0]["answers"][0]["answer"], "Yes, within 30 minutes by road.");
    for person in [&cast.bea, &cast.abe] {
        let seen = person.rest.all(&tender.at("/clarifications")).await;
        assert_eq!(seen[0]["answers"], public[0]["answers"]);
        assert!(seen[0].get("question").is_none() && seen[0].get("asker").is_none(), "{seen:#?}");
    }
    asked
}

fn public_list(tender: &Tender) -> String {
    format!("/api/v1/tenders/{}/clarifications", tender.reference)
}

async fn corrected(post: &PostBox, cast: &Cast, tender: &Tender, bidders: &[Supplier], question: &Value) {
    let body = reply("May devices be swapped at a depot?", "Yes, within 20 minutes by road.");
    about(&cast.ada, tender, question, "/answers", &body).await.expect(200);
    for bidder in bidders {
        let mail = post.wait_for(&bidder.email, "Corrected answer to question 1").await;
        assert!(mail.text.contains("within 20 minutes"), "{}", mail.text);
    }
    let public = bidders[1].rest.all(&public_list(tender)).await;
    let answers = public[0]["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 2, "the earlier answer stays: {public:#?}");
    assert_eq!(answers[0]["answer"], "Yes, within 30 minutes by road.");
    assert_eq!(answers[1]["corrects"], answers[0]["id"]);
    assert!(post.mails_to("bids@idle.example").iter().all(|mail| !mail.subject.contains("question")));
}

const SECRET_QUESTION: &str = "cobalt-heron-question";
const SECRET_ANSWER: &str = "cobalt-heron-answer";

async fn answered_to_the_asker(
    program: &Program,
    post: &PostBox,
    cast: &Cast,
    tender: &Tender,
    bidders: &[Supplier],
) -> Value {
    let (asker, other) = (&bidders[0], &bidders[1]);
    let claim = json!({"question": SECRET_QUESTION, "confidential_because": "It is not public yet."});
    let asked = ask(asker, &claim).await;
    assert_eq!(asked["state"], "claimed", "{asked:#}");
    let over = reply("May it?", "Yes.");
    about(&cast.ada, tender, &asked, "/answers", &over).await.problem(409, "wrong_state");
    let body = json!({"answer": SECRET_ANSWER, "reason": "It tells of a plan."});
    let path = tender.at(&format!("/clarifications/{}/private-answers", id(&asked)));
    let done = cast.ada.rest.post(&path).if_match("\"1\"").key("p1").json(&body).await.expect(200).text();
    assert!(!done.contains(SECRET_ANSWER), "what is kept for repeats holds no words: {done}");

    let mail = post.wait_for(ADDRESS, "Answer to your confidential question").await;
    assert!(mail.text.contains(SECRET_ANSWER), "{}", mail.text);
    let seen = asker.rest.get(&format!("{OWN}/{}", id(&asked))).await.expect(200).json();
    assert_eq!(seen["private_answers"][0]["answer"], SECRET_ANSWER, "{seen:#}");
    other.rest.get(&format!("{OWN}/{}", id(&asked))).await.problem(404, "not_found");
    assert!(other.rest.all(OWN).await.is_empty());
    for text in [
        other.rest.get(&public_list(tender)).await.expect(200).text(),
        cast.bea.rest.get(&tender.at("/clarifications")).await.expect(200).text(),
        cast.abe.rest.get(&tender.at("/clarifications")).await.expect(200).text(),
        Visitor::new(program).get(&format!("/tenders/{}", tender.reference)).await.html(),
        cast.bea.pages.get(&format!("/procurements/{}/clarifications", tender.id)).await.html(),
    ] {
        assert!(!text.contains(SECRET_ANSWER) && !text.contains(SECRET_QUESTION), "{text}");
    }
    cast.bea.rest.get(&tender.at(&format!("/clarifications/{}", id(&asked)))).await.problem(404, "not_found");
    for bidder in &bidders[1..] {
        let mails = post.mails_to(&bidder.email);
        assert!(mails.iter().all(|mail| !mail.text.contains("cobalt-heron")), "{mails:#?}");
    }
    asked
}

async fn claim_refused(post: &PostBox, cast: &Cast, tender: &Tender, asker: &Supplier) {
    let claim = |words: &str| json!({"question": words, "confidential_because": "It is ours."});
    let withdrawn = ask(asker, &claim("May the desk be abroad?")).await;
    let given_up = ask(asker, &claim("May the desk close at night?")).await;
    let reason = json!({"reason": "Every bidder must know the hours."});
    for question in [&withdrawn, &given_up] {
        let refused = about(&cast.ada, tender, question, "/claim-refusal", &reason).await.expect(200).json();
        assert_eq!(refused["state"], "claim_refused", "{refused:#}");
    }
    let mail = post.wait_for(ADDRESS, "is not treated as confidential").await;
    assert!(mail.text.contains("Every bidder must know the hours."), "{}", mail.text);
    own(asker, &withdrawn, "/withdraw").await.expect(200);
    let dead = reply("May the desk be abroad?", "No.");
    about(&cast.ada, tender, &withdrawn, "/answers", &dead).await.problem(409, "wrong_state");
    own(asker, &given_up, "/give-up-claim").await.expect(200);
    let answer = reply("May the desk close at night?", "No.");
    let done = about(&cast.ada, tender, &given_up, "/answers", &answer).await.expect(200).json();
    assert_eq!(done["number"], 2, "{done:#}");
    own(asker, &given_up, "/withdraw").await.problem(409, "wrong_state");
}

async fn who_may_not(program: &Program, post: &PostBox, cast: &Cast, tender: &Tender, private: &Value) {
    let stranger = council(program, &cast.site, Some(post), "Dunmere").await.administrator;
    let nobody = Rest::new(program);
    let list = tender.at("/clarifications");
    stranger.rest.get(&list).await.problem(404, "not_found");
    nobody.get(&list).await.problem(401, "unauthenticated");
    nobody.get(OWN).await.problem(401, "unauthenticated");
    nobody.post(OWN).json(&json!({"question": "?"})).await.problem(401, "unauthenticated");
    cast.ada.rest.post(OWN).json(&json!({"question": "?"})).await.problem(404, "not_found");
    let bodies = [
        ("/answers", reply("May it?", "Yes.")),
        ("/private-answers", json!({"answer": "Yes.", "reason": "A plan."})),
        ("/claim-refusal", json!({"reason": "No."})),
    ];
    for (path, body) in bodies {
        let at = format!("{list}/{}{path}", id(private));
        let post = |rest: &Rest| rest.post(&at).if_match("\"2\"").json(&body);
        post(&cast.bea.rest).await.problem(403, "forbidden");
        post(&cast.abe.rest).await.problem(403, "forbidden");
        post(&stranger.rest).await.problem(404, "not_found");
        post(&nobody).await.problem(401, "unauthenticated");
    }
    let base = format!("/procurements/{}/clarifications", tender.id);
    for path in [base.clone(), format!("{base}/{}", id(private))] {
        assert_eq!(stranger.pages.get(&path).await.status, 404, "{path}");
        assert_eq!(Visitor::new(program).get(&path).await.path(), "/sign-in", "{path}");
    }
    assert_eq!(cast.bea.pages.get(&format!("{base}/{}", id(private))).await.status, 404);
}

/// Whatever an officer or the site's administrator opens before the opening, the asker's name is not in it; nor do the
/// words of a confidential question and its answer lie anywhere in the clear.
async fn nothing_tells_the_asker(program: &Program, cast: &Cast, tender: &Tender, questions: &[&Value]) {
    let mut paths: Vec<String> = [
        "",
        "/overview",
        "/letters",
        "/history",
        "/bids",
        "/opening",
        "/late-submissions",
        "/pack",
        "/participations",
        "/invitations",
        "/clarifications",
    ]
    .map(|path| tender.at(path))
    .into();
    paths.extend(["/api/v1/outbox".to_owned(), "/api/v1/tasks".to_owned()]);
    let base = format!("/procurements/{}", tender.id);
    let mut pages: Vec<String> = ["", "/bids", "/invitations", "/letters", "/history", "/clarifications"]
        .map(|path| format!("{base}{path}"))
        .into();
    pages.extend(["/".to_owned(), "/outbox".to_owned(), format!("/tenders/{}", tender.reference)]);
    for question in questions {
        paths.push(tender.at(&format!("/clarifications/{}", id(question))));
        pages.push(format!("{base}/clarifications/{}", id(question)));
    }
    let mut found = 0;
    for person in [&cast.ada, &cast.abe, &cast.bea, &cast.site] {
        for path in &paths {
            let answer = person.rest.get(path).await.text();
            found += usize::from(answer.contains("swapped at a depot"));
            assert!(!answer.to_lowercase().contains(CANARY), "{path}: {answer}");
        }
        for path in &pages {
            let page = person.pages.get(path).await;
            assert!(!page.html().to_lowercase().contains(CANARY), "{}", page.whole());
        }
    }
    assert!(found >= 6, "the search reads the questions: {found}");
    let traces = tests::traces::of(program).await;
    assert!(
        traces.iter().any(|trace| trace.holds("swapped at a depot")),
        "the search finds what is published"
    );
    for secret in [SECRET_QUESTION, SECRET_ANSWER] {
        let found: Vec<_> =
            traces.iter().filter(|trace| trace.holds(secret)).map(|trace| &trace.place).collect();
        assert!(found.is_empty(), "{secret} lies in {found:?}");
    }
}

tests::on_sqlite!(through_pages, PostBox);
async fn through_pages(store: Store) {
    let post = PostBox::open();
    let program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-12").await;
    let other = invited(&program, Some(&post), &cast, &tender, "Blue Harbour IT").await;
    let (supplier, ada) = (Visitor::new(&program), &cast.ada.pages);
    let front = format!("/tenders/{}", tender.reference);
    let page = supplier.get(&front).await.is_sound().says("Nothing is published yet.");
    let form = page.form("Send me a link").set("supplier", ASKER).set("email", ADDRESS);
    supplier.send(form).await.says("A link is on its way");
    let link = post.wait_for(ADDRESS, &tender.reference).await.link("/supplier/claim");
    let page = supplier.get(&link).await;
    supplier.send(page.form("Use my link")).await.is(200, "You can bid now");
    let list = format!("/procurements/{}/clarifications", tender.id);
    ada.get(&list).await.is(200, "Clarifications").is_sound().says("Nothing has been asked");

    // It asks; its own name is pointed out before the councils read it.
    let page = supplier.get("/supplier").await.is_sound();
    let page = supplier.follow(&page, "Ask, and read the answers").await.is(200, "Questions and answers");
    let page = page.is_sound().says("You have not asked anything yet");
    let page = supplier.send(page.form("Ask")).await.is_sound();
    assert_eq!((page.status, page.errors()), (422, vec!["Your question: enter a text.".to_owned()]));
    let page =
        supplier.send(page.form("Ask").set("question", "May Quokkaworth swap devices?")).await.is_sound();
    assert_eq!(page.status, 422);
    let page = page.says("This may stay as it is");
    let page = supplier.send(page.form("Ask").set("question", "May devices be swapped?")).await.is_sound();
    page.says("Your question is with the councils").says("Waiting for an answer");

    // The coordinator finds it among the tasks, writes, is warned, looks once more, and publishes.
    let page = ada.get("/").await.is_sound();
    let page = ada.follow(&page, "1 question waits for an answer").await.is(200, "Clarifications").is_sound();
    let page = ada.follow(&page, "May devices be swapped?").await.is(200, "A bidder’s question").is_sound();
    let page = ada.send(page.form("Check before publishing")).await.is_sound();
    assert_eq!((page.status, page.errors()), (422, vec!["Answer: enter a text.".to_owned()]), "no answer");
    let named = page.form("Check before publishing").set("answer", "Yes, as blue-harbour.example does.");
    let page = ada.send(named).await.is(200, "Check what all bidders will read").is_sound();
    let page = page.says("may identify a bidder: “blue-harbour”");
    let page = ada.send(page.form("Publish to all bidders")).await.is_sound();
    assert_eq!(page.status, 422, "not without the tick");
    let page = ada.send(page.form("Change the texts")).await.is(200, "A bidder’s question").is_sound();
    let form = page.form("Check before publishing");
    assert_eq!(form.value("answer"), "Yes, as blue-harbour.example does.", "the text is not lost");
    let page = ada.send(form.set("answer", "Yes, at a\ndepot.")).await.does_not_say("may identify");
    let page = ada.send(page.form("Publish to all bidders")).await.is(200, "Clarifications").is_sound();
    let page = page.says("The answer to question 1 is published").says("Question 1");
    post.wait_for(&other.email, "Answer to question 1").await;
    supplier.get(&front).await.is_sound().says("Question 1").says("Yes, at a depot.");
    supplier
        .get("/supplier/questions")
        .await
        .is_sound()
        .says("Answered to all bidders")
        .says("Question 1 below");
    cast.bea
        .pages
        .get(&list)
        .await
        .is_sound()
        .says("Yes, at a depot.")
        .does_not_say("Questions from bidders");

    // A correction stands beside it.
    let page = ada.follow(&page, "May devices be swapped?").await.is(200, "Question 1").is_sound();
    let form = page.form("Check before publishing").set("answer", "Only at the site.");
    let page = ada.send(form).await.says("Corrected answer");
    ada.send(page.form("Publish to all bidders")).await.is_sound();
    supplier
        .get(&front)
        .await
        .is_sound()
        .says("Only at the site.")
        .says("What was answered to question 1 before");

    confidential_through_pages(&supplier, ada, &list).await;
    assert_eq!(Visitor::new(&program).get("/supplier/questions").await.path(), "/supplier");
    ledger_is_whole(&program);
}

async fn confidential_through_pages(supplier: &Visitor, ada: &Visitor, list: &str) {
    for words in ["May the desk move?", "May the desk be abroad?", "May the desk close?"] {
        let page = supplier.get("/supplier/questions").await;
        let form = page.form("Ask").set("question", words).tick("confidential", "yes");
        let page = supplier.send(form.clone()).await.is_sound();
        assert_eq!(page.status, 422, "a claim needs its reason");
        supplier.send(form.set("confidential_because", "It is ours.")).await.is_sound();
    }
    let open = |words: &'static str| async move {
        let page = ada.get(list).await.is(200, "Clarifications").is_sound();
        ada.follow(&page, words).await.is(200, "A bidder’s question").is_sound().says("It is ours.")
    };
    let page = open("May the desk move?").await;
    let page = ada.send(page.form("Answer the asker alone").set("answer", "At night.")).await.is_sound();
    assert_eq!(page.status, 422, "the reason is missing");
    let page = ada.send(page.form("Answer the asker alone").set("reason", "It tells of a plan.")).await;
    page.is(200, "Clarifications").says("The asker is told the answer, and nobody else.");
    for words in ["May the desk be abroad?", "May the desk close?"] {
        let page = open(words).await;
        let page = ada.send(page.form("Refuse the claim")).await.is_sound();
        assert_eq!(page.status, 422, "the reason is missing");
        ada.send(page.form("Refuse the claim").set("refusal", "All must know."))
            .await
            .is(200, "Clarifications");
    }
    let page = supplier.get("/supplier/questions").await.is_sound();
    let page = page.says("Answer to you alone").says("At night.").says("All must know.");
    let page = supplier.send(page.form("Withdraw this question")).await.is_sound();
    let page = page.says("It is answered to nobody.").says("Withdrawn");
    let page =
        supplier.send(page.form("Let it be answered to all bidders, without my name")).await.is_sound();
    page.says("can be answered to all bidders now");
    open("May the desk be abroad?").await.says("It is answered to nobody.");
    open("May the desk close?").await.form("Check before publishing");
    open("May the desk move?")
        .await
        .says("Answered to the asker alone")
        .says("Correct the answer to the asker");
}
