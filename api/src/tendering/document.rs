//! Tender documents: files that every bidder can download.

use entity::{document, stored_file};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{changing, reading};
use crate::kernel::ledger::Record;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is served where the sender's media type cannot be told.
const UNKNOWN_MEDIA: &str = "application/octet-stream";

/// A file as it was sent.
#[derive(Clone, Debug, Default)]
pub struct DocumentInput {
    /// The file's name.
    pub name: String,
    /// Its media type, as the sender says.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that was checked and hashed, before any transaction.
#[derive(Clone, Debug)]
pub struct PreparedDocument {
    name: String,
    media_type: String,
    sha256: String,
    size: i64,
    bytes: Vec<u8>,
}

/// A file with its bytes, to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Checks and hashes a file. Done before the transaction: hashing 20 MiB would keep other writers waiting.
pub async fn prepare(input: DocumentInput) -> Result<PreparedDocument, Refusal> {
    tokio::task::spawn_blocking(move || check(input)).await.map_err(|error| Refusal::internal(&error))?
}

fn check(input: DocumentInput) -> Result<PreparedDocument, Refusal> {
    if input.bytes.len() > importers::UPLOAD_CAP {
        return Err(Refusal::too_large("A document may have at most 20 MiB."));
    }
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 200);
    let plain = !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\'));
    faults.require(plain, "name", "not_a_file_name", "Use a file's name without folders.");
    faults.require(!input.bytes.is_empty(), "file", "empty_file", "This file is empty: choose another.");
    faults.done()?;
    let size = i64::try_from(input.bytes.len()).map_err(|error| Refusal::internal(&error))?;
    let media_type = media_type(&input.media_type);
    Ok(PreparedDocument { name, media_type, sha256: sha256_hex(&input.bytes), size, bytes: input.bytes })
}

/// A media type without parameters; what is none becomes plain bytes, because it goes out in a header again.
fn media_type(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match essence.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) && essence.len() <= 127 => essence,
        _ => UNKNOWN_MEDIA.to_owned(),
    }
}

/// Adds a document. Only the coordinator, before publication.
pub async fn add(
    w: &Writing,
    procurement_id: Uuid,
    file: PreparedDocument,
) -> Result<document::Model, Refusal> {
    changing(w, procurement_id).await?;
    let there = all(w, procurement_id).await?;
    let wanted = file.name.to_uppercase();
    if there.iter().any(|document| document.name.to_uppercase() == wanted) {
        let message = "A document of this name is there already: remove it first, or rename this one.";
        return Err(Refusal::field("name", "already_exists", message));
    }
    let stored = stored_file::ActiveModel {
        sha256: Set(file.sha256.clone()),
        size: Set(file.size),
        bytes: Set(file.bytes),
        created_at: Set(w.now()),
    };
    // The same bytes are kept once, whoever sent them.
    stored_file::Entity::insert(stored).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
    let row = document::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        name: Set(file.name),
        media_type: Set(file.media_type),
        sha256: Set(file.sha256),
        size: Set(file.size),
        position: Set(there.last().map_or(1, |document| document.position + 1)),
        created_at: Set(w.now()),
    };
    let document = document::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({ "name": document.name, "sha256": document.sha256, "size": document.size });
    w.record(Record::new(procurement_id, "tendering.document.add", document.id, body));
    Ok(document)
}

/// Removes a document from the tender. Its bytes stay stored: the ledger names their hash. Only the coordinator, before
/// publication.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    document_id: Uuid,
) -> Result<document::Model, Refusal> {
    changing(w, procurement_id).await?;
    let document = find(w, procurement_id, document_id).await?;
    document::Entity::delete_many().filter(document::Column::Id.eq(document_id)).exec(w.txn()).await?;
    let body = json!({ "name": document.name, "sha256": document.sha256 });
    w.record(Record::new(procurement_id, "tendering.document.remove", document_id, body));
    Ok(document)
}

/// The documents in their order.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<document::Model>, Refusal> {
    reading(r, procurement_id).await?;
    paging.cut_whole(all(r, procurement_id).await?, |document| document.id.to_string())
}

/// A document with its bytes, for those who take part in the procurement.
pub async fn download(r: &Reading, procurement_id: Uuid, document_id: Uuid) -> Result<DocumentFile, Refusal> {
    reading(r, procurement_id).await?;
    file(r, procurement_id, document_id).await
}

/// The documents in their order. The caller has been let in by the operation that asks.
pub(crate) async fn all(r: &Reading, procurement_id: Uuid) -> Result<Vec<document::Model>, Refusal> {
    Ok(document::Entity::find()
        .filter(document::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(document::Column::Position)
        .order_by_asc(document::Column::Name)
        .all(r.txn())
        .await?)
}

/// A document with its bytes. The caller has been let in by the operation that asks: bidders read documents of a
/// published tender through it.
pub(crate) async fn file(
    r: &Reading,
    procurement_id: Uuid,
    document_id: Uuid,
) -> Result<DocumentFile, Refusal> {
    let document = find(r, procurement_id, document_id).await?;
    let stored = stored_file::Entity::find_by_id(document.sha256.clone())
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::internal(&"a document lost its bytes"))?;
    Ok(DocumentFile { name: document.name, media_type: document.media_type, bytes: stored.bytes })
}

async fn find(r: &Reading, procurement_id: Uuid, document_id: Uuid) -> Result<document::Model, Refusal> {
    document::Entity::find_by_id(document_id)
        .filter(document::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("document"))
}
