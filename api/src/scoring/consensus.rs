//! The mark of record: agreed with the panel, on the scale, with a rationale and a reference to the tender (DOMAIN rules 2
//! and 3). Rows are only ever added.

use entity::{consensus, mark, mark_change};
use rules::marks;
use rules::scale::Scale;
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{lot, moderation, panel};
use crate::kernel::access;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing};
use crate::tendering::interest::standing;

/// What is agreed about one answer.
#[derive(Clone, Debug, Default)]
pub struct ConsensusInput {
    /// The mark, on the question's scale.
    pub value: String,
    /// Why, in the words the bidder will read.
    pub rationale: String,
    /// What is good about the answer, in the words the bidder will read; may be left out.
    pub strengths: String,
    /// What it lacks, in the words the bidder will read; may be left out.
    pub weaknesses: String,
    /// Where in the bid, or `nothing found`.
    pub reference: String,
    /// Who was present.
    pub present: String,
    /// Who disagreed, and why; empty where nobody did.
    pub dissent: String,
    /// Keeps a rationale that only repeats the scale's descriptor.
    pub confirm: bool,
}

/// The code of the refusal of a rationale that only repeats the descriptor.
pub const REPEATS_DESCRIPTOR: &str = "repeats_descriptor";

/// Records the mark of record of one answer. `seen` is the revision that was seen, 0 for none; the old revision stays.
///
/// Only a moderator may, once moderation is open and until quality is locked. Where one person alone has marked, the
/// moderator must be another, who confirms the mark (DOMAIN rule 2). A rationale that only repeats a descriptor is refused once, with
/// [`REPEATS_DESCRIPTOR`], and kept where `confirm` is set (*Woods v Milton Keynes* [2015] EWHC 2011).
pub async fn agree(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    question: &str,
    seen: i64,
    input: ConsensusInput,
) -> Result<consensus::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Score).await?;
    let moderator = w.caller().person()?.id;
    scope.must_hold(Role::Moderator)?;
    standing::must_be_free(w, &scope).await?;
    let lot = lot::one(w, &scope, lot_id).await?;
    let bid = lot.marked_bid(bid_id)?;
    let asked = lot.question(question)?;
    let state = panel::state(w, &scope, &lot).await?;
    state.must_be_unlocked()?;
    scope.must_stand_at(&[Stage::Scoring])?;
    if !state.open() {
        return Err(moderation::not_open(&state));
    }
    let counted = counted(w, &state, bid.id, question).await?;
    match counted.as_slice() {
        [] => {
            return Err(Refusal::conflict("not_marked", "Nobody who counts has marked this answer."));
        }
        [only] if only.person_id == moderator => {
            return Err(Refusal::conflict(
                "second_person_needed",
                "You alone have marked this answer: a second person must confirm the mark.",
            ));
        }
        _ => {}
    }
    let checked = check(&input, asked.scale, &counted)?;
    let before = of_answer(w, bid.id, question).await?;
    let seen = panel::revision(seen)?;
    if before.as_ref().map_or(0, |row| row.revision) != seen {
        return Err(Refusal::stale());
    }
    let counted = Some(counted.iter().map(|mark| mark.id).collect());
    let place = Place { procurement_id: scope.id(), lot_id: lot.id, bid_id: bid.id, question, counted };
    replace(w, place, before, (moderator, checked), asked.scale).await
}

/// The mark of record of an answer, if there is one. The caller has been let in.
pub(super) async fn of_answer(
    r: &Reading,
    bid_id: Uuid,
    question: &str,
) -> Result<Option<consensus::Model>, Refusal> {
    let row = consensus::Entity::find()
        .filter(consensus::Column::BidId.eq(bid_id))
        .filter(consensus::Column::Question.eq(question))
        .filter(consensus::Column::Current.eq(true))
        .one(r.txn())
        .await?;
    Ok(row)
}

