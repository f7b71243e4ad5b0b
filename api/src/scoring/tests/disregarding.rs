//! A disregarded bid: scoring is completed without it, its marks stay, and a result is computed anew beside the one before.

use entity::mark;
use rules::outcome::Ground;
use rules::words::Exclusion;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::fixture::{Room, reasoned};
use crate::bidding::outcome::decision::{self, DecisionInput};
use crate::bidding::outcome::raise::{self, RaiseInput};
use crate::bidding::outcome::{Outcome, reply};
use crate::bidding::response_time::{self, AnswerBy};
use crate::kernel::{Caller, Reading, Refusal};
use crate::scoring::{bundle, desk, lock, moderation, moved};

impl Room {
    async fn raise(&self, bid: usize, ground: &str, hears: bool) -> Outcome {
        let (id, bid) = (self.id, self.bids[bid]);
        let reply_by = if hears {
            let now = self.world.read(&Caller::System, |r| async move { Ok(r.now()) }).await.unwrap();
            Some(AnswerBy::at(response_time::usual(now).unwrap()))
        } else {
            None
        };
        let lot = (ground == "abnormally_low").then(|| "L1".to_owned());
        let reason = "What the tender says does not hold.".to_owned();
        let input = RaiseInput { ground: ground.to_owned(), lot, reason, reply_by };
        self.world
            .write(&self.coordinator, move |w| async move { raise::raise(&w, id, bid, input).await })
            .await
            .unwrap()
    }

    async fn settle(&self, one: &Outcome, verdict: &str) -> Result<Outcome, Refusal> {
        let (procurement, id, seen) = (self.id, one.row.id, one.row.version);
        let reason = "It was looked at by two people.".to_owned();
        let input = DecisionInput { verdict: verdict.to_owned(), reason };
        self.world
            .write(&self.moderator, move |w| async move {
                decision::decide(&w, procurement, id, seen, input).await
            })
            .await
    }

    async fn disregard(&self, bid: usize) -> Outcome {
        let one = self.raise(bid, "debarred_supplier", false).await;
        self.settle(&one, "disregard").await.unwrap()
    }

    async fn pass_time(&self) {
        self.world.db.advance_clock(chrono::TimeDelta::days(8)).await.unwrap();
    }

    async fn outdated(&self) -> bool {
        let id = self.id;
        let desk = self.world.read(&self.coordinator, move |r| async move { desk::view(&r, id).await });
        desk.await.unwrap().lots[0].outdated
    }
}

#[tokio::test]
async fn scoring_is_completed_without_a_bid_that_is_disregarded_before_the_lock() {
    let room = Room::new().await;
    room.mark(&room.panel[0], (1, "Q1"), 0, ("5", "The plan names dates and people.")).await.unwrap();
    room.disregard(1).await;
    let refused =
        room.mark(&room.panel[0], (1, "Q2"), 0, ("3", "The plan is good enough.")).await.unwrap_err();
    assert_eq!(refused.code, "disregarded");
    for panel in &room.panel {
        for question in ["Q1", "Q2"] {
            room.mark(panel, (0, question), 0, ("3", "The plan names dates and people.")).await.unwrap();
        }
        room.submit(panel).await.unwrap();
    }
    let (id, lot) = (room.id, room.lot);
    let queue =
        room.world.read(&room.moderator, move |r| async move { moderation::queue(&r, id, lot).await });
    assert_eq!(queue.await.unwrap().items.len(), 2, "the two answers of the bid that stands");
    for question in ["Q1", "Q2"] {
        room.agree(&room.moderator, (0, question), 0, reasoned("3")).await.unwrap();
    }
    let refused = room.agree(&room.moderator, (1, "Q1"), 0, reasoned("3")).await.unwrap_err();
    assert_eq!(refused.code, "disregarded");
    let check = room.world.read(&room.moderator, move |r| async move { lock::check(&r, id, lot).await });
    assert!(check.await.unwrap().missing.is_empty());
    room.lock(&room.moderator).await.unwrap();
    let computed = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(computed.result.winner, Some(room.bids[0].to_string()));
    let gone = computed.result.bids.iter().find(|bid| bid.bid == room.bids[1].to_string()).unwrap();
    assert_eq!(gone.exclusion, Some(Exclusion::Disregarded));
    assert!(gone.reasons[0].message.contains("s.57(1)(b)"), "{:?}", gone.reasons);
    let kept: Vec<mark::Model> = room
        .world
        .read(&Caller::System, {
            let bid = room.bids[1];
            move |r| async move {
                Ok(mark::Entity::find().filter(mark::Column::BidId.eq(bid)).all(r.txn()).await?)
            }
        })
        .await
        .unwrap();
    assert_eq!(kept.len(), 1, "what was marked stays (DOMAIN rule 4)");
    verifies(&room).await;
}

#[tokio::test]
async fn a_disregard_after_a_result_outdates_it_and_the_next_says_what_moved() {
    let room = Room::agreed().await;
    room.lock(&room.moderator).await.unwrap();
    let first = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(first.result.winner, Some(room.bids[1].to_string()));
    let one = room.raise(1, "abnormally_low", true).await;
    assert!(!room.outdated().await, "a notice changes nothing");
    assert_eq!(room.settle(&one, "disregard").await.unwrap_err().code, "not_heard");
    room.pass_time().await;
    room.settle(&one, "disregard").await.unwrap();
    assert!(room.outdated().await);
    let second = room.compute(&room.coordinator).await.unwrap();
    assert!(!room.outdated().await);
    assert_eq!((second.row.revision, second.result.winner.clone()), (2, Some(room.bids[0].to_string())));
    let before = first.result.bids.iter().find(|bid| bid.bid == room.bids[0].to_string()).unwrap();
    let after = second.result.bids.iter().find(|bid| bid.bid == room.bids[0].to_string()).unwrap();
    assert_eq!(before.quality, after.quality, "nobody’s score changes silently");
    let (id, to) = (room.id, second.row.id);
    let since = room.world.read(&room.coordinator, move |r| async move { moved::since(&r, id, to).await });
    let since = since.await.unwrap().unwrap();
    let gone = since.moved.bids.iter().find(|bid| bid.bid == room.bids[1].to_string()).unwrap();
    let told = format!("It is disregarded: {}.", Ground::AbnormallyLow.told());
    assert_eq!(moved::told(gone), [told]);
    verifies(&room).await;
}

#[tokio::test]
async fn a_kept_bid_leaves_the_result_as_it_is() {
    let room = Room::agreed().await;
    room.lock(&room.moderator).await.unwrap();
    let first = room.compute(&room.coordinator).await.unwrap();
    let one = room.raise(0, "excludable_supplier", true).await;
    let none = room.world.read(&room.stranger, {
        let id: Uuid = one.row.id;
        move |r: Reading| async move { reply::own_one(&r, id).await }
    });
    assert_eq!(none.await.unwrap_err().status(), 404);
    room.pass_time().await;
    room.settle(&one, "keep").await.unwrap();
    assert!(!room.outdated().await);
    let again = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(again.row.hash, first.row.hash, "the same bytes");
    verifies(&room).await;
}

async fn verifies(room: &Room) {
    let id = room.id;
    let checked = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await });
    checked.await.unwrap().unwrap().unwrap();
}
