//! Uploaded bytes, kept once under their SHA-256. Who may read a file is decided by the thing that refers to it.

use entity::stored_file;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::secrets::sha256_hex;
use super::{Reading, Refusal, Writing};

/// Keeps bytes, where they are not kept already, and tells their SHA-256. Hashing 20 MiB takes tens of milliseconds:
/// callers with large files hash before the transaction and use [`keep_hashed`].
pub async fn keep(w: &Writing, bytes: Vec<u8>) -> Result<String, Refusal> {
    let sha256 = sha256_hex(&bytes);
    keep_hashed(w, &sha256, bytes).await?;
    Ok(sha256)
}

/// Keeps bytes whose SHA-256 the caller has computed from these very bytes.
pub async fn keep_hashed(w: &Writing, sha256: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
    let row = stored_file::ActiveModel {
        sha256: Set(sha256.to_owned()),
        size: Set(size(&bytes)),
        bytes: Set(bytes),
        created_at: Set(w.now()),
    };
    stored_file::Entity::insert(row)
        .on_conflict(OnConflict::column(stored_file::Column::Sha256).do_nothing().to_owned())
        .exec_without_returning(w.txn())
        .await?;
    Ok(())
}

/// How many bytes, as the store keeps it.
#[must_use]
pub fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The bytes of a file that the caller has been let to by the thing that refers to it.
pub async fn bytes(r: &Reading, sha256: &str) -> Result<Vec<u8>, Refusal> {
    stored_file::Entity::find_by_id(sha256.to_owned())
        .one(r.txn())
        .await?
        .map(|row| row.bytes)
        .ok_or_else(|| Refusal::internal(&format!("the bytes of {sha256} are gone")))
}
