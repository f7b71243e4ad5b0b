//! A later deadline (PA23 s.31, DOMAIN rules 5 and 14): the coordinator proposes it with a reason ([`proposal`]), a second
//! person confirms it ([`confirmation`]), and with the confirmation the pack has a new version in which nothing but the
//! deadline differs.
//!
//! Decided on 2026-11-25:
//! - *Who confirms.* An approver; where nobody but the proposer is one, an opener of another council than the proposer's.
//!   Never the person who proposed.
//! - *Before the deadline* any reason will do, and the proposal lapses with the deadline it would have moved: silence must not
//!   make late bids in time.
//! - *After it* only an outage of this system is a ground, and only while nothing is opened. The new deadline must still lie
//!   ahead when it is confirmed, so that every bidder who is told can use it; a deadline moved to an instant that has passed
//!   would help only those who happened to try again.
//! - *One at a time*, and while one waits the tender box is not opened: an opening cannot be undone, a wait of some hours can
//!   be borne.
//!
//! What the new deadline does in the tender box is the next stage's: submissions judged anew, openers' consents void, bidders
//! told. So the whole confirmation, in one transaction, is `bidding::extension::confirm`.

pub(crate) mod confirmation;
mod letters;
mod proposal;

use chrono::{DateTime, Utc};
use entity::{council, deadline_extension, pack, person};
use rules::extension::{ExtensionState, Terms};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::kernel::access::Scope;
use crate::kernel::{Paging, Reading, Refusal, Slice};

pub(crate) use letters::Told;
pub(crate) use proposal::outage_text;
pub use proposal::{ExtensionInput, OutageInput, Proposal, check, propose, take_back};

/// An extension, with the names in it.
#[derive(Clone, Debug)]
pub struct ExtensionView {
    /// The extension as it is stored.
    pub extension: deadline_extension::Model,
    /// How far it has come now: one whose time has passed has lapsed.
    pub state: ExtensionState,
    /// Who proposed it, with the council.
    pub proposed_by: String,
    /// Who confirmed it, with the council.
    pub confirmed_by: Option<String>,
    /// The version of the pack that it made.
    pub pack: Option<pack::Model>,
    /// Whether the caller may confirm it now.
    pub may_confirm: bool,
    /// Why not, while it waits.
    pub hindrance: Option<String>,
    /// Whether the caller may take it back now.
    pub may_take_back: bool,
}

/// What an extension says of the deadline.
pub(crate) fn terms(row: &deadline_extension::Model) -> Terms {
    Terms { kind: row.kind.0, from: row.from_deadline, to: row.to_deadline }
}

/// How far an extension has come by an instant.
pub(crate) fn state_by(row: &deadline_extension::Model, now: DateTime<Utc>) -> ExtensionState {
    row.state.0.by(now, &terms(row))
}

/// The extensions, oldest first. Everybody in the procurement may see them.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<ExtensionView>, Refusal> {
    let scope = super::reading(r, procurement_id).await?;
    let mut query = deadline_extension::Entity::find()
        .filter(deadline_extension::Column::ProcurementId.eq(procurement_id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(deadline_extension::Column::Id.gt(after));
    }
    let rows =
        query.order_by_asc(deadline_extension::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        items.push(described(r, &scope, row).await?);
    }
    Ok(Slice { items, next: slice.next })
}

/// One extension. Everybody in the procurement may see it.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<ExtensionView, Refusal> {
    let scope = super::reading(r, procurement_id).await?;
    let row = row_of(r, procurement_id, id).await?;
    described(r, &scope, row).await
}

async fn row_of(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<deadline_extension::Model, Refusal> {
    deadline_extension::Entity::find_by_id(id)
        .filter(deadline_extension::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("extension"))
}

/// The extension that waits for its second person at an instant, if one does. Unauthorised: the caller has been let in by
/// the operation that asks.
pub(crate) async fn waiting(
    r: &Reading,
    procurement_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<deadline_extension::Model>, Refusal> {
    let rows = deadline_extension::Entity::find()
        .filter(deadline_extension::Column::ProcurementId.eq(procurement_id))
        .filter(deadline_extension::Column::State.eq(entity::Word(ExtensionState::Proposed)))
        .order_by_desc(deadline_extension::Column::Id)
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().find(|row| state_by(row, now) == ExtensionState::Proposed))
}

async fn described(
    r: &Reading,
    scope: &Scope,
    row: deadline_extension::Model,
) -> Result<ExtensionView, Refusal> {
    let state = state_by(&row, r.now());
    let waits = state == ExtensionState::Proposed;
    let hindrance = match confirmation::who_may(r, scope, &row).await {
        _ if !waits => None,
        Ok(_) => None,
        Err(refusal) => Some(refusal.detail),
    };
    let confirmed_by = match row.confirmed_by.zip(row.confirmed_council_id) {
        Some((person, council)) => Some(named(r, person, council).await?),
        None => None,
    };
    let pack = match row.pack_id {
        Some(id) => pack::Entity::find_by_id(id).one(r.txn()).await?,
        None => None,
    };
    Ok(ExtensionView {
        state,
        proposed_by: named(r, row.proposed_by, row.proposed_council_id).await?,
        confirmed_by,
        pack,
        may_confirm: waits && hindrance.is_none(),
        hindrance,
        may_take_back: waits && scope.must_coordinate().is_ok(),
        extension: row,
    })
}

/// A person and the council it acted for.
async fn named(r: &Reading, person_id: Uuid, council_id: Uuid) -> Result<String, Refusal> {
    let person = person::Entity::find_by_id(person_id).one(r.txn()).await?;
    let council = council::Entity::find_by_id(council_id).one(r.txn()).await?;
    let name = person.map(|row| row.name).unwrap_or_default();
    Ok(council.map_or(name.clone(), |council| format!("{name}, {}", council.name)))
}
