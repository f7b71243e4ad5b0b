//! Settings, from flags and environment, checked once at start.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::kernel::Refusal;
use crate::kernel::db::Installation;
use crate::kernel::seal::SealKey;

/// What can be set. Each flag has an environment variable of the same meaning; the flag wins.
#[allow(rustdoc::bare_urls, clippy::doc_markdown, reason = "these comments are the help text")]
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address and port to serve on; port 0 takes a free one
    #[arg(long, env = "COMMONLOT_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Where the data is: sqlite://FILE (made when missing) or postgres://USER:SECRET@HOST/NAME
    #[arg(long, env = "COMMONLOT_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Where people reach the program, for links in mails; by default the address it serves on
    #[arg(long, env = "COMMONLOT_BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// The mail server: smtps://USER:SECRET@HOST, smtp://HOST:587 (with STARTTLS), or smtp://127.0.0.1:25?tls=none on this
    /// machine. Without it mails are withheld and can be read on the outbox page
    #[arg(long, env = "COMMONLOT_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of mails
    #[arg(
        long,
        env = "COMMONLOT_MAIL_FROM",
        default_value = "Commonlot <commonlot@localhost.localdomain>",
        global = true
    )]
    pub mail_from: String,
    /// The file with the seal key, under which bids lie until they are opened. Made with a new SQLite database, by default
    /// beside it (commonlot.seal-key); with PostgreSQL make one with "commonlot seal-key FILE" and give it to every node
    #[arg(long, env = "COMMONLOT_SEAL_KEY_FILE", global = true)]
    pub seal_key_file: Option<PathBuf>,
    /// Behind a proxy: the header in which it tells whom it serves, such as X-Forwarded-For. The last address in it counts, for
    /// limits on what strangers may ask for. Set it only where every visitor comes through that proxy; without it all
    /// visitors behind a proxy count as one
    #[arg(long, env = "COMMONLOT_CLIENT_ADDRESS_HEADER", global = true)]
    pub client_address_header: Option<String>,
    /// Write the log as JSON lines
    #[arg(long, global = true)]
    pub json: bool,
    /// Log only warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// The database when none is named.
pub const DEFAULT_DATABASE: &str = "sqlite://commonlot.db";
/// The demonstration's database when none is named.
pub const DEMO_DATABASE: &str = "sqlite://commonlot-demo.db";
/// The file behind it, in the current folder.
pub const DEMO_FILE: &str = "commonlot-demo.db";
/// A demonstration's seal key on PostgreSQL, when no file is named.
pub const DEMO_SEAL_KEY: &str = "commonlot-demo.seal-key";

impl Settings {
    /// The seal key of a database. It is made where the database is a file that is not there yet; for a database that is
    /// there the key must be too.
    pub fn seal_key(&self, url: &str) -> Result<SealKey, Refusal> {
        let database = sqlite_file(url);
        let beside = || database.as_ref().map(|file| file.with_extension("seal-key"));
        let path = self.seal_key_file.clone().or_else(beside).ok_or_else(|| {
            Refusal::conflict(
                "seal_key",
                "With PostgreSQL the seal key comes from outside, the same for every node: make one with \
                 \"commonlot seal-key FILE\" and name it in COMMONLOT_SEAL_KEY_FILE.",
            )
        })?;
        if let Some(key) = SealKey::read(&path)? {
            return Ok(key);
        }
        if database.is_some_and(|file| !file.exists()) {
            return SealKey::make(&path);
        }
        Err(Refusal::conflict(
            "seal_key",
            format!(
                "The seal key {} is missing. Put it back from your backup: without it no bid can be read. For a new \
                 PostgreSQL database make one with \"commonlot seal-key {0}\".",
                path.display()
            ),
        ))
    }

    /// The seal key of a new demonstration, made where there is none: where `serve` looks for it afterwards, or, for a
    /// PostgreSQL database, in the current folder.
    pub fn demo_seal_key(&self, url: &str) -> Result<SealKey, Refusal> {
        let beside = || sqlite_file(url).map(|file| file.with_extension("seal-key"));
        let path = self.seal_key_file.clone().or_else(beside).unwrap_or_else(|| DEMO_SEAL_KEY.into());
        SealKey::read(&path)?.map_or_else(|| SealKey::make(&path), Ok)
    }

    /// What operations know of the installation, once the address is known.
    pub fn installation(
        &self,
        address: SocketAddr,
        seal_key: Option<SealKey>,
    ) -> Result<Installation, Refusal> {
        let base_url = self.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let base_url = base_url.trim_end_matches('/').to_owned();
        if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
            return Err(Refusal::invalid(
                "base_url",
                "COMMONLOT_BASE_URL must begin with http:// or https://.",
            ));
        }
        self.mail_from.parse::<lettre::message::Mailbox>().map_err(|error| {
            Refusal::invalid("mail_from", format!("COMMONLOT_MAIL_FROM is not a sender: {error}"))
        })?;
        let header = self.client_address_header.as_deref().map(str::trim).filter(|name| !name.is_empty());
        if header.is_some_and(|name| !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))) {
            return Err(Refusal::invalid(
                "client_address_header",
                "COMMONLOT_CLIENT_ADDRESS_HEADER must be the name of a header, such as X-Forwarded-For.",
            ));
        }
        Ok(Installation {
            base_url,
            client_address_header: header.map(str::to_owned),
            mail_from: self.mail_from.clone(),
            sends_mail: self.smtp_url.is_some(),
            seal_key,
            sheet_reader: sheet_reader()?,
        })
    }
}

/// How spreadsheets are read: by this very program, as a short-lived child.
pub fn sheet_reader() -> Result<importers::Reader, Refusal> {
    let program = std::env::current_exe().map_err(|error| Refusal::internal(&error))?;
    Ok(importers::Reader { program, args: vec!["read-workbook".to_owned()] })
}

/// Whether a database is a file, beside which its seal key lies.
#[must_use]
pub fn is_file(url: &str) -> bool {
    sqlite_file(url).is_some()
}

/// The file of a SQLite database; none for another engine.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    Some(path.split_once('?').map_or(path, |(path, _)| path).into())
}
