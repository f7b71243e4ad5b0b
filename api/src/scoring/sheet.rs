//! Score sheets: a panel member's marks of a lot, handed in as a whole, and how far each panel member has come.

use std::collections::{BTreeMap, BTreeSet};

use entity::{mark, score_sheet};
use rules::assignment::{Section, sections};
use rules::interest::Standing;
use rules::marks::repeats_descriptor;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::consensus::REPEATS_DESCRIPTOR;
use super::panel::{self, Member};
use super::{assignment, consensus, lot, moderation};
use crate::kernel::access;
use crate::kernel::ledger::Record;
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Action, Reading, Refusal, Writing};
use crate::tendering::interest::standing;

/// Marks by bid and question.
type Marked<'a> = BTreeMap<(Uuid, &'a str), &'a mark::Model>;

/// Hands in the caller's marks of a lot. Every answer that the caller is to mark must be; otherwise what is missing is listed. Explanations that only
/// repeat a descriptor of the scale are listed once, with [`REPEATS_DESCRIPTOR`], and taken where `confirm` is set (DOMAIN rule
/// 3; *Woods v Milton Keynes* \[2015\] EWHC 2011).
pub async fn submit(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    confirm: bool,
) -> Result<score_sheet::Model, Refusal> {
    let scope = panel::marker_alone(w, procurement_id).await?;
    let person = w.caller().person()?.id;
    let lot = lot::one(w, &scope, lot_id).await?;
    let state = panel::state(w, &scope, &lot).await?;
    state.must_be_unlocked()?;
    super::mark::must_not_have_begun(&state)?;
    if state.submitted(person) {
        return Err(Refusal::conflict("sheet_submitted", "Your marks in this lot are submitted already."));
    }
    let assigned = assignment::of_lot(w, lot.id).await?;
    let own = |code: &str| assigned.marks(lot.published(), code, person);
    if !lot.questions().iter().any(|asked| own(&asked.criterion.code)) {
        return Err(Refusal::conflict("not_assigned", "Nothing of this lot is assigned to you."));
    }
    let mut marks = own_marks(w, lot.id, person).await?;
    marks.retain(|mark| own(&mark.question));
    let marked: Marked<'_> = marks.iter().map(|mark| ((mark.bid_id, mark.question.as_str()), mark)).collect();
    let missing: Vec<FieldFault> = lot
        .answers()
        .into_iter()
        .filter(|(_, asked)| own(&asked.criterion.code))
        .filter(|(bid, asked)| !marked.contains_key(&(bid.id, asked.criterion.code.as_str())))
        .map(|(bid, asked)| FieldFault {
            field: format!("marks/{}/{}", bid.id, asked.criterion.code),
            code: "missing".to_owned(),
            message: format!("{} of {} is not marked.", asked.criterion.code, bid.supplier),
        })
        .collect();
    if !missing.is_empty() {
        let detail = format!("{} answers are not marked yet. Mark them, then submit.", missing.len());
        return Err(Refusal { fields: missing, ..Refusal::conflict("incomplete", detail) });
    }
    let repeating = repeating(&lot, &marked);
    let repeated = repeating.len();
    if repeated > 0 && !confirm {
        let detail = format!(
            "{repeated} explanations only repeat the scale’s descriptor. Say what in the tender earns the mark, or submit them as they are."
        );
        return Err(Refusal { fields: repeating, ..Refusal::conflict(REPEATS_DESCRIPTOR, detail) });
    }
    let row = score_sheet::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        lot_id: Set(lot.id),
        person_id: Set(person),
        submitted_at: Set(w.now()),
    };
    let row = score_sheet::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let revisions: Vec<_> = marks.iter().map(|mark| mark.id.to_string()).collect();
    let body = json!({ "lot": lot.id, "marks": revisions, "repeat_descriptor": repeated });
    w.record(Record::new(scope.id(), "scoring.sheet.submit", row.id, body));
    Ok(row)
}

/// The marks whose explanation only repeats a descriptor of the scale.
fn repeating(lot: &lot::Lot, marked: &Marked<'_>) -> Vec<FieldFault> {
    let found = lot.answers().into_iter().filter_map(|(bid, asked)| {
        let code = &asked.criterion.code;
        let mark = marked.get(&(bid.id, code.as_str()))?;
        repeats_descriptor(&mark.explanation, asked.scale).then(|| FieldFault {
            field: format!("marks/{}/{code}", bid.id),
            code: REPEATS_DESCRIPTOR.to_owned(),
            message: format!(
                "{code} of {}: the explanation only repeats the scale’s descriptor.",
                bid.supplier
            ),
        })
    });
    found.collect()
}

