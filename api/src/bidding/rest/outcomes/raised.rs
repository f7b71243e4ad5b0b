//! What becomes of tenders through the API: the table of grounds, the tenders' compliance, and the grounds that are raised and
//! decided on.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::outcome::{Ground, Rule};
use uuid::Uuid;

use crate::bidding::outcome::compliance::{self, Standing, Told};
use crate::bidding::outcome::decision::{self, DecisionInput};
use crate::bidding::outcome::raise::{self, RaiseInput};
use crate::bidding::outcome::{self, Outcome, view};
use crate::bidding::response_time::AnswerBy;
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Caller, Refusal};

/// What becomes of tenders.
pub struct Operations;

/// A ground on which a tender is disregarded, and what the law says of it.
#[derive(Object)]
struct OutcomeGround {
    /// The word by which it is raised.
    ground: String,
    label: String,
    clause: String,
    /// `must` or `may`.
    power: String,
    law: String,
    /// The clause by which the supplier is told and may reply before; left out where the law does not ask for it.
    #[oai(skip_serializing_if_is_none)]
    hearing: Option<String>,
    /// Whether it is raised of one lot, once the quality of that lot is locked.
    of_price: bool,
    /// Whether a tender that is disregarded on it counts as assessed.
    assessed: bool,
    /// Whether its bidder gets an assessment summary.
    summary: bool,
    /// Within how many days, beginning with the day of the decision, it is to be reported.
    #[oai(skip_serializing_if_is_none)]
    report_within_days: Option<u32>,
    /// The clause of that report.
    #[oai(skip_serializing_if_is_none)]
    report_clause: Option<String>,
}

impl From<Rule> for OutcomeGround {
    fn from(rule: Rule) -> Self {
        Self {
            ground: rule.ground.to_string(),
            label: rule.ground.label().to_owned(),
            clause: rule.clause.to_owned(),
            power: rule.power.to_string(),
            law: rule.law.to_owned(),
            hearing: rule.hearing.map(str::to_owned),
            of_price: rule.of_price,
            assessed: rule.assessed,
            summary: rule.summary,
            report_within_days: rule.report.map(|period| period.number),
            report_clause: rule.report.map(|period| period.clause.to_owned()),
        }
    }
}

/// What became of a tender so far.
#[derive(Object)]
struct TenderCompliance {
    /// Left out for a submission that came too late and was not admitted.
    #[oai(skip_serializing_if_is_none)]
    bid_id: Option<Uuid>,
    supplier: String,
    told: Vec<TenderTold>,
}

/// One thing that is told of a tender.
#[derive(Object)]
struct TenderTold {
    /// `assessed`, `not_meeting_requirements`, `withdrawn`, `late`, or the state of a ground.
    word: String,
    text: String,
    /// The ground that it is about.
    #[oai(skip_serializing_if_is_none)]
    outcome_id: Option<Uuid>,
}

impl From<Standing> for TenderCompliance {
    fn from(standing: Standing) -> Self {
        let told =
            |Told { word, text, outcome }| TenderTold { word: word.to_owned(), text, outcome_id: outcome };
        Self {
            bid_id: standing.bid_id,
            supplier: standing.supplier,
            told: standing.told.into_iter().map(told).collect(),
        }
    }
}

/// A ground against a tender. The words about it are left out for those who only mark.
#[derive(Object)]
struct TenderOutcome {
    id: Uuid,
    bid_id: Uuid,
    supplier: String,
    /// The code of the lot, for a ground about a price; else it is about all lots.
    #[oai(skip_serializing_if_is_none)]
    lot: Option<String>,
    ground: String,
    clause: String,
    /// `raised`, `noticed`, `replied`, `disregarded` or `kept`.
    state: String,
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    raised_by: String,
    raised_at: String,
    /// From this instant on no reply is taken; left out where the bidder is not heard.
    #[oai(skip_serializing_if_is_none)]
    reply_by: Option<String>,
    /// Whether that instant is over.
    closed: bool,
    #[oai(skip_serializing_if_is_none)]
    reply: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    replied_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decision_reason: Option<String>,
    /// The last day on which the decision may be reported (PA23 s.59).
    #[oai(skip_serializing_if_is_none)]
    report_due: Option<String>,
    version: i64,
}

impl From<Outcome> for TenderOutcome {
    fn from(one: Outcome) -> Self {
        let row = one.row;
        let reads = one.reads;
        Self {
            id: row.id,
            bid_id: row.bid_id,
            supplier: one.supplier,
            lot: one.lot,
            ground: row.ground.0.to_string(),
            clause: row.ground.0.rule().clause.to_owned(),
            state: row.state.0.to_string(),
            reason: Some(row.reason).filter(|_| reads),
            raised_by: one.raised_by,
            raised_at: rfc3339(row.raised_at),
            reply_by: row.reply_by.map(rfc3339),
            closed: one.passed,
            reply: row.reply.filter(|_| reads),
            replied_at: row.replied_at.map(rfc3339),
            decided_by: Some(one.decided_by).filter(|name| !name.is_empty()),
            decided_at: row.decided_at.map(rfc3339),
            decision_reason: row.decision_reason.filter(|_| reads),
            report_due: one.report_due.map(|day| day.to_string()),
            version: row.version,
        }
    }
}