/// Which answer a mark of record is about.
pub(super) struct Place<'a> {
    pub(super) procurement_id: Uuid,
    pub(super) lot_id: Uuid,
    pub(super) bid_id: Uuid,
    pub(super) question: &'a str,
    /// The panel's own marks that were laid beside each other for it; not looked at again by a change after the lock.
    pub(super) counted: Option<Vec<Uuid>>,
}

/// Adds a mark of record, in place of the one before. Who agreed it, and what.
pub(super) async fn replace(
    w: &Writing,
    place: Place<'_>,
    before: Option<consensus::Model>,
    (moderator, checked): (Uuid, Agreed),
    scale: &Scale,
) -> Result<consensus::Model, Refusal> {
    let revision = before.as_ref().map_or(0, |row| row.revision) + 1;
    if let Some(before) = before {
        let changed = consensus::Entity::update_many()
            .col_expr(consensus::Column::Current, Expr::value(false))
            .filter(consensus::Column::Id.eq(before.id))
            .filter(consensus::Column::Current.eq(true))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
    }
    let row = consensus::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(place.procurement_id),
        lot_id: Set(place.lot_id),
        bid_id: Set(place.bid_id),
        question: Set(place.question.to_owned()),
        value: Set(checked.value),
        rationale: Set(checked.rationale),
        strengths: Set(checked.strengths),
        weaknesses: Set(checked.weaknesses),
        reference: Set(checked.reference),
        present: Set(checked.present),
        dissent: Set(checked.dissent),
        moderator_id: Set(moderator),
        revision: Set(revision),
        current: Set(true),
        agreed_at: Set(w.now()),
    };
    let row = consensus::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let mut body = json!({
        "lot": row.lot_id,
        "bid": row.bid_id,
        "question": row.question,
        "revision": row.revision,
        "repeats_descriptor": marks::repeats_descriptor(&row.rationale, scale),
    });
    Agreed::of(&row).record_in(&mut body, row.id);
    if let Some(counted) = place.counted {
        body["counted"] = json!(counted);
    }
    w.record(Record::new(row.procurement_id, "scoring.consensus.agree", row.id, body));
    Ok(row)
}

/// What is agreed about an answer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) value: String,
    pub(super) rationale: String,
    pub(super) strengths: String,
    pub(super) weaknesses: String,
    pub(super) reference: String,
    pub(super) present: String,
    pub(super) dissent: String,
}

impl Agreed {
    /// What a mark of record says.
    pub(super) fn of(row: &consensus::Model) -> Self {
        Self {
            value: row.value.clone(),
            rationale: row.rationale.clone(),
            strengths: row.strengths.clone(),
            weaknesses: row.weaknesses.clone(),
            reference: row.reference.clone(),
            present: row.present.clone(),
            dissent: row.dissent.clone(),
        }
    }

    /// What a change after the lock proposes. It was checked then, against a scale that does not change.
    pub(super) fn proposed(row: &mark_change::Model) -> Self {
        Self {
            value: row.value.clone(),
            rationale: row.rationale.clone(),
            strengths: row.strengths.clone(),
            weaknesses: row.weaknesses.clone(),
            reference: row.reference.clone(),
            present: row.present.clone(),
            dissent: row.dissent.clone(),
        }
    }

    /// Adds it to the facts of a ledger entry: as hashes, salted with the record's id.
    pub(super) fn record_in(&self, facts: &mut Value, id: Uuid) {
        for (key, words) in [
            // One hash of both: everybody in the procurement reads the ledger, and the few marks of a scale are soon tried.
            ("content", format!("{}\n{}", self.value, self.rationale).as_str()),
            ("strengths", &self.strengths),
            ("weaknesses", &self.weaknesses),
            ("reference", &self.reference),
            ("present", &self.present),
            ("dissent", &self.dissent),
        ] {
            facts[key] = text_hash(id, words).into();
        }
    }
}

