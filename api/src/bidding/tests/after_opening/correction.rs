//! Corrections of prices: under a published rule, confirmed by the bidder, approved by another person, and never in place of
//! what was submitted.

use entity::{award, bid_price, ledger_entry, pack, price_correction, quality_lock, result};
use rules::correction::CorrectionState;
use rules::money::UnitPrice;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::lock_quality;
use super::Scene;
use crate::bidding::bid::{self, BidInputs};
use crate::bidding::correction::answer::{self, WordInput};
use crate::bidding::correction::decision::{self, DecisionInput};
use crate::bidding::correction::propose::{self, CorrectionInput};
use crate::bidding::correction::{Correction, slips, view};
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Reading, Refusal, clock};

impl Scene {
    /// The second bid's price is £1,200 where £12 was meant.
    async fn slip(&self, unit_price: &str) -> CorrectionInput {
        CorrectionInput {
            line: "P01".to_owned(),
            unit_price: unit_price.to_owned(),
            reason: "Pence were typed for pounds.".to_owned(),
            looked_at_all: "P01 and P02 of both bids: no other price is fifty times another.".to_owned(),
            confirm_by: self.in_time().await,
        }
    }

    async fn propose(&self, who: &Caller, input: CorrectionInput) -> Result<Correction, Refusal> {
        let (id, bid) = (self.tender.id, self.bids[1]);
        self.tender.world.write(who, move |w| async move { propose::propose(&w, id, bid, input).await }).await
    }

    async fn word(&self, who: &Caller, one: &Correction, word: &str) -> Result<Correction, Refusal> {
        let (id, seen) = (one.row.id, one.row.version);
        let input = WordInput { word: word.to_owned(), reason: None };
        self.tender.world.write(who, move |w| async move { answer::answer(&w, id, seen, input).await }).await
    }

    async fn decide_on(&self, who: &Caller, one: &Correction, verdict: &str) -> Result<Correction, Refusal> {
        let (procurement, id, seen) = (self.tender.id, one.row.id, one.row.version);
        let input =
            DecisionInput { verdict: verdict.to_owned(), reason: "The rule was applied alike.".to_owned() };
        self.tender
            .world
            .write(who, move |w| async move { decision::decide(&w, procurement, id, seen, input).await })
            .await
    }

    async fn lapse(&self, who: &Caller, one: &Correction) -> Result<Correction, Refusal> {
        let (procurement, id, seen) = (self.tender.id, one.row.id, one.row.version);
        self.tender
            .world
            .write(who, move |w| async move { decision::lapse(&w, procurement, id, seen).await })
            .await
    }

    async fn inputs(&self) -> BidInputs {
        let bid = self.bids[1];
        self.tender
            .world
            .read(&Caller::System, move |r| async move { bid::inputs(&r, bid).await })
            .await
            .unwrap()
    }

    async fn price(&self) -> Option<UnitPrice> {
        self.inputs().await.prices["P01"].unit_price
    }

    async fn listed(&self, who: &Caller) -> Result<Vec<Correction>, Refusal> {
        let id = self.tender.id;
        let read = move |r: Reading| async move { view::list(&r, id, &Paging::default()).await };
        Ok(self.tender.world.read(who, read).await?.items)
    }
}

const SUBMITTED: UnitPrice = UnitPrice(12_000_000);
const MEANT: UnitPrice = UnitPrice(120_000);

