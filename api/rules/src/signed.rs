//! Statements that prove themselves: whoever has the installation's public key checks them without the program (Ed25519,
//! RFC 8032). Making one takes the installation's secret and is not done here.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

/// A signed statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What is signed: canonical JSON (RFC 8785), to be taken byte for byte.
    pub statement: String,
    /// The signature over the statement's bytes, in base64.
    pub signature: String,
    /// The public key to check it with, in base64: 32 bytes.
    pub public_key: String,
}

/// Why a statement is not proved by its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// The key is not the base64 of 32 bytes that are a point of the curve.
    Key,
    /// The signature is not the base64 of 64 bytes.
    Form,
    /// The signature is not this key's over this statement.
    Differs,
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "the public key is none",
            Self::Form => "the signature is none",
            Self::Differs => "the signature does not match what it signs",
        })
    }
}

impl std::error::Error for SignatureFault {}

impl Signed {
    /// Checks the signature with the key beside it. Whose key that is must be known from elsewhere.
    pub fn check(&self) -> Result<(), SignatureFault> {
        check(self.statement.as_bytes(), &self.signature, &self.public_key)
    }
}

/// Checks a signature over bytes; signature and key in base64. Weak keys and signatures of more than one form are refused.
pub fn check(bytes: &[u8], signature: &str, public_key: &str) -> Result<(), SignatureFault> {
    let key = STANDARD.decode(public_key).map_err(|_| SignatureFault::Key)?;
    let key = key.try_into().map_err(|_| SignatureFault::Key)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| SignatureFault::Key)?;
    let signature = STANDARD.decode(signature).map_err(|_| SignatureFault::Form)?;
    let signature = Signature::from_slice(&signature).map_err(|_| SignatureFault::Form)?;
    key.verify_strict(bytes, &signature).map_err(|_| SignatureFault::Differs)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn signed(statement: &str) -> Signed {
        let key = SigningKey::from_bytes(&[7; 32]);
        Signed {
            signature: STANDARD.encode(key.sign(statement.as_bytes()).to_bytes()),
            public_key: STANDARD.encode(key.verifying_key().as_bytes()),
            statement: statement.to_owned(),
        }
    }

    #[test]
    fn a_signature_proves_its_statement_and_no_other() {
        let good = signed("{\"lot\":\"L1\"}");
        assert_eq!(good.check(), Ok(()));
        let other = Signed { statement: "{\"lot\":\"L2\"}".to_owned(), ..good.clone() };
        assert_eq!(other.check(), Err(SignatureFault::Differs));
        let elsewhere = Signed { signature: signed("{}").signature, ..good.clone() };
        assert_eq!(elsewhere.check(), Err(SignatureFault::Differs));
        let short = Signed { signature: "AAAA".to_owned(), ..good.clone() };
        assert_eq!(short.check(), Err(SignatureFault::Form));
        let no_key = Signed { public_key: "AAAA".to_owned(), ..good.clone() };
        assert_eq!(no_key.check(), Err(SignatureFault::Key));
        // The neutral element would sign anything.
        let mut weak = [0; 32];
        weak[0] = 1;
        let weak = Signed { public_key: STANDARD.encode(weak), ..good };
        assert_eq!(weak.check(), Err(SignatureFault::Differs));
    }
}
