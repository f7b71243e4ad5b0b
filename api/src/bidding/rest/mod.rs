//! Invitations, workbooks, questions, submissions and opening through the API.

mod addressed;
mod asked;
mod bids;
mod clarifications;
mod corrections;
mod drafts;
mod extensions;
mod invitations;
mod late;
mod openings;
mod outcomes;
mod own_bid;
mod questions;
mod releases;
mod submissions;
mod team;
mod tenders;

use poem_openapi::Object;

use super::File;
use crate::http::operations;
use crate::http::reply::Download;

operations!(
    tenders::Operations,
    invitations::Operations,
    drafts::Operations,
    own_bid::Operations,
    submissions::Operations,
    team::Operations,
    extensions::Operations,
    late::Operations,
    questions::Operations,
    clarifications::Operations,
    openings::Operations,
    bids::Operations,
    releases::Operations,
    addressed::Operations,
    asked::Operations,
    corrections::Operations,
    outcomes::Operations,
);

impl From<File> for Download {
    fn from(file: File) -> Self {
        Self { name: file.name, media_type: file.media_type, bytes: file.bytes }
    }
}

/// Something that was seen in a workbook: where, what, and what to do.
#[derive(Object)]
struct WorkbookFinding {
    /// `error` (the line counts as not answered), `warning` or `info`.
    severity: String,
    /// A stable word.
    code: String,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    /// The cell, such as `H12`.
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
    /// What was seen, shortened.
    seen: String,
    /// What to do about it.
    todo: String,
}

impl From<importers::Finding> for WorkbookFinding {
    fn from(finding: importers::Finding) -> Self {
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
