//! Who sees what of a question: everybody what is published, the coordinator what was asked and answered, the asker its own.

use chrono::{DateTime, Utc};
use entity::{Word, clarification, clarification_answer, invitation};
use rules::stage::ClarificationState;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::sealing::{PrivateAnswer, Question, Sealing};
use super::{none, row_of};
use crate::bidding::{invitation as invitations, tender};
use crate::kernel::access::Scope;
use crate::kernel::{Action, Paging, Reading, Refusal, Slice, access};

/// An answer to all bidders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedAnswer {
    /// Its key.
    pub id: Uuid,
    /// The question, in the words in which it was published.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// When it was published.
    pub answered_at: DateTime<Utc>,
    /// The earlier answer that it corrects.
    pub corrects: Option<Uuid>,
}

/// A question with its answers, as far as the caller may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clarification {
    /// Its key.
    pub id: Uuid,
    /// How far it has come.
    pub state: ClarificationState,
    /// Its place among the published ones.
    pub number: Option<i32>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Counts changes.
    pub version: i64,
    /// What was asked: for the coordinator and the asker.
    pub asked: Option<Question>,
    /// Why the claim of confidentiality was accepted or refused: for the coordinator and the asker.
    pub claim_reason: Option<String>,
    /// The answers to all bidders, oldest first; the last one holds.
    pub published: Vec<PublishedAnswer>,
    /// The answers to the asker alone, oldest first: for the coordinator and the asker.
    pub private: Vec<PrivateAnswer>,
    /// Who asked: for the coordinator, once the tender box is opened.
    pub asker: Option<String>,
}

impl Clarification {
    /// The answer to all bidders that holds.
    #[must_use]
    pub fn current(&self) -> Option<&PublishedAnswer> {
        self.published.last()
    }

    /// The answers to all bidders that were corrected, oldest first.
    #[must_use]
    pub fn earlier(&self) -> &[PublishedAnswer] {
        self.published.split_last().map_or(&[], |(_, earlier)| earlier)
    }

    fn public(row: &clarification::Model, answers: &[clarification_answer::Model]) -> Self {
        let published =
            answers.iter().filter(|answer| answer.clarification_id == row.id).filter_map(|answer| {
                Some(PublishedAnswer {
                    id: answer.id,
                    question: answer.question.clone()?,
                    answer: answer.answer.clone()?,
                    answered_at: answer.answered_at,
                    corrects: answer.corrects,
                })
            });
        Self {
            id: row.id,
            state: row.state.0,
            number: row.number,
            asked_at: row.asked_at,
            version: row.version,
            asked: None,
            claim_reason: None,
            published: published.collect(),
            private: Vec::new(),
            asker: None,
        }
    }

    fn whole(
        sealing: &Sealing,
        row: &clarification::Model,
        answers: &[clarification_answer::Model],
    ) -> Result<Self, Refusal> {
        let mut private = Vec::new();
        for answer in answers.iter().filter(|answer| answer.clarification_id == row.id) {
            private.extend(sealing.private_answer(answer)?);
        }
        Ok(Self {
            asked: Some(sealing.question(row)?),
            claim_reason: row.claim_reason.clone(),
            private,
            ..Self::public(row, answers)
        })
    }
}

/// The answers to questions, oldest first. Unauthorised.
pub(super) async fn answers_to(
    r: &Reading,
    rows: &[clarification::Model],
) -> Result<Vec<clarification_answer::Model>, Refusal> {
    Ok(clarification_answer::Entity::find()
        .filter(clarification_answer::Column::ClarificationId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(clarification_answer::Column::Number)
        .all(r.txn())
        .await?)
}

/// Questions with their answers, for the bidder that asked them. The caller has found out that it did.
pub(super) async fn told_to_asker(
    r: &Reading,
    sealing: &Sealing,
    rows: Vec<clarification::Model>,
) -> Result<Vec<Clarification>, Refusal> {
    let answers = answers_to(r, &rows).await?;
    rows.iter().map(|row| Clarification::whole(sealing, row, &answers)).collect()
}

/// The published questions and answers of a tender, by number. Anybody may read them.
pub async fn published(
    r: &Reading,
    reference: &str,
    paging: &Paging,
) -> Result<Slice<Clarification>, Refusal> {
    let tender = tender::published(r, reference).await?;
    published_in(r, tender.procurement.id, paging).await
}

/// The same by the procurement's key. Unauthorised: they are public.
pub async fn published_in(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<Clarification>, Refusal> {
    use clarification::Column;
    let mut query = clarification::Entity::find()
        .filter(Column::ProcurementId.eq(procurement_id))
        .filter(Column::State.eq(Word(ClarificationState::Answered)));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(Column::Number.gt(after));
    }
    let rows = query.order_by_asc(Column::Number).limit(paging.limit + 1).all(r.txn()).await?;
    let answers = answers_to(r, &rows).await?;
    let slice = paging.cut(rows, |row| row.number.unwrap_or_default().to_string());
    Ok(slice.map(|row| Clarification::public(&row, &answers)))
}

/// The questions that the caller may see, oldest first: the coordinator all, everybody else in the procurement those
/// that are published.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<Clarification>, Refusal> {
    use clarification::Column;
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query = clarification::Entity::find().filter(Column::ProcurementId.eq(scope.id()));
    if !scope.holds(Role::Coordinator) {
        query = query.filter(Column::State.eq(Word(ClarificationState::Answered)));
    }
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: told_to_officer(r, &scope, slice.items).await?, next: slice.next })
}

/// One question that the caller may see.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Clarification, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let row = row_of(r, scope.id(), id).await?;
    if !scope.holds(Role::Coordinator) && row.state != Word(ClarificationState::Answered) {
        return Err(none());
    }
    told_to_officer(r, &scope, vec![row]).await?.pop().ok_or_else(none)
}

async fn told_to_officer(
    r: &Reading,
    scope: &Scope,
    rows: Vec<clarification::Model>,
) -> Result<Vec<Clarification>, Refusal> {
    let answers = answers_to(r, &rows).await?;
    if !scope.holds(Role::Coordinator) {
        return Ok(rows.iter().map(|row| Clarification::public(row, &answers)).collect());
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sealing = Sealing::of(r, scope.id()).await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut one = Clarification::whole(&sealing, row, &answers)?;
        if scope.is_opened() {
            one.asker = asker_name(r, sealing.asker(row)?).await?;
        }
        told.push(one);
    }
    Ok(told)
}

async fn asker_name(r: &Reading, invitation: Uuid) -> Result<Option<String>, Refusal> {
    let Some(row) = invitation::Entity::find_by_id(invitation).one(r.txn()).await? else { return Ok(None) };
    Ok(Some(invitations::supplier_of(r, row.supplier_id).await?.name))
}

/// How many questions wait for the councils. Unauthorised.
pub(crate) async fn waiting(r: &Reading, procurement_id: Uuid) -> Result<u64, Refusal> {
    let states = ClarificationState::ALL.iter().copied().filter(|state| state.waits_for_councils());
    Ok(clarification::Entity::find()
        .filter(clarification::Column::ProcurementId.eq(procurement_id))
        .filter(clarification::Column::State.is_in(states.map(Word)))
        .count(r.txn())
        .await?)
}
