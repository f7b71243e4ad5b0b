//! Two people's words on a late submission.
//!
//! Both are openers; they are different people, of as many councils as open the tender box, and give their words within 24
//! hours of each other. Admitting takes both: where they disagree it is refused ([`rules::late`]). Whoever gave a word may
//! take it back until the box is opened; from then on decisions are final.

use entity::{Word, late_decision, late_word};
use rules::late::{LateState, LateVerdict, settled};
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{LateSubmission, decision_of, one, opener_ids, row_of, waits, words_on};
use crate::bidding::tender;
use crate::bidding::two_people::{self, Hindrance};
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::london_text;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing};
use crate::tendering::interest::standing;

/// The longest reason, and the longest log of an outage, in characters.
const MOST_WORDS: usize = 4000;

/// What is entered as one's word.
#[derive(Clone, Debug, Default)]
pub struct WordInput {
    /// `admit` or `refuse`.
    pub verdict: String,
    /// Why. Where it is refused, the bidder is told this at the award.
    pub reason: String,
    /// The log of an outage, where there was one.
    pub outage: Option<String>,
}

/// Gives one's word on a late submission. The second one decides. Openers only, after the deadline and before the opening.
/// `seen` is the version of the late submission, 0 before any word.
pub async fn give_word(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: WordInput,
) -> Result<LateSubmission, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    scope.must_hold(Role::Opener)?;
    let submission = row_of(w, procurement_id, id).await?;
    let decision = decision_of(w, id).await?;
    if decision.as_ref().map_or(0, |row| row.version) != seen {
        return Err(Refusal::stale());
    }
    let now = w.clock().await?;
    let openers = opener_ids(w, procurement_id).await?;
    let all = words_on(w, [id]).await?;
    let state = decision.as_ref().map_or(LateState::Undecided, |row| row.state.0);
    let (counting, void): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|word| state != LateState::Undecided || waits(word, now, &openers));
    let (person, council) = hindrance(w, &scope, state, &counting.iter().collect::<Vec<_>>()).await?;
    let mut faults = Faults::new();
    let verdict = faults.word("verdict", &input.verdict, LateVerdict::Refuse);
    let reason = faults.text("reason", &input.reason, MOST_WORDS);
    let outage = faults.optional("outage", input.outage.as_deref(), MOST_WORDS);
    faults.done()?;
    late_word::Entity::delete_many()
        .filter(late_word::Column::Id.is_in(void.iter().map(|word| word.id)))
        .exec(w.txn())
        .await?;
    let word = late_word::ActiveModel {
        id: Set(Uuid::now_v7()),
        submission_id: Set(id),
        procurement_id: Set(procurement_id),
        person_id: Set(person),
        council_id: Set(council),
        verdict: Set(Word(verdict)),
        reason: Set(reason.clone()),
        outage: Set(outage),
        given_at: Set(now),
    };
    late_word::Entity::insert(word).exec_without_returning(w.txn()).await?;
    let verdicts: Vec<_> = counting.iter().map(|word| word.verdict.0).chain([verdict]).collect();
    let state = settled(&verdicts);
    keep(w, procurement_id, id, state, seen + 1, now).await?;
    let body = json!({
        "verdict": verdict.as_str(),
        "council": council,
        "state": state.as_str(),
        "received_at": crate::kernel::clock::rfc3339(submission.received_at),
    });
    // It tells that there is a late submission: sealed until the opening, like the submission itself.
    w.record(
        Record::new(procurement_id, "bidding.late_submission.decide", id, body).because(reason).sealed(),
    );
    one(w, procurement_id, id).await
}

/// Takes one's word back: the submission is undecided again. Whoever gave it, before the opening. `seen` is the version of
/// the late submission.
pub async fn take_back_word(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<LateSubmission, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    scope.must_hold(Role::Opener)?;
    row_of(w, procurement_id, id).await?;
    if decision_of(w, id).await?.map_or(0, |row| row.version) != seen {
        return Err(Refusal::stale());
    }
    scope.must_stand_at(&[Stage::Published])?;
    let person = w.caller().person()?.id;
    let taken = late_word::Entity::delete_many()
        .filter(late_word::Column::SubmissionId.eq(id))
        .filter(late_word::Column::PersonId.eq(person))
        .exec(w.txn())
        .await?;
    if taken.rows_affected == 0 {
        return Err(Refusal::conflict("no_word", "You have given no word on this submission."));
    }
    let now = w.clock().await?;
    keep(w, procurement_id, id, LateState::Undecided, seen + 1, now).await?;
    w.record(Record::new(procurement_id, "bidding.late_submission.take_back", id, json!({})).sealed());
    one(w, procurement_id, id).await
}

async fn keep(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    state: LateState,
    version: i64,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Refusal> {
    use late_decision::Column;
    let row = late_decision::ActiveModel {
        submission_id: Set(id),
        procurement_id: Set(procurement_id),
        state: Set(Word(state)),
        decided_at: Set((state != LateState::Undecided).then_some(now)),
        version: Set(version),
    };
    late_decision::Entity::insert(row)
        .on_conflict(
            OnConflict::column(Column::SubmissionId)
                .update_columns([Column::State, Column::DecidedAt, Column::Version])
                .to_owned(),
        )
        .exec_without_returning(w.txn())
        .await?;
    Ok(())
}

/// Refuses with what keeps the caller from giving its word now; otherwise tells person and council. `words` are those that
/// count.
pub(super) async fn hindrance(
    r: &Reading,
    scope: &Scope,
    state: LateState,
    words: &[&late_word::Model],
) -> Result<(Uuid, Uuid), Refusal> {
    scope.must_hold(Role::Opener)?;
    let person = r.caller().person()?.id;
    let council = scope.own_council()?.council_id;
    scope.must_stand_at(&[Stage::Published])?;
    standing::must_be_free(r, scope).await?;
    let tender = tender::of(r, scope.procurement.clone()).await?;
    if words.iter().any(|word| word.person_id == person) {
        return Err(Refusal::conflict(
            "already_given",
            "You have given your word on this submission. Take it back first to give another.",
        ));
    }
    if state != LateState::Undecided {
        return Err(Refusal::conflict(
            "late_decided",
            "Two people have decided on this submission. One of them must take its word back to decide anew.",
        ));
    }
    let given: Vec<_> = words.iter().map(|word| (word.person_id, word.council_id)).collect();
    match two_people::join(&given, (person, council), tender.pack.opening_councils) {
        Ok(()) => Ok((person, council)),
        Err(Hindrance::SamePerson) => Err(Refusal::conflict("already_given", "You have given your word.")),
        Err(Hindrance::SameCouncil) => Err(Refusal::conflict(
            "same_council",
            format!(
                "People of {} different councils must decide on a late submission. One of your council has given its word, on {}; now one of another council must.",
                tender.pack.opening_councils,
                words.first().map(|word| london_text(word.given_at)).unwrap_or_default(),
            ),
        )),
    }
}
