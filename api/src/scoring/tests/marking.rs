//! Interests, own marks and score sheets.

use entity::{mark, score_sheet};
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::fixture::Room;
use crate::kernel::testing::{key, person_id};
use crate::kernel::{Action, Caller, Paging};
use crate::scoring::{answer, mark as marks, moderation, sheet};
use crate::tendering::interest;

const WHY: &str = "The plan names dates and people.";

#[tokio::test]
async fn a_mark_off_the_scale_and_without_reason_is_refused_with_both_faults() {
    let room = Room::new().await;
    let refusal = room.mark(&room.panel[0], (0, "Q1"), 0, ("2", " ")).await.unwrap_err();
    assert_eq!(refusal.status(), 422);
    let value = refusal.about("value").unwrap();
    assert!(value.contains("0, 1, 3, 5"), "{value}");
    assert!(refusal.about("explanation").is_some());
    let refusal = room.mark(&room.panel[0], (0, "Q1"), 0, ("3", "Good.")).await.unwrap_err();
    assert_eq!(refusal.fields[0].code, "too_short");
    // Nothing was stored half.
    let left = own_left(&room, 0).await;
    assert_eq!(left, 4);
}

async fn own_left(room: &Room, who: usize) -> usize {
    let (id, lot) = (room.id, room.lot);
    let own = room
        .world
        .read(&room.panel[who], move |r| async move { marks::own_sheet(&r, id, lot).await })
        .await
        .unwrap();
    own.left().len()
}

#[tokio::test]
async fn a_changed_mark_is_a_new_row_and_needs_the_revision_that_was_seen() {
    let room = Room::new().await;
    let member = &room.panel[0];
    let first = room.mark(member, (0, "Q1"), 0, ("3.0", WHY)).await.unwrap();
    assert_eq!((first.value.as_str(), first.revision), ("3", 1), "as the scale writes it");
    let stale = room.mark(member, (0, "Q1"), 0, ("5", WHY)).await.unwrap_err();
    assert_eq!(stale.status(), 412);
    room.mark(member, (0, "Q1"), 1, ("5", WHY)).await.unwrap();
    let rows = room
        .world
        .read(member, |r| async move {
            Ok(mark::Entity::find().order_by_asc(mark::Column::Revision).all(r.txn()).await?)
        })
        .await
        .unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.revision, row.value.as_str(), row.current)).collect();
    assert_eq!(told, [(1, "3", false), (2, "5", true)]);
}

#[tokio::test]
async fn only_a_panel_member_who_declared_and_is_not_barred_marks() {
    let room = Room::bare().await;
    let missing = room.mark(&room.panel[0], (0, "Q1"), 0, ("3", WHY)).await.unwrap_err();
    assert_eq!(missing.code, "interest_missing");
    room.declare(&room.panel[0], 0, "mitigated", "Once worked for Blue Harbour IT.").await.unwrap();
    for cleared_by in two_who_clear(&room).await {
        let waits = room.mark(&room.panel[0], (0, "Q1"), 0, ("3", WHY)).await.unwrap_err();
        assert_eq!(waits.code, "interest_to_clear");
        let (id, person) = (room.id, person_id(&room.panel[0]));
        room.world
            .write(&cleared_by, move |w| async move {
                interest::clear(&w, id, person, 1, "That was six years ago.").await
            })
            .await
            .unwrap();
    }
    room.mark(&room.panel[0], (0, "Q1"), 0, ("3", WHY)).await.unwrap();
    room.declare(&room.panel[0], 1, "barred", "Owns shares of Blue Harbour IT.").await.unwrap();
    assert_eq!(room.mark(&room.panel[0], (0, "Q2"), 0, ("3", WHY)).await.unwrap_err().status(), 403);
    let names = |caller: &Caller| {
        let (id, caller, world) = (room.id, caller.clone(), &room.world);
        async move { world.read(&caller, move |r| async move { interest::bidders(&r, id).await }).await }
    };
    // Who has not declared is told the names, to be able to; who is barred is told nothing.
    assert_eq!(names(&room.panel[1]).await.unwrap(), ["Blue Harbour IT", "Northgate Systems"]);
    assert!(names(&room.panel[0]).await.unwrap().is_empty());
    let (id, lot, bid) = (room.id, room.lot, room.bids[0]);
    let hidden = room
        .world
        .read(&room.panel[0], move |r| async move { answer::view(&r, id, lot, bid, "Q1").await })
        .await
        .unwrap_err();
    assert_eq!(hidden.status(), 403);
    let lifted = room.declare(&room.panel[0], 2, "none", "").await.unwrap_err();
    assert_eq!(lifted.code, "barred");

    assert_eq!(room.mark(&room.coordinator, (0, "Q1"), 0, ("3", WHY)).await.unwrap_err().status(), 403);
    assert_eq!(room.mark(&room.stranger, (0, "Q1"), 0, ("3", WHY)).await.unwrap_err().status(), 404);
    let machine = key(&room.ashvale, &[Action::Read, Action::Score]);
    assert_eq!(room.mark(&machine, (0, "Q1"), 0, ("3", WHY)).await.unwrap_err().status(), 403);
}

