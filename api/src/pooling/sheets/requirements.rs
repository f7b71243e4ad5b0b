//! A council's requirements from its spreadsheet.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, requirement};
use importers::Finding;
use importers::requirements::{self as sheet_rows, RequirementRow};
use rules::stage::Stage;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::{Counts, ROWS_AT_ONCE, Sheet, SheetFile, Taken, bringing, keep, row_fault};
use crate::kernel::access;
use crate::kernel::{Action, Caller, Db, Reading, Refusal, Writing};
use crate::pooling::requirement::{
    LONGEST_CODE, LONGEST_REF, LONGEST_TEXT, entering, facts, moves_list, of_council, update,
};
use crate::pooling::{codes, pooled};

/// The blank sheet for requirements.
pub async fn requirements_template(r: &Reading, procurement_id: Uuid) -> Result<SheetFile, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let bytes = sheet_rows::template().map_err(|fault| Refusal::internal(&fault))?;
    Ok(SheetFile { name: format!("{} requirements.xlsx", scope.procurement.reference), bytes })
}

/// Reads a sheet of requirements, after making sure that the caller may bring it. Nothing is stored yet.
pub async fn read_requirements(
    db: &Db,
    caller: &Caller,
    procurement_id: Uuid,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Sheet<RequirementRow>, Refusal> {
    db.read(
        caller,
        move |r| async move { bringing(&r, procurement_id, &[Stage::Pooling]).await.map(|_| ()) },
    )
    .await?;
    super::read(db, name, bytes, sheet_rows::read).await
}

/// Reads a sheet of requirements and stores its good rows.
pub async fn import_requirements(
    db: &Db,
    caller: &Caller,
    procurement_id: Uuid,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Taken, Refusal> {
    let sheet = read_requirements(db, caller, procurement_id, name, bytes).await?;
    db.write(caller, move |w| async move { take_requirements(&w, procurement_id, sheet).await }).await
}

/// Stores the good rows of a sheet for the caller's own council. A row whose external reference or number the council
/// has already changes that requirement; the others are new.
pub async fn take_requirements(
    w: &Writing,
    procurement_id: Uuid,
    mut sheet: Sheet<RequirementRow>,
) -> Result<Taken, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let mut known = Known::new(of_council(w, scope.id(), council_id).await?);
    let (mut counts, mut added, mut stored) = (Counts::default(), Vec::new(), Vec::new());
    let mut list_moves = false;
    for row in std::mem::take(&mut sheet.reading.rows) {
        let before = match known.claim(&row) {
            Ok(before) => before,
            Err(finding) => {
                sheet.reading.findings.push(*finding);
                continue;
            }
        };
        let after = requirement::Model {
            id: before.as_ref().map_or_else(Uuid::now_v7, |row| row.id),
            procurement_id: scope.id(),
            council_id,
            code: row.code,
            text: row.text,
            kind: Word(row.kind),
            moscow: Word(row.moscow),
            rationale: row.rationale,
            pooled_id: before.as_ref().and_then(|row| row.pooled_id),
            external_ref: row.external_ref.or_else(|| before.as_ref()?.external_ref.clone()),
            sheet: Some(row.sheet),
            cell: Some(row.cell),
            created_at: before.as_ref().map_or(w.now(), |row| row.created_at),
            version: before.as_ref().map_or(1, |row| row.version),
        };
        match before {
            None => {
                counts.added += 1;
                stored.push(facts(&after));
                added.push(after);
            }
            Some(before) if says_the_same(&before, &after) => counts.unchanged += 1,
            Some(before) => {
                counts.changed += 1;
                list_moves |= moves_list(&before, &after);
                stored.push(facts(&after));
                update(w, after).await?;
            }
        }
    }
    insert(w, added).await?;
    if list_moves {
        pooled::count_change(w, &scope.procurement).await?;
    }
    keep(w, &scope, council_id, "requirements", sheet, counts, stored).await
}

/// Whether a row repeats what is stored; that it now stands in another cell is no change of the requirement.
fn says_the_same(before: &requirement::Model, after: &requirement::Model) -> bool {
    let placed =
        requirement::Model { sheet: before.sheet.clone(), cell: before.cell.clone(), ..after.clone() };
    *before == placed
}

async fn insert(w: &Writing, rows: Vec<requirement::Model>) -> Result<(), Refusal> {
    let mut rows = rows.into_iter().map(|row| requirement::ActiveModel {
        id: Set(row.id),
        procurement_id: Set(row.procurement_id),
        council_id: Set(row.council_id),
        code: Set(row.code),
        text: Set(row.text),
        kind: Set(row.kind),
        moscow: Set(row.moscow),
        rationale: Set(row.rationale),
        pooled_id: Set(row.pooled_id),
        external_ref: Set(row.external_ref),
        sheet: Set(row.sheet),
        cell: Set(row.cell),
        created_at: Set(row.created_at),
        version: Set(row.version),
    });
    loop {
        let batch: Vec<_> = rows.by_ref().take(ROWS_AT_ONCE).collect();
        if batch.is_empty() {
            return Ok(());
        }
        requirement::Entity::insert_many(batch).exec_without_returning(w.txn()).await?;
    }
}

/// A council's requirements by what tells them apart.
struct Known {
    by_code: BTreeMap<String, requirement::Model>,
    code_of_ref: BTreeMap<String, String>,
    /// Numbers and references that rows of this file have used.
    used: BTreeSet<String>,
    used_refs: BTreeSet<String>,
}

impl Known {
    fn new(rows: Vec<requirement::Model>) -> Self {
        let refs = rows.iter().filter_map(|row| Some((row.external_ref.clone()?, codes::folded(&row.code))));
        let code_of_ref = refs.collect();
        let by_code = rows.into_iter().map(|row| (codes::folded(&row.code), row)).collect();
        Self { by_code, code_of_ref, used: BTreeSet::new(), used_refs: BTreeSet::new() }
    }

    /// The requirement that a row changes, or none where it is new; or what is wrong with the row.
    fn claim(&mut self, row: &RequirementRow) -> Result<Option<requirement::Model>, Box<Finding>> {
        let fault =
            |code: &str, seen: &str, todo: String| Err(row_fault(&row.sheet, &row.cell, code, seen, todo));
        for (what, text, longest) in [
            ("The ID", row.code.as_str(), LONGEST_CODE),
            ("The requirement", row.text.as_str(), LONGEST_TEXT),
            ("The rationale", row.rationale.as_str(), LONGEST_TEXT),
            ("The external reference", row.external_ref.as_deref().unwrap_or_default(), LONGEST_REF),
        ] {
            if text.chars().count() > longest {
                return fault(
                    "too_long",
                    text,
                    format!("{what} has more than {longest} characters. Shorten it."),
                );
            }
        }
        let own_code = codes::folded(&row.code);
        let known_ref = row.external_ref.as_ref().and_then(|key| self.code_of_ref.get(key)).cloned();
        if let (Some(known), Some(key)) = (&known_ref, &row.external_ref)
            && *known != own_code
            && self.by_code.contains_key(&own_code)
        {
            let todo = format!(
                "The external reference {key} belongs to your requirement {}, and the ID {} to another. Correct one of \
                 the two.",
                self.shown(known),
                row.code
            );
            return fault("external_ref_elsewhere", key, todo);
        }
        let code = known_ref.unwrap_or_else(|| own_code.clone());
        let fresh_ref = row.external_ref.as_ref().is_none_or(|key| !self.used_refs.contains(key));
        if !fresh_ref || self.used.contains(&code) {
            let seen = row.external_ref.as_deref().unwrap_or(&row.code);
            let todo = "Another row of this file has the same external reference or stands for the same requirement. Keep \
                        one of them.";
            return fault("duplicate_external_ref", seen, todo.to_owned());
        }
        self.used.extend([code.clone(), own_code]);
        self.used_refs.extend(row.external_ref.clone());
        Ok(self.by_code.get(&code).cloned())
    }

    fn shown<'a>(&'a self, folded: &'a str) -> &'a str {
        self.by_code.get(folded).map_or(folded, |row| row.code.as_str())
    }
}

#[cfg(test)]
impl Sheet<RequirementRow> {
    /// A sheet read in this process: a test has no program to start as a child.
    pub(in crate::pooling) fn read_here(name: &str, bytes: Vec<u8>) -> Self {
        #![allow(clippy::unwrap_used, reason = "a test that has no sheet cannot go on")]
        let workbook = importers::read_here(&bytes, name).unwrap();
        let sha256 = crate::kernel::secrets::sha256_hex(&bytes);
        Self { name: name.to_owned(), bytes, sha256, reading: sheet_rows::read(&workbook) }
    }
}
