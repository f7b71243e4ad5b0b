//! Submissions: a manifest of files and typed answers, received at an instant. Submitting is one short transaction; its
//! receipt means that the bid is on disk.

use chrono::{DateTime, Utc};
use entity::word::FileKind;
use entity::{Word, submission, submission_file, supplier};
use importers::bid::{BidReading, TextAnswer};
use rules::late::LateState;
use rules::signed::Signed;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::compartment::{Compartment, DraftFile, SubmissionContent, SubmittedFile};
use super::draft::{Confidential, box_open, confidential, files_of as draft_files_of, own_invitation, typed};
use super::invitation::team::caller_words;
use super::late;
use super::manifest::{self, ManifestPack, Parts};
use super::signed;
use super::tender::{self, Tender};
use super::{File, OCTETS, letters};
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::{self, Record};
use crate::kernel::{Paging, Reading, Refusal, Slice, Writing, access};

/// What a supplier says when it submits.
#[derive(Clone, Debug, Default)]
pub struct SubmissionInput {
    /// That it submits although findings of error severity leave lines unanswered.
    pub findings_confirmed: bool,
    /// The manifest it has seen: refuses where anything was changed since. None submits what is there.
    pub manifest_hash: Option<String>,
}

/// A submission as its supplier sees it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The submission.
    pub submission: submission::Model,
    /// The canonical JSON that the manifest's hash is over.
    pub manifest: String,
    /// Its files: the workbook, then the documents.
    pub files: Vec<SubmittedFile>,
    /// The answers that were typed on the page.
    pub typed: Vec<TextAnswer>,
    /// What is marked as confidential.
    pub confidential: Vec<Confidential>,
    /// The tender as it was when the submission came: with the version of the pack and the deadline of then.
    pub tender: Tender,
    /// The deadline in force now.
    pub deadline: DateTime<Utc>,
    /// What two people decided of a late one; none before the opening, and for one that is in time.
    pub decided: Option<LateState>,
    /// The supplier.
    pub supplier: supplier::Model,
    /// Who of its team submitted, by name and address; none where that was not kept yet.
    pub submitted_by: Option<String>,
    /// The same, signed.
    pub signed: Signed,
}

