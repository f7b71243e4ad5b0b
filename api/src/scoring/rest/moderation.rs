//! Moderation, marks of record and the quality lock.

use entity::{consensus, quality_lock};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::agreement;
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::scoring::agreement::{self as in_lot, LotAgreement, MemberAgreement, QuestionAgreement};
use crate::scoring::consensus::{self as agreed, ConsensusInput};
use crate::scoring::lock::{self, Check};
use crate::scoring::moderation::{self, Individual, Item};

/// The operations about moderation.
pub struct Operations;

/// One panel member's mark.
#[derive(Object)]
pub(super) struct IndividualMark {
    person_id: Uuid,
    name: String,
    council: String,
    value: String,
    explanation: String,
}

impl From<Individual> for IndividualMark {
    fn from(individual: Individual) -> Self {
        Self {
            person_id: individual.mark.person_id,
            name: individual.name,
            council: individual.council,
            value: individual.mark.value,
            explanation: individual.mark.explanation,
        }
    }
}

/// The mark of record of one answer.
#[derive(Object)]
pub(super) struct ConsensusMark {
    bid_id: Uuid,
    /// The question's code.
    question: String,
    value: String,
    rationale: String,
    strengths: String,
    weaknesses: String,
    /// Where in the bid, or `nothing found`.
    reference: String,
    present: String,
    dissent: String,
    moderator_id: Uuid,
    agreed_at: String,
    /// The revision, 1 for the first; older ones are kept.
    version: i64,
}

impl From<consensus::Model> for ConsensusMark {
    fn from(row: consensus::Model) -> Self {
        Self {
            bid_id: row.bid_id,
            question: row.question,
            value: row.value,
            rationale: row.rationale,
            strengths: row.strengths,
            weaknesses: row.weaknesses,
            reference: row.reference,
            present: row.present,
            dissent: row.dissent,
            moderator_id: row.moderator_id,
            agreed_at: rfc3339(row.agreed_at),
            version: row.revision.into(),
        }
    }
}

/// One answer on the agenda.
#[derive(Object)]
struct ModerationItem {
    bid_id: Uuid,
    supplier: String,
    /// The question's code.
    question: String,
    title: String,
    /// Those that count.
    marks: Vec<IndividualMark>,
    /// Those that do not: of members whom substitutes replaced, or to whom the question is no longer assigned.
    former_marks: Vec<IndividualMark>,
    /// Whether one panel member alone marks it, whose mark a second person confirms.
    confirmed: bool,
    /// The highest mark less the lowest.
    #[oai(skip_serializing_if_is_none)]
    spread: Option<String>,
    /// The same in steps of the scale.
    #[oai(skip_serializing_if_is_none)]
    spread_steps: Option<usize>,
    /// With two digits; information, never the mark of record.
    #[oai(skip_serializing_if_is_none)]
    mean: Option<String>,
    /// Whether the marks are so far apart that the panel should talk.
    needed: bool,
    /// The mark of record, once there is one.
    #[oai(skip_serializing_if_is_none)]
    consensus: Option<ConsensusMark>,
}

impl From<Item> for ModerationItem {
    fn from(item: Item) -> Self {
        Self {
            bid_id: item.bid.id,
            supplier: item.bid.supplier,
            question: item.question,
            title: item.title,
            marks: item.marks.into_iter().map(IndividualMark::from).collect(),
            former_marks: item.former.into_iter().map(IndividualMark::from).collect(),
            confirmed: item.confirmed,
            spread: item.spread.map(|spread| spread.to_string()),
            spread_steps: item.steps,
            mean: item.mean,
            needed: item.needed,
            consensus: item.consensus.map(ConsensusMark::from),
        }
    }
}

/// What is agreed about one answer.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ConsensusBody {
    bid_id: Uuid,
    /// The question's code.
    question: String,
    /// The mark, on the question's scale.
    value: String,
    /// Why, in the words the bidder will read.
    rationale: String,
    /// What is good about the answer, in the words the bidder will read.
    #[oai(default)]
    strengths: String,
    /// What it lacks, in the words the bidder will read.
    #[oai(default)]
    weaknesses: String,
    /// Where in the bid, or `nothing found`.
    reference: String,
    /// Who was present.
    present: String,
    /// Who disagreed, and why.
    #[oai(default)]
    dissent: String,
    /// Keeps a rationale that only repeats the scale's descriptor, after the refusal `repeats_descriptor`.
    #[oai(default)]
    confirm: bool,
}

impl ConsensusBody {
    /// The answer, and what is agreed about it.
    pub(super) fn into_input(self) -> ((Uuid, String), ConsensusInput) {
        let Self {
            bid_id,
            question,
            value,
            rationale,
            strengths,
            weaknesses,
            reference,
            present,
            dissent,
            confirm,
        } = self;
        let input =
            ConsensusInput { value, rationale, strengths, weaknesses, reference, present, dissent, confirm };
        ((bid_id, question), input)
    }
}

/// Whether a lot's quality is, or can be, locked.
#[derive(Object)]
struct QualityLock {
    lot_id: Uuid,
    /// How many marks of record there are.
    marks: usize,
    /// The answers without one, as sentences.
    missing: Vec<String>,
    #[oai(skip_serializing_if_is_none)]
    locked_at: Option<String>,
    /// SHA-256 of the marks of record, canonical JSON.
    #[oai(skip_serializing_if_is_none)]
    marks_hash: Option<String>,
}