async fn own_marks(r: &Reading, lot_id: Uuid, person: Uuid) -> Result<Vec<mark::Model>, Refusal> {
    let rows = mark::Entity::find()
        .filter(mark::Column::LotId.eq(lot_id))
        .filter(mark::Column::PersonId.eq(person))
        .filter(mark::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    Ok(rows)
}

/// Takes the caller's submitted marks of a lot back, to change them. Only until the first mark of record of the lot, and
/// not by somebody who can see the others' marks.
pub async fn recall(w: &Writing, procurement_id: Uuid, lot_id: Uuid) -> Result<(), Refusal> {
    let scope = panel::marker_alone(w, procurement_id).await?;
    let person = w.caller().person()?.id;
    let lot = lot::one(w, &scope, lot_id).await?;
    let state = panel::state(w, &scope, &lot).await?;
    state.must_be_unlocked()?;
    super::mark::must_not_have_begun(&state)?;
    if moderation::shows_marks(&scope, &state, person) {
        return Err(Refusal::conflict(
            "moderation_open",
            "All panel members have submitted, and as a moderator you can see their marks: your own stay as they are.",
        ));
    }
    let sheet = score_sheet::Entity::find()
        .filter(score_sheet::Column::LotId.eq(lot.id))
        .filter(score_sheet::Column::PersonId.eq(person))
        .one(w.txn())
        .await?;
    let sheet = sheet
        .ok_or_else(|| Refusal::conflict("not_submitted", "Your marks in this lot are not submitted."))?;
    score_sheet::Entity::delete_by_id(sheet.id).exec(w.txn()).await?;
    w.record(Record::new(scope.id(), "scoring.sheet.recall", sheet.id, json!({ "lot": lot.id })));
    Ok(())
}

/// How far one panel member has come with a section of the lot: counts, never a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionProgress {
    /// The top node's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How many answers are marked.
    pub marked: usize,
    /// How many there are to mark; none where the section is others'.
    pub answers: usize,
}

/// How far one panel member has come: a count, never a mark.
#[derive(Clone, Debug)]
pub struct MemberProgress {
    /// Who.
    pub member: Member,
    /// What its declarations of interest open to it.
    pub standing: Standing,
    /// How many answers are marked.
    pub marked: usize,
    /// How many answers it marks.
    pub answers: usize,
    /// The same, section by section.
    pub sections: Vec<SectionProgress>,
}

/// How far a lot has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The lot.
    pub lot: lot::Lot,
    /// Each panel member who marks something of it and counts.
    pub members: Vec<MemberProgress>,
    /// The questions that nobody who counts marks, by code: moderation does not open while there is one.
    pub without_member: Vec<String>,
    /// How many answers there are.
    pub answers: usize,
    /// How many answers have a mark of record.
    pub agreed: usize,
    /// Whether the marks may be laid beside each other.
    pub moderation_open: bool,
    /// When quality was locked, if it is.
    pub locked_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// How far the panel has come in a lot: counts per panel member. Coordinators and moderators see it.
pub async fn progress(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Progress, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    if !scope.holds(Role::Moderator) {
        scope.must_coordinate()?;
    }
    standing::must_not_be_barred(r, &scope).await?;
    scope.must_stand_at(panel::OPENED)?;
    let lot = lot::one(r, &scope, lot_id).await?;
    let state = panel::state(r, &scope, &lot).await?;
    let answers: BTreeSet<(Uuid, String)> =
        lot.answers().into_iter().map(|(bid, asked)| (bid.id, asked.criterion.code.clone())).collect();
    let mut marks = super::mark::of_lot(r, lot.id).await?;
    let declared = standing::all(r, scope.id()).await?;
    let agreed = consensus::of_lot(r, lot.id).await?;
    let is_answer = |bid: Uuid, question: &String| answers.contains(&(bid, question.clone()));
    marks.retain(|mark| is_answer(mark.bid_id, &mark.question));
    let members = state
        .members
        .iter()
        .map(|member| {
            let sections = by_section(&lot, &state, member.person.id, &marks);
            MemberProgress {
                standing: standing::of(declared.get(&member.person.id), &scope),
                marked: sections.iter().map(|section| section.marked).sum(),
                answers: sections.iter().map(|section| section.answers).sum(),
                sections,
                member: member.clone(),
            }
        })
        .collect();
    Ok(Progress {
        agreed: agreed.iter().filter(|row| is_answer(row.bid_id, &row.question)).count(),
        answers: answers.len(),
        without_member: state.without_member().map(str::to_owned).collect(),
        members,
        moderation_open: state.open(),
        locked_at: state.lock.as_ref().map(|lock| lock.locked_at),
        lot,
    })
}

/// What a panel member has marked of each section, of what it marks there.
fn by_section(
    lot: &lot::Lot,
    state: &panel::State,
    person: Uuid,
    marks: &[mark::Model],
) -> Vec<SectionProgress> {
    let bids = lot.marked_bids().count();
    let section = |section: Section<'_>| {
        let codes = section.questions.into_iter().map(|question| question.code.as_str());
        let own: BTreeSet<&str> = codes.filter(|code| state.counts(person, code)).collect();
        let given = marks.iter().filter(|mark| mark.person_id == person);
        SectionProgress {
            code: section.node.code.clone(),
            title: section.node.title.clone(),
            marked: given.filter(|mark| own.contains(mark.question.as_str())).count(),
            answers: own.len() * bids,
        }
    };
    sections(lot.published()).into_iter().map(section).collect()
}