#[tokio::test]
async fn a_price_counts_as_corrected_once_its_bidder_and_a_second_person_say_so() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let early = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap_err();
    assert_eq!(early.code, "quality_not_locked");
    lock_quality(&scene.tender, 0).await;

    // It is pointed out, both ways, because two bids alone do not tell which one is the slip.
    let id = scene.tender.id;
    let seen = move |r: Reading| async move { slips::list(&r, id, &Paging::default()).await };
    let seen = scene.tender.world.read(&scene.tender.panel_member, seen).await.unwrap().items;
    let found: Vec<_> = seen.iter().map(|slip| (slip.bid_id, slip.line.as_str(), slip.kind)).collect();
    assert_eq!(found.len(), 2, "{seen:?}");
    assert!(found.contains(&(scene.bids[1], "P01", "far_apart")), "{seen:?}");

    let one = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap();
    assert_eq!(
        (one.state, one.row.before_e4, one.row.after_e4),
        (CorrectionState::Proposed, SUBMITTED.0, MEANT.0)
    );
    assert_eq!(one.row.rule, rules::correction::DEFAULT_RULE, "the rule that was published");
    assert_eq!(scene.price().await, Some(SUBMITTED), "a proposal changes nothing");
    let twice = scene.propose(coordinator, scene.slip("11.00").await).await.unwrap_err();
    assert_eq!(twice.code, "correction_waits");
    let unconfirmed = scene.decide_on(&scene.approver, &one, "approve").await.unwrap_err();
    assert_eq!(unconfirmed.code, "wrong_state");

    assert_eq!(
        scene.word(&scene.suppliers[0], &one, "confirm").await.unwrap_err().status(),
        404,
        "not its own"
    );
    assert_eq!(scene.word(coordinator, &one, "confirm").await.unwrap_err().status(), 404);
    assert!(scene.word(&scene.suppliers[1], &one, "yes").await.unwrap_err().about("word").is_some());
    let one = scene.word(&scene.suppliers[1], &one, "confirm").await.unwrap();
    assert_eq!(scene.price().await, Some(SUBMITTED), "nor does the bidder's word alone");

    let same = scene.decide_on(coordinator, &one, "approve").await.unwrap_err();
    assert_eq!(same.status(), 403, "not the person who proposed it, approver or not");
    for (who, status) in [
        (&scene.tender.panel_member, 403),
        (&scene.moderator, 403),
        (&scene.stranger, 404),
        (&scene.suppliers[1], 404),
        (&Caller::Nobody, 401),
    ] {
        assert_eq!(scene.decide_on(who, &one, "approve").await.unwrap_err().status(), status, "{who:?}");
    }
    let approved = scene.decide_on(&scene.approver, &one, "approve").await.unwrap();
    assert_eq!((approved.state, approved.decided_by.as_str()), (CorrectionState::Approved, "Approver"));

    let BidInputs { prices, corrections, .. } = scene.inputs().await;
    assert_eq!(prices["P01"].unit_price, Some(MEANT));
    let [only] = corrections.as_slice() else { panic!("one correction: {corrections:?}") };
    assert_eq!((only.id.clone(), only.before, only.after), (one.row.id.to_string(), SUBMITTED, MEANT));
    let bid = scene.bids[1];
    let submitted = scene
        .tender
        .world
        .read(&Caller::System, move |r| async move {
            Ok(bid_price::Entity::find().filter(bid_price::Column::BidId.eq(bid)).all(r.txn()).await?)
        })
        .await
        .unwrap();
    assert!(submitted.iter().any(|row| row.unit_price_e4 == Some(SUBMITTED.0)), "never overwritten");
    let view = scene
        .tender
        .world
        .read(coordinator, move |r| async move { bid::one(&r, id, bid).await })
        .await
        .unwrap();
    assert_eq!((view.prices[0].unit_price(), view.prices[0].corrections.len()), (Some(MEANT), 1));
    assert_eq!(
        scene.decide_on(&scene.approver, &approved, "reject").await.unwrap_err().code,
        "wrong_state",
        "once"
    );

    let reasons = scene
        .tender
        .world
        .read(&Caller::System, |r| async move {
            let rows = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Action.starts_with("bidding.price_correction."))
                .order_by_asc(ledger_entry::Column::Number)
                .all(r.txn())
                .await?;
            Ok(rows.into_iter().map(|row| (row.action, row.reason.is_some())).collect::<Vec<_>>())
        })
        .await
        .unwrap();
    let wanted = [("propose", true), ("confirm", false), ("approve", true)];
    let wanted: Vec<_> =
        wanted.iter().map(|(verb, why)| (format!("bidding.price_correction.{verb}"), *why)).collect();
    assert_eq!(reasons, wanted);
}

#[tokio::test]
async fn refused_not_confirmed_or_not_approved_the_bid_stands_as_submitted() {
    let scene = Scene::new().await;
    lock_quality(&scene.tender, 0).await;
    let coordinator = &scene.tender.coordinator;
    let bidder = &scene.suppliers[1];
    let one = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap();
    let refused = scene.word(bidder, &one, "refuse").await.unwrap();
    assert_eq!(refused.state, CorrectionState::Refused);
    assert_eq!(scene.decide_on(&scene.approver, &refused, "approve").await.unwrap_err().code, "wrong_state");

    let one = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap();
    let confirmed = scene.word(bidder, &one, "confirm").await.unwrap();
    let rejected = scene.decide_on(&scene.approver, &confirmed, "reject").await.unwrap();
    assert_eq!(rejected.state, CorrectionState::Rejected);

    let one = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap();
    assert_eq!(scene.lapse(coordinator, &one).await.unwrap_err().code, "wrong_state", "there is time left");
    scene.pass_time().await;
    assert_eq!(scene.word(bidder, &one, "confirm").await.unwrap_err().code, "deadline_passed");
    let listed = scene.listed(coordinator).await.unwrap();
    assert_eq!(listed.last().unwrap().state, CorrectionState::Unconfirmed, "silence is no confirmation");
    assert_eq!(scene.decide_on(&scene.approver, &one, "approve").await.unwrap_err().code, "wrong_state");
    assert_eq!(scene.lapse(&scene.approver, &one).await.unwrap_err().status(), 403);
    scene.lapse(coordinator, &one).await.unwrap();
    assert_eq!((scene.price().await, scene.inputs().await.corrections), (Some(SUBMITTED), Vec::new()));
    assert_eq!(scene.tender.world.mails("price_correction_outcome").await.len(), 2);
}

