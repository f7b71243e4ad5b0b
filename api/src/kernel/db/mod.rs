//! The store. [`Db`] owns the connections and is the only place that begins transactions.
//!
//! Each transaction runs in a task of its own: a client that hangs up drops the request's future, and must not leave a
//! transaction open in the pool. Writers on SQLite queue at a fair lock, begin `IMMEDIATE` and use one connection;
//! readers use connections that cannot write. The ledger's heads are locked last, at the end of a transaction, so that
//! submissions do not wait for one another longer than needed. All of these are answers to faults that were measured
//! (sqlx 0.9, sea-orm 2.0): see the files beside this one.

mod once;
mod postgres;
mod sqlite;
#[cfg(test)]
mod temporary;

use std::future::Future;
use std::ops::Deref;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{procurement, setting};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QuerySelect,
    Statement, TransactionOptions, TransactionTrait, UpdateMany,
};
use uuid::Uuid;

use super::ledger::Record;
use super::seal::SealKey;
use super::{Caller, Refusal, clock, ledger};

pub use once::Once;

/// Which engine is behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// What every operation may need to know of the installation.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Where people reach the program, without a slash at the end.
    pub base_url: String,
    /// The sender of mails, for example `Commonlot <commonlot@council.example>`.
    pub mail_from: String,
    /// Whether mails are sent; otherwise they are withheld and can be read in the outbox.
    pub sends_mail: bool,
    /// The key of the tender box; commands that reach no bid are started without it.
    pub seal_key: Option<SealKey>,
    /// The header in which a proxy in front tells whom it serves; none where nothing stands in front.
    pub client_address_header: Option<String>,
    /// How uploaded spreadsheets are read: the program and arguments of the reading child.
    pub sheet_reader: importers::child::Reader,
}

/// The store.
#[derive(Clone)]
pub struct Db(Arc<Store>);

struct Store {
    engine: Engine,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Fair turns for writers on SQLite: cuts the worst wait to an eighth of what the busy handler gives.
    turn: tokio::sync::Mutex<()>,
    clock_offset_seconds: AtomicI64,
    installation: Installation,
}

/// A transaction that only reads.
#[derive(Clone)]
pub struct Reading(Arc<Inner>);

/// A transaction that may write. Everything that can be read can be read here too.
#[derive(Clone)]
pub struct Writing(Reading);

struct Inner {
    txn: DatabaseTransaction,
    caller: Caller,
    now: DateTime<Utc>,
    db: Db,
    records: Mutex<Vec<Record>>,
}

impl Deref for Writing {
    type Target = Reading;

    fn deref(&self) -> &Reading {
        &self.0
    }
}

const CLOCK_OFFSET: &str = "clock_offset_seconds";
/// Names the seal key under which this store's bids lie.
const SEAL_KEY: &str = "seal_key";

impl Db {
    /// Connects, creates a SQLite file where there is none, and brings the store up to date.
    pub async fn open(url: &str, installation: Installation) -> Result<Self, Refusal> {
        let (engine, writer, reader) = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = postgres::connect(url).await?;
            postgres::migrate(&pool).await?;
            postgres::check_clock(&pool).await?;
            (Engine::Postgres, pool.clone(), pool)
        } else {
            let (writer, reader) = sqlite::connect(url).await?;
            (Engine::Sqlite, writer, reader)
        };
        let db = Self(Arc::new(Store {
            engine,
            writer,
            reader,
            turn: tokio::sync::Mutex::new(()),
            clock_offset_seconds: AtomicI64::new(0),
            installation,
        }));
        let offset = db.read(&Caller::System, |r| async move { r.setting(CLOCK_OFFSET).await }).await?;
        let seconds = offset.and_then(|text| text.parse().ok()).unwrap_or(0);
        db.0.clock_offset_seconds.store(seconds, Ordering::SeqCst);
        db.check_seal_key().await?;
        Ok(db)
    }

    /// Notes the name of the seal key at the first start with one; refuses another key from then on. With a wrong key every
    /// bid would be lost on its way in.
    async fn check_seal_key(&self) -> Result<(), Refusal> {
        let Some(given) = self.0.installation.seal_key.as_ref().map(SealKey::id) else { return Ok(()) };
        let known = self.read(&Caller::System, |r| async move { r.setting(SEAL_KEY).await }).await?;
        match known {
            Some(known) if known == given => Ok(()),
            Some(known) => Err(Refusal::conflict(
                "seal_key",
                format!(
                    "This database was sealed with the key {known}, and the seal key given is {given}. Give the program \
                     its own key with COMMONLOT_SEAL_KEY_FILE: without it no bid can be read."
                ),
            )),
            None => {
                self.write(&Caller::System, move |w| async move { w.set_setting(SEAL_KEY, &given).await })
                    .await
            }
        }
    }

    /// The installation's settings.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.0.installation
    }

    /// How far this database's clock runs ahead, in seconds; 0 but for demonstrations.
    #[must_use]
    pub fn clock_offset_seconds(&self) -> i64 {
        self.0.clock_offset_seconds.load(Ordering::SeqCst)
    }

    /// Moves a demonstration's clock forward. Only `demo` calls this, on a database it has made.
    pub async fn advance_clock(&self, by: TimeDelta) -> Result<(), Refusal> {
        let seconds = self.clock_offset_seconds() + by.num_seconds();
        self.write(&Caller::System, move |w| async move {
            w.set_setting(CLOCK_OFFSET, &seconds.to_string()).await
        })
        .await?;
        self.0.clock_offset_seconds.store(seconds, Ordering::SeqCst);
        Ok(())
    }

    /// Runs a transaction that only reads.
    pub async fn read<T, F, Fut>(&self, caller: &Caller, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(Reading) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        let (db, caller) = (self.clone(), caller.clone());
        join(tokio::spawn(async move {
            let options = match db.0.engine {
                Engine::Sqlite => sqlite::reading(),
                Engine::Postgres => postgres::reading(),
            };
            let inner = db.begin(&db.0.reader, options, caller).await?;
            let outcome = work(Reading(Arc::clone(&inner))).await;
            db.only_owner(inner)?.txn.rollback().await?;
            outcome
        }))
        .await
    }

    /// Runs a transaction that may write, with its ledger entries. It is committed, and on disk, when this returns Ok.
    pub async fn write<T, F, Fut>(&self, caller: &Caller, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        let (db, caller) = (self.clone(), caller.clone());
        join(tokio::spawn(async move {
            let _turn = match db.0.engine {
                Engine::Sqlite => Some(db.0.turn.lock().await),
                Engine::Postgres => None,
            };
            let options = match db.0.engine {
                Engine::Sqlite => sqlite::writing(),
                Engine::Postgres => TransactionOptions::default(),
            };
            let inner = db.begin(&db.0.writer, options, caller).await?;
            let writing = Writing(Reading(Arc::clone(&inner)));
            let outcome = match work(writing.clone()).await {
                Ok(value) => writing.write_ledger().await.map(|()| value),
                Err(refusal) => Err(refusal),
            };
            drop(writing);
            let txn = db.only_owner(inner)?.txn;
            match outcome {
                Ok(value) => {
                    txn.commit().await?;
                    Ok(value)
                }
                Err(refusal) => {
                    txn.rollback().await?;
                    Err(refusal)
                }
            }
        }))
        .await
    }

    async fn begin(
        &self,
        pool: &DatabaseConnection,
        options: TransactionOptions,
        caller: Caller,
    ) -> Result<Arc<Inner>, Refusal> {
        let txn = pool.begin_with_options(options).await?;
        let now = self.now_in(&txn).await?;
        Ok(Arc::new(Inner { txn, caller, now, db: self.clone(), records: Mutex::default() }))
    }

    async fn now_in(&self, txn: &DatabaseTransaction) -> Result<DateTime<Utc>, Refusal> {
        let now = match self.0.engine {
            Engine::Sqlite => clock::machine_now(),
            Engine::Postgres => postgres::now(txn).await?,
        };
        Ok(now + TimeDelta::seconds(self.clock_offset_seconds()))
    }

    #[expect(clippy::unused_self, reason = "reads as a step of the transaction")]
    fn only_owner(&self, inner: Arc<Inner>) -> Result<Inner, Refusal> {
        Arc::into_inner(inner).ok_or_else(|| Refusal::internal(&"an operation kept its transaction"))
    }
}

