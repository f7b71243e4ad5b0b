//! The coordinator's side: answers to all bidders, answers to the asker alone, and claims of confidentiality that are
//! refused. Answers can be given until the tender box is opened.

use chrono::{DateTime, Utc};
use entity::{clarification, clarification_answer};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::naming::{Known, names_in, warning};
use super::sealing::Sealing;
use super::view::{self, Clarification};
use super::{MOST_CHARACTERS, MOST_REASON, advance, letters, row_of};
use crate::bidding::invitation as invitations;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::outbox::Recipient;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};

/// What is published: the question in words that name nobody, and its answer.
#[derive(Clone, Debug, Default)]
pub struct AnswerInput {
    /// The question, as all bidders will read it.
    pub question: String,
    /// The answer, as all bidders will read it.
    pub answer: String,
    /// That the texts may hold what looks like a bidder's name.
    pub name_confirmed: bool,
}

/// What would be published, for a last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The question with its answers so far.
    pub clarification: Clarification,
    /// The question, as all bidders will read it.
    pub question: String,
    /// The answer, as all bidders will read it.
    pub answer: String,
    /// What to confirm: that the texts may hold what looks like a bidder's name.
    pub warning: Option<String>,
}

/// What is answered to the asker alone.
#[derive(Clone, Debug, Default)]
pub struct PrivateAnswerInput {
    /// The answer.
    pub answer: String,
    /// Why the question is answered to the asker alone.
    pub reason: String,
}

struct Checked {
    question: String,
    answer: String,
    warning: Option<String>,
}

/// What would be published, without publishing it. The coordinator may.
pub async fn preview(
    r: &Reading,
    procurement_id: Uuid,
    id: Uuid,
    input: &AnswerInput,
) -> Result<Preview, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Bid).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    let row = row_of(r, procurement_id, id).await?;
    row.state.0.answer_to_all().map_err(|fault| super::wrong_state(&fault))?;
    let mut faults = Faults::new();
    let Checked { question, answer, warning } = check(r, procurement_id, input, &mut faults).await?;
    faults.done()?;
    let clarification = view::one(r, procurement_id, id).await?;
    Ok(Preview { clarification, question, answer, warning })
}

async fn check(
    r: &Reading,
    procurement_id: Uuid,
    input: &AnswerInput,
    faults: &mut Faults,
) -> Result<Checked, Refusal> {
    let question = faults.text("question", &input.question, MOST_CHARACTERS);
    let answer = faults.text("answer", &input.answer, MOST_CHARACTERS);
    let known = known_suppliers(r, procurement_id).await?;
    // Compared apart: words that end the one and begin the other name nobody together.
    let mut names = names_in(&question, &known);
    names.extend(names_in(&answer, &known));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(Checked { question, answer, warning: warning(&names) })
}

async fn known_suppliers(r: &Reading, procurement_id: Uuid) -> Result<Vec<Known>, Refusal> {
    let mut known = Vec::new();
    for bidder in invitations::addressees(r, procurement_id).await?.into_values() {
        // Officers know some under a name of their own.
        for name in [Some(bidder.supplier.name), bidder.invitation.invited_as].into_iter().flatten() {
            let of = |address: &Recipient| Known { name: name.clone(), email: address.email.clone() };
            known.extend(bidder.addresses.iter().map(of));
        }
    }
    Ok(known)
}

/// Publishes question and answer to all bidders and to the public, without the asker's name. Where the question is
/// answered already, this is a correction, and the earlier answer stays beside it. The coordinator may.
pub async fn publish(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: AnswerInput,
) -> Result<Clarification, Refusal> {
    let row = to_answer(w, procurement_id, id).await?;
    let mut faults = Faults::new();
    let checked = check(w, procurement_id, &input, &mut faults).await?;
    if let Some(told) = checked.warning.filter(|_| !input.name_confirmed) {
        faults.add("name_confirmed", "may_name_a_bidder", told);
    }
    faults.done()?;
    let number = match row.number {
        Some(number) => number,
        None => 1 + last_number(w, procurement_id).await?,
    };
    let columns = vec![(clarification::Column::Number, Expr::value(number))];
    advance(w, &row, seen, row.state.0.answer_to_all(), columns).await?;
    let answer = add(w, &row, |answer| {
        answer.question = Set(Some(checked.question.clone()));
        answer.answer = Set(Some(checked.answer.clone()));
        Ok(())
    })
    .await?;
    let body = json!({
        "number": number,
        "answer": answer.id,
        "corrects": answer.corrects,
        "question": text_hash(answer.id, &checked.question),
        "words": text_hash(answer.id, &checked.answer),
    });
    w.record(Record::new(procurement_id, "bidding.clarification.publish", id, body));
    letters::published(w, procurement_id, number, &answer).await?;
    view::one(w, procurement_id, id).await
}

