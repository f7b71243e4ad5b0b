//! Who opens the tender box, and who may read afterwards.

use chrono::TimeDelta;
use entity::Word;
use rules::stage::Stage;
use rules::words::Interest;

use super::fixture::{Tender, filled};
use crate::bidding::late::{self, WordInput};
use crate::bidding::{bid, opening};
use crate::kernel::{Caller, Paging, Writing};

#[tokio::test]
async fn the_box_stays_shut_before_the_deadline() {
    let tender = Tender::published().await;
    assert_eq!(tender.consent(&tender.ashvale_opener).await.unwrap_err().code, "deadline_not_passed");
    let id = tender.id;
    let state = tender
        .world
        .read(&tender.ashvale_opener, move |r| async move { opening::state(&r, id).await })
        .await
        .unwrap();
    assert!(!state.may_consent);
    assert!(state.hindrance.unwrap().contains("sealed until"));
    assert!(state.openers.iter().all(|opener| opener.consented_at.is_none()));
}

#[tokio::test]
async fn two_different_people_of_two_councils_open_it() {
    let tender = Tender::published().await;
    tender.pass_deadline().await;
    let state = tender.consent(&tender.ashvale_opener).await.unwrap();
    assert_eq!(state.procurement.stage, Word(Stage::Published));
    assert_eq!(tender.consent(&tender.ashvale_opener).await.unwrap_err().code, "already_consented");
    assert_eq!(tender.consent(&tender.ashvale_deputy).await.unwrap_err().code, "same_council");
    assert_eq!(tender.consent(&tender.coordinator).await.unwrap_err().status(), 403);
    let state = tender.consent(&tender.brackenham_opener).await.unwrap();
    assert_eq!(state.procurement.stage, Word(Stage::Scoring));
    assert!(state.opened_at.is_some());
    assert_eq!(state.openers.iter().filter(|opener| opener.consented_at.is_some()).count(), 2);
    assert_eq!(tender.consent(&tender.brackenham_opener).await.unwrap_err().code, "wrong_stage");
}

#[tokio::test]
async fn a_consent_is_void_after_a_day() {
    let tender = Tender::published().await;
    tender.pass_deadline().await;
    tender.consent(&tender.ashvale_opener).await.unwrap();
    tender.world.db.advance_clock(TimeDelta::hours(24)).await.unwrap();
    let state = tender.consent(&tender.brackenham_opener).await.unwrap();
    assert!(state.opened_at.is_none(), "the first consent does not count any more");
    let state = tender.consent(&tender.ashvale_opener).await.unwrap();
    assert!(state.opened_at.is_some());
}

#[tokio::test]
async fn who_is_barred_sees_no_bid_and_who_marks_declares_first() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    tender.open().await;
    let id = tender.id;
    let list = || {
        tender
            .world
            .read(&tender.panel_member, move |r| async move { bid::list(&r, id, &Paging::default()).await })
    };
    let bid_id = list().await.unwrap().items[0].bid.id;
    let one =
        || tender.world.read(&tender.panel_member, move |r| async move { bid::one(&r, id, bid_id).await });
    assert_eq!(one().await.unwrap_err().code, "interest_missing");
    tender.declare(&tender.panel_member, Interest::Nothing).await.unwrap();
    assert_eq!(one().await.unwrap().answers.len(), 2);
    tender.declare(&tender.panel_member, Interest::Barred).await.unwrap();
    assert_eq!(one().await.unwrap_err().status(), 404);
    assert_eq!(list().await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn who_opens_has_declared_and_who_reads_has_declared_since() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    tender.pass_deadline().await;
    tender.submit(&supplier).await.unwrap();
    tender.declare(&tender.ashvale_opener, Interest::Mitigated).await.unwrap();
    let waits = tender.consent(&tender.ashvale_opener).await.unwrap_err();
    assert_eq!(waits.code, "interest_to_clear");
    let id = tender.id;
    let word = |opener: &Caller| {
        let (opener, world) = (opener.clone(), &tender.world);
        async move {
            let refuse = move |w: Writing| async move {
                let late = late::list(&w, id, &Paging::default()).await?.items.remove(0);
                let input = WordInput {
                    verdict: "refuse".to_owned(),
                    reason: "Late, without an outage".to_owned(),
                    outage: None,
                };
                late::give_word(&w, id, late.id, late.version, input).await
            };
            world.write(&opener, refuse).await
        }
    };
    assert_eq!(word(&tender.ashvale_opener).await.unwrap_err().code, "interest_to_clear");
    for opener in [&tender.ashvale_deputy, &tender.brackenham_opener] {
        word(opener).await.unwrap();
    }
    for opener in [&tender.ashvale_deputy, &tender.brackenham_opener] {
        tender.consent(opener).await.unwrap();
    }
    let read = |caller: &Caller| {
        let (caller, world) = (caller.clone(), &tender.world);
        async move {
            world
                .read(&caller, move |r| async move {
                    let bid = bid::list(&r, id, &Paging::default()).await?.items.remove(0).bid.id;
                    bid::one(&r, id, bid).await
                })
                .await
        }
    };
    for caller in [&tender.coordinator, &tender.ashvale_deputy] {
        assert_eq!(read(caller).await.unwrap_err().code, "declare_again");
        tender.declare(caller, Interest::Nothing).await.unwrap();
        read(caller).await.unwrap();
    }
}
