//! The tender as suppliers see it: public once it is published.

use chrono::{DateTime, Utc};
use entity::{Word, council, document, pack, procurement};
use rules::pack::Pack;
use rules::stage::Stage;
use rules::words::Part;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{File, OCTETS};
use crate::kernel::{Paging, Reading, Refusal, Slice, files};
use crate::tendering::pack as packs;

/// A published tender.
#[derive(Clone, Debug)]
pub struct Tender {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The pack in force, as stored.
    pub row: pack::Model,
    /// The same, read.
    pub pack: Pack,
    /// From this instant on a bid is late.
    pub deadline: DateTime<Utc>,
}

impl Tender {
    /// Whether the deadline has passed at an instant; at exactly the deadline it has.
    #[must_use]
    pub fn has_passed(&self, now: DateTime<Utc>) -> bool {
        now >= self.deadline
    }

    /// Whether bids are still taken: until the tender box is opened. From the deadline on they are late.
    #[must_use]
    pub fn takes_bids(&self) -> bool {
        self.procurement.stage.0 == Stage::Published
    }
}

/// The tender pack in force. Unauthorised: the caller has been let in by the operation that asks.
pub(crate) async fn of(r: &Reading, procurement: procurement::Model) -> Result<Tender, Refusal> {
    let (row, pack) = packs::current(r, procurement.id).await?;
    let deadline = procurement
        .deadline_at
        .ok_or_else(|| Refusal::internal(&format!("{} is published without a deadline", procurement.id)))?;
    Ok(Tender { procurement, row, pack, deadline })
}

/// The same tender as it was under the version of the pack with this hash. Unauthorised.
pub(super) async fn under(r: &Reading, now: &Tender, hash: &str) -> Result<Tender, Refusal> {
    if now.row.hash == hash {
        return Ok(now.clone());
    }
    let (row, pack) = packs::of_hash(r, now.procurement.id, hash).await?;
    let deadline = packs::deadline_of(&pack)?;
    Ok(Tender { procurement: now.procurement.clone(), row, pack, deadline })
}

/// The same by the procurement's key. Unauthorised.
pub(crate) async fn of_id(r: &Reading, procurement_id: Uuid) -> Result<Tender, Refusal> {
    let procurement = procurement::Entity::find_by_id(procurement_id)
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("procurement"))?;
    of(r, procurement).await
}

/// A published tender by its reference. Anybody may see it (PA23 s.20(2)(a): any supplier may tender).
pub async fn published(r: &Reading, reference: &str) -> Result<Tender, Refusal> {
    let none = || Refusal::not_found("tender");
    let procurement = procurement::Entity::find()
        .filter(procurement::Column::Reference.eq(reference))
        .one(r.txn())
        .await?
        .filter(|row| is_public(row.stage.0))
        .ok_or_else(none)?;
    of(r, procurement).await
}

fn is_public(stage: Stage) -> bool {
    !matches!(stage, Stage::Pooling | Stage::Tendering)
}

/// A council of a tender and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its name, as published.
    pub name: String,
    /// Its part.
    pub part: Part,
    /// The mail address that it takes notices at.
    pub email: String,
    /// Its public procurement organisation number, where it is known.
    pub ppon: Option<String>,
}

/// The councils of a published tender with address and identifier, the lead first (PR24 reg 13(b)). Anybody may see them.
/// Names and parts are the pack's; addresses are those that hold now, so that a bidder reaches somebody.
pub async fn contacts(r: &Reading, tender: &Tender) -> Result<Vec<Contact>, Refusal> {
    let told = &tender.pack.councils;
    let ids: Vec<Uuid> = told.iter().filter_map(|council| council.id.parse().ok()).collect();
    let rows = council::Entity::find().filter(council::Column::Id.is_in(ids)).all(r.txn()).await?;
    let contact = |named: &rules::pack::PackCouncil| {
        let row = rows.iter().find(|row| row.id.to_string() == named.id)?;
        Some(Contact {
            name: named.name.clone(),
            part: named.part,
            email: row.email.clone(),
            ppon: row.ppon.clone(),
        })
    };
    Ok(told.iter().filter_map(contact).collect())
}

/// The published pack's canonical JSON, byte for byte as it was hashed: whoever takes its SHA-256 can check what is
/// told. Anybody may have it.
pub async fn pack_json(r: &Reading, reference: &str) -> Result<File, Refusal> {
    let tender = published(r, reference).await?;
    Ok(File {
        name: format!("pack-{}.json", tender.row.hash.chars().take(8).collect::<String>()),
        media_type: "application/json".to_owned(),
        bytes: tender.row.body.into_bytes(),
    })
}

/// The tenders that take bids, by reference. Anybody may see them.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<procurement::Model>, Refusal> {
    let mut query = procurement::Entity::find().filter(procurement::Column::Stage.eq(Word(Stage::Published)));
    if let Some(after) = &paging.after {
        query = query.filter(procurement::Column::Reference.gt(after.as_str()));
    }
    let rows =
        query.order_by_asc(procurement::Column::Reference).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.reference.clone()))
}

/// A tender document, named by its SHA-256 as the pack does. Anybody may have it.
pub async fn document(r: &Reading, reference: &str, sha256: &str) -> Result<File, Refusal> {
    let tender = published(r, reference).await?;
    let told = tender
        .pack
        .documents
        .iter()
        .find(|document| document.sha256 == sha256)
        .ok_or_else(|| Refusal::not_found("document"))?;
    let row = document::Entity::find()
        .filter(document::Column::ProcurementId.eq(tender.procurement.id))
        .filter(document::Column::Sha256.eq(sha256))
        .one(r.txn())
        .await?;
    Ok(File {
        name: told.name.clone(),
        media_type: row.map_or_else(|| OCTETS.to_owned(), |row| row.media_type),
        bytes: files::bytes(r, sha256).await?,
    })
}
