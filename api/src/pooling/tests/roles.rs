//! People's parts.

use rules::words::Role;

use super::*;
use crate::kernel::Paging;
use crate::kernel::testing::person_id;
use crate::pooling::role::{self as roles, Held, RoleInput};

async fn give(room: &Room, caller: &Caller, person: &Caller, role: &str) -> Result<Held, Refusal> {
    let (id, input) =
        (room.id(), RoleInput { person_id: person_id(person).to_string(), role: role.to_owned() });
    room.world.write(caller, move |w| async move { roles::give(&w, id, input).await }).await
}

async fn take_back(room: &Room, caller: &Caller, role: Uuid) -> Result<(), Refusal> {
    let id = room.id();
    let taken = room.world.write(caller, move |w| async move { roles::take_back(&w, id, role).await });
    taken.await.map(|_| ())
}

#[tokio::test]
async fn a_coordinator_gives_parts_to_people_of_councils_that_joined() {
    let room = Room::new().await;
    room.joined().await;
    let outsider = room.world.outsider(&room.brackenham, "Consultant").await;
    give(&room, &room.coordinator, &room.partner, "opener").await.unwrap();
    give(&room, &room.coordinator, &outsider, "panel_member").await.unwrap();
    let refusal = give(&room, &room.coordinator, &outsider, "approver").await.unwrap_err();
    assert_eq!(fields(&refusal), ["role"], "an outsider decides nothing for a council");
    let refusal = give(&room, &room.coordinator, &room.stranger, "observer").await.unwrap_err();
    assert_eq!(fields(&refusal), ["person_id"], "Carrow takes no part");
    let refusal = give(&room, &room.coordinator, &room.partner, "opener").await.unwrap_err();
    assert_eq!(refusal.fields[0].code, "already_exists");

    assert_eq!(give(&room, &room.partner, &room.partner, "coordinator").await.unwrap_err().status(), 403);
    assert_eq!(give(&room, &room.stranger, &room.stranger, "coordinator").await.unwrap_err().status(), 404);

    let id = room.id();
    let seen =
        room.world.read(&outsider, move |r| async move { roles::list(&r, id, &Paging::default()).await });
    let seen: Vec<_> = seen.await.unwrap().items.iter().map(|held| held.role.role.0).collect();
    assert_eq!(seen, [Role::Coordinator, Role::Opener, Role::PanelMember]);
}

#[tokio::test]
async fn approvers_are_their_own_councils_affair() {
    let room = Room::new().await;
    room.joined().await;
    let administrator = room.world.administrator(&room.brackenham, "Administrator").await;
    let held = give(&room, &administrator, &room.partner, "approver").await.unwrap();
    let refusal = give(&room, &administrator, &room.partner, "opener").await.unwrap_err();
    assert_eq!(refusal.status(), 403, "other parts are the coordinator's to give");
    let refusal = give(&room, &administrator, &room.coordinator, "approver").await.unwrap_err();
    assert_eq!(refusal.status(), 403, "and so are other councils' people");
    take_back(&room, &administrator, held.role.id).await.unwrap();

    let id = room.id();
    let candidates = async |caller: &Caller| {
        room.world
            .read(caller, move |r| async move { roles::candidates(&r, id, &Paging::default()).await })
            .await
            .map(|slice| slice.items.len())
    };
    assert_eq!(candidates(&room.coordinator).await.unwrap(), 3);
    assert_eq!(candidates(&administrator).await.unwrap(), 2, "its own council's people only");
    assert_eq!(candidates(&room.partner).await.unwrap_err().status(), 403);
}

#[tokio::test]
async fn a_procurement_keeps_a_coordinator() {
    let room = Room::new().await;
    room.joined().await;
    let id = room.id();
    let held = room
        .world
        .read(&room.coordinator, move |r| async move { roles::list(&r, id, &Paging::default()).await });
    let first = held.await.unwrap().items[0].role.id;
    let refusal = take_back(&room, &room.coordinator, first).await.unwrap_err();
    assert_eq!(refusal.code, "last_coordinator");
    give(&room, &room.coordinator, &room.partner, "coordinator").await.unwrap();
    assert_eq!(take_back(&room, &room.stranger, first).await.unwrap_err().status(), 404);
    take_back(&room, &room.partner, first).await.unwrap();
    let refusal = take_back(&room, &room.coordinator, first).await.unwrap_err();
    assert_eq!(refusal.status(), 404, "it is gone");
}
