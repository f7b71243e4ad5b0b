//! Checking a workbook: read outside of any transaction, in a child of its own, and kept with all that was understood.

use entity::pack;
use entity::word::FileKind;
use importers::bid::BidReading;
use importers::{Finding, Severity, Unreadable, Workbook};
use rules::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::readback::ReadBack;
use super::{File, box_open, clean_name, drop_rows, insert, own_invitation, rows_of};
use crate::bidding::XLSX;
use crate::bidding::compartment::{Compartment, DraftFile};
use crate::bidding::tender::{self, Tender};
use crate::kernel::clock::london_text;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Caller, Db, Refusal, Writing, access, files};
use crate::tendering::pack as packs;

/// The blank bid workbook, made from the pack and named after the tender.
pub async fn blank_workbook(db: &Db, caller: &Caller) -> Result<crate::bidding::File, Refusal> {
    let tender = db
        .read(caller, |r| async move {
            let scope = access::supplier(&r)?;
            tender::of_id(&r, scope.procurement_id).await
        })
        .await?;
    tokio::task::spawn_blocking(move || {
        let bytes = importers::bid_template::write(&tender.pack, &tender.row.hash)
            .map_err(|error| Refusal::internal(&error))?;
        let name = format!("{}-bid.xlsx", tender.pack.reference.replace(['/', '\\'], "-"));
        Ok(crate::bidding::File { name, media_type: XLSX.to_owned(), bytes })
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

/// Why a workbook could not be used; kept beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// A stable word.
    pub code: String,
    /// What the supplier was told.
    pub message: String,
}

/// A workbook that was read against the pack and is not kept yet.
#[derive(Clone, Debug)]
pub struct CheckedWorkbook {
    file: File,
    reading: BidReading,
    pack: Pack,
}

/// Reads a workbook against the pack and keeps it as the draft, in place of the one before. What cannot be read, or
/// belongs to another tender, is logged with its message and refused with it; the draft of before stays.
pub async fn check_workbook(
    db: &Db,
    caller: &Caller,
    name: &str,
    bytes: Vec<u8>,
) -> Result<(DraftFile, BidReading), Refusal> {
    let checked = read_workbook(db, caller, name, bytes).await?;
    db.write(caller, move |w| async move { keep_workbook(&w, checked).await }).await
}

/// Reads a workbook against the pack and keeps nothing, not even that it was tried: what it would be as a bid, together with
/// what is on the page already.
pub async fn try_workbook(
    db: &Db,
    caller: &Caller,
    name: &str,
    bytes: Vec<u8>,
) -> Result<(BidReading, ReadBack), Refusal> {
    let name = clean_name(name)?;
    let Ground { tender, older, .. } = ground(db, caller).await?;
    let reader = db.installation().sheet_reader.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        let bytes = sized(bytes)?;
        Ok::<_, Refusal>(parse(&reader, &bytes, &name))
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))?;
    let reading = understood(&tender, &older, outcome)
        .map_err(|unread| Refusal::invalid(&unread.code, unread.message))?;
    db.read(caller, move |r| async move {
        let drafts = super::view(&r).await?;
        let pack = &drafts.tender.pack;
        let reading = super::typed::together(pack, reading, &drafts.typed, &drafts.documents);
        let back = ReadBack::new(pack, &reading, &drafts.documents);
        Ok((reading, back))
    })
    .await
}

/// What reading a workbook needs to know.
struct Ground {
    tender: Tender,
    /// The versions of the pack before the present one, newest first.
    older: Vec<(pack::Model, Pack)>,
    compartment: Compartment,
}

async fn ground(db: &Db, caller: &Caller) -> Result<Ground, Refusal> {
    db.read(caller, |r| async move {
        let scope = access::supplier(&r)?;
        let tender = tender::of_id(&r, scope.procurement_id).await?;
        box_open(&tender)?;
        let older = packs::older(&r, scope.procurement_id).await?;
        let compartment = Compartment::of(&r, scope.procurement_id, scope.invitation_id).await?;
        Ok(Ground { tender, older, compartment })
    })
    .await
}

/// Reads a workbook against the pack. Logs and refuses what cannot be used.
pub async fn read_workbook(
    db: &Db,
    caller: &Caller,
    name: &str,
    bytes: Vec<u8>,
) -> Result<CheckedWorkbook, Refusal> {
    let name = clean_name(name)?;
    let Ground { tender, older, compartment } = ground(db, caller).await?;
    let reader = db.installation().sheet_reader.clone();
    let (file, outcome) = tokio::task::spawn_blocking(move || {
        let bytes = sized(bytes)?;
        let outcome = parse(&reader, &bytes, &name);
        Ok::<_, Refusal>((File::new(&compartment, name, bytes)?, outcome))
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))?;
    match understood(&tender, &older, outcome) {
        Ok(reading) => Ok(CheckedWorkbook { file, reading, pack: tender.pack }),
        Err(unread) => {
            let refusal = Refusal::invalid(&unread.code, unread.message.clone());
            db.write(caller, move |w| async move { log_unread(&w, file, unread).await }).await?;
            Err(refusal)
        }
    }
}

