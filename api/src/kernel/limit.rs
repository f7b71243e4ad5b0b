//! Limits on how often something may be asked for, by whoever asks.
//!
//! The counts are rows of the store and not a node's memory (decided 2026-11-26): several nodes share one limit, and a restart
//! does not reset it. A row is locked while its use is counted, so that requests that come at once are counted one by
//! one. It holds a keyed hash of the limit and of whose use it is: no address stands in it, and without the seal key nobody
//! finds one by trying all. It is deleted once its window is over, with the next use of any limit.
//!
//! A use is counted in the transaction of what it is for: what is refused or fails counts for nothing.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use entity::limit_count;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::secrets::sha256_hex;
use super::{Reading, Refusal, Writing};

/// So many uses in a window, which begins with the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tells one limit's counts from another's.
    pub name: &'static str,
    /// The most uses in a window.
    pub most: i64,
    /// How long the window is.
    pub window: TimeDelta,
}

/// Where a request comes from, as far as it is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// An address. Of an IPv6 address the network counts (its first 64 bits): one machine may use all the others in it.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }

    /// The source in words that only limits use.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Limit {
    /// Counts a use, unless there is none left: then tells how long to wait for the next.
    pub async fn take(&self, w: &Writing, whose: &str) -> Result<Result<(), TimeDelta>, Refusal> {
        let (row, now) = (self.row(w, whose).await?, w.now());
        if row.uses >= self.most {
            return Ok(Err(row.until - now));
        }
        self.count(w, &row.subject).await?;
        Ok(Ok(()))
    }

    /// Counts a use, and refuses it openly where there is none left, in these words.
    pub async fn must_take(&self, w: &Writing, whose: &str, detail: &str) -> Result<(), Refusal> {
        self.take(w, whose).await?.map_err(|wait| Refusal::too_many(wait, detail))
    }

    /// Counts a use that is never refused, and tells how many there were before it in this window.
    pub async fn note(&self, w: &Writing, whose: &str) -> Result<i64, Refusal> {
        let row = self.row(w, whose).await?;
        self.count(w, &row.subject).await?;
        Ok(row.uses)
    }

    /// Forgets the uses.
    pub async fn forget(&self, w: &Writing, whose: &str) -> Result<(), Refusal> {
        limit_count::Entity::delete_by_id(self.subject(w, whose)?).exec(w.txn()).await?;
        Ok(())
    }

    fn subject(&self, r: &Reading, whose: &str) -> Result<String, Refusal> {
        Ok(sha256_hex(format!("{} {} {whose}", r.seal_key()?.limits(), self.name)))
    }

    /// The count of the present window, locked.
    async fn row(&self, w: &Writing, whose: &str) -> Result<limit_count::Model, Refusal> {
        let subject = self.subject(w, whose)?;
        sweep(w, w.now()).await?;
        let row = limit_count::ActiveModel {
            subject: Set(subject.clone()),
            since: Set(w.now()),
            until: Set(w.now() + self.window),
            uses: Set(0),
        };
        limit_count::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
        // Another transaction may have swept it away meanwhile; whoever tries again finds a new one.
        let row = limit_count::Entity::find_by_id(subject).lock_exclusive().one(w.txn()).await?;
        row.ok_or_else(Refusal::unavailable)
    }

    async fn count(&self, w: &Writing, subject: &str) -> Result<(), Refusal> {
        let uses = Expr::col(limit_count::Column::Uses).add(1_i64);
        limit_count::Entity::update_many()
            .col_expr(limit_count::Column::Uses, uses)
            .filter(limit_count::Column::Subject.eq(subject))
            .exec(w.txn())
            .await?;
        Ok(())
    }
}

/// Deletes the counts whose window is over.
async fn sweep(w: &Writing, now: DateTime<Utc>) -> Result<(), Refusal> {
    limit_count::Entity::delete_many().filter(limit_count::Column::Until.lte(now)).exec(w.txn()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use chrono::TimeDelta;
    use entity::limit_count;
    use sea_orm::EntityTrait;

    use super::{Limit, Source};
    use crate::kernel::Caller;
    use crate::kernel::testing::World;

    const TWICE: Limit = Limit { name: "test", most: 2, window: TimeDelta::hours(1) };

    async fn take(world: &World, whose: &'static str) -> Result<(), TimeDelta> {
        world.write(&Caller::Nobody, move |w| async move { TWICE.take(&w, whose).await }).await.unwrap()
    }

    #[tokio::test]
    async fn uses_are_counted_by_whose_they_are_and_come_back_with_the_window() {
        let world = World::new().await;
        for _ in 0..2 {
            take(&world, "203.0.113.7").await.unwrap();
        }
        let wait = take(&world, "203.0.113.7").await.unwrap_err();
        assert!(wait > TimeDelta::minutes(59) && wait <= TimeDelta::hours(1), "{wait}");
        take(&world, "203.0.113.8").await.unwrap();
        world.db.advance_clock(TimeDelta::hours(1)).await.unwrap();
        take(&world, "203.0.113.7").await.unwrap();
        let rows = world
            .read(&Caller::System, |r| async move { Ok(limit_count::Entity::find().all(r.txn()).await?) });
        let rows = rows.await.unwrap();
        assert_eq!(rows.len(), 1, "what is over is gone: {rows:?}");
        assert_eq!(rows[0].uses, 1);
        assert!(!format!("{rows:?}").contains("203.0.113"), "no address is kept: {rows:?}");
    }

    #[tokio::test]
    async fn requests_at_once_are_counted_one_by_one() {
        let world = World::new().await;
        let mut tries = Vec::new();
        for _ in 0..20 {
            let db = world.db.clone();
            let one = async move {
                db.write(&Caller::Nobody, |w| async move { TWICE.take(&w, "one").await }).await
            };
            tries.push(tokio::spawn(one));
        }
        let mut taken = 0;
        for one in tries {
            taken += usize::from(one.await.unwrap().unwrap().is_ok());
        }
        assert_eq!(taken, 2);
    }

    #[test]
    fn a_network_counts_as_one_source() {
        let of = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
