//! No award is made past a correction of a price that waits, or that came after the result.

use entity::{Word, price_correction};
use rules::correction::CorrectionState;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::scene::Scene;
use crate::kernel::clock::machine_now;
use crate::kernel::testing::person_id;

async fn correction(scene: &Scene, state: CorrectionState) {
    let row = price_correction::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scene.procurement),
        lot_id: Set(scene.lot),
        bid_id: Set(scene.bids[1]),
        line: Set("P01".to_owned()),
        before_e4: Set(900_000_000),
        after_e4: Set(9_000_000),
        rule: Set("Unit prices prevail.".to_owned()),
        reason: Set("A slip.".to_owned()),
        looked_at_all: Set("Every bid.".to_owned()),
        proposed_by: Set(person_id(&scene.coordinator)),
        proposed_at: Set(machine_now()),
        confirm_by: Set(machine_now() + chrono::TimeDelta::days(3)),
        state: Set(Word(state)),
        answered_at: Set(Some(machine_now())),
        answer_reason: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_reason: Set(None),
        version: Set(2),
    };
    scene
        .as_system(|w| async move {
            Ok(price_correction::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await;
}

#[tokio::test]
async fn nothing_is_recommended_or_awarded_while_a_price_is_not_settled() {
    let scene = Scene::decided().await;
    correction(&scene, CorrectionState::Confirmed).await;
    let waits = scene.award(&scene.coordinator).await.unwrap_err();
    assert!(waits.to_string().contains("waits for its bidder or for a second person"), "{waits}");

    let approver = person_id(&scene.approvers[1]);
    scene
        .as_system(move |w| async move {
            Ok(price_correction::Entity::update_many()
                .col_expr(price_correction::Column::State, Expr::value(Word(CorrectionState::Approved)))
                .col_expr(price_correction::Column::DecidedBy, Expr::value(approver))
                .col_expr(price_correction::Column::DecidedAt, Expr::value(machine_now()))
                .exec(w.txn())
                .await?)
        })
        .await;
    let outdated = scene.award(&scene.coordinator).await.unwrap_err();
    assert!(outdated.to_string().contains("was corrected after the result"), "{outdated}");

    let fresh = Scene::new().await;
    correction(&fresh, CorrectionState::Proposed).await;
    assert_eq!(fresh.recommend(0).await.unwrap_err().code, "result_unsettled");
}

#[tokio::test]
async fn a_correction_that_its_bidder_refused_is_in_nobodys_way() {
    let scene = Scene::decided().await;
    correction(&scene, CorrectionState::Refused).await;
    scene.award(&scene.coordinator).await.unwrap();
}
