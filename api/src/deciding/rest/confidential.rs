//! What the recommended bidder marked as confidential, through the API.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::deciding::confidential::{self, Marked};
use crate::http::{Page, Reply, Signed};

/// The operations on what is marked.
pub struct Operations;

/// A criterion of which the recommended bidder marked something as confidential.
#[derive(Object)]
struct MarkedCriterion {
    /// The question's code.
    code: String,
    title: String,
    /// What is marked and why, in sentences.
    because: Vec<String>,
    /// The explanation that the other bidders would read.
    explanation: String,
    /// The place in the tender that it refers to.
    reference: String,
}

impl From<Marked> for MarkedCriterion {
    fn from(marked: Marked) -> Self {
        let Marked { code, title, because, explanation, reference } = marked;
        Self { code, title, because, explanation, reference }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Deciding")]
impl Operations {
    /// List what the recommended bidder marked as confidential, beside the explanations that other bidders would read with
    /// the award (PA23 s.94).
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/confidential",
        method = "get",
        operation_id = "confidential_list"
    )]
    async fn confidential_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<MarkedCriterion>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/confidential", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let marked = confidential::list(&r, procurement_id.0, lot_id.0, &paging).await?;
            Ok(marked.map(MarkedCriterion::from))
        })
        .await
    }
}
