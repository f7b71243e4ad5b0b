//! Which pack a workbook was made from, by the visible fingerprint in its top rows.

use rules::pack::Pack;
use unicode_normalization::UnicodeNormalization as _;

use super::RefusedWorkbook;
use super::match_rows::{ANSWER_TABLES, tables};
use crate::bid_template::fingerprint;
use crate::raw::{RawValue, Workbook};
use crate::table::{fold, fold_id, zero_width};

/// Rows among which a fingerprint is looked for: inserted rows push it down.
const WITHIN: u32 = 50;

/// Where a workbook comes from.
pub(super) enum Origin {
    /// This pack.
    This,
    /// Another version of it.
    Stale(Found),
    /// It does not say.
    Unsaid,
}

/// A fingerprint and its place.
pub(super) struct Found {
    reference: String,
    pub(super) version: u32,
    digits: String,
    pub(super) shown: String,
    pub(super) sheet: String,
    pub(super) cell: String,
}

/// Compares all fingerprints of a workbook with the pack. One of another procurement, anywhere, refuses the workbook; one of
/// another version makes all of it stale.
pub(super) fn origin(pack: &Pack, hash: &str, workbook: &Workbook) -> Result<Origin, RefusedWorkbook> {
    let found = all(workbook);
    let reference = fold_id(&pack.reference);
    if let Some(other) = found.iter().find(|found| found.reference != reference) {
        return Err(RefusedWorkbook {
            code: "other_procurement".to_owned(),
            message: format!(
                "This workbook belongs to another procurement: {} of sheet “{}” says “{}”, and this one is “{}”. Download the workbook of this procurement and fill it in.",
                other.cell,
                other.sheet,
                other.shown,
                fingerprint(pack, hash)
            ),
        });
    }
    let digits = hash.get(..8).unwrap_or(hash).to_lowercase();
    if found.is_empty() {
        if ANSWER_TABLES.iter().all(|kind| tables(workbook, kind).is_empty()) {
            return Err(RefusedWorkbook {
                code: "not_a_bid_workbook".to_owned(),
                message: format!(
                    "This is not the bid workbook: no sheet says “{}” and none has Line IDs. Download the workbook of this procurement and fill it in.",
                    fingerprint(pack, hash)
                ),
            });
        }
        return Ok(Origin::Unsaid);
    }
    Ok(found
        .into_iter()
        .find(|found| found.version != pack.version || found.digits != digits)
        .map_or(Origin::This, Origin::Stale))
}

fn all(workbook: &Workbook) -> Vec<Found> {
    let mut all = Vec::new();
    for sheet in &workbook.sheets {
        for row in sheet.rows.iter().take_while(|row| row.index < WITHIN) {
            for cell in row.cells() {
                if let RawValue::Text(text) = &cell.value
                    && let Some((reference, version, digits)) = parse(text)
                {
                    all.push(Found {
                        reference,
                        version,
                        digits,
                        shown: text.trim().to_owned(),
                        sheet: sheet.name.clone(),
                        cell: cell.a1(),
                    });
                }
            }
        }
    }
    all
}

/// `REF v3 · fp 9f2c41d0`, whatever became of the dot in the middle.
fn parse(text: &str) -> Option<(String, u32, String)> {
    let text: String = text.nfkc().filter(|c| !zero_width(*c)).collect();
    let (before, digits) = text.trim().rsplit_once("fp ")?;
    let digits = digits.trim().to_lowercase();
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (reference, version) = before.trim_end_matches(|c: char| !c.is_ascii_digit()).rsplit_once(" v")?;
    Some((fold_id(reference).into_owned(), version.parse().ok()?, digits))
}

/// The name beside the words “Supplier name”.
pub(super) fn supplier_name(workbook: &Workbook) -> Option<String> {
    for sheet in &workbook.sheets {
        for row in sheet.rows.iter().take_while(|row| row.index < WITHIN) {
            for cell in row.cells() {
                let RawValue::Text(label) = &cell.value else { continue };
                if fold(label) != "supplier name" {
                    continue;
                }
                if let Some(name) = row.cell(cell.col + 1) {
                    let name = name.value.shown();
                    let name = name.trim();
                    if !name.is_empty() {
                        return Some(name.to_owned());
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_fingerprint_survives_what_becomes_of_its_dot() {
        let expected = Some(("ICT-2027-01".to_owned(), 3, "9f2c41d0".to_owned()));
        for text in [
            "ICT-2027-01 v3 · fp 9f2c41d0",
            " ICT-2027-01 v3 ? fp 9F2C41D0 ",
            "ICT-2027-01\u{a0}v3 Â· fp 9f2c41d0",
            "ict-2027-01 v3 - fp 9f2c41d0",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        for text in
            ["fp 9f2c41d0", "ICT v3", "the fp of ICT v3", "ICT v3 · fp 9f2c41d", "ICT v · fp 9f2c41d0"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