impl Receipt {
    /// What the supplier should know first.
    #[must_use]
    pub fn message(&self) -> String {
        let (number, deadline) = (self.submission.number, london_text(self.deadline));
        if self.submission.withdrawn_at.is_some() {
            return format!("Submission {number} is withdrawn: it will not be opened.");
        }
        if self.submission.late {
            let what = match self.decided {
                Some(LateState::Admitted) => {
                    "Two people admitted it, and it was opened with those in time if it was your last."
                }
                Some(_) => "It was not admitted, is not scored, and stays sealed.",
                None => {
                    "It lies sealed in the late box and is not scored unless two people admit it before the opening."
                }
            };
            return format!(
                "Submission {number} is LATE: it was received at or after the deadline of {deadline} (London time). {what}"
            );
        }
        if self.tender.has_passed(self.submission.received_at) {
            return format!(
                "Submission {number} was late when it was received. The deadline has been extended since: it is in time now, before {deadline} (London time)."
            );
        }
        format!("Submission {number} was received in time, before {deadline} (London time).")
    }
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
    let compartment = Compartment::of_invitation(w, &invitation).await?;
    let (workbook, documents) = drafts(w, &compartment, invitation.id).await?;
    let typed = typed::of_invitation(w, &compartment, invitation.id).await?;
    let reading: BidReading = serde_json::from_str(&workbook.reading)?;
    let reading = typed::together(&tender.pack, reading, &typed, &documents);
    let confidential = confidential::of(&tender.pack, &typed);
    let parts =
        Parts { workbook: &workbook, documents: &documents, reading: &reading, confidential: &confidential };
    let manifest = manifest::of((&tender, &tender.row.hash), scope.supplier_id, &parts)?;
    if let Some(seen) = input.manifest_hash.filter(|seen| *seen != manifest.hash)
        && !manifest::is_of_older(w, &tender, scope.supplier_id, &parts, &seen).await?
    {
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
    // From here on it waits for nobody: what is stamped as in time is not written seconds later.
    ledger::hold(w, scope.procurement_id).await?;
    let received_at = w.clock().await?;
    let late = tender.has_passed(received_at);
    if late {
        may_be_late(w, invitation.id).await?;
    }
    let body = json!({
        "manifest": manifest.hash,
        "number": number,
        "late": late,
        "received_at": rfc3339(received_at),
        "member": scope.member_id,
    });
    w.record(Record::new(scope.procurement_id, "bidding.submission.submit", id, body).sealed());
    w.write_ledger().await?;
    let (_, ledger_hash) = ledger::head(w, scope.procurement_id).await?;
    let content = SubmissionContent {
        manifest: manifest.json,
        reading: serde_json::to_string(&reading)?,
        confidential,
        by: Some(caller_words(w).await?),
    };
    let row = submission::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.procurement_id),
        invitation_id: Set(invitation.id),
        number: Set(number),
        sealed: Set(compartment.close_submission(&content)?),
        manifest_hash: Set(manifest.hash),
        late: Set(late),
        received_at: Set(received_at),
        ledger_hash: Set(ledger_hash),
        withdrawn_at: Set(None),
    };
    let submission = submission::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let rows = std::iter::once(&workbook).chain(&documents).map(|draft| {
        Ok::<_, Refusal>(submission_file::ActiveModel {
            id: Set(Uuid::now_v7()),
            submission_id: Set(id),
            kind: Set(Word(draft.kind)),
            question: Set(draft.question.clone()),
            sha256: Set(draft.sha256.clone()),
            stored: Set(draft.stored.clone()),
            sealed: Set(compartment.close_file(&draft.name)?),
            size: Set(draft.size),
        })
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    submission_file::Entity::insert_many(rows).exec_without_returning(w.txn()).await?;
    let files = files_of(w, &compartment, id).await?;
    let supplier = super::invitation::supplier_of(w, scope.supplier_id).await?;
    let signed = signed::sign(w, &tender, &supplier, &submission)?;
    let receipt = Receipt {
        submission,
        manifest: content.manifest,
        files,
        typed: reading.answers.into_iter().filter(|answer| answer.typed).collect(),
        confidential: content.confidential,
        deadline: tender.deadline,
        decided: None,
        tender,
        supplier,
        submitted_by: content.by,
        signed,
    };
    letters::receipt(w, &invitation, &receipt).await?;
    Ok(receipt)
}

/// The workbook and the documents that would be submitted.
async fn drafts(
    r: &Reading,
    compartment: &Compartment,
    invitation: Uuid,
) -> Result<(DraftFile, Vec<DraftFile>), Refusal> {
    let (workbooks, documents): (Vec<_>, Vec<_>) = draft_files_of(r, compartment, invitation)
        .await?
        .into_iter()
        .filter(|row| row.readable)
        .partition(|row| row.kind == FileKind::Workbook);
    let workbook = workbooks.into_iter().next_back().ok_or_else(|| {
        Refusal::conflict("nothing_to_submit", "Upload your filled-in workbook first; then submit.")
    })?;
    Ok((workbook, documents))
}

/// Refuses where the bidder has left as many late submissions as two people can be asked to decide.
async fn may_be_late(r: &Reading, invitation: Uuid) -> Result<(), Refusal> {
    let late = submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(invitation))
        .filter(submission::Column::Late.eq(true))
        .count(r.txn())
        .await?;
    if late < late::MOST_OF_A_BIDDER {
        return Ok(());
    }
    Err(Refusal::conflict(
        "too_many_late",
        format!(
            "The deadline has passed, and {late} late submissions of yours lie in the late box. No more are taken; write to the lead council."
        ),
    ))
}

