//! One bidder's part of the tender box: what it hands in is closed on its way into the store and opened on its way out, here
//! and nowhere else. Who may look into it is decided before a compartment is asked for.
//!
//! In the clear stand only what the program needs before the opening and what tells nothing of a bid: sizes, instants, the
//! question a document answers, and the SHA-256 by which a receipt names a file. A file's bytes are kept under the SHA-256
//! of their ciphertext, so that equal files of two bidders do not show as equal.

use chrono::{DateTime, Utc};
use entity::word::FileKind;
use entity::{addressed_reply, draft_answer, draft_file, invitation, submission, submission_file};
use importers::bid::BidReading;
use sea_orm::EntityTrait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::draft::confidential::Confidential;
use super::draft::typed::Words;
use crate::kernel::seal::{self, Content, Seal};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Reading, Refusal, Writing, files};

/// One bidder's part of the tender box of one procurement.
#[derive(Clone)]
pub(crate) struct Compartment {
    seal: Seal,
    invitation: Uuid,
}

/// A file that was uploaded and not submitted yet, opened.
#[derive(Clone, Debug)]
pub struct DraftFile {
    /// Its key.
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// Workbook or document.
    pub kind: FileKind,
    /// The code of the question a document answers.
    pub question: Option<String>,
    /// SHA-256 of its bytes as they came, in hex.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// Whether the workbook could be read.
    pub readable: bool,
    /// What was understood and every finding, JSON.
    pub reading: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
    pub(super) stored: String,
}

/// A file of a submission, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmittedFile {
    /// Its key.
    pub id: Uuid,
    /// Workbook or document.
    pub kind: FileKind,
    /// The code of the question a document answers.
    pub question: Option<String>,
    /// SHA-256 of its bytes as they came, in hex.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    stored: String,
}

/// Bytes, closed, with the name under which they are kept. Made outside of transactions: 20 MiB take a while.
#[derive(Clone, Debug)]
pub(super) struct ClosedBytes {
    pub(super) stored: String,
    bytes: Vec<u8>,
}

/// What a draft's row holds closed.
#[derive(Serialize, Deserialize)]
struct DraftContent {
    name: String,
    reading: String,
}

/// What a submitted file's row holds closed.
#[derive(Serialize, Deserialize)]
struct FileContent {
    name: String,
}

/// What a submission's row holds closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SubmissionContent {
    /// The files, canonical JSON.
    pub(super) manifest: String,
    /// What was understood of the workbook, with the answers that were typed on the page, JSON.
    pub(super) reading: String,
    /// What the bidder has marked as confidential.
    #[serde(default)]
    pub(super) confidential: Vec<Confidential>,
    /// Who of the bidder's team submitted; none in what was submitted before teams were.
    #[serde(default)]
    pub(super) by: Option<String>,
}

/// What the row of a reply to a question holds closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReplyContent {
    /// The bidder's words.
    pub(super) text: String,
    /// Name and SHA-256 of the document as it came, in hex.
    pub(super) document: Option<(String, String)>,
}

impl SubmissionContent {
    /// What was understood of the workbook, with the answers that were typed on the page.
    pub(super) fn bid(&self) -> Result<BidReading, Refusal> {
        Ok(serde_json::from_str(&self.reading)?)
    }
}

impl Compartment {
    /// A bidder's compartment. Unauthorised.
    pub(crate) async fn of(r: &Reading, procurement: Uuid, invitation: Uuid) -> Result<Self, Refusal> {
        Ok(Self { seal: seal::of(r, procurement).await?, invitation })
    }

    /// The compartment in which a submission lies. Unauthorised.
    pub(super) async fn of_submission(r: &Reading, id: Uuid) -> Result<Self, Refusal> {
        let row = submission::Entity::find_by_id(id).one(r.txn()).await?;
        let row = row.ok_or_else(|| Refusal::internal(&format!("submission {id} is gone")))?;
        Self::of(r, row.procurement_id, row.invitation_id).await
    }

    /// The compartment of an invitation.
    pub(super) async fn of_invitation(r: &Reading, row: &invitation::Model) -> Result<Self, Refusal> {
        Self::of(r, row.procurement_id, row.id).await
    }

    fn close(&self, content: Content, value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
        self.seal.close(content, &serde_json::to_vec(value)?)
    }

    fn open<T: DeserializeOwned>(&self, content: Content, sealed: &[u8]) -> Result<T, Refusal> {
        Ok(serde_json::from_slice(&self.seal.open(content, sealed)?)?)
    }

    const fn draft(&self) -> Content {
        Content::Draft { invitation: self.invitation }
    }

    const fn words(&self) -> Content {
        Content::DraftAnswer { invitation: self.invitation }
    }

    const fn submission(&self) -> Content {
        Content::Submission { invitation: self.invitation }
    }

    const fn file(&self) -> Content {
        Content::File { invitation: self.invitation }
    }

    /// Closes a file's bytes.
    pub(super) fn close_bytes(&self, plain: &[u8]) -> Result<ClosedBytes, Refusal> {
        let bytes = self.seal.close(self.file(), plain)?;
        Ok(ClosedBytes { stored: sha256_hex(&bytes), bytes })
    }

