//! `commonlot demo`: a fresh demonstration database, a whole joint procurement in it, and a serving program.

use std::path::Path;
use std::process::ExitCode;

use crate::config::{DEMO_DATABASE, DEMO_FILE, DEMO_SEAL_KEY, Settings};
use crate::demo::{self, Until};
use crate::kernel::{Db, Refusal};
use crate::server;

pub(super) async fn run(settings: &Settings, until: Until) -> Result<ExitCode, Refusal> {
    let listener = super::serve::listen(settings).await?;
    let address = listener.local_addr().map_err(|error| Refusal::internal(&error))?;
    let url = match settings.database_url.as_deref() {
        // The demonstration's own file is made anew; anybody else's database must be empty.
        None => {
            remove_demonstration(DEMO_FILE)?;
            DEMO_DATABASE
        }
        Some(url) => url,
    };
    let db = Db::open(url, settings.installation(address, Some(settings.demo_seal_key(url)?))?).await?;
    if !demo::is_empty(&db).await? {
        return Err(Refusal::conflict(
            "not_empty",
            "This database holds data already. A demonstration is only made in an empty one.",
        ));
    }
    demo::play(&db, until).await?;
    announce(&db, until);
    if settings.seal_key_file.is_none() && !url.starts_with("sqlite:") {
        announce_seal_key();
    }
    server::serve(db, listener, settings.smtp_url.as_deref()).await?;
    Ok(ExitCode::SUCCESS)
}

fn remove_demonstration(file: &str) -> Result<(), Refusal> {
    for path in [file.to_owned(), format!("{file}-wal"), format!("{file}-shm")] {
        if Path::new(&path).exists() {
            std::fs::remove_file(&path).map_err(|error| {
                Refusal::conflict(
                    "cannot_remove",
                    format!("The earlier demonstration {path} cannot be removed: {error}"),
                )
            })?;
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "without it the demonstration cannot be served again")]
fn announce_seal_key() {
    println!("\n  To serve this database again, set COMMONLOT_SEAL_KEY_FILE={DEMO_SEAL_KEY}");
}

#[expect(clippy::print_stdout, reason = "the sign-ins are the command's answer")]
fn announce(db: &Db, until: Until) {
    println!(
        "\nThe demonstration stands at “{}”. Everybody's password is {}\n",
        until.word(),
        demo::PASSWORD
    );
    for (who, email, part) in demo::sign_ins() {
        println!("  {email:<34} {who} ({part})");
    }
    println!(
        "\n  Sign in at {0}/sign-in; the public tender page is {0}/tenders/{1}",
        db.installation().base_url,
        demo::REFERENCE
    );
}
