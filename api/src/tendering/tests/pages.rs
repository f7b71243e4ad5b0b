//! Every page of the tender, before and after publication, as the coordinator and as a partner see it.

use poem::http::StatusCode;
use poem::test::TestClient;

use super::fixture::Fixture;
use crate::kernel::Db;
use crate::tendering::{criterion, pack, scale};

pub(super) async fn see(db: &Db, cookie: &str, path: &str) -> String {
    let client = TestClient::new(crate::server::routes(db));
    let response = client.get(path).header("cookie", cookie).send().await;
    assert_eq!(response.0.status(), StatusCode::OK, "{path}");
    response.0.into_body().into_string().await.unwrap()
}

#[tokio::test]
async fn every_page_shows_what_may_be_done() {
    let f = Fixture::new().await;
    let db = f.world.db.clone();
    let coordinator = f.world.cookie(&f.coordinator).await;
    let partner = f.world.cookie(&f.partner).await;
    let base = format!("/procurements/{}/tender", f.id);
    let empty = see(&db, &coordinator, &base).await;
    assert!(empty.contains("There is no deadline for bids: set one."), "{empty}");
    let (id, lot) = (f.id, f.complete().await);
    let (tree, scale) = f
        .world
        .read(&f.coordinator, move |r| async move {
            Ok((criterion::tree(&r, id, lot).await?, scale::all(&r, id).await?.remove(0)))
        })
        .await
        .unwrap();
    let question = tree.nodes[1].row.id;
    let forms = [
        "/lots".to_owned(),
        "/lots/new".to_owned(),
        format!("/lots/{lot}"),
        "/scales".to_owned(),
        "/scales/new".to_owned(),
        format!("/scales/{}", scale.id),
        "/criteria".to_owned(),
        format!("/criteria/new?lot={lot}&kind=section"),
        format!("/criteria/{question}"),
        "/method".to_owned(),
        "/documents".to_owned(),
        "/deadline".to_owned(),
        "/publish".to_owned(),
    ];
    for path in &forms {
        let own = see(&db, &coordinator, &format!("{base}{path}")).await;
        assert_eq!(own.matches("<h1>").count(), 1, "{path}");
        assert!(own.matches("<form method=\"post\"").count() > 1, "{path} has no form of its own");
        let others = see(&db, &partner, &format!("{base}{path}")).await;
        assert_eq!(others.matches("<form").count(), 1, "a partner may only sign out at {path}");
        assert!(others.contains("This is a draft."), "{path}");
    }
    let weights = see(&db, &coordinator, &format!("{base}/criteria")).await;
    assert!(weights.contains("value=\"100/3\"") && weights.contains("20 %"), "{weights}");
    f.world
        .write(&f.coordinator, move |w| async move { pack::publish(&w, id, 2, None).await })
        .await
        .unwrap();
    for path in std::iter::once(String::new()).chain(forms) {
        let told = see(&db, &coordinator, &format!("{base}{path}")).await;
        assert_eq!(told.matches("<form").count(), 1, "after publication only signing out is left at {path}");
        assert!(!told.contains("This is a draft."), "{path}");
    }
    let told = see(&db, &partner, &base).await;
    assert!(told.contains("/tenders/ICT-2027-01") && told.contains("Question Q1"), "{told}");
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_filled_in() {
    let f = Fixture::new().await;
    let coordinator = f.world.cookie(&f.coordinator).await;
    let client = TestClient::new(crate::server::routes(&f.world.db));
    let path = format!("/procurements/{}/tender/lots/new", f.id);
    let form = [
        ("code", "L1"),
        ("title", "Service desk"),
        ("price_weight", "40"),
        ("formula", "benchmark_linear"),
        ("target", "9"),
        ("ceiling", "8"),
    ];
    let response = client
        .post(path)
        .header("cookie", coordinator)
        .header("sec-fetch-site", "same-origin")
        .form(&form)
        .send()
        .await;
    assert_eq!(response.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = response.0.into_body().into_string().await.unwrap();
    assert!(html.contains("The target must lie below the ceiling."), "{html}");
    assert!(html.contains("value=\"Service desk\"") && html.contains("href=\"#target\""), "{html}");
}
