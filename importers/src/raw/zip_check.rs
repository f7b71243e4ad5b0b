//! What a zip says of itself, before anything in it is opened (SHEETS section 1).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::parts::{self, Look, Role, Seen};
use super::xml::Watched;
use super::{Kind, Unreadable};
use crate::finding::Finding;

const MIB: u64 = 1024 * 1024;
const MOST_PARTS: usize = 2_000;
const LARGEST_SHEET: u64 = 64 * MIB;
const LARGEST_STRINGS: u64 = 32 * MIB;
const LARGEST_SMALL_PART: u64 = 4 * MIB;
const LARGEST_SUM: u64 = 96 * MIB;

/// A zip's directory.
pub(super) type Zip<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// A zip that may be opened. All of its parts were looked through but those that [`Checked::part`] is still to be asked for.
pub(super) struct Checked<'a> {
    pub(super) zip: Zip<'a>,
    pub(super) kind: Kind,
    pub(super) findings: Vec<Finding>,
    /// Place of each part by its name in lower case.
    places: BTreeMap<String, usize>,
    /// Places of the parts that were not looked through yet: the large ones of an xlsx, which its reader inflates.
    left: BTreeSet<usize>,
    seen: Seen,
}

impl Checked<'_> {
    /// A part by its name in whatever case, to be read in a role; nothing where there is none. What was read is to be given to
    /// [`Checked::finish`].
    pub(super) fn part(&mut self, name: &str, role: Role) -> Result<Option<Watched<impl Read>>, Unreadable> {
        let name = name.to_lowercase();
        let Some(place) = self.places.get(&name) else { return Ok(None) };
        self.left.remove(place);
        let part = self.zip.by_index(*place).map_err(|_| Unreadable::damaged())?;
        let look = Look::new(role, &name, part.size());
        Ok(Some(Watched::new(part, look)))
    }

    /// Looks through what nobody asked for.
    pub(super) fn rest(&mut self) -> Result<(), Unreadable> {
        for place in std::mem::take(&mut self.left) {
            look_through(&mut self.zip, place, &mut self.seen)?;
        }
        Ok(())
    }
}

/// Checks number, names, overlaps, encryption and sizes of the parts, and every used part's checksum. Parts are inflated to
/// their end, and each once: those of an xlsx that may be large while they are read.
pub(super) fn check(bytes: &[u8]) -> Result<Checked<'_>, Unreadable> {
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
    let mut places = BTreeMap::new();
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
        if places.insert(name, index).is_some() {
            return Err(suspicious("two of its parts have the same name"));
        }
    }
    if sum > LARGEST_SUM {
        return Err(suspicious("its parts would be larger than 96 MiB together"));
    }
    let names: BTreeSet<&str> = places.keys().map(String::as_str).collect();
    let kind = kind(&names)?;
    let mut seen = Seen::default();
    let mut left = BTreeSet::new();
    for (name, place) in &places {
        // xlsb keeps its sheets in binary parts. Pictures, macros and toolbars are never opened, so their faults are nobody's:
        // LibreOffice gives its Basic libraries document types of their own.
        let looked_at = match kind {
            Kind::Ods => matches!(extension(name), "xml") && !is_extra_of_ods(name),
            _ => matches!(extension(name), "xml" | "rels") || name.starts_with("xl/") && !is_extra(name),
        };
        if !looked_at {
            continue;
        }
        if kind == Kind::Xlsx && matches!(Role::of(name), Role::Sheet | Role::Strings) {
            left.insert(*place);
        } else {
            look_through(&mut zip, *place, &mut seen)?;
        }
    }
    if seen.encrypted {
        return Err(Unreadable::password());
    }
    let findings = parts::notices(&names, &seen);
    Ok(Checked { zip, kind, findings, places, left, seen })
}

fn look_through(zip: &mut Zip<'_>, place: usize, seen: &mut Seen) -> Result<(), Unreadable> {
    let part = zip.by_index(place).map_err(|_| Unreadable::damaged())?;
    let name = part.name().map_err(|_| Unreadable::damaged())?.to_lowercase().replace('\\', "/");
    let size = part.size();
    parts::look_through(part, &name, size, seen)
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

fn kind(names: &BTreeSet<&str>) -> Result<Kind, Unreadable> {
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

fn is_extra(name: &str) -> bool {
    ["xl/media/", "xl/embeddings/", "xl/activex/", "xl/printersettings/"]
        .iter()
        .any(|start| name.starts_with(start))
        || name.ends_with("vbaproject.bin")
}

fn is_extra_of_ods(name: &str) -> bool {
    ["basic/", "dialogs/", "scripts/", "configurations2/", "pictures/", "thumbnails/"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// What follows the last point of a name.
fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
