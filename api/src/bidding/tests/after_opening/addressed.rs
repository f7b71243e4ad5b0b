//! Questions to one bidder: sealed until they may be read, decided on by somebody who marks nothing, and never about a price
//! that nobody may see.

use entity::{addressed_question, addressed_reply, mark, quality_lock};
use rules::addressed::{AddressedState, Subject};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::super::lock_quality;
use super::Scene;
use crate::bidding::addressed::ask::{self, AskInput};
use crate::bidding::addressed::decision::{self, DecisionInput};
use crate::bidding::addressed::reply::{self, ReplyInput};
use crate::bidding::addressed::{Addressed, view};
use crate::bidding::bid;
use crate::bidding::response_time::AnswerBy;
use crate::kernel::{Caller, Paging, Refusal, outbox};

const CANARY: &str = "cobalt-heron-reply";

impl Scene {
    async fn about(&self, subject: Subject, code: Option<&str>) -> AskInput {
        AskInput {
            subject: subject.as_str().to_owned(),
            code: code.map(str::to_owned),
            text: "Which staff do you mean by trained?".to_owned(),
            reply_by: self.in_time().await,
        }
    }

    async fn ask(&self, who: &Caller, bid: usize, input: AskInput) -> Result<Addressed, Refusal> {
        let (id, bid) = (self.tender.id, self.bids[bid]);
        self.tender.world.write(who, move |w| async move { ask::ask(&w, id, bid, input).await }).await
    }

    async fn reply(&self, who: &Caller, one: &Addressed, input: ReplyInput) -> Result<Addressed, Refusal> {
        let (id, seen) = (one.row.id, one.row.version);
        self.tender.world.write(who, move |w| async move { reply::reply(&w, id, seen, input).await }).await
    }

    async fn see(&self, who: &Caller, one: &Addressed) -> Result<Addressed, Refusal> {
        let (procurement, id) = (self.tender.id, one.row.id);
        self.tender.world.read(who, move |r| async move { view::one(&r, procurement, id).await }).await
    }

    async fn decide(&self, who: &Caller, one: &Addressed, verdict: &str) -> Result<Addressed, Refusal> {
        let (procurement, id) = (self.tender.id, one.row.id);
        // A bidder replies meanwhile: whoever decides looks first.
        let seen = self.see(who, one).await?.row.version;
        let input = DecisionInput {
            verdict: verdict.to_owned(),
            reason: "It names what the bid calls trained.".to_owned(),
        };
        self.tender
            .world
            .write(who, move |w| async move { decision::decide(&w, procurement, id, seen, input).await })
            .await
    }

    async fn close(&self, who: &Caller, one: &Addressed) -> Result<Addressed, Refusal> {
        let (procurement, id, seen) = (self.tender.id, one.row.id, one.row.version);
        self.tender
            .world
            .write(who, move |w| async move { decision::close(&w, procurement, id, seen).await })
            .await
    }

    async fn beside_the_answer(&self, bid: usize) -> Vec<view::Clarifying> {
        let (procurement, bid) = (self.tender.id, self.bids[bid]);
        self.tender
            .world
            .read(&Caller::System, move |r| async move {
                let opened = bid::found(&r, procurement, bid).await?;
                let (_, pack) = crate::tendering::pack::current(&r, procurement).await?;
                Ok(bid::answer(&r, &pack, &opened.bid, "Q1").await?.replies)
            })
            .await
            .unwrap()
    }

    async fn waiting(&self) -> u64 {
        let id = self.tender.id;
        self.tender
            .world
            .read(&Caller::System, move |r| async move { view::waiting(&r, id).await })
            .await
            .unwrap()
    }

    /// The text of the last mail of this kind.
    async fn told(&self, kind: &'static str) -> String {
        let mail = self.tender.world.mails(kind).await.pop().unwrap();
        let read = move |r: crate::kernel::Reading| async move { outbox::text_of(&r, &mail).await };
        self.tender.world.read(&Caller::System, read).await.unwrap().unwrap()
    }
}

