//! Grounds against tenders: raised by one person, heard where the law asks for it, decided on by another, and told.

use entity::{award, ledger_entry, lot, outbox_message, result};
use rules::outcome::OutcomeState;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::lock_quality;
use super::Scene;
use crate::bidding::outcome::compliance;
use crate::bidding::outcome::decision::{self, DecisionInput};
use crate::bidding::outcome::raise::{self, RaiseInput};
use crate::bidding::outcome::{Outcome, reply, view};
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Reading, Refusal, Writing};

const REASON: &str = "The certificate that the tender names was withdrawn last year.";

fn ground(ground: &str) -> RaiseInput {
    RaiseInput { ground: ground.to_owned(), reason: REASON.to_owned(), ..RaiseInput::default() }
}

impl Scene {
    async fn raise(&self, who: &Caller, input: RaiseInput) -> Result<Outcome, Refusal> {
        let (id, bid) = (self.tender.id, self.bids[1]);
        self.tender.world.write(who, move |w| async move { raise::raise(&w, id, bid, input).await }).await
    }

    async fn noticed(&self, ground_word: &str, lot: Option<&str>) -> Outcome {
        let input = RaiseInput {
            lot: lot.map(str::to_owned),
            reply_by: Some(self.in_time().await),
            ..ground(ground_word)
        };
        self.raise(&self.tender.coordinator, input).await.unwrap()
    }

    async fn reply_to(&self, who: &Caller, one: &Outcome, text: &'static str) -> Result<Outcome, Refusal> {
        let (id, seen) = (one.row.id, one.row.version);
        self.tender.world.write(who, move |w| async move { reply::reply(&w, id, seen, text).await }).await
    }

    async fn settle(&self, who: &Caller, one: &Outcome, verdict: &str) -> Result<Outcome, Refusal> {
        let (procurement, id, seen) = (self.tender.id, one.row.id, one.row.version);
        let input = DecisionInput {
            verdict: verdict.to_owned(),
            reason: "What was replied does not show otherwise.".to_owned(),
        };
        self.tender
            .world
            .write(who, move |w| async move { decision::decide(&w, procurement, id, seen, input).await })
            .await
    }

    async fn read_outcome(&self, who: &Caller, one: &Outcome) -> Result<Outcome, Refusal> {
        let (procurement, id) = (self.tender.id, one.row.id);
        self.tender.world.read(who, move |r| async move { view::one(&r, procurement, id).await }).await
    }

    async fn letters_of(&self, kind: &'static str) -> usize {
        let read = move |r: Reading| async move {
            Ok(outbox_message::Entity::find()
                .filter(outbox_message::Column::Kind.eq(kind))
                .all(r.txn())
                .await?)
        };
        self.tender.world.read(&Caller::System, read).await.unwrap().len()
    }

    async fn compliance(&self, who: &Caller) -> Vec<(String, Vec<&'static str>)> {
        let id = self.tender.id;
        let read = move |r: Reading| async move { compliance::view(&r, id).await };
        let tenders = self.tender.world.read(who, read).await.unwrap().tenders;
        let words =
            |one: compliance::Standing| (one.supplier, one.told.into_iter().map(|told| told.word).collect());
        tenders.into_iter().map(words).collect()
    }
}

