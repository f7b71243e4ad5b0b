//! What a supplier has prepared and not yet submitted: one workbook, and for a question a document, an answer typed on its
//! page ([`typed`]), and what of it is confidential ([`confidential`]). Which of several counts is in [`answers`]; what was
//! understood of all in [`readback`]; what it changes against the submission that stands in [`difference`]. Only the
//! supplier itself reaches any of it.

pub mod answers;
pub mod confidential;
pub mod difference;
pub mod media;
pub mod readback;
pub mod typed;
mod workbook;

use std::collections::BTreeMap;

use entity::word::FileKind;
use entity::{Word, draft_file, invitation, stored_file, submission, submission_file, supplier};
use importers::bid::{BidReading, Missing, TextAnswer};
use rules::pack::Pack;
use sea_orm::sea_query::Query;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

pub use confidential::Confidential;
use typed::KeptWords;
pub use workbook::{
    CheckedWorkbook, Unread, blank_workbook, check_workbook, keep_workbook, read_workbook, try_workbook,
};

use super::OCTETS;
use super::compartment::{ClosedBytes, Compartment, DraftFile};
use super::invitation::team;
use super::manifest::{self, Parts};
use super::tender::{self, Tender};
use crate::kernel::ledger::Record;
use crate::kernel::{Caller, Db, Reading, Refusal, Writing, access};

/// The most files a bidder keeps as drafts.
pub const MOST_FILES: usize = 40;
/// The most bytes a bidder keeps as drafts (200 MiB).
pub const MOST_BYTES: i64 = 200 * 1024 * 1024;

/// An uploaded file before it is kept: closed already.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) size: i64,
    pub(super) closed: ClosedBytes,
}

/// Everything a supplier has uploaded, and what that would be as a bid.
#[derive(Clone, Debug)]
pub struct Drafts {
    /// The tender.
    pub tender: Tender,
    /// The supplier.
    pub supplier: supplier::Model,
    /// The workbook that would be submitted, with what was understood of it together with what was typed on the page.
    pub workbook: Option<(DraftFile, BidReading)>,
    /// The answers in the workbook, those among them that a typed one replaces.
    pub in_workbook: Vec<TextAnswer>,
    /// What was typed on the page, by the question's code.
    pub(super) typed: BTreeMap<String, KeptWords>,
    /// What is marked as confidential.
    pub confidential: Vec<Confidential>,
    /// Workbooks that could not be used, with what was said.
    pub unread: Vec<(DraftFile, Unread)>,
    /// Documents, in the order of the questions.
    pub documents: Vec<DraftFile>,
    /// What is still unanswered, all together.
    pub missing: Missing,
    /// SHA-256 of the manifest that a submission would have now.
    pub manifest_hash: Option<String>,
    /// The submission that stands, if one does.
    pub standing: Option<submission::Model>,
    /// Whether the submission that stands consists of the same files and words, submitted under this pack or an older one that asks
    /// the same.
    pub unchanged: bool,
}

impl Drafts {
    /// Whether what is uploaded differs from what was last submitted.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.manifest_hash.is_some() && !self.unchanged
    }

    /// Whether the workbook has findings that must be confirmed before it is submitted.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.workbook.as_ref().is_some_and(|(_, reading)| reading.has_errors())
    }

    /// What a submission would consist of, once there is a workbook.
    #[must_use]
    pub(super) fn parts(&self) -> Option<Parts<'_>> {
        let (workbook, reading) = self.workbook.as_ref()?;
        let (documents, confidential) = (self.documents.as_slice(), self.confidential.as_slice());
        Some(Parts { workbook, documents, reading, confidential })
    }

    /// Every file, newest last.
    #[must_use]
    pub fn files(&self) -> Vec<&DraftFile> {
        let mut files: Vec<_> = self.workbook.iter().map(|(row, _)| row).collect();
        files.extend(self.unread.iter().map(|(row, _)| row));
        files.extend(&self.documents);
        files.sort_by_key(|row| row.id);
        files
    }
}