/// Checks what is agreed, and says all that is wrong with it. Where one person alone has marked, the mark is confirmed, or it is
/// told what that person holds against another one (DOMAIN rule 2).
fn check(input: &ConsensusInput, scale: &Scale, counted: &[mark::Model]) -> Result<Agreed, Refusal> {
    let mut faults = Faults::new();
    let checked = checked(&mut faults, input, scale);
    if let [only] = counted
        && only.value != checked.value
        && checked.dissent.is_empty()
    {
        let what = format!(
            "One panel member alone marks this answer, with {}. Confirm that mark, or say what the panel member holds against yours.",
            only.value
        );
        faults.add("dissent", "not_confirmed", what);
    }
    done(faults)?;
    Ok(checked)
}

/// What is wrong with what is agreed belongs to a larger form.
pub(super) fn checked(faults: &mut Faults, input: &ConsensusInput, scale: &Scale) -> Agreed {
    let value = panel::check_mark(faults, "value", &input.value, scale);
    // A rationale as short as its descriptor would be refused for its length and never be told why.
    let repeats = marks::repeats_descriptor(&input.rationale, scale);
    let rationale = if repeats {
        faults.text("rationale", &input.rationale, 10_000)
    } else {
        faults.reason("rationale", &input.rationale, 10_000)
    };
    if repeats && !input.confirm {
        faults.add(
            "rationale",
            REPEATS_DESCRIPTOR,
            "This only repeats the scale’s descriptor. Say what in the tender earns the mark, or confirm it as it is.",
        );
    }
    let strengths = faults.optional("strengths", Some(&input.strengths), 5_000).unwrap_or_default();
    let weaknesses = faults.optional("weaknesses", Some(&input.weaknesses), 5_000).unwrap_or_default();
    let reference = if input.reference.trim().is_empty() {
        faults.add("reference", "missing", "Say where in the bid this is found, or write “nothing found”.");
        String::new()
    } else {
        faults.text("reference", &input.reference, 2_000)
    };
    let present = if input.present.trim().is_empty() {
        faults.add("present", "missing", "Say who was present.");
        String::new()
    } else {
        faults.text("present", &input.present, 2_000)
    };
    let dissent = faults.optional("dissent", Some(&input.dissent), 5_000).unwrap_or_default();
    Agreed { value, rationale, strengths, weaknesses, reference, present, dissent }
}

/// Refuses with all faults; one that only asks to confirm the rationale has a code of its own.
pub(super) fn done(faults: Faults) -> Result<(), Refusal> {
    faults.done().map_err(|mut refusal| {
        if let [only] = refusal.fields.as_slice()
            && only.code == REPEATS_DESCRIPTOR
        {
            REPEATS_DESCRIPTOR.clone_into(&mut refusal.code);
        }
        refusal
    })
}

/// What a bidder reads of a mark of record: the rationale, then strengths and weaknesses where they are told apart.
pub(crate) fn explanation(row: &consensus::Model) -> String {
    let mut text = row.rationale.clone();
    for (heading, part) in [("Strengths", &row.strengths), ("Weaknesses", &row.weaknesses)] {
        if !part.is_empty() {
            let end = if text.ends_with(['.', '!', '?', ':', ';', ')']) { "" } else { "." };
            text = format!("{text}{end} {heading}: {part}");
        }
    }
    text
}

/// The marks of an answer that count: of those who mark the question and have handed in.
async fn counted(
    r: &Reading,
    state: &panel::State,
    bid_id: Uuid,
    question: &str,
) -> Result<Vec<mark::Model>, Refusal> {
    let rows = mark::Entity::find()
        .filter(mark::Column::BidId.eq(bid_id))
        .filter(mark::Column::Question.eq(question))
        .filter(mark::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    let given = |member: &panel::Member| rows.iter().find(|row| row.person_id == member.person.id).cloned();
    Ok(state.markers_of(question).filter_map(given).collect())
}

/// The marks of record of a lot, current ones only. The caller has been let in.
pub(crate) async fn of_lot(r: &Reading, lot_id: Uuid) -> Result<Vec<consensus::Model>, Refusal> {
    let rows = consensus::Entity::find()
        .filter(consensus::Column::LotId.eq(lot_id))
        .filter(consensus::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    Ok(rows)
}