/// What is raised.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct TenderOutcomeBody {
    bid_id: Uuid,
    /// A word of the table of grounds.
    ground: String,
    /// The lot's code, for a ground about a price.
    #[oai(skip_serializing_if_is_none)]
    lot: Option<String>,
    /// Why. The bidder reads it where it is told: name no other bidder's price.
    reason: String,
    /// The day in London until which the bidder may reply, at least one working day from now. Needed where the law has it heard;
    /// elsewhere the bidder is told where it is given.
    #[oai(skip_serializing_if_is_none)]
    date: Option<String>,
    /// The time in London, such as `12:00`. At exactly this time it is too late.
    #[oai(skip_serializing_if_is_none)]
    time: Option<String>,
}

/// The second person's word.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct TenderOutcomeDecisionBody {
    /// `disregard` or `keep`.
    verdict: String,
    reason: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the grounds on which a tender is disregarded, with what the law says of each.
    #[oai(path = "/outcome-grounds", method = "get", operation_id = "outcome_ground_list")]
    async fn outcome_ground_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OutcomeGround>> {
        call.list("/api/v1/outcome-grounds".to_owned(), after.0, limit.0, |r, paging| async move {
            if *r.caller() == Caller::Nobody {
                return Err(Refusal::unauthenticated());
            }
            let rules = Ground::ALL.iter().map(|ground| ground.rule()).collect();
            Ok(paging.cut_whole(rules, |rule: &Rule| rule.ground.to_string())?.map(OutcomeGround::from))
        })
        .await
    }

    /// List what became of each tender so far: those that were opened, then those that came too late.
    #[oai(
        path = "/procurements/:procurement_id/compliance",
        method = "get",
        operation_id = "compliance_list"
    )]
    async fn compliance_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<TenderCompliance>> {
        let path = format!("/api/v1/procurements/{}/compliance", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(compliance::list(&r, procurement_id.0, &paging).await?.map(TenderCompliance::from))
        })
        .await
    }

    /// List the grounds that were raised against tenders, oldest first.
    #[oai(
        path = "/procurements/:procurement_id/outcomes",
        method = "get",
        operation_id = "tender_outcome_list"
    )]
    async fn tender_outcome_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<TenderOutcome>> {
        let path = format!("/api/v1/procurements/{}/outcomes", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::list(&r, procurement_id.0, &paging).await?.map(TenderOutcome::from))
        })
        .await
    }

    /// Raise a ground against a tender; its bidder is told by letter where it may reply. The coordinator only, from the opening to
    /// the award; that a price is abnormally low once the quality of its lot is locked. A second person decides.
    #[oai(
        path = "/procurements/:procurement_id/outcomes",
        method = "post",
        operation_id = "tender_outcome_raise"
    )]
    async fn tender_outcome_raise(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<TenderOutcomeBody>,
    ) -> Created<TenderOutcome> {
        let TenderOutcomeBody { bid_id, ground, lot, reason, date, time } = body.0;
        let told = date.is_some() || time.is_some();
        let by = AnswerBy { date: date.unwrap_or_default(), time: time.unwrap_or_default() };
        let input = RaiseInput { ground, lot, reason, reply_by: told.then_some(by) };
        call.create(key.0, move |w| async move {
            Ok(raise::raise(&w, procurement_id.0, bid_id, input).await?.into())
        })
        .await
    }

    /// A ground that was raised against a tender.
    #[oai(
        path = "/procurements/:procurement_id/outcomes/:outcome_id",
        method = "get",
        operation_id = "tender_outcome_view"
    )]
    async fn tender_outcome_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        outcome_id: Path<Uuid>,
    ) -> Reply<TenderOutcome> {
        call.read(
            move |r| async move { Ok(outcome::view::one(&r, procurement_id.0, outcome_id.0).await?.into()) },
        )
        .await
    }

    /// Disregard a tender on a ground that another person raised, or keep it: an approver or moderator, before the award, and no
    /// sooner than its bidder replied or can no longer. The bidder is told at once. If-Match names the outcome's version.
    #[oai(
        path = "/procurements/:procurement_id/outcomes/:outcome_id/decision",
        method = "put",
        operation_id = "tender_outcome_decide"
    )]
    async fn tender_outcome_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        outcome_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<TenderOutcomeDecisionBody>,
    ) -> Reply<TenderOutcome> {
        let TenderOutcomeDecisionBody { verdict, reason } = body.0;
        let input = DecisionInput { verdict, reason };
        call.change(if_match.0, move |w, seen| async move {
            Ok(decision::decide(&w, procurement_id.0, outcome_id.0, seen, input).await?.into())
        })
        .await
    }
}
