//! The confirmation of a later deadline, which reaches into the tender box.

use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path};
use uuid::Uuid;

use crate::bidding::extension;
use crate::http::tags::Tag;
use crate::http::{Reply, Signed};
use crate::tendering::rest::Extension;

/// The confirmation of a later deadline.
pub struct Operations;

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// Confirm an extension of the deadline as a second person: the pack gets its next version, submissions are judged by
    /// the new deadline, partner councils and bidders are told. An approver, or an opener of another council where nobody
    /// else approves; never who proposed it. If-Match names the extension's version.
    #[oai(
        path = "/procurements/:procurement_id/extensions/:extension_id/confirm",
        method = "post",
        operation_id = "extension_confirm"
    )]
    async fn extension_confirm(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        extension_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Extension> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(extension::confirm(&w, procurement_id.0, extension_id.0, seen).await?.into())
        })
        .await
    }
}
