//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    commonlot::commands::run()
}
