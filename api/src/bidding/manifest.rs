//! The manifest of a submission: what it consists of, as its hash covers it. Receipts name the hash, and by it the program
//! tells whether anything was changed since.

use importers::bid::BidReading;
use rules::canonical;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::compartment::DraftFile;
use super::draft::Confidential;
use super::tender::Tender;
use crate::kernel::{Reading, Refusal};
use crate::tendering::pack as packs;

/// What a submission consists of.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) workbook: &'a DraftFile,
    pub(super) documents: &'a [DraftFile],
    /// What was understood of the workbook, with the answers that were typed.
    pub(super) reading: &'a BidReading,
    pub(super) confidential: &'a [Confidential],
}

#[derive(Serialize)]
struct Body<'a> {
    procurement: Uuid,
    reference: &'a str,
    pack: &'a str,
    supplier: Uuid,
    files: Vec<NamedFile<'a>>,
    // Left out where there are none, so that manifests of before there were any stay as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    typed: Vec<TypedAnswer<'a>>,
    #[serde(skip_serializing_if = "<[Confidential]>::is_empty")]
    confidential: &'a [Confidential],
}

#[derive(Serialize)]
struct NamedFile<'a> {
    kind: String,
    question: Option<&'a str>,
    name: &'a str,
    sha256: &'a str,
    size: i64,
}

/// A typed answer: as with files, its bytes (UTF-8) are named by their hash.
#[derive(Serialize)]
struct TypedAnswer<'a> {
    question: &'a str,
    sha256: String,
    words: i64,
}

/// A manifest as it is stored.
pub(super) struct Manifest {
    pub(super) json: String,
    /// SHA-256 of the canonical JSON, in hex.
    pub(super) hash: String,
}

/// The one fact of a stored manifest that a receipt is signed with again.
#[derive(Deserialize)]
pub(super) struct ManifestPack {
    pub(super) pack: String,
}

/// The manifest of a submission under a version of the pack: canonical JSON, the same for the same files and words of the
/// same bidder.
pub(super) fn of(
    (tender, pack): (&Tender, &str),
    supplier: Uuid,
    parts: &Parts<'_>,
) -> Result<Manifest, Refusal> {
    let mut documents: Vec<&DraftFile> = parts.documents.iter().collect();
    documents.sort_by(|a, b| a.question.cmp(&b.question));
    let files = std::iter::once(parts.workbook).chain(documents).map(|row| NamedFile {
        kind: row.kind.to_string(),
        question: row.question.as_deref(),
        name: &row.name,
        sha256: &row.sha256,
        size: row.size,
    });
    let mut typed: Vec<TypedAnswer<'_>> = parts
        .reading
        .answers
        .iter()
        .filter(|answer| answer.typed)
        .map(|answer| TypedAnswer {
            question: &answer.question,
            sha256: canonical::sha256_hex(answer.text.as_bytes()),
            words: answer.words.into(),
        })
        .collect();
    typed.sort_by_key(|answer| answer.question);
    let body = Body {
        procurement: tender.procurement.id,
        reference: &tender.pack.reference,
        pack,
        supplier,
        files: files.collect(),
        typed,
        confidential: parts.confidential,
    };
    let bytes = canonical::to_bytes(&body).map_err(|error| Refusal::internal(&error))?;
    let hash = canonical::sha256_hex(&bytes);
    let json = String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?;
    Ok(Manifest { json, hash })
}

/// Whether a hash is of the manifest that the same parts make under an older version of the pack that asks the same: what
/// was seen or submitted before the deadline was extended is still the same bid.
pub(super) async fn is_of_older(
    r: &Reading,
    tender: &Tender,
    supplier: Uuid,
    parts: &Parts<'_>,
    hash: &str,
) -> Result<bool, Refusal> {
    for (row, _) in packs::older_alike(r, tender.procurement.id).await? {
        if of((tender, &row.hash), supplier, parts)?.hash == hash {
            return Ok(true);
        }
    }
    Ok(false)
}