    /// A file's bytes as they came. A copy that is not what the receipt names is a fault of the store.
    async fn bytes(&self, r: &Reading, stored: &str, sha256: &str) -> Result<Vec<u8>, Refusal> {
        let sealed = files::bytes(r, stored).await?;
        let (seal, content, sha256) = (self.seal.clone(), self.file(), sha256.to_owned());
        tokio::task::spawn_blocking(move || {
            let plain = seal.open(content, &sealed)?;
            if sha256_hex(&plain) == sha256 {
                Ok(plain)
            } else {
                Err(Refusal::internal(&format!("a stored file is not {sha256}")))
            }
        })
        .await
        .unwrap_or_else(|error| Err(Refusal::internal(&error)))
    }

    /// The bytes of a draft.
    pub(super) async fn draft_bytes(&self, r: &Reading, file: &DraftFile) -> Result<Vec<u8>, Refusal> {
        self.bytes(r, &file.stored, &file.sha256).await
    }

    /// The bytes of a submitted file.
    pub(super) async fn file_bytes(&self, r: &Reading, file: &SubmittedFile) -> Result<Vec<u8>, Refusal> {
        self.bytes(r, &file.stored, &file.sha256).await
    }

    /// Closes what a draft's row keeps to itself.
    pub(super) fn close_draft(&self, name: &str, reading: &str) -> Result<Vec<u8>, Refusal> {
        let content = DraftContent { name: name.to_owned(), reading: reading.to_owned() };
        self.close(self.draft(), &content)
    }

    /// Opens a draft's row.
    pub(super) fn open_draft(&self, row: draft_file::Model) -> Result<DraftFile, Refusal> {
        let DraftContent { name, reading } = self.open(self.draft(), &row.sealed)?;
        Ok(DraftFile {
            id: row.id,
            procurement_id: row.procurement_id,
            kind: row.kind.0,
            question: row.question,
            sha256: row.sha256,
            name,
            size: row.size,
            readable: row.readable,
            reading,
            created_at: row.created_at,
            stored: row.stored,
        })
    }

    /// Closes what a bidder has typed about a question.
    pub(super) fn close_words(&self, words: &Words) -> Result<Vec<u8>, Refusal> {
        self.close(self.words(), words)
    }

    /// Opens what a bidder has typed about a question. A row that holds what was typed about another one is a fault of the
    /// store.
    pub(super) fn open_words(&self, row: &draft_answer::Model) -> Result<Words, Refusal> {
        let words: Words = self.open(self.words(), &row.sealed)?;
        if words.question == row.question {
            return Ok(words);
        }
        Err(Refusal::internal(&format!("the draft answer {} is about another question", row.id)))
    }

    /// Closes what a submission's row keeps to itself.
    pub(super) fn close_submission(&self, content: &SubmissionContent) -> Result<Vec<u8>, Refusal> {
        self.close(self.submission(), content)
    }

    /// Opens a submission's row.
    pub(super) fn open_submission(&self, row: &submission::Model) -> Result<SubmissionContent, Refusal> {
        self.open(self.submission(), &row.sealed)
    }

    /// Closes a reply to a question.
    pub(super) fn close_reply(&self, question: Uuid, content: &ReplyContent) -> Result<Vec<u8>, Refusal> {
        self.close(Content::Reply { question }, content)
    }

    /// Opens a reply to a question.
    pub(super) fn open_reply(&self, row: &addressed_reply::Model) -> Result<ReplyContent, Refusal> {
        self.open(Content::Reply { question: row.question_id }, &row.sealed)
    }

    /// The bytes of a reply's document, and its name; none where it has none.
    pub(super) async fn reply_document(
        &self,
        r: &Reading,
        row: &addressed_reply::Model,
    ) -> Result<Option<(String, Vec<u8>)>, Refusal> {
        let (Some(stored), Some((name, sha256))) = (&row.stored, self.open_reply(row)?.document) else {
            return Ok(None);
        };
        Ok(Some((name, self.bytes(r, stored, &sha256).await?)))
    }

    /// Closes what a submitted file's row keeps to itself.
    pub(super) fn close_file(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        self.close(self.submission(), &FileContent { name: name.to_owned() })
    }

    /// Opens a submitted file's row.
    pub(super) fn open_file(&self, row: submission_file::Model) -> Result<SubmittedFile, Refusal> {
        let FileContent { name } = self.open(self.submission(), &row.sealed)?;
        Ok(SubmittedFile {
            id: row.id,
            kind: row.kind.0,
            question: row.question,
            sha256: row.sha256,
            name,
            size: row.size,
            stored: row.stored,
        })
    }
}

/// For rows that tests of later stages make by hand: a submission as it would lie in the store.
#[cfg(test)]
pub(crate) async fn closed_submission(
    w: &Writing,
    procurement: Uuid,
    invitation: Uuid,
    (manifest, reading): (&str, &str),
) -> Result<Vec<u8>, Refusal> {
    seal::make(w, procurement).await?;
    let (manifest, reading) = (manifest.to_owned(), reading.to_owned());
    let content = SubmissionContent { manifest, reading, confidential: Vec::new(), by: None };
    Compartment::of(w, procurement, invitation).await?.close_submission(&content)
}

impl ClosedBytes {
    /// Keeps them.
    pub(super) async fn keep(self, w: &Writing) -> Result<(), Refusal> {
        files::keep_hashed(w, &self.stored, self.bytes).await
    }
}
