//! The command line: one file a sub-command. Usage errors exit 64, what was found wrong exits 1, a case that cannot be
//! computed exits 2.

mod check_bid;
mod demo;
mod evaluate;
mod migrate;
mod read_workbook;
mod seal_key;
mod serve;
mod template;
mod verify;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{DEFAULT_DATABASE, Settings};
use crate::demo::Until;
use crate::kernel::{Db, Refusal};

/// Joint ICT procurement by councils: pool, tender, score, decide, tell
#[derive(Parser)]
#[command(name = "commonlot", version, about)]
struct CommandLine {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API (this is also done without a command)
    Serve,
    /// Make a demonstration database with a whole joint procurement, and serve it
    Demo {
        /// The stage at which to stop
        #[arg(long, value_enum, default_value_t = Until::Told)]
        until: Until,
    },
    /// Verify the ledger and the scoring of the database, or a bundle of evidence, and compute the results again: exit 1 and
    /// the first fault where anything was changed
    Verify {
        /// The bundle; without one, the ledger of the database is verified
        #[arg(value_name = "EVIDENCE.zip")]
        evidence: Option<PathBuf>,
        /// The installation's public key, in base64, where it is known: it must be the one that signed the bundle
        #[arg(long, value_name = "KEY", requires = "evidence")]
        key: Option<String>,
    },
    /// Check a filled-in bid workbook against a tender pack, without a server: findings as JSON; exit 0 usable, 1 with
    /// errors, 2 unreadable
    CheckBid {
        /// The pack, as the tender's page gives it (pack.json)
        #[arg(long, value_name = "PACK.json")]
        pack: PathBuf,
        /// The workbook
        file: PathBuf,
    },
    /// Compute points, a ranking, a split, a whole-life cost or a date from figures alone: JSON in, JSON out; exit 2 where
    /// the case is refused
    Evaluate {
        /// The case: {"topic": …, "input": {…}}
        #[arg(value_name = "CASE.json")]
        case: PathBuf,
    },
    /// Write the blank bid workbook of a tender pack, without a server
    Template {
        /// The pack, as the tender's page gives it (pack.json)
        #[arg(long, value_name = "PACK.json")]
        pack: PathBuf,
        /// The workbook to write
        #[arg(value_name = "OUT.xlsx")]
        out: PathBuf,
    },
    /// Bring the database up to date
    Migrate,
    /// Make the key under which bids lie sealed, for an installation with PostgreSQL
    SealKey {
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Read a spreadsheet from standard input, within limits, and write its cells as JSON lines
    #[command(hide = true)]
    ReadWorkbook,
}

/// Runs what the command line asks for.
#[must_use]
pub fn run() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let asked_for_help = !error.use_stderr();
            let _ = error.print();
            return ExitCode::from(if asked_for_help { 0 } else { 64 });
        }
    };
    if matches!(line.command, Some(Command::ReadWorkbook)) {
        return read_workbook::run();
    }
    // What the program makes, its database above all, is its owner's alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    start_log(&line.settings);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Refusal::internal(&error)),
    };
    let settings = line.settings;
    let outcome = runtime.block_on(async move {
        match line.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(&settings).await,
            Command::Demo { until } => demo::run(&settings, until).await,
            Command::Verify { evidence: None, .. } => verify::database(&settings).await,
            Command::Verify { evidence: Some(file), key } => verify::evidence_file(&file, key.as_deref()),
            Command::Migrate => migrate::run(&settings).await,
            Command::SealKey { file } => seal_key::run(&file),
            Command::CheckBid { pack, file } => check_bid::run(&pack, &file),
            Command::Evaluate { case } => Ok(evaluate::run(&case)),
            Command::Template { pack, out } => template::run(&pack, &out),
            Command::ReadWorkbook => Ok(ExitCode::SUCCESS),
        }
    });
    outcome.unwrap_or_else(|refusal| failed(&refusal))
}

/// A file named on the command line.
fn read_file(path: &Path) -> Result<Vec<u8>, Refusal> {
    std::fs::read(path)
        .map_err(|error| Refusal::invalid("file", format!("{} cannot be read: {error}.", path.display())))
}

#[expect(clippy::print_stderr, reason = "the command line's own answer")]
fn failed(refusal: &Refusal) -> ExitCode {
    eprintln!("commonlot: {}", refusal.detail);
    for fault in &refusal.fields {
        eprintln!("  {}: {}", fault.field, fault.message);
    }
    ExitCode::FAILURE
}

fn start_log(settings: &Settings) {
    let level = if settings.quiet { "warn" } else { "info,sqlx=warn,sea_orm_migration=warn,lettre=warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // Colours are for people: in a file they are noise.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if settings.json { log.json().init() } else { log.init() }
}

/// Opens the database the settings name, for commands that serve nothing.
async fn open(settings: &Settings) -> Result<Db, Refusal> {
    let url = settings.database_url.as_deref().unwrap_or(DEFAULT_DATABASE);
    Db::open(url, settings.installation(settings.listen, None)?).await
}
