//! `commonlot serve`: pages and API, until a signal ends it.

use std::process::ExitCode;

use tokio::net::TcpListener;

use crate::config::{DEFAULT_DATABASE, Settings};
use crate::kernel::{Db, Refusal};
use crate::people::first_administrator;
use crate::server;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Refusal> {
    let listener = listen(settings).await?;
    let address = listener.local_addr().map_err(|error| Refusal::internal(&error))?;
    let url = settings.database_url.as_deref().unwrap_or(DEFAULT_DATABASE);
    let db = Db::open(url, settings.installation(address, Some(settings.seal_key(url)?))?).await?;
    if settings.client_address_header.is_none() && db.installation().base_url.starts_with("https://") {
        tracing::warn!(
            "a proxy speaks https for this program and COMMONLOT_CLIENT_ADDRESS_HEADER is not set: all visitors count as \
             one for the limits on what strangers may ask for"
        );
    }
    announce_first_administrator(&db).await?;
    server::serve(db, listener, settings.smtp_url.as_deref()).await?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "the link is for whoever started the program")]
async fn announce_first_administrator(db: &Db) -> Result<(), Refusal> {
    if let Some(link) = first_administrator::link(db).await? {
        println!(
            "Nobody has an account yet. Become the first administrator within 24 hours, once, at:\n{link}"
        );
    }
    Ok(())
}

/// Takes the address before anything else is done, so that a second program on the same port ends at once.
pub(super) async fn listen(settings: &Settings) -> Result<TcpListener, Refusal> {
    TcpListener::bind(settings.listen).await.map_err(|error| {
        Refusal::conflict(
            "address_taken",
            format!("Cannot serve on {}: {error}. Choose another with --listen.", settings.listen),
        )
    })
}
