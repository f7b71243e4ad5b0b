//! `commonlot seal-key`: make the key under which bids lie sealed, for an installation whose nodes share one.

use std::path::Path;
use std::process::ExitCode;

use crate::kernel::Refusal;
use crate::kernel::seal::SealKey;

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) fn run(file: &Path) -> Result<ExitCode, Refusal> {
    let key = SealKey::make(file)?;
    println!(
        "Made the seal key {} in {}. Give the same file to every node, and keep a copy apart from the database's backups.",
        key.id(),
        file.display()
    );
    Ok(ExitCode::SUCCESS)
}
