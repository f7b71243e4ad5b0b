//! `commonlot verify`: read every chain of the ledger and the records of every scored procurement, or a bundle of evidence, and
//! name the first fault.

use std::path::Path;
use std::process::ExitCode;

use rules::evidence::{self, Fault, Verified};

use super::read_file;
use crate::config::Settings;
use crate::kernel::{Caller, Refusal, ledger};
use crate::scoring::bundle::{self, archive};

/// The ledger, then the records of every procurement whose quality is locked. Needs no seal key: the bids stay sealed.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn database(settings: &Settings) -> Result<ExitCode, Refusal> {
    let db = super::open(settings).await?;
    let verified = db.read(&Caller::System, |r| async move { ledger::verify(&r).await }).await?;
    if let Some(fault) = verified.fault {
        println!("The ledger is broken: {fault}.");
        return Ok(ExitCode::FAILURE);
    }
    println!("The ledger is whole: {} entries in {} chains.", verified.entries, verified.chains);
    let opened = db.read(&Caller::System, |r| async move { bundle::opened(&r).await }).await?;
    for row in opened {
        let found = db.read(&Caller::System, move |r| async move { bundle::check(&r, row.id).await }).await?;
        match found {
            None => {}
            Some(Ok(verified)) => println!("{}", records_told(&row.reference, &verified)),
            Some(Err(fault)) => {
                println!("The records of {} are not those of the ledger: {fault}.", row.reference);
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn records_told(reference: &str, verified: &Verified) -> String {
    format!(
        "{reference}: {} marks and {} marks of record are what the ledger says, {} results computed again to the same bytes.",
        verified.marks,
        verified.agreed,
        verified.results.len()
    )
}

/// Needs no database and no network: whoever holds the bundle can check it.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) fn evidence_file(file: &Path, key: Option<&str>) -> Result<ExitCode, Refusal> {
    match check(&read_file(file)?, key) {
        Ok(verified) => {
            println!("{}", told(&verified, key.is_some()));
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            println!("The evidence is not whole: {fault}.");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn check(bytes: &[u8], key: Option<&str>) -> Result<Verified, Fault> {
    let files = archive::read(bytes)?;
    let verified = evidence::verify(&files, key)?;
    archive::must_be_exact(bytes, &files)?;
    Ok(verified)
}

fn told(verified: &Verified, key_known: bool) -> String {
    let manifest = &verified.manifest;
    let mut lines = vec![
        format!(
            "The evidence is whole: {}, {}, as of {}.",
            manifest.reference, manifest.title, manifest.made_at
        ),
        format!(
            "Ledger of {} entries; {} submissions, {} marks and {} marks of record are what it says.",
            verified.entries, verified.submissions, verified.marks, verified.agreed
        ),
    ];
    if verified.tests > 0 {
        lines.push(format!(
            "Tests of award models: {}; {} of them, told with the publication, found the same again.",
            verified.tests, verified.tests_again
        ));
    }
    for result in &verified.results {
        let winner = result
            .winner
            .as_ref()
            .map_or_else(|| "no single first".to_owned(), |winner| format!("first: {winner}"));
        lines.push(format!(
            "Lot {}, result {}: computed again to the same bytes ({winner}; SHA-256 {}).",
            result.lot_code, result.revision, result.hash
        ));
    }
    lines.push(if key_known {
        "It is signed with the key you named.".to_owned()
    } else {
        let key = verified.public_key.as_deref().unwrap_or_default();
        format!("It is signed with the key {key}. Compare it with the one you know, or name that with --key.")
    });
    lines.join("\n")
}
