//! `commonlot template`: the blank bid workbook of a pack's file.

use std::path::Path;
use std::process::ExitCode;

use super::read_file;
use crate::kernel::Refusal;

pub(super) fn run(pack: &Path, out: &Path) -> Result<ExitCode, Refusal> {
    let workbook = importers::check::template(&read_file(pack)?)
        .map_err(|unfit| Refusal::invalid("not_a_pack", unfit.to_string()))?;
    std::fs::write(out, workbook).map_err(|error| {
        Refusal::invalid("file", format!("{} cannot be written: {error}.", out.display()))
    })?;
    Ok(ExitCode::SUCCESS)
}
