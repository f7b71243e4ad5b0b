//! What happens to bids between publication and opening: nothing shows, late is late, and wrong workbooks are told apart.

use importers::bid_template::{FilledBid, filled};
use serde_json::json;
use tests::{Rest, Store, Visitor};

use crate::steps::bids::{
    OFFERS, Offer, invited, late_decided, opened, pack_of, submits, submitted, types, upload, workbook,
};
use crate::steps::tender::published;
use crate::steps::{Cast, at, clock, ledger_is_whole, panel, start};

const CANARY: &str = "zebra-cobalt-ninety-one";
/// In the answer that is typed on the supplier's page.
const TYPED: &str = "heron-amber-forty-four";
/// In the reason why that answer is confidential.
const BECAUSE: &str = "otter-violet-sixty-two";

tests::on_each_store!(nothing_shows_before_opening);
async fn nothing_shows_before_opening(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-02").await;
    // This supplier asks for its link itself, on the public page.
    let nobody = Visitor::new(&program);
    let page = nobody.get(&format!("/tenders/{}", tender.reference)).await.is_sound();
    assert_eq!(page.status, 200, "{}", page.whole());
    let supplier = invited(&program, None, &cast, &tender, "Quiet Supplier").await;
    let offer = Offer { prices: ["777.7777", "55.5", "1"], words: CANARY };
    types(&supplier, "Q2", &format!("Our way.\n\n{TYPED}"), &format!("It names {BECAUSE}.")).await;
    let receipt = submits(&tender, &supplier, offer).await;
    let manifest = receipt["submission"]["manifest_hash"].as_str().unwrap().to_owned();
    let secrets = [CANARY, TYPED, BECAUSE, "777.7777", manifest.as_str(), "bid.xlsx", "method.pdf"];
    assert!(
        receipt["manifest"].as_str().unwrap().contains(BECAUSE),
        "the supplier itself reads it: {receipt:#}"
    );
    let own = supplier.rest.get("/api/v1/supplier/submissions/1/answers/Q2").await.expect(200).text();
    assert!(own.contains(TYPED), "and what it typed: {own}");

    let paths = [
        "",
        "/letters",
        "/ledger",
        "/history",
        "/bids",
        "/opening",
        "/late-submissions",
        "/pack",
        "/participations",
    ];
    for person in [&cast.ada, &cast.abe, &cast.bea, &cast.site] {
        for path in paths {
            let answer = person.rest.get(&tender.at(path)).await;
            for secret in secrets {
                assert!(!answer.text().contains(secret), "{secret} shows\n{}", answer.whole());
            }
        }
        let outbox = person.rest.get("/api/v1/outbox").await.text();
        for secret in secrets {
            assert!(!outbox.contains(secret), "{secret} shows in the outbox: {outbox}");
        }
        for path in ["", "/bids", "/letters", "/history", "/scoring", "/moderation", "/compare", "/decision"]
        {
            let page = person.pages.get(&format!("/procurements/{}{path}", tender.id)).await;
            for secret in secrets {
                assert!(!page.html().contains(secret), "{secret} shows\n{}", page.whole());
            }
        }
        let page = person.pages.get("/outbox").await;
        assert!(!page.html().contains(&manifest), "{}", page.whole());
    }
    cast.ada.rest.get(&tender.at("/bids")).await.refused();
    // Nor does whoever holds the machine, but not the seal key, find it: in no file, no row and no log. That the search
    // finds what is there, shows on what everybody may know.
    let traces = tests::traces::of(&program).await;
    assert!(traces.iter().any(|trace| trace.holds(&tender.reference)), "the search finds the tender");
    for secret in [CANARY, TYPED, BECAUSE, "777.7777", "7777777", "bid.xlsx", "method.pdf"] {
        let found: Vec<_> = traces.iter().filter(|trace| trace.holds(secret)).collect();
        assert!(
            found.is_empty(),
            "{secret} lies in {:?}",
            found.iter().map(|it| &it.place).collect::<Vec<_>>()
        );
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &["Quiet Supplier"]).await;
    panel::declares(&cast, &tender).await;
    let bid = cast.ada.rest.get(&tender.at(&format!("/bids/{}", bids[0]))).await.expect(200).text();
    for secret in [CANARY, TYPED, BECAUSE] {
        assert!(bid.contains(secret), "after the opening {secret} is read: {bid}");
    }
    let traces = tests::traces::of(&program).await;
    for secret in [CANARY, TYPED, BECAUSE] {
        assert!(traces.iter().any(|trace| trace.holds(secret)), "and then the same search finds {secret}");
    }
    ledger_is_whole(&program);
}

