//! Councils' spreadsheets through the API.

use entity::sheet_import;
use importers::Finding;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Created, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::pooling::sheets::{self, SheetFile, Taken};

/// The operations on them.
pub struct Operations;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A council's spreadsheet that was imported.
#[derive(Object)]
struct SheetImport {
    id: Uuid,
    council_id: Uuid,
    /// `requirements` or `demand`.
    subject: String,
    /// The file's name.
    name: String,
    /// SHA-256 of the file, in hex.
    sha256: String,
    /// How many rows were taken.
    rows_taken: i32,
    created_at: String,
}

impl From<sheet_import::Model> for SheetImport {
    fn from(row: sheet_import::Model) -> Self {
        Self {
            id: row.id,
            council_id: row.council_id,
            subject: row.subject,
            name: row.name,
            sha256: row.sha256,
            rows_taken: row.rows_taken,
            created_at: rfc3339(row.created_at),
        }
    }
}

/// Something that was seen in a council's spreadsheet.
#[derive(Object)]
struct SheetFinding {
    /// `error` (the row was not taken), `warning` or `info`.
    severity: String,
    /// A stable word for programs.
    code: String,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
    /// What was seen, shortened.
    seen: String,
    /// What to do about it.
    todo: String,
}

impl From<Finding> for SheetFinding {
    fn from(finding: Finding) -> Self {
        let severity = match finding.severity {
            importers::Severity::Error => "error",
            importers::Severity::Warning => "warning",
            importers::Severity::Info => "info",
        };
        Self {
            severity: severity.to_owned(),
            code: finding.code,
            sheet: finding.sheet,
            cell: finding.cell,
            seen: finding.seen,
            todo: finding.todo,
        }
    }
}

/// What an import stored, and what it found.
#[derive(Object)]
struct SheetTaken {
    import: SheetImport,
    /// Rows that were new.
    added: usize,
    /// Rows that changed what was there.
    changed: usize,
    /// Rows that say what was there already.
    unchanged: usize,
    /// Everything that was found.
    findings: Vec<SheetFinding>,
}

impl From<Taken> for SheetTaken {
    fn from(taken: Taken) -> Self {
        Self {
            import: taken.import.into(),
            added: taken.added,
            changed: taken.changed,
            unchanged: taken.unchanged,
            findings: taken.findings.into_iter().map(SheetFinding::from).collect(),
        }
    }
}

/// An import with its findings.
#[derive(Object)]
struct SheetReport {
    import: SheetImport,
    findings: Vec<SheetFinding>,
}

impl From<SheetFile> for Download {
    fn from(file: SheetFile) -> Self {
        Self { media_type: XLSX.to_owned(), name: file.name, bytes: file.bytes }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// Download the blank sheet for requirements.
    #[oai(
        path = "/procurements/:procurement_id/requirement-sheets/template",
        method = "get",
        operation_id = "requirement_sheet_template"
    )]
    async fn requirement_sheet_template(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
    ) -> FileReply {
        let file =
            call.db
                .read(&call.caller, move |r| async move {
                    sheets::requirements_template(&r, procurement_id.0).await
                })
                .await;
        FileReply::from(file.map(Download::from))
    }

    /// Import a sheet of the caller's own council's requirements (xlsx, ods, xls or CSV; at most 20 MiB). Good rows are
    /// stored, every other is reported with its cell; a row whose external reference or ID is known changes that one.
    #[oai(
        path = "/procurements/:procurement_id/requirement-sheets",
        method = "post",
        operation_id = "requirement_sheet_import"
    )]
    async fn requirement_sheet_import(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Created<SheetTaken> {
        let id = procurement_id.0;
        match sheets::read_requirements(&call.db, &call.caller, id, &name.0, body.0).await {
            Err(refusal) => Created::refuse(refusal),
            Ok(sheet) => {
                call.create(key.0, move |w| async move {
                    Ok(sheets::take_requirements(&w, id, sheet).await?.into())
                })
                .await
            }
        }
    }

    /// Download the blank sheet for demand, with this procurement's lines and years.
    #[oai(
        path = "/procurements/:procurement_id/demand-sheets/template",
        method = "get",
        operation_id = "demand_sheet_template"
    )]
    async fn demand_sheet_template(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move { sheets::demand_template(&r, procurement_id.0).await })
            .await;
        FileReply::from(file.map(Download::from))
    }

    /// Import a sheet of the caller's own council's demand (xlsx, ods, xls or CSV; at most 20 MiB). Good rows are
    /// stored, every other is reported with its cell; a blank cell changes nothing.
    #[oai(
        path = "/procurements/:procurement_id/demand-sheets",
        method = "post",
        operation_id = "demand_sheet_import"
    )]
    async fn demand_sheet_import(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Created<SheetTaken> {
        let id = procurement_id.0;
        match sheets::read_demand(&call.db, &call.caller, id, &name.0, body.0).await {
            Err(refusal) => Created::refuse(refusal),
            Ok(sheet) => {
                call.create(
                    key.0,
                    move |w| async move { Ok(sheets::take_demand(&w, id, sheet).await?.into()) },
                )
                .await
            }
        }
    }

    /// List the imports of the caller's own council, newest first.
    #[oai(
        path = "/procurements/:procurement_id/sheet-imports",
        method = "get",
        operation_id = "sheet_import_list"
    )]
    async fn sheet_import_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<SheetImport>> {
        let path = format!("/api/v1/procurements/{}/sheet-imports", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(sheets::list(&r, procurement_id.0, &paging).await?.map(SheetImport::from))
        })
        .await
    }

    /// One import of the caller's own council, with its findings.
    #[oai(
        path = "/procurements/:procurement_id/sheet-imports/:import_id",
        method = "get",
        operation_id = "sheet_import_view"
    )]
    async fn sheet_import_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        import_id: Path<Uuid>,
    ) -> Reply<SheetReport> {
        call.read(move |r| async move {
            let (import, findings) = sheets::one(&r, procurement_id.0, import_id.0).await?;
            let findings = findings.into_iter().map(SheetFinding::from).collect();
            Ok(SheetReport { import: import.into(), findings })
        })
        .await
    }

    /// Download an imported file as it came.
    #[oai(
        path = "/procurements/:procurement_id/sheet-imports/:import_id/file",
        method = "get",
        operation_id = "sheet_import_file"
    )]
    async fn sheet_import_file(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        import_id: Path<Uuid>,
    ) -> FileReply {
        let file =
            call.db
                .read(&call.caller, move |r| async move {
                    sheets::original(&r, procurement_id.0, import_id.0).await
                })
                .await;
        let download = |file: SheetFile| Download {
            name: file.name,
            media_type: "application/octet-stream".to_owned(),
            bytes: file.bytes,
        };
        FileReply::from(file.map(download))
    }
}
