//! Submissions: a manifest of files received at an instant. Submitting is one short transaction; its receipt means that
//! the bid is on disk.

use entity::word::FileKind;
use entity::{Word, draft_file, submission, submission_file, supplier};
use importers::bid::BidReading;
use rules::canonical;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::draft::{box_open, own_invitation, rows_of};
use super::tender::{self, Tender};
use super::{File, OCTETS, letters};
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::{self, Record};
use crate::kernel::{Paging, Reading, Refusal, Slice, Writing, access, files};

/// What a supplier says when it submits.
#[derive(Clone, Debug, Default)]
pub struct SubmissionInput {
    /// That it submits although findings of error severity leave lines unanswered.
    pub findings_confirmed: bool,
    /// The manifest it has seen: refuses where a file was changed since. None submits what is there.
    pub manifest_hash: Option<String>,
}

/// A submission as its supplier sees it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The submission.
    pub submission: submission::Model,
    /// Its files: the workbook, then the documents.
    pub files: Vec<submission_file::Model>,
    /// The tender.
    pub tender: Tender,
    /// The supplier.
    pub supplier: supplier::Model,
}

impl Receipt {
    /// What the supplier should know first.
    #[must_use]
    pub fn message(&self) -> String {
        let (number, deadline) = (self.submission.number, london_text(self.tender.deadline));
        if self.submission.withdrawn_at.is_some() {
            return format!("Submission {number} is withdrawn: it will not be opened.");
        }
        if self.submission.late {
            return format!(
                "Submission {number} is LATE: it was received at or after the deadline of {deadline} (London time). It is sealed among the late ones and not scored."
            );
        }
        format!("Submission {number} was received in time, before {deadline} (London time).")
    }
}

/// What a submission consists of, as the hash covers it.
#[derive(Serialize)]
struct ManifestBody<'a> {
    procurement: Uuid,
    reference: &'a str,
    pack: &'a str,
    supplier: Uuid,
    files: Vec<ManifestFile<'a>>,
}

#[derive(Serialize)]
struct ManifestFile<'a> {
    kind: String,
    question: Option<&'a str>,
    name: &'a str,
    sha256: &'a str,
    size: i64,
}

/// A manifest as it is stored.
pub(super) struct Manifest {
    json: String,
    /// SHA-256 of the canonical JSON, in hex.
    pub(super) hash: String,
}

/// The manifest that a workbook and documents make: canonical JSON, the same for the same files of the same bidder.
pub(super) fn manifest(
    tender: &Tender,
    supplier: Uuid,
    workbook: &draft_file::Model,
    documents: &[draft_file::Model],
) -> Result<Manifest, Refusal> {
    let mut documents: Vec<&draft_file::Model> = documents.iter().collect();
    documents.sort_by(|a, b| a.question.cmp(&b.question));
    let files = std::iter::once(workbook).chain(documents).map(|row| ManifestFile {
        kind: row.kind.0.to_string(),
        question: row.question.as_deref(),
        name: &row.name,
        sha256: &row.sha256,
        size: row.size,
    });
    let body = ManifestBody {
        procurement: tender.procurement.id,
        reference: &tender.pack.reference,
        pack: &tender.row.hash,
        supplier,
        files: files.collect(),
    };
    let bytes = canonical::to_bytes(&body).map_err(|error| Refusal::internal(&error))?;
    let hash = canonical::sha256_hex(&bytes);
    let json = String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?;
    Ok(Manifest { json, hash })
}

/// Submits the drafts: they become the supplier's submission, in place of the one before. At or after the deadline, by the
/// database's clock, the submission is late: it is taken, sealed, and not scored (PA23 s.19(3)(d), DOMAIN rule 14).
pub async fn submit(w: &Writing, input: SubmissionInput) -> Result<Receipt, Refusal> {
    let scope = access::supplier(w)?;
    // Others may submit at the same time; the opening, which takes the row for itself, waits for all of them.
    let procurement = w.share_procurement(scope.procurement_id).await?;
    let invitation = own_invitation(w).await?;
    let tender = tender::of(w, procurement).await?;
    box_open(&tender)?;
    let (workbook, documents) = drafts(w, invitation.id).await?;
    let reading: BidReading = serde_json::from_str(&workbook.reading)?;
    let manifest = manifest(&tender, scope.supplier_id, &workbook, &documents)?;
    if input.manifest_hash.is_some_and(|seen| seen != manifest.hash) {
        return Err(Refusal::stale());
    }
    if reading.has_errors() && !input.findings_confirmed {
        return Err(Refusal::field(
            "findings_confirmed",
            "not_confirmed",
            "The workbook has errors, and their lines count as not answered. Correct them, or confirm that you submit it so.",
        ));
    }
    let number = 1 + last_number(w, invitation.id).await?;
    let id = Uuid::now_v7();
    let received_at = w.clock().await?;
    let late = tender.has_passed(received_at);
    let body = json!({
        "manifest": manifest.hash,
        "number": number,
        "late": late,
        "received_at": rfc3339(received_at),
    });
    w.record(Record::new(scope.procurement_id, "bidding.submission.submit", id, body).sealed());
    w.write_ledger().await?;
    let (_, ledger_hash) = ledger::head(w, scope.procurement_id).await?;
    let row = submission::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.procurement_id),
        invitation_id: Set(invitation.id),
        number: Set(number),
        manifest: Set(manifest.json),
        manifest_hash: Set(manifest.hash),
        reading: Set(workbook.reading.clone()),
        late: Set(late),
        received_at: Set(received_at),
        ledger_hash: Set(ledger_hash),
        withdrawn_at: Set(None),
    };
    let submission = submission::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let rows = std::iter::once(&workbook).chain(&documents).map(|draft| submission_file::ActiveModel {
        id: Set(Uuid::now_v7()),
        submission_id: Set(id),
        kind: Set(draft.kind),
        question: Set(draft.question.clone()),
        sha256: Set(draft.sha256.clone()),
        name: Set(draft.name.clone()),
        size: Set(draft.size),
    });
    submission_file::Entity::insert_many(rows).exec_without_returning(w.txn()).await?;
    let files = files_of(w, id).await?;
    let supplier = super::invitation::supplier_of(w, scope.supplier_id).await?;
    letters::receipt(w, &tender, &invitation, &supplier, &submission, &files).await?;
    Ok(Receipt { submission, files, tender, supplier })
}

