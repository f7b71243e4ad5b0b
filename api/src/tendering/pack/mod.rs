//! The tender pack: put together from the tables, checked, published, and from then on read only.

mod draft;
mod faults;
mod versions;

use chrono::{DateTime, Utc};
use entity::{Word, council, pack, participation, procurement};
use rules::method::LotMethod;
use rules::pack::{Pack, PackLot};
use rules::words::{Part, ParticipationState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{changing, laboratory, letters, reading};
use crate::kernel::clock::rfc3339;
use crate::kernel::ledger::Record;
use crate::kernel::refusal::FieldFault;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Reading, Refusal, Writing, seal};

pub use faults::faults;
pub use versions::{PackVersion, versions};
pub(crate) use versions::{deadline_of, older, older_alike, rows};

/// A pack, published or as it would be published now.
#[derive(Clone, Debug)]
pub struct PackView {
    /// The procurement, with the version that publishing must name.
    pub procurement: procurement::Model,
    /// The published row; none while the pack is a draft.
    pub published: Option<pack::Model>,
    /// SHA-256 of the pack's canonical JSON, in hex; none where a draft has no canonical form.
    pub hash: Option<String>,
    /// The pack.
    pub pack: Pack,
}

/// The pack as it would be published now, made from the tables.
pub async fn draft(r: &Reading, procurement_id: Uuid) -> Result<PackView, Refusal> {
    let scope = reading(r, procurement_id).await?;
    let pack = draft::compose(r, &scope.procurement).await?;
    Ok(PackView { procurement: scope.procurement, published: None, hash: pack.hash().ok(), pack })
}

/// The published pack, or the draft where none is published yet. For those who take part in the procurement.
pub async fn view(r: &Reading, procurement_id: Uuid) -> Result<PackView, Refusal> {
    let scope = reading(r, procurement_id).await?;
    if latest(r, procurement_id).await?.is_none() {
        return draft(r, procurement_id).await;
    }
    let (row, pack) = current(r, procurement_id).await?;
    let hash = Some(row.hash.clone());
    Ok(PackView { procurement: scope.procurement, published: Some(row), hash, pack })
}

/// The published pack's canonical JSON, byte for byte as it was hashed. For those who take part in the procurement.
pub async fn json(r: &Reading, procurement_id: Uuid) -> Result<pack::Model, Refusal> {
    reading(r, procurement_id).await?;
    latest(r, procurement_id).await?.ok_or_else(|| Refusal::not_found("published pack"))
}

/// The pack that is in force. The caller has been let in by the operation that asks.
pub(crate) async fn current(r: &Reading, procurement_id: Uuid) -> Result<(pack::Model, Pack), Refusal> {
    let row = latest(r, procurement_id).await?.ok_or_else(|| Refusal::not_found("published pack"))?;
    let pack = parse(&row)?;
    Ok((row, pack))
}

/// The version of this hash. The caller has been let in by the operation that asks.
pub(crate) async fn of_hash(
    r: &Reading,
    procurement_id: Uuid,
    hash: &str,
) -> Result<(pack::Model, Pack), Refusal> {
    let row = pack::Entity::find()
        .filter(pack::Column::ProcurementId.eq(procurement_id))
        .filter(pack::Column::Hash.eq(hash))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::internal(&format!("there is no published pack {hash}")))?;
    let pack = parse(&row)?;
    Ok((row, pack))
}

async fn latest(r: &Reading, procurement_id: Uuid) -> Result<Option<pack::Model>, Refusal> {
    Ok(pack::Entity::find()
        .filter(pack::Column::ProcurementId.eq(procurement_id))
        .order_by_desc(pack::Column::Number)
        .one(r.txn())
        .await?)
}

/// Reads a stored pack. One whose bytes are no longer those that were hashed is never worked with.
fn parse(row: &pack::Model) -> Result<Pack, Refusal> {
    if sha256_hex(&row.body) != row.hash {
        return Err(Refusal::internal(&format!("the published pack {} does not match its hash", row.id)));
    }
    Ok(serde_json::from_str(&row.body)?)
}

