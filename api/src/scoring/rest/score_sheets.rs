//! A panel member's own score sheet as a spreadsheet: downloaded, tried, handed back.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Reply, Signed};
use crate::scoring::offline::{self, Change, Judged};

/// The operations about score sheets as spreadsheets.
pub struct Operations;

/// A mark that handing a score sheet back makes or changes.
#[derive(Object)]
struct SheetMark {
    bid_id: Uuid,
    supplier: String,
    /// The question's code.
    question: String,
    /// The mark before, if there was one.
    #[oai(skip_serializing_if_is_none)]
    before: Option<String>,
    /// The mark, as on the scale.
    value: String,
    explanation: String,
}

impl From<Change> for SheetMark {
    fn from(change: Change) -> Self {
        Self {
            bid_id: change.bid,
            supplier: change.supplier,
            question: change.question,
            before: change.before,
            value: change.value,
            explanation: change.explanation,
        }
    }
}

/// Something about a cell of a score sheet.
#[derive(Object)]
struct ScoreSheetFinding {
    /// `error` (nothing is saved), `warning` or `info`.
    severity: String,
    /// A stable word.
    code: String,
    /// Sheet and cell, such as `Marks!F4`, or `file`.
    place: String,
    /// What was found there, shortened.
    found: String,
    /// What was expected, and what to do.
    expected: String,
}

impl From<importers::Finding> for ScoreSheetFinding {
    fn from(finding: importers::Finding) -> Self {
        let severity = match finding.severity {
            importers::Severity::Error => "error",
            importers::Severity::Warning => "warning",
            importers::Severity::Info => "info",
        };
        Self {
            severity: severity.to_owned(),
            place: offline::place(&finding),
            code: finding.code,
            found: finding.seen,
            expected: finding.todo,
        }
    }
}

/// What handing a score sheet back does, or would do.
#[derive(Object)]
struct HandedBack {
    /// The marks it makes or changes.
    marks: Vec<SheetMark>,
    /// How many rows say what is stored already.
    unchanged: usize,
    /// Everything that was found; an error keeps all of it from being saved.
    findings: Vec<ScoreSheetFinding>,
    has_errors: bool,
}

impl From<Judged> for HandedBack {
    fn from(judged: Judged) -> Self {
        Self {
            has_errors: judged.has_errors(),
            marks: judged.changes.into_iter().map(SheetMark::from).collect(),
            unchanged: judged.unchanged,
            findings: judged.findings.into_iter().map(ScoreSheetFinding::from).collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// The caller's own score sheet of a lot as a workbook, with the marks so far: to be filled in without a connection. Panel
    /// members only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet.xlsx",
        method = "get",
        operation_id = "score_sheet_download"
    )]
    async fn score_sheet_download(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> FileReply {
        let file = offline::workbook(&call.db, &call.caller, procurement_id.0, lot_id.0).await;
        file.map(Download::from).into()
    }

    /// Hand a filled-in score sheet back: all its marks are saved at once, or none. Where anything is wrong the answer is 422 with
    /// every fault at its sheet and cell. Marks are submitted apart.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet/workbook",
        method = "post",
        operation_id = "score_sheet_upload"
    )]
    async fn score_sheet_upload(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Reply<HandedBack> {
        let (id, lot) = (procurement_id.0, lot_id.0);
        match offline::read(&call.db, &call.caller, (id, lot), &name.0, body.0).await {
            Err(refusal) => Reply::refuse(refusal),
            Ok(reading) => {
                call.act(key.0, move |w| async move { Ok(offline::save(&w, id, lot, reading).await?.into()) })
                    .await
            }
        }
    }

    /// What handing a filled-in score sheet back would do, and everything that is wrong with it; nothing is saved.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet/workbook/trials",
        method = "post",
        operation_id = "score_sheet_try"
    )]
    async fn score_sheet_try(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Reply<HandedBack> {
        let (id, lot) = (procurement_id.0, lot_id.0);
        match offline::read(&call.db, &call.caller, (id, lot), &name.0, body.0).await {
            Err(refusal) => Reply::refuse(refusal),
            Ok(reading) => {
                call.act(
                    key.0,
                    move |w| async move { Ok(offline::preview(&w, id, lot, reading).await?.into()) },
                )
                .await
            }
        }
    }
}
