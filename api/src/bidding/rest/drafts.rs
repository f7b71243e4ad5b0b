//! A supplier's uploads: workbook, documents, drafts.

use importers::bid::{BidReading, LotReading, Missing};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::WorkbookFinding;
use super::tenders::PublicTender;
use crate::bidding::{compartment, draft};
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Created, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Paging, Refusal, Slice};

/// Drafts.
pub struct Operations;

/// A file that was uploaded and not submitted yet.
#[derive(Object)]
struct DraftFile {
    id: Uuid,
    /// `workbook` or `document`.
    kind: String,
    /// The code of the question a document answers.
    #[oai(skip_serializing_if_is_none)]
    question: Option<String>,
    name: String,
    sha256: String,
    /// In bytes.
    size: i64,
    /// Whether it can be submitted; a workbook that could not be used is kept as a log of the attempt.
    usable: bool,
    uploaded_at: String,
}

impl From<compartment::DraftFile> for DraftFile {
    fn from(row: compartment::DraftFile) -> Self {
        Self {
            id: row.id,
            kind: row.kind.to_string(),
            question: row.question,
            name: row.name,
            sha256: row.sha256,
            size: row.size,
            usable: row.readable,
            uploaded_at: rfc3339(row.created_at),
        }
    }
}

/// What is not answered in the lots that are bid for.
#[derive(Object)]
pub(super) struct MissingAnswers {
    /// Codes of price lines.
    prices: Vec<String>,
    /// Codes of requirements.
    requirements: Vec<String>,
    /// Codes of questions that a text must answer, in the workbook or typed.
    questions: Vec<String>,
    /// Codes of questions that a text or a document may answer.
    documents: Vec<String>,
}

impl From<Missing> for MissingAnswers {
    fn from(missing: Missing) -> Self {
        Self {
            prices: missing.prices,
            requirements: missing.requirements,
            questions: missing.questions,
            documents: missing.documents,
        }
    }
}

/// What a lot's part of a workbook comes to.
#[derive(Object)]
pub(super) struct LotRead {
    lot: String,
    /// Whether anything in it is answered.
    bid: bool,
    prices_answered: u32,
    prices: u32,
    questions_answered: u32,
    questions: u32,
    /// Unit prices times volumes over the term, net, in pounds; only where every line that is not optional is answered.
    #[oai(skip_serializing_if_is_none)]
    read_back_total: Option<String>,
}

impl From<LotReading> for LotRead {
    fn from(lot: LotReading) -> Self {
        Self {
            lot: lot.lot,
            bid: lot.bid,
            prices_answered: lot.prices_answered,
            prices: lot.prices,
            questions_answered: lot.questions_answered,
            questions: lot.questions,
            read_back_total: lot.read_back_total.map(|total| total.to_string()),
        }
    }
}

/// A workbook as it was understood.
#[derive(Object)]
struct WorkbookCheck {
    file: DraftFile,
    /// Whether a finding of error severity must be confirmed when submitting.
    has_errors: bool,
    lots: Vec<LotRead>,
    missing: MissingAnswers,
    findings: Vec<WorkbookFinding>,
}

impl From<(compartment::DraftFile, BidReading)> for WorkbookCheck {
    fn from((row, reading): (compartment::DraftFile, BidReading)) -> Self {
        Self {
            file: row.into(),
            has_errors: reading.has_errors(),
            lots: reading.lots.into_iter().map(LotRead::from).collect(),
            missing: reading.missing.into(),
            findings: reading.findings.into_iter().map(WorkbookFinding::from).collect(),
        }
    }
}

/// The tender as the supplier stands in it.
#[derive(Object)]
struct SupplierTender {
    tender: PublicTender,
    supplier_id: Uuid,
    supplier: String,
    /// The workbook that would be submitted, counted together with what is typed.
    #[oai(skip_serializing_if_is_none)]
    workbook: Option<WorkbookCheck>,
    /// The documents that would be submitted.
    documents: Vec<DraftFile>,
    /// What is still unanswered: workbook, typed answers and documents together.
    missing: MissingAnswers,
    /// SHA-256 of the manifest that a submission would have now.
    #[oai(skip_serializing_if_is_none)]
    manifest_hash: Option<String>,
    /// Whether what is uploaded differs from what stands as the bid.
    has_changes: bool,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// The tender, what is uploaded and what is missing. Suppliers only.
    #[oai(path = "/supplier/tender", method = "get", operation_id = "supplier_tender_view")]
    async fn supplier_tender_view(&self, Signed(call): Signed) -> Reply<SupplierTender> {
        call.read(|r| async move {
            let drafts = draft::view(&r).await?;
            Ok(SupplierTender {
                has_changes: drafts.has_changes(),
                supplier_id: drafts.supplier.id,
                supplier: drafts.supplier.name,
                workbook: drafts.workbook.map(WorkbookCheck::from),
                documents: drafts.documents.into_iter().map(DraftFile::from).collect(),
                missing: drafts.missing.into(),
                manifest_hash: drafts.manifest_hash,
                tender: PublicTender::read(&r, drafts.tender).await?,
            })
        })
        .await
    }

