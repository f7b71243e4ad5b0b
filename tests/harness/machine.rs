//! What this machine offers to the tests. The only place of the harness that reads the environment.

use std::path::{Path, PathBuf};

/// A variable's value; empty counts as unset.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own settings come from tests/run")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How many submissions the race around the deadline tries at least on each store: `COMMONLOT_TEST_TRIES`, usually 240.
pub fn tries() -> usize {
    variable("COMMONLOT_TEST_TRIES").and_then(|text| text.parse().ok()).unwrap_or(240)
}

/// The program to test: `COMMONLOT_BIN`, which `tests/run` builds and sets. `cargo test` alone builds no program for
/// another package's tests.
pub fn program() -> Option<PathBuf> {
    variable("COMMONLOT_BIN").map(PathBuf::from).filter(|path| path.is_file())
}

/// A superuser's address on the cluster that `tests/run` starts: `COMMONLOT_TEST_POSTGRES_URL`.
pub fn postgres() -> Option<String> {
    variable("COMMONLOT_TEST_POSTGRES_URL")
}

/// Whether something missing is a failure (`COMMONLOT_TEST_REQUIRE_ALL=1`).
pub fn everything_required() -> bool {
    variable("COMMONLOT_TEST_REQUIRE_ALL").as_deref() == Some("1")
}

/// The Python that has aiosmtpd and openpyxl.
pub fn python() -> Option<PathBuf> {
    Some(tests_folder().join(".tools/venv/bin/python")).filter(|path| path.exists())
}

/// Chromium's driver.
pub fn chromedriver() -> Option<PathBuf> {
    on_path("chromedriver")
}

/// Chromium itself.
pub fn chromium() -> Option<PathBuf> {
    on_path("chromium")
}

/// axe-core's script, which the browser tests inject.
pub fn axe() -> Option<PathBuf> {
    Some(tests_folder().join("browser/node_modules/axe-core/axe.min.js")).filter(|path| path.is_file())
}

/// The folder `tests/` of the checkout.
pub fn tests_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The search path, which the program under test keeps while everything else is cleared.
pub fn search_path() -> String {
    variable("PATH").unwrap_or_default()
}

/// The checkout's own folder.
pub fn workspace() -> &'static Path {
    tests_folder().parent().expect("tests/ lies in the workspace")
}

fn on_path(name: &str) -> Option<PathBuf> {
    search_path().split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}