#[tokio::test]
async fn a_tender_is_disregarded_by_two_people_once_its_bidder_was_heard() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let unheard = scene.raise(coordinator, ground("excluded_supplier")).await.unwrap_err();
    assert!(unheard.about("date").is_some(), "s.58 has it heard: {unheard:?}");
    let one = scene.noticed("excluded_supplier", None).await;
    assert_eq!(one.row.state.0, OutcomeState::Noticed);
    assert_eq!(scene.letters_of("tender_notice").await, 1);
    let twice = RaiseInput { reply_by: Some(scene.in_time().await), ..ground("excluded_supplier") };
    assert_eq!(scene.raise(coordinator, twice).await.unwrap_err().code, "outcome_waits");

    assert_eq!(scene.settle(coordinator, &one, "disregard").await.unwrap_err().status(), 403, "raised it");
    assert_eq!(scene.settle(&scene.tender.panel_member, &one, "disregard").await.unwrap_err().status(), 403);
    assert_eq!(scene.settle(&scene.stranger, &one, "disregard").await.unwrap_err().status(), 404);
    assert_eq!(scene.settle(&scene.approver, &one, "disregard").await.unwrap_err().code, "not_heard");
    assert_eq!(scene.reply_to(&scene.suppliers[0], &one, "Not mine.").await.unwrap_err().status(), 404);
    assert_eq!(scene.reply_to(coordinator, &one, "Not mine.").await.unwrap_err().status(), 404);

    let replied = scene.reply_to(&scene.suppliers[1], &one, "It was renewed in May.").await.unwrap();
    assert_eq!(replied.row.state.0, OutcomeState::Replied);
    assert_eq!(
        scene.reply_to(&scene.suppliers[1], &replied, "Again.").await.unwrap_err().code,
        "wrong_state"
    );
    assert_eq!(scene.settle(&scene.approver, &one, "disregard").await.unwrap_err().status(), 412, "stale");

    let seen = scene.read_outcome(&scene.tender.panel_member, &one).await.unwrap();
    assert!(!seen.reads && seen.row.reason.is_empty(), "whoever marks reads no words of it");
    assert_eq!(seen.row.reply.as_deref(), Some(""));
    let seen = scene.read_outcome(&scene.approver, &one).await.unwrap();
    assert!(seen.may_decide && seen.row.reply.as_deref() == Some("It was renewed in May."));

    let further = scene.raise(coordinator, ground("procedural_breach")).await.unwrap();
    let done = scene.settle(&scene.approver, &seen, "disregard").await.unwrap();
    assert_eq!(done.row.state.0, OutcomeState::Disregarded);
    assert!(done.report_due.is_some(), "s.59");
    assert_eq!(scene.letters_of("tender_outcome").await, 1, "told at once");
    assert_eq!(scene.settle(&scene.moderator, &done, "keep").await.unwrap_err().code, "wrong_state");
    let again = scene.raise(coordinator, ground("condition_unmet")).await.unwrap_err();
    assert_eq!(again.code, "already_disregarded");
    // What was raised before is decided on all the same: a further ground, should the first not stand.
    let further = scene.settle(&scene.moderator, &further, "disregard").await.unwrap();
    assert_eq!(further.row.state.0, OutcomeState::Disregarded);
    let told = scene.compliance(&scene.tender.panel_member).await;
    assert!(told.iter().any(|(_, words)| words == &["disregarded", "disregarded"]), "{told:?}");
    let actions = scene
        .tender
        .world
        .read(&Caller::System, |r| async move {
            Ok(ledger_entry::Entity::find().order_by_asc(ledger_entry::Column::Number).all(r.txn()).await?)
        })
        .await
        .unwrap();
    let own = actions.iter().filter(|row| row.subject == one.row.id.to_string());
    let own: Vec<&str> = own.map(|row| row.action.as_str()).collect();
    assert_eq!(own, ["bidding.ground.raise", "bidding.ground.reply", "bidding.tender.disregard"]);
}

#[tokio::test]
async fn silence_until_the_end_opens_the_way_and_a_kept_tender_goes_on() {
    let scene = Scene::new().await;
    let one = scene.noticed("excludable_supplier", None).await;
    scene.pass_time().await;
    let late = scene.reply_to(&scene.suppliers[1], &one, "Too late.").await.unwrap_err();
    assert_eq!(late.code, "deadline_passed");
    let kept = scene.settle(&scene.moderator, &one, "keep").await.unwrap();
    assert_eq!((kept.row.state.0, kept.report_due), (OutcomeState::Kept, None));
    assert_eq!(scene.letters_of("tender_outcome").await, 1, "whoever was told of the ground is told of this");
    // A ground on which the law asks for no hearing: the bidder hears of it only where it is disregarded.
    let one = scene.raise(&scene.tender.coordinator, ground("procedural_breach")).await.unwrap();
    assert_eq!(one.row.state.0, OutcomeState::Raised);
    let none = |r: Reading, id: Uuid| async move { reply::own_one(&r, id).await };
    let id = one.row.id;
    let hidden = scene.tender.world.read(&scene.suppliers[1], move |r| none(r, id)).await.unwrap_err();
    assert_eq!(hidden.status(), 404);
    scene.settle(&scene.moderator, &one, "keep").await.unwrap();
    assert_eq!(scene.letters_of("tender_outcome").await, 1);
    let one = scene.raise(&scene.tender.coordinator, ground("condition_unmet")).await.unwrap();
    scene.settle(&scene.moderator, &one, "disregard").await.unwrap();
    assert_eq!(scene.letters_of("tender_outcome").await, 2);
    let listed = scene
        .tender
        .world
        .read(&scene.suppliers[1], |r| async move { reply::own(&r, &Paging::default()).await })
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 2, "the kept one that it was told of, and the decision");
}