    /// The blank bid workbook. Suppliers only.
    #[oai(path = "/supplier/workbook", method = "get", operation_id = "supplier_workbook_download")]
    async fn supplier_workbook_download(&self, Signed(call): Signed) -> FileReply {
        draft::blank_workbook(&call.db, &call.caller).await.map(Download::from).into()
    }

    /// Check a filled-in workbook and keep it as the draft, in place of the one before. What was found comes back; what was
    /// understood, line by line, is at `/supplier/read-back`. Suppliers only.
    #[oai(path = "/supplier/workbook", method = "post", operation_id = "supplier_workbook_check")]
    async fn supplier_workbook_check(
        &self,
        Signed(call): Signed,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Created<WorkbookCheck> {
        match draft::read_workbook(&call.db, &call.caller, &name.0, body.0).await {
            Err(refusal) => Created::refuse(refusal),
            Ok(checked) => {
                call.create(key.0, |w| async move { Ok(draft::keep_workbook(&w, checked).await?.into()) })
                    .await
            }
        }
    }

    /// List the uploaded files, oldest first. Suppliers only.
    #[oai(path = "/supplier/drafts", method = "get", operation_id = "supplier_draft_list")]
    async fn supplier_draft_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<DraftFile>> {
        call.list("/api/v1/supplier/drafts".to_owned(), after.0, limit.0, |r, paging| async move {
            let drafts = draft::view(&r).await?;
            let rows = drafts.files().into_iter().cloned().collect();
            Ok(slice(rows, &paging)?.map(DraftFile::from))
        })
        .await
    }

    /// An uploaded file as it was. Suppliers only.
    #[oai(path = "/supplier/drafts/:draft_id", method = "get", operation_id = "supplier_draft_download")]
    async fn supplier_draft_download(&self, Signed(call): Signed, draft_id: Path<Uuid>) -> FileReply {
        let file =
            call.db.read(&call.caller, move |r| async move { draft::download(&r, draft_id.0).await }).await;
        file.map(Download::from).into()
    }

    /// Remove an uploaded file. What was submitted stays. Suppliers only.
    #[oai(path = "/supplier/drafts/:draft_id", method = "delete", operation_id = "supplier_draft_remove")]
    async fn supplier_draft_remove(&self, Signed(call): Signed, draft_id: Path<Uuid>) -> Reply<DraftFile> {
        call.act(None, move |w| async move { Ok(draft::remove(&w, draft_id.0).await?.into()) }).await
    }

    /// Add a document that answers a question, in place of the one before: PDF, docx, xlsx, pptx, odt, ods, odp, txt, csv,
    /// png or jpg. Suppliers only.
    #[oai(path = "/supplier/documents", method = "post", operation_id = "supplier_document_add")]
    async fn supplier_document_add(
        &self,
        Signed(call): Signed,
        /// The code of the question.
        question: Query<String>,
        /// The file's name.
        name: Query<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Created<DraftFile> {
        match draft::read_document(&call.db, &call.caller, &question.0, &name.0, body.0).await {
            Err(refusal) => Created::refuse(refusal),
            Ok(document) => {
                call.create(key.0, |w| async move { Ok(draft::keep_document(&w, document).await?.into()) })
                    .await
            }
        }
    }
}

/// The part of a short list that is wanted.
fn slice(
    rows: Vec<compartment::DraftFile>,
    paging: &Paging,
) -> Result<Slice<compartment::DraftFile>, Refusal> {
    let after = paging.after_key::<Uuid>()?;
    let rest: Vec<_> = rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after)).collect();
    Ok(paging.cut(rest, |row| row.id.to_string()))
}
