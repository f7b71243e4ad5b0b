//! `commonlot migrate`: bring the database up to date and end.

use std::process::ExitCode;

use crate::config::Settings;
use crate::kernel::Refusal;

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Refusal> {
    // Opening a database migrates it.
    super::open(settings).await?;
    println!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
