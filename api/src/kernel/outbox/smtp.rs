//! One conversation with the mail server, step by step, so that it is known how far a mail came when something went
//! wrong: a refusal of the recipient is an officer's task, a refusal of the sender is the operator's, and a cut after the
//! last dot leaves open whether the mail was taken (TRUST section 5).

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use url::Url;

use crate::kernel::Refusal;

/// The longest wait for one answer of the server. RFC 5321 4.5.3.2 asks for five minutes; mails wait in our outbox, so
/// that trying again later costs nothing.
pub(super) const ANSWER: Duration = Duration::from_secs(45);

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte (`smtps://`).
    Wrapped,
    /// STARTTLS, or no mail at all (`smtp://`).
    Required,
    /// Clear text, only for a server on the same machine (`?tls=none`).
    None,
}

/// The mail server, as its URL names it.
#[derive(Clone)]
pub struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The server has it.
    Taken(String),
    /// Not now; the mail was not taken.
    NotNow(String),
    /// The server refuses this mail or its recipient for good.
    Refused(String),
    /// The server refuses us: our sender, our sign-in, our address, its policy.
    HostRefuses(String),
    /// The line was cut after the mail was under way: nobody knows.
    Unknown(String),
}

/// The steps of a conversation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    SignIn,
    Sender,
    Recipient,
    Data,
    Content,
}

impl Step {
    const fn words(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::SignIn => "signing in",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "asking to send",
            Self::Content => "sending",
        }
    }
}

type SmtpError = lettre::transport::smtp::Error;

impl Server {
    /// Reads a URL such as `smtps://user:secret@mail.example` or `smtp://127.0.0.1:2525?tls=none`. STARTTLS is required
    /// unless the URL says `?tls=none`, which is refused for a server on another machine: mails hold one-time links.
    pub fn from_url(text: &str) -> Result<Self, Refusal> {
        let unusable =
            |why: &str| Refusal::invalid("smtp_url", format!("COMMONLOT_SMTP_URL cannot be used: {why}"));
        let url = Url::parse(text).map_err(|error| unusable(&error.to_string()))?;
        let wrapped = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(unusable("begin with smtps:// or smtp://.")),
        };
        let host =
            url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| unusable("name the host."))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let mut security = if wrapped { Security::Wrapped } else { Security::Required };
        for (name, value) in url.query_pairs() {
            security = match (name.as_ref(), value.as_ref()) {
                ("tls", "none") if !wrapped && is_this_machine(&host) => Security::None,
                ("tls", "none") => {
                    return Err(unusable("tls=none is only for smtp:// to 127.0.0.1, [::1] or localhost."));
                }
                ("tls", "required") => security,
                _ => return Err(unusable("after `?` only tls=required and tls=none are known.")),
            };
        }
        let decoded = |part: &str| {
            form_urlencoded::parse(format!("x={}", part.replace('+', "%2B")).as_bytes())
                .next()
                .map_or_else(String::new, |(_, value)| value.into_owned())
        };
        let credentials = (!url.username().is_empty())
            .then(|| Credentials::new(decoded(url.username()), decoded(url.password().unwrap_or_default())));
        let port = url.port().unwrap_or(if wrapped { 465 } else { 587 });
        Ok(Self { host, port, security, credentials })
    }

    /// Hands one mail to the server.
    pub(super) async fn hand_over(&self, from: &Address, to: &Address, mail: &[u8]) -> Ending {
        let mut connection = match within(self.connect()).await {
            Ok(connection) => connection,
            Err(failure) => return ending(Step::Connect, failure),
        };
        if let Some(credentials) = &self.credentials
            && let Err(failure) = within(connection.auth(DEFAULT_MECHANISMS, credentials)).await
        {
            return ending(Step::SignIn, failure);
        }
        let ending = converse(&mut connection, from, to, mail).await;
        // Whatever the server says to this, the mail's fate is known.
        let _ = tokio::time::timeout(Duration::from_secs(5), connection.abort()).await;
        ending
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let hello = ClientId::default();
        let tls = || TlsParameters::new(self.host.clone());
        let wrapped = if self.security == Security::Wrapped { Some(tls()?) } else { None };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(ANSWER), &hello, wrapped, None).await?;
        if self.security == Security::Required {
            connection.starttls(tls()?, &hello).await?;
        }
        Ok(connection)
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Sender, recipient, data, dot.
async fn converse(connection: &mut AsyncSmtpConnection, from: &Address, to: &Address, mail: &[u8]) -> Ending {
    let mut parameters = Vec::new();
    let info = connection.server_info();
    if !mail.is_ascii() && info.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    if !to.to_string().is_ascii() && info.supports_feature(Extension::SmtpUtfEight) {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if let Err(failure) = within(connection.command(Mail::new(Some(from.clone()), parameters))).await {
        return ending(Step::Sender, failure);
    }
    if let Err(failure) = within(connection.command(Rcpt::new(to.clone(), Vec::new()))).await {
        return ending(Step::Recipient, failure);
    }
    if let Err(failure) = within(connection.command(Data)).await {
        return ending(Step::Data, failure);
    }
    match within(connection.message(mail)).await {
        Ok(response) => Ending::Taken(words_of(&response)),
        Err(failure) => ending(Step::Content, failure),
    }
}

/// What went wrong in a step.
enum Failure {
    Smtp(SmtpError),
    TooSlow,
}

async fn within<T>(step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER, step).await {
        Ok(outcome) => outcome.map_err(Failure::Smtp),
        Err(_) => Err(Failure::TooSlow),
    }
}

