//! What stands in the parts of a zip: read once to the end, so that their checksums are compared, and looked through for what
//! programs read differently. A reader stops at `</sheetData>` and would not notice a flipped bit behind it; and what one
//! program shows and another does not is no evidence.

use std::collections::BTreeSet;
use std::io::Read;

use memchr::memmem::Finder;

use super::Unreadable;
use super::budget::MOST_CELLS;
use super::zip_check::suspicious;
use crate::finding::{Finding, Severity};

/// No shared string takes less than this many bytes of XML (`<si/>`).
const LEAST_BYTES_OF_A_STRING: u64 = 5;
/// The most shared strings: a text each for the most cells.
pub(super) const MOST_STRINGS: u64 = MOST_CELLS;
/// The most cell formats; Excel itself stops at 65,490.
const MOST_FORMATS: u64 = 65_490;
const CHUNK: usize = 64 * 1024;
/// The longest thing that is looked for, with what must stand around it.
const OVERLAP: usize = 64;

/// What was seen in all parts together.
#[derive(Default)]
pub(super) struct Seen {
    /// A link to data of another program.
    pub(super) dde: bool,
    /// The parts of an OpenDocument are encrypted one by one, inside a plain zip.
    pub(super) encrypted: bool,
}

/// What a part's bytes are looked through for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Sheet,
    Strings,
    Styles,
    OpenDocument,
    Manifest,
    Other,
}

impl Role {
    /// By the part's name in lower case.
    pub(super) fn of(name: &str) -> Self {
        if name.ends_with("sharedstrings.xml") {
            Self::Strings
        } else if name.ends_with("styles.xml") && name != "styles.xml" {
            Self::Styles
        } else if name.contains("worksheets/") && !name.contains("/_rels/") {
            Self::Sheet
        } else if name == "content.xml" {
            Self::OpenDocument
        } else if name == "meta-inf/manifest.xml" {
            Self::Manifest
        } else {
            Self::Other
        }
    }
}

/// Reads a part to its end.
pub(super) fn look_through(
    mut part: impl Read,
    name: &str,
    size: u64,
    seen: &mut Seen,
) -> Result<(), Unreadable> {
    let mut look = Look::new(Role::of(name), name, size);
    while look.refill(&mut part).map_err(|_| Unreadable::damaged())?.is_some() {}
    look.judge(seen)
}

/// A part that is being looked through, window by window. What begins in the last bytes of one is left for the next, with what
/// follows it in sight.
pub(super) struct Look {
    role: Role,
    name: String,
    size: u64,
    counts: Counts,
    buffer: Vec<u8>,
    end: usize,
    /// What of the window was looked through.
    looked: usize,
}

impl Look {
    /// `size` is the size that the zip declares.
    pub(super) fn new(role: Role, name: &str, size: u64) -> Self {
        let buffer = vec![0u8; CHUNK + OVERLAP];
        Self { role, name: name.to_owned(), size, counts: Counts::default(), buffer, end: 0, looked: 0 }
    }

