//! What a zip says of itself, before anything in it is opened (SHEETS section 1).

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Kind, Unreadable};
use crate::finding::{Finding, Severity};

const MIB: u64 = 1024 * 1024;
const MOST_PARTS: usize = 2_000;
const LARGEST_SHEET: u64 = 64 * MIB;
const LARGEST_STRINGS: u64 = 32 * MIB;
const LARGEST_SMALL_PART: u64 = 4 * MIB;
const LARGEST_SUM: u64 = 96 * MIB;
/// No shared string takes less than this many bytes of XML (`<si/>`).
const LEAST_BYTES_OF_A_STRING: u64 = 5;

/// What is in the zip.
pub(super) struct Contents {
    pub(super) kind: Kind,
    pub(super) findings: Vec<Finding>,
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
    inflate(&mut zip)?;
    Ok(Contents { kind, findings: notices(&names) })
}

fn suspicious(why: &str) -> Unreadable {
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
    Err(Unreadable::new(
        "not_a_spreadsheet",
        "This file is not a workbook (it may be a text document or an archive of files). Send the filled-in workbook as .xlsx (Excel workbook).",
    ))
}

fn inflate(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Unreadable> {
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(|_| Unreadable::damaged())?;
        let name = part.name().map_err(|_| Unreadable::damaged())?.to_lowercase();
        let is_xml = matches!(extension(&name), "xml" | "rels");
        if !is_xml {
            continue;
        }
        let size = part.size();
        let mut head = Vec::new();
        part.by_ref().take(4096).read_to_end(&mut head).map_err(|_| Unreadable::damaged())?;
        if name.ends_with("sharedstrings.xml")
            && declared_strings(&head).is_some_and(|count| count > size / LEAST_BYTES_OF_A_STRING)
        {
            return Err(suspicious("it announces more texts than it can hold"));
        }
        std::io::copy(&mut part, &mut std::io::sink()).map_err(|_| Unreadable::damaged())?;
    }
    Ok(())
}

/// The `uniqueCount` of a shared string table; a count that is not a number counts as too large.
fn declared_strings(head: &[u8]) -> Option<u64> {
    let head: String = head.iter().filter(|b| **b != 0).map(|b| char::from(*b)).collect();
    let after = head.split("uniqueCount").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next()?;
    let digits = after[quote.len_utf8()..].split(quote).next()?.trim().trim_start_matches('+');
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Parts that are never followed, but said.
fn notices(names: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if names.iter().any(|name| name.ends_with("vbaproject.bin")) {
        findings.push(Finding::new(
            Severity::Warning,
            "macros",
            "The workbook holds macros.",
            "They were not run. Nothing is needed if your answers do not depend on them.",
        ));
    }
    if names.iter().any(|name| name.contains("externallinks/")) {
        findings.push(Finding::new(
            Severity::Warning,
            "external_links",
            "The workbook links to other files or programs.",
            "The links were not followed. Replace linked values by the values themselves.",
        ));
    }
    findings
}

/// What follows the last point of a name.
fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
