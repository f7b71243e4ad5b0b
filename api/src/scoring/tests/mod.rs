//! The operations of scoring against a store of their own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changing;
mod comparing;
mod correcting;
mod disregarding;
mod dividing;
mod drafting;
mod fixture;
mod handing_back;
mod marking;
mod moderating;
mod pack;
mod prices;
mod ranking;
mod verifying;

use crate::kernel::{Caller, Paging, ledger};

/// The bodies of the ledger, as everybody in the procurement can read them.
async fn ledger(room: &fixture::Room) -> Vec<String> {
    let id = room.id;
    let slice = room
        .world
        .read(&Caller::System, move |r| async move {
            ledger::entries(&r, id, false, &Paging { after: None, limit: 200 }).await
        })
        .await
        .unwrap();
    slice.items.into_iter().map(|entry| entry.body).collect()
}
