//! What stands in the parts of a zip: read once to the end, so that their checksums are compared, and looked through for what
//! programs read differently. calamine stops at `</sheetData>` and would not notice a flipped bit behind it; and what one
//! program shows and another does not is no evidence.

use std::collections::BTreeSet;
use std::io::{BufReader, Read, Seek};

use memchr::memmem::Finder;
use quick_xml::events::Event as Xml;
use zip::ZipArchive;

use super::Unreadable;
use super::budget::MOST_CELLS;
use super::zip_check::suspicious;
use crate::finding::{Finding, Severity};

/// No shared string takes less than this many bytes of XML (`<si/>`).
const LEAST_BYTES_OF_A_STRING: u64 = 5;
/// The most shared strings: a text each for the most cells.
const MOST_STRINGS: u64 = MOST_CELLS;
/// The most cell formats; Excel itself stops at 65,490.
const MOST_FORMATS: u64 = 65_490;
const CHUNK: usize = 64 * 1024;
/// The longest thing that is looked for, with what must stand around it.
const OVERLAP: usize = 64;

/// What was seen in all parts together.
#[derive(Default)]
pub(super) struct Seen {
    /// A sheet with merged cells.
    pub(super) merged_cells: bool,
    /// A link to data of another program.
    pub(super) dde: bool,
    /// The parts of an OpenDocument are encrypted one by one, inside a plain zip.
    pub(super) encrypted: bool,
}

/// What a part's bytes are looked through for, by the part's name in lower case.
enum Role {
    Sheet,
    Strings,
    Styles,
    OpenDocument,
    Manifest,
    Other,
}

impl Role {
    fn of(name: &str) -> Self {
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
    let role = Role::of(name);
    // Macros and pictures are never opened, so a fault in them is nobody's; but every part that is XML is.
    let mut buffer = vec![0u8; CHUNK + OVERLAP];
    let mut kept = 0;
    let mut counts = Counts::default();
    loop {
        let read = fill(&mut part, &mut buffer[kept..]).map_err(|_| Unreadable::damaged())?;
        let end = kept + read;
        // What begins in the overlap was left for this round, with what follows it in sight.
        let fresh = if read == 0 { end } else { end.saturating_sub(OVERLAP) };
        counts.look(&role, &buffer[..end], fresh, seen);
        if read == 0 {
            break;
        }
        buffer.copy_within(fresh..end, 0);
        kept = end - fresh;
    }
    counts.judge(&role, name, size)
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
    strings: u64,
    declared_strings: u64,
    formats: u64,
}

impl Counts {
    /// Looks for everything that begins in the first `fresh` bytes of `window`.
    fn look(&mut self, role: &Role, window: &[u8], fresh: usize, seen: &mut Seen) {
        let found = |word: &[u8]| count(window, fresh, word);
        self.declarations += found(b"<!DOCTYPE") + found(b"<!ENTITY");
        match role {
            Role::Sheet => {
                self.markup += found(b"<!");
                self.instructions += found(b"<?");
                self.sheet_data += found(b"sheetData>") + found(b"sheetData/>") + found(b"sheetData ");
                self.hidden_digits |= hides_digits(window, fresh);
                seen.merged_cells |= found(b"mergeCell ") > 0;
            }
            Role::Strings => {
                self.strings += found(b"<si>") + found(b"<si/") + found(b":si>") / 2 + found(b":si/");
                for at in Finder::new(b"uniqueCount").find_iter(window).take_while(|at| *at < fresh) {
                    self.declared_strings = self.declared_strings.max(declared(&window[at..]));
                }
            }
            Role::Styles => self.formats += found(b"<xf ") + found(b"<xf/") + found(b"<xf>") + found(b":xf"),
            Role::OpenDocument => {
                seen.dde |= found(b"dde-source") + found(b"dde-link") > 0;
            }
            Role::Manifest => seen.encrypted |= found(b"encryption-data") > 0,
            Role::Other => {}
        }
    }

    fn judge(&self, role: &Role, name: &str, size: u64) -> Result<(), Unreadable> {
        if self.declarations > 0 {
            return Err(suspicious(&format!("its part {name} declares a document type of its own")));
        }
        match role {
            Role::Sheet
                if self.markup > 0 || self.instructions > 1 || self.sheet_data > 2 || self.hidden_digits =>
            {
                Err(ambiguous())
            }
            Role::Strings
                if self.declared_strings > (size / LEAST_BYTES_OF_A_STRING).min(MOST_STRINGS)
                    || self.strings > MOST_STRINGS =>
            {
                Err(suspicious("it announces more texts than it can hold or than cells could show"))
            }
            Role::Styles if self.formats > 2 * MOST_FORMATS => {
                Err(suspicious("it has more cell formats than spreadsheet programs allow"))
            }
            _ => Ok(()),
        }
    }
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

/// Whether any sheet has a cell that does not say its place. It is asked only when a cell could not be read.
pub(super) fn without_reference(zip: &mut ZipArchive<impl Read + Seek>) -> bool {
    (0..zip.len()).any(|index| {
        let Ok(part) = zip.by_index(index) else { return true };
        let Ok(name) = part.name().map(|name| name.to_lowercase()) else { return true };
        if !matches!(Role::of(&name), Role::Sheet) {
            return false;
        }
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Xml::Start(tag) | Xml::Empty(tag)) if tag.local_name().as_ref() == "c" => {
                    if !tag.attributes().flatten().any(|attribute| attribute.key.as_ref() == "r") {
                        return true;
                    }
                }
                Ok(Xml::Eof) | Err(_) => return false,
                Ok(_) => {}
            }
        }
    })
}

/// What is in the file and is never followed or run, but said.
pub(super) fn notices(names: &BTreeSet<String>, seen: &Seen) -> Vec<Finding> {
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
