//! In real Chromium: an officer signs in, walks through a finished procurement, and every page stands up to axe, wide and
//! narrow, by day and by night, without sideways scrolling.

use tests::browser::{Light, WIDE};
use tests::{Browser, Program, Rest, Store};

/// The places of a procurement, as the navigation names them.
const PLACES: [(&str, &str); 13] = [
    ("", "Managed ICT service 2027–31"),
    ("/partners", "Partners and roles"),
    ("/requirements", "Councils’ needs"),
    ("/demand", "Demand"),
    ("/tender", "Tender"),
    ("/bids", "Bids"),
    ("/clarifications", "Clarifications"),
    ("/scoring", "My scoring"),
    ("/moderation", "Moderation"),
    ("/compare", "Compare bids"),
    ("/decision", "Decision"),
    ("/letters", "Letters"),
    ("/history", "History"),
];

/// Pages outside a procurement.
const OTHERS: [&str; 7] = ["/", "/procurements", "/outbox", "/help", "/accessibility", "/account", "/keys"];

tests::in_chromium!(a_finished_procurement);
async fn a_finished_procurement(store: Store) {
    let program = Program::with(store).arguments(&["demo"]).start().await;
    let procurement = procurement(&program).await;
    let browser = Browser::open(program.base()).await;

    browser.go("/tenders/ICT-2027-01").await;
    browser.is_accessible().await;
    browser.go("/sign-in").await;
    browser.is_accessible().await;
    browser.fill("email", "buyer@ashvale.example").await;
    browser.fill("password", "commonlot-demo").await;
    browser.press("Sign in").await;
    let signed_in = fantoccini::Locator::Css("form[action='/sign-out']");
    browser.client.wait().for_element(signed_in).await.expect("a way to sign out");
    assert_eq!(browser.h1().await, "My tasks");

    for (place, heading) in PLACES {
        browser.go(&format!("/procurements/{procurement}{place}")).await;
        assert_eq!(browser.h1().await, heading, "the heading of {place}");
        browser.is_accessible().await;
    }
    for page in OTHERS {
        browser.go(page).await;
        browser.is_accessible().await;
    }

    browser.go(&format!("/procurements/{procurement}/compare")).await;
    browser.look(WIDE, Light::Day).await;
    let screenshot = browser.screenshot("comparison-1366").await;
    assert!(
        std::fs::metadata(&screenshot).is_ok_and(|file| file.len() > 20_000),
        "a picture of the comparison"
    );
}

/// The demonstration's procurement, found through the API.
async fn procurement(program: &Program) -> String {
    let token = Rest::new(program)
        .post("/api/v1/sign-in")
        .json(&serde_json::json!({ "email": "buyer@ashvale.example", "password": "commonlot-demo" }))
        .await
        .expect(201)
        .string("/secret");
    let list = Rest::new(program).bearer(&token).get("/api/v1/procurements").await.expect(200);
    list.string("/items/0/id")
}
