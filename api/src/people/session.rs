//! Signed-in browsers, as their owner sees them: which there are, and ending one that should not be.

use chrono::{DateTime, Utc};
use entity::session;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::identity::SESSION_IDLE;
use crate::kernel::ledger::Record;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Action, Reading, Refusal, Writing};

/// A signed-in browser. Its id is the hash of its secret, which lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// The hash of the cookie's value.
    pub id: String,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it was last used, to some minutes.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// The caller's live sessions, the latest first. There are never many: each ends after twelve hours.
pub async fn list(r: &Reading) -> Result<Vec<OwnSession>, Refusal> {
    let person = own(r)?;
    let rows = session::Entity::find()
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::ExpiresAt.gt(r.now()))
        .filter(session::Column::SeenAt.gt(r.now() - SESSION_IDLE))
        .order_by_desc(session::Column::CreatedAt)
        .limit(MAX_LIMIT)
        .all(r.txn())
        .await?;
    let seen = |row: session::Model| OwnSession {
        id: row.id_hash,
        began_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Ends one of the caller's sessions; its next request is a stranger's.
pub async fn end(w: &Writing, id: &str) -> Result<(), Refusal> {
    let person = own(w)?;
    let gone = session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::IdHash.eq(id))
        .exec(w.txn())
        .await?;
    if gone.rows_affected == 0 {
        return Err(Refusal::not_found("session"));
    }
    w.record(Record::people("people.session.end", person, json!({ "sessions": 1 })));
    Ok(())
}

/// Ends all of the caller's sessions but one, and tells how many these were.
pub async fn end_others(w: &Writing, kept: &str) -> Result<u64, Refusal> {
    let person = own(w)?;
    let gone = session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::IdHash.ne(kept))
        .exec(w.txn())
        .await?
        .rows_affected;
    if gone > 0 {
        w.record(Record::people("people.session.end", person, json!({ "sessions": gone })));
    }
    Ok(gone)
}

fn own(r: &Reading) -> Result<Uuid, Refusal> {
    r.caller().needs(Action::People)?;
    Ok(r.caller().person()?.id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;
    use crate::kernel::Caller;
    use crate::kernel::testing::{World, person_id};
    use chrono::TimeDelta;
    use sea_orm::ActiveValue::Set;

    async fn begin(world: &World, who: &Caller, id: &'static str) {
        let person = person_id(who);
        world
            .write(&Caller::System, move |w| async move {
                let row = session::ActiveModel {
                    id_hash: Set(id.to_owned()),
                    person_id: Set(Some(person)),
                    data: Set("{}".to_owned()),
                    created_at: Set(w.now()),
                    seen_at: Set(w.now()),
                    expires_at: Set(w.now() + TimeDelta::hours(12)),
                };
                session::Entity::insert(row).exec_without_returning(w.txn()).await?;
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn people_see_and_end_their_own_sessions_only() {
        let world = World::new().await;
        let ashvale = world.council("Ashvale").await;
        let (one, other) =
            (world.officer(&ashvale, "Coordinator").await, world.officer(&ashvale, "Approver").await);
        begin(&world, &one, "first").await;
        begin(&world, &one, "second").await;
        begin(&world, &other, "third").await;
        let mine = world.read(&one, |r| async move { list(&r).await }).await.unwrap();
        assert_eq!(mine.len(), 2);
        let refused = world.write(&one, |w| async move { end(&w, "third").await }).await.unwrap_err();
        assert_eq!(refused.status(), 404);
        let ended = world.write(&one, |w| async move { end_others(&w, "second").await }).await.unwrap();
        assert_eq!(ended, 1);
        let left = world.read(&one, |r| async move { list(&r).await }).await.unwrap();
        assert_eq!(left.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["second"]);
        assert_eq!(world.read(&other, |r| async move { list(&r).await }).await.unwrap().len(), 1);
    }
}
