//! What a zip says of itself, before anything in it is opened (SHEETS section 1).

use std::collections::BTreeSet;
use std::io::Cursor;

use zip::ZipArchive;

use super::parts::{self, Seen};
use super::{Kind, Unreadable};
use crate::finding::Finding;

const MIB: u64 = 1024 * 1024;
const MOST_PARTS: usize = 2_000;
const LARGEST_SHEET: u64 = 64 * MIB;
const LARGEST_STRINGS: u64 = 32 * MIB;
const LARGEST_SMALL_PART: u64 = 4 * MIB;
const LARGEST_SUM: u64 = 96 * MIB;

/// What is in the zip.
pub(super) struct Contents {
    pub(super) kind: Kind,
    pub(super) findings: Vec<Finding>,
    /// Whether a sheet of an xlsx has merged cells.
    pub(super) merged_cells: bool,
}

/// Checks number, names, overlaps, encryption and sizes of the parts, and every used part's checksum. Parts are inflated to
/// their end once: the workbook reader stops at `</sheetData>` and would not notice a flipped bit.
pub(super) fn check(bytes: &[u8]) -> Result<Contents, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::damaged())?;
    if zip.len() > MOST_PARTS {
        return Err(suspicious("it has more than 2,000 parts"));
    }
    if zip.has_duplicate_names() {
        return Err(suspicious("two of its parts have the same name"));
    }
    if zip.has_overlapping_entries().map_err(|_| Unreadable::damaged())? {
        return Err(suspicious("its parts overlap"));
    }
    let mut names = BTreeSet::new();
    let mut sum = 0u64;
    for index in 0..zip.len() {
        let part = zip.by_index_raw(index).map_err(|_| Unreadable::damaged())?;
        let name = part.name().map_err(|_| Unreadable::damaged())?.to_lowercase().replace('\\', "/");
        if part.encrypted() {
            return Err(Unreadable::new(
                "password_protected",
                "This file is encrypted, so nobody can read it. Save it without a password as .xlsx and send it again.",
            ));
        }
        let size = part.size();
        sum = sum.saturating_add(size);
        if size > largest(&name) {
            return Err(suspicious(&format!("its part {name} would be larger than is allowed")));
        }
        if !names.insert(name) {
            return Err(suspicious("two of its parts have the same name"));
        }
    }
    if sum > LARGEST_SUM {
        return Err(suspicious("its parts would be larger than 96 MiB together"));
    }
    let kind = kind(&names)?;
    let seen = inflate(&mut zip)?;
    if seen.encrypted {
        return Err(Unreadable::password());
    }
    Ok(Contents { kind, findings: parts::notices(&names, &seen), merged_cells: seen.merged_cells })
}

pub(super) fn suspicious(why: &str) -> Unreadable {
    Unreadable::new(
        "unsafe_container",
        format!(
            "We do not open this file because {why}. Copy your answers into a fresh template and send that."
        ),
    )
}

/// The largest declared size of a part, by its name in lower case.
fn largest(name: &str) -> u64 {
    let relations = extension(name) == "rels";
    if name.ends_with("sharedstrings.xml") {
        LARGEST_STRINGS
    } else if name.contains("worksheets/") && !relations || name == "content.xml" {
        LARGEST_SHEET
    } else if relations
        || name.ends_with("styles.xml")
        || name.ends_with("workbook.xml")
        || name == "[content_types].xml"
    {
        LARGEST_SMALL_PART
    } else {
        LARGEST_SUM
    }
}

fn kind(names: &BTreeSet<String>) -> Result<Kind, Unreadable> {
    if names.contains("xl/workbook.bin") {
        return Ok(Kind::Xlsb);
    }
    if names.iter().any(|name| name.ends_with("workbook.xml")) {
        return Ok(Kind::Xlsx);
    }
    if names.contains("content.xml") && names.contains("mimetype") {
        return Ok(Kind::Ods);
    }
    let what = if names.iter().any(|name| name.starts_with("word/") || name.starts_with("ppt/")) {
        "a text document or presentation"
    } else if names.iter().any(|name| extension(name) == "iwa") {
        "a Numbers document: in Numbers choose File, Export To, Excel"
    } else {
        "an archive of files"
    };
    Err(Unreadable::new(
        "not_a_spreadsheet",
        format!(
            "This file is not a workbook but {what}. Send the filled-in workbook as .xlsx (Excel workbook)."
        ),
    ))
}

fn inflate(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Seen, Unreadable> {
    let mut seen = Seen::default();
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(|_| Unreadable::damaged())?;
        let name = part.name().map_err(|_| Unreadable::damaged())?.to_lowercase().replace('\\', "/");
        // xlsb keeps its sheets in binary parts; pictures and macros are never opened, so their faults are nobody's.
        let used = matches!(extension(&name), "xml" | "rels") || name.starts_with("xl/") && !is_extra(&name);
        if used {
            let size = part.size();
            parts::look_through(part, &name, size, &mut seen)?;
        }
    }
    Ok(seen)
}

fn is_extra(name: &str) -> bool {
    ["xl/media/", "xl/embeddings/", "xl/activex/", "xl/printersettings/"]
        .iter()
        .any(|start| name.starts_with(start))
        || name.ends_with("vbaproject.bin")
}

/// Whether any sheet has a cell that does not say its place.
pub(super) fn has_cells_without_reference(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|mut zip| parts::without_reference(&mut zip))
}

/// What follows the last point of a name.
fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
