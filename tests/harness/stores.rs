//! Where a story happens. One story, told once, runs as a test of its own on each store:
//!
//! ```ignore
//! tests::on_each_store!(a_joint_award, PostBox);
//! async fn a_joint_award(store: Store) { … }
//! ```

use std::future::Future;

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    machine,
    missing::{self, Need},
};

/// A kind of database that the program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The stores that this machine has.
pub fn stores() -> Vec<Store> {
    let mut stores = vec![Store::Sqlite];
    if Need::Postgres.lacking().is_none() {
        stores.push(Store::Postgres);
    }
    stores
}

/// A fresh, empty store with a folder of its own, which is the program's working folder and goes with it.
#[derive(Debug)]
pub struct Place {
    /// The program's working folder.
    pub folder: TempDir,
    /// The database's address, as `COMMONLOT_DATABASE_URL` takes it.
    pub database_url: String,
}

impl Place {
    /// An empty folder with a database that does not exist yet (SQLite) or is empty (PostgreSQL).
    ///
    /// PostgreSQL databases are left to the cluster, which lives as long as one run of the tests.
    pub async fn fresh(store: Store) -> Self {
        let folder = tempfile::Builder::new().prefix("commonlot-").tempdir().expect("a temporary folder");
        let database_url = match store {
            Store::Sqlite => format!("sqlite://{}", folder.path().join("commonlot.db").display()),
            Store::Postgres => fresh_postgres().await,
        };
        Self { folder, database_url }
    }
}

async fn fresh_postgres() -> String {
    let cluster = machine::postgres().expect("a story on PostgreSQL runs only where there is one");
    let name = format!("story_{}", Uuid::now_v7().simple());
    let connection = Database::connect(&cluster).await.expect("the cluster answers");
    // From template0, which nobody can be connected to: tests make their databases at the same time.
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .unwrap_or_else(|error| panic!("CREATE DATABASE {name}: {error}"));
    connection.close().await.expect("the connection closes");
    let (server, _) = cluster.rsplit_once('/').expect("COMMONLOT_TEST_POSTGRES_URL ends in /DATABASE");
    format!("{server}/{name}")
}

/// Runs a story to its end, or skips it loudly. The macros call this.
pub fn tell<Telling: Future<Output = ()>>(
    store: Store,
    needs: &[Need],
    telling: impl FnOnce(Store) -> Telling,
) {
    let mut all = vec![Need::Program];
    if store == Store::Postgres {
        all.push(Need::Postgres);
    }
    all.extend_from_slice(needs);
    if missing::all_here(&all) {
        run(telling(store));
    }
}

/// Runs a future on two threads, so that racers do race.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Makes `async fn story(store: Store)` the tests `story::on_sqlite` and `story::on_postgres`; further words are
/// variants of [`Need`].
#[macro_export]
macro_rules! on_each_store {
    ($story:ident $(, $need:ident)* $(,)?) => {
        mod $story {
            #[test]
            fn on_sqlite() {
                $crate::stores::tell($crate::Store::Sqlite, &[$($crate::Need::$need),*], super::$story);
            }
            #[test]
            fn on_postgres() {
                $crate::stores::tell($crate::Store::Postgres, &[$($crate::Need::$need),*], super::$story);
            }
        }
    };
}

/// Makes `async fn story(store: Store)` the test `story::on_sqlite`.
#[macro_export]
macro_rules! on_sqlite {
    ($story:ident $(, $need:ident)* $(,)?) => {
        mod $story {
            #[test]
            fn on_sqlite() {
                $crate::stores::tell($crate::Store::Sqlite, &[$($crate::Need::$need),*], super::$story);
            }
        }
    };
}

/// Makes `async fn story(store: Store)` the test `story::in_chromium`, on SQLite.
#[macro_export]
macro_rules! in_chromium {
    ($story:ident $(, $need:ident)* $(,)?) => {
        mod $story {
            #[test]
            fn in_chromium() {
                $crate::stores::tell(
                    $crate::Store::Sqlite,
                    &[$crate::Need::Chromium $(, $crate::Need::$need)*],
                    super::$story,
                );
            }
        }
    };
}
