//! Own marks, score sheets, and how far the panel has come.

use entity::{mark, mark_draft};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::scoring::draft;
use crate::scoring::mark::{self as marks, MarkInput, OwnSheet};
use crate::scoring::sheet::{self, MemberProgress, Progress, SectionProgress};

/// The operations about marks.
pub struct Operations;

/// One of the caller's own marks.
#[derive(Object)]
struct OwnMark {
    bid_id: Uuid,
    /// The question's code.
    question: String,
    /// The mark, as on the scale.
    value: String,
    explanation: String,
    marked_at: String,
    /// The revision, 1 for the first; older ones are kept.
    version: i64,
}

impl From<mark::Model> for OwnMark {
    fn from(row: mark::Model) -> Self {
        Self {
            bid_id: row.bid_id,
            question: row.question,
            value: row.value,
            explanation: row.explanation,
            marked_at: rfc3339(row.marked_at),
            version: row.revision.into(),
        }
    }
}

/// A mark for one answer.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OwnMarkBody {
    bid_id: Uuid,
    /// The question's code.
    question: String,
    /// The mark, on the question's scale.
    value: String,
    /// Why; at least a few words.
    explanation: String,
}

/// A mark that the caller is writing.
#[derive(Object)]
struct MarkDraft {
    bid_id: Uuid,
    /// The question's code.
    question: String,
    /// What is chosen so far; may be empty.
    value: String,
    /// What is written so far; may be empty.
    explanation: String,
    /// When it was kept; left out where nothing is.
    #[oai(skip_serializing_if_is_none)]
    kept_at: Option<String>,
}

impl MarkDraft {
    fn of(bid_id: Uuid, question: String, kept: Option<mark_draft::Model>) -> Self {
        let kept_at = kept.as_ref().map(|draft| rfc3339(draft.kept_at));
        let (value, explanation) = kept.map(|draft| (draft.value, draft.explanation)).unwrap_or_default();
        Self { bid_id, question, value, explanation, kept_at }
    }
}

/// What is written of a mark so far.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MarkDraftBody {
    /// A mark; whether it is on the scale is not asked yet.
    #[oai(default)]
    value: String,
    #[oai(default)]
    explanation: String,
}

/// An answer that is still to be marked.
#[derive(Object)]
struct AnswerLeft {
    bid_id: Uuid,
    supplier: String,
    /// The question's code.
    question: String,
    /// The marks the question's scale allows, lowest first.
    allowed: Vec<String>,
}

/// The caller's own score sheet of a lot.
#[derive(Object)]
struct ScoreSheet {
    lot_id: Uuid,
    /// The codes of the questions that the caller marks; none where nothing of the lot is assigned to it.
    questions: Vec<String>,
    /// How many answers there are to mark.
    answers: usize,
    /// Those without a mark, question by question, bids in the caller's own order.
    left: Vec<AnswerLeft>,
    /// When it was handed in, if it is.
    #[oai(skip_serializing_if_is_none)]
    submitted_at: Option<String>,
}

impl From<OwnSheet> for ScoreSheet {
    fn from(sheet: OwnSheet) -> Self {
        let allowed = |code: &str| {
            let asked = sheet.lot.question(code);
            asked.map(|asked| asked.scale.marks.iter().map(|mark| mark.value.clone()).collect())
        };
        let left = sheet.left().into_iter().map(|(bid, question)| AnswerLeft {
            bid_id: bid.id,
            supplier: bid.supplier.clone(),
            allowed: allowed(&question).unwrap_or_default(),
            question,
        });
        Self {
            lot_id: sheet.lot.id,
            answers: sheet.total(),
            left: left.collect(),
            questions: sheet.questions.clone(),
            submitted_at: sheet.submitted_at.map(rfc3339),
        }
    }
}

/// How far a panel member has come.
#[derive(Object)]
struct PanelMemberProgress {
    person_id: Uuid,
    name: String,
    council: String,
    /// What its declarations of interest open: `undeclared`, `declare_again`, `to_clear` or `free`.
    standing: String,
    /// How many answers are marked.
    marked: usize,
    /// How many answers the panel member marks.
    answers: usize,
    /// The same, section by section.
    sections: Vec<PanelSectionProgress>,
    #[oai(skip_serializing_if_is_none)]
    submitted_at: Option<String>,
}

/// How far a panel member has come with a section of the lot.
#[derive(Object)]
struct PanelSectionProgress {
    /// The code of the section, or of a question that stands alone.
    code: String,
    title: String,
    marked: usize,
    /// 0 where the section is others'.
    answers: usize,
}

impl From<SectionProgress> for PanelSectionProgress {
    fn from(section: SectionProgress) -> Self {
        let SectionProgress { code, title, marked, answers } = section;
        Self { code, title, marked, answers }
    }
}

impl From<MemberProgress> for PanelMemberProgress {
    fn from(progress: MemberProgress) -> Self {
        Self {
            person_id: progress.member.person.id,
            name: progress.member.person.name,
            council: progress.member.council,
            standing: progress.standing.to_string(),
            marked: progress.marked,
            answers: progress.answers,
            sections: progress.sections.into_iter().map(PanelSectionProgress::from).collect(),
            submitted_at: progress.member.submitted_at.map(rfc3339),
        }
    }
}