tests::on_each_store!(a_late_bid);
async fn a_late_bid(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-03").await;
    let prompt = invited(&program, None, &cast, &tender, "Prompt Supplier").await;
    let slow = invited(&program, None, &cast, &tender, "Slow Supplier").await;
    let first = submits(&tender, &prompt, OFFERS[0]).await;
    // The last one before the deadline is the bid.
    let second = submits(&tender, &prompt, OFFERS[1]).await;
    assert_eq!(second["submission"]["number"], 2, "{second:#}");
    assert_ne!(first["submission"]["manifest_hash"], second["submission"]["manifest_hash"]);
    let (pack, hash) = pack_of(&slow.rest, &tender).await;
    upload(&slow, workbook(&pack, &hash, &slow.name, OFFERS[2])).await.expect(201);

    // The real clock runs over the deadline: never is something late acknowledged as on time, or the other way.
    clock::set_ahead(&mut program, tender.deadline - clock::now() - 6).await;
    let (mut on_time, mut late) = (0, 0);
    for number in 0..1000 {
        let words = ["a", "b", "c", "d"][number % 4];
        let prices = ["612.3456", "41.0999", if number % 2 == 0 { "9500" } else { "9600" }];
        upload(&slow, workbook(&pack, &hash, &slow.name, Offer { prices, words })).await.expect(201);
        let receipt = submitted(&slow).await;
        let received = receipt["submission"]["received_at"].as_str().unwrap().to_owned();
        let is_late = receipt["submission"]["late"].as_bool().unwrap();
        assert_eq!(is_late, clock::seconds_of(&received) >= tender.deadline, "{receipt:#}");
        if is_late {
            late += 1;
            assert!(receipt["message"].as_str().unwrap().to_lowercase().contains("late"), "{receipt:#}");
        } else {
            assert_eq!(late, 0, "nothing is on time after something was late");
            on_time += 1;
        }
        if late == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(on_time > 0 && late == 3, "{on_time} on time, {late} late");
    // Two people decide on each before anything is opened.
    let consents = tender.at("/opening/consents");
    cast.ada.rest.post(&consents).await.problem(409, "late_undecided");
    assert_eq!(late_decided(&cast, &tender, "refuse").await, 3);
    opened(&mut program, &cast, &tender).await;
    let bids = cast.ada.rest.all(&tender.at("/bids")).await;
    assert_eq!(bids.len(), 2, "{bids:#?}");
    let bid = bids.iter().find(|bid| bid["supplier"] == "Prompt Supplier").unwrap();
    assert_eq!(bid["manifest_hash"], second["submission"]["manifest_hash"]);
    let box_of_late = cast.ada.rest.all(&tender.at("/late-submissions")).await;
    assert_eq!(box_of_late.len(), 3, "{box_of_late:#?}");
    ledger_is_whole(&program);
}

tests::on_sqlite!(a_wrong_workbook);
async fn a_wrong_workbook(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-04").await;
    let supplier = invited(&program, None, &cast, &tender, "Careless Supplier").await;
    let (pack, hash) = pack_of(&supplier.rest, &tender).await;
    let good = workbook(&pack, &hash, &supplier.name, OFFERS[0]);
    let mut other = pack.clone();
    "ICT-2026-99".clone_into(&mut other.reference);
    let other = filled(&other, &"0".repeat(64), &FilledBid::default()).unwrap();
    let encrypted = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 4096]].concat();
    for (what, bytes) in [
        ("another procurement's", other),
        ("truncated", good[..good.len() / 2].to_vec()),
        ("a compound file", encrypted),
        ("a page", b"<html><body><table><tr><td>Price</td></tr></table></body></html>".to_vec()),
        ("empty", Vec::new()),
        ("no spreadsheet", (0..=255).cycle().take(5000).collect()),
    ] {
        let answer = upload(&supplier, bytes).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.whole());
        let problem = answer.json();
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{what}: {problem:#}");
        let preview = supplier.rest.get("/api/v1/supplier/submission").await.expect(200).json();
        assert_eq!(preview["ready"], false, "{what}: nothing was kept to submit: {preview:#}");
    }
    let answer = upload(&supplier, vec![b'x'; 22 * 1024 * 1024]).attempt().await;
    if let Ok(answer) = answer {
        answer.problem(413, "too_large");
        assert_eq!(
            answer.header("connection"),
            Some("close"),
            "what was not read is not taken for a request"
        );
    }
    let body = json!({"findings_confirmed": true});
    supplier.rest.post("/api/v1/supplier/submission").json(&body).await.refused();
    // The right one with a fault in a cell: it is kept, and every fault is named by sheet and cell.
    let mut bid = FilledBid { supplier: supplier.name.clone(), ..FilledBid::default() };
    bid.prices.insert("P01".to_owned(), importers::bid_template::PriceEntry::text("POA"));
    let checked = upload(&supplier, filled(&pack, &hash, &bid).unwrap()).await.expect(201).json();
    assert_eq!(checked["has_errors"], true);
    let finding = checked["findings"].as_array().unwrap().iter().find(|finding| finding["seen"] == "POA");
    let finding = finding.unwrap_or_else(|| panic!("no finding: {checked:#}"));
    assert_eq!(finding["sheet"], "Prices", "{finding:#}");
    assert!(finding["cell"].as_str().is_some_and(|cell| cell.len() >= 2), "{finding:#}");
    // Another file is only tried: it is read line by line, and the one before stays.
    let kept = supplier.rest.get("/api/v1/supplier/submission").await.expect(200).json();
    let trial = supplier.rest.post("/api/v1/supplier/workbook/trials?name=bid.xlsx");
    let tried = trial.body("application/octet-stream", good.clone()).await.expect(200).json();
    let price = &tried["read_back"]["lots"][0]["prices"][0];
    assert_eq!(
        (&price["line"], &price["unit_price"]),
        (&json!("P01"), &json!(OFFERS[0].prices[0])),
        "{tried:#}"
    );
    assert_eq!(price["sheet"], "Prices", "{price:#}");
    assert!(tried["read_back"]["total"].is_string() && tried["read_back"]["unanswered"] == 0, "{tried:#}");
    let after = supplier.rest.get("/api/v1/supplier/submission").await.expect(200).json();
    assert_eq!(after["manifest_hash"], kept["manifest_hash"], "what was tried is not kept");
    upload(&supplier, good).await.expect(201);
    let back = supplier.rest.get("/api/v1/supplier/read-back").await.expect(200).json();
    assert_eq!(back["lots"], tried["read_back"]["lots"], "kept, it reads as it did when it was tried");
    submitted(&supplier).await;
    // What would change against the submission that stands, and nothing else.
    assert!(supplier.rest.all("/api/v1/supplier/differences").await.is_empty());
    let dearer = Offer { prices: ["612.3457", OFFERS[0].prices[1], OFFERS[0].prices[2]], ..OFFERS[0] };
    upload(&supplier, workbook(&pack, &hash, &supplier.name, dearer)).await.expect(201);
    let found = supplier.rest.all("/api/v1/supplier/differences").await;
    let kinds: Vec<_> = found.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["price", "workbook"], "{found:#?}");
    assert_eq!((&found[0]["code"], &found[0]["change"]), (&json!("P01"), &json!("changed")));
    assert_eq!(
        (&found[0]["old"]["value"], &found[0]["new"]["value"]),
        (&json!("£612.3456"), &json!("£612.3457"))
    );
    assert_eq!(found[0]["old"]["cell"], found[0]["new"]["cell"]);
    // A document that could run is not taken.
    let page = supplier.rest.post("/api/v1/supplier/documents?question=Q1&name=method.html");
    let refused = page.body("application/octet-stream", b"<script>".to_vec()).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["code"], "kind_not_taken", "{refused:#}");
    ledger_is_whole(&program);
}

