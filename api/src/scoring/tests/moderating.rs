//! Moderation, marks of record and the quality lock.

use entity::{consensus, ledger_entry};
use rules::agreement::Reading as Agreed;
use rules::canonical;
use rules::signed::Signed;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::fixture::{Room, reasoned};
use crate::kernel::Caller;
use crate::scoring::consensus::{self as consensus_of, ConsensusInput};
use crate::scoring::{agreement, moderation, sheet};

#[tokio::test]
async fn the_agenda_starts_with_the_widest_spread() {
    let room = Room::new().await;
    for (caller, value) in room.panel.iter().zip(["3", "3"]) {
        room.mark_all(caller, value).await;
    }
    room.mark(&room.panel[1], (1, "Q2"), 1, ("0", "Nothing is said of it.")).await.unwrap();
    for caller in &room.panel {
        room.submit(caller).await.unwrap();
    }
    let (id, lot) = (room.id, room.lot);
    let queue = room
        .world
        .read(&room.moderator, move |r| async move { moderation::queue(&r, id, lot).await })
        .await
        .unwrap();
    let order: Vec<_> = queue
        .items
        .iter()
        .map(|item| (item.question.as_str(), item.bid.supplier.as_str(), item.steps))
        .collect();
    assert_eq!(
        order,
        [
            ("Q2", "Northgate Systems", Some(2)),
            ("Q1", "Blue Harbour IT", Some(0)),
            ("Q1", "Northgate Systems", Some(0)),
            ("Q2", "Blue Harbour IT", Some(0)),
        ]
    );
    assert!(queue.items[0].needed && !queue.items[1].needed);
    // Eight marks are too few for a coefficient; who gives less, and on what they lie apart, shows all the same.
    let found = room
        .world
        .read(&room.moderator, move |r| async move { agreement::of_lot(&r, id, lot).await })
        .await
        .unwrap();
    assert_eq!((found.marks, found.whole), (8, Agreed::TooFew));
    let apart: Vec<_> =
        found.questions.iter().map(|one| (one.code.as_str(), one.apart, one.widest)).collect();
    assert_eq!(apart, [("Q1", 0, 0), ("Q2", 1, 2)]);
    // One answer of four got 0 where the other gave 3 of 5: 60 % of the scale, over four answers.
    let more: Vec<_> = found.members.iter().map(|one| one.leniency.as_ref().unwrap().fixed(1)).collect();
    assert_eq!(more, ["15.0", "-15.0"]);
    assert_eq!(queue.items[0].mean.as_deref(), Some("1.50"));
}

#[tokio::test]
async fn a_consensus_names_mark_reason_and_place_or_is_refused_with_all_faults() {
    let room = Room::marked().await;
    let input = ConsensusInput { value: "4".to_owned(), ..ConsensusInput::default() };
    let refusal = room.agree(&room.moderator, (0, "Q1"), 0, input).await.unwrap_err();
    for field in ["value", "rationale", "reference", "present"] {
        assert!(refusal.about(field).is_some(), "{field}: {refusal}");
    }
    assert!(refusal.about("value").unwrap().contains("0, 1, 3, 5"));
    let parrot = ConsensusInput {
        rationale: "Good: meets the requirement with minor concerns".to_owned(),
        ..reasoned("3")
    };
    let refusal = room.agree(&room.moderator, (0, "Q1"), 0, parrot.clone()).await.unwrap_err();
    assert_eq!((refusal.status(), refusal.code.as_str()), (422, "repeats_descriptor"));
    room.agree(&room.moderator, (0, "Q1"), 0, ConsensusInput { confirm: true, ..parrot }).await.unwrap();
    for caller in [&room.panel[0], &room.coordinator] {
        assert_eq!(room.agree(caller, (0, "Q2"), 0, reasoned("3")).await.unwrap_err().status(), 403);
    }
}

