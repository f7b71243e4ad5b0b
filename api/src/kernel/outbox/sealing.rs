//! Letters that must not show before the opening lie sealed, like the bids they tell of: a receipt names a bidder's files.

use entity::outbox_message;
use uuid::Uuid;

use crate::kernel::seal::{self, Content};
use crate::kernel::{Reading, Refusal};

/// Closes the bytes of a letter about a procurement.
pub(super) async fn close(
    r: &Reading,
    procurement: Option<Uuid>,
    id: Uuid,
    body: &[u8],
) -> Result<Vec<u8>, Refusal> {
    of(r, procurement).await?.close(Content::Letter { id }, body)
}

/// The bytes of a mail as they are sent.
pub(super) async fn bytes(r: &Reading, mail: &outbox_message::Model) -> Result<Vec<u8>, Refusal> {
    if !mail.sealed || mail.body.is_empty() {
        return Ok(mail.body.clone());
    }
    of(r, mail.procurement_id).await?.open(Content::Letter { id: mail.id }, &mail.body)
}

/// The text/plain part of a mail; none in one whose bytes were blanked.
pub async fn text_of(r: &Reading, mail: &outbox_message::Model) -> Result<Option<String>, Refusal> {
    Ok(super::reading::plain_text(&bytes(r, mail).await?))
}

async fn of(r: &Reading, procurement: Option<Uuid>) -> Result<seal::Seal, Refusal> {
    let procurement =
        procurement.ok_or_else(|| Refusal::internal(&"a sealed letter is about a procurement"))?;
    seal::of(r, procurement).await
}
