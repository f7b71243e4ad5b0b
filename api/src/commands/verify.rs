//! `commonlot verify`: read every chain of the ledger and name the first fault.

use std::process::ExitCode;

use crate::config::Settings;
use crate::kernel::{Caller, Refusal, ledger};

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Refusal> {
    let db = super::open(settings).await?;
    let verified = db.read(&Caller::System, |r| async move { ledger::verify(&r).await }).await?;
    match verified.fault {
        None => {
            println!("The ledger is whole: {} entries in {} chains.", verified.entries, verified.chains);
            Ok(ExitCode::SUCCESS)
        }
        Some(fault) => {
            println!("The ledger is broken: {fault}.");
            Ok(ExitCode::FAILURE)
        }
    }
}