#[tokio::test]
async fn marks_of_record_are_only_ever_added() {
    let room = Room::marked().await;
    room.agree(&room.moderator, (0, "Q1"), 0, reasoned("3")).await.unwrap();
    let stale = room.agree(&room.moderator, (0, "Q1"), 0, reasoned("5")).await.unwrap_err();
    assert_eq!(stale.status(), 412);
    let told = ConsensusInput {
        strengths: "Names people".to_owned(),
        weaknesses: "No test of the data.".to_owned(),
        ..reasoned("5")
    };
    let row = room.agree(&room.moderator, (0, "Q1"), 1, told).await.unwrap();
    assert_eq!(
        consensus_of::explanation(&row),
        format!("{} Strengths: Names people. Weaknesses: No test of the data.", reasoned("5").rationale)
    );
    let rows = room
        .world
        .read(&Caller::System, |r| async move {
            Ok(consensus::Entity::find().order_by_asc(consensus::Column::Revision).all(r.txn()).await?)
        })
        .await
        .unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.revision, row.value.as_str(), row.current)).collect();
    assert_eq!(told, [(1, "3", false), (2, "5", true)]);
    // From the first one on, own marks are final.
    let (id, lot) = (room.id, room.lot);
    let recall =
        room.world.write(&room.panel[0], move |w| async move { sheet::recall(&w, id, lot).await }).await;
    assert_eq!(recall.unwrap_err().code, "moderation_begun");
    room.world
        .read(&room.panel[0], move |r| async move { moderation::queue(&r, id, lot).await })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_mark_of_one_person_is_confirmed_by_another() {
    let room = Room::new().await;
    room.world.gives(room.id, &room.panel[0], Role::Moderator).await;
    // The other panel member is barred and does not count.
    room.declare(&room.panel[1], 1, "barred", "Owns shares of a bidder.").await.unwrap();
    room.mark_all(&room.panel[0], "3").await;
    room.submit(&room.panel[0]).await.unwrap();
    let refusal = room.agree(&room.panel[0], (0, "Q1"), 0, reasoned("3")).await.unwrap_err();
    assert_eq!(refusal.code, "second_person_needed");
    room.agree(&room.moderator, (0, "Q1"), 0, reasoned("3")).await.unwrap();
}

#[tokio::test]
async fn quality_is_locked_once_every_answer_is_agreed_and_then_stands() {
    let room = Room::marked().await;
    room.agree(&room.moderator, (0, "Q1"), 0, reasoned("3")).await.unwrap();
    let refusal = room.lock(&room.moderator).await.unwrap_err();
    assert_eq!((refusal.code.as_str(), refusal.fields.len()), ("consensus_missing", 3));
    assert_eq!(room.lock(&room.panel[0]).await.unwrap_err().status(), 403);
    assert_eq!(room.lock(&room.stranger).await.unwrap_err().status(), 404);

    let room = Room::agreed().await;
    let lock = room.lock(&room.moderator).await.unwrap();
    assert_eq!(lock.marks_hash.len(), 64);
    let refusal = room.agree(&room.moderator, (0, "Q1"), 1, reasoned("5")).await.unwrap_err();
    assert_eq!(refusal.code, "quality_locked");
    assert_eq!(room.lock(&room.coordinator).await.unwrap_err().code, "quality_locked");
}

#[tokio::test]
async fn a_lock_is_signed_and_entered_before_its_prices_are_opened() {
    let room = Room::agreed().await;
    let lock = room.lock(&room.moderator).await.unwrap();
    room.compute(&room.coordinator).await.unwrap();

    let signed: Signed = serde_json::from_str(lock.signed.as_deref().unwrap()).unwrap();
    signed.check().unwrap();
    let statement: Value = serde_json::from_str(&signed.statement).unwrap();
    assert_eq!(statement["marks_hash"], lock.marks_hash.as_str());
    assert_eq!(statement["lot"], room.lot.to_string());
    assert_eq!(statement["pack"], room.pack.hash().unwrap());

    let chain = room.id.to_string();
    let entries = room
        .world
        .read(&Caller::System, |r| async move {
            let rows = ledger_entry::Entity::find().filter(ledger_entry::Column::Chain.eq(chain));
            Ok(rows.order_by_asc(ledger_entry::Column::Number).all(r.txn()).await?)
        })
        .await
        .unwrap();
    let place = |action: &str| entries.iter().position(|entry| entry.action == action).unwrap();
    let (locked, opened) = (place("scoring.quality.lock"), place("scoring.prices.open"));
    let last_agreed = entries.iter().rposition(|entry| entry.action == "scoring.consensus.agree").unwrap();
    assert!(last_agreed < locked && locked < opened && opened < place("scoring.result.compute"));
    let body: Value = serde_json::from_str(&entries[locked].body).unwrap();
    assert_eq!(body["statement_hash"], canonical::sha256_hex(signed.statement.as_bytes()));
    assert_eq!(
        (&body["signature"], &body["public_key"]),
        (&signed.signature.into(), &signed.public_key.into())
    );
    let body: Value = serde_json::from_str(&entries[opened].body).unwrap();
    assert_eq!(body["marks_hash"], lock.marks_hash.as_str());
}
