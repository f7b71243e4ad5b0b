//! The method through the API.

use entity::method;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use serde_json::Value;
use uuid::Uuid;

use crate::http::{Json, Reply, Signed};
use crate::tendering::method as methods;
use crate::tendering::method::{MethodInput, MethodOfLot};

/// The operations on the method.
pub struct Operations;

/// The rules that turn marks and prices into a ranking.
#[derive(Object)]
struct TenderMethod {
    /// Decimals of published totals.
    decimals: i32,
    /// `exact` or `rounded`.
    rank_on: String,
    /// Ways to part equal totals, in order. Empty: a tie stays a tie.
    tie_break: Vec<String>,
    /// `eligible`, `compliant` or `submitted`.
    base_set: String,
    /// From how many councils the two people who open the tender box come.
    opening_councils: i32,
    /// The rule under which unit prices are corrected after the opening, as it is published.
    arithmetic_rule: String,
    /// From how many steps of a question’s scale between the highest and the lowest mark the panel talks about an answer.
    spread_steps: u32,
    /// Whether somebody who does not mark reads answers for prices before the panel sees them.
    clearance: bool,
    /// 0 while these are the defaults and nothing was set.
    version: i64,
}

impl From<method::Model> for TenderMethod {
    fn from(row: method::Model) -> Self {
        Self {
            decimals: row.decimals,
            rank_on: row.rank_on.0.to_string(),
            tie_break: methods::tie_breaks(&row).iter().map(ToString::to_string).collect(),
            base_set: row.base_set.0.to_string(),
            opening_councils: row.opening_councils,
            arithmetic_rule: methods::arithmetic_rule(&row),
            spread_steps: methods::spread_steps(&row),
            clearance: row.clearance,
            version: row.version,
        }
    }
}

/// The method of a lot.
#[derive(Object)]
struct LotMethodView {
    lot_id: Uuid,
    lot_code: String,
    /// Whether it is published and frozen.
    published: bool,
    /// SHA-256 of the canonical JSON (RFC 8785) of `method`, in hex.
    hash: String,
    /// Every rule in a sentence, as bidders read it.
    sentences: Vec<String>,
    /// The rules that hold for every lot, the scales, the price formula with its parameters, the gates, and the criteria with their
    /// weights.
    method: Value,
}

impl From<MethodOfLot> for LotMethodView {
    fn from(of: MethodOfLot) -> Self {
        let MethodOfLot { lot_id, lot_code, published, hash, sentences, method } = of;
        Self { lot_id, lot_code, published, hash, sentences, method }
    }
}

/// What is entered about the method.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct TenderMethodBody {
    decimals: i32,
    rank_on: String,
    tie_break: Vec<String>,
    base_set: String,
    opening_councils: i32,
    /// The rule under which unit prices are corrected after the opening; absent for the one of published practice.
    #[oai(skip_serializing_if_is_none)]
    arithmetic_rule: Option<String>,
    /// From how many steps between marks the panel talks about an answer, 1 to 10; absent for 2.
    #[oai(skip_serializing_if_is_none)]
    spread_steps: Option<u32>,
    /// Whether somebody who does not mark reads answers for prices before the panel sees them; then somebody is the reader for
    /// prices (role `clearer`).
    #[oai(default)]
    clearance: bool,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// The method.
    #[oai(path = "/procurements/:procurement_id/method", method = "get", operation_id = "method_view")]
    async fn method_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<TenderMethod> {
        call.read(move |r| async move { Ok(methods::view(&r, procurement_id.0).await?.into()) }).await
    }

    /// All that turns marks and prices into the ranking of a lot, as one object with its hash, which every result of the lot names:
    /// as published, or as it would be published now.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/method",
        method = "get",
        operation_id = "lot_method_view"
    )]
    async fn lot_method_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<LotMethodView> {
        call.read(move |r| async move { Ok(methods::of_lot(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }

    /// Set the method. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/method", method = "put", operation_id = "method_set")]
    async fn method_set(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<TenderMethodBody>,
    ) -> Reply<TenderMethod> {
        let TenderMethodBody {
            decimals,
            rank_on,
            tie_break,
            base_set,
            opening_councils,
            arithmetic_rule,
            spread_steps,
            clearance,
        } = body.0;
        let input = MethodInput {
            decimals: decimals.to_string(),
            rank_on,
            tie_break,
            base_set,
            opening_councils: opening_councils.to_string(),
            arithmetic_rule,
            spread_steps: spread_steps.map(|steps| steps.to_string()),
            clearance,
        };
        call.change(if_match.0, move |w, seen| async move {
            Ok(methods::set(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }
}
