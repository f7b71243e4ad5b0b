//! What a receipt says, signed, so that it proves itself: whoever has the installation's public key can check it without
//! the program (Ed25519, RFC 8032). The signing key is derived from the seal key; nothing of it is in the database.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use entity::{submission, supplier};
use rules::canonical;
use serde::{Deserialize, Serialize};

use super::tender::Tender;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};

/// A signed receipt, as the file a supplier keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedReceipt {
    /// What is signed: canonical JSON (RFC 8785), to be taken byte for byte.
    pub statement: String,
    /// The signature over the statement's bytes, in base64.
    pub signature: String,
    /// The public key to check it with, in base64: 32 bytes.
    pub public_key: String,
}

/// What the signature covers.
#[derive(Serialize)]
struct Statement<'a> {
    kind: &'static str,
    reference: &'a str,
    pack: &'a str,
    supplier: &'a str,
    submission: String,
    number: i64,
    manifest: &'a str,
    received_at: String,
    deadline: String,
    late: bool,
    ledger: &'a str,
}

/// Signs what was known of a submission when it came: `tender` is the tender as it was then, and whether the submission was
/// late is said by the deadline of then. So the same submission gets the same bytes every time, whatever the deadline has
/// become since.
pub(super) fn sign(
    r: &Reading,
    tender: &Tender,
    supplier: &supplier::Model,
    submission: &submission::Model,
) -> Result<SignedReceipt, Refusal> {
    let statement = Statement {
        kind: "commonlot receipt 1",
        reference: &tender.pack.reference,
        pack: &tender.row.hash,
        supplier: &supplier.name,
        submission: submission.id.to_string(),
        number: submission.number.into(),
        manifest: &submission.manifest_hash,
        received_at: rfc3339(submission.received_at),
        deadline: rfc3339(tender.deadline),
        late: tender.has_passed(submission.received_at),
        ledger: &submission.ledger_hash,
    };
    let bytes = canonical::to_bytes(&statement).map_err(|error| Refusal::internal(&error))?;
    let key = r.seal_key()?.signing();
    Ok(SignedReceipt {
        signature: STANDARD.encode(key.sign(&bytes).to_bytes()),
        public_key: STANDARD.encode(key.verifying_key().as_bytes()),
        statement: String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?,
    })
}

/// The public key that checks this installation's receipts, in base64. Anybody may know it.
pub fn public_key(r: &Reading) -> Result<String, Refusal> {
    Ok(STANDARD.encode(r.seal_key()?.signing().verifying_key().as_bytes()))
}
