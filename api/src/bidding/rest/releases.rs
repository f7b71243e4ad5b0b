//! Answers that are read for prices before the panel sees them, through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::submissions::SubmittedFile;
use crate::bidding::release::act::{self, ReleaseInput};
use crate::bidding::release::view::{self, Part, Standing};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Answers that are read for prices.
pub struct Operations;

/// A part of a bid, and how far its release has come.
#[derive(Object)]
struct AnswerRelease {
    bid_id: Uuid,
    supplier: String,
    /// The question’s code, or `responses` for the comments on requirements.
    part: String,
    title: String,
    /// How many documents it has.
    documents: usize,
    /// How many passages look like a price; only for who reads answers before the panel.
    #[oai(skip_serializing_if_is_none)]
    suspected: Option<usize>,
    released: bool,
    /// Whether the quality of its lot is locked, so that it shows whole.
    locked: bool,
    /// How many passages were taken out.
    passages_removed: usize,
    /// How many documents stay back until the quality is locked.
    documents_withheld: usize,
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    released_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    released_at: Option<String>,
    /// Counts its releases; 0 before the first.
    version: i64,
}

impl From<Standing> for AnswerRelease {
    fn from(one: Standing) -> Self {
        let release = one.release.as_ref();
        Self {
            bid_id: one.bid_id,
            supplier: one.supplier,
            part: one.part,
            title: one.title,
            documents: one.documents,
            suspected: one.suspected,
            released: release.is_some(),
            locked: one.locked,
            passages_removed: release.map_or(0, |release| release.removed.len()),
            documents_withheld: release.map_or(0, |release| release.withheld.len()),
            reason: release.map(|release| release.row.reason.clone()).filter(|reason| !reason.is_empty()),
            released_by: Some(one.released_by).filter(|name| !name.is_empty()),
            released_at: release.map(|release| rfc3339(release.row.released_at)),
            version: release.map_or(0, |release| release.row.revision.into()),
        }
    }
}

/// A text of a part, with where it was written.
#[derive(Object)]
struct WrittenText {
    /// The sheet and cell, that it was typed, or the requirement’s code.
    place: String,
    text: String,
}

/// A part as it is read for prices.
#[derive(Object)]
struct AnswerToRead {
    release: AnswerRelease,
    texts: Vec<WrittenText>,
    files: Vec<SubmittedFile>,
    /// The passages that look like a price, as they are written. Prices in words, in tables and in documents are not found.
    suspected: Vec<String>,
    /// The passages that were taken out at the last release.
    removed: Vec<String>,
    /// The documents that stay back since the last release.
    withheld: Vec<Uuid>,
    version: i64,
}

impl From<Part> for AnswerToRead {
    fn from(part: Part) -> Self {
        let release = part.standing.release.as_ref();
        let (removed, withheld) =
            release.map(|release| (release.removed.clone(), release.withheld.clone())).unwrap_or_default();
        let release: AnswerRelease = part.standing.into();
        Self {
            version: release.version,
            release,
            texts: part.texts.into_iter().map(|(place, text)| WrittenText { place, text }).collect(),
            files: part.files.into_iter().map(SubmittedFile::from).collect(),
            suspected: part.suspected,
            removed,
            withheld,
        }
    }
}

/// What is entered to release a part.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AnswerReleaseBody {
    /// The passages that tell a price, each as it is written.
    #[oai(default, validator(max_items = 200))]
    removed: Vec<String>,
    /// The documents that stay back until the quality is locked.
    #[oai(default)]
    withheld: Vec<Uuid>,
    /// Why; needed where anything is taken out or stays back.
    #[oai(default)]
    reason: String,
}

/// What was released at once.
#[derive(Object)]
struct PlainRelease {
    /// How many parts.
    released: usize,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the parts of all bids with how far their release to the panel has come; none where the published method does not have
    /// answers read for prices. Readers for prices, coordinators and moderators.
    #[oai(
        path = "/procurements/:procurement_id/answer-releases",
        method = "get",
        operation_id = "answer_release_list"
    )]
    async fn answer_release_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<AnswerRelease>> {
        let path = format!("/api/v1/procurements/{}/answer-releases", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(view::list(&r, procurement_id.0, &paging).await?.map(AnswerRelease::from))
        })
        .await
    }

    /// A part of a bid as it was written, with the passages that look like a price. Readers for prices only.
    #[oai(
        path = "/procurements/:procurement_id/bids/:bid_id/answer-releases/:part",
        method = "get",
        operation_id = "answer_release_view"
    )]
    async fn answer_release_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        part: Path<String>,
    ) -> Reply<AnswerToRead> {
        call.read(
            move |r| async move { Ok(view::one(&r, procurement_id.0, bid_id.0, &part.0).await?.into()) },
        )
        .await
    }

    /// Release a part of a bid to the panel, without what tells a price; or anew, where a price was overlooked. Readers for prices
    /// only, until the quality of the lot is locked.
    #[oai(
        path = "/procurements/:procurement_id/bids/:bid_id/answer-releases/:part",
        method = "put",
        operation_id = "answer_release"
    )]
    async fn answer_release(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        bid_id: Path<Uuid>,
        part: Path<String>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<AnswerReleaseBody>,
    ) -> Reply<AnswerToRead> {
        let AnswerReleaseBody { removed, withheld, reason } = body.0;
        let input = ReleaseInput { removed, withheld, reason };
        call.change(if_match.0, move |w, seen| async move {
            act::release(&w, procurement_id.0, bid_id.0, &part.0, seen, input).await?;
            Ok(view::one(&w, procurement_id.0, bid_id.0, &part.0).await?.into())
        })
        .await
    }

    /// Release every part that waits, has no documents, and holds nothing that looks like a price. Read them first: the search does
    /// not find every price. Readers for prices only.
    #[oai(
        path = "/procurements/:procurement_id/answer-releases/plain",
        method = "post",
        operation_id = "answer_release_plain"
    )]
    async fn answer_release_plain(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
    ) -> crate::http::Created<PlainRelease> {
        call.create(key.0, move |w| async move {
            Ok(PlainRelease { released: act::release_plain(&w, procurement_id.0).await? })
        })
        .await
    }
}