tests::on_each_store!(who_may_not);
async fn who_may_not(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-05").await;
    let supplier = invited(&program, None, &cast, &tender, "First Supplier").await;
    let stranger = crate::steps::people::council(&program, &cast.site, None, "Dunmere").await.administrator;
    // Carrow's own system with a key for reading only, the supplier, a stranger and nobody.
    let key = json!({"name": "reads", "for_council": true, "scopes": ["read"], "days": 30});
    let secret = cast.cem.rest.post("/api/v1/keys").json(&key).await.expect(201).string("/secret");
    let machine = Rest::new(&program).bearer(&secret);
    let reads = [
        "",
        "/participations",
        "/roles",
        "/requirements",
        "/pooled-requirements",
        "/agreements",
        "/schedule-lines",
        "/demand",
        "/lots",
        "/scales",
        "/method",
        "/documents",
        "/deadline",
        "/pack",
        "/pack.json",
        "/invitations",
        "/opening",
        "/clarifications",
        "/bids",
        "/interests",
        "/awards",
        "/letters",
    ];
    for path in reads {
        stranger.rest.get(&tender.at(path)).await.problem(404, "not_found");
        let refused = supplier.rest.get(&tender.at(path)).await;
        assert!([403, 404].contains(&refused.status), "{}", refused.whole());
        Rest::new(&program).get(&tender.at(path)).await.problem(401, "unauthenticated");
    }
    for path in [
        "",
        "/partners",
        "/requirements",
        "/demand",
        "/tender",
        "/clarifications",
        "/bids",
        "/scoring",
        "/moderation",
        "/compare",
        "/decision",
        "/letters",
        "/history",
    ] {
        let page = stranger.pages.get(&format!("/procurements/{}{path}", tender.id)).await;
        assert_eq!(page.status, 404, "{path}: {}", page.whole());
    }
    machine.get(&tender.at("")).await.expect(200);
    let line = json!({"description": "More", "unit": "each", "charge": "one_off"});
    machine.post(&tender.at("/schedule-lines")).json(&line).await.problem(403, "forbidden");
    // Partners look and do not coordinate; a foreign council's part is not theirs to change.
    let lot = json!({"code": "L9", "title": "x", "price_weight": "50", "formula": "lowest_over_bid"});
    cast.bea.rest.post(&tender.at("/lots")).json(&lot).await.problem(403, "forbidden");
    let supplier_body = json!({"supplier": "Friend", "email": "friend@supplier.example"});
    cast.bea.rest.post(&tender.at("/invitations")).json(&supplier_body).await.problem(403, "forbidden");
    // After publication the pack does not change.
    let seen = cast.ada.rest.get(&tender.lot(0, "")).await.expect(200).etag();
    let changed = cast.ada.rest.put(&tender.lot(0, "")).if_match(&seen).json(&lot).await;
    assert_eq!(changed.status, 409, "{}", changed.whole());
    // A supplier's secret opens its own tender only, and not after it is taken back.
    supplier.rest.get("/api/v1/supplier/tender").await.expect(200);
    let invitation = cast.ada.rest.all(&tender.at("/invitations")).await.remove(0);
    let path = tender.at(&format!("/invitations/{}/revoke", invitation["id"].as_str().unwrap()));
    let version = format!("\"{}\"", invitation["version"]);
    let reason = json!({"reason": "Sent to the wrong address"});
    cast.ada.rest.post(&path).if_match(&version).json(&reason).await.expect(200);
    supplier.rest.get("/api/v1/supplier/tender").await.problem(401, "unauthenticated");
    cast.ada.rest.get(&at(&uuid::Uuid::now_v7().to_string(), "")).await.problem(404, "not_found");
}
