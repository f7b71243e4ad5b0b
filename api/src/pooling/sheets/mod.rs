//! Councils' own spreadsheets: requirements and demand, as xlsx or as text with separators.
//!
//! A sheet is read before the transaction, in the reading child; then its good rows are stored, and every bad one is
//! reported with its cell. The bytes are kept as they came (SHEETS: original bytes before parsing), so that reading can be
//! repeated. A file that cannot be read stores nothing.

mod demand;
mod requirements;

use entity::{sheet_import, stored_file};
use importers::{Finding, Severity, Workbook};
use rules::stage::Stage;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::demand::{demand_template, import_demand, read_demand, take_demand};
pub use self::requirements::{
    import_requirements, read_requirements, requirements_template, take_requirements,
};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Action, Db, Faults, Paging, Reading, Refusal, Slice, Writing};

/// The most rows and findings of one sheet. A sheet with more is not one of ours.
const MOST_ROWS: usize = 10_000;
/// As many rows as one insert takes: the stores count each column of each row.
const ROWS_AT_ONCE: usize = 1000;

/// A file to give out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A sheet that was read and not stored yet.
#[derive(Clone, Debug)]
pub struct Sheet<T> {
    name: String,
    bytes: Vec<u8>,
    sha256: String,
    reading: importers::Reading<T>,
}

/// What an import stored, and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The import.
    pub import: sheet_import::Model,
    /// Rows that were new.
    pub added: usize,
    /// Rows that changed what was there.
    pub changed: usize,
    /// Rows that say what was there already.
    pub unchanged: usize,
    /// Everything that was found, in the order of the file.
    pub findings: Vec<Finding>,
}

/// How many rows did what.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    added: usize,
    changed: usize,
    unchanged: usize,
}

/// Reads a workbook in the child, and its rows from it, on a thread where blocking is allowed.
async fn read<T: Send + 'static>(
    db: &Db,
    name: &str,
    bytes: Vec<u8>,
    rows_of: impl FnOnce(&Workbook) -> importers::Reading<T> + Send + 'static,
) -> Result<Sheet<T>, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("name", name, 200);
    faults.done()?;
    let reader = db.installation().sheet_reader.clone();
    let sheet = tokio::task::spawn_blocking(move || {
        let workbook = reader
            .read(&bytes, &name)
            .map_err(|unreadable| Refusal::field("file", &unreadable.code, unreadable.message))?;
        let reading = rows_of(&workbook);
        Ok(Sheet { sha256: sha256_hex(&bytes), name, bytes, reading })
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))?;
    if sheet.reading.rows.len().max(sheet.reading.findings.len()) > MOST_ROWS {
        let message = format!(
            "This file has more than {MOST_ROWS} rows. Send the filled-in template, or several files."
        );
        return Err(Refusal::field("file", "too_many_rows", message));
    }
    Ok(sheet)
}

/// What is wrong with one row, at its cell. Boxed, because most rows have no fault.
#[expect(clippy::unnecessary_box_returns, reason = "it stands in the error half of each row's result")]
fn row_fault(sheet: &str, cell: &str, code: &str, seen: &str, todo: impl Into<String>) -> Box<Finding> {
    Box::new(Finding::new(Severity::Error, code, seen, todo).at(sheet, cell))
}

/// Keeps the bytes and the record of the import. `rows` are the facts of what was stored.
async fn keep<T>(
    w: &Writing,
    scope: &Scope,
    council_id: Uuid,
    subject: &str,
    sheet: Sheet<T>,
    counts: Counts,
    rows: Vec<Value>,
) -> Result<Taken, Refusal> {
    let findings = sheet.reading.findings;
    let file = stored_file::ActiveModel {
        sha256: Set(sheet.sha256.clone()),
        size: Set(i64::try_from(sheet.bytes.len()).unwrap_or(i64::MAX)),
        bytes: Set(sheet.bytes),
        created_at: Set(w.now()),
    };
    stored_file::Entity::insert(file).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
    let taken = counts.added + counts.changed + counts.unchanged;
    let row = sheet_import::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        council_id: Set(council_id),
        subject: Set(subject.to_owned()),
        sha256: Set(sheet.sha256),
        name: Set(sheet.name),
        rows_taken: Set(i32::try_from(taken).unwrap_or(i32::MAX)),
        findings: Set(serde_json::to_string(&findings)?),
        created_by: Set(w.caller().principal()),
        created_at: Set(w.now()),
    };
    let import = sheet_import::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "council_id": council_id,
        "subject": subject,
        "sha256": import.sha256,
        "added": counts.added,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "findings": findings.len(),
        "rows": rows,
    });
    w.record(Record::new(scope.id(), "pooling.sheet.import", import.id, body));
    let Counts { added, changed, unchanged } = counts;
    Ok(Taken { import, added, changed, unchanged, findings })
}

/// Lets in an officer or key that brings its council's sheet: before a file is read at all.
async fn bringing(r: &Reading, procurement_id: Uuid, stages: &[Stage]) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Pool).await?;
    scope.own_council()?;
    scope.must_stand_at(stages)?;
    Ok(scope)
}

/// The imports of the caller's own council, newest first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<sheet_import::Model>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let council_id = scope.own_council()?.council_id;
    let mut query = sheet_import::Entity::find()
        .filter(sheet_import::Column::ProcurementId.eq(scope.id()))
        .filter(sheet_import::Column::CouncilId.eq(council_id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(sheet_import::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(sheet_import::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}

/// One import of the caller's own council, with its findings.
pub async fn one(
    r: &Reading,
    procurement_id: Uuid,
    id: Uuid,
) -> Result<(sheet_import::Model, Vec<Finding>), Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let council_id = scope.own_council()?.council_id;
    let import = sheet_import::Entity::find_by_id(id)
        .filter(sheet_import::Column::ProcurementId.eq(scope.id()))
        .filter(sheet_import::Column::CouncilId.eq(council_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("import"))?;
    let findings = serde_json::from_str(&import.findings)?;
    Ok((import, findings))
}

/// The file of an import, as it came.
pub async fn original(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<SheetFile, Refusal> {
    let (import, _) = one(r, procurement_id, id).await?;
    let file = stored_file::Entity::find_by_id(import.sha256)
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::internal(&"an imported file is not in the store"))?;
    Ok(SheetFile { name: import.name, bytes: file.bytes })
}
