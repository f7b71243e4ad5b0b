//! SQLite: one file, one writer.
//!
//! Measured, and the reason for each line (sqlx 0.9.0):
//! - a failed COMMIT leaves sqlx's transaction depth too high although SQLite has rolled back, and later "transactions"
//!   on that connection are savepoints that never commit: such a connection is closed when it comes back to the pool;
//! - `synchronous=NORMAL` acknowledges a commit without a sync: `FULL`;
//! - a deferred transaction that turns into a writer fails at once under contention: writers begin `IMMEDIATE`.

use std::time::Duration;

use migration::Migrator;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::kernel::Refusal;

/// As many readers as a small machine has use for.
const READERS: u32 = 4;

pub(super) async fn connect(url: &str) -> Result<(DatabaseConnection, DatabaseConnection), Refusal> {
    let writer = Database::connect(options(url, 1, false)).await?;
    migrate(&writer).await?;
    let reader = Database::connect(options(url, READERS, true)).await?;
    Ok((writer, reader))
}

fn options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
    });
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

pub(super) fn writing() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    }
}

pub(super) fn reading() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        ..Default::default()
    }
}

/// sea-orm's migrator has neither lock nor transaction on SQLite: one `IMMEDIATE` transaction is both.
async fn migrate(writer: &DatabaseConnection) -> Result<(), Refusal> {
    let txn = writer.begin_with_options(writing()).await?;
    Migrator::up(&txn, None).await?;
    txn.commit().await?;
    Ok(())
}
