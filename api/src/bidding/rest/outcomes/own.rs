//! Grounds against a supplier's own tender: it reads what is held against it, and replies.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::outcome::{Outcome, reply};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Grounds against a supplier's own tender.
pub struct Operations;

/// A ground against the supplier's own tender.
#[derive(Object)]
struct OwnTenderOutcome {
    id: Uuid,
    /// The code of the lot; left out where it is about the whole tender.
    #[oai(skip_serializing_if_is_none)]
    lot: Option<String>,
    ground: String,
    label: String,
    clause: String,
    law: String,
    /// `noticed`, `replied`, `disregarded` or `kept`.
    state: String,
    reason: String,
    /// From this instant on no reply is taken.
    #[oai(skip_serializing_if_is_none)]
    reply_by: Option<String>,
    /// Whether it is too late to reply.
    closed: bool,
    #[oai(skip_serializing_if_is_none)]
    reply: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    replied_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decision_reason: Option<String>,
    version: i64,
}

impl From<Outcome> for OwnTenderOutcome {
    fn from(one: Outcome) -> Self {
        let row = one.row;
        let rule = row.ground.0.rule();
        Self {
            id: row.id,
            lot: one.lot,
            ground: rule.ground.to_string(),
            label: rule.ground.label().to_owned(),
            clause: rule.clause.to_owned(),
            law: rule.law.to_owned(),
            state: row.state.0.to_string(),
            reason: row.reason,
            reply_by: row.reply_by.map(rfc3339),
            closed: one.passed,
            reply: row.reply,
            replied_at: row.replied_at.map(rfc3339),
            decided_at: row.decided_at.map(rfc3339),
            decision_reason: row.decision_reason,
            version: row.version,
        }
    }
}

/// What the bidder replies.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct TenderOutcomeReplyBody {
    /// At most 10,000 characters.
    text: String,
}

/// How far a ground has come. The bidder's words are not repeated: this answer is kept for a day.
#[derive(Object)]
struct TenderOutcomeStanding {
    id: Uuid,
    state: String,
    version: i64,
}

impl From<Outcome> for TenderOutcomeStanding {
    fn from(one: Outcome) -> Self {
        Self { id: one.row.id, state: one.row.state.0.to_string(), version: one.row.version }
    }
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the grounds against the supplier's own tender of which it was told, oldest first. Suppliers only.
    #[oai(path = "/supplier/outcomes", method = "get", operation_id = "supplier_tender_outcome_list")]
    async fn supplier_tender_outcome_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<OwnTenderOutcome>> {
        let path = "/api/v1/supplier/outcomes".to_owned();
        call.list(path, after.0, limit.0, |r, paging| async move {
            Ok(reply::own(&r, &paging).await?.map(OwnTenderOutcome::from))
        })
        .await
    }

    /// A ground against the supplier's own tender. Suppliers only.
    #[oai(
        path = "/supplier/outcomes/:outcome_id",
        method = "get",
        operation_id = "supplier_tender_outcome_view"
    )]
    async fn supplier_tender_outcome_view(
        &self,
        Signed(call): Signed,
        outcome_id: Path<Uuid>,
    ) -> Reply<OwnTenderOutcome> {
        call.read(move |r| async move { Ok(reply::own_one(&r, outcome_id.0).await?.into()) }).await
    }

    /// Reply to a notice, once, before `reply_by`. Suppliers only.
    #[oai(
        path = "/supplier/outcomes/:outcome_id/reply",
        method = "post",
        operation_id = "supplier_tender_outcome_reply"
    )]
    async fn supplier_tender_outcome_reply(
        &self,
        Signed(call): Signed,
        outcome_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<TenderOutcomeReplyBody>,
    ) -> Reply<TenderOutcomeStanding> {
        let TenderOutcomeReplyBody { text } = body.0;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(reply::reply(&w, outcome_id.0, seen, &text).await?.into())
        })
        .await
    }
}
