//! Recommendation and decisions: who may, and what each needs.

use chrono::TimeDelta;
use rules::words::DelegationInstrument;

use super::scene::{Scene, today};
use crate::deciding::{decision, recommendation};
use crate::kernel::Action;
use crate::kernel::testing::key;

#[tokio::test]
async fn only_the_coordinator_recommends_and_only_the_winner() {
    let scene = Scene::new().await;
    let loser = scene.recommend(1).await.unwrap_err();
    assert_eq!(loser.fields[0].code, "not_the_winner");
    let failed = scene.recommend(2).await.unwrap_err();
    assert_eq!(failed.fields[0].field, "bid_id");
    let (id, lot) = (scene.procurement, scene.lot);
    let input = recommendation::RecommendationInput {
        bid_id: scene.bids[0].to_string(),
        text: "It came first.".into(),
    };
    let refusal = scene
        .world
        .write(&scene.approvers[1], move |w| async move { recommendation::make(&w, id, lot, input).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.status(), 403);
    scene.recommend(0).await.unwrap();
    assert_eq!(scene.recommend(0).await.unwrap_err().code, "already_exists");
}

#[tokio::test]
async fn a_council_decides_by_its_own_approver_or_key() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let officer = scene.world.officer(&scene.councils[1], "Officer").await;
    assert_eq!(scene.decide(&officer, scene.decision(1)).await.unwrap_err().status(), 403);
    assert_eq!(scene.decide(&scene.approvers[2], scene.decision(1)).await.unwrap_err().status(), 403);
    let weak = key(&scene.councils[1], &[Action::Read]);
    assert_eq!(scene.decide(&weak, scene.decision(1)).await.unwrap_err().status(), 403);
    let own = key(&scene.councils[1], &[Action::Read, Action::Decide]);
    let row = scene.decide(&own, scene.decision(1)).await.unwrap();
    assert!(!row.by_delegation);
    assert_eq!(scene.decide(&own, scene.decision(1)).await.unwrap_err().code, "already_exists");
}

#[tokio::test]
async fn a_named_option_has_no_decision_to_record() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let refusal = scene.decide(&scene.approvers[3], scene.decision(3)).await.unwrap_err();
    assert_eq!(refusal.fields[0].code, "not_a_signatory");
}

#[tokio::test]
async fn every_fault_of_a_decision_is_told_at_once() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let mut input = scene.decision(0);
    input.verdict = "perhaps".into();
    input.minute = " ".into();
    input.taken_on = (today() + TimeDelta::days(1)).to_string();
    input.effective_on = today().to_string();
    let refusal = scene.decide(&scene.approvers[0], input).await.unwrap_err();
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["verdict", "minute", "taken_on", "effective_on"]);
}

#[tokio::test]
async fn the_lead_decides_for_a_partner_only_as_far_as_its_delegation_reaches() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let lead = &scene.approvers[0];
    let none = scene.decide(lead, scene.decision(1)).await.unwrap_err();
    assert_eq!(none.code, "award_not_delegated");

    let yesterday = today() - TimeDelta::days(1);
    scene.change_part(2, |part| part.delegation_expires_on = Some(yesterday)).await;
    let expired = scene.decide(lead, scene.decision(2)).await.unwrap_err();
    assert_eq!((expired.status(), expired.code.as_str()), (409, "delegation_expired"));
    // What counts is the day on which it was taken.
    let mut in_time = scene.decision(2);
    in_time.taken_on = yesterday.to_string();

    scene.change_part(2, |part| part.delegation_cap_pence = Some(3_330_002)).await;
    assert_eq!(scene.decide(lead, in_time.clone()).await.unwrap_err().code, "over_cap");
    scene
        .change_part(2, |part| {
            part.delegation_cap_pence = Some(3_330_003);
            part.instrument = Some(entity::Word(DelegationInstrument::AgencyOnly));
        })
        .await;
    assert_eq!(scene.decide(lead, in_time.clone()).await.unwrap_err().code, "agency_only");
    scene
        .change_part(2, |part| part.instrument = Some(entity::Word(DelegationInstrument::JointCommittee)))
        .await;
    assert!(scene.decide(lead, in_time).await.unwrap().by_delegation);
}

#[tokio::test]
async fn a_council_uses_a_reference_once_and_a_stale_change_is_refused() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let mut input = scene.decision(1);
    input.external_ref = Some("DEC-7".into());
    let row = scene.decide(&scene.approvers[1], input.clone()).await.unwrap();
    let (id, lot) = (scene.procurement, scene.lot);
    input.verdict = "refuse".into();
    let change = |seen: i64| {
        let input = input.clone();
        scene.world.write(&scene.approvers[1], move |w| async move {
            decision::change(&w, id, lot, row.id, seen, input).await
        })
    };
    assert_eq!(change(1).await.unwrap().version, 2);
    assert_eq!(change(1).await.unwrap_err().status(), 412);
}
