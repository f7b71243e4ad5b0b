//! Which files may answer a question: those that people can read and that nothing runs in. What is taken is still handed
//! out as a download only, never shown inside a page.

use crate::kernel::Refusal;

/// How a file of a kind begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Pdf,
    /// Office documents of today are zips.
    Zip,
    Png,
    Jpeg,
    /// Text in any encoding, told by what is not in it.
    Text,
}

/// The endings that are taken. Those with macros (`docm`), archives, and the binary formats of before 2007 are not: each can
/// be saved as one of these.
const TAKEN: [(&str, Begins); 12] = [
    ("pdf", Begins::Pdf),
    ("docx", Begins::Zip),
    ("xlsx", Begins::Zip),
    ("pptx", Begins::Zip),
    ("odt", Begins::Zip),
    ("ods", Begins::Zip),
    ("odp", Begins::Zip),
    ("txt", Begins::Text),
    ("csv", Begins::Text),
    ("png", Begins::Png),
    ("jpg", Begins::Jpeg),
    ("jpeg", Begins::Jpeg),
];

/// The same in words, with the largest size.
pub const HINT: &str = "PDF, an office document without macros, plain text or a picture, of at most 20 MiB.";
/// For a browser's file dialogue.
pub const ACCEPT: &str = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.txt,.csv,.png,.jpg,.jpeg";

/// Refuses a file that is not of a kind that is taken, or that is not what its name says.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let Some((_, begins)) = TAKEN.iter().find(|(taken, _)| *taken == ending) else {
        let taken: Vec<_> = TAKEN.iter().map(|(taken, _)| *taken).collect();
        return Err(Refusal::field(
            "document",
            "kind_not_taken",
            format!("A document is one of {}. Save “{name}” as PDF and upload that.", taken.join(", ")),
        ));
    };
    if begins.holds(bytes) {
        return Ok(());
    }
    Err(Refusal::field(
        "document",
        "not_what_it_is_named",
        format!(
            "“{name}” does not hold what its name says ({ending}). Open it, save it again as PDF, and upload that."
        ),
    ))
}

impl Begins {
    fn holds(self, bytes: &[u8]) -> bool {
        match self {
            // Programs may write something before the mark; readers look for it within the first kilobyte.
            Self::Pdf => {
                bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-")
            }
            Self::Zip => bytes.starts_with(b"PK\x03\x04"),
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            Self::Text => {
                bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || !bytes.contains(&0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, bytes: &[u8]) -> Option<String> {
        check(name, bytes).err().map(|refusal| refusal.fields[0].code.clone())
    }

    #[test]
    fn what_is_read_is_taken_and_what_runs_is_not() {
        for (name, bytes) in [
            ("plan.pdf", &b"%PDF-1.7"[..]),
            ("PLAN.PDF", b"\n\n%PDF-1.4"),
            ("plan.docx", b"PK\x03\x04"),
            ("plan.odt", b"PK\x03\x04"),
            ("plan.txt", b"Plain words"),
            ("plan.txt", b"\xff\xfeP\0"),
            ("plan.csv", b"a;b"),
            ("plan.png", b"\x89PNG\r\n\x1a\n"),
            ("plan.v2.jpeg", b"\xff\xd8\xff\xe0"),
        ] {
            assert_eq!(code(name, bytes), None, "{name}");
        }
        for name in [
            "plan.html",
            "plan.svg",
            "plan.docm",
            "plan.js",
            "plan.exe",
            "plan.zip",
            "plan.doc",
            "plan",
            "pdf",
        ] {
            assert_eq!(code(name, b"%PDF-1.7").as_deref(), Some("kind_not_taken"), "{name}");
        }
        for (name, bytes) in [
            ("plan.pdf", &b"<html><script>"[..]),
            ("plan.pdf", b"MZ\x90\0"),
            ("plan.docx", b"\xd0\xcf\x11\xe0"),
            ("plan.png", b"<svg onload=alert(1)>"),
            ("plan.jpg", b"\x89PNG\r\n\x1a\n"),
            ("plan.txt", b"\x7fELF\x02\0"),
        ] {
            assert_eq!(code(name, bytes).as_deref(), Some("not_what_it_is_named"), "{name}");
        }
    }

    #[test]
    fn the_dialogue_offers_what_is_taken() {
        let offered: Vec<_> = ACCEPT.split(',').map(|ending| ending.trim_start_matches('.')).collect();
        assert_eq!(offered, TAKEN.map(|(ending, _)| ending));
    }
}
