//! A supplier's submissions and their receipts.

use entity::submission;
use importers::bid::TextAnswer;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::drafts::MissingAnswers;
use super::own_bid::ConfidentialPart;
use crate::bidding::compartment;
use crate::bidding::draft::{self, difference};
use crate::bidding::submission::{self as submissions, Receipt, SubmissionInput};
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed, Stranger};
use crate::kernel::clock::rfc3339;
use crate::kernel::signed;

/// Submissions.
pub struct Operations;

/// A submission.
#[derive(Object)]
struct BidSubmission {
    id: Uuid,
    /// 1 for the supplier's first.
    number: i32,
    /// When it was received, by the database's clock, to the microsecond (UTC).
    received_at: String,
    /// Late by the deadline in force: sealed in the late box and not scored, unless two people admit it before the opening.
    late: bool,
    /// SHA-256 of the manifest.
    manifest_hash: String,
    #[oai(skip_serializing_if_is_none)]
    withdrawn_at: Option<String>,
}

impl From<submission::Model> for BidSubmission {
    fn from(row: submission::Model) -> Self {
        Self {
            id: row.id,
            number: row.number,
            received_at: rfc3339(row.received_at),
            late: row.late,
            manifest_hash: row.manifest_hash,
            withdrawn_at: row.withdrawn_at.map(rfc3339),
        }
    }
}

/// A file of a submission.
#[derive(Object)]
pub(super) struct SubmittedFile {
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
}

impl From<compartment::SubmittedFile> for SubmittedFile {
    fn from(row: compartment::SubmittedFile) -> Self {
        Self {
            id: row.id,
            kind: row.kind.to_string(),
            question: row.question,
            name: row.name,
            sha256: row.sha256,
            size: row.size,
        }
    }
}

/// A typed answer of a submission.
#[derive(Object)]
struct SubmittedAnswer {
    /// The question's code.
    question: String,
    words: u32,
    /// SHA-256 of the text in UTF-8, as the manifest names it.
    sha256: String,
}

impl From<&TextAnswer> for SubmittedAnswer {
    fn from(answer: &TextAnswer) -> Self {
        let sha256 = rules::canonical::sha256_hex(answer.text.as_bytes());
        Self { question: answer.question.clone(), words: answer.words, sha256 }
    }
}

/// The receipt of a submission: it means that the submission is on disk.
#[derive(Object)]
struct SubmissionReceipt {
    /// What the supplier should know first: in time, or late.
    message: String,
    reference: String,
    title: String,
    supplier: String,
    /// Who of its team submitted: the name, where there is one, and the address.
    #[oai(skip_serializing_if_is_none)]
    submitted_by: Option<String>,
    deadline: String,
    submission: BidSubmission,
    /// The canonical JSON that `manifest_hash` is over.
    manifest: String,
    files: Vec<SubmittedFile>,
    /// The answers that were typed, each at `/supplier/submissions/{number}/answers/{question}`.
    typed_answers: Vec<SubmittedAnswer>,
    /// What is marked as confidential.
    confidential: Vec<ConfidentialPart>,
    /// The head of the procurement's ledger at receipt.
    ledger_hash: String,
    /// What is signed: canonical JSON (RFC 8785), to be taken byte for byte.
    statement: String,
    /// Ed25519 over the statement's bytes, in base64.
    signature: String,
    /// The public key that checks it, in base64; the same at `/receipt-key`.
    public_key: String,
}

impl From<Receipt> for SubmissionReceipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            message: receipt.message(),
            reference: receipt.tender.pack.reference,
            title: receipt.tender.pack.title,
            supplier: receipt.supplier.name,
            submitted_by: receipt.submitted_by,
            deadline: rfc3339(receipt.tender.deadline),
            manifest: receipt.manifest,
            ledger_hash: receipt.submission.ledger_hash.clone(),
            submission: receipt.submission.into(),
            statement: receipt.signed.statement,
            signature: receipt.signed.signature,
            public_key: receipt.signed.public_key,
            typed_answers: receipt.typed.iter().map(SubmittedAnswer::from).collect(),
            confidential: receipt.confidential.into_iter().map(ConfidentialPart::from).collect(),
            files: receipt.files.into_iter().map(SubmittedFile::from).collect(),
        }
    }
}

/// The key that checks receipts.
#[derive(Object)]
struct ReceiptKey {
    /// Ed25519, 32 bytes in base64.
    public_key: String,
}

/// What would be submitted now, and what stands.
#[derive(Object)]
struct SubmissionPreview {
    /// Whether a workbook that can be used is uploaded.
    ready: bool,
    /// Whether `findings_confirmed` is needed.
    has_errors: bool,
    /// What is still unanswered.
    missing: MissingAnswers,
    /// SHA-256 of the manifest that a submission would have now.
    #[oai(skip_serializing_if_is_none)]
    manifest_hash: Option<String>,
    /// Whether what is prepared differs from what stands.
    has_changes: bool,
    /// How many things that is: they are listed at `/supplier/differences`.
    differences: usize,
    /// What would be submitted as confidential.
    confidential: Vec<ConfidentialPart>,
    /// The submission that stands as the bid.
    #[oai(skip_serializing_if_is_none)]
    standing: Option<BidSubmission>,
}

