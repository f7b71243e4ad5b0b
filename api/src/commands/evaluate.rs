//! `commonlot evaluate`: the calculator for anybody who wants to work out again what was published, without a server.

use std::path::Path;
use std::process::ExitCode;

use rules::evaluate::{Refused, evaluate};

use super::{failed, read_file};
/// A case that is refused.
const REFUSED: u8 = 2;
/// A command line that names no readable file.
const USAGE: u8 = 64;

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the result is the command's answer, its reason is for people"
)]
pub(super) fn run(case: &Path) -> ExitCode {
    let bytes = match read_file(case) {
        Ok(bytes) => bytes,
        Err(refusal) => {
            failed(&refusal);
            return ExitCode::from(USAGE);
        }
    };
    let text = String::from_utf8(bytes).map_err(|error| Refused::not_json(&error));
    match text.and_then(|text| evaluate(&text)) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(refused) => {
            println!("{}", refused.to_json());
            eprintln!("commonlot: {refused}");
            ExitCode::from(REFUSED)
        }
    }
}
