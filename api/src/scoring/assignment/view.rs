//! Who marks what, as everybody with a part in the procurement may see it: members' names, nothing about bids.

use std::collections::BTreeMap;

use entity::assignment;
use rules::evidence::AssignmentRow;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::assign::{has_marks, panel_members};
use super::{Current, DIVIDING, SHOWING, of_lot};
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Action, Reading, Refusal};
use crate::people::person::{names, with_councils};
use crate::scoring::lot::{self, Lot};
use crate::scoring::panel;

/// Somebody to whom parts of a lot can be assigned.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The person.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its council.
    pub council: String,
}

/// Who marks what of a lot.
#[derive(Clone, Debug)]
pub struct Divided {
    /// The lot.
    pub lot: Lot,
    /// The division in force.
    pub current: Current,
    /// The panel, by council and name, and whoever is still assigned without being on it.
    pub panel: Vec<Candidate>,
    /// The names behind ids: of the panel, and of those who were replaced.
    pub names: BTreeMap<Uuid, String>,
    /// The substitutions so far, oldest first.
    pub substitutions: Vec<assignment::Model>,
    /// Whether moderation of the lot has begun: who marks what no longer changes.
    pub begun: bool,
    /// Whether somebody has marked, so that a change needs a reason.
    pub marked: bool,
    /// Whether the caller may change it now.
    pub may_change: bool,
}

/// Who marks what of a lot.
pub async fn one(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Divided, Refusal> {
    let scope = entered(r, procurement_id).await?;
    let lot = lot::one(r, &scope, lot_id).await?;
    divided(r, &scope, lot).await
}

/// The same of every lot, and the procurement as the caller reaches it.
pub async fn all(r: &Reading, procurement_id: Uuid) -> Result<(Scope, Vec<Divided>), Refusal> {
    let scope = entered(r, procurement_id).await?;
    let mut found = Vec::new();
    for lot in lot::all(r, &scope).await? {
        found.push(divided(r, &scope, lot).await?);
    }
    Ok((scope, found))
}

async fn entered(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    scope.must_stand_at(SHOWING)?;
    Ok(scope)
}

async fn divided(r: &Reading, scope: &Scope, lot: Lot) -> Result<Divided, Refusal> {
    let current = of_lot(r, lot.id).await?;
    let state = panel::state(r, scope, &lot).await?;
    let mut ids = panel_members(r, scope.id()).await?;
    let assigned = current.assignment.parts.iter().flat_map(|part| &part.members);
    ids.extend(assigned.filter_map(|id| id.parse::<Uuid>().ok()));
    let people = with_councils(r, ids.into_iter().collect()).await?;
    let panel: Vec<Candidate> = people
        .into_iter()
        .map(|(person, council)| Candidate { id: person.id, name: person.name, council })
        .collect();
    let substitutions = assignment::Entity::find()
        .filter(assignment::Column::LotId.eq(lot.id))
        .filter(assignment::Column::ReplacedId.is_not_null())
        .order_by_asc(assignment::Column::Version)
        .all(r.txn())
        .await?;
    let named = substitutions.iter().flat_map(|row| row.replaced_id.into_iter().chain(row.substitute_id));
    let named: Vec<Uuid> = panel.iter().map(|one| one.id).chain(named).collect();
    let open = scope.must_stand_at(DIVIDING).is_ok() && !state.begun && state.lock.is_none();
    Ok(Divided {
        names: names(r, named).await?.into_iter().collect(),
        begun: state.begun,
        marked: has_marks(r, lot.id).await?,
        may_change: open && r.caller().person().is_ok() && scope.holds(Role::Coordinator),
        lot,
        current,
        panel,
        substitutions,
    })
}

/// Every version, as evidence. The caller has been let in by the operation that asks.
pub(in crate::scoring) async fn rows(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<AssignmentRow>, Refusal> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(assignment::Column::AssignedAt)
        .order_by_asc(assignment::Column::Id)
        .all(r.txn())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AssignmentRow {
                id: row.id.to_string(),
                lot: row.lot_id.to_string(),
                version: row.version,
                assignment: serde_json::from_str(&row.body)?,
                reason: row.reason,
                member: row.replaced_id.map(|id| id.to_string()),
                substitute: row.substitute_id.map(|id| id.to_string()),
                assigned_by: row.assigned_by.to_string(),
                assigned_at: rfc3339(row.assigned_at),
            })
        })
        .collect()
}
