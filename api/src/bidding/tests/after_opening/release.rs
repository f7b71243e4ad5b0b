//! Answers that somebody who does not mark reads for prices before the panel sees them.

use std::collections::BTreeMap;

use entity::ledger_entry;
use importers::bid_template::{FilledBid, ResponseEntry};
use rules::method::Moderation;
use rules::price_leak::REMOVED;
use rules::words::{Interest, Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::super::fixture::{Tender, filled};
use crate::bidding::bid::{self, BidView};
use crate::bidding::draft;
use crate::bidding::release::act::{self, ReleaseInput};
use crate::bidding::release::view::{self, Part, Standing};
use crate::bidding::release::{RESPONSES, Release};
use crate::kernel::refusal::Kind;
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Refusal};
use crate::pooling::role::{self, RoleInput};

const PRICE: &str = "£450 per user";

struct Scene {
    tender: Tender,
    bid: Uuid,
}

fn with_prices() -> FilledBid {
    let comment = "Costs 99 pounds a month extra".to_owned();
    FilledBid {
        answers: BTreeMap::from([
            ("Q1".to_owned(), format!("Trained staff do it, for {PRICE}, with a four hour response.")),
            ("Q2".to_owned(), "In two steps.".to_owned()),
        ]),
        responses: BTreeMap::from([("R001".to_owned(), ResponseEntry { code: "F".to_owned(), comment })]),
        ..filled("12.5")
    }
}

impl Scene {
    /// Opened, with one bid; the deputy of Ashvale reads for prices, where the method says so.
    async fn new(clearance: bool) -> Self {
        let tender = Tender::published_with(|pack| {
            pack.method.moderation = Some(Moderation { spread_steps: 2, clearance });
        })
        .await;
        let supplier = tender.supplier("bids@larkfield.example").await;
        tender.upload(&supplier, &with_prices()).await.unwrap();
        let db = &tender.world.db;
        draft::add_document(db, &supplier, "Q1", "plan.pdf", b"%PDF-1.7 a table of prices".to_vec())
            .await
            .unwrap();
        tender.submit(&supplier).await.unwrap();
        tender.open().await;
        tender.declare(&tender.panel_member, Interest::Nothing).await.unwrap();
        give(&tender, &tender.ashvale_deputy, Role::Clearer).await.unwrap();
        let id = tender.id;
        let bids = tender.world.read(&Caller::System, move |r| async move { bid::all(&r, id).await });
        let bid = bids.await.unwrap()[0].bid.id;
        Self { tender, bid }
    }

    fn reader(&self) -> &Caller {
        &self.tender.ashvale_deputy
    }

    async fn seen(&self, who: &Caller) -> Result<BidView, Refusal> {
        let (id, bid) = (self.tender.id, self.bid);
        self.tender.world.read(who, move |r| async move { bid::one(&r, id, bid).await }).await
    }

    async fn part(&self, who: &Caller, part: &'static str) -> Result<Part, Refusal> {
        let (id, bid) = (self.tender.id, self.bid);
        self.tender.world.read(who, move |r| async move { view::one(&r, id, bid, part).await }).await
    }

    async fn list(&self, who: &Caller) -> Result<Vec<Standing>, Refusal> {
        let id = self.tender.id;
        let read = move |r| async move { view::list(&r, id, &Paging::default()).await };
        Ok(self.tender.world.read(who, read).await?.items)
    }

    async fn release(
        &self,
        who: &Caller,
        part: &'static str,
        seen: i64,
        (removed, reason): (&[&str], &str),
    ) -> Result<Release, Refusal> {
        let (id, bid) = (self.tender.id, self.bid);
        let removed = removed.iter().map(|passage| (*passage).to_owned()).collect();
        let input = ReleaseInput { removed, withheld: Vec::new(), reason: reason.to_owned() };
        self.tender
            .world
            .write(who, move |w| async move { act::release(&w, id, bid, part, seen, input).await })
            .await
    }
}

