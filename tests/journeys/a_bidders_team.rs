//! Several people of one bidder work on its bid, each with a link of their own: whatever is told to the bidder reaches all
//! of them, whoever was removed hears and reaches nothing more, and the councils see none of it before the opening.

use serde_json::{Value, json};
use tests::{PostBox, Program, Store, Visitor};

use crate::steps::award::decided;
use crate::steps::bids::{
    OFFERS, SUPPLIERS, Supplier, claimed, invited, opened, pack_of, submits, submitted, upload, workbook,
};
use crate::steps::people::slug;
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, ledger_is_whole, panel, start};

const TEAM: &str = "/api/v1/supplier/members";
const REFERENCE: &str = "ICT-2027-21";

/// The address of somebody at a supplier.
fn address(who: &str, supplier: &str) -> String {
    format!("{who}@{}.example", slug(supplier))
}

async fn member(supplier: &Supplier, email: &str) -> Value {
    let team = supplier.rest.all(TEAM).await;
    team.into_iter().find(|row| row["email"] == email).unwrap_or_else(|| panic!("{email} is in no team"))
}

/// A colleague is added through the API, and uses the link that comes.
async fn joins(program: &Program, post: &PostBox, by: &Supplier, email: &str) -> Supplier {
    let body = json!({"email": email.to_uppercase(), "name": "Estimates"});
    let sent = by.rest.post(TEAM).json(&body).key("add-1").await.expect(201).json();
    assert_eq!((&sent["member"]["email"], &sent["link"]), (&json!(email), &json!(null)), "{sent:#}");
    let again = by.rest.post(TEAM).json(&body).key("add-1").await.expect(201).json();
    assert_eq!(sent, again, "once for each key");
    by.rest.post(TEAM).json(&body).await.refused();
    let link = post.wait_for(email, "Your link to bid with your colleagues").await.link("/supplier/claim");
    claimed(program, &by.name, email, &link).await
}

/// Another is added and comes in through pages, and is removed there.
async fn comes_and_goes(program: &Program, post: &PostBox, by: &Visitor, email: &str) {
    let page = by.get("/supplier/team").await.is(200, "Your team").is_sound();
    let wrong = by.send(page.form("Add").set("email", "nobody")).await.is(422, "Your team");
    assert_eq!(wrong.errors().len(), 1, "{}", wrong.whole());
    by.send(wrong.form("Add").set("email", email)).await.says("A link is on its way to").is_sound();
    let link = post.wait_for(email, "Your link to bid with your colleagues").await.link("/supplier/claim");
    let gone = Visitor::new(program);
    let page = gone.get(&link).await.is(200, "Your link to bid");
    gone.send(page.form("Use my link")).await.is(200, "You can bid now");
    gone.get("/supplier/team").await.is(200, "Your team").says(&format!("{email} (you)"));

    let page = by.get("/supplier/team").await;
    let check =
        by.follow(&page, &format!("Remove {email}")).await.is(200, "Remove from your team").is_sound();
    let page = by.send(check.form("Remove")).await.is(200, "Your team");
    page.says(&format!("{email} is removed.")).is_sound();
    gone.get("/supplier").await.is(401, "Open your link to bid");
    post.wait_for(email, "You are no longer in your team").await;
}

/// Nothing of the team shows to officers.
async fn nothing_shows(cast: &Cast, tender: &Tender, secrets: &[&str]) {
    for person in [&cast.ada, &cast.bea, &cast.site] {
        let mut seen = person.rest.get("/api/v1/outbox").await.text();
        for path in ["/letters", "/history", "/invitations", "/ledger"] {
            seen.push_str(&person.rest.get(&tender.at(path)).await.text());
        }
        for path in ["/outbox".to_owned(), format!("/procurements/{}/invitations", tender.id)] {
            seen.push_str(&person.pages.get(&path).await.html());
        }
        for secret in secrets {
            assert!(!seen.contains(secret), "{secret} shows to {}: {seen}", person.email);
        }
    }
}

