//! Own marks: one panel member's value for one bid on one question, with an explanation. Rows are only ever added (DOMAIN
//! rule 4; *Energy Solutions v NDA* [2016] EWHC 1988).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{mark, score_sheet};
use rules::pack::PackLot;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::lot::{self, Asked, Bid, Lot};
use super::{answer, assignment, panel};
use crate::kernel::access::Scope;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// The most letters of an explanation.
pub(super) const EXPLANATION_LIMIT: usize = 10_000;

/// What is entered about one answer.
#[derive(Clone, Debug, Default)]
pub struct MarkInput {
    /// The mark, on the question's scale.
    pub value: String,
    /// Why.
    pub explanation: String,
}

/// A panel member's own marks in a lot.
#[derive(Clone, Debug)]
pub struct OwnSheet {
    /// The lot.
    pub lot: Lot,
    /// The codes of the questions that this panel member marks, in order; none where nothing of the lot is assigned to it.
    pub questions: Vec<String>,
    /// Whether the lot is divided among the panel, so that others mark the rest.
    pub divided: bool,
    /// The bids to be marked, in an order of this panel member's own, so that no bid is always read first.
    pub bids: Vec<Bid>,
    /// The marks so far, by bid and question.
    pub marks: BTreeMap<(Uuid, String), mark::Model>,
    /// When they were submitted, if they are.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether a submitted sheet may be taken back.
    pub may_recall: bool,
    /// Whether marks may still change.
    pub closed: bool,
}

impl OwnSheet {
    /// The mark of one answer.
    #[must_use]
    pub fn mark(&self, bid: Uuid, question: &str) -> Option<&mark::Model> {
        self.marks.get(&(bid, question.to_owned()))
    }

    /// The questions that this panel member marks.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked<'_>> {
        let own = |asked: &Asked<'_>| self.questions.contains(&asked.criterion.code);
        self.lot.questions().into_iter().filter(own).collect()
    }

    /// Every answer that this panel member marks, question by question.
    #[must_use]
    pub fn answers(&self) -> Vec<(&Bid, &str)> {
        let codes = self.questions.iter();
        codes.flat_map(|code| self.bids.iter().map(move |bid| (bid, code.as_str()))).collect()
    }

    /// The answers that are not marked yet, question by question.
    #[must_use]
    pub fn left(&self) -> Vec<(&Bid, String)> {
        let left = self.answers().into_iter().filter(|(bid, code)| self.mark(bid.id, code).is_none());
        left.map(|(bid, code)| (bid, code.to_owned())).collect()
    }

    /// How many answers there are to mark.
    #[must_use]
    pub fn total(&self) -> usize {
        self.bids.len() * self.questions.len()
    }
}

/// Marks one answer. `seen` is the revision of the own mark that was seen, 0 for none. The old revision stays.
///
/// Refused for a question that is assigned to others, once the own sheet of the lot is submitted, once moderation of the lot has
/// begun, and off the scale.
pub async fn save(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
    seen: i64,
    input: MarkInput,
) -> Result<mark::Model, Refusal> {
    let marker = Marker::enter(w, procurement_id, lot_id).await?;
    marker.save(w, (bid_id, question), seen, input).await
}

/// A panel member at a lot in which its own marks may change now.
pub(super) struct Marker {
    scope: Scope,
    person: Uuid,
    council: Uuid,
    lot: Lot,
    assigned: assignment::Current,
}

impl Marker {
    /// Lets the caller in, until its sheet of the lot is submitted or moderation of the lot has begun.
    pub(super) async fn enter(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<Self, Refusal> {
        let scope = panel::marker(w, procurement_id).await?;
        let person = w.caller().person()?;
        let council = person.council_id.ok_or_else(|| {
            Refusal::forbidden(
                "A panel member belongs to a council or was attached by one; this account is neither.",
            )
        })?;
        let lot = lot::one(w, &scope, lot_id).await?;
        let state = panel::state(w, &scope, &lot).await?;
        state.must_be_unlocked()?;
        if state.submitted(person.id) {
            return Err(Refusal::conflict(
                "sheet_submitted",
                "Your marks in this lot are submitted. Take them back first to change one.",
            ));
        }
        must_not_have_begun(&state)?;
        let assigned = assignment::of_lot(w, lot.id).await?;
        Ok(Self { person: person.id, council, assigned, lot, scope })
    }

    /// Who marks.
    pub(super) fn person(&self) -> Uuid {
        self.person
    }

    /// Refuses an answer that is none, or is not this panel member's to mark.
    pub(super) fn may_mark(&self, bid_id: Uuid, question: &str) -> Result<(&Bid, Asked<'_>), Refusal> {
        let bid = self.lot.marked_bid(bid_id)?;
        let asked = self.lot.question(question)?;
        if !self.assigned.marks(self.lot.published(), question, self.person) {
            return Err(not_assigned(question));
        }
        Ok((bid, asked))
    }

    /// The mark of an answer as it is now, if there is one.
    pub(super) async fn stored(
        &self,
        r: &Reading,
        bid_id: Uuid,
        question: &str,
    ) -> Result<Option<mark::Model>, Refusal> {
        let row = mark::Entity::find()
            .filter(mark::Column::BidId.eq(bid_id))
            .filter(mark::Column::Question.eq(question))
            .filter(mark::Column::PersonId.eq(self.person))
            .filter(mark::Column::Current.eq(true))
            .one(r.txn())
            .await?;
        Ok(row)
    }

    /// Marks one answer.
    pub(super) async fn save(
        &self,
        w: &Writing,
        (bid_id, question): (Uuid, &str),
        seen: i64,
        input: MarkInput,
    ) -> Result<mark::Model, Refusal> {
        let (bid, asked) = self.may_mark(bid_id, question)?;
        answer::must_be_released(w, &self.lot, bid, question).await?;
        let mut faults = Faults::new();
        let value = panel::check_mark(&mut faults, "value", &input.value, asked.scale);
        let explanation = faults.reason("explanation", &input.explanation, EXPLANATION_LIMIT);
        faults.done()?;
        let before = self.stored(w, bid.id, question).await?;
        let seen = panel::revision(seen)?;
        if before.as_ref().map_or(0, |row| row.revision) != seen {
            return Err(Refusal::stale());
        }
        // What was being written is written.
        super::draft::drop_of(w, bid.id, question, self.person).await?;
        if let Some(before) = before {
            if before.value == value && before.explanation == explanation {
                return Ok(before);
            }
            let changed = mark::Entity::update_many()
                .col_expr(mark::Column::Current, Expr::value(false))
                .filter(mark::Column::Id.eq(before.id))
                .filter(mark::Column::Current.eq(true))
                .exec(w.txn())
                .await?;
            if changed.rows_affected == 0 {
                return Err(Refusal::stale());
            }
        }
        let row = mark::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(self.scope.id()),
            lot_id: Set(self.lot.id),
            bid_id: Set(bid.id),
            question: Set(question.to_owned()),
            person_id: Set(self.person),
            council_id: Set(self.council),
            value: Set(value),
            explanation: Set(explanation),
            revision: Set(seen + 1),
            current: Set(true),
            marked_at: Set(w.now()),
        };
        let row = mark::Entity::insert(row).exec_with_returning(w.txn()).await?;
        // The ledger may be read by others while marks are blind: the mark goes in together with the explanation, as one hash
        // that nobody can guess the mark from.
        let content = text_hash(row.id, &format!("{}\n{}", row.value, row.explanation));
        let body = json!({
            "lot": self.lot.id, "bid": bid.id, "question": question, "revision": row.revision, "content": content,
        });
        w.record(Record::new(self.scope.id(), "scoring.mark.save", row.id, body));
        Ok(row)
    }
}

