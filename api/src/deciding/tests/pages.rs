//! What the pages of a decision show before somebody does what cannot be taken back.

use chrono::{Datelike, NaiveDate, TimeDelta};
use entity::award;
use poem::http::StatusCode;
use poem::test::TestClient;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;

use super::scene::{Scene, today};
use crate::kernel::clock::day_text;

async fn see(scene: &Scene, cookie: &str, path: &str) -> String {
    let client = TestClient::new(crate::server::routes(&scene.world.db));
    let response = client.get(path).header("cookie", cookie).send().await;
    assert_eq!(response.0.status(), StatusCode::OK, "{path}");
    response.0.into_body().into_string().await.unwrap()
}

async fn send(scene: &Scene, cookie: &str, path: &str, form: &[(&str, String)]) -> (StatusCode, String) {
    let client = TestClient::new(crate::server::routes(&scene.world.db));
    let request = client.post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
    let response = request.form(&form).send().await;
    let status = response.0.status();
    (status, response.0.into_body().into_string().await.unwrap())
}

fn says(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "“{part}” is not in:\n{html}");
    }
}

#[tokio::test]
async fn decision_and_check_show_what_is_decided_on() {
    let scene = Scene::decided().await;
    let coordinator = scene.world.cookie(&scene.coordinator).await;
    let base = format!("/procurements/{}/decision", scene.procurement);
    let day = day_text(today());
    let check = format!("{base}/{}/award", scene.lot);
    for path in [base, check] {
        let html = see(&scene, &coordinator, &path).await;
        says(
            &html,
            &[
                "ICT-2027-09 Case management",
                "rank 1, 86.40 of 100 points",
                "Blue Harbour IT: rank 2, 76.00 of 100 points",
                "Ranking by the published method",
                "Key decision",
                "Cabinet, Minute 12",
                &day,
            ],
        );
    }
}

/// The fields of a date and the tick, as a browser sends them.
fn signed(on: Option<NaiveDate>, ticked: bool) -> Vec<(&'static str, String)> {
    let part = |of: fn(NaiveDate) -> String| on.map(of).unwrap_or_default();
    let mut form = vec![
        ("signed_on_day", part(|day| day.day().to_string())),
        ("signed_on_month", part(|day| day.month().to_string())),
        ("signed_on_year", part(|day| day.year().to_string())),
    ];
    if ticked {
        form.push(("confirmed", "yes".to_owned()));
    }
    form
}

#[tokio::test]
async fn a_signature_is_checked_before_it_is_recorded() {
    let scene = Scene::awarded_and_told(40).await;
    let (notice, last) = (today() - TimeDelta::days(30), today() - TimeDelta::days(1));
    scene
        .as_system(move |w| async move {
            award::Entity::update_many()
                .col_expr(award::Column::NoticeOn, Expr::value(notice))
                .col_expr(award::Column::StandstillEndsOn, Expr::value(last))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    let approver = scene.world.cookie(&scene.approvers[1]).await;
    let decision = format!("/procurements/{}/decision", scene.procurement);
    let path = format!("{decision}/{}/signatures", scene.lot);
    says(&see(&scene, &approver, &decision).await, &[&path, "Record signature"]);
    let html = see(&scene, &approver, &path).await;
    says(
        &html,
        &["Northgate Digital", "Brackenham", "£33,300.03", "Cabinet, Minute 12", "cannot be taken back"],
    );

    let (status, html) = send(&scene, &approver, &path, &signed(None, false)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&html, &["href=\"#signed_on\"", "href=\"#confirmed\""]);
    let (status, html) = send(&scene, &approver, &path, &signed(None, true)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!html.contains("The standstill ran until"), "{html}");
    let (status, html) = send(&scene, &approver, &path, &signed(Some(today()), false)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "not without the tick");
    assert!(!html.contains("href=\"#signed_on\""), "{html}");
    let (status, _) = send(&scene, &approver, &path, &signed(Some(today()), true)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = see(&scene, &approver, &path).await;
    says(&html, &["No signature to record"]);
}

#[tokio::test]
async fn a_corrected_notice_shows_the_length_it_had() {
    let scene = Scene::awarded_and_told(40).await;
    let coordinator = scene.world.cookie(&scene.coordinator).await;
    let decision = format!("/procurements/{}/decision", scene.procurement);
    let html = see(&scene, &coordinator, &decision).await;
    says(&html, &["name=\"working_days\" type=\"text\" value=\"8\"", "Record notice"]);
    let on = today() - TimeDelta::days(30);
    let form = [
        ("version", "1".to_owned()),
        ("published_on_day", on.day().to_string()),
        ("published_on_month", on.month().to_string()),
        ("published_on_year", on.year().to_string()),
        ("working_days", "12".to_owned()),
    ];
    let (status, _) = send(&scene, &coordinator, &format!("{decision}/{}/notice", scene.lot), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = see(&scene, &coordinator, &decision).await;
    says(&html, &["value=\"12\"", ", 12 working days", "Correct notice", "Reason for a shorter standstill"]);
}
