//! A council's demand from its spreadsheet.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, demand, schedule_line};
use importers::Finding;
use importers::demand::{self as sheet_rows, DemandLine, DemandRow};
use rules::stage::Stage;
use uuid::Uuid;

use super::{Counts, ROWS_AT_ONCE, Sheet, SheetFile, Taken, bringing, keep, row_fault};
use crate::kernel::access;
use crate::kernel::{Action, Caller, Db, Reading, Refusal, Writing};
use crate::pooling::demand::{Key, entering, fact, insert, key, of_council, update};
use crate::pooling::requirement::LONGEST_REF;
use crate::pooling::{codes, schedule};

fn sheet_line(line: schedule_line::Model) -> DemandLine {
    DemandLine { code: line.code, description: line.description, unit: line.unit, charge: line.charge.0 }
}

fn term(years: i32) -> u32 {
    u32::try_from(years).unwrap_or(0)
}

/// The blank sheet for demand: a row for each line that takes volumes, a column for each contract year.
pub async fn demand_template(r: &Reading, procurement_id: Uuid) -> Result<SheetFile, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let lines = schedule::all(r, scope.id()).await?.into_iter().filter(|line| !line.shared);
    let lines: Vec<DemandLine> = lines.map(sheet_line).collect();
    if lines.is_empty() {
        return Err(Refusal::conflict(
            "no_lines",
            "The schedule has no line that takes volumes yet. The coordinator adds lines first.",
        ));
    }
    let bytes = sheet_rows::template(&lines, term(scope.procurement.term_years))
        .map_err(|fault| Refusal::internal(&fault))?;
    Ok(SheetFile { name: format!("{} demand.xlsx", scope.procurement.reference), bytes })
}

