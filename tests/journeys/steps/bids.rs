//! Bidding: suppliers get their secret, fill in the workbook, submit; the tender box is opened.

use std::collections::BTreeMap;

use importers::bid_template::{FilledBid, PriceEntry, ResponseEntry, filled};
use rules::pack::Pack;
use serde_json::{Value, json};
use tests::{PostBox, Program, Rest};

use super::tender::Tender;
use super::{Cast, clock};

/// A supplier with its secret.
#[derive(Clone, Debug)]
pub struct Supplier {
    pub name: String,
    pub email: String,
    pub rest: Rest,
}

/// What a supplier offers: prices of P01, P02, P03 and the words of its answers.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub prices: [&'static str; 3],
    pub words: &'static str,
}

/// The suppliers that bid, in the order of [`OFFERS`].
pub const SUPPLIERS: [&str; 3] = ["Northgate Digital", "Blue Harbour IT", "Civic Systems"];

/// Three offers whose evaluated prices need more than pence on the way.
pub const OFFERS: [Offer; 3] = [
    Offer { prices: ["612.3456", "41.0999", "9500"], words: "We have done this for two councils." },
    Offer { prices: ["655.5", "38.3333", "8200.25"], words: "Our team is local." },
    Offer { prices: ["599.99", "47.1234", "14000"], words: "We propose a phased start." },
];

/// The officers invite a supplier, which claims its secret with the mailed link.
pub async fn invited(
    program: &Program,
    post: Option<&PostBox>,
    cast: &Cast,
    tender: &Tender,
    name: &str,
) -> Supplier {
    let email = format!("bids@{}.example", super::people::slug(name));
    let body = json!({"supplier": name, "email": email});
    let made = cast.ada.rest.post(&tender.at("/invitations")).json(&body).await.expect(201);
    let link = match post {
        Some(post) => post.wait_for(&email, &tender.reference).await.link("/supplier/claim"),
        None => made.string("/link"),
    };
    claimed(program, name, &email, &link).await
}

/// Uses the one-time link.
pub async fn claimed(program: &Program, name: &str, email: &str, link: &str) -> Supplier {
    let token = link.split("token=").nth(1).expect("a token in the link");
    let nobody = Rest::new(program);
    let claim = json!({"token": token});
    let secret = nobody.post("/api/v1/supplier/claims").json(&claim).await.expect(201).string("/secret");
    nobody.post("/api/v1/supplier/claims").json(&claim).await.problem(409, "link_used");
    Supplier { name: name.to_owned(), email: email.to_owned(), rest: nobody.bearer(&secret) }
}

/// The pack as anybody may read it, checked against the hash that was published.
pub async fn pack_of(rest: &Rest, tender: &Tender) -> (Pack, String) {
    let public = rest.get(&format!("/api/v1/tenders/{}", tender.reference)).await.expect(200).json();
    let pack: Pack = serde_json::from_value(public["pack"].clone()).expect("the pack");
    let hash = pack.hash().expect("a hash");
    assert_eq!(public["pack_hash"], hash, "the published hash is the pack's");
    (pack, hash)
}

/// The workbook as the supplier fills it in.
pub fn workbook(pack: &Pack, hash: &str, supplier: &str, offer: Offer) -> Vec<u8> {
    let prices = ["P01", "P02", "P03"].into_iter().zip(offer.prices);
    let prices = prices.map(|(code, price)| (code.to_owned(), PriceEntry::number(price))).collect();
    priced(pack, hash, (supplier, offer.words), prices)
}

/// A workbook with these prices, in which everything else is answered with the same words.
pub fn priced(
    pack: &Pack,
    hash: &str,
    (supplier, words): (&str, &str),
    prices: BTreeMap<String, PriceEntry>,
) -> Vec<u8> {
    let mut bid = FilledBid { supplier: supplier.to_owned(), prices, ..FilledBid::default() };
    for requirement in &pack.requirements {
        let entry = ResponseEntry { code: "F".to_owned(), comment: words.to_owned() };
        bid.responses.insert(requirement.code.clone(), entry);
    }
    for question in pack.lots.iter().flat_map(rules::pack::PackLot::questions) {
        bid.answers.insert(question.code.clone(), format!("{}: {words}", question.code));
    }
    filled(pack, hash, &bid).expect("a filled workbook")
}

