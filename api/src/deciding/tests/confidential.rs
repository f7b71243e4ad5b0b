//! What the recommended bidder marked as confidential is seen before the award, beside what the others will read.

use entity::{Word, bid_confidential};
use rules::words::BidPart;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::scene::Scene;
use crate::deciding::confidential::{self, Marked};
use crate::kernel::{Caller, Refusal};

async fn seen(scene: &Scene, who: &Caller) -> Result<Vec<Marked>, Refusal> {
    let (id, lot) = (scene.procurement, scene.lot);
    scene.world.read(who, move |r| async move { confidential::of_recommended(&r, id, lot).await }).await
}

async fn mark(scene: &Scene, bid: usize, question: &str, part: BidPart, because: &str) {
    let row = bid_confidential::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(scene.bids[bid]),
        part: Set(Word(part)),
        question: Set(question.to_owned()),
        because: Set(because.to_owned()),
    };
    scene
        .as_system(|w| async move {
            Ok(bid_confidential::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await;
}

#[tokio::test]
async fn the_marks_of_the_recommended_bid_stand_beside_its_explanations_and_nobody_elses_do() {
    let scene = Scene::new().await;
    mark(&scene, 0, "Q2", BidPart::Answer, "It names our subcontractors.").await;
    mark(&scene, 0, "Q2", BidPart::Document, "It shows prices.").await;
    mark(&scene, 1, "Q1", BidPart::Answer, "It is the loser’s secret.").await;
    assert!(seen(&scene, &scene.coordinator).await.unwrap().is_empty(), "nothing is recommended");
    scene.recommend(0).await.unwrap();
    let marked = seen(&scene, &scene.coordinator).await.unwrap();
    assert_eq!(marked.len(), 1, "{marked:?}");
    assert_eq!((marked[0].code.as_str(), marked[0].title.as_str()), ("Q2", "Question Q2"));
    assert_eq!(
        marked[0].because,
        [
            "The bidder marked this answer as confidential, because: It names our subcontractors.",
            "The bidder marked the document as confidential, because: It shows prices.",
        ]
    );
    assert_eq!(marked[0].explanation, "The answer to Q2 shows <experience> & plans.");
    assert_eq!(marked[0].reference, "Answer Q2, page 4");
    let other = scene.world.council("Elmbrook").await;
    let stranger = scene.world.officer(&other, "Officer").await;
    assert_eq!(seen(&scene, &stranger).await.unwrap_err().status(), 404);
}
