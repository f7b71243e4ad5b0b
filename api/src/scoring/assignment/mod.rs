//! Who marks which part of a lot: the coordinator divides a lot's sections and questions among the panel, from publication on
//! until moderation of the lot has begun. A part that nobody is assigned to is marked by the whole panel, so that a lot about
//! which nothing was said is marked by everybody. Each change is a version of its own; none is ever overwritten.
//!
//! A member who cannot go on is replaced by a substitute, with the reason. What it marked stays and does not count (DOMAIN
//! rule 4).

mod assign;
pub mod substitute;
pub mod view;

use std::collections::BTreeMap;

use entity::assignment;
use rules::assignment::Assignment;
use rules::pack::PackLot;
use rules::stage::Stage;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

pub use self::assign::{AssignmentInput, assign};
use super::lot::Lot;
use super::panel;
use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal, Writing};
use crate::tendering::interest::standing;
use crate::tendering::pack;

/// The stages at which a lot is divided: from publication until it is scored.
const DIVIDING: &[Stage] = &[Stage::Published, Stage::Scoring];
/// The stages at which it shows how a lot is divided.
const SHOWING: &[Stage] =
    &[Stage::Published, Stage::Scoring, Stage::Deciding, Stage::Awarded, Stage::Contracted];

/// Who marks what of a lot now.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// The last version, if anybody was ever assigned.
    pub row: Option<assignment::Model>,
    /// What it says; without one, that the whole panel marks everything.
    pub assignment: Assignment,
}

impl Current {
    fn of(row: Option<assignment::Model>) -> Result<Self, Refusal> {
        let assignment = row.as_ref().map(|row| serde_json::from_str(&row.body)).transpose()?;
        Ok(Self { assignment: assignment.unwrap_or_default(), row })
    }

    /// The version to name with the next one; 0 before the first.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.row.as_ref().map_or(0, |row| row.version)
    }

    /// Whether a panel member marks a question.
    #[must_use]
    pub fn marks(&self, lot: &PackLot, question: &str, person: Uuid) -> bool {
        self.assignment.marks(lot, question, &person.to_string())
    }
}

/// Who marks what of a lot. The caller has been let in.
pub(super) async fn of_lot(r: &Reading, lot_id: Uuid) -> Result<Current, Refusal> {
    let row = assignment::Entity::find()
        .filter(assignment::Column::LotId.eq(lot_id))
        .filter(assignment::Column::Current.eq(true))
        .one(r.txn())
        .await?;
    Current::of(row)
}

/// The lots of a procurement that were divided, by id, each as it was published. The caller has been let in.
pub(crate) async fn divided(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<BTreeMap<Uuid, (PackLot, Current)>, Refusal> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::ProcurementId.eq(procurement_id))
        .filter(assignment::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (_, pack) = pack::current(r, procurement_id).await?;
    let mut found = BTreeMap::new();
    for row in rows {
        let id = row.lot_id.to_string();
        let Some(lot) = pack.lots.iter().find(|lot| lot.id == id) else { continue };
        found.insert(row.lot_id, (lot.clone(), Current::of(Some(row))?));
    }
    Ok(found)
}

/// The coordinator who divides a lot, keeping others from changing anything. Refused once a mark of record of the lot exists:
/// who has marked is then settled.
async fn dividing(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<(Scope, Lot), Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    w.caller().person()?;
    scope.must_coordinate()?;
    standing::must_not_be_barred(w, &scope).await?;
    scope.must_stand_at(DIVIDING)?;
    let lot = super::lot::one(w, &scope, lot_id).await?;
    let state = panel::state(w, &scope, &lot).await?;
    state.must_be_unlocked()?;
    if state.begun {
        return Err(Refusal::conflict(
            "moderation_begun",
            "Moderation of this lot has begun: who marks what no longer changes.",
        ));
    }
    Ok((scope, lot))
}