async fn give(tender: &Tender, who: &Caller, role: Role) -> Result<(), Refusal> {
    let (id, input) =
        (tender.id, RoleInput { person_id: person_id(who).to_string(), role: role.to_string() });
    let given = move |w| async move { role::give(&w, id, input).await.map(|_| ()) };
    tender.world.write(&tender.coordinator, given).await
}

fn text(view: &BidView, question: &str) -> Option<String> {
    view.answers.iter().find(|row| row.question == question).map(|row| row.text.clone())
}

#[tokio::test]
async fn the_panel_sees_an_answer_once_it_is_released_and_without_its_price() {
    let scene = Scene::new(true).await;
    let panel = &scene.tender.panel_member;
    let held = scene.seen(panel).await.unwrap();
    assert_eq!((held.answers.len(), held.held.len()), (0, 3), "{held:?}");
    assert!(held.responses.iter().all(|row| row.comment.is_empty()) && held.findings.is_empty());
    // Neither the coordinator: nobody but who reads it first.
    assert!(scene.seen(&scene.tender.coordinator).await.unwrap().answers.is_empty());
    let whole = scene.seen(scene.reader()).await.unwrap();
    assert!(text(&whole, "Q1").unwrap().contains(PRICE) && whole.held.is_empty());

    let list = scene.list(scene.reader()).await.unwrap();
    let told: Vec<_> = list.iter().map(|one| (one.part.as_str(), one.suspected)).collect();
    assert_eq!(told, [("Q1", Some(1)), ("Q2", Some(0)), (RESPONSES, Some(1))]);
    let part = scene.part(scene.reader(), "Q1").await.unwrap();
    assert_eq!(part.suspected, [PRICE]);
    let wrong = scene.release(scene.reader(), "Q1", 0, (&[PRICE, "£451"], "")).await.unwrap_err();
    let fields: Vec<_> =
        wrong.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(fields, [("removed/1", "not_in_answer"), ("reason", "missing")]);
    scene.release(scene.reader(), "Q1", 0, (&[PRICE], "It names a unit price.")).await.unwrap();
    let seen = scene.seen(panel).await.unwrap();
    assert_eq!(
        text(&seen, "Q1").unwrap(),
        format!("Trained staff do it, for {REMOVED}, with a four hour response.")
    );
    assert_eq!(seen.held, ["Q2", RESPONSES]);

    // What was overlooked is taken out anew; the release before stays on record.
    assert_eq!(scene.release(scene.reader(), "Q1", 0, (&[], "")).await.unwrap_err().kind, Kind::Stale);
    let again =
        scene.release(scene.reader(), "Q1", 1, (&[PRICE, "four hour"], "More than a price.")).await.unwrap();
    assert_eq!(again.row.revision, 2);
    assert!(!text(&scene.seen(panel).await.unwrap(), "Q1").unwrap().contains("four hour"));
    let id = scene.tender.id;
    let plain = move |w| async move { act::release_plain(&w, id).await };
    assert_eq!(scene.tender.world.write(scene.reader(), plain).await.unwrap(), 1, "Q2, and not the comments");
    assert_eq!(scene.seen(panel).await.unwrap().held, [RESPONSES]);
    let all = scene.tender.world.read(&Caller::System, move |r| async move {
        let entries =
            ledger_entry::Entity::find().filter(ledger_entry::Column::Action.eq("bidding.answer.release"));
        Ok((crate::bidding::release::rows(&r, id).await?.len(), entries.all(r.txn()).await?))
    });
    let (rows, entries) = all.await.unwrap();
    assert_eq!((rows, entries.len()), (3, 3));
    assert!(
        entries.iter().all(|entry| !entry.body.contains(PRICE)),
        "the ledger tells no price: {entries:?}"
    );
}

