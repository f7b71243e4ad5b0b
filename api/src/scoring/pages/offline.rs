//! My score sheet as a spreadsheet: downloaded, handed back, and saved once it shows what would change.

use askama::Template;
use importers::Reading;
use importers::score_sheet::MarkRow;
use poem::web::Path;
use poem::{IntoResponse, handler};
use uuid::Uuid;

use crate::http::fields::FileField;
use crate::http::reply::Download;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::scoring::desk;
use crate::scoring::mark::own_sheet;
use crate::scoring::offline::{self, Judged};

struct FindingRow {
    place: String,
    severity: &'static str,
    kind: &'static str,
    found: String,
    expected: String,
}

struct ChangeRow {
    question: String,
    supplier: String,
    before: String,
    value: String,
    explanation: String,
}

/// What handing the sheet back would do.
struct Preview {
    findings: Vec<FindingRow>,
    changes: Vec<ChangeRow>,
    unchanged: usize,
    has_errors: bool,
    /// The rows, to be posted once more: they are judged again before they are saved.
    rows: String,
}

#[derive(Template)]
#[template(path = "scoring/offline.html")]
struct OfflinePage {
    shell: Shell,
    path: String,
    download: String,
    open: bool,
    preview: Option<Preview>,
    file: FileField,
}

type At = (Uuid, Uuid);

fn preview(judged: Judged, rows: String) -> Preview {
    Preview {
        has_errors: judged.has_errors(),
        findings: judged
            .findings
            .iter()
            .map(|finding| FindingRow {
                place: offline::place(finding),
                severity: if finding.is_error() { "Error" } else { "Look at this" },
                kind: if finding.is_error() { "bad" } else { "warn" },
                found: finding.seen.clone(),
                expected: finding.todo.clone(),
            })
            .collect(),
        changes: judged
            .changes
            .into_iter()
            .map(|change| ChangeRow {
                question: change.question,
                supplier: change.supplier,
                before: change.before.unwrap_or_else(|| "–".to_owned()),
                value: change.value,
                explanation: change.explanation,
            })
            .collect(),
        unchanged: judged.unchanged,
        rows,
    }
}

async fn show_page(
    visit: &Visit,
    (id, lot): At,
    preview: Option<Preview>,
    refusal: Option<&Refusal>,
) -> PageResult {
    let (procurement, own) = visit
        .read(move |r| async move { Ok((desk::procurement(&r, id).await?, own_sheet(&r, id, lot).await?)) })
        .await?;
    let errors = form_errors(refusal);
    let published = own.lot.published();
    let base = format!("/procurements/{id}/scoring");
    let template = OfflinePage {
        shell: visit
            .procurement_shell("My score sheet", &procurement, "scoring")
            .crumb("My scoring", base.clone())
            .fact(format!("Lot {} {}", published.code, published.title))
            .fact(format!("{} of {} answers left", own.left().len(), own.total()))
            .errors(&errors),
        path: format!("{base}/lots/{lot}/sheet"),
        download: format!("{base}/lots/{lot}/sheet.xlsx"),
        open: own.submitted_at.is_none() && !own.closed && !own.questions.is_empty(),
        preview,
        file: FileField::new("file", "The filled-in score sheet")
            .accept(".xlsx,.ods")
            .hint("The one that you downloaded here, saved as xlsx or ods.")
            .error(errors.get("file")),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(at): Path<At>) -> PageResult {
    show_page(&visit, at, None, None).await
}

#[handler]
pub(super) async fn download(visit: Visit, Path((id, lot)): Path<At>) -> PageResult {
    let file = offline::workbook(&visit.db, &visit.caller, id, lot).await?;
    Ok(Download::from(file).into_response())
}

/// Reads what was uploaded and shows what it would do.
#[handler]
pub(super) async fn upload(visit: Visit, Path((id, lot)): Path<At>, form: Posted) -> PageResult {
    let Some(file) = form.file("file") else {
        let refusal = Refusal::field("file", "missing", "Choose the file of your score sheet.");
        return show_page(&visit, (id, lot), None, Some(&refusal)).await;
    };
    let read = offline::read(&visit.db, &visit.caller, (id, lot), &file.name, file.bytes.clone()).await;
    let judged = match read {
        Ok(reading) => {
            let rows = serde_json::to_string(&reading.rows).map_err(Refusal::from)?;
            let judged =
                visit.read(move |r| async move { offline::preview(&r, id, lot, reading).await }).await;
            judged.map(|judged| preview(judged, rows))
        }
        Err(refusal) => Err(refusal),
    };
    match judged {
        Ok(preview) => show_page(&visit, (id, lot), Some(preview), None).await,
        Err(refusal) if [409, 422].contains(&refusal.status()) => {
            show_page(&visit, (id, lot), None, Some(&refusal)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Saves what was shown.
#[handler]
pub(super) async fn save(visit: Visit, Path((id, lot)): Path<At>, form: Posted) -> PageResult {
    let rows: Vec<MarkRow> = serde_json::from_str(form.text("rows"))
        .map_err(|_| Refusal::malformed("These are no rows of a score sheet."))?;
    let reading = Reading { rows, findings: Vec::new() };
    match visit.write(move |w| async move { offline::save(&w, id, lot, reading).await }).await {
        Ok(judged) => {
            let told = match judged.changes.len() {
                1 => "1 mark is saved.".to_owned(),
                count => format!("{count} marks are saved."),
            };
            done(&format!("/procurements/{id}/scoring"), &told)
        }
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_page(&visit, (id, lot), None, Some(&refusal)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
