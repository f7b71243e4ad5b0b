//! Reading a rendered mail again: its text, for people who look at the outbox.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The decoded text/plain part of a mail that [`super::Letter`] rendered; none where there is none, as in a mail whose
/// bytes were blanked.
#[must_use]
pub(super) fn plain_text(mail: &[u8]) -> Option<String> {
    let mail = std::str::from_utf8(mail).ok()?;
    let (head, body) = mail.split_once("\r\n\r\n")?;
    let content = field(head, "content-type")?;
    if content.to_ascii_lowercase().starts_with("text/plain") {
        return decoded(head, body);
    }
    let boundary = content.split_once("boundary=")?.1;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let limit = format!("--{boundary}");
    body.split(limit.as_str()).skip(1).find_map(|part| {
        let (head, body) = part.trim_start_matches("\r\n").split_once("\r\n\r\n")?;
        let plain = field(head, "content-type")?.to_ascii_lowercase().starts_with("text/plain");
        plain.then(|| decoded(head, body.strip_suffix("\r\n").unwrap_or(body))).flatten()
    })
}

/// A header's value, with its folded lines joined.
fn field(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn decoded(head: &str, body: &str) -> Option<String> {
    let encoding = field(head, "content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    let bytes = match encoding.as_str() {
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?,
        "quoted-printable" => {
            quoted_printable::decode(body.as_bytes(), quoted_printable::ParseMode::Robust).ok()?
        }
        _ => body.as_bytes().to_vec(),
    };
    Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;
    use crate::kernel::outbox::{Letter, Recipient};
    use crate::kernel::testing::World;

    #[tokio::test]
    async fn what_was_written_is_what_is_read() {
        let world = World::new().await;
        let texts = [
            "Short.\n".to_owned(),
            "A pound sign £1,200.00 and a long line: ".to_owned() + &"word ".repeat(60) + "\n",
            "日本語のテキスト、全部。\n".repeat(20),
            "Equals = and dots:\n.\n..\n--\nend\n".to_owned(),
        ];
        for (number, text) in texts.into_iter().enumerate() {
            let letter = Letter {
                event: format!("test:{number}"),
                kind: "test",
                recipient: Recipient { email: "clerk@ashvale.example".to_owned(), ..Recipient::default() },
                subject: "Award".to_owned(),
                html: format!("<p>{text}</p>"),
                text: text.clone(),
                ..Letter::default()
            };
            world
                .write(&crate::kernel::Caller::System, |w| async move { letter.queue(&w).await })
                .await
                .unwrap();
            let mail = world.mails("test").await.pop().unwrap();
            assert_eq!(plain_text(&mail.body).as_deref(), Some(text.as_str()));
        }
        assert_eq!(plain_text(b""), None);
    }
}