async fn join<T>(task: tokio::task::JoinHandle<Result<T, Refusal>>) -> Result<T, Refusal> {
    task.await.unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

impl Reading {
    /// The transaction, for queries.
    #[must_use]
    pub fn txn(&self) -> &DatabaseTransaction {
        &self.0.txn
    }

    /// Who is calling.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// When this transaction began, by the database's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }

    /// The installation's settings.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        self.0.db.installation()
    }

    /// The seal key. Commands that reach no bid are started without it.
    pub fn seal_key(&self) -> Result<&SealKey, Refusal> {
        let key = self.installation().seal_key.as_ref();
        key.ok_or_else(|| Refusal::internal(&"this command was started without the seal key"))
    }

    /// The value of a setting.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(setting::Entity::find_by_id(name.to_owned()).one(self.txn()).await?.map(|row| row.value))
    }
}

impl Writing {
    /// The present instant by the database's clock, read anew: a transaction may have waited since it began.
    pub async fn clock(&self) -> Result<DateTime<Utc>, Refusal> {
        self.0.0.db.now_in(self.txn()).await
    }

    /// Stores a setting.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), Refusal> {
        let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
        setting::Entity::insert(row)
            .on_conflict(
                OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned(),
            )
            .exec_without_returning(self.txn())
            .await?;
        Ok(())
    }

    /// Carries out a change of one row that names what was seen of it; stale where the row is not so any more.
    pub async fn change<E: EntityTrait>(&self, as_seen: UpdateMany<E>) -> Result<(), Refusal> {
        let changed = as_seen.exec(self.txn()).await?;
        if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(()) }
    }

    /// Reads a procurement and keeps others from changing it until this transaction ends.
    pub async fn lock_procurement(&self, id: Uuid) -> Result<procurement::Model, Refusal> {
        procurement::Entity::find_by_id(id)
            .lock_exclusive()
            .one(self.txn())
            .await?
            .ok_or_else(|| Refusal::not_found("procurement"))
    }

    /// Reads a procurement and keeps others from locking it, while others may do the same.
    pub async fn share_procurement(&self, id: Uuid) -> Result<procurement::Model, Refusal> {
        procurement::Entity::find_by_id(id)
            .lock_shared()
            .one(self.txn())
            .await?
            .ok_or_else(|| Refusal::not_found("procurement"))
    }

    /// Notes a change; it is written to the ledger when the transaction ends.
    pub fn record(&self, record: Record) {
        self.0.0.records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    /// Writes the noted changes now. Receipts need the ledger's head; everybody else leaves this to the end.
    pub async fn write_ledger(&self) -> Result<(), Refusal> {
        let records = std::mem::take(&mut *self.0.0.records.lock().unwrap_or_else(PoisonError::into_inner));
        ledger::append(self, records).await
    }
}

/// Runs one statement without parameters; for the engines' own words.
async fn execute(connection: &impl ConnectionTrait, sql: &str) -> Result<(), Refusal> {
    let backend = connection.get_database_backend();
    connection.execute_raw(Statement::from_string(backend, sql)).await?;
    Ok(())
}
