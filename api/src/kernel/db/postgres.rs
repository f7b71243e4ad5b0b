//! PostgreSQL: several stateless nodes on one database.
//!
//! `now()` is the transaction's start, so a deadline is always checked against `clock_timestamp()`. sea-orm's migrator
//! takes no lock: nodes that start together queue at an advisory lock, inside one transaction.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use migration::Migrator;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use super::execute;
use crate::kernel::{Refusal, clock};

/// Any number that other programs on the same database are unlikely to use.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(5190147)";
/// A node whose clock is further off than this would show people wrong times and is not started.
const MAX_CLOCK_DIFFERENCE_MS: i64 = 2_000;

pub(super) async fn connect(url: &str) -> Result<DatabaseConnection, Refusal> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

pub(super) async fn migrate(pool: &DatabaseConnection) -> Result<(), Refusal> {
    let txn = pool.begin_with_options(TransactionOptions::default()).await?;
    execute(&txn, MIGRATION_LOCK).await?;
    Migrator::up(&txn, None).await?;
    txn.commit().await?;
    Ok(())
}

pub(super) fn reading() -> TransactionOptions {
    TransactionOptions {
        isolation_level: Some(sea_orm::IsolationLevel::RepeatableRead),
        access_mode: Some(AccessMode::ReadOnly),
        ..Default::default()
    }
}

pub(super) async fn now(connection: &impl ConnectionTrait) -> Result<DateTime<Utc>, Refusal> {
    let statement =
        Statement::from_string(connection.get_database_backend(), "SELECT clock_timestamp() AS now");
    let row = connection
        .query_one_raw(statement)
        .await?
        .ok_or_else(|| Refusal::internal(&"the database told no time"))?;
    Ok(row.try_get::<DateTime<Utc>>("", "now")?.trunc_subsecs(6))
}

pub(super) async fn check_clock(pool: &DatabaseConnection) -> Result<(), Refusal> {
    let before = clock::machine_now();
    let difference = (now(pool).await? - before).num_milliseconds().abs();
    if difference > MAX_CLOCK_DIFFERENCE_MS {
        return Err(Refusal::conflict(
            "clock_differs",
            format!(
                "This machine's clock and the database's differ by {difference} ms. Set the clock and start again."
            ),
        ));
    }
    Ok(())
}