async fn last_number(r: &Reading, invitation: Uuid) -> Result<i32, Refusal> {
    let last = submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(invitation))
        .order_by_desc(submission::Column::Number)
        .one(r.txn())
        .await?;
    Ok(last.map_or(0, |row| row.number))
}

/// The submission that stands as the bid: the last one in time that was not withdrawn. Unauthorised.
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
    let body = json!({ "number": standing.number, "member": scope.member_id });
    w.record(Record::new(scope.procurement_id, "bidding.submission.withdraw", standing.id, body).sealed());
    let supplier = super::invitation::supplier_of(w, scope.supplier_id).await?;
    let by = caller_words(w).await?;
    letters::withdrawal(w, &tender, (&invitation, &supplier), &standing, (&by, now)).await?;
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
    let compartment = Compartment::of(r, scope.procurement_id, scope.invitation_id).await?;
    let content = compartment.open_submission(&submission)?;
    let typed = content.bid()?.answers.into_iter().filter(|answer| answer.typed).collect();
    let now = tender::of_id(r, scope.procurement_id).await?;
    let ManifestPack { pack } = serde_json::from_str(&content.manifest)?;
    let tender = tender::under(r, &now, &pack).await?;
    let supplier = super::invitation::supplier_of(r, scope.supplier_id).await?;
    let opened = now.procurement.opened_at.is_some();
    Ok(Receipt {
        files: files_of(r, &compartment, submission.id).await?,
        signed: signed::sign(r, &tender, &supplier, &submission)?,
        decided: if opened && submission.late { Some(late::state(r, submission.id).await?) } else { None },
        deadline: now.deadline,
        submitted_by: content.by,
        manifest: content.manifest,
        typed,
        confidential: content.confidential,
        tender,
        supplier,
        submission,
    })
}

/// The signed receipt of one of the supplier's own submissions, as a file to keep.
pub async fn receipt_file(r: &Reading, number: i32) -> Result<File, Refusal> {
    let receipt = receipt(r, number).await?;
    let reference = receipt.tender.pack.reference.replace(['/', '\\'], "-");
    Ok(File {
        name: format!("{reference}-receipt-{number}.json"),
        media_type: "application/json".to_owned(),
        bytes: serde_json::to_vec_pretty(&receipt.signed)?,
    })
}

/// A file of one of the supplier's own submissions, as it was received.
pub async fn download(r: &Reading, number: i32, file_id: Uuid) -> Result<File, Refusal> {
    let receipt = receipt(r, number).await?;
    let file = receipt.files.into_iter().find(|file| file.id == file_id);
    let file = file.ok_or_else(|| Refusal::not_found("file"))?;
    let compartment = Compartment::of_submission(r, receipt.submission.id).await?;
    let bytes = compartment.file_bytes(r, &file).await?;
    Ok(File { name: file.name, media_type: OCTETS.to_owned(), bytes })
}

/// A typed answer of one of the supplier's own submissions, as a text file.
pub async fn typed_answer(r: &Reading, number: i32, question: &str) -> Result<File, Refusal> {
    let answer = receipt(r, number).await?.typed.into_iter().find(|answer| answer.question == question);
    let answer = answer.ok_or_else(|| Refusal::not_found("typed answer"))?;
    Ok(typed::text_file(question, answer.text))
}

/// The files of a submission: the workbook, then the documents by question. Unauthorised.
pub(super) async fn files_of(
    r: &Reading,
    compartment: &Compartment,
    submission: Uuid,
) -> Result<Vec<SubmittedFile>, Refusal> {
    let mut rows = submission_file::Entity::find()
        .filter(submission_file::Column::SubmissionId.eq(submission))
        .order_by_asc(submission_file::Column::Question)
        .all(r.txn())
        .await?;
    rows.sort_by_key(|row| row.kind != Word(FileKind::Workbook));
    rows.into_iter().map(|row| compartment.open_file(row)).collect()
}
