//! What the letters of an award say.

use entity::submission;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::scene::{Scene, today};
use crate::kernel::clock::{day_text, london_exact};

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "“{part}” is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_summary_says_who_writes_and_how_every_figure_came_about() {
    let scene = Scene::decided().await;
    scene.award(&scene.coordinator).await.unwrap();
    let others = scene.world.mails("award_to_bidder").await;
    let to = |supplier: &str| {
        others.iter().find(|mail| mail.recipient == format!("bids@{supplier}.example")).unwrap()
    };
    let loser = scene.text(to("blue-harbour-it")).await;
    says(
        &loser,
        &[
            day_text(today()).as_str(),
            "Ashvale, Brackenham and Carrow, led by Ashvale, intend to award this lot to Northgate Digital.",
            "at least eight working days, beginning with the day on which the contract award notice (UK6) is published",
            "3 earns 60 %: Good: meets the requirement with minor concerns",
            "Totals are compared exactly, before they are rounded.",
            "addends may differ from totals in the last digit (0.01).",
            "40 × £89,910.00 ÷ £89,910.00 = 40.00 points",
            "40 × £89,910.00 ÷ £99,900.10 = 36.00 points",
            "Write to Ashvale, notices@ashvale.example; do not reply to this mail.",
            "For the councils that award: Ashvale, Brackenham and Carrow",
        ],
    );
    let bytes = String::from_utf8_lossy(&to("blue-harbour-it").body).into_owned();
    assert!(bytes.contains("Reply-To: notices@ashvale.example"), "{bytes}");
    let failed = scene.text(to("kestrel-managed")).await;
    says(&failed, &["Total: not assessed\n", "Quality: 60.00 of 60\n", "Price: not assessed\n"]);
    assert!(!failed.contains("not assessed of"), "{failed}");
}

#[tokio::test]
async fn a_council_is_led_to_the_comparison_and_to_the_award() {
    let scene = Scene::decided().await;
    scene.award(&scene.coordinator).await.unwrap();
    let councils = scene.world.mails("award_to_council").await;
    let own = scene.text(&councils[1]).await;
    let page = |place: &str| {
        format!("http://commonlot.test/procurements/{}/{place}?lot={}\n", scene.procurement, scene.lot)
    };
    let comparison = format!("The whole comparison: {}", page("compare"));
    let award = format!("The award, its notice and its dates: {}", page("decision"));
    says(&own, &[&comparison, &award, "intend to award this lot to Northgate Digital"]);
}

#[tokio::test]
async fn a_late_bidder_is_told_the_fact_and_not_that_anything_is_awarded() {
    let scene = Scene::decided().await;
    scene.award(&scene.coordinator).await.unwrap();
    let received = scene
        .as_system(|w| async move {
            let late = submission::Entity::find().filter(submission::Column::Late.eq(true));
            Ok(london_exact(late.one(w.txn()).await?.unwrap().received_at))
        })
        .await;
    let late = scene.world.mails("award_late").await;
    let told = scene.text(&late[0]).await;
    says(
        &told,
        &[
            format!("Your tender was received at {received}: at or after the deadline, and so late.")
                .as_str(),
            "Your tender was not opened and not assessed. A contracting authority may disregard",
            "led by Ashvale, intend to award to another supplier.",
            "Write to Ashvale, notices@ashvale.example",
        ],
    );
    assert!(!told.contains("has been awarded"), "{told}");
}
