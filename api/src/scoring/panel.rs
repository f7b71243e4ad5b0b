//! Who marks a lot, and who may see what of it.
//!
//! A barred person has no access to bids or marks (DOMAIN rule 12; PA23 s.81-83) and does not count. Nobody sees another
//! panel member's mark before moderation is open, and nobody who has seen one may change marks of his or her own.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, consensus, person, procurement_role, quality_lock, score_sheet};
use rules::stage::Stage;
use rules::words::{Interest, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::assignment;
use super::lot::Lot;
use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal, Writing};
use crate::people::person::with_councils;
use crate::tendering::interest::standing;

/// A panel member in a lot.
#[derive(Clone, Debug)]
pub struct Member {
    /// The person.
    pub person: person::Model,
    /// The council the person belongs to, or that attached it.
    pub council: String,
    /// When the marks of the lot were submitted, if they are.
    pub submitted_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// How far the scoring of a lot has come.
#[derive(Clone, Debug)]
pub struct State {
    /// The panel members who mark something of the lot and count: barred and replaced ones do not.
    pub members: Vec<Member>,
    /// Whether a mark of record exists: from then on nobody's own marks change.
    pub begun: bool,
    /// When quality was locked, if it is.
    pub lock: Option<quality_lock::Model>,
    /// Who marks each question, of those who count; by its code.
    marked_by: BTreeMap<String, BTreeSet<Uuid>>,
}

impl State {
    /// Whether the marks may be laid beside each other: every question has somebody who marks it, and everybody who counts
    /// has submitted.
    #[must_use]
    pub fn open(&self) -> bool {
        let all_in = !self.members.is_empty()
            && self.members.iter().all(|member| member.submitted_at.is_some())
            && self.without_member().next().is_none();
        self.begun || all_in
    }

    /// Whether a person has submitted.
    #[must_use]
    pub fn submitted(&self, person: Uuid) -> bool {
        self.members.iter().any(|member| member.person.id == person && member.submitted_at.is_some())
    }

    /// Those whose marks are laid beside each other.
    pub fn markers(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.submitted_at.is_some())
    }

    /// Whether a person's mark of a question counts.
    #[must_use]
    pub fn counts(&self, person: Uuid, question: &str) -> bool {
        self.marked_by.get(question).is_some_and(|people| people.contains(&person))
    }

    /// Those whose marks of a question are laid beside each other.
    pub fn markers_of<'a>(&'a self, question: &'a str) -> impl Iterator<Item = &'a Member> {
        self.markers().filter(move |member| self.counts(member.person.id, question))
    }

    /// How many people mark a question, of those who count.
    #[must_use]
    pub fn members_of(&self, question: &str) -> usize {
        self.marked_by.get(question).map_or(0, BTreeSet::len)
    }

    /// The questions that nobody who counts marks, by code.
    pub fn without_member(&self) -> impl Iterator<Item = &str> {
        self.marked_by.iter().filter(|(_, people)| people.is_empty()).map(|(question, _)| question.as_str())
    }

    /// Refuses once quality is locked.
    pub fn must_be_unlocked(&self) -> Result<(), Refusal> {
        if self.lock.is_none() {
            return Ok(());
        }
        Err(Refusal::conflict(
            "quality_locked",
            "The quality of this lot is locked: its marks no longer change.",
        ))
    }
}

/// The stages at which bids are open.
pub(super) const OPENED: &[Stage] = &[Stage::Scoring, Stage::Deciding, Stage::Awarded, Stage::Contracted];

/// A panel member or moderator who may read the bids' answers.
pub(super) async fn reader(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    r.caller().person()?;
    if !scope.holds(Role::PanelMember) {
        scope.must_hold(Role::Moderator)?;
    }
    standing::must_be_free(r, &scope).await?;
    scope.must_stand_at(OPENED)?;
    Ok(scope)
}

