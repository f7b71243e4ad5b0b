//! What the other bidders do not read: passages of the winner's explanations, with the grounds in their place.

use entity::{Word, bid_confidential, consensus};
use rules::words::BidPart;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::scene::Scene;
use crate::deciding::withholding::{self, Explanation, WithholdingInput};
use crate::kernel::{Caller, Refusal};

const GROUNDS: &str = "It names a subcontractor’s rates, which would harm its trade.";

async fn seen(scene: &Scene, who: &Caller) -> Result<Vec<Explanation>, Refusal> {
    let (id, lot) = (scene.procurement, scene.lot);
    scene.world.read(who, move |r| async move { withholding::of_recommended(&r, id, lot).await }).await
}

async fn set(
    scene: &Scene,
    who: &Caller,
    (question, version): (&'static str, i64),
    passages: &[&str],
    grounds: &str,
) -> Result<Explanation, Refusal> {
    let (id, lot) = (scene.procurement, scene.lot);
    let input = WithholdingInput {
        passages: passages.iter().map(|passage| (*passage).to_owned()).collect(),
        grounds: grounds.to_owned(),
    };
    let work = move |w| async move { withholding::set(&w, id, lot, question, version, input).await };
    scene.world.write(who, work).await
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

fn codes(refusal: &Refusal) -> Vec<&str> {
    refusal.fields.iter().map(|fault| fault.code.as_str()).collect()
}

#[tokio::test]
async fn the_marks_of_the_recommended_bid_stand_beside_its_explanations_and_nobody_elses_do() {
    let scene = Scene::new().await;
    mark(&scene, 0, "Q2", BidPart::Answer, "It names our subcontractors.").await;
    mark(&scene, 0, "Q2", BidPart::Document, "It shows prices.").await;
    mark(&scene, 1, "Q1", BidPart::Answer, "It is the loser’s secret.").await;
    assert!(seen(&scene, &scene.coordinator).await.unwrap().is_empty(), "nothing is recommended");
    assert_eq!(
        set(&scene, &scene.coordinator, ("Q2", 0), &["experience"], GROUNDS).await.unwrap_err().code,
        "no_recommendation"
    );
    scene.recommend(0).await.unwrap();
    let all = seen(&scene, &scene.coordinator).await.unwrap();
    assert_eq!(all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["Q1", "Q2"]);
    assert!(all[0].because.is_empty(), "{all:?}");
    assert_eq!(
        all[1].because,
        [
            "The bidder marked this answer as confidential, because: It names our subcontractors.",
            "The bidder marked the document as confidential, because: It shows prices.",
        ]
    );
    assert_eq!(all[1].explanation, "The answer to Q2 shows <experience> & plans.");
    assert_eq!((all[1].reference.as_str(), all[1].version), ("Answer Q2, page 4", 0));
    let other = scene.world.council("Elmbrook").await;
    let stranger = scene.world.officer(&other, "Officer").await;
    assert_eq!(seen(&scene, &stranger).await.unwrap_err().status(), 404);
    assert_eq!(set(&scene, &stranger, ("Q2", 0), &["plans"], GROUNDS).await.unwrap_err().status(), 404);
    let partner = &scene.approvers[1];
    assert_eq!(set(&scene, partner, ("Q2", 0), &["plans"], GROUNDS).await.unwrap_err().status(), 403);
}

#[tokio::test]
async fn only_what_stands_there_is_withheld_with_grounds_that_do_not_tell_it() {
    let scene = Scene::decided().await;
    let ada = &scene.coordinator;
    let wrong = set(&scene, ada, ("Q2", 0), &["nowhere", "Plans", " "], "  ").await.unwrap_err();
    assert_eq!(codes(&wrong), ["not_in_the_explanation", "missing"], "{wrong:?}");
    let telling = set(&scene, ada, ("Q2", 0), &["plans"], "Their PLANS are secret.").await.unwrap_err();
    assert_eq!(codes(&telling), ["tells_what_is_withheld"], "{telling:?}");
    let many: Vec<String> = (0..21).map(|_| "plans".to_owned()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(codes(&set(&scene, ada, ("Q2", 0), &many, GROUNDS).await.unwrap_err()), ["too_many"]);
    assert_eq!(set(&scene, ada, ("Q9", 0), &["plans"], GROUNDS).await.unwrap_err().status(), 404);

    let one = set(&scene, ada, ("Q2", 0), &["PLANS", "page 4"], GROUNDS).await.unwrap();
    assert_eq!(one.told_explanation(), "The answer to Q2 shows <experience> & [withheld].");
    assert_eq!((one.told_reference().as_str(), one.version), ("Answer Q2, [withheld]", 1));
    assert_eq!(set(&scene, ada, ("Q2", 0), &["plans"], GROUNDS).await.unwrap_err().status(), 412);
    let back = set(&scene, ada, ("Q2", 1), &[], "").await.unwrap();
    assert_eq!((back.withheld, back.version), (None, 2));

    scene.award(ada).await.unwrap();
    let late = set(&scene, ada, ("Q2", 2), &["plans"], GROUNDS).await.unwrap_err();
    assert_eq!(late.code, "already_awarded", "the letters are made");
}

#[tokio::test]
async fn the_other_bidders_read_the_grounds_in_its_place_and_the_winner_and_the_councils_read_all() {
    let scene = Scene::decided().await;
    let passages = ["<experience>", "page 4"];
    set(&scene, &scene.coordinator, ("Q2", 0), &passages, GROUNDS).await.unwrap();
    scene.award(&scene.coordinator).await.unwrap();
    for (kind, reads) in [("award_to_bidder", false), ("award_to_winner", true), ("award_to_council", true)] {
        let mails = scene.world.mails(kind).await;
        assert!(!mails.is_empty(), "{kind}");
        for mail in &mails {
            let text = scene.text(mail).await;
            let (_, winner) = text.rsplit_once("Q2 Question Q2").unwrap();
            let bytes = String::from_utf8_lossy(&mail.body);
            if reads {
                let told = "The other bidders do not read “<experience>” and “page 4” (Procurement Act 2023, section 94): ";
                assert!(
                    winner.contains("Why: The answer to Q2 shows <experience> & plans."),
                    "{kind}: {text}"
                );
                assert!(winner.contains("In the tender: Answer Q2, page 4"), "{kind}: {text}");
                assert!(winner.contains(told) && winner.contains(GROUNDS), "{kind}: {text}");
            } else {
                assert!(winner.contains("Why: The answer to Q2 shows [withheld] & plans."), "{text}");
                assert!(winner.contains("In the tender: Answer Q2, [withheld]"), "{text}");
                assert!(
                    winner.contains("information is withheld (Procurement Act 2023, section 94): "),
                    "{text}"
                );
                assert!(winner.contains(GROUNDS), "{text}");
                // Its own two explanations, and the winner's of Q1, read alike here and are told whole.
                assert_eq!(text.matches("shows <experience> & plans").count(), 3, "{text}");
                assert!(!bytes.contains("do not read"), "{bytes}");
            }
        }
    }
}

#[tokio::test]
async fn a_passage_that_a_new_explanation_does_not_hold_stands_in_the_awards_way() {
    let scene = Scene::decided().await;
    set(&scene, &scene.coordinator, ("Q2", 0), &["plans"], GROUNDS).await.unwrap();
    let bid = scene.bids[0];
    scene
        .as_system(move |w| async move {
            consensus::Entity::update_many()
                .col_expr(consensus::Column::Rationale, Expr::value("The answer shows a roadmap."))
                .filter(consensus::Column::BidId.eq(bid))
                .filter(consensus::Column::Question.eq("Q2"))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    let refusal = scene.award(&scene.coordinator).await.unwrap_err();
    assert_eq!(refusal.code, "not_ready");
    assert!(
        refusal.detail.contains("Question Q2: the passage “plans”, which is to be withheld"),
        "{refusal:?}"
    );
    set(&scene, &scene.coordinator, ("Q2", 1), &["a roadmap"], GROUNDS).await.unwrap();
    scene.award(&scene.coordinator).await.unwrap();
}
