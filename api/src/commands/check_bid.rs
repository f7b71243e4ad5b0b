//! `commonlot check-bid`: what a bidder's page would say of a workbook, for bidders and testers without a server.

use std::path::Path;
use std::process::ExitCode;

use importers::check::check_bid;

use super::read_file;
use crate::config::sheet_reader;
use crate::kernel::Refusal;

#[expect(clippy::print_stdout, reason = "the findings are the command's answer")]
pub(super) fn run(pack: &Path, file: &Path) -> Result<ExitCode, Refusal> {
    let (pack, bytes) = (read_file(pack)?, read_file(file)?);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let check = check_bid(&pack, &bytes, &name, &sheet_reader()?)
        .map_err(|unfit| Refusal::invalid("not_a_pack", unfit.to_string()))?;
    println!("{}", serde_json::to_string_pretty(&check)?);
    Ok(ExitCode::from(check.outcome.exit_code()))
}