fn words_of(response: &Response) -> String {
    format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))
}

/// What a failure in a step means for the mail.
fn ending(step: Step, failure: Failure) -> Ending {
    let error = match failure {
        Failure::TooSlow if step == Step::Content => {
            return Ending::Unknown("no answer after the mail was sent".to_owned());
        }
        Failure::TooSlow => return Ending::NotNow(format!("no answer while {}", step.words())),
        Failure::Smtp(error) => error,
    };
    let answer = format!("{} (while {})", told(&error), step.words());
    if error.is_transient() {
        return Ending::NotNow(answer);
    }
    if error.is_permanent() {
        return if blames_us(step, &answer) { Ending::HostRefuses(answer) } else { Ending::Refused(answer) };
    }
    // No answer of the server at all: before the mail was under way it has certainly not been taken.
    if step == Step::Content { Ending::Unknown(answer) } else { Ending::NotNow(answer) }
}

/// The server's own words, where it said something.
fn told(error: &SmtpError) -> String {
    use std::error::Error;
    let words = error.source().map(ToString::to_string);
    match (error.status(), words) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        (Some(code), None) => code.to_string(),
        (None, Some(words)) => words,
        (None, None) => error.to_string(),
    }
}

/// Whether a 5xx is about our sender or the server's policy rather than about this mail's recipient. The enhanced status
/// code (RFC 3463) says so where there is one; otherwise the step does.
fn blames_us(step: Step, answer: &str) -> bool {
    let enhanced = answer.split_whitespace().find_map(|word| {
        let mut parts = word.strip_prefix("5.")?.split('.');
        let subject: u16 = parts.next()?.parse().ok()?;
        let detail: u16 = parts.next()?.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        Some((subject, detail))
    });
    match enhanced {
        // 5.1.7 and 5.1.8 are a bad sender; 5.7.x is security or policy.
        Some((1, 7 | 8) | (7, _)) => true,
        // The recipient's address or mailbox.
        Some((1 | 2, _)) => false,
        _ => !matches!(step, Step::Recipient | Step::Content),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    #[test]
    fn urls_are_read_and_clear_text_stays_on_this_machine() {
        let server = Server::from_url("smtps://user%40a:se%2Bcret+x@mail.example").unwrap();
        assert_eq!(
            (server.host.as_str(), server.port, server.security),
            ("mail.example", 465, Security::Wrapped)
        );
        assert_eq!(server.credentials, Some(Credentials::new("user@a".to_owned(), "se+cret+x".to_owned())));
        let server = Server::from_url("smtp://mail.example").unwrap();
        assert_eq!((server.port, server.security), (587, Security::Required));
        assert_eq!(Server::from_url("smtp://127.0.0.1:25?tls=none").unwrap().security, Security::None);
        for wrong in
            ["smtp://mail.example?tls=none", "http://mail.example", "smtp:///", "smtp://x?tls=maybe", "mail"]
        {
            assert!(Server::from_url(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn a_refusal_is_about_the_recipient_or_about_us() {
        assert!(!blames_us(Step::Recipient, "550 5.1.1 no such user"));
        assert!(!blames_us(Step::Recipient, "550 no such user"));
        assert!(!blames_us(Step::Content, "552 5.2.2 mailbox full"));
        assert!(blames_us(Step::Recipient, "554 5.7.1 relay access denied"));
        assert!(blames_us(Step::Sender, "553 sender not owned"));
        assert!(blames_us(Step::Recipient, "550 5.1.8 bad sender"));
        assert!(blames_us(Step::SignIn, "535 authentication failed"));
    }
}