/// The supplier's own drafts.
pub async fn view(r: &Reading) -> Result<Drafts, Refusal> {
    let scope = access::supplier(r)?;
    let tender = tender::of_id(r, scope.procurement_id).await?;
    let supplier = super::invitation::supplier_of(r, scope.supplier_id).await?;
    let compartment = Compartment::of(r, scope.procurement_id, scope.invitation_id).await?;
    let rows = files_of(r, &compartment, scope.invitation_id).await?;
    let typed = typed::of_invitation(r, &compartment, scope.invitation_id).await?;
    let mut drafts = Drafts {
        standing: super::submission::standing(r, scope.invitation_id).await?,
        workbook: None,
        in_workbook: Vec::new(),
        confidential: confidential::of(&tender.pack, &typed),
        typed,
        unread: Vec::new(),
        documents: Vec::new(),
        missing: Missing::default(),
        manifest_hash: None,
        unchanged: false,
        supplier,
        tender,
    };
    for row in rows {
        match (row.kind, row.readable) {
            (FileKind::Document, _) => drafts.documents.push(row),
            (FileKind::Workbook, true) => {
                let reading = serde_json::from_str(&row.reading)?;
                drafts.workbook = Some((row, reading));
            }
            (FileKind::Workbook, false) => {
                let unread = serde_json::from_str(&row.reading)?;
                drafts.unread.push((row, unread));
            }
        }
    }
    let order = questions(&drafts.tender.pack);
    drafts.documents.sort_by_key(|row| order.iter().position(|code| Some(*code) == row.question.as_deref()));
    if let Some((row, reading)) = drafts.workbook.take() {
        drafts.in_workbook.clone_from(&reading.answers);
        let reading = typed::together(&drafts.tender.pack, reading, &drafts.typed, &drafts.documents);
        drafts.missing = reading.missing.clone();
        drafts.workbook = Some((row, reading));
    }
    if let Some(parts) = drafts.parts() {
        let tender = &drafts.tender;
        let manifest = manifest::of((tender, &tender.row.hash), scope.supplier_id, &parts)?;
        let unchanged = match drafts.standing.as_ref().map(|row| row.manifest_hash.as_str()) {
            Some(hash) if hash == manifest.hash => true,
            Some(hash) => manifest::is_of_older(r, tender, scope.supplier_id, &parts, hash).await?,
            None => false,
        };
        (drafts.unchanged, drafts.manifest_hash) = (unchanged, Some(manifest.hash));
    }
    Ok(drafts)
}

fn questions(pack: &Pack) -> Vec<&str> {
    pack.lots.iter().flat_map(|lot| lot.questions()).map(|question| question.code.as_str()).collect()
}

/// The questions that a document may answer: code and title.
#[must_use]
pub fn document_questions(pack: &Pack) -> Vec<(String, String)> {
    pack.lots
        .iter()
        .flat_map(|lot| lot.questions())
        .filter(|node| node.question.as_ref().is_some_and(|question| question.document))
        .map(|node| (node.code.clone(), node.title.clone()))
        .collect()
}

/// The drafts of an invitation, opened, oldest first. Unauthorised.
pub(super) async fn files_of(
    r: &Reading,
    compartment: &Compartment,
    invitation: Uuid,
) -> Result<Vec<DraftFile>, Refusal> {
    rows_of(r, invitation).await?.into_iter().map(|row| compartment.open_draft(row)).collect()
}

/// The drafts of an invitation as they lie in the store, oldest first. Unauthorised.
async fn rows_of(r: &Reading, invitation: Uuid) -> Result<Vec<draft_file::Model>, Refusal> {
    Ok(draft_file::Entity::find()
        .filter(draft_file::Column::InvitationId.eq(invitation))
        .order_by_asc(draft_file::Column::Id)
        .all(r.txn())
        .await?)
}

