//! Secrets: 256 random bits from the system, shown once, kept as SHA-256. A hash without salt is enough because nobody
//! can guess 256 bits; passwords, which people choose, go through Argon2id in `people::password`.

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use super::Refusal;

/// A new secret of 256 bits, in hex.
pub fn new_secret() -> Result<String, Refusal> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Refusal::internal(&error))?;
    Ok(hex::encode(bytes))
}

/// What is kept of a secret, and the name of stored bytes.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 in base64, as a content security policy names a script.
#[must_use]
pub fn sha256_base64(bytes: impl AsRef<[u8]>) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, Sha256::digest(bytes))
}
