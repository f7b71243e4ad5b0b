//! A store for one test, gone when the test ends.

#![allow(clippy::unwrap_used, reason = "a test that has no store cannot go on")]

use tempfile::TempDir;

use super::{Db, Installation};

impl Db {
    /// A new store in a folder of its own. The store lives as long as the folder is held.
    pub(crate) async fn temporary(installation: Installation) -> (Self, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("commonlot.db").display());
        (Self::open(&url, installation).await.unwrap(), folder)
    }
}