/// Publishes: checks everything and says all that is wrong at once, freezes the pack's canonical JSON with its hash,
/// moves the procurement to the stage of bidding, and tells the partner councils. Only the coordinator; nothing here can
/// be changed afterwards. `seen` is the procurement's version; `draft_hash`, where given, the hash of the draft that was
/// looked at, so that nothing is published that its publisher has not seen.
pub async fn publish(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    draft_hash: Option<&str>,
) -> Result<PackView, Refusal> {
    let scope = changing(w, procurement_id).await?;
    let publisher = w.caller().person()?.id;
    if scope.procurement.version != seen {
        return Err(Refusal::stale());
    }
    let draft = draft::compose(w, &scope.procurement).await?;
    let now = w.clock().await?;
    let wrong = faults::of(w, &scope, &draft, now).await?;
    if !wrong.is_empty() {
        let fields = wrong.into_iter().map(|fault| FieldFault {
            field: fault.place,
            code: fault.code.to_owned(),
            message: fault.message,
        });
        return Err(Refusal::fields(fields.collect()));
    }
    let row = add_version(w, &draft, procurement_id, publisher, w.now()).await?;
    let hash = row.hash.clone();
    if draft_hash.is_some_and(|looked_at| looked_at != hash) {
        return Err(Refusal::stale());
    }
    let procurement = advance(w, scope.procurement, seen).await?;
    let tests = laboratory::told(w, procurement_id, &draft).await?;
    let methods = methods(&draft)?;
    let facts = json!({
        "pack": row.id, "number": row.number, "hash": hash, "deadline": draft.deadline, "tests": tests, "methods": methods,
    });
    w.record(Record::new(procurement_id, "tendering.pack.publish", row.id, facts));
    seal::make(w, procurement_id).await?;
    for (council, _) in partners(w, procurement_id).await? {
        letters::published(w, &procurement, &row, &council).await?;
    }
    Ok(PackView { procurement, published: Some(row), hash: Some(hash), pack: draft })
}

/// Each lot's method by its hash, as every result of the lot names it.
fn methods(pack: &Pack) -> Result<serde_json::Value, Refusal> {
    let of = |lot: &PackLot| {
        let hash = LotMethod::of(pack, lot).hash().map_err(|error| Refusal::internal(&error))?;
        Ok(json!({ "lot": lot.id, "hash": hash }))
    };
    pack.lots.iter().map(of).collect()
}

/// Freezes a version of the pack: its canonical JSON and the hash over it.
pub(super) async fn add_version(
    w: &Writing,
    pack: &Pack,
    procurement_id: Uuid,
    publisher: Uuid,
    at: DateTime<Utc>,
) -> Result<pack::Model, Refusal> {
    let bytes = rules::canonical::to_bytes(pack).map_err(|error| Refusal::internal(&error))?;
    let body = String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?;
    let row = pack::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        number: Set(i32::try_from(pack.version).map_err(|error| Refusal::internal(&error))?),
        hash: Set(sha256_hex(&body)),
        body: Set(body),
        published_at: Set(at),
        published_by: Set(publisher),
    };
    Ok(pack::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

async fn advance(
    w: &Writing,
    procurement: procurement::Model,
    seen: i64,
) -> Result<procurement::Model, Refusal> {
    let next = procurement.stage.0.publish().map_err(|error| Refusal::internal(&error))?;
    let changed = procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(Word(next)))
        .col_expr(procurement::Column::Version, Expr::value(seen + 1))
        .filter(procurement::Column::Id.eq(procurement.id))
        .filter(procurement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    Ok(procurement::Model { stage: Word(next), version: seen + 1, ..procurement })
}

/// The councils that take part beside the lead, with their parts, by name.
pub(super) async fn partners(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<(council::Model, participation::Model)>, Refusal> {
    let mut all = taking_part(r, procurement_id).await?;
    all.retain(|(_, part)| part.part.0 != Part::Lead);
    Ok(all)
}

/// The councils that have accepted their part, the lead first, then by name.
async fn taking_part(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<(council::Model, participation::Model)>, Refusal> {
    let parts = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(procurement_id))
        .filter(participation::Column::State.eq(Word(ParticipationState::Accepted)))
        .all(r.txn())
        .await?;
    let councils = council::Entity::find()
        .filter(council::Column::Id.is_in(parts.iter().map(|part| part.council_id)))
        .order_by_asc(council::Column::Name)
        .all(r.txn())
        .await?;
    let mut all: Vec<_> = councils
        .into_iter()
        .filter_map(|council| {
            let part = parts.iter().find(|part| part.council_id == council.id)?.clone();
            Some((council, part))
        })
        .collect();
    // Stable: the names stay in order behind the lead, whatever the database's collation.
    all.sort_by(|(a, x), (b, y)| {
        (x.part.0 != Part::Lead).cmp(&(y.part.0 != Part::Lead)).then_with(|| a.name.cmp(&b.name))
    });
    Ok(all)
}

/// When a pack was published, as machines read it.
#[must_use]
pub fn published_text(row: &pack::Model) -> String {
    rfc3339(row.published_at)
}
