//! What is missing on a machine is skipped loudly, and fails where everything is required.

use std::io::Write;

use crate::machine;

/// Something outside the workspace that a story cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// `commonlot`, built.
    Program,
    /// A PostgreSQL cluster.
    Postgres,
    /// Python with aiosmtpd, for the post box.
    PostBox,
    /// Python with openpyxl, a second reader of workbooks.
    Openpyxl,
    /// Chromium, its driver and axe-core.
    Chromium,
}

impl Need {
    /// What is not here, and where it comes from; `None` when all is well.
    pub fn lacking(self) -> Option<&'static str> {
        let (here, advice) = match self {
            Self::Program => (
                machine::program().is_some(),
                "the program: COMMONLOT_BIN names no file. Start the tests with tests/run, which builds it",
            ),
            Self::Postgres => (
                machine::postgres().is_some(),
                "PostgreSQL: COMMONLOT_TEST_POSTGRES_URL is not set. Start the tests with tests/run, which starts a cluster",
            ),
            Self::PostBox | Self::Openpyxl => (
                machine::python().is_some(),
                "the Python helpers of tests/requirements.txt. Start the tests with tests/run, which installs them",
            ),
            Self::Chromium => (
                machine::chromium().is_some()
                    && machine::chromedriver().is_some()
                    && machine::axe().is_some(),
                "Chromium, chromedriver or axe-core. Start the tests with tests/run as root, which installs them",
            ),
        };
        (!here).then_some(advice)
    }
}

/// Whether all needs are met. Otherwise says so on the real standard error, which no test runner swallows quietly,
/// and panics where everything is required.
pub fn all_here(needs: &[Need]) -> bool {
    let lacking: Vec<_> = needs.iter().filter_map(|need| need.lacking()).collect();
    if lacking.is_empty() {
        return true;
    }
    let lacking = lacking.join("; ");
    assert!(
        !machine::everything_required(),
        "COMMONLOT_TEST_REQUIRE_ALL=1, and this machine lacks {lacking}"
    );
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let mut out = std::io::stderr().lock();
    writeln!(out, "!! SKIPPED {name}: this machine lacks {lacking}").expect("standard error takes a line");
    false
}
