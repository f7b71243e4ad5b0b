//! How many links may be asked for on the public page, and that no answer tells of others.

use chrono::TimeDelta;
use poem::http::StatusCode;
use poem::test::TestClient;

use super::fixture::{Tender, input};
use crate::bidding::invitation;
use crate::kernel::limit::Source;
use crate::kernel::{Caller, Refusal};

async fn ask(tender: &Tender, source: &str, email: &str) -> Result<(), Refusal> {
    let (from, input) = (Source::of(source.parse().unwrap()), input(email));
    let asked = move |w| async move { invitation::request(&w, "ICT-2027-01", input, &from).await };
    tender.world.write(&Caller::Nobody, asked).await
}

async fn links(tender: &Tender) -> usize {
    tender.world.mails("supplier_claim").await.len()
}

#[tokio::test]
async fn one_source_asks_for_twenty_addresses_in_an_hour() {
    let tender = Tender::published().await;
    for number in 0..20 {
        ask(&tender, "203.0.113.7", &format!("bids@s{number}.example")).await.unwrap();
    }
    let refused = ask(&tender, "203.0.113.7", "bids@one-more.example").await.unwrap_err();
    assert_eq!((refused.status(), refused.code.as_str()), (429, "too_many_requests"));
    assert!(refused.retry_after.is_some_and(|seconds| (3500..=3601).contains(&seconds)), "{refused:?}");
    assert_eq!(links(&tender).await, 20);
    ask(&tender, "203.0.113.8", "bids@one-more.example").await.unwrap();
    tender.world.db.advance_clock(TimeDelta::minutes(59)).await.unwrap();
    assert_eq!(ask(&tender, "203.0.113.7", "bids@late.example").await.unwrap_err().status(), 429);
    tender.world.db.advance_clock(TimeDelta::minutes(1)).await.unwrap();
    ask(&tender, "203.0.113.7", "bids@late.example").await.unwrap();
}

#[tokio::test]
async fn an_address_is_sent_few_links_and_nobody_learns_that_others_asked() {
    let tender = Tender::published().await;
    let email = "bids@larkfield.example";
    // From one source the sixth request for an address is refused openly: it tells only of the asker's own five.
    for _ in 0..5 {
        ask(&tender, "203.0.113.1", email).await.unwrap();
    }
    assert_eq!(ask(&tender, "203.0.113.1", email).await.unwrap_err().status(), 429);
    assert_eq!(links(&tender).await, 5);
    // Others get the usual answer, as for an address that nobody asked for; only no mail goes.
    for last in 2..6 {
        for to in [email, "nobody@elsewhere.example"] {
            ask(&tender, &format!("203.0.113.{last}"), to).await.unwrap();
        }
    }
    assert_eq!(links(&tender).await, 5 + 4);
    // Also where the address is a bidder's: the limit looks at requests, never at bids.
    let bidder = "team@carrow.example";
    tender.supplier(bidder).await;
    let sent = links(&tender).await;
    for last in 1..=5 {
        ask(&tender, &format!("198.51.100.{last}"), bidder).await.unwrap();
    }
    ask(&tender, "198.51.100.6", bidder).await.unwrap();
    assert_eq!(links(&tender).await, sent + 5);
    // An hour later five more, and then no more that day.
    for hour in 1..=2 {
        tender.world.db.advance_clock(TimeDelta::hours(1)).await.unwrap();
        for last in 1..=6 {
            ask(&tender, &format!("192.0.2.{last}"), bidder).await.unwrap();
        }
        assert_eq!(links(&tender).await, sent + 10, "hour {hour}");
    }
}

#[tokio::test]
async fn the_page_and_the_api_say_when_to_try_again() {
    let tender = Tender::published().await;
    let client = TestClient::new(crate::server::routes(&tender.world.db));
    let form = |number: usize| {
        client
            .post("/tenders/ICT-2027-01")
            .header("sec-fetch-site", "same-origin")
            .form(&[("supplier", "Larkfield".to_owned()), ("email", format!("bids@s{number}.example"))])
            .send()
    };
    for number in 0..20 {
        form(number).await.assert_status(StatusCode::SEE_OTHER);
    }
    let page = form(20).await;
    page.assert_status(StatusCode::TOO_MANY_REQUESTS);
    let wait = |response: &poem::test::TestResponse| {
        let header = response.0.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        header.unwrap().parse::<i64>().unwrap()
    };
    assert!((3000..=3601).contains(&wait(&page)));
    let html = page.0.into_body().into_string().await.unwrap();
    assert!(html.contains("You have asked for too many links. Try again in"), "{html}");
    assert!(html.contains("Send me a link"), "the form stays: {html}");
    // The same source through the API has no links left either.
    let body = serde_json::json!({"supplier": "Larkfield", "email": "bids@other.example"});
    let problem = client.post("/api/v1/tenders/ICT-2027-01/invitations").body_json(&body).send().await;
    problem.assert_status(StatusCode::TOO_MANY_REQUESTS);
    problem.assert_content_type("application/problem+json");
    assert!((3000..=3601).contains(&wait(&problem)));
    let document: serde_json::Value =
        serde_json::from_str(&problem.0.into_body().into_string().await.unwrap()).unwrap();
    assert_eq!(document["code"], "too_many_requests");
    assert_eq!(links(&tender).await, 20);
}
