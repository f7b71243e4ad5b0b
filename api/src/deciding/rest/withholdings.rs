//! What other bidders read of the explanations about the recommended tender, through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::deciding::withholding::{self as withholdings, Explanation, WithholdingInput};
use crate::http::{Json, Page, Reply, Signed};

/// The operations on what is withheld.
pub struct Operations;

/// A question's explanation about the recommended tender, and what other bidders read of it.
#[derive(Object)]
struct Withholding {
    /// The question's code.
    question: String,
    title: String,
    /// What the bidder marked of its answer as confidential and why, in sentences.
    marked: Vec<String>,
    /// The explanation of the agreed mark, as the winner and the councils read it.
    explanation: String,
    /// The place in the tender that it refers to.
    reference: String,
    /// The passages of both that other bidders do not read; empty where nothing is withheld.
    passages: Vec<String>,
    /// Why, as the other bidders read it; empty where nothing is withheld.
    grounds: String,
    /// The explanation as other bidders read it.
    told_explanation: String,
    /// The reference as other bidders read it.
    told_reference: String,
    /// 0 where nothing was ever withheld.
    version: i64,
}

impl From<Explanation> for Withholding {
    fn from(one: Explanation) -> Self {
        let (told_explanation, told_reference) = (one.told_explanation(), one.told_reference());
        let (passages, grounds) = one.withheld.map(|held| (held.passages, held.grounds)).unwrap_or_default();
        Self {
            question: one.code,
            title: one.title,
            marked: one.because,
            explanation: one.explanation,
            reference: one.reference,
            passages,
            grounds,
            told_explanation,
            told_reference,
            version: one.version,
        }
    }
}

/// What is entered about an explanation.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct WithholdingBody {
    /// The passages, word for word as they stand in the explanation or its reference; none take back what was withheld.
    passages: Vec<String>,
    /// Why the information is sensitive and why withholding it is in the public interest. The other bidders read it.
    #[oai(default)]
    grounds: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Deciding")]
impl Operations {
    /// List the explanations about the recommended tender with what other bidders read of each.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/withholdings",
        method = "get",
        operation_id = "withholding_list"
    )]
    async fn withholding_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Withholding>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/withholdings", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let all = withholdings::list(&r, procurement_id.0, lot_id.0, &paging).await?;
            Ok(all.map(Withholding::from))
        })
        .await
    }

    /// One explanation about the recommended tender with what other bidders read of it.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/withholdings/:question",
        method = "get",
        operation_id = "withholding_view"
    )]
    async fn withholding_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        question: Path<String>,
    ) -> Reply<Withholding> {
        call.read(move |r| async move {
            Ok(withholdings::view(&r, procurement_id.0, lot_id.0, &question.0).await?.into())
        })
        .await
    }

    /// Set which passages of an explanation other bidders do not read (PA23 s.94). The coordinator only, until the award.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/withholdings/:question",
        method = "put",
        operation_id = "withholding_set"
    )]
    async fn withholding_set(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        question: Path<String>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<WithholdingBody>,
    ) -> Reply<Withholding> {
        let WithholdingBody { passages, grounds } = body.0;
        let input = WithholdingInput { passages, grounds };
        call.change(if_match.0, move |w, seen| async move {
            Ok(withholdings::set(&w, procurement_id.0, lot_id.0, &question.0, seen, input).await?.into())
        })
        .await
    }
}
