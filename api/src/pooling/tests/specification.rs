//! From pooling to an agreed specification, and back.

use entity::{Word, pooled_requirement};
use rules::stage::Stage;
use rules::words::{Moscow, RequirementType};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::*;

/// One pooled requirement, whatever it says.
async fn pool_something(room: &Room) {
    let row = pooled_requirement::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(room.id()),
        code: Set("R1".to_owned()),
        text: Set("Answers calls within a minute".to_owned()),
        kind: Set(Word(RequirementType::Support)),
        moscow: Set(Word(Moscow::Must)),
        accepted: Set(String::new()),
        position: Set(1),
        version: Set(1),
    };
    room.world
        .write(&Caller::System, |w| async move {
            Ok(pooled_requirement::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
}

/// A council agrees a version of the pooled list.
async fn council_agrees(room: &Room, council: Uuid, version: i64) {
    let id = room.id();
    room.world
        .write(&Caller::System, move |w| async move {
            participation::Entity::update_many()
                .col_expr(participation::Column::AgreedPoolVersion, Expr::value(version))
                .filter(participation::Column::ProcurementId.eq(id))
                .filter(participation::Column::CouncilId.eq(council))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn agree(room: &Room, caller: &Caller, seen: i64) -> Result<procurement::Model, Refusal> {
    let id = room.id();
    room.world
        .write(caller, move |w| async move { procurements::agree_specification(&w, id, seen).await })
        .await
}

#[tokio::test]
async fn the_specification_stands_when_lead_and_core_councils_have_agreed_the_list_as_it_is() {
    let room = Room::new().await;
    room.joined().await;
    room.invite(&room.coordinator, room.carrow.id, "named_option").await.unwrap();
    room.accept(&room.stranger, 1, undertaking()).await.unwrap();
    let refusal = agree(&room, &room.coordinator, 1).await.unwrap_err();
    assert_eq!(refusal.code, "pooled_list_empty");
    pool_something(&room).await;
    council_agrees(&room, room.procurement.lead_council_id, 1).await;
    council_agrees(&room, room.brackenham.id, 0).await;
    let refusal = agree(&room, &room.coordinator, 1).await.unwrap_err();
    assert_eq!(refusal.code, "not_agreed");
    assert!(refusal.detail.ends_with("by: Brackenham."), "Carrow never blocks: {}", refusal.detail);

    council_agrees(&room, room.brackenham.id, 1).await;
    assert_eq!(agree(&room, &room.partner, 1).await.unwrap_err().status(), 403);
    assert_eq!(agree(&room, &room.coordinator, 4).await.unwrap_err().status(), 412);
    assert!(room.world.mails("specification_agreed").await.is_empty(), "nothing is told before it is so");
    let agreed = agree(&room, &room.coordinator, 1).await.unwrap();
    assert_eq!((agreed.stage.0, agreed.version), (Stage::Tendering, 2));
    let told = room.world.mails("specification_agreed").await;
    let told: Vec<_> = told.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(told, ["notices@ashvale.example", "notices@brackenham.example", "notices@carrow.example"]);
    assert_eq!(agree(&room, &room.coordinator, 2).await.unwrap_err().code, "wrong_stage");
}

#[tokio::test]
async fn pooling_is_reopened_with_a_reason_and_core_partners_join_only_while_pooling() {
    let room = Room::new().await;
    let id = room.id();
    room.invite(&room.coordinator, room.brackenham.id, "core").await.unwrap();
    pool_something(&room).await;
    council_agrees(&room, room.procurement.lead_council_id, 1).await;
    agree(&room, &room.coordinator, 1).await.unwrap();
    let refusal = room.accept(&room.partner, 1, undertaking()).await.unwrap_err();
    assert_eq!(refusal.code, "wrong_stage", "a core partner agrees the specification, so it joins before");
    room.invite(&room.coordinator, room.carrow.id, "named_option").await.unwrap();

    let reopen = async |caller: &Caller, seen: i64, reason: &'static str| {
        room.world
            .write(caller, move |w| async move { procurements::reopen_pooling(&w, id, seen, reason).await })
            .await
    };
    let refusal = reopen(&room.coordinator, 2, " ").await.unwrap_err();
    assert_eq!(fields(&refusal), ["reason"]);
    assert_eq!(reopen(&room.partner, 2, "Join").await.unwrap_err().status(), 403);
    let reopened = reopen(&room.coordinator, 2, "Brackenham joins after all").await.unwrap();
    assert_eq!(reopened.stage.0, Stage::Pooling);
    room.accept(&room.partner, 1, undertaking()).await.unwrap();
}

#[tokio::test]
async fn particulars_change_by_the_coordinator_who_saw_them_last() {
    let room = Room::new().await;
    let id = room.id();
    room.joined().await;
    let change = async |caller: &Caller, seen: i64, title: &'static str| {
        let input = ProcurementInput { title: title.to_owned(), ..particulars() };
        room.world
            .write(caller, move |w| async move { procurements::change(&w, id, seen, input).await })
            .await
    };
    let changed = change(&room.coordinator, 1, "Managed ICT").await.unwrap();
    assert_eq!(
        (changed.title.as_str(), changed.version),
        ("Managed ICT", 2),
        "its own reference is no clash"
    );
    assert_eq!(change(&room.coordinator, 1, "Late").await.unwrap_err().status(), 412);
    assert_eq!(change(&room.partner, 2, "Mine").await.unwrap_err().status(), 403);
    assert_eq!(change(&room.stranger, 2, "Mine").await.unwrap_err().status(), 404);
    let verified =
        room.world.read(&Caller::System, |r| async move { crate::kernel::ledger::verify(&r).await });
    assert_eq!(verified.await.unwrap().fault, None, "the chain holds");
}
