//! The tender pack and its publication through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use serde_json::Value;
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::{Paging, Refusal};
use crate::tendering::letters;
use crate::tendering::pack as packs;
use crate::tendering::pack::PackView;

/// The operations on the pack.
pub struct Operations;

/// The tender pack: published, or as it would be published now.
#[derive(Object)]
struct TenderPack {
    /// Whether it is published and frozen.
    published: bool,
    /// 1 for the first publication.
    number: u32,
    /// SHA-256 of its canonical JSON, in hex.
    #[oai(skip_serializing_if_is_none)]
    hash: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    published_at: Option<String>,
    /// Where anybody finds the tender.
    #[oai(skip_serializing_if_is_none)]
    public_page: Option<String>,
    /// The pack itself.
    pack: Value,
    /// The procurement's version, which publishing names in If-Match.
    version: i64,
}

impl TenderPack {
    fn new(view: PackView, base_url: &str) -> Result<Self, Refusal> {
        let published = view.published.as_ref();
        Ok(Self {
            published: published.is_some(),
            number: view.pack.version,
            hash: view.hash,
            published_at: published.map(packs::published_text),
            public_page: published.map(|_| letters::public_page(base_url, &view.procurement.reference)),
            pack: serde_json::to_value(&view.pack)?,
            version: view.procurement.version,
        })
    }
}

/// Something that stands in the way of publication.
#[derive(Object)]
struct PublicationFault {
    /// Where: `pack`, `councils`, or codes from the lot down, such as `L1/Q1`.
    place: String,
    /// A stable word for machines.
    code: String,
    /// What is wrong and what to do.
    message: String,
}

/// What is sent to publish.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PublicationBody {
    /// The hash of the draft that was looked at: publishes only that. Leave it out to publish what stands now.
    draft_hash: Option<String>,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// The tender pack: published, or as it would be published now.
    #[oai(path = "/procurements/:procurement_id/pack", method = "get", operation_id = "pack_view")]
    async fn pack_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<TenderPack> {
        call.read(move |r| async move {
            TenderPack::new(packs::view(&r, procurement_id.0).await?, &r.installation().base_url)
        })
        .await
    }

    /// Publish: freeze the pack, open the tender for bids and tell the partner councils. Everything that is wrong is
    /// named at once. The coordinator only; it cannot be undone.
    #[oai(path = "/procurements/:procurement_id/pack", method = "post", operation_id = "pack_publish")]
    async fn pack_publish(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<PublicationBody>,
    ) -> Reply<TenderPack> {
        let draft_hash = body.0.draft_hash;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            let view = packs::publish(&w, procurement_id.0, seen, draft_hash.as_deref()).await?;
            TenderPack::new(view, &w.installation().base_url)
        })
        .await
    }

    /// List everything that stands in the way of publication.
    #[oai(path = "/procurements/:procurement_id/pack/faults", method = "get", operation_id = "pack_faults")]
    async fn pack_faults(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<PublicationFault>> {
        let path = format!("/api/v1/procurements/{}/pack/faults", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            let numbered: Vec<_> =
                packs::faults(&r, procurement_id.0).await?.into_iter().enumerate().collect();
            let slice = paging.cut_whole(numbered, |(number, _)| number.to_string())?;
            Ok(slice.map(|(_, fault)| PublicationFault {
                place: fault.place,
                code: fault.code.to_owned(),
                message: fault.message,
            }))
        })
        .await
    }

    /// Download the published pack as canonical JSON: the bytes that the hash is of.
    #[oai(path = "/procurements/:procurement_id/pack.json", method = "get", operation_id = "pack_download")]
    async fn pack_download(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> FileReply {
        let row =
            call.db.read(&call.caller, move |r| async move { packs::json(&r, procurement_id.0).await }).await;
        FileReply::from(row.map(|row| Download {
            name: format!("pack-{}.json", &row.hash[..row.hash.len().min(8)]),
            media_type: "application/json".to_owned(),
            bytes: row.body.into_bytes(),
        }))
    }
}
