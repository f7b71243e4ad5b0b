//! What `commonlot verify` finds in the store: whoever changes a record there, past the program, is found.

use entity::{consensus, interest_declaration, mark, quality_lock, result, submission};
use rules::evidence::Fault;
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, SimpleExpr};

use super::fixture::Room;
use crate::kernel::Caller;
use crate::scoring::bundle;

async fn checked(room: &Room) -> Option<Result<usize, Fault>> {
    let id = room.id;
    let found = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await });
    found.await.unwrap().map(|found| found.map(|verified| verified.results.len()))
}

/// Changes a column of every row of a table, as somebody with a database client would.
async fn tampered<E: EntityTrait>(room: Room, column: E::Column, value: SimpleExpr) -> String {
    room.world
        .write(&Caller::System, move |w| async move {
            E::update_many().col_expr(column, value).exec(w.txn()).await?;
            Ok(())
        })
        .await
        .unwrap();
    checked(&room).await.unwrap().unwrap_err().to_string()
}

#[tokio::test]
async fn records_that_were_changed_past_the_program_are_found() {
    let room = Room::agreed().await;
    assert_eq!(checked(&room).await, None, "nothing to check before quality is locked");
    room.lock(&room.moderator).await.unwrap();
    assert_eq!(checked(&room).await, Some(Ok(0)));
    room.compute(&room.coordinator).await.unwrap();
    assert_eq!(checked(&room).await, Some(Ok(1)));
    let told = tampered::<mark::Entity>(room, mark::Column::Explanation, Expr::value("Because.")).await;
    assert!(told.starts_with("marks.json"), "{told}");
}

#[tokio::test]
async fn each_kind_of_record_is_checked() {
    let scored = || async {
        let room = Room::agreed().await;
        room.lock(&room.moderator).await.unwrap();
        room.compute(&room.coordinator).await.unwrap();
        room
    };
    let told =
        tampered::<consensus::Entity>(scored().await, consensus::Column::Rationale, Expr::value("So."));
    assert!(told.await.starts_with("consensus.json"));
    let told = tampered::<interest_declaration::Entity>(
        scored().await,
        interest_declaration::Column::Detail,
        Expr::value("Owns shares."),
    );
    assert!(told.await.starts_with("interests.json"));
    let told = tampered::<quality_lock::Entity>(
        scored().await,
        quality_lock::Column::Signed,
        Expr::value(Option::<String>::None),
    );
    assert!(told.await.starts_with("locks.json"));
    let told = tampered::<result::Entity>(scored().await, result::Column::Body, Expr::value("{}"));
    assert!(told.await.starts_with("results/"));
    let told = tampered::<submission::Entity>(scored().await, submission::Column::Late, Expr::value(true));
    assert!(told.await.starts_with("submissions.json"));
}
