//! Who sees changes: those with a part in scoring or in deciding, of lots whose quality is locked.

use std::collections::BTreeMap;

use entity::{consensus, mark_change};
use rules::evidence::{ChangeDecision, ChangeRow};
use rules::mark_change::ChangeState;
use rules::signed::Signed;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{CHANGING, decides, none};
use crate::bidding::bid as bids;
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Action, Paging, Reading, Refusal, Slice};
use crate::people::person;
use crate::scoring::answer::{self, Answer};
use crate::scoring::moderation::{self, Individual};
use crate::scoring::{lot, panel};
use crate::tendering::interest::standing;

/// A change, and what it is a change of.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is kept of it.
    pub row: mark_change::Model,
    /// The mark of record that it changes.
    pub before: consensus::Model,
    /// Whose answer it is about.
    pub supplier: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved it or did not; empty until somebody did.
    pub decided_by: String,
    /// Whether the caller is a second person who may decide on it now.
    pub may_decide: bool,
    /// Whether the caller may take it back now.
    pub may_take_back: bool,
}

impl Change {
    /// Whether it moves the mark itself, and with it the result; otherwise it changes words alone.
    #[must_use]
    pub fn moves_the_mark(&self) -> bool {
        self.before.value != self.row.value
    }
}

/// A change with what whoever decides on it has to know: the answer, and what each panel member said of it.
#[derive(Clone, Debug)]
pub struct InDepth {
    /// The change.
    pub change: Change,
    /// What was asked.
    pub question: String,
    /// What the bid answers.
    pub answer: Answer,
    /// The panel's own marks.
    pub marks: Vec<Individual>,
}

/// Whether the caller's part lets it see changes.
#[must_use]
pub fn sees(scope: &Scope) -> bool {
    decides(scope) || [Role::PanelMember, Role::Observer].into_iter().any(|role| scope.holds(role))
}

/// Somebody who scores, moderates, coordinates, approves or looks on, and is free to.
async fn enter(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    r.caller().person()?;
    if !sees(&scope) {
        return Err(Refusal::forbidden(
            "Changes of marks show to the panel, its moderators, coordinators, approvers and observers.",
        ));
    }
    // Observers declare nothing, since they influence nothing.
    if standing::must_declare(&scope) {
        standing::must_be_free(r, &scope).await?;
    } else {
        standing::must_not_be_barred(r, &scope).await?;
    }
    Ok(scope)
}

/// The changes, oldest first.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Change>, Refusal> {
    let scope = enter(r, procurement_id).await?;
    let mut query = mark_change::Entity::find().filter(mark_change::Column::ProcurementId.eq(procurement_id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(mark_change::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(mark_change::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: told(r, &scope, slice.items).await?, next: slice.next })
}

/// One change.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Change, Refusal> {
    let scope = enter(r, procurement_id).await?;
    let row = mark_change::Entity::find_by_id(id)
        .filter(mark_change::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(none)?;
    told(r, &scope, vec![row]).await?.pop().ok_or_else(none)
}

/// One change with the answer it is about and the panel's own marks, which are open once a lot is locked.
pub async fn in_depth(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<InDepth, Refusal> {
    let change = one(r, procurement_id, id).await?;
    let scope = enter(r, procurement_id).await?;
    let lot = lot::one(r, &scope, change.row.lot_id).await?;
    let bid = lot.bid(change.row.bid_id)?;
    let answer = answer::of_bid(r, &lot.pack, bid, &change.row.question).await?;
    let state = panel::state(r, &scope, &lot).await?;
    let marks = moderation::individual(r, &lot, &state, (bid.id, &change.row.question)).await?;
    Ok(InDepth { question: lot.question(&change.row.question)?.question.text.clone(), change, answer, marks })
}

async fn told(r: &Reading, scope: &Scope, rows: Vec<mark_change::Model>) -> Result<Vec<Change>, Refusal> {
    let people =
        person::names(r, rows.iter().flat_map(|row| row.decided_by.into_iter().chain([row.proposed_by])))
            .await?;
    let name = |id: Option<Uuid>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let me = r.caller().person()?.id;
    let suppliers: BTreeMap<Uuid, String> = bids::all(r, scope.id())
        .await?
        .into_iter()
        .map(|opened| (opened.bid.id, opened.supplier.name))
        .collect();
    let open = scope.must_stand_at(CHANGING).is_ok();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let before = consensus::Entity::find()
            .filter(consensus::Column::BidId.eq(row.bid_id))
            .filter(consensus::Column::Question.eq(row.question.as_str()))
            .filter(consensus::Column::Revision.eq(row.revision))
            .one(r.txn())
            .await?
            .ok_or_else(|| Refusal::internal(&"a change lost the mark of record that it changes"))?;
        let waits = row.state.0 == ChangeState::Proposed && open;
        told.push(Change {
            supplier: suppliers.get(&row.bid_id).cloned().unwrap_or_default(),
            proposed_by: name(Some(row.proposed_by)),
            decided_by: name(row.decided_by),
            may_decide: waits && decides(scope) && row.proposed_by != me,
            may_take_back: waits && row.proposed_by == me,
            before,
            row,
        });
    }
    Ok(told)
}

/// Every change, as evidence. The caller has been let in by the operation that asks.
pub(in crate::scoring) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<ChangeRow>, Refusal> {
    let rows = mark_change::Entity::find()
        .filter(mark_change::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(mark_change::Column::Id)
        .all(r.txn())
        .await?;
    rows.into_iter()
        .map(|row| {
            let decision = row.decided_by.zip(row.decided_at).zip(row.decision_reason);
            Ok(ChangeRow {
                id: row.id.to_string(),
                lot: row.lot_id.to_string(),
                bid: row.bid_id.to_string(),
                question: row.question,
                revision: row.revision.into(),
                value: row.value,
                rationale: row.rationale,
                strengths: row.strengths,
                weaknesses: row.weaknesses,
                reference: row.reference,
                present: row.present,
                dissent: row.dissent,
                reason: row.reason,
                state: row.state.0,
                proposed_by: row.proposed_by.to_string(),
                proposed_at: rfc3339(row.proposed_at),
                decision: decision.map(|((by, at), reason)| ChangeDecision {
                    reason,
                    decided_by: by.to_string(),
                    decided_at: rfc3339(at),
                }),
                consensus: row.consensus_id.map(|id| id.to_string()),
                marks_hash: row.marks_hash,
                signed: row.signed.map(|signed| serde_json::from_str::<Signed>(&signed)).transpose()?,
            })
        })
        .collect()
}
