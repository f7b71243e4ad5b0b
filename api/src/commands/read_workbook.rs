//! `commonlot read-workbook`: the short-lived child in which spreadsheets are parsed, so that a hostile file can end
//! nothing but this.

use std::process::ExitCode;

pub(super) fn run() -> ExitCode {
    ExitCode::from(importers::child::run_child(std::io::stdin().lock(), std::io::stdout().lock()))
}