#[tokio::test]
async fn a_price_is_abnormally_low_lot_by_lot_and_after_the_lock_only() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let low = |lot: Option<&str>, by| RaiseInput {
        lot: lot.map(str::to_owned),
        reply_by: Some(by),
        ..ground("abnormally_low")
    };
    let by = scene.in_time().await;
    let early = scene.raise(coordinator, low(Some("L1"), by.clone())).await.unwrap_err();
    assert_eq!(early.code, "quality_not_locked", "nobody learns a price before (DOMAIN rule 1)");
    lock_quality(&scene.tender, 0).await;
    assert!(scene.raise(coordinator, low(None, by.clone())).await.unwrap_err().about("lot").is_some());
    let whole = RaiseInput { lot: Some("L1".to_owned()), ..ground("condition_unmet") };
    assert!(scene.raise(coordinator, whole).await.unwrap_err().about("lot").is_some());
    let one = scene.noticed("abnormally_low", Some("L1")).await;
    assert_eq!(one.lot.as_deref(), Some("L1"));
    scene.pass_time().await;
    let done = scene.settle(&scene.moderator, &one, "disregard").await.unwrap();
    assert_eq!((done.row.state.0, done.report_due), (OutcomeState::Disregarded, None));
}

#[tokio::test]
async fn only_the_coordinator_raises_free_of_interests_and_before_the_award() {
    let scene = Scene::new().await;
    for who in [&scene.moderator, &scene.approver, &scene.tender.panel_member] {
        assert_eq!(scene.raise(who, ground("condition_unmet")).await.unwrap_err().status(), 403);
    }
    assert_eq!(scene.raise(&scene.stranger, ground("condition_unmet")).await.unwrap_err().status(), 404);
    let coordinator = &scene.tender.coordinator;
    assert!(scene.raise(coordinator, ground("dislike")).await.unwrap_err().about("ground").is_some());
    let short = RaiseInput { reason: "No.".to_owned(), ..ground("condition_unmet") };
    assert!(scene.raise(coordinator, short).await.unwrap_err().about("reason").is_some());
    let one = scene.raise(coordinator, ground("condition_unmet")).await.unwrap();

    award_the_lots(&scene).await;
    assert_eq!(scene.settle(&scene.moderator, &one, "disregard").await.unwrap_err().code, "already_awarded");
    let late = scene.raise(coordinator, ground("procedural_breach")).await.unwrap_err();
    assert_eq!(late.code, "already_awarded");
}

async fn award_the_lots(scene: &Scene) {
    let (id, bid_id, by) = (scene.tender.id, scene.bids[0], person_id(&scene.tender.coordinator));
    let award = move |w: Writing| async move {
        for lot in lot::Entity::find().filter(lot::Column::ProcurementId.eq(id)).all(w.txn()).await? {
            let result_id = Uuid::now_v7();
            let row = result::ActiveModel {
                id: Set(result_id),
                procurement_id: Set(id),
                lot_id: Set(lot.id),
                revision: Set(1),
                body: Set(String::new()),
                hash: Set(String::new()),
                inputs_hash: Set(String::new()),
                inputs: Set(None),
                computed_at: Set(w.now()),
                computed_by: Set(by),
            };
            result::Entity::insert(row).exec_without_returning(w.txn()).await?;
            let row = award::ActiveModel {
                id: Set(Uuid::now_v7()),
                procurement_id: Set(id),
                lot_id: Set(lot.id),
                bid_id: Set(bid_id),
                result_id: Set(result_id),
                price_pence: Set(1),
                awarded_by: Set(by),
                awarded_at: Set(w.now()),
                notice_on: Set(None),
                standstill_days: Set(None),
                standstill_ends_on: Set(None),
                version: Set(1),
            };
            award::Entity::insert(row).exec_without_returning(w.txn()).await?;
        }
        Ok(())
    };
    scene.tender.world.write(&Caller::System, award).await.unwrap();
}
