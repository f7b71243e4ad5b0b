//! A supplier's own pages: what is due, what is uploaded, what was understood.

use askama::Template;
use importers::Severity;
use importers::bid::{BidReading, Missing};
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::{asked, download as send, frame, readback, stranger};
use crate::bidding::compartment::DraftFile;
use crate::bidding::draft::{self, Drafts, answers, media};
use crate::http::fields::{FileField, SelectField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::texts::{cell_text, size_text};
use crate::http::visit::{done, form_page, page_again};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::{Caller, Refusal};

/// A file in a table.
pub(super) struct FileRow {
    id: Uuid,
    name: String,
    what: String,
    size: String,
    at: String,
    message: Option<String>,
}

impl FileRow {
    fn new(row: &DraftFile, what: String, message: Option<String>) -> Self {
        let (size, at) = (size_text(row.size), london_text(row.created_at));
        Self { id: row.id, name: row.name.clone(), what, size, at, message }
    }
}

#[derive(Template)]
#[template(path = "bidding/supplier.html")]
struct HomePage {
    shell: Shell,
    reference: String,
    deadline: String,
    passed: bool,
    takes_bids: bool,
    questions_state: (&'static str, &'static str),
    asked_state: (String, &'static str),
    workbook_state: (&'static str, &'static str),
    answers_state: String,
    documents_state: String,
    submit_state: (String, &'static str),
    files: Vec<FileRow>,
    tender_documents: Vec<(String, String, String)>,
    missing: Vec<(&'static str, String)>,
    upload: FileField,
    document: FileField,
    question: SelectField,
    takes_documents: bool,
}

#[derive(Template)]
#[template(path = "bidding/no_link.html")]
struct NoLinkPage {
    shell: Shell,
}

/// Which of the page's forms was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Workbook,
    Document,
}

/// What is missing, as pairs of a name and codes.
pub(super) fn missing_rows(missing: &Missing) -> Vec<(&'static str, String)> {
    [
        ("Prices", &missing.prices),
        ("Requirements", &missing.requirements),
        ("Questions", &missing.questions),
        ("Questions, by text or document", &missing.documents),
    ]
    .into_iter()
    .filter(|(_, codes)| !codes.is_empty())
    .map(|(what, codes)| (what, codes.join(", ")))
    .collect()
}

fn file_rows(drafts: &Drafts) -> Vec<FileRow> {
    let mut rows = Vec::new();
    rows.extend(drafts.workbook.iter().map(|(row, _)| FileRow::new(row, "Bid workbook".to_owned(), None)));
    rows.extend(drafts.documents.iter().map(|row| {
        let question = row.question.as_deref().unwrap_or_default();
        FileRow::new(row, format!("Answers {question}"), None)
    }));
    rows.extend(
        drafts
            .unread
            .iter()
            .map(|(row, unread)| FileRow::new(row, "Not usable".to_owned(), Some(unread.message.clone()))),
    );
    rows
}

fn submit_state(drafts: &Drafts) -> (String, &'static str) {
    match &drafts.standing {
        None if drafts.workbook.is_none() => ("Not yet possible".to_owned(), "plain"),
        None => ("Not submitted".to_owned(), "warn"),
        Some(row) if drafts.has_changes() => (format!("Changed since submission {}", row.number), "warn"),
        Some(row) => (format!("Submission {} stands", row.number), "good"),
    }
}

async fn show(visit: &SupplierVisit, refused: Option<(Form, &Posted, &Refusal)>) -> PageResult {
    let (drafts, now, asked) = visit
        .read(|r| async move { Ok((draft::view(&r).await?, r.now(), asked::waiting(&r).await?)) })
        .await?;
    let pack = &drafts.tender.pack;
    let questions = draft::document_questions(pack);
    let mut errors = FieldErrors::new();
    if let Some((form, _, refusal)) = refused {
        let place = if form == Form::Workbook { "file" } else { "document" };
        for fault in &refusal.fields {
            let field = if fault.field == "question" { "question" } else { place };
            errors.add(field, fault.message.clone());
        }
        if refusal.fields.is_empty() {
            errors.add(place, refusal.detail.clone());
        }
    }
    let chosen = refused.map(|(_, form, _)| form.text("question").to_owned()).unwrap_or_default();
    let mut question = SelectField::new("question", "Question it answers").option("", "Choose a question");
    for (code, title) in &questions {
        question = question.option(code, format!("{code}: {title}"));
    }
    let deadline = london_text(drafts.tender.deadline);
    let template = HomePage {
        shell: frame(visit, "Your bid", &drafts.supplier.name, "")
            .title(format!("Your bid – {}", pack.title))
            .fact(pack.title.clone())
            .fact(format!("Tender {}", pack.reference))
            .errors(&errors),
        reference: pack.reference.clone(),
        passed: drafts.tender.has_passed(now),
        takes_bids: drafts.tender.takes_bids(),
        questions_state: if drafts.tender.has_passed(now) { ("Closed", "plain") } else { ("Open", "info") },
        asked_state: match asked {
            0 => ("Nothing waits".to_owned(), "plain"),
            1 => ("1 waits for you".to_owned(), "warn"),
            more => (format!("{more} wait for you"), "warn"),
        },
        workbook_state: match &drafts.workbook {
            None => ("Not uploaded", "plain"),
            Some((_, reading)) if reading.has_errors() => ("Checked, with errors", "bad"),
            Some(_) => ("Checked", "good"),
        },
        answers_state: format!(
            "{} typed",
            answers::all(&drafts).iter().filter(|one| one.typed.is_some()).count()
        ),
        documents_state: format!("{} of {} questions", drafts.documents.len(), questions.len()),
        submit_state: submit_state(&drafts),
        files: file_rows(&drafts),
        tender_documents: pack
            .documents
            .iter()
            .map(|row| (row.name.clone(), row.sha256.clone(), size_text(row.size)))
            .collect(),
        missing: if drafts.workbook.is_some() { missing_rows(&drafts.missing) } else { Vec::new() },
        upload: FileField::workbook("file", "Your filled-in workbook").error(errors.get("file")),
        document: FileField::new("document", "Document")
            .accept(media::ACCEPT)
            .hint(media::HINT)
            .error(errors.get("document")),
        question: question.chosen(chosen).error(errors.get("question")),
        takes_documents: !questions.is_empty(),
        deadline,
    };
    form_page(refused.map(|(_, _, refusal)| refusal), &template)
}

#[handler]
pub(super) async fn home(visit: SupplierVisit) -> PageResult {
    if visit.caller == Caller::Nobody {
        let shell = visit.shell("Open your link to bid", None);
        return page_again(&Refusal::unauthenticated(), &NoLinkPage { shell });
    }
    show(&visit, None).await
}

#[handler]
pub(super) async fn blank(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(send(draft::blank_workbook(&visit.db, &visit.caller).await?))
}

#[handler]
pub(super) async fn upload(visit: SupplierVisit, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let chosen = form.file("file");
    let chosen = chosen.ok_or_else(|| Refusal::field("file", "missing", "Choose your filled-in workbook."));
    let checked = match chosen {
        Err(refusal) => Err(refusal),
        Ok(file) if form.text("keep") == "no" => {
            match draft::try_workbook(&visit.db, &visit.caller, &file.name, file.bytes.clone()).await {
                Ok(tried) => return readback::tried(&visit, &file.name, tried).await,
                Err(refusal) => Err(refusal),
            }
        }
        Ok(file) => draft::check_workbook(&visit.db, &visit.caller, &file.name, file.bytes.clone()).await,
    };
    match checked {
        Ok(_) => done("/supplier/check", "Your workbook was read. This is what was understood."),
        Err(refusal) => show(&visit, Some((Form::Workbook, &form, &refusal))).await,
    }
}

#[handler]
pub(super) async fn add_document(visit: SupplierVisit, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let added = match form.file("document") {
        None => Err(Refusal::field("document", "missing", "Choose a document.")),
        Some(file) => {
            let (db, caller, question) = (&visit.db, &visit.caller, form.text("question"));
            draft::add_document(db, caller, question, &file.name, file.bytes.clone()).await
        }
    };
    match added {
        Ok(row) => {
            let question = row.question.unwrap_or_default();
            done("/supplier#files", &format!("Your document for {question} is uploaded. Now submit it."))
        }
        Err(refusal) => show(&visit, Some((Form::Document, &form, &refusal))).await,
    }
}

#[handler]
pub(super) async fn download(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(send(visit.read(move |r| async move { draft::download(&r, id).await }).await?))
}

#[handler]
pub(super) async fn remove(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let row = visit.write(move |w| async move { draft::remove(&w, id).await }).await?;
    done("/supplier#files", &format!("{} is removed. What you submitted stays.", row.name))
}

/// A finding in a table.
pub(super) struct FindingRow {
    pub(super) kind: &'static str,
    pub(super) severity: &'static str,
    pub(super) place: String,
    pub(super) seen: String,
    pub(super) todo: String,
}

/// Findings for a table, errors first.
pub(super) fn finding_rows(findings: &[importers::Finding]) -> Vec<FindingRow> {
    let mut findings: Vec<_> = findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
        .into_iter()
        .map(|finding| {
            let (kind, severity) = match finding.severity {
                Severity::Error => ("bad", "Error"),
                Severity::Warning => ("warn", "Look at it"),
                Severity::Info => ("info", "For your information"),
            };
            let place = match (&finding.sheet, &finding.cell) {
                (Some(sheet), Some(cell)) => cell_text(sheet, cell),
                (Some(sheet), None) => sheet.clone(),
                _ => "The file".to_owned(),
            };
            FindingRow { kind, severity, place, seen: finding.seen.clone(), todo: finding.todo.clone() }
        })
        .collect()
}

/// What a lot's part comes to.
pub(super) struct LotRow {
    pub(super) code: String,
    pub(super) prices: String,
    pub(super) questions: String,
    pub(super) total: String,
}

/// Lots for a table.
pub(super) fn lot_rows(reading: &BidReading) -> Vec<LotRow> {
    let rows = reading.lots.iter().map(|lot| LotRow {
        code: lot.lot.clone(),
        prices: format!("{} of {}", lot.prices_answered, lot.prices),
        questions: format!("{} of {}", lot.questions_answered, lot.questions),
        total: match lot.read_back_total {
            _ if !lot.bid => "Not bid for".to_owned(),
            Some(total) => total.pounds(),
            None => "Not complete".to_owned(),
        },
    });
    rows.collect()
}
