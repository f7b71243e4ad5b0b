//! Recommendations and decisions through the API.

use entity::{decision, recommendation};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::deciding::decision::DecisionInput;
use crate::deciding::recommendation::RecommendationInput;
use crate::deciding::{decision as decisions, recommendation as recommendations};
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::Slice;
use crate::kernel::clock::rfc3339;

/// The operations on recommendations and decisions.
pub struct Operations;

/// The recommendation on a lot.
#[derive(Object)]
struct Recommendation {
    id: Uuid,
    lot_id: Uuid,
    /// The result it rests on.
    result_id: Uuid,
    bid_id: Uuid,
    text: String,
    made_at: String,
    version: i64,
}

impl From<recommendation::Model> for Recommendation {
    fn from(row: recommendation::Model) -> Self {
        Self {
            id: row.id,
            lot_id: row.lot_id,
            result_id: row.result_id,
            bid_id: row.bid_id,
            text: row.text,
            made_at: rfc3339(row.made_at),
            version: row.version,
        }
    }
}

/// What is entered about a recommendation.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RecommendationBody {
    /// The winner's bid, or one of those tied for the first rank.
    bid_id: String,
    /// Why; in a tie, also why this bid of those tied.
    text: String,
}

/// A signatory's decision.
#[derive(Object)]
#[expect(clippy::struct_field_names, reason = "a key decision is a term of local government law")]
struct Decision {
    id: Uuid,
    lot_id: Uuid,
    council_id: Uuid,
    recommendation_id: Uuid,
    /// The recommendation's version that was decided on; on a later one it no longer counts.
    recommendation_version: i64,
    /// `award` or `refuse`.
    verdict: String,
    /// The committee or officer that decided.
    body: String,
    minute: String,
    /// Taken by the lead under the council's delegation.
    by_delegation: bool,
    taken_on: String,
    key_decision: bool,
    /// Call-in is over.
    effective_on: String,
    reason: String,
    #[oai(skip_serializing_if_is_none)]
    external_ref: Option<String>,
    recorded_at: String,
    version: i64,
}

impl From<decision::Model> for Decision {
    fn from(row: decision::Model) -> Self {
        Self {
            id: row.id,
            lot_id: row.lot_id,
            council_id: row.council_id,
            recommendation_id: row.recommendation_id,
            recommendation_version: row.recommendation_version,
            verdict: row.verdict.0.to_string(),
            body: row.body,
            minute: row.minute,
            by_delegation: row.by_delegation,
            taken_on: row.taken_on.to_string(),
            key_decision: row.key_decision,
            effective_on: row.effective_on.to_string(),
            reason: row.reason,
            external_ref: row.external_ref,
            recorded_at: rfc3339(row.recorded_at),
            version: row.version,
        }
    }
}

/// What is entered about a decision.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DecisionBody {
    /// The council whose decision it is; the caller's own where left out.
    #[oai(skip_serializing_if_is_none)]
    council_id: Option<String>,
    /// `award` or `refuse`.
    verdict: String,
    /// The committee or officer that decided.
    body: String,
    /// The minute or the reference of the officer's decision.
    minute: String,
    /// The day it was taken, `2027-03-31`.
    taken_on: String,
    #[oai(default)]
    key_decision: bool,
    /// The day from which it has effect.
    effective_on: String,
    reason: String,
    /// The decision's key in the council's own system.
    #[oai(skip_serializing_if_is_none)]
    external_ref: Option<String>,
}

impl From<DecisionBody> for DecisionInput {
    fn from(body: DecisionBody) -> Self {
        Self {
            council_id: body.council_id,
            verdict: body.verdict,
            body: body.body,
            minute: body.minute,
            taken_on: body.taken_on,
            key_decision: body.key_decision,
            effective_on: body.effective_on,
            reason: body.reason,
            external_ref: body.external_ref,
        }
    }
}

/// A council that must decide.
#[derive(Object)]
struct Signatory {
    council_id: Uuid,
    council: String,
    /// Its part of the recommended bid's price, without VAT.
    #[oai(skip_serializing_if_is_none)]
    share_net: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decision_id: Option<Uuid>,
    /// Whether it has decided to award on the recommendation as it stands.
    awards: bool,
    /// Whether the caller may record its decision now.
    may_record: bool,
}

impl From<decisions::Signatory> for Signatory {
    fn from(found: decisions::Signatory) -> Self {
        Self {
            council_id: found.council_id,
            council: found.council,
            share_net: found.share.map(|share| share.to_string()),
            decision_id: found.decision.map(|row| row.id),
            awards: found.awards,
            may_record: found.may_record,
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Deciding")]
impl Operations {
    /// The recommendation on a lot.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/recommendation",
        method = "get",
        operation_id = "recommendation_view"
    )]
    async fn recommendation_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<Recommendation> {
        call.read(
            move |r| async move { Ok(recommendations::view(&r, procurement_id.0, lot_id.0).await?.into()) },
        )
        .await
    }

    /// Recommend the bid of rank 1. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/recommendation",
        method = "post",
        operation_id = "recommendation_make"
    )]
    async fn recommendation_make(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<RecommendationBody>,
    ) -> Created<Recommendation> {
        let input = RecommendationInput { bid_id: body.0.bid_id, text: body.0.text };
        call.create(key.0, move |w| async move {
            Ok(recommendations::make(&w, procurement_id.0, lot_id.0, input).await?.into())
        })
        .await
    }

    /// Change the recommendation. Decisions on the earlier one no longer count.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/recommendation",
        method = "put",
        operation_id = "recommendation_change"
    )]
    async fn recommendation_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<RecommendationBody>,
    ) -> Reply<Recommendation> {
        let input = RecommendationInput { bid_id: body.0.bid_id, text: body.0.text };
        call.change(if_match.0, move |w, seen| async move {
            Ok(recommendations::change(&w, procurement_id.0, lot_id.0, seen, input).await?.into())
        })
        .await
    }

    /// List who must decide on a lot.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/signatories",
        method = "get",
        operation_id = "signatory_list"
    )]
    async fn signatory_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Signatory>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/signatories", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let mut all = decisions::signatories(&r, procurement_id.0, lot_id.0).await?;
            if let Some(after) = paging.after_key::<Uuid>()? {
                let at = all.iter().position(|one| one.council_id == after);
                all.drain(..at.map_or(0, |at| at + 1));
            }
            let Slice { items, next } = paging.cut(all, |one| one.council_id.to_string());
            Ok(Slice { items: items.into_iter().map(Signatory::from).collect(), next })
        })
        .await
    }

    /// List the decisions on a lot, oldest first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/decisions",
        method = "get",
        operation_id = "decision_list"
    )]
    async fn decision_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Decision>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/decisions", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(decisions::list(&r, procurement_id.0, lot_id.0, &paging).await?.map(Decision::from))
        })
        .await
    }

    /// Record a signatory's decision: its own approver or key, or the lead's approver under its delegation.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/decisions",
        method = "post",
        operation_id = "decision_record"
    )]
    async fn decision_record(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<DecisionBody>,
    ) -> Created<Decision> {
        let input = body.0.into();
        call.create(key.0, move |w| async move {
            Ok(decisions::record(&w, procurement_id.0, lot_id.0, input).await?.into())
        })
        .await
    }

    /// Change a decision, until the award. Its council stays.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/decisions/:decision_id",
        method = "put",
        operation_id = "decision_change"
    )]
    async fn decision_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        decision_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<DecisionBody>,
    ) -> Reply<Decision> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(decisions::change(&w, procurement_id.0, lot_id.0, decision_id.0, seen, input).await?.into())
        })
        .await
    }
}
