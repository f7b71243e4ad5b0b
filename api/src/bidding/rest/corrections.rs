//! Corrections of prices, as the councils propose and decide on them.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::money::UnitPrice;
use uuid::Uuid;

use crate::bidding::correction::decision::{self, DecisionInput};
use crate::bidding::correction::propose::{self, CorrectionInput};
use crate::bidding::correction::slips::{self, Slip};
use crate::bidding::correction::{self, view};
use crate::bidding::response_time::AnswerBy;
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Corrections of prices.
pub struct Operations;

/// A price at which somebody should look. It is no proposal.
#[derive(Object)]
struct PriceSlip {
    bid_id: Uuid,
    supplier: String,
    /// The lot's code.
    lot: String,
    /// The price line's code.
    line: String,
    /// Pounds for a unit, as it counts now.
    unit_price: String,
    /// `total_differs` or `far_apart`.
    kind: String,
    /// What was seen.
    message: String,
}

impl From<Slip> for PriceSlip {
    fn from(slip: Slip) -> Self {
        Self {
            bid_id: slip.bid_id,
            supplier: slip.supplier,
            lot: slip.lot,
            line: slip.line,
            unit_price: slip.unit_price.to_string(),
            kind: slip.kind.to_owned(),
            message: slip.told,
        }
    }
}

/// A correction of a unit price. The price that was submitted stays on record.
#[derive(Object)]
struct PriceCorrection {
    id: Uuid,
    lot_id: Uuid,
    bid_id: Uuid,
    supplier: String,
    /// The price line's code.
    line: String,
    /// Pounds for a unit before.
    before: String,
    /// Pounds for a unit after.
    after: String,
    /// The published rule under which it is made.
    rule: String,
    reason: String,
    /// How the same rule was looked at for every bid.
    looked_at_all: String,
    proposed_by: String,
    proposed_at: String,
    /// From this instant on the bidder's word is late.
    confirm_by: String,
    /// `proposed`, `confirmed`, `refused`, `unconfirmed`, `approved` (only then it counts) or `rejected`.
    state: String,
    #[oai(skip_serializing_if_is_none)]
    answered_at: Option<String>,
    /// Why the bidder refused it, in its own words.
    #[oai(skip_serializing_if_is_none)]
    answer_reason: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decision_reason: Option<String>,
    version: i64,
}

impl From<correction::Correction> for PriceCorrection {
    fn from(one: correction::Correction) -> Self {
        let row = one.row;
        Self {
            id: row.id,
            lot_id: row.lot_id,
            bid_id: row.bid_id,
            supplier: one.supplier,
            line: row.line,
            before: UnitPrice(row.before_e4).to_string(),
            after: UnitPrice(row.after_e4).to_string(),
            rule: row.rule,
            reason: row.reason,
            looked_at_all: row.looked_at_all,
            proposed_by: one.proposed_by,
            proposed_at: rfc3339(row.proposed_at),
            confirm_by: rfc3339(row.confirm_by),
            state: one.state.to_string(),
            answered_at: row.answered_at.map(rfc3339),
            answer_reason: row.answer_reason,
            decided_by: Some(one.decided_by).filter(|name| !name.is_empty()),
            decided_at: row.decided_at.map(rfc3339),
            decision_reason: row.decision_reason,
            version: row.version,
        }
    }
}

/// How far a correction has come. The bidder's words are not repeated: this answer is kept for a day.
#[derive(Object)]
struct PriceCorrectionStanding {
    id: Uuid,
    /// The state now.
    state: String,
    version: i64,
}

impl From<correction::Correction> for PriceCorrectionStanding {
    fn from(one: correction::Correction) -> Self {
        Self { id: one.row.id, state: one.state.to_string(), version: one.row.version }
    }
}

/// What is proposed.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PriceCorrectionBody {
    bid_id: Uuid,
    /// The price line's code.
    line: String,
    /// Pounds for a unit after, net.
    unit_price: String,
    /// Why the price is a slip.
    reason: String,
    /// How the same rule was looked at for every bid.
    looked_at_all: String,
    /// The day in London until which the bidder may confirm it: at least one working day.
    date: String,
    /// The time in London, such as `12:00`. At exactly this time it is too late.
    time: String,
}

/// The second person's word.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PriceCorrectionDecisionBody {
    /// `approve` or `reject`.
    verdict: String,
    reason: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List prices at which somebody should look, of the lots whose quality is locked: totals that differ, and unit prices far
    /// from all others.
    #[oai(
        path = "/procurements/:procurement_id/price-slips",
        method = "get",
        operation_id = "price_slip_list"
    )]
    async fn price_slip_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PriceSlip>> {
        let path = format!("/api/v1/procurements/{}/price-slips", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(slips::list(&r, procurement_id.0, &paging).await?.map(PriceSlip::from))
        })
        .await
    }

    /// List the corrections of prices, oldest first, of the lots whose quality is locked.
    #[oai(
        path = "/procurements/:procurement_id/price-corrections",
        method = "get",
        operation_id = "price_correction_list"
    )]
    async fn price_correction_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PriceCorrection>> {
        let path = format!("/api/v1/procurements/{}/price-corrections", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::list(&r, procurement_id.0, &paging).await?.map(PriceCorrection::from))
        })
        .await
    }

    /// Propose a correction under the published rule. The bidder is asked by letter to confirm it. Coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/price-corrections",
        method = "post",
        operation_id = "price_correction_propose"
    )]
    async fn price_correction_propose(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PriceCorrectionBody>,
    ) -> Created<PriceCorrection> {
        let PriceCorrectionBody { bid_id, line, unit_price, reason, looked_at_all, date, time } = body.0;
        let confirm_by = AnswerBy { date, time };
        let input = CorrectionInput { line, unit_price, reason, looked_at_all, confirm_by };
        call.create(key.0, move |w| async move {
            Ok(propose::propose(&w, procurement_id.0, bid_id, input).await?.into())
        })
        .await
    }

    /// A correction of a price.
    #[oai(
        path = "/procurements/:procurement_id/price-corrections/:correction_id",
        method = "get",
        operation_id = "price_correction_view"
    )]
    async fn price_correction_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        correction_id: Path<Uuid>,
    ) -> Reply<PriceCorrection> {
        call.read(move |r| async move { Ok(view::one(&r, procurement_id.0, correction_id.0).await?.into()) })
            .await
    }

    /// Approve a correction that its bidder has confirmed, or do not. Approvers only, and not the person who proposed it.
    #[oai(
        path = "/procurements/:procurement_id/price-corrections/:correction_id/decision",
        method = "post",
        operation_id = "price_correction_decide"
    )]
    async fn price_correction_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        correction_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<PriceCorrectionDecisionBody>,
    ) -> Reply<PriceCorrectionStanding> {
        let PriceCorrectionDecisionBody { verdict, reason } = body.0;
        let input = DecisionInput { verdict, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(decision::decide(&w, procurement_id.0, correction_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Record that the bidder said nothing in time: its bid stands as it was submitted. Coordinators only.
    #[oai(
        path = "/procurements/:procurement_id/price-corrections/:correction_id/lapse",
        method = "post",
        operation_id = "price_correction_lapse"
    )]
    async fn price_correction_lapse(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        correction_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<PriceCorrectionStanding> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(decision::lapse(&w, procurement_id.0, correction_id.0, seen).await?.into())
        })
        .await
    }
}
