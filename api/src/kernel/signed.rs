//! Statements that the installation signs: receipts, quality locks, bundles of evidence. The signing key is derived from
//! the seal key; nothing of it is in the database.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use rules::canonical;
use rules::signed::Signed;
use serde::Serialize;

use super::{Reading, Refusal};

/// Signs a statement's canonical JSON.
pub fn sign(r: &Reading, statement: &impl Serialize) -> Result<Signed, Refusal> {
    let bytes = canonical::to_bytes(statement).map_err(|error| Refusal::internal(&error))?;
    let key = r.seal_key()?.signing();
    Ok(Signed {
        signature: STANDARD.encode(key.sign(&bytes).to_bytes()),
        public_key: STANDARD.encode(key.verifying_key().as_bytes()),
        statement: String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?,
    })
}

/// The public key that checks what this installation signs, in base64. Anybody may know it.
pub fn public_key(r: &Reading) -> Result<String, Refusal> {
    Ok(STANDARD.encode(r.seal_key()?.signing().verifying_key().as_bytes()))
}