/// Accepts the claim that a question is confidential and answers it to the asker alone, with a reason; again where an
/// earlier such answer is corrected. The coordinator may.
pub async fn answer_privately(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: PrivateAnswerInput,
) -> Result<Clarification, Refusal> {
    let row = to_answer(w, procurement_id, id).await?;
    let mut faults = Faults::new();
    let text = faults.text("answer", &input.answer, MOST_CHARACTERS);
    let reason = faults.text("reason", &input.reason, MOST_REASON);
    faults.done()?;
    let columns = vec![(clarification::Column::ClaimReason, Expr::value(reason.as_str()))];
    advance(w, &row, seen, row.state.0.answer_privately(), columns).await?;
    let sealing = Sealing::of(w, procurement_id).await?;
    let answer = add(w, &row, |answer| {
        answer.sealed = Set(Some(sealing.close_answer(id, &text)?));
        Ok(())
    })
    .await?;
    let body = json!({
        "answer": answer.id,
        "corrects": answer.corrects,
        "words": text_hash(answer.id, &text),
    });
    let record = Record::new(procurement_id, "bidding.clarification.answer_privately", id, body);
    w.record(record.because(reason).sealed());
    let asker = sealing.asker(&row)?;
    letters::private(w, asker, &sealing.question(&row)?.text, &answer, &text).await?;
    view::one(w, procurement_id, id).await
}

/// Refuses the claim that a question is confidential, with a reason that the asker is told. The coordinator may.
pub async fn refuse_claim(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    reason: &str,
) -> Result<Clarification, Refusal> {
    let row = to_answer(w, procurement_id, id).await?;
    let mut faults = Faults::new();
    let reason = faults.text("reason", reason, MOST_REASON);
    faults.done()?;
    let columns = vec![(clarification::Column::ClaimReason, Expr::value(reason.as_str()))];
    advance(w, &row, seen, row.state.0.refuse_claim(), columns).await?;
    let record = Record::new(procurement_id, "bidding.clarification.refuse_claim", id, json!({}));
    w.record(record.because(reason.as_str()).sealed());
    let sealing = Sealing::of(w, procurement_id).await?;
    letters::claim_refused(w, sealing.asker(&row)?, &sealing.question(&row)?.text, &row, &reason).await?;
    view::one(w, procurement_id, id).await
}

/// The question, for the coordinator, with the procurement locked: numbers are given one at a time, and no answer goes
/// out beside the opening.
async fn to_answer(w: &Writing, procurement_id: Uuid, id: Uuid) -> Result<clarification::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    row_of(w, procurement_id, id).await
}

async fn last_number(r: &Reading, procurement_id: Uuid) -> Result<i32, Refusal> {
    let last = clarification::Entity::find()
        .filter(clarification::Column::ProcurementId.eq(procurement_id))
        .filter(clarification::Column::Number.is_not_null())
        .order_by_desc(clarification::Column::Number)
        .one(r.txn())
        .await?;
    Ok(last.and_then(|row| row.number).unwrap_or_default())
}

/// Adds an answer behind the earlier ones, the last of which it corrects.
async fn add(
    w: &Writing,
    row: &clarification::Model,
    words: impl FnOnce(&mut clarification_answer::ActiveModel) -> Result<(), Refusal>,
) -> Result<clarification_answer::Model, Refusal> {
    let last = view::answers_to(w, std::slice::from_ref(row)).await?.pop();
    let answered_at: DateTime<Utc> = w.clock().await?;
    let mut answer = clarification_answer::ActiveModel {
        id: Set(Uuid::now_v7()),
        clarification_id: Set(row.id),
        number: Set(last.as_ref().map_or(1, |answer| answer.number + 1)),
        question: Set(None),
        answer: Set(None),
        sealed: Set(None),
        corrects: Set(last.map(|answer| answer.id)),
        answered_by: Set(w.caller().person()?.id),
        answered_at: Set(answered_at),
    };
    words(&mut answer)?;
    Ok(clarification_answer::Entity::insert(answer).exec_with_returning(w.txn()).await?)
}
