//! Late submissions and the decisions on them.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::late::{self, GivenWord, LateSubmission, WordInput};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Late submissions.
pub struct Operations;

/// One person's word on a late submission.
#[derive(Object)]
pub(super) struct LateWord {
    person_id: Uuid,
    name: String,
    council: String,
    /// `admit` or `refuse`.
    verdict: String,
    reason: String,
    /// The log of an outage, where there was one.
    #[oai(skip_serializing_if_is_none)]
    outage: Option<String>,
    given_at: String,
}

impl From<GivenWord> for LateWord {
    fn from(word: GivenWord) -> Self {
        Self {
            person_id: word.person_id,
            name: word.name,
            council: word.council,
            verdict: word.verdict.to_string(),
            reason: word.reason,
            outage: word.outage,
            given_at: rfc3339(word.given_at),
        }
    }
}

/// A submission that came at or after the deadline. Before the opening it tells neither whose it is nor what it holds.
#[derive(Object)]
pub(super) struct LateBid {
    id: Uuid,
    received_at: String,
    /// `undecided`, `admitted` or `refused`.
    state: String,
    /// The words that count, oldest first: one that waits for a second is void after 24 hours.
    words: Vec<LateWord>,
    /// Whether the caller may give its word now.
    may_give_word: bool,
    /// Why not, before the opening.
    #[oai(skip_serializing_if_is_none)]
    hindrance: Option<String>,
    /// After the opening.
    #[oai(skip_serializing_if_is_none)]
    supplier_id: Option<Uuid>,
    /// After the opening.
    #[oai(skip_serializing_if_is_none)]
    supplier: Option<String>,
    /// After the opening: 1 for the supplier's first submission.
    #[oai(skip_serializing_if_is_none)]
    number: Option<i32>,
    /// After the opening.
    #[oai(skip_serializing_if_is_none)]
    manifest_hash: Option<String>,
    /// Counts words given and taken back; 0 before the first. The next word names it in If-Match.
    version: i64,
}

impl From<LateSubmission> for LateBid {
    fn from(late: LateSubmission) -> Self {
        let (submission, supplier) = late.opened.unzip();
        Self {
            id: late.id,
            received_at: rfc3339(late.received_at),
            state: late.state.to_string(),
            words: late.words.into_iter().map(LateWord::from).collect(),
            may_give_word: late.may_give_word,
            hindrance: late.hindrance,
            supplier_id: supplier.as_ref().map(|row| row.id),
            supplier: supplier.map(|row| row.name),
            number: submission.as_ref().map(|row| row.number),
            manifest_hash: submission.map(|row| row.manifest_hash),
            version: late.version,
        }
    }
}

/// One's word on a late submission.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct LateWordBody {
    /// `admit` or `refuse`. Admitting takes both words.
    verdict: String,
    /// Why. Where it is refused, the bidder is told this at the award.
    reason: String,
    /// The log of an outage, where there was one.
    #[oai(skip_serializing_if_is_none)]
    outage: Option<String>,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the late submissions, in the order they came. Before the opening openers see that they are there and when they
    /// came; after it everybody who sees bids sees whose they are and what was decided.
    #[oai(
        path = "/procurements/:procurement_id/late-submissions",
        method = "get",
        operation_id = "late_submission_list"
    )]
    async fn late_submission_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<LateBid>> {
        let path = format!("/api/v1/procurements/{}/late-submissions", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(late::list(&r, procurement_id.0, &paging).await?.map(LateBid::from))
        })
        .await
    }

    /// One late submission, for the same people.
    #[oai(
        path = "/procurements/:procurement_id/late-submissions/:submission_id",
        method = "get",
        operation_id = "late_submission_view"
    )]
    async fn late_submission_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        submission_id: Path<Uuid>,
    ) -> Reply<LateBid> {
        call.read(move |r| async move { Ok(late::one(&r, procurement_id.0, submission_id.0).await?.into()) })
            .await
    }

    /// Give one's word on a late submission, before the opening: the second one, by another person within 24 hours,
    /// decides. Both admit it, or it is refused. Openers only. If-Match names the submission's version, 0 at first.
    #[oai(
        path = "/procurements/:procurement_id/late-submissions/:submission_id/words",
        method = "post",
        operation_id = "late_submission_decide"
    )]
    async fn late_submission_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        submission_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<LateWordBody>,
    ) -> Reply<LateBid> {
        let LateWordBody { verdict, reason, outage } = body.0;
        let input = WordInput { verdict, reason, outage };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(late::give_word(&w, procurement_id.0, submission_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Take one's word back, before the opening: the submission is undecided again.
    #[oai(
        path = "/procurements/:procurement_id/late-submissions/:submission_id/words/own",
        method = "delete",
        operation_id = "late_submission_take_back"
    )]
    async fn late_submission_take_back(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        submission_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<LateBid> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(late::take_back_word(&w, procurement_id.0, submission_id.0, seen).await?.into())
        })
        .await
    }
}
