//! The bundle of evidence of a procurement: what led to its results, in one file that anybody can check without the program's
//! database (DOMAIN rule 17). What is in it, and what it proves, is said in [`rules::evidence`].

pub mod archive;
mod records;

use std::collections::BTreeMap;

use entity::procurement;
use rules::canonical::{self, sha256_hex};
use rules::evidence::{self, Fault, Files, KIND, LedgerRow, Manifest, Signature, Verified, name};
use rules::record::{ENGINE, ENGINE_VERSION};
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use uuid::Uuid;

use self::records::Records;
use super::{lock, lot, panel};
use crate::bidding::evidence as tender_box;
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::rfc3339;
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Action, Reading, Refusal, ledger, signed};
use crate::tendering::interest::standing;
use crate::tendering::pack;

/// What the bundle says of itself, for people.
const README: &str = include_str!("README.txt");

/// The code of the refusal before the quality of every lot is locked.
const NOT_LOCKED: &str = "quality_not_locked";

/// A bundle, ready to be kept.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The name to keep it under.
    pub name: String,
    /// The archive.
    pub bytes: Vec<u8>,
}

/// Whether a caller may have the bundle: it holds every panel member's marks and every price.
#[must_use]
pub fn may_have(scope: &Scope) -> bool {
    scope.holds(Role::Coordinator) || scope.holds(Role::Observer)
}

/// The evidence of a procurement, once the quality of every lot is locked. Coordinators and observers may have it, unless they
/// are barred.
pub async fn export(r: &Reading, procurement_id: Uuid) -> Result<Bundle, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    r.caller().person()?;
    if !may_have(&scope) {
        return Err(Refusal::forbidden(
            "Only the coordinator and observers of this procurement have its evidence.",
        ));
    }
    standing::must_not_be_barred(r, &scope).await?;
    scope.must_stand_at(panel::OPENED)?;
    must_be_locked(r, &scope).await?;
    let (mut files, manifest) = compose(r, &scope, true).await?;
    sign(r, &mut files, manifest)?;
    let bytes = archive::write(&files).map_err(|error| Refusal::internal(&error))?;
    Ok(Bundle { name: format!("evidence-{}.zip", scope.procurement.reference), bytes })
}

/// Every procurement whose tender box was opened, by reference. For the program's own commands.
pub async fn opened(r: &Reading) -> Result<Vec<procurement::Model>, Refusal> {
    let rows = procurement::Entity::find()
        .filter(procurement::Column::OpenedAt.is_not_null())
        .order_by_asc(procurement::Column::Reference)
        .all(r.txn())
        .await?;
    Ok(rows)
}

/// Checks the stored records of a procurement as its bundle would be checked, and computes its results again; nothing where the
/// quality of a lot is not locked yet. For the program's own commands.
pub async fn check(r: &Reading, procurement_id: Uuid) -> Result<Option<Result<Verified, Fault>>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    match must_be_locked(r, &scope).await {
        Ok(()) => {}
        Err(refusal) if refusal.code == NOT_LOCKED => return Ok(None),
        Err(refusal) => return Err(refusal),
    }
    let (files, manifest) = compose(r, &scope, false).await?;
    Ok(Some(evidence::verify_records(&files, manifest)))
}

/// The files but for manifest and signature, and the manifest as far as it can be known before them.
async fn compose(r: &Reading, scope: &Scope, with_manifests: bool) -> Result<(Files, Manifest), Refusal> {
    let packs = pack::rows(r, scope.id()).await?;
    let submissions = tender_box::submissions(r, scope.id(), with_manifests).await?;
    let mut files = Records::read(r, scope.id()).await?.files()?;
    let (rows, head) = ledger::chain(r, scope.id()).await?;
    files.insert(name::README.to_owned(), README.as_bytes().to_vec());
    files.insert(name::SUBMISSIONS.to_owned(), json(&submissions)?);
    files.insert(name::LEDGER.to_owned(), lines(&rows)?);
    for row in packs {
        files.insert(name::pack(row.number.into()), row.body.into_bytes());
    }
    let manifest = Manifest {
        kind: KIND.to_owned(),
        procurement: scope.id().to_string(),
        reference: scope.procurement.reference.clone(),
        title: scope.procurement.title.clone(),
        made_at: rfc3339(r.now()),
        engine: ENGINE.to_owned(),
        engine_version: ENGINE_VERSION.to_owned(),
        ledger: head,
        files: BTreeMap::new(),
    };
    Ok((files, manifest))
}

/// Marks are blind and prices closed until then.
async fn must_be_locked(r: &Reading, scope: &Scope) -> Result<(), Refusal> {
    let mut open = Vec::new();
    for lot in lot::all(r, scope).await? {
        if lock::of_lot(r, lot.id).await?.is_none() {
            let code = &lot.published().code;
            open.push(FieldFault {
                field: format!("lots/{}", lot.id),
                code: NOT_LOCKED.to_owned(),
                message: format!("The quality of lot {code} is not locked yet."),
            });
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let detail = "The evidence is there once the quality of every lot is locked: until then marks and prices are closed.";
    Err(Refusal { fields: open, ..Refusal::conflict(NOT_LOCKED, detail) })
}

fn sign(r: &Reading, files: &mut Files, manifest: Manifest) -> Result<(), Refusal> {
    let hashes = files.iter().map(|(file, bytes)| (file.clone(), sha256_hex(bytes))).collect();
    let signed = signed::sign(r, &Manifest { files: hashes, ..manifest })?;
    let signature = Signature { signature: signed.signature, public_key: signed.public_key };
    files.insert(name::MANIFEST.to_owned(), signed.statement.into_bytes());
    files.insert(name::SIGNATURE.to_owned(), json(&signature)?);
    Ok(())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    canonical::to_bytes(value).map_err(|error| Refusal::internal(&error))
}

fn lines(rows: &[LedgerRow]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend(json(row)?);
        bytes.push(b'\n');
    }
    Ok(bytes)
}