/// A panel member who marks, while nobody can move the stage, hand in, moderate or lock; others may mark as well.
pub(super) async fn marker(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let mut scope = panel_member(w, procurement_id).await?;
    scope.procurement = w.share_procurement(procurement_id).await?;
    scope.must_stand_at(&[Stage::Scoring])?;
    Ok(scope)
}

/// A panel member who hands marks in or takes them back, while nobody else changes anything.
pub(super) async fn marker_alone(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let mut scope = panel_member(w, procurement_id).await?;
    scope.procurement = w.lock_procurement(procurement_id).await?;
    scope.must_stand_at(&[Stage::Scoring])?;
    Ok(scope)
}

async fn panel_member(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    w.caller().person()?;
    scope.must_hold(Role::PanelMember)?;
    standing::must_be_free(w, &scope).await?;
    Ok(scope)
}

/// How far a lot has come.
pub(super) async fn state(r: &Reading, scope: &Scope, lot: &Lot) -> Result<State, Refusal> {
    let lock = quality_lock::Entity::find_by_id(lot.id).one(r.txn()).await?;
    let begun =
        consensus::Entity::find().filter(consensus::Column::LotId.eq(lot.id)).count(r.txn()).await? > 0;
    let mut members = panel(r, scope.id(), lot.id).await?;
    let assigned = assignment::of_lot(r, lot.id).await?;
    let mut marked_by = BTreeMap::new();
    for asked in lot.questions() {
        let code = &asked.criterion.code;
        let ids = members.iter().map(|member| member.person.id);
        let people: BTreeSet<Uuid> = ids.filter(|id| assigned.marks(lot.published(), code, *id)).collect();
        marked_by.insert(code.clone(), people);
    }
    members.retain(|member| marked_by.values().any(|people| people.contains(&member.person.id)));
    Ok(State { members, begun, lock, marked_by })
}

/// The whole panel, whatever part of a lot each marks: everybody with the role, and everybody who has submitted, but nobody
/// who is barred.
async fn panel(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Vec<Member>, Refusal> {
    let sheets =
        score_sheet::Entity::find().filter(score_sheet::Column::LotId.eq(lot_id)).all(r.txn()).await?;
    let submitted: BTreeMap<_, _> =
        sheets.iter().map(|sheet| (sheet.person_id, sheet.submitted_at)).collect();
    let roles = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::Role.eq(Word(Role::PanelMember)))
        .all(r.txn())
        .await?;
    let declared = standing::all(r, procurement_id).await?;
    let barred = |id: &Uuid| declared.get(id).is_some_and(|last| last.row.interest.0 == Interest::Barred);
    let ids: Vec<Uuid> = roles
        .iter()
        .map(|role| role.person_id)
        .chain(submitted.keys().copied())
        .filter(|id| !barred(id))
        .collect();
    let people = with_councils(r, ids).await?;
    Ok(people
        .into_iter()
        .map(|(person, council)| Member { submitted_at: submitted.get(&person.id).copied(), person, council })
        .collect())
}

/// The mark as the scale writes it. One that is not on the scale is refused with the allowed ones (DOMAIN rule 2).
pub(super) fn check_mark(
    faults: &mut crate::kernel::Faults,
    field: &str,
    value: &str,
    scale: &rules::scale::Scale,
) -> String {
    if let Some(mark) = scale.find(value) {
        return mark.value.clone();
    }
    let allowed: Vec<_> = scale.marks.iter().map(|mark| mark.value.as_str()).collect();
    let allowed = allowed.join(", ");
    if value.trim().is_empty() {
        faults.add(field, "missing", format!("Choose a mark. Allowed marks: {allowed}."));
    } else {
        faults.add(
            field,
            "not_on_scale",
            format!("“{}” is not on the scale. Allowed marks: {allowed}.", value.trim()),
        );
    }
    String::new()
}

/// A version or revision as the store counts revisions.
pub(super) fn revision(seen: i64) -> Result<i32, Refusal> {
    i32::try_from(seen).map_err(|_| Refusal::stale())
}