/// The workbook and the documents that would be submitted.
async fn drafts(
    r: &Reading,
    invitation: Uuid,
) -> Result<(draft_file::Model, Vec<draft_file::Model>), Refusal> {
    let (workbooks, documents): (Vec<_>, Vec<_>) = rows_of(r, invitation)
        .await?
        .into_iter()
        .filter(|row| row.readable)
        .partition(|row| row.kind.0 == FileKind::Workbook);
    let workbook = workbooks.into_iter().next_back().ok_or_else(|| {
        Refusal::conflict("nothing_to_submit", "Upload your filled-in workbook first; then submit.")
    })?;
    Ok((workbook, documents))
}

async fn last_number(r: &Reading, invitation: Uuid) -> Result<i32, Refusal> {
    let last = submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(invitation))
        .order_by_desc(submission::Column::Number)
        .one(r.txn())
        .await?;
    Ok(last.map_or(0, |row| row.number))
}

/// The submission that would be opened: the last one in time that was not withdrawn. Unauthorised.
pub(super) async fn standing(r: &Reading, invitation: Uuid) -> Result<Option<submission::Model>, Refusal> {
    Ok(submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(invitation))
        .filter(submission::Column::Late.eq(false))
        .filter(submission::Column::WithdrawnAt.is_null())
        .order_by_desc(submission::Column::Number)
        .one(r.txn())
        .await?)
}

/// Takes the bid back, before the deadline: nothing that was submitted so far will be opened. The supplier may submit
/// again.
pub async fn withdraw(w: &Writing) -> Result<Receipt, Refusal> {
    let scope = access::supplier(w)?;
    let procurement = w.share_procurement(scope.procurement_id).await?;
    let invitation = own_invitation(w).await?;
    let tender = tender::of(w, procurement).await?;
    box_open(&tender)?;
    let now = w.clock().await?;
    if tender.has_passed(now) {
        return Err(Refusal::conflict(
            "deadline_passed",
            "The deadline has passed. A bid can no longer be withdrawn here; write to the lead council.",
        ));
    }
    let standing = standing(w, invitation.id)
        .await?
        .ok_or_else(|| Refusal::conflict("nothing_to_withdraw", "There is no bid to withdraw."))?;
    submission::Entity::update_many()
        .col_expr(submission::Column::WithdrawnAt, Expr::value(now))
        .filter(submission::Column::InvitationId.eq(invitation.id))
        .filter(submission::Column::WithdrawnAt.is_null())
        .exec(w.txn())
        .await?;
    let body = json!({ "number": standing.number });
    w.record(Record::new(scope.procurement_id, "bidding.submission.withdraw", standing.id, body).sealed());
    let supplier = super::invitation::supplier_of(w, scope.supplier_id).await?;
    letters::withdrawal(w, &tender, &invitation, &supplier, &standing, now).await?;
    receipt(w, standing.number).await
}

/// The supplier's own submissions, newest first.
pub async fn own(r: &Reading, paging: &Paging) -> Result<Slice<submission::Model>, Refusal> {
    let scope = access::supplier(r)?;
    let mut query =
        submission::Entity::find().filter(submission::Column::InvitationId.eq(scope.invitation_id));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(submission::Column::Number.lt(after));
    }
    let rows = query.order_by_desc(submission::Column::Number).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.number.to_string()))
}

/// The receipt of one of the supplier's own submissions.
pub async fn receipt(r: &Reading, number: i32) -> Result<Receipt, Refusal> {
    let scope = access::supplier(r)?;
    let submission = submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(scope.invitation_id))
        .filter(submission::Column::Number.eq(number))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("submission"))?;
    Ok(Receipt {
        files: files_of(r, submission.id).await?,
        tender: tender::of_id(r, scope.procurement_id).await?,
        supplier: super::invitation::supplier_of(r, scope.supplier_id).await?,
        submission,
    })
}

/// A file of one of the supplier's own submissions, as it was received.
pub async fn download(r: &Reading, number: i32, file_id: Uuid) -> Result<File, Refusal> {
    let receipt = receipt(r, number).await?;
    let file = receipt.files.into_iter().find(|file| file.id == file_id);
    let file = file.ok_or_else(|| Refusal::not_found("file"))?;
    let bytes = files::bytes(r, &file.sha256).await?;
    Ok(File { name: file.name, media_type: OCTETS.to_owned(), bytes })
}

/// The files of a submission: the workbook, then the documents by question. Unauthorised.
pub(super) async fn files_of(r: &Reading, submission: Uuid) -> Result<Vec<submission_file::Model>, Refusal> {
    let mut rows = submission_file::Entity::find()
        .filter(submission_file::Column::SubmissionId.eq(submission))
        .order_by_asc(submission_file::Column::Question)
        .all(r.txn())
        .await?;
    rows.sort_by_key(|row| row.kind != Word(FileKind::Workbook));
    Ok(rows)
}