impl From<Check> for QualityLock {
    fn from(check: Check) -> Self {
        let lock: Option<quality_lock::Model> = check.lock;
        Self {
            lot_id: check.lot.id,
            marks: check.marks.len(),
            missing: check.missing.into_iter().map(|fault| fault.message).collect(),
            locked_at: lock.as_ref().map(|lock| rfc3339(lock.locked_at)),
            marks_hash: lock.map(|lock| lock.marks_hash),
        }
    }
}

/// A coefficient of agreement, or why there is none.
#[derive(Object)]
struct AgreementCoefficient {
    /// Krippendorff's alpha for ranks, with three digits. Left out where there is nothing to say.
    #[oai(skip_serializing_if_is_none)]
    alpha: Option<String>,
    /// What it says, in words.
    words: String,
}

impl From<&agreement::Reading> for AgreementCoefficient {
    fn from(reading: &agreement::Reading) -> Self {
        Self { alpha: reading.number(), words: reading.words().to_owned() }
    }
}

/// One panel member beside the others.
#[derive(Object)]
struct MemberOfAgreement {
    person_id: Uuid,
    name: String,
    council: String,
    /// The agreement of the others without this one.
    without: AgreementCoefficient,
    /// How much this one gives above the others on the same answers, in per cent of the scale.
    #[oai(skip_serializing_if_is_none)]
    leniency: Option<String>,
}

/// The panel on one question.
#[derive(Object)]
struct QuestionOfAgreement {
    /// The question's code.
    question: String,
    title: String,
    agreement: AgreementCoefficient,
    /// On how many bids the marks lie two steps of the scale or more apart.
    bids_apart: usize,
    /// The widest spread, in steps of the scale.
    widest_steps: usize,
}

/// How far the panel of a lot agrees. It steers a talk and never a mark.
#[derive(Object)]
struct PanelAgreement {
    lot_id: Uuid,
    /// How many marks stand beside another one.
    marks: usize,
    agreement: AgreementCoefficient,
    members: Vec<MemberOfAgreement>,
    questions: Vec<QuestionOfAgreement>,
}

impl From<LotAgreement> for PanelAgreement {
    fn from(found: LotAgreement) -> Self {
        let member = |one: MemberAgreement| MemberOfAgreement {
            person_id: one.member.person.id,
            name: one.member.person.name,
            council: one.member.council,
            without: (&one.without).into(),
            leniency: one.leniency.map(|more| more.fixed(2)),
        };
        let question = |one: QuestionAgreement| QuestionOfAgreement {
            question: one.code,
            title: one.title,
            agreement: (&one.agreed).into(),
            bids_apart: one.apart,
            widest_steps: one.widest,
        };
        Self {
            lot_id: found.lot.id,
            marks: found.marks,
            agreement: (&found.whole).into(),
            members: found.members.into_iter().map(member).collect(),
            questions: found.questions.into_iter().map(question).collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// How far the panel of a lot agrees, by panel member and by question: information, never a mark. For those who see the
    /// marks.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/agreement",
        method = "get",
        operation_id = "agreement_view"
    )]
    async fn agreement_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<PanelAgreement> {
        call.read(move |r| async move { Ok(in_lot::of_lot(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }

    /// List every answer with all marks, the widest spread first. Moderators, once all panel members have handed in; panel
    /// members, once the first mark of record of the lot is agreed.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/moderation",
        method = "get",
        operation_id = "moderation_list"
    )]
    async fn moderation_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<ModerationItem>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/moderation", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let queue = moderation::queue(&r, procurement_id.0, lot_id.0).await?;
            Ok(crate::scoring::cut(queue.items, &paging)?.map(ModerationItem::from))
        })
        .await
    }

    /// List the marks of record of a lot. For those who see the marks.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/consensus",
        method = "get",
        operation_id = "consensus_list"
    )]
    async fn consensus_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<ConsensusMark>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/consensus", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let queue = moderation::queue(&r, procurement_id.0, lot_id.0).await?;
            let rows = queue.items.into_iter().filter_map(|item| item.consensus);
            Ok(crate::scoring::cut(rows.collect(), &paging)?.map(ConsensusMark::from))
        })
        .await
    }

    /// Record the mark of record of one answer. If-Match is the version that was seen, "0" for the first. Moderators only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/consensus",
        method = "put",
        operation_id = "consensus_agree"
    )]
    async fn consensus_agree(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ConsensusBody>,
    ) -> Reply<ConsensusMark> {
        let ((bid_id, question), input) = body.0.into_input();
        call.change(if_match.0, move |w, seen| async move {
            Ok(agreed::agree(&w, procurement_id.0, lot_id.0, bid_id, &question, seen, input).await?.into())
        })
        .await
    }

    /// Whether a lot's quality is locked, and what is missing for it. Moderators and coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/quality-lock",
        method = "get",
        operation_id = "quality_lock_view"
    )]
    async fn quality_lock_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<QualityLock> {
        call.read(move |r| async move { Ok(lock::check(&r, procurement_id.0, lot_id.0).await?.into()) }).await
    }

    /// Lock a lot's quality: its marks of record are fixed and its prices show. Moderators and coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/quality-lock",
        method = "post",
        operation_id = "quality_lock_make"
    )]
    async fn quality_lock_make(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
    ) -> Created<QualityLock> {
        call.create(key.0, move |w| async move {
            lock::lock_quality(&w, procurement_id.0, lot_id.0).await?;
            Ok(lock::check(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }
}
