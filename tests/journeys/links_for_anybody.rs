//! Anybody may ask for a link on a tender's page, and nobody may have mails sent without end: neither to many addresses, nor
//! to one, nor by many requests at once.

use serde_json::json;
use tests::{PostBox, Program, Rest, Store};

use crate::steps::Cast;
use crate::steps::tender::published;

const HEADER: &str = "X-Forwarded-For";

fn asks(nobody: &Rest, reference: &str, number: usize) -> tests::rest::Call {
    let body = json!({"supplier": "Anybody", "email": format!("bids@s{number}.example")});
    nobody.post(&format!("/api/v1/tenders/{reference}/invitations")).json(&body)
}

tests::on_each_store!(a_flood_of_requests_ends_at_its_source, PostBox);
async fn a_flood_of_requests_ends_at_its_source(store: Store) {
    let post = PostBox::open();
    let setup = Program::with(store).mail_to(&post).set("COMMONLOT_CLIENT_ADDRESS_HEADER", HEADER);
    let mut program = setup.start().await;
    let cast = Cast::enter(&program, Some(&post)).await;
    let tender = published(&cast, "ICT-2027-22").await;
    let nobody = Rest::new(&program);
    // As many at once as the machine takes, each with another address that the visitor wrote before the proxy's.
    let flood: Vec<_> = (0..120)
        .map(|number| {
            let told = format!("198.51.100.{number}, 203.0.113.7");
            let call = asks(&nobody, &tender.reference, number).header(HEADER, &told);
            tokio::spawn(std::future::IntoFuture::into_future(call))
        })
        .collect();
    let (mut taken, mut refused) = (0, 0);
    for one in flood {
        let answer = one.await.unwrap();
        match answer.status {
            201 => taken += 1,
            // A store under a flood may also say that it is busy; it then counts nothing.
            503 => {}
            _ => {
                answer.problem(429, "too_many_requests");
                let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
                assert!(wait > 3000 && wait <= 3601, "{wait}");
                refused += 1;
            }
        }
    }
    assert_eq!(taken, 20, "twenty an hour from one source; {refused} were refused");
    assert!(refused > 0);
    // Another node would count on: the count outlives the program.
    program.restart().await;
    let nobody = Rest::new(&program);
    asks(&nobody, &tender.reference, 200)
        .header(HEADER, "203.0.113.7")
        .await
        .problem(429, "too_many_requests");
    asks(&nobody, &tender.reference, 201).header(HEADER, "203.0.113.8").await.expect(201);
    // Whoever comes past the proxy is counted by its own address.
    asks(&nobody, &tender.reference, 202).await.expect(201);
    post.wait_for("bids@s202.example", &tender.reference).await;
    let links = post.mails().into_iter().filter(|mail| mail.subject.starts_with("Your link to bid"));
    assert_eq!(links.count(), 22);
}