/// Uploads a workbook.
pub fn upload(supplier: &Supplier, bytes: Vec<u8>) -> tests::rest::Call {
    supplier.rest.post("/api/v1/supplier/workbook?name=bid.xlsx").body("application/octet-stream", bytes)
}

/// Types the answer to a question, and marks it as confidential.
pub async fn types(supplier: &Supplier, question: &str, text: &str, because: &str) -> Value {
    let path = format!("/api/v1/supplier/answers/{question}");
    let seen = supplier.rest.get(&path).await.expect(200).etag();
    let body = json!({"text": text, "confidential_because": because});
    let saved = supplier.rest.put(&path).if_match(&seen).json(&body).await.expect(200).json();
    supplier.rest.put(&path).if_match(&seen).json(&body).await.problem(412, "stale");
    saved
}

/// Uploads workbook and a document, and submits. Gives the receipt.
pub async fn submits(tender: &Tender, supplier: &Supplier, offer: Offer) -> Value {
    let blank = supplier.rest.get("/api/v1/supplier/workbook").await.expect(200);
    assert!(blank.body.starts_with(b"PK"), "the blank workbook is a workbook");
    let (pack, hash) = pack_of(&supplier.rest, tender).await;
    let checked = upload(supplier, workbook(&pack, &hash, &supplier.name, offer)).await.expect(201).json();
    assert_eq!((&checked["has_errors"], &checked["findings"]), (&json!(false), &json!([])), "{checked:#}");
    let document = supplier.rest.post("/api/v1/supplier/documents?question=Q1&name=method.pdf");
    let bytes = format!("%PDF-1.4 {}", offer.words);
    document.body("application/octet-stream", bytes).await.expect(201);
    submitted(supplier).await
}

/// Submits what was uploaded.
pub async fn submitted(supplier: &Supplier) -> Value {
    let preview = supplier.rest.get("/api/v1/supplier/submission").await.expect(200).json();
    let body = json!({"manifest_hash": preview["manifest_hash"], "findings_confirmed": true});
    supplier.rest.post("/api/v1/supplier/submission").json(&body).await.expect(201).json()
}

/// Lets the deadline pass and opens the box: one person is not enough, nor the same one twice.
pub async fn opened(program: &mut Program, cast: &Cast, tender: &Tender) {
    let consents = tender.at("/opening/consents");
    let state = cast.ada.rest.get(&tender.at("/opening")).await.expect(200).json();
    if state["deadline_passed"] == false {
        cast.ada.rest.post(&consents).await.problem(409, "deadline_not_passed");
    }
    clock::set_ahead(program, tender.deadline - clock::now() + 60).await;
    cast.cem.rest.post(&consents).await.problem(403, "forbidden");
    let state = cast.ada.rest.post(&consents).await.expect(201).json();
    assert!(state.get("opened_at").is_none(), "one is not enough: {state:#}");
    let again = cast.ada.rest.post(&consents).await;
    assert!(again.status >= 400 || again.json().get("opened_at").is_none(), "{}", again.whole());
    let state = cast.bea.rest.post(&consents).await.expect(201).json();
    assert!(state["opened_at"].is_string(), "two are: {state:#}");
}

/// One person's word on a late submission.
pub fn word(
    person: &super::people::Person,
    tender: &Tender,
    late: &Value,
    verdict: &str,
) -> tests::rest::Call {
    let path = tender.at(&format!("/late-submissions/{}/words", late["id"].as_str().expect("an id")));
    let body = json!({"verdict": verdict, "reason": "The log of the service shows no outage."});
    person.rest.post(&path).if_match(&format!("\"{}\"", late["version"])).json(&body)
}

/// Both openers give the same word on every late submission. Gives how many there were.
pub async fn late_decided(cast: &Cast, tender: &Tender, verdict: &str) -> usize {
    let mut count = 0;
    for person in [&cast.ada, &cast.bea] {
        let all = person.rest.all(&tender.at("/late-submissions")).await;
        for late in &all {
            word(person, tender, late, verdict).await.expect(200);
        }
        count = all.len();
    }
    count
}
