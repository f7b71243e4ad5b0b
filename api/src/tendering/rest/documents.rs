//! Tender documents through the API.

use entity::document;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Created, Page, Reply, Signed};
use crate::kernel::Paging;
use crate::kernel::clock::rfc3339;
use crate::tendering::document as documents;
use crate::tendering::document::DocumentInput;

/// The operations on documents.
pub struct Operations;

/// A tender document.
#[derive(Object)]
struct TenderDocument {
    id: Uuid,
    /// The file's name.
    name: String,
    media_type: String,
    /// SHA-256 of its bytes, in hex.
    sha256: String,
    /// Its size in bytes.
    size: i64,
    created_at: String,
}

impl From<document::Model> for TenderDocument {
    fn from(row: document::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            sha256: row.sha256,
            size: row.size,
            created_at: rfc3339(row.created_at),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List the tender documents in their order.
    #[oai(path = "/procurements/:procurement_id/documents", method = "get", operation_id = "document_list")]
    async fn document_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<TenderDocument>> {
        let path = format!("/api/v1/procurements/{}/documents", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging: Paging| async move {
            Ok(documents::list(&r, procurement_id.0, &paging).await?.map(TenderDocument::from))
        })
        .await
    }

    /// Add a document of at most 20 MiB; its bytes are the body. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/documents", method = "post", operation_id = "document_add")]
    async fn document_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        /// The file's name.
        name: Query<String>,
        /// Its media type, such as `application/pdf`.
        media_type: Query<Option<String>>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Binary<Vec<u8>>,
    ) -> Created<TenderDocument> {
        let input =
            DocumentInput { name: name.0, media_type: media_type.0.unwrap_or_default(), bytes: body.0 };
        let file = match documents::prepare(input).await {
            Ok(file) => file,
            Err(refusal) => return Created::refuse(refusal),
        };
        call.create(
            key.0,
            move |w| async move { Ok(documents::add(&w, procurement_id.0, file).await?.into()) },
        )
        .await
    }

    /// Download a document.
    #[oai(
        path = "/procurements/:procurement_id/documents/:document_id",
        method = "get",
        operation_id = "document_download"
    )]
    async fn document_download(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        document_id: Path<Uuid>,
    ) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move {
                documents::download(&r, procurement_id.0, document_id.0).await
            })
            .await;
        FileReply::from(file.map(|file| Download {
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
        }))
    }

    /// Remove a document. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/documents/:document_id",
        method = "delete",
        operation_id = "document_remove"
    )]
    async fn document_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        document_id: Path<Uuid>,
    ) -> Reply<TenderDocument> {
        call.act(None, move |w| async move {
            Ok(documents::remove(&w, procurement_id.0, document_id.0).await?.into())
        })
        .await
    }
}