/// In tests the running program is the test, which is no reading child: there the same reader runs in this process.
#[cfg(not(test))]
fn parse(reader: &importers::Reader, bytes: &[u8], name: &str) -> Result<Workbook, Unreadable> {
    reader.read(bytes, name)
}

#[cfg(test)]
fn parse(_: &importers::Reader, bytes: &[u8], name: &str) -> Result<Workbook, Unreadable> {
    importers::read_here(bytes, name)
}

/// `older` are the versions of the pack before the present one, newest first.
fn understood(
    tender: &Tender,
    older: &[(pack::Model, Pack)],
    outcome: Result<Workbook, Unreadable>,
) -> Result<BidReading, Unread> {
    let workbook = outcome.map_err(|fault| Unread { code: fault.code, message: fault.message })?;
    let reading = importers::bid::read(&tender.pack, &tender.row.hash, &workbook)
        .map_err(|refused| Unread { code: refused.code, message: refused.message })?;
    if reading.stale {
        if let Some(reading) = of_older(tender, older, &workbook) {
            return Ok(reading);
        }
        let message = reading.findings.iter().find(|finding| finding.code == "stale_pack").map_or_else(
            || "This workbook was made for another version of the tender pack.".to_owned(),
            |finding| finding.todo.clone(),
        );
        return Err(Unread { code: "stale_pack".to_owned(), message });
    }
    Ok(reading)
}

/// A workbook that was made from an older version of the pack, read line by line against the present one. Where only the
/// deadline differs it is as good as a new one, and that it is older is said.
fn of_older(tender: &Tender, older: &[(pack::Model, Pack)], workbook: &Workbook) -> Option<BidReading> {
    let (mut reading, pack) = older.iter().find_map(|(row, pack)| {
        let (new, new_hash) = (&tender.pack, &tender.row.hash);
        let reading = importers::bid::read_older(new, new_hash, pack, &row.hash, workbook).ok()?;
        (reading.pack_version == Some(pack.version)).then_some((reading, pack))
    })?;
    if pack.asks_the_same(&tender.pack) {
        reading.findings.retain(|finding| finding.code != "older_pack");
        reading.findings.push(Finding::new(
            Severity::Info,
            "older_pack",
            format!("The workbook was made for version {} of the tender pack", pack.version),
            format!(
                "The present one is version {}, in which only the deadline differs: bids are due before {} (London time). Every answer was taken as if the workbook were new.",
                tender.pack.version,
                london_text(tender.deadline)
            ),
        ));
    }
    Some(reading)
}

/// Keeps a workbook that was read, in place of the one before.
pub async fn keep_workbook(
    w: &Writing,
    checked: CheckedWorkbook,
) -> Result<(DraftFile, BidReading), Refusal> {
    let invitation = own_invitation(w).await?;
    let tender = tender::of_id(w, invitation.procurement_id).await?;
    box_open(&tender)?;
    // A deadline that was extended meanwhile changes nothing that was read.
    if !tender.pack.asks_the_same(&checked.pack) {
        return Err(Refusal::conflict(
            "pack_changed",
            "The tender pack was changed while your workbook was read. Upload it again.",
        ));
    }
    let before = rows_of(w, invitation.id).await?.into_iter();
    drop_rows(w, before.filter(|row| row.kind.0 == FileKind::Workbook)).await?;
    let reading = serde_json::to_string(&checked.reading)?;
    let file = keep(w, &invitation, checked.file, (true, &reading)).await?;
    Ok((file, checked.reading))
}

async fn log_unread(w: &Writing, file: File, unread: Unread) -> Result<(), Refusal> {
    let invitation = own_invitation(w).await?;
    keep(w, &invitation, file, (false, &serde_json::to_string(&unread)?)).await?;
    Ok(())
}

async fn keep(
    w: &Writing,
    invitation: &entity::invitation::Model,
    file: File,
    read: (bool, &str),
) -> Result<DraftFile, Refusal> {
    let file = insert(w, invitation, FileKind::Workbook, None, file, read).await?;
    let body = json!({ "sha256": file.sha256, "read": file.readable });
    w.record(Record::new(file.procurement_id, "bidding.draft.check_workbook", file.id, body).sealed());
    Ok(file)
}

/// Refuses bytes that are none, or too many.
pub(super) fn sized(bytes: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::field("file", "missing", "Choose a file that is not empty."));
    }
    if bytes.len() > importers::UPLOAD_CAP {
        return Err(Refusal::too_large("A file may have at most 20 MiB. Make it smaller, or split it."));
    }
    Ok(bytes)
}

impl File {
    /// Hashes and closes bytes, so that no transaction waits for it.
    pub(in crate::bidding) fn new(
        compartment: &Compartment,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<Self, Refusal> {
        let bytes = sized(bytes)?;
        let closed = compartment.close_bytes(&bytes)?;
        Ok(Self { name, sha256: sha256_hex(&bytes), size: files::size(&bytes), closed })
    }
}
