//! A corrected price makes a new result beside the old one.

use entity::{Word, price_correction};
use rules::correction::CorrectionState;
use rules::record::LotResult;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::fixture::{PRICES, Room, now};
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging};
use crate::scoring::{desk, result};

/// A correction of the second bid's price, in this state.
async fn correction(room: &Room, state: CorrectionState, after_e4: i64) -> Uuid {
    let decided = matches!(state, CorrectionState::Approved | CorrectionState::Rejected);
    let id = Uuid::now_v7();
    let row = price_correction::ActiveModel {
        id: Set(id),
        procurement_id: Set(room.id),
        lot_id: Set(room.lot),
        bid_id: Set(room.bids[1]),
        line: Set("P01".to_owned()),
        before_e4: Set(PRICES[1]),
        after_e4: Set(after_e4),
        rule: Set("Unit prices prevail.".to_owned()),
        reason: Set("A slip.".to_owned()),
        looked_at_all: Set("Both bids.".to_owned()),
        proposed_by: Set(person_id(&room.coordinator)),
        proposed_at: Set(now()),
        confirm_by: Set(now() + chrono::TimeDelta::days(3)),
        state: Set(Word(state)),
        answered_at: Set(Some(now())),
        answer_reason: Set(None),
        decided_by: Set(decided.then(|| person_id(&room.moderator))),
        decided_at: Set(decided.then(now)),
        decision_reason: Set(None),
        version: Set(3),
    };
    room.world
        .write(&Caller::System, |w| async move {
            Ok(price_correction::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
    id
}

async fn outdated(room: &Room) -> bool {
    let id = room.id;
    let desk = room.world.read(&room.coordinator, move |r| async move { desk::view(&r, id).await }).await;
    desk.unwrap().lots[0].outdated
}

#[tokio::test]
async fn a_corrected_price_makes_a_new_result_beside_the_old_one() {
    let room = Room::agreed().await;
    room.lock(&room.moderator).await.unwrap();
    let first = room.compute(&room.coordinator).await.unwrap();
    assert!(
        !first.row.body.contains("corrections"),
        "a result without any is what it was before there were any"
    );
    for state in [CorrectionState::Confirmed, CorrectionState::Refused, CorrectionState::Rejected] {
        correction(&room, state, 10_000).await;
    }
    assert!(!outdated(&room).await, "only what is approved counts");
    let same = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(same.row.hash, first.row.hash);

    // The second bid's £66.67 becomes £33.33: it now costs what the first one does, and leads by more.
    let id = correction(&room, CorrectionState::Approved, PRICES[0]).await;
    assert!(outdated(&room).await);
    let corrected = room.compute(&room.coordinator).await.unwrap();
    assert!(!outdated(&room).await);
    assert_eq!(corrected.row.revision, 3);
    assert_ne!(corrected.row.inputs_hash, first.row.inputs_hash);
    let bid = corrected.result.bids.iter().find(|bid| bid.bid == room.bids[1].to_string()).unwrap();
    let [only] = bid.corrections.as_slice() else { panic!("one correction: {:?}", bid.corrections) };
    assert_eq!((only.id.clone(), only.line.as_str()), (id.to_string(), "P01"));
    assert_eq!((only.before.0, only.after.0), (PRICES[1], PRICES[0]));
    // 60 · (0.6 · 5/5 + 0.4 · 3/5) + 40 = 90.4 of 100.
    assert_eq!(bid.total.as_ref().unwrap().rounded, "90.40");
    let again: LotResult = serde_json::from_str(&corrected.row.body).unwrap();
    assert_eq!(again, corrected.result, "its body tells the correction");

    let (procurement, lot) = (room.id, room.lot);
    let kept = room
        .world
        .read(&room.coordinator, move |r| async move {
            result::list(&r, procurement, lot, &Paging::default()).await
        })
        .await
        .unwrap();
    let hashes: Vec<_> = kept.items.iter().map(|row| row.hash.clone()).collect();
    assert_eq!(
        hashes,
        [corrected.row.hash, first.row.hash.clone(), first.row.hash],
        "the old ones stay as they are"
    );
}