#[tokio::test]
async fn only_who_neither_marks_nor_moderates_reads_first() {
    let scene = Scene::new(true).await;
    let tender = &scene.tender;
    for who in [&tender.coordinator, &tender.panel_member, &tender.brackenham_opener] {
        assert_eq!(scene.part(who, "Q1").await.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(scene.release(who, "Q1", 0, (&[], "")).await.unwrap_err().kind, Kind::Forbidden);
    }
    let states = scene.list(&tender.coordinator).await.unwrap();
    assert!(states.iter().all(|one| one.suspected.is_none()), "{states:?}");
    assert_eq!(scene.list(&tender.panel_member).await.unwrap_err().kind, Kind::Forbidden);
    let refused = give(tender, &tender.panel_member, Role::Clearer).await.unwrap_err();
    assert_eq!(refused.fields[0].code, "marks_and_reads");
    for role in [Role::PanelMember, Role::Moderator] {
        assert_eq!(give(tender, scene.reader(), role).await.unwrap_err().fields[0].code, "marks_and_reads");
    }
    tender.declare(scene.reader(), Interest::Barred).await.unwrap();
    assert!(scene.part(scene.reader(), "Q1").await.is_err());
    assert!(scene.release(scene.reader(), "Q1", 0, (&[], "")).await.is_err());
    let id = tender.id;
    let plain = move |w| async move { act::release_plain(&w, id).await };
    assert_eq!(tender.world.write(scene.reader(), plain).await.unwrap_err().kind, Kind::Forbidden);
}

#[tokio::test]
async fn a_lock_shows_everything_and_ends_the_reading() {
    let scene = Scene::new(true).await;
    scene.release(scene.reader(), "Q1", 0, (&[PRICE], "It names a unit price.")).await.unwrap();
    super::super::lock_quality(&scene.tender, 0).await;
    let seen = scene.seen(&scene.tender.panel_member).await.unwrap();
    assert!(text(&seen, "Q1").unwrap().contains(PRICE), "the first lot shows whole");
    assert_eq!(seen.held, ["Q2", RESPONSES], "the second does not, nor what belongs to both");
    assert_eq!(scene.release(scene.reader(), "Q1", 1, (&[], "")).await.unwrap_err().code, "quality_locked");
}

#[tokio::test]
async fn a_document_stays_back_until_the_lock() {
    let scene = Scene::new(true).await;
    let (id, bid, panel) = (scene.tender.id, scene.bid, &scene.tender.panel_member);
    let file = scene.part(scene.reader(), "Q1").await.unwrap().files[0].id;
    let download = |who: Caller| {
        let world = &scene.tender.world;
        async move { world.read(&who, move |r| async move { bid::document(&r, id, bid, file).await }).await }
    };
    assert!(download(scene.reader().clone()).await.is_ok());
    assert_eq!(download(panel.clone()).await.unwrap_err().kind, Kind::NotFound, "nobody has read it");
    let with = |withheld: Vec<Uuid>, reason: &str| {
        let input = ReleaseInput { removed: Vec::new(), withheld, reason: reason.to_owned() };
        move |w| async move { act::release(&w, id, bid, "Q1", 0, input).await }
    };
    let unknown = with(vec![Uuid::now_v7()], "It has a table of prices.");
    let refused = scene.tender.world.write(scene.reader(), unknown).await.unwrap_err();
    assert_eq!(refused.fields[0].code, "unknown_document");
    let withheld = with(vec![file], "It has a table of prices.");
    scene.tender.world.write(scene.reader(), withheld).await.unwrap();
    let seen = scene.seen(panel).await.unwrap();
    assert!(text(&seen, "Q1").is_some() && seen.files.is_empty(), "the text shows, the document does not");
    assert_eq!(download(panel.clone()).await.unwrap_err().kind, Kind::NotFound);
    super::super::lock_quality(&scene.tender, 0).await;
    assert!(download(panel.clone()).await.is_ok());
}

#[tokio::test]
async fn without_the_published_rule_answers_show_as_they_are() {
    let scene = Scene::new(false).await;
    let seen = scene.seen(&scene.tender.panel_member).await.unwrap();
    assert!(text(&seen, "Q1").unwrap().contains(PRICE) && seen.held.is_empty());
    assert!(scene.list(scene.reader()).await.unwrap().is_empty());
    assert_eq!(scene.part(scene.reader(), "Q1").await.unwrap_err().kind, Kind::NotFound);
}