/// A coordinator and an approver who have no interest.
async fn two_who_clear(room: &Room) -> [Caller; 2] {
    let approver = room.world.officer(&room.ashvale, "Approver").await;
    room.world.gives(room.id, &approver, Role::Approver).await;
    for person in [&room.coordinator, &approver] {
        room.declare(person, 0, "none", "").await.unwrap();
    }
    [room.coordinator.clone(), approver]
}

#[tokio::test]
async fn the_coordinator_alone_sees_who_declared_what() {
    let room = Room::bare().await;
    for caller in [&room.moderator, &room.panel[0], &room.panel[1]] {
        room.declare(caller, 0, "none", "").await.unwrap();
    }
    let id = room.id;
    let list = |caller: &crate::kernel::Caller| {
        let caller = caller.clone();
        let world = &room.world;
        async move {
            world
                .read(&caller, move |r| async move { interest::list(&r, id, &Paging::default()).await })
                .await
        }
    };
    let declared = list(&room.coordinator).await.unwrap().items;
    assert_eq!(declared.len(), 4);
    let silent: Vec<_> =
        declared.iter().filter(|one| one.last.is_none()).map(|one| one.person.name.as_str()).collect();
    assert_eq!(silent, ["Coordinator"]);
    assert_eq!(list(&room.panel[0]).await.unwrap_err().status(), 403);
    assert_eq!(list(&room.stranger).await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn nobody_reads_anothers_marks_before_all_have_submitted() {
    let room = Room::new().await;
    room.mark_all(&room.panel[1], "5").await;
    room.submit(&room.panel[1]).await.unwrap();
    room.mark(&room.panel[0], (0, "Q1"), 0, ("1", WHY)).await.unwrap();
    let (id, lot, bid) = (room.id, room.lot, room.bids[0]);
    let own = room
        .world
        .read(&room.panel[0], move |r| async move { marks::own_sheet(&r, id, lot).await })
        .await
        .unwrap();
    let me = person_id(&room.panel[0]);
    assert_eq!(own.marks.len(), 1);
    assert!(own.marks.values().all(|mark| mark.person_id == me));
    for caller in [&room.panel[0], &room.moderator] {
        let queue =
            room.world.read(caller, move |r| async move { moderation::queue(&r, id, lot).await }).await;
        assert_eq!(queue.unwrap_err().code, "moderation_not_open");
        let one = room
            .world
            .read(caller, move |r| async move { moderation::one(&r, id, lot, "Q1", bid).await })
            .await;
        assert_eq!(one.unwrap_err().code, "moderation_not_open");
    }
    // The coordinator sees counts; the type holds no mark.
    let progress = room
        .world
        .read(&room.coordinator, move |r| async move { sheet::progress(&r, id, lot).await })
        .await
        .unwrap();
    let counts: Vec<_> =
        progress.members.iter().map(|one| (one.marked, one.member.submitted_at.is_some())).collect();
    assert_eq!(counts, [(1, false), (4, true)]);
    let hidden =
        room.world.read(&room.panel[0], move |r| async move { sheet::progress(&r, id, lot).await }).await;
    assert_eq!(hidden.unwrap_err().status(), 403);
    // Nor does the ledger tell a mark.
    let told = crate::scoring::tests::ledger(&room).await;
    assert!(
        told.iter().any(|body| body.contains("\"content\""))
            && told.iter().all(|body| !body.contains("\"value\""))
    );

    // Once both have submitted, only the moderator sees the marks: a panel member could still take its own back.
    for (place, value) in [((0, "Q2"), "1"), ((1, "Q1"), "1"), ((1, "Q2"), "1")] {
        room.mark(&room.panel[0], place, 0, (value, WHY)).await.unwrap();
    }
    room.submit(&room.panel[0]).await.unwrap();
    room.world
        .read(&room.moderator, move |r| async move { moderation::queue(&r, id, lot).await })
        .await
        .unwrap();
    let early =
        room.world.read(&room.panel[0], move |r| async move { moderation::queue(&r, id, lot).await }).await;
    assert_eq!(early.unwrap_err().status(), 403);
}

#[tokio::test]
async fn an_incomplete_sheet_is_refused_with_all_that_is_missing() {
    let room = Room::new().await;
    room.mark(&room.panel[0], (0, "Q1"), 0, ("3", WHY)).await.unwrap();
    let refusal = room.submit(&room.panel[0]).await.unwrap_err();
    assert_eq!((refusal.status(), refusal.code.as_str()), (409, "incomplete"));
    let missing: Vec<_> = refusal.fields.iter().map(|fault| fault.field.clone()).collect();
    let [first, second] = room.bids;
    assert_eq!(
        missing,
        [format!("marks/{first}/Q2"), format!("marks/{second}/Q1"), format!("marks/{second}/Q2"),]
    );
}

#[tokio::test]
async fn a_submitted_sheet_is_closed_until_it_is_recalled() {
    let room = Room::new().await;
    let member = &room.panel[0];
    room.mark_all(member, "3").await;
    room.submit(member).await.unwrap();
    assert_eq!(room.mark(member, (0, "Q1"), 1, ("5", WHY)).await.unwrap_err().code, "sheet_submitted");
    let (id, lot) = (room.id, room.lot);
    let recall = || room.world.write(member, move |w| async move { sheet::recall(&w, id, lot).await });
    recall().await.unwrap();
    room.mark(member, (0, "Q1"), 1, ("5", WHY)).await.unwrap();
    assert_eq!(recall().await.unwrap_err().code, "not_submitted");
    let person = person_id(member);
    let sheets = room
        .world
        .read(member, move |r| async move {
            Ok(score_sheet::Entity::find()
                .filter(score_sheet::Column::PersonId.eq(person))
                .all(r.txn())
                .await?)
        })
        .await
        .unwrap();
    assert!(sheets.is_empty());
}

#[tokio::test]
async fn explanations_that_repeat_the_scale_are_told_once() {
    let room = Room::new().await;
    room.mark_all(&room.panel[0], "3").await;
    let parrot = ("3", "Good: meets the requirement with minor concerns");
    room.mark(&room.panel[0], (1, "Q2"), 1, parrot).await.unwrap();
    let refusal = room.submit(&room.panel[0]).await.unwrap_err();
    assert_eq!((refusal.status(), refusal.code.as_str()), (409, "repeats_descriptor"));
    let [fault] = refusal.fields.as_slice() else { panic!("{refusal}") };
    assert_eq!(fault.field, format!("marks/{}/Q2", room.bids[1]));
    room.submit_as_is(&room.panel[0], true).await.unwrap();
    let told = super::ledger(&room).await.into_iter().find(|body| body.contains("repeat_descriptor"));
    assert!(told.is_some_and(|body| body.contains("\"repeat_descriptor\":1")));
}