fn says(text: &str) -> ReplyInput {
    ReplyInput { text: Some(text.to_owned()), ..ReplyInput::default() }
}

#[tokio::test]
async fn a_reply_is_sealed_until_its_time_is_over_and_then_one_person_says_what_it_does() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let one = scene.ask(coordinator, 0, scene.about(Subject::Question, Some("Q1")).await).await.unwrap();
    assert_eq!((one.row.number, one.row.state.0, one.row.version), (1, AddressedState::Open, 1));
    let mail = scene.told("addressed_question").await;
    assert!(!mail.contains("Which staff") && mail.contains("/supplier/asked/"), "{mail}");

    let replied = scene.reply(&scene.suppliers[0], &one, says("Nurses.")).await.unwrap();
    let db = &scene.tender.world.db;
    let (supplier, id) = (&scene.suppliers[0], one.row.id);
    let bytes = b"%PDF-1.7 the training plan".to_vec();
    let document = reply::read_document(db, supplier, id, "plans/plan.pdf", bytes).await.unwrap();
    let with = ReplyInput { document: Some(document), ..says(CANARY) };
    let replied = scene.reply(supplier, &replied, with).await.unwrap();
    let last = replied.reply.clone().unwrap();
    assert_eq!((last.text.as_str(), last.replaces), (CANARY, 1), "the bidder sees what stands");
    assert_eq!(last.document.unwrap().name, "plan.pdf");
    let stale = scene.reply(supplier, &one, says("Older.")).await.unwrap_err();
    assert_eq!(stale.status(), 412, "a colleague has replied meanwhile");

    // Sealed: for everybody, and in the store.
    for who in [coordinator, &scene.moderator, &scene.tender.panel_member] {
        let seen = scene.see(who, &one).await.unwrap();
        assert!(seen.reply.is_none() && !seen.may_decide, "{seen:?}");
    }
    let rows = scene
        .tender
        .world
        .read(&Caller::System, |r| async move { Ok(addressed_reply::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "what was replaced stays");
    for row in rows {
        assert!(!row.sealed.windows(6).any(|bytes| bytes == b"cobalt" || bytes == b"Nurses"), "sealed");
    }
    let early = scene.decide(coordinator, &one, "clarifies").await.unwrap_err();
    assert_eq!(early.code, "reply_sealed");
    assert_eq!(scene.waiting().await, 0);

    scene.pass_time().await;
    let late = scene.reply(supplier, &replied, says("One more.")).await.unwrap_err();
    assert_eq!(late.code, "deadline_passed");
    assert_eq!(scene.waiting().await, 1);
    assert_eq!(scene.see(coordinator, &one).await.unwrap().reply.unwrap().text, CANARY);
    assert!(scene.see(&scene.tender.panel_member, &one).await.unwrap().reply.is_none(), "not yet decided");
    assert!(scene.beside_the_answer(0).await.is_empty());
    assert_eq!(scene.close(coordinator, &replied).await.unwrap_err().code, "wrong_state", "something came");

    let decided = scene.decide(&scene.moderator, &one, "clarifies").await.unwrap();
    assert_eq!((decided.row.state.0, decided.decided_by.as_str()), (AddressedState::Clarifies, "Moderator"));
    assert_eq!(scene.see(&scene.tender.panel_member, &one).await.unwrap().reply.unwrap().text, CANARY);
    let beside = scene.beside_the_answer(0).await;
    assert_eq!((beside.len(), beside[0].question.number, beside[0].reply.text.as_str()), (1, 1, CANARY));
    assert!(scene.beside_the_answer(1).await.is_empty(), "another bid's answer");
    let procurement = scene.tender.id;
    let file = scene
        .tender
        .world
        .read(&scene.tender.panel_member, move |r| async move { view::document(&r, procurement, id).await })
        .await
        .unwrap();
    assert_eq!(
        (file.name.as_str(), file.bytes.as_slice()),
        ("plan.pdf", b"%PDF-1.7 the training plan".as_slice())
    );
    assert_eq!(scene.decide(coordinator, &one, "improves").await.unwrap_err().code, "wrong_state", "once");
    let told = scene.told("addressed_outcome").await;
    assert!(told.contains("clarifies your bid") && !told.contains(CANARY), "{told}");
}

#[tokio::test]
async fn what_improves_is_disregarded_and_whoever_marks_does_not_read_it_first() {
    let scene = Scene::new().await;
    scene.gives(&scene.moderator, rules::words::Role::PanelMember).await;
    scene.declares(&scene.moderator).await;
    let one = scene.ask(&scene.moderator, 0, scene.about(Subject::Question, Some("Q1")).await).await.unwrap();
    let only_final = ReplyInput { is_final: true, ..ReplyInput::default() };
    let empty = scene.reply(&scene.suppliers[0], &one, only_final.clone()).await.unwrap_err();
    assert!(empty.about("text").is_some(), "nothing cannot be final: {empty}");
    let replied = scene.reply(&scene.suppliers[0], &one, says(CANARY)).await.unwrap();
    let replied = scene.reply(&scene.suppliers[0], &replied, only_final).await.unwrap();
    assert_eq!((replied.row.state.0, replied.reply.as_ref().unwrap().replaces), (AddressedState::Final, 0));
    let more = scene.reply(&scene.suppliers[0], &replied, says("More.")).await.unwrap_err();
    assert_eq!(more.code, "reply_final");

    assert!(scene.see(&scene.moderator, &one).await.unwrap().reply.is_none(), "it marks bids");
    assert_eq!(scene.decide(&scene.moderator, &one, "clarifies").await.unwrap_err().status(), 403);
    let coordinator = &scene.tender.coordinator;
    assert_eq!(
        scene.see(coordinator, &one).await.unwrap().reply.unwrap().text,
        CANARY,
        "final before its time"
    );
    let wrong = scene.decide(coordinator, &one, "betters").await.unwrap_err();
    assert!(wrong.about("verdict").is_some());
    scene.decide(coordinator, &one, "improves").await.unwrap();
    assert!(scene.see(&scene.tender.panel_member, &one).await.unwrap().reply.is_none());
    assert!(scene.beside_the_answer(0).await.is_empty());
    assert_eq!(scene.see(coordinator, &one).await.unwrap().reply.unwrap().text, CANARY, "kept on record");
    let marks = scene
        .tender
        .world
        .read(&Caller::System, |r| async move { Ok(mark::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert!(marks.is_empty(), "no mark comes of it");
    assert!(scene.told("addressed_outcome").await.contains("disregarded"));
}

#[tokio::test]
async fn who_may_not_and_what_is_wrong() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let input = scene.about(Subject::Question, Some("Q1")).await;
    for (who, status) in [
        (&scene.tender.panel_member, 403),
        (&scene.approver, 403),
        (&scene.stranger, 404),
        (&scene.suppliers[0], 404),
        (&Caller::Nobody, 401),
    ] {
        assert_eq!(scene.ask(who, 0, input.clone()).await.unwrap_err().status(), status, "{who:?}");
    }
    let wrong = AskInput {
        code: Some("Q9".to_owned()),
        text: " ".to_owned(),
        reply_by: AnswerBy::at(scene.now().await),
        ..input.clone()
    };
    let refusal = scene.ask(coordinator, 0, wrong).await.unwrap_err();
    let codes: Vec<_> = refusal.fields.iter().map(|fault| fault.code.as_str()).collect();
    assert_eq!(codes, ["unknown_code", "missing", "too_soon"], "all at once: {refusal}");

    let one = scene.ask(coordinator, 0, input).await.unwrap();
    let other = scene.reply(&scene.suppliers[1], &one, says("Mine.")).await.unwrap_err();
    assert_eq!(other.status(), 404, "another bidder's question");
    assert_eq!(scene.reply(coordinator, &one, says("For them.")).await.unwrap_err().status(), 404);
    assert_eq!(scene.see(&scene.stranger, &one).await.unwrap_err().status(), 404);
    assert_eq!(scene.see(&scene.suppliers[0], &one).await.unwrap_err().status(), 404);
    assert_eq!(scene.close(coordinator, &one).await.unwrap_err().code, "reply_sealed");
    scene.pass_time().await;
    for (who, status) in [
        (&scene.tender.panel_member, 403),
        (&scene.approver, 403),
        (&scene.stranger, 404),
        (&Caller::Nobody, 401),
    ] {
        assert_eq!(scene.close(who, &one).await.unwrap_err().status(), status);
    }
    assert_eq!(
        scene.decide(coordinator, &one, "clarifies").await.unwrap_err().code,
        "wrong_state",
        "nothing came"
    );
    let closed = scene.close(coordinator, &one).await.unwrap();
    assert_eq!(closed.row.state.0, AddressedState::Unanswered);
    assert!(scene.told("addressed_outcome").await.contains("No reply came"));
}

#[tokio::test]
async fn before_the_opening_nobody_is_asked() {
    let tender = super::Tender::published().await;
    let (id, bid) = (tender.id, Uuid::now_v7());
    let early = tender
        .world
        .write(&tender.coordinator, move |w| async move { ask::ask(&w, id, bid, AskInput::default()).await })
        .await
        .unwrap_err();
    assert_eq!(early.code, "sealed");
}

#[tokio::test]
async fn a_price_is_not_asked_about_before_the_quality_of_its_lot_is_locked() {
    let scene = Scene::new().await;
    let coordinator = &scene.tender.coordinator;
    let price = scene.about(Subject::PriceLine, Some("P01")).await;
    let early = scene.ask(coordinator, 1, price.clone()).await.unwrap_err();
    assert_eq!(early.code, "quality_not_locked");
    let possible = ask_form(&scene).await;
    assert!(possible.subjects.iter().all(|(subject, _, _)| *subject != Subject::PriceLine));
    assert_eq!(possible.unlocked, ["L1", "L2"]);
    lock_quality(&scene.tender, 1).await;
    let other = scene.ask(coordinator, 1, price.clone()).await.unwrap_err();
    assert_eq!(other.code, "quality_not_locked", "the other lot's lock opens nothing of this one");
    lock_quality(&scene.tender, 0).await;
    let one = scene.ask(coordinator, 1, price).await.unwrap();
    scene.pass_time().await;
    let list = async |who: &Caller| {
        let id = scene.tender.id;
        let read = move |r: crate::kernel::Reading| async move {
            view::list(&r, id, None, &Paging::default()).await
        };
        scene.tender.world.read(who, read).await.unwrap().items.len()
    };
    assert_eq!((list(&scene.tender.panel_member).await, scene.waiting().await), (1, 1));

    // Where the lot's quality is not locked there is nothing of it: no question, and none counted.
    scene
        .tender
        .world
        .write(
            &Caller::System,
            |w| async move { Ok(quality_lock::Entity::delete_many().exec(w.txn()).await?) },
        )
        .await
        .unwrap();
    for who in [coordinator, &scene.moderator, &scene.tender.panel_member] {
        assert_eq!(list(who).await, 0);
        assert_eq!(scene.see(who, &one).await.unwrap_err().status(), 404);
    }
    assert_eq!(scene.waiting().await, 0);
    let kept = scene
        .tender
        .world
        .read(&Caller::System, |r| async move { Ok(addressed_question::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert_eq!(kept.len(), 1, "it is there, and does not show");
}

async fn ask_form(scene: &Scene) -> ask::Possible {
    let id = scene.tender.id;
    let read = move |r: crate::kernel::Reading| async move { ask::possible(&r, id).await };
    scene.tender.world.read(&scene.tender.coordinator, read).await.unwrap()
}
