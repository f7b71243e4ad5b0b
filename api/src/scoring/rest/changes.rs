//! Changes of marks of record after a lot was locked, through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::moderation::{ConsensusBody, ConsensusMark, IndividualMark};
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::scoring::change::decision::{self, DecisionInput};
use crate::scoring::change::propose::{self, ChangeInput};
use crate::scoring::change::{self, Change, InDepth};

/// The operations about changes.
pub struct Operations;

/// A change of a mark of record after the quality of its lot was locked.
#[derive(Object)]
struct MarkChange {
    id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    supplier: String,
    /// The question's code.
    question: String,
    /// `proposed`, `approved` (only then it counts), `rejected` or `taken_back`.
    state: String,
    /// The mark of record that it changes, as it was locked.
    before: ConsensusMark,
    /// The mark that is proposed, on the question's scale.
    value: String,
    rationale: String,
    strengths: String,
    weaknesses: String,
    reference: String,
    present: String,
    dissent: String,
    /// Why a locked mark is changed.
    reason: String,
    proposed_by: String,
    proposed_at: String,
    #[oai(skip_serializing_if_is_none)]
    decided_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decision_reason: Option<String>,
    /// SHA-256 of the lot's marks of record from the approval on.
    #[oai(skip_serializing_if_is_none)]
    marks_hash: Option<String>,
    version: i64,
}

impl From<Change> for MarkChange {
    fn from(change: Change) -> Self {
        let row = change.row;
        Self {
            id: row.id,
            lot_id: row.lot_id,
            bid_id: row.bid_id,
            supplier: change.supplier,
            question: row.question,
            state: row.state.0.to_string(),
            before: change.before.into(),
            value: row.value,
            rationale: row.rationale,
            strengths: row.strengths,
            weaknesses: row.weaknesses,
            reference: row.reference,
            present: row.present,
            dissent: row.dissent,
            reason: row.reason,
            proposed_by: change.proposed_by,
            proposed_at: rfc3339(row.proposed_at),
            decided_by: Some(change.decided_by).filter(|name| !name.is_empty()),
            decided_at: row.decided_at.map(rfc3339),
            decision_reason: row.decision_reason,
            marks_hash: row.marks_hash,
            version: row.version,
        }
    }
}

/// A change with what whoever decides on it has to know.
#[derive(Object)]
struct MarkChangeInDepth {
    #[oai(flatten)]
    change: MarkChange,
    /// What was asked.
    asked: String,
    /// The bid's short answer.
    #[oai(skip_serializing_if_is_none)]
    answer: Option<String>,
    /// The names of the documents that answer it; the bid has them.
    documents: Vec<String>,
    /// What each panel member said of it.
    marks: Vec<IndividualMark>,
}

impl From<InDepth> for MarkChangeInDepth {
    fn from(one: InDepth) -> Self {
        Self {
            change: one.change.into(),
            asked: one.question,
            answer: one.answer.text.map(|row| row.text),
            documents: one.answer.documents.into_iter().map(|file| file.name).collect(),
            marks: one.marks.into_iter().map(IndividualMark::from).collect(),
        }
    }
}

/// What is proposed.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MarkChangeBody {
    /// The mark of record as it should be.
    agreed: ConsensusBody,
    /// Why a locked mark is changed.
    reason: String,
}

/// The second person's word.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MarkChangeDecisionBody {
    /// `approve` or `reject`.
    verdict: String,
    reason: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// List the changes of marks after their lots were locked, oldest first.
    #[oai(
        path = "/procurements/:procurement_id/mark-changes",
        method = "get",
        operation_id = "mark_change_list"
    )]
    async fn mark_change_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<MarkChange>> {
        let path = format!("/api/v1/procurements/{}/mark-changes", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(change::list(&r, procurement_id.0, &paging).await?.map(MarkChange::from))
        })
        .await
    }

    /// One change, with the answer it is about and what each panel member said of it.
    #[oai(
        path = "/procurements/:procurement_id/mark-changes/:change_id",
        method = "get",
        operation_id = "mark_change_view"
    )]
    async fn mark_change_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        change_id: Path<Uuid>,
    ) -> Reply<MarkChangeInDepth> {
        call.read(
            move |r| async move { Ok(change::in_depth(&r, procurement_id.0, change_id.0).await?.into()) },
        )
        .await
    }

    /// Propose to change the mark of record of an answer of a locked lot, with the reason. A moderator only, before the award; a
    /// second person decides. If-Match names the revision of the mark of record that was seen.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/mark-changes",
        method = "post",
        operation_id = "mark_change_propose"
    )]
    async fn mark_change_propose(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<MarkChangeBody>,
    ) -> Reply<MarkChange> {
        let MarkChangeBody { agreed, reason } = body.0;
        let ((bid, question), agreed) = agreed.into_input();
        let input = ChangeInput { agreed, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let place = (bid, question.as_str());
            Ok(propose::propose(&w, procurement_id.0, lot_id.0, place, seen, input).await?.into())
        })
        .await
    }

    /// Approve a change that another person proposed, or do not: a moderator, coordinator or approver, before the award. Approved, the
    /// lot's marks are fixed and signed anew; where the mark itself moved, its result is to be computed anew. If-Match names the change's version.
    #[oai(
        path = "/procurements/:procurement_id/mark-changes/:change_id/decision",
        method = "post",
        operation_id = "mark_change_decide"
    )]
    async fn mark_change_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        change_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<MarkChangeDecisionBody>,
    ) -> Reply<MarkChange> {
        let MarkChangeDecisionBody { verdict, reason } = body.0;
        let input = DecisionInput { verdict, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(decision::decide(&w, procurement_id.0, change_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Take back a change that waits. Who proposed it only. If-Match names its version.
    #[oai(
        path = "/procurements/:procurement_id/mark-changes/:change_id/take-back",
        method = "post",
        operation_id = "mark_change_take_back"
    )]
    async fn mark_change_take_back(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        change_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<MarkChange> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(propose::take_back(&w, procurement_id.0, change_id.0, seen).await?.into())
        })
        .await
    }
}