/// What a supplier says when it submits.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SubmissionBody {
    /// Submit although findings of error severity leave lines unanswered.
    #[oai(default)]
    findings_confirmed: bool,
    /// The manifest that was seen; refused with 412 where a file has changed since.
    #[oai(skip_serializing_if_is_none)]
    manifest_hash: Option<String>,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// What would be submitted now, and what stands as the bid. Suppliers only.
    #[oai(path = "/supplier/submission", method = "get", operation_id = "supplier_submission_preview")]
    async fn supplier_submission_preview(&self, Signed(call): Signed) -> Reply<SubmissionPreview> {
        call.read(|r| async move {
            let drafts = draft::view(&r).await?;
            Ok(SubmissionPreview {
                differences: difference::of_drafts(&r, &drafts).await?.len(),
                ready: drafts.workbook.is_some(),
                has_errors: drafts.has_errors(),
                has_changes: drafts.has_changes(),
                missing: drafts.missing.into(),
                confidential: drafts.confidential.into_iter().map(ConfidentialPart::from).collect(),
                manifest_hash: drafts.manifest_hash,
                standing: drafts.standing.map(BidSubmission::from),
            })
        })
        .await
    }

    /// Submit what is uploaded, in place of an earlier submission. At exactly the deadline it is late. Suppliers only.
    #[oai(path = "/supplier/submission", method = "post", operation_id = "supplier_submission_submit")]
    async fn supplier_submission_submit(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<SubmissionBody>,
    ) -> Created<SubmissionReceipt> {
        let SubmissionBody { findings_confirmed, manifest_hash } = body.0;
        let input = SubmissionInput { findings_confirmed, manifest_hash };
        call.create(key.0, |w| async move { Ok(submissions::submit(&w, input).await?.into()) }).await
    }

    /// Withdraw the bid, before the deadline. Suppliers only.
    #[oai(path = "/supplier/submission", method = "delete", operation_id = "supplier_submission_withdraw")]
    async fn supplier_submission_withdraw(&self, Signed(call): Signed) -> Reply<SubmissionReceipt> {
        call.act(None, |w| async move { Ok(submissions::withdraw(&w).await?.into()) }).await
    }

    /// List the supplier's submissions, newest first. Suppliers only.
    #[oai(path = "/supplier/submissions", method = "get", operation_id = "supplier_submission_list")]
    async fn supplier_submission_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<BidSubmission>> {
        call.list("/api/v1/supplier/submissions".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(submissions::own(&r, &paging).await?.map(BidSubmission::from))
        })
        .await
    }

    /// The receipt of a submission. Suppliers only.
    #[oai(
        path = "/supplier/submissions/:number/receipt",
        method = "get",
        operation_id = "supplier_submission_receipt"
    )]
    async fn supplier_submission_receipt(
        &self,
        Signed(call): Signed,
        number: Path<i32>,
    ) -> Reply<SubmissionReceipt> {
        call.read(move |r| async move { Ok(submissions::receipt(&r, number.0).await?.into()) }).await
    }

    /// The public key that checks receipts. Anybody may have it.
    #[oai(path = "/receipt-key", method = "get", operation_id = "receipt_key_view")]
    async fn receipt_key_view(&self, Stranger(call): Stranger) -> Reply<ReceiptKey> {
        call.read(|r| async move { Ok(ReceiptKey { public_key: signed::public_key(&r)? }) }).await
    }

    /// A file of a submission, as it was received. Suppliers only.
    #[oai(
        path = "/supplier/submissions/:number/files/:file_id",
        method = "get",
        operation_id = "supplier_submission_download"
    )]
    async fn supplier_submission_download(
        &self,
        Signed(call): Signed,
        number: Path<i32>,
        file_id: Path<Uuid>,
    ) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move { submissions::download(&r, number.0, file_id.0).await })
            .await;
        file.map(Download::from).into()
    }

    /// A typed answer of a submission, as a text file. Suppliers only.
    #[oai(
        path = "/supplier/submissions/:number/answers/:question",
        method = "get",
        operation_id = "supplier_submission_answer_download"
    )]
    async fn supplier_submission_answer_download(
        &self,
        Signed(call): Signed,
        number: Path<i32>,
        question: Path<String>,
    ) -> FileReply {
        let file =
            call.db
                .read(&call.caller, move |r| async move {
                    submissions::typed_answer(&r, number.0, &question.0).await
                })
                .await;
        file.map(Download::from).into()
    }
}