tests::on_each_store!(a_bidders_team, PostBox);
async fn a_bidders_team(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, REFERENCE).await;
    let name = SUPPLIERS[0];
    let (second, third) = (address("estimates", name), address("leaver", name));
    // The first contact, by its browser and by the API.
    let email = address("bids", name);
    let body = json!({"supplier": name, "email": email});
    cast.ada.rest.post(&tender.at("/invitations")).json(&body).await.expect(201);
    let browser = Visitor::new(&program);
    let link = post.wait_for(&email, REFERENCE).await.link("/supplier/claim");
    let page = browser.get(&link).await.is(200, "Your link to bid");
    let page = browser.send(page.form("Use my link")).await.is(200, "You can bid now");
    let secret = page.texts(".cl-mono").into_iter().next().expect("the secret on the page");
    let rest = tests::Rest::new(&program).bearer(&secret);
    let first = Supplier { name: name.to_owned(), email: email.clone(), rest };

    let colleague = joins(&program, &post, &first, &second).await;
    post.wait_for(&email, "Somebody joins your team").await;
    comes_and_goes(&program, &post, &browser, &third).await;
    for to in [&email, &second] {
        let told = post.wait_for(to, "Somebody leaves your team").await;
        assert!(told.text.contains(&third) && told.text.contains(&email), "whom and by whom: {}", told.text);
    }
    let team: Vec<_> = colleague.rest.all(TEAM).await.into_iter().map(|row| row["email"].clone()).collect();
    assert_eq!(team, [json!(email), json!(second)]);

    // The one uploads, the other submits; the one withdraws, the other submits again.
    let (pack, hash) = pack_of(&first.rest, &tender).await;
    upload(&first, workbook(&pack, &hash, name, OFFERS[0])).await.expect(201);
    let receipt = submitted(&colleague).await;
    assert_eq!(receipt["submitted_by"], format!("Estimates <{second}>"), "{receipt:#}");
    first.rest.delete("/api/v1/supplier/submission").await.expect(200);
    submits(&tender, &colleague, OFFERS[0]).await;
    for to in [&email, &second] {
        let receipt = post.wait_for(to, "Receipt for your bid").await;
        assert!(receipt.text.contains(&format!("by Estimates <{second}>")), "{}", receipt.text);
        let gone = post.wait_for(to, "Your bid is withdrawn").await;
        assert!(gone.text.contains(&format!("By:        {email}")), "{}", gone.text);
    }
    // A lost link is worth nothing once a fresh one is sent.
    let row = member(&first, &second).await;
    let path = format!("{TEAM}/{}/reissue", row["id"].as_str().unwrap());
    first.rest.post(&path).if_match("\"99\"").await.problem(412, "stale");
    first.rest.post(&path).if_match(&format!("\"{}\"", row["version"])).await.expect(200);
    colleague.rest.get(TEAM).await.problem(401, "unauthenticated");

    nothing_shows(&cast, &tender, &[&second, &third, "Estimates", "team_link", "bidding.member"]).await;
    for (supplier, offer) in SUPPLIERS.into_iter().zip(OFFERS).skip(1) {
        let supplier = invited(&program, Some(&post), &cast, &tender, supplier).await;
        let row = member(&supplier, &supplier.email).await;
        let path = format!("{TEAM}/{}", row["id"].as_str().unwrap());
        supplier.rest.delete(&path).if_match("\"1\"").await.problem(409, "last_member");
        first.rest.delete(&path).if_match("\"1\"").await.problem(404, "not_found");
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    for (lot, result) in panel::scored(&cast, &tender, &bids).await.iter().enumerate() {
        decided(&cast, &tender, lot, result).await;
    }
    // Every address of the team is told of the award, and the ledger of who was told shows each.
    for lot in ["L1", "L2"] {
        for to in [&email, &second] {
            post.wait_for(to, &format!("{REFERENCE} {lot}: ")).await;
        }
    }
    let letters = cast.ada.rest.all(&tender.at("/letters")).await;
    for to in [&email, &second] {
        let awards = letters.iter().filter(|letter| {
            letter["recipient"] == to.as_str()
                && letter["event"].as_str().is_some_and(|event| event.starts_with("award:"))
        });
        assert_eq!(awards.count(), 2, "{to} is told of both lots: {letters:#?}");
    }
    let gone: Vec<_> = post.mails_to(&third).into_iter().map(|mail| mail.subject).collect();
    assert_eq!(gone.len(), 2, "its link, and that it is removed: {gone:?}");
    ledger_is_whole(&program);
}
