//! A real SMTP server in its own process, which logs every message it accepts and refuses as told.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::machine;

/// How long a story waits for a letter.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server; it ends when this is dropped, and, because it reads from us, also when the test dies otherwise.
#[derive(Debug)]
pub struct PostBox {
    server: Child,
    port: u16,
    folder: TempDir,
    switches: BTreeMap<&'static str, BTreeMap<String, Value>>,
}

/// A message as the server accepted it.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The envelope's sender.
    pub envelope_from: String,
    /// The envelope's recipients.
    pub envelope_to: Vec<String>,
    /// The From header.
    pub from: String,
    /// The To header.
    pub to: String,
    /// The Subject header, decoded.
    pub subject: String,
    /// The Message-ID header.
    pub message_id: String,
    /// All headers in their order, decoded.
    pub headers: Vec<(String, String)>,
    /// The text/plain part, decoded.
    pub text: String,
    /// The text/html part, decoded.
    pub html: Option<String>,
    /// The bytes between DATA and the final dot.
    pub raw: Vec<u8>,
}

impl PostBox {
    /// Opens a post box on a free port. Stories that call this name `PostBox` among their needs.
    pub fn open() -> Self {
        let folder =
            tempfile::Builder::new().prefix("commonlot-post-").tempdir().expect("a temporary folder");
        let python = machine::python().expect("a story with a post box names PostBox among its needs");
        let mut server = Command::new(python)
            .arg(machine::tests_folder().join("harness/sink.py"))
            .args([folder.path().join("log"), folder.path().join("switches")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the post box starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line.trim().rsplit(' ').next().and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("the post box said {line:?}"));
        Self { server, port, folder, switches: BTreeMap::new() }
    }

    /// Its address without TLS, as `COMMONLOT_SMTP_URL` takes it.
    pub fn smtp_url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on, answers RCPT TO of this address (`*` for any) so: `"550 5.1.1 No such person"`.
    pub fn refuse_recipient(&mut self, address: &str, answer: &str) {
        self.switch("recipient", address, json!(answer));
    }

    /// From now on, answers MAIL FROM so: `"451 4.3.0 Later"`.
    pub fn refuse_sender(&mut self, answer: &str) {
        self.switch("sender", "*", json!(answer));
    }

    /// From now on, answers the final dot of a message to this address so, and does not keep it.
    pub fn refuse_data(&mut self, address: &str, answer: &str) {
        self.switch("data", address, json!(answer));
    }

    /// From now on, keeps messages to this address but cuts the connection instead of answering the final dot.
    pub fn cut_after_dot(&mut self, address: &str) {
        self.switch("cut", address, json!(true));
    }

    /// From now on, waits before the answer to the final dot.
    pub fn wait_before_answer(&mut self, address: &str, time: Duration) {
        self.switch("wait", address, json!(time.as_secs_f64()));
    }

    /// Accepts everything again, at once.
    pub fn accept_all(&mut self) {
        self.switches.clear();
        self.write_switches();
    }

    /// Every message accepted so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        // The last line may still be being written.
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        whole.lines().map(Mail::parse).collect()
    }

    /// Every message accepted so far for one address.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.envelope_to.iter().any(|to| to == address));
        mails
    }

    /// Waits for the first message to this address whose subject holds this. Panics with what came instead.
    pub async fn wait_for(&self, address: &str, subject: &str) -> Mail {
        let mut found = self
            .wait_until(&format!("a letter “{subject}” to {address}"), |mails| {
                mails.iter().any(|mail| mail.is(address, subject))
            })
            .await;
        found.retain(|mail| mail.is(address, subject));
        found.remove(0)
    }

    /// Waits until as many messages have been accepted, and gives them all.
    pub async fn wait_for_count(&self, count: usize) -> Vec<Mail> {
        self.wait_until(&format!("{count} letters"), |mails| mails.len() >= count).await
    }

    async fn wait_until(&self, wanted: &str, enough: impl Fn(&[Mail]) -> bool) -> Vec<Mail> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mails = self.mails();
            if enough(&mails) {
                return mails;
            }
            if Instant::now() > until {
                let came: Vec<_> =
                    mails.iter().map(|mail| format!("{:?}: {}", mail.envelope_to, mail.subject)).collect();
                panic!("{wanted} did not come within {PATIENCE:?}; what came:\n{}", came.join("\n"));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    fn switch(&mut self, switch: &'static str, address: &str, to: Value) {
        self.switches.entry(switch).or_default().insert(address.to_owned(), to);
        self.write_switches();
    }

    /// Writes beside and renames, so that the server never reads half a file.
    fn write_switches(&self) {
        let beside = self.folder.path().join("switches.new");
        std::fs::write(&beside, json!(self.switches).to_string()).expect("the switches can be written");
        std::fs::rename(&beside, self.folder.path().join("switches")).expect("the switches can be renamed");
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for PostBox {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

impl Mail {
    /// A header's value, decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first link in the text that holds this.
    pub fn link(&self, part: &str) -> String {
        let mut words = self.text.split_whitespace();
        words
            .find(|word| word.starts_with("http") && word.contains(part))
            .unwrap_or_else(|| panic!("no link with {part} in “{}”:\n{}", self.subject, self.text))
            .trim_end_matches(['.', ',', ')', '>'])
            .to_owned()
    }

    fn is(&self, address: &str, subject: &str) -> bool {
        self.envelope_to.iter().any(|to| to == address) && self.subject.contains(subject)
    }

    fn parse(line: &str) -> Self {
        let line: Value = serde_json::from_str(line).expect("the post box writes JSON lines");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let headers: Vec<_> =
            list(&line["headers"]).iter().map(|header| (text(&header[0]), text(&header[1]))).collect();
        let named = |name: &str| {
            let mut all = headers.iter();
            all.find(|(header, _)| header.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        Self {
            envelope_from: text(&line["envelope_from"]),
            envelope_to: list(&line["envelope_to"]).iter().map(text).collect(),
            from: named("from"),
            to: named("to"),
            subject: named("subject"),
            message_id: named("message-id"),
            text: text(&line["text"]),
            html: line["html"].as_str().map(str::to_owned),
            raw: STANDARD.decode(text(&line["raw"])).expect("the post box writes base64"),
            headers,
        }
    }
}