/// How far the panel has come in a lot.
#[derive(Object)]
struct PanelProgress {
    lot_id: Uuid,
    lot_code: String,
    members: Vec<PanelMemberProgress>,
    /// The questions that nobody who counts marks: moderation does not open while there is one.
    without_member: Vec<String>,
    /// How many answers there are.
    answers: usize,
    /// How many answers have a mark of record.
    agreed: usize,
    /// Whether every panel member who counts has handed in.
    moderation_open: bool,
    #[oai(skip_serializing_if_is_none)]
    quality_locked_at: Option<String>,
}

impl From<Progress> for PanelProgress {
    fn from(progress: Progress) -> Self {
        Self {
            lot_id: progress.lot.id,
            lot_code: progress.lot.published().code.clone(),
            members: progress.members.into_iter().map(PanelMemberProgress::from).collect(),
            without_member: progress.without_member,
            answers: progress.answers,
            agreed: progress.agreed,
            moderation_open: progress.moderation_open,
            quality_locked_at: progress.locked_at.map(rfc3339),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// List the caller's own marks in a lot, and nobody else's.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/marks",
        method = "get",
        operation_id = "mark_list"
    )]
    async fn mark_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OwnMark>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/marks", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let own = marks::own_sheet(&r, procurement_id.0, lot_id.0).await?;
            crate::scoring::cut(own.marks.into_values().map(OwnMark::from).collect(), &paging)
        })
        .await
    }

    /// Mark one answer. If-Match is the version of the own mark that was seen, "0" for the first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/marks",
        method = "put",
        operation_id = "mark_save"
    )]
    async fn mark_save(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<OwnMarkBody>,
    ) -> Reply<OwnMark> {
        let OwnMarkBody { bid_id, question, value, explanation } = body.0;
        let input = MarkInput { value, explanation };
        call.change(if_match.0, move |w, seen| async move {
            Ok(marks::save(&w, procurement_id.0, lot_id.0, bid_id, &question, seen, input).await?.into())
        })
        .await
    }

    /// What the caller has written of a mark and not saved. Nobody else ever sees it.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/answers/:bid_id/:question/draft",
        method = "get",
        operation_id = "mark_draft_view"
    )]
    async fn mark_draft_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        question: Path<String>,
    ) -> Reply<MarkDraft> {
        call.read(move |r| async move {
            let kept = draft::own(&r, procurement_id.0, lot_id.0, (bid_id.0, &question.0)).await?;
            Ok(MarkDraft::of(bid_id.0, question.0, kept))
        })
        .await
    }

    /// Keep what is written of a mark so far, in place of what was kept before; with nothing in it, it goes. It never counts, and
    /// goes when the mark is saved.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/answers/:bid_id/:question/draft",
        method = "put",
        operation_id = "mark_draft_keep"
    )]
    async fn mark_draft_keep(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        question: Path<String>,
        body: Json<MarkDraftBody>,
    ) -> Reply<MarkDraft> {
        let MarkDraftBody { value, explanation } = body.0;
        let input = MarkInput { value, explanation };
        call.act(None, move |w| async move {
            let kept = draft::keep(&w, procurement_id.0, lot_id.0, (bid_id.0, &question.0), input).await?;
            Ok(MarkDraft::of(bid_id.0, question.0, kept))
        })
        .await
    }

    /// The caller's own score sheet: what is left, and whether it is handed in.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet",
        method = "get",
        operation_id = "score_sheet_view"
    )]
    async fn score_sheet_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<ScoreSheet> {
        call.read(move |r| async move { Ok(marks::own_sheet(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }

    /// Hand in the caller's marks of a lot. Every answer that the caller marks must be. Where explanations only repeat the scale's descriptor, the
    /// answer is 409 with the code `repeats_descriptor` and lists them; `confirm` hands them in as they are.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet",
        method = "post",
        operation_id = "score_sheet_submit"
    )]
    async fn score_sheet_submit(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(default)] confirm: Query<bool>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
    ) -> Created<ScoreSheet> {
        call.create(key.0, move |w| async move {
            sheet::submit(&w, procurement_id.0, lot_id.0, confirm.0).await?;
            Ok(marks::own_sheet(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }

    /// Take the caller's marks of a lot back, to change them; until the first mark of record of the lot.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/score-sheet",
        method = "delete",
        operation_id = "score_sheet_recall"
    )]
    async fn score_sheet_recall(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<ScoreSheet> {
        call.act(None, move |w| async move {
            sheet::recall(&w, procurement_id.0, lot_id.0).await?;
            Ok(marks::own_sheet(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }

    /// How far the panel has come: counts, never marks. Coordinators and moderators only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/progress",
        method = "get",
        operation_id = "panel_progress_view"
    )]
    async fn panel_progress_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<PanelProgress> {
        call.read(move |r| async move { Ok(sheet::progress(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }
}
