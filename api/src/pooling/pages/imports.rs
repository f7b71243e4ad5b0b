//! What was taken from a council's spreadsheet, and everything that was found in it.

use askama::Template;
use entity::sheet_import;
use importers::{Finding, Severity};
use poem::web::Path;
use poem::{IntoResponse, Route, get, handler};
use uuid::Uuid;

use crate::http::reply::Download;
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::pooling::{procurement, sheets};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/imports/:import", get(report))
        .at("/procurements/:id/imports/:import/file", get(original))
}

/// A finding as it is shown: its weight in words.
struct FindingRow {
    finding: Finding,
    weight: &'static str,
    kind: &'static str,
}

impl From<Finding> for FindingRow {
    fn from(finding: Finding) -> Self {
        let (weight, kind) = match finding.severity {
            Severity::Error => ("Not taken", "bad"),
            Severity::Warning => ("Check", "warn"),
            Severity::Info => ("Note", "info"),
        };
        Self { finding, weight, kind }
    }
}

#[derive(Template)]
#[template(path = "pooling/import.html")]
struct ImportPage {
    shell: Shell,
    import: sheet_import::Model,
    back: String,
    faults: usize,
    findings: Vec<FindingRow>,
}

#[handler]
async fn report(visit: Visit, Path((id, import)): Path<(Uuid, Uuid)>) -> PageResult {
    let (scope, (import, findings)) = visit
        .read(
            move |r| async move { Ok((procurement::one(&r, id).await?, sheets::one(&r, id, import).await?)) },
        )
        .await?;
    let requirements = import.subject == "requirements";
    let (place, label, back) = if requirements {
        ("requirements", "My council’s requirements", format!("/procurements/{id}/requirements/mine"))
    } else {
        ("demand", "Demand", format!("/procurements/{id}/demand"))
    };
    let shell = visit
        .procurement_shell(format!("Import of {}", import.name), &scope.procurement, place)
        .crumb(label, &back)
        .fact(london_text(import.created_at))
        .fact(format!("Rows taken: {}", import.rows_taken))
        .action("Download the file as it came", format!("/procurements/{id}/imports/{}/file", import.id));
    page(&ImportPage {
        shell,
        faults: findings.iter().filter(|finding| finding.is_error()).count(),
        findings: findings.into_iter().map(FindingRow::from).collect(),
        import,
        back,
    })
}

#[handler]
async fn original(visit: Visit, Path((id, import)): Path<(Uuid, Uuid)>) -> PageResult {
    let file = visit.read(move |r| async move { sheets::original(&r, id, import).await }).await?;
    let media_type = "application/octet-stream".to_owned();
    Ok(Download { name: file.name, media_type, bytes: file.bytes }.into_response())
}