/// Refuses somebody to whom a question is not assigned.
pub(super) async fn must_be_assigned(
    r: &Reading,
    lot: &Lot,
    question: &str,
    person: Uuid,
) -> Result<(), Refusal> {
    if assignment::of_lot(r, lot.id).await?.marks(lot.published(), question, person) {
        return Ok(());
    }
    Err(not_assigned(question))
}

fn not_assigned(question: &str) -> Refusal {
    Refusal::conflict("not_assigned", format!("{question} is assigned to other panel members."))
}

/// Refuses where a mark of record exists: from then on own marks do not change (DOMAIN rule 4).
pub(super) fn must_not_have_begun(state: &panel::State) -> Result<(), Refusal> {
    if state.begun {
        return Err(Refusal::conflict(
            "moderation_begun",
            "Moderation of this lot has begun: own marks no longer change.",
        ));
    }
    Ok(())
}

/// The caller's own marks in a lot, and nobody else's.
pub async fn own_sheet(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<OwnSheet, Refusal> {
    let scope = panel::reader(r, procurement_id).await?;
    scope.must_hold(rules::words::Role::PanelMember)?;
    let person = r.caller().person()?.id;
    let lot = lot::one(r, &scope, lot_id).await?;
    let state = panel::state(r, &scope, &lot).await?;
    let rows = mark::Entity::find()
        .filter(mark::Column::LotId.eq(lot.id))
        .filter(mark::Column::PersonId.eq(person))
        .filter(mark::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    let sheet = score_sheet::Entity::find()
        .filter(score_sheet::Column::LotId.eq(lot.id))
        .filter(score_sheet::Column::PersonId.eq(person))
        .one(r.txn())
        .await?;
    let mut bids: Vec<Bid> = lot.marked_bids().cloned().collect();
    bids.sort_by_key(|bid| sha256_hex([person.as_bytes().as_slice(), bid.id.as_bytes()].concat()));
    let assigned = assignment::of_lot(r, lot.id).await?;
    let questions = assigned.assignment.questions(lot.published(), &person.to_string());
    let scoring = scope.procurement.stage.0 == rules::stage::Stage::Scoring;
    let closed = !scoring || state.begun || state.lock.is_some();
    Ok(OwnSheet {
        questions: questions.into_iter().map(str::to_owned).collect(),
        divided: !assigned.assignment.parts.is_empty(),
        bids,
        marks: rows.into_iter().map(|row| ((row.bid_id, row.question.clone()), row)).collect(),
        submitted_at: sheet.map(|sheet| sheet.submitted_at),
        may_recall: !closed && !super::moderation::shows_marks(&scope, &state, person),
        closed,
        lot,
    })
}

/// Every panel member's marks of a lot, current ones only, by when they were made. The caller has been let in.
pub(super) async fn of_lot(r: &Reading, lot_id: Uuid) -> Result<Vec<mark::Model>, Refusal> {
    let rows = mark::Entity::find()
        .filter(mark::Column::LotId.eq(lot_id))
        .filter(mark::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    Ok(rows)
}

/// The same without those of members who no longer mark the question: whom substitutes replaced, or to whom it is not assigned.
pub(crate) async fn counted(r: &Reading, lot: &PackLot, lot_id: Uuid) -> Result<Vec<mark::Model>, Refusal> {
    let assigned = assignment::of_lot(r, lot_id).await?;
    let mut marks = of_lot(r, lot_id).await?;
    marks.retain(|mark| assigned.marks(lot, &mark.question, mark.person_id));
    Ok(marks)
}