/// Adds a document that answers a question, in place of the one before. Only questions that allow a document take one.
pub async fn add_document(
    db: &Db,
    caller: &Caller,
    question: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<DraftFile, Refusal> {
    let document = read_document(db, caller, question, name, bytes).await?;
    db.write(caller, move |w| async move { keep_document(&w, document).await }).await
}

/// A document that is hashed and closed, and not kept yet.
#[derive(Clone, Debug)]
pub struct NewDocument {
    question: String,
    file: File,
}

/// Hashes and closes a document of a kind that is taken, outside of any transaction that writes.
pub async fn read_document(
    db: &Db,
    caller: &Caller,
    question: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<NewDocument, Refusal> {
    let (question, name) = (question.trim().to_owned(), clean_name(name)?);
    let compartment = db
        .read(caller, |r| async move {
            let scope = access::supplier(&r)?;
            Compartment::of(&r, scope.procurement_id, scope.invitation_id).await
        })
        .await?;
    let file = document(compartment, name, bytes).await?;
    Ok(NewDocument { question, file })
}

/// A document of a kind that is taken, hashed and closed, away from the threads that serve.
pub(super) async fn document(
    compartment: Compartment,
    name: String,
    bytes: Vec<u8>,
) -> Result<File, Refusal> {
    tokio::task::spawn_blocking(move || {
        let bytes = workbook::sized(bytes)?;
        media::check(&name, &bytes)?;
        File::new(&compartment, name, bytes)
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

/// Keeps a document that was closed.
pub async fn keep_document(w: &Writing, document: NewDocument) -> Result<DraftFile, Refusal> {
    let NewDocument { question, file } = document;
    let invitation = own_invitation(w).await?;
    let tender = tender::of_id(w, invitation.procurement_id).await?;
    box_open(&tender)?;
    let allowed = document_questions(&tender.pack);
    if !allowed.iter().any(|(code, _)| *code == question) {
        let codes: Vec<_> = allowed.into_iter().map(|(code, _)| code).collect();
        let what = if codes.is_empty() {
            "No question of this tender takes a document. Answer in the workbook.".to_owned()
        } else {
            format!("Choose the question that the document answers: {}.", codes.join(", "))
        };
        return Err(Refusal::field("question", "not_a_document_question", what));
    }
    let before = rows_of(w, invitation.id).await?.into_iter();
    drop_rows(w, before.filter(|row| row.question.as_deref() == Some(question.as_str()))).await?;
    let row = insert(w, &invitation, FileKind::Document, Some(question), file, (true, "{}")).await?;
    let body = json!({ "sha256": row.sha256, "question": row.question });
    w.record(Record::new(row.procurement_id, "bidding.draft.add_document", row.id, body).sealed());
    Ok(row)
}

/// Keeps a file as a draft: its bytes, and a row with whether it was read and what was understood.
async fn insert(
    w: &Writing,
    invitation: &invitation::Model,
    kind: FileKind,
    question: Option<String>,
    file: File,
    (readable, reading): (bool, &str),
) -> Result<DraftFile, Refusal> {
    make_room(w, invitation.id, file.size).await?;
    let compartment = Compartment::of_invitation(w, invitation).await?;
    let row = draft_file::ActiveModel {
        id: Set(Uuid::now_v7()),
        invitation_id: Set(invitation.id),
        procurement_id: Set(invitation.procurement_id),
        kind: Set(Word(kind)),
        question: Set(question),
        sha256: Set(file.sha256),
        stored: Set(file.closed.stored.clone()),
        size: Set(file.size),
        readable: Set(readable),
        sealed: Set(compartment.close_draft(&file.name, reading)?),
        created_at: Set(w.now()),
    };
    file.closed.keep(w).await?;
    compartment.open_draft(draft_file::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

/// Removes a draft, and its bytes where nothing else refers to them. What was submitted stays as it is.
pub async fn remove(w: &Writing, id: Uuid) -> Result<DraftFile, Refusal> {
    let invitation = own_invitation(w).await?;
    let row = own(w, id).await?;
    let file = Compartment::of_invitation(w, &invitation).await?.open_draft(row.clone())?;
    let body = json!({ "sha256": row.sha256, "invitation": invitation.id });
    w.record(Record::new(row.procurement_id, "bidding.draft.remove", row.id, body).sealed());
    drop_rows(w, std::iter::once(row)).await?;
    Ok(file)
}

/// A file the supplier has uploaded, as it was.
pub async fn download(r: &Reading, id: Uuid) -> Result<super::File, Refusal> {
    let row = own(r, id).await?;
    let compartment = Compartment::of(r, row.procurement_id, row.invitation_id).await?;
    let file = compartment.open_draft(row)?;
    let bytes = compartment.draft_bytes(r, &file).await?;
    Ok(super::File { name: file.name, media_type: OCTETS.to_owned(), bytes })
}

async fn own(r: &Reading, id: Uuid) -> Result<draft_file::Model, Refusal> {
    let scope = access::supplier(r)?;
    draft_file::Entity::find_by_id(id)
        .filter(draft_file::Column::InvitationId.eq(scope.invitation_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("file"))
}

/// The caller's invitation, locked: one upload, submission or change of a team at a time, so that quotas and numbers hold.
/// Refuses whoever has lost its secret while it waited for its turn.
pub(super) async fn own_invitation(w: &Writing) -> Result<invitation::Model, Refusal> {
    let scope = access::supplier(w)?;
    let row = invitation::Entity::find_by_id(scope.invitation_id).lock_exclusive().one(w.txn()).await?;
    let row = row.ok_or_else(|| Refusal::not_found("invitation"))?;
    if team::has_access(w, scope.member_id).await? { Ok(row) } else { Err(Refusal::unauthenticated()) }
}

/// Refuses once the tender box is opened: from then on nothing is taken, late or not.
pub(super) fn box_open(tender: &Tender) -> Result<(), Refusal> {
    if tender.takes_bids() {
        return Ok(());
    }
    Err(Refusal::conflict("box_opened", "The tender box has been opened. Bids are no longer taken."))
}

/// Refuses where a further file would go over what a bidder may keep.
async fn make_room(w: &Writing, invitation: Uuid, size: i64) -> Result<(), Refusal> {
    let rows = rows_of(w, invitation).await?;
    let bytes = rows.iter().map(|row| row.size).sum::<i64>().saturating_add(size);
    if rows.len() >= MOST_FILES || bytes > MOST_BYTES {
        return Err(Refusal::field(
            "file",
            "quota",
            format!("You may keep {MOST_FILES} files of together 200 MiB here. Remove some first."),
        ));
    }
    Ok(())
}

/// Deletes drafts of the invitation that the caller has locked.
async fn drop_rows(w: &Writing, rows: impl Iterator<Item = draft_file::Model>) -> Result<(), Refusal> {
    for row in rows {
        draft_file::Entity::delete_by_id(row.id).exec(w.txn()).await?;
        forget(w, &row.stored).await?;
    }
    Ok(())
}

/// Deletes closed bytes to which no submission refers. Nothing else can: every upload is closed anew.
async fn forget(w: &Writing, stored: &str) -> Result<(), Refusal> {
    let hashes = stored_file::Column::Sha256;
    let submitted =
        Query::select().column(submission_file::Column::Stored).from(submission_file::Entity).to_owned();
    stored_file::Entity::delete_many()
        .filter(hashes.eq(stored))
        .filter(hashes.not_in_subquery(submitted))
        .exec(w.txn())
        .await?;
    Ok(())
}

/// A file's name without folders and control characters.
pub(super) fn clean_name(name: &str) -> Result<String, Refusal> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    let clean = clean.trim();
    if clean.is_empty() {
        return Err(Refusal::field("name", "missing", "Give the file a name."));
    }
    Ok(clean.to_owned())
}