#[tokio::test]
async fn who_may_not_and_what_is_wrong() {
    let scene = Scene::new().await;
    lock_quality(&scene.tender, 0).await;
    let coordinator = &scene.tender.coordinator;
    for (who, status) in [
        (&scene.moderator, 403),
        (&scene.tender.panel_member, 403),
        (&scene.stranger, 404),
        (&scene.suppliers[1], 404),
        (&Caller::Nobody, 401),
    ] {
        let input = scene.slip("12.00").await;
        assert_eq!(scene.propose(who, input).await.unwrap_err().status(), status, "{who:?}");
    }
    let wrong = CorrectionInput {
        line: "P09".to_owned(),
        unit_price: "POA".to_owned(),
        ..CorrectionInput::default()
    };
    let refusal = scene.propose(coordinator, wrong).await.unwrap_err();
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        ["line", "unit_price", "reason", "looked_at_all", "date", "time"],
        "all at once: {refusal}"
    );
    let same = scene.propose(coordinator, scene.slip("1200.00").await).await.unwrap_err();
    assert_eq!(same.fields[0].code, "unchanged");

    // A pack without a rule lets no price be corrected (DOMAIN rule 7).
    let id = scene.tender.id;
    let mut bare = scene.tender.pack.clone();
    bare.method.arithmetic_rule = None;
    let body = String::from_utf8(rules::canonical::to_bytes(&bare).unwrap()).unwrap();
    assert!(!body.contains("arithmetic_rule"), "a pack without one is what it was before there were any");
    let hash = bare.hash().unwrap();
    scene
        .tender
        .world
        .write(&Caller::System, move |w| async move {
            Ok(pack::Entity::update_many()
                .col_expr(pack::Column::Body, Expr::value(body))
                .col_expr(pack::Column::Hash, Expr::value(hash))
                .filter(pack::Column::ProcurementId.eq(id))
                .exec(w.txn())
                .await?)
        })
        .await
        .unwrap();
    let refusal = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap_err();
    assert_eq!(refusal.code, "rule_not_published");
}

#[tokio::test]
async fn nothing_shows_of_a_lot_whose_quality_is_not_locked_and_nothing_changes_after_an_award() {
    let scene = Scene::new().await;
    lock_quality(&scene.tender, 0).await;
    let coordinator = &scene.tender.coordinator;
    let one = scene.propose(coordinator, scene.slip("12.00").await).await.unwrap();
    let one = scene.word(&scene.suppliers[1], &one, "confirm").await.unwrap();
    assert_eq!(scene.listed(&scene.tender.panel_member).await.unwrap().len(), 1);
    let lock = scene
        .tender
        .world
        .write(&Caller::System, |w| async move {
            let lock = quality_lock::Entity::find().one(w.txn()).await?.unwrap();
            quality_lock::Entity::delete_many().exec(w.txn()).await?;
            Ok(lock)
        })
        .await
        .unwrap();
    for who in [coordinator, &scene.approver, &scene.tender.panel_member] {
        assert!(scene.listed(who).await.unwrap().is_empty());
    }
    assert_eq!(scene.decide_on(&scene.approver, &one, "approve").await.unwrap_err().status(), 404);
    let id = scene.tender.id;
    let seen = move |r: Reading| async move { slips::list(&r, id, &Paging::default()).await };
    assert!(scene.tender.world.read(coordinator, seen).await.unwrap().items.is_empty());
    assert_eq!(scene.listed(&scene.stranger).await.unwrap_err().status(), 404);

    lock_quality(&scene.tender, 0).await;
    awarded(&scene, lock.lot_id).await;
    assert_eq!(scene.decide_on(&scene.approver, &one, "approve").await.unwrap_err().code, "already_awarded");
    let kept = scene
        .tender
        .world
        .read(&Caller::System, |r| async move { Ok(price_correction::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
}

/// Rows that say the lot is awarded; what they award does not matter here.
async fn awarded(scene: &Scene, lot_id: Uuid) {
    let (procurement_id, bid_id) = (scene.tender.id, scene.bids[0]);
    let (result_id, person) = (Uuid::now_v7(), person_id(&scene.tender.coordinator));
    let result = result::ActiveModel {
        id: Set(result_id),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot_id),
        revision: Set(1),
        body: Set("{}".to_owned()),
        hash: Set(String::new()),
        inputs_hash: Set(String::new()),
        inputs: Set(None),
        computed_at: Set(clock::machine_now()),
        computed_by: Set(person),
    };
    let award = award::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot_id),
        bid_id: Set(bid_id),
        result_id: Set(result_id),
        price_pence: Set(1),
        awarded_by: Set(person),
        awarded_at: Set(clock::machine_now()),
        notice_on: Set(None),
        standstill_days: Set(None),
        standstill_ends_on: Set(None),
        version: Set(1),
    };
    scene
        .tender
        .world
        .write(&Caller::System, move |w| async move {
            result::Entity::insert(result).exec_without_returning(w.txn()).await?;
            Ok(award::Entity::insert(award).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
}