    /// What is in sight.
    pub(super) fn window(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// Moves on; where the new bytes begin, or nothing at the end.
    pub(super) fn refill(&mut self, part: &mut impl Read) -> std::io::Result<Option<usize>> {
        let kept = self.end - self.looked;
        self.buffer.copy_within(self.looked..self.end, 0);
        (self.looked, self.end) = (0, kept);
        let read = fill(part, &mut self.buffer[kept..])?;
        self.end = kept + read;
        self.looked = if read == 0 { self.end } else { self.end.saturating_sub(OVERLAP) };
        self.counts.look(self.role, &self.buffer[..self.end], self.looked);
        Ok((read > 0).then_some(kept))
    }

    /// What comes of it, at the end.
    pub(super) fn judge(self, seen: &mut Seen) -> Result<(), Unreadable> {
        seen.dde |= self.counts.dde;
        seen.encrypted |= self.counts.encrypted;
        self.counts.judge(self.role, &self.name, self.size)
    }
}

fn fill(part: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match part.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[derive(Default)]
struct Counts {
    declarations: u64,
    markup: u64,
    instructions: u64,
    hidden_digits: bool,
    sheet_data: u64,
    declared_strings: u64,
    formats: u64,
    dde: bool,
    encrypted: bool,
}

impl Counts {
    /// Looks for everything that begins in the first `fresh` bytes of `window`.
    fn look(&mut self, role: Role, window: &[u8], fresh: usize) {
        let found = |word: &[u8]| count(window, fresh, word);
        let markup = found(b"<!");
        if markup > 0 {
            self.declarations += found(b"<!DOCTYPE") + found(b"<!ENTITY");
        }
        match role {
            Role::Sheet => {
                self.markup += markup;
                self.instructions += found(b"<?");
                // Any white space may follow a name.
                let ends = |at: usize| {
                    matches!(window.get(at + 9), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
                };
                self.sheet_data += Finder::new(b"sheetData")
                    .find_iter(window)
                    .take_while(|at| *at < fresh)
                    .filter(|at| ends(*at))
                    .count() as u64;
                self.hidden_digits |= hides_digits(window, fresh);
            }
            Role::Strings => {
                for at in Finder::new(b"uniqueCount").find_iter(window).take_while(|at| *at < fresh) {
                    self.declared_strings = self.declared_strings.max(declared(&window[at..]));
                }
            }
            Role::Styles => self.formats += found(b"<xf ") + found(b"<xf/") + found(b"<xf>") + found(b":xf"),
            Role::OpenDocument => self.dde |= found(b"dde-source") + found(b"dde-link") > 0,
            Role::Manifest => self.encrypted |= found(b"encryption-data") > 0,
            Role::Other => {}
        }
    }

    fn judge(&self, role: Role, name: &str, size: u64) -> Result<(), Unreadable> {
        if self.declarations > 0 {
            return Err(suspicious(&format!("its part {name} declares a document type of its own")));
        }
        match role {
            Role::Sheet
                if self.markup > 0 || self.instructions > 1 || self.sheet_data > 2 || self.hidden_digits =>
            {
                Err(ambiguous())
            }
            Role::Strings if self.declared_strings > (size / LEAST_BYTES_OF_A_STRING).min(MOST_STRINGS) => {
                Err(too_many_strings())
            }
            Role::Styles if self.formats > 2 * MOST_FORMATS => {
                Err(suspicious("it has more cell formats than spreadsheet programs allow"))
            }
            _ => Ok(()),
        }
    }
}

/// More shared strings than there can be.
pub(super) fn too_many_strings() -> Unreadable {
    suspicious("it announces more texts than it can hold or than cells could show")
}

fn count(window: &[u8], fresh: usize, word: &[u8]) -> u64 {
    Finder::new(word).find_iter(window).take_while(|at| *at < fresh).count() as u64
}

/// Comments and processing instructions inside a value, a second table of cells, a digit written as a reference: some programs
/// read on behind them and some do not, so the same file would show two prices. No spreadsheet program writes them.
fn ambiguous() -> Unreadable {
    Unreadable::new(
        "ambiguous_xml",
        "This workbook is written in a way that different programs read differently. Open it in Excel or LibreOffice, check the values, save it again as .xlsx and send that.",
    )
}

/// Whether a letter, digit, point or sign is written as a character reference.
fn hides_digits(window: &[u8], fresh: usize) -> bool {
    Finder::new(b"&#").find_iter(window).take_while(|at| *at < fresh).any(|at| {
        let reference: String = window[at + 2..]
            .iter()
            .take_while(|byte| **byte != b';')
            .take(12)
            .map(|byte| char::from(*byte))
            .collect();
        let code = match reference.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => reference.parse(),
        };
        code.ok()
            .and_then(char::from_u32)
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-'))
    })
}

/// The number behind `uniqueCount`; what is not a number counts as too large.
fn declared(window: &[u8]) -> u64 {
    let text: String = window.iter().take(OVERLAP).map(|byte| char::from(*byte)).collect();
    let value = text["uniqueCount".len()..].trim_start().strip_prefix('=').map(str::trim_start);
    let Some(value) = value else { return 0 };
    let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
        return u64::MAX;
    };
    let digits = value[1..].split(quote).next().unwrap_or_default().trim().trim_start_matches('+');
    digits.parse().unwrap_or(u64::MAX)
}

/// What is in the file and is never followed or run, but said.
pub(super) fn notices(names: &BTreeSet<&str>, seen: &Seen) -> Vec<Finding> {
    let any = |test: fn(&str) -> bool| names.iter().any(|name| test(name));
    let mut findings = Vec::new();
    if any(|name| {
        name.ends_with("vbaproject.bin") || name.starts_with("basic/") || name.starts_with("scripts/")
    }) {
        findings.push(macros());
    }
    if any(|name| name.contains("externallinks/")) || seen.dde {
        findings.push(external_links());
    }
    if any(|name| name.ends_with("connections.xml") || name.contains("querytables/")) {
        findings.push(Finding::new(
            Severity::Warning,
            "data_connections",
            "The workbook fetches data from elsewhere.",
            "Nothing was fetched. Replace fetched values by the values themselves.",
        ));
    }
    if any(|name| name.contains("embeddings/") || name.contains("activex/") || name.starts_with("object ")) {
        findings.push(Finding::new(
            Severity::Warning,
            "embedded_objects",
            "The workbook holds other documents or programs.",
            "They were not opened and are not part of the bid. Send documents beside the workbook.",
        ));
    }
    findings
}

/// What is said of macros.
pub(super) fn macros() -> Finding {
    Finding::new(
        Severity::Warning,
        "macros",
        "The workbook holds macros.",
        "They were not run. Nothing is needed if your answers do not depend on them.",
    )
}

/// What is said of links, DDE among them.
pub(super) fn external_links() -> Finding {
    Finding::new(
        Severity::Warning,
        "external_links",
        "The workbook links to other files or programs.",
        "The links were not followed. Replace linked values by the values themselves.",
    )
}