/// Reads a sheet of demand, after making sure that the caller may bring it. Nothing is stored yet.
pub async fn read_demand(
    db: &Db,
    caller: &Caller,
    procurement_id: Uuid,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Sheet<DemandRow>, Refusal> {
    let (lines, years) = db
        .read(caller, move |r| async move {
            let scope = bringing(&r, procurement_id, &[Stage::Pooling, Stage::Tendering]).await?;
            Ok((schedule::all(&r, scope.id()).await?, scope.procurement.term_years))
        })
        .await?;
    let lines: Vec<DemandLine> = lines.into_iter().map(sheet_line).collect();
    super::read(db, name, bytes, move |workbook| sheet_rows::read(workbook, &lines, term(years))).await
}

/// Reads a sheet of demand and stores its good rows.
pub async fn import_demand(
    db: &Db,
    caller: &Caller,
    procurement_id: Uuid,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Taken, Refusal> {
    let sheet = read_demand(db, caller, procurement_id, name, bytes).await?;
    db.write(caller, move |w| async move { take_demand(&w, procurement_id, sheet).await }).await
}

/// Stores the good rows of a sheet for the caller's own council. A row changes the volume of its line, year and firmness,
/// or the one that has its external reference; the others are new. A blank cell changes nothing.
pub async fn take_demand(
    w: &Writing,
    procurement_id: Uuid,
    mut sheet: Sheet<DemandRow>,
) -> Result<Taken, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let lines = schedule::all(w, scope.id()).await?;
    let mut known = Known::new(of_council(w, scope.id(), council_id).await?);
    let (mut counts, mut added, mut stored) = (Counts::default(), Vec::new(), Vec::new());
    let rows = std::mem::take(&mut sheet.reading.rows);
    let refs = own_refs(&rows);
    for (row, external_ref) in rows.into_iter().zip(refs) {
        let found =
            place(&row, &lines).and_then(|key| Ok((key, known.claim(&row, key, external_ref.as_deref())?)));
        let (key, before) = match found {
            Ok(found) => found,
            Err(finding) => {
                sheet.reading.findings.push(*finding);
                continue;
            }
        };
        let after = demand::Model {
            id: before.as_ref().map_or_else(Uuid::now_v7, |row| row.id),
            procurement_id: scope.id(),
            council_id,
            line_id: key.0,
            year: key.1,
            firmness: Word(key.2),
            volume_e3: row.volume.0,
            external_ref: external_ref.or_else(|| before.as_ref()?.external_ref.clone()),
            version: before.as_ref().map_or(1, |row| row.version),
        };
        match before {
            None => {
                counts.added += 1;
                stored.push(fact(&after));
                added.push(after);
            }
            Some(before) if before == after => counts.unchanged += 1,
            Some(_) => {
                counts.changed += 1;
                stored.push(fact(&after));
                update(w, after).await?;
            }
        }
    }
    for batch in added.chunks(ROWS_AT_ONCE) {
        insert(w, batch.to_vec()).await?;
    }
    keep(w, &scope, council_id, "demand", sheet, counts, stored).await
}

/// The references by which the volumes are kept. A row with a column for each year gives one reference to several
/// volumes; each is then kept with its year, because a reference belongs to one volume.
fn own_refs(rows: &[DemandRow]) -> Vec<Option<String>> {
    let mut years: BTreeMap<(&str, &str, &str), BTreeSet<u32>> = BTreeMap::new();
    let mark = |row: &DemandRow| row.external_ref.clone().unwrap_or_default();
    let marks: Vec<String> = rows.iter().map(mark).collect();
    for (row, mark) in rows.iter().zip(&marks) {
        years.entry((mark, &row.line_code, row.firmness.as_str())).or_default().insert(row.year);
    }
    rows.iter()
        .zip(&marks)
        .map(|(row, mark)| {
            let external_ref = row.external_ref.clone()?;
            let several = years
                .get(&(mark.as_str(), row.line_code.as_str(), row.firmness.as_str()))
                .is_some_and(|years| years.len() > 1);
            Some(if several { format!("{external_ref}/{}", row.year) } else { external_ref })
        })
        .collect()
}

/// The line, year and firmness that a row is about, or what is wrong with it.
fn place(row: &DemandRow, lines: &[schedule_line::Model]) -> Result<Key, Box<Finding>> {
    let fault = |code: &str, todo: String| Err(row_fault(&row.sheet, &row.cell, code, &row.line_code, todo));
    let Some(line) = lines.iter().find(|line| codes::same(&line.code, &row.line_code)) else {
        return fault(
            "line_unknown",
            "The line was removed in between. Download a fresh template.".to_owned(),
        );
    };
    if line.shared {
        let todo =
            format!("Line {} is shared by all councils and takes no volumes. Clear the row.", line.code);
        return fault("shared_line", todo);
    }
    Ok((line.id, i32::try_from(row.year).unwrap_or(i32::MAX), row.firmness))
}

/// A council's volumes by what tells them apart.
struct Known {
    by_key: BTreeMap<Key, demand::Model>,
    key_of_ref: BTreeMap<String, Key>,
    /// Places and references that rows of this file have used.
    used: BTreeSet<Key>,
    used_refs: BTreeSet<String>,
}

impl Known {
    fn new(rows: Vec<demand::Model>) -> Self {
        let refs = rows.iter().filter_map(|row| Some((row.external_ref.clone()?, key(row))));
        let key_of_ref = refs.collect();
        let by_key = rows.into_iter().map(|row| (key(&row), row)).collect();
        Self { by_key, key_of_ref, used: BTreeSet::new(), used_refs: BTreeSet::new() }
    }

    /// The volume that a row changes, or none where it is new; or what is wrong with the row.
    fn claim(
        &mut self,
        row: &DemandRow,
        own: Key,
        external_ref: Option<&str>,
    ) -> Result<Option<demand::Model>, Box<Finding>> {
        let fault = |code: &str, todo: String| {
            Err(row_fault(&row.sheet, &row.cell, code, external_ref.unwrap_or(&row.line_code), todo))
        };
        if external_ref.is_some_and(|key| key.chars().count() > LONGEST_REF) {
            let todo = format!("The external reference has more than {LONGEST_REF} characters. Shorten it.");
            return fault("too_long", todo);
        }
        let of_ref = external_ref.and_then(|key| self.key_of_ref.get(key)).copied();
        if of_ref.is_some_and(|known| known != own) && self.by_key.contains_key(&own) {
            let todo = "The external reference belongs to another volume of your council, and this line, year and \
                        firmness has a volume of its own. Correct one of the two.";
            return fault("external_ref_elsewhere", todo.to_owned());
        }
        let found = of_ref.unwrap_or(own);
        let fresh_ref = external_ref.is_none_or(|key| !self.used_refs.contains(key));
        if !fresh_ref || self.used.contains(&found) {
            let todo = "Another row of this file has the same external reference or stands for the same volume. Keep one of \
                        them.";
            return fault("duplicate_external_ref", todo.to_owned());
        }
        self.used.extend([found, own]);
        self.used_refs.extend(external_ref.map(str::to_owned));
        Ok(self.by_key.get(&found).cloned())
    }
}

#[cfg(test)]
impl Sheet<DemandRow> {
    /// A sheet read in this process: a test has no program to start as a child.
    pub(in crate::pooling) fn read_here(
        name: &str,
        bytes: Vec<u8>,
        lines: &[DemandLine],
        term_years: u32,
    ) -> Self {
        #![allow(clippy::unwrap_used, reason = "a test that has no sheet cannot go on")]
        let workbook = importers::read_here(&bytes, name).unwrap();
        let sha256 = crate::kernel::secrets::sha256_hex(&bytes);
        Self { name: name.to_owned(), bytes, sha256, reading: sheet_rows::read(&workbook, lines, term_years) }
    }
}
