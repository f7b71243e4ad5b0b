//! The seal key: 256 random bits in a file outside the database.
//!
//! The file holds them as 64 hexadecimal digits and belongs to its owner alone. Every other key is derived from them for
//! one purpose each (HKDF, RFC 5869): one wraps the keys of procurements, one signs receipts, one names the key, so that a
//! database can tell whether it was given its own. A lost seal key is a lost tender box: it belongs in a backup, apart
//! from the database's.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::kernel::Refusal;

/// 256 bits that are wiped when they are given back.
pub(super) type Bits = Zeroizing<[u8; 32]>;

/// The longest file that is read as a key: the digits, a line's end, and room for a slip of the hand to be told as one.
const MOST_BYTES: u64 = 1024;

/// The installation's seal key.
#[derive(Clone)]
pub struct SealKey(Arc<Bits>);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.id())
    }
}

impl SealKey {
    /// A new key from the system's generator.
    pub fn random() -> Result<Self, Refusal> {
        Ok(Self(Arc::new(random_bits()?)))
    }

    /// Reads a key from its file. None where there is no such file.
    ///
    /// # Errors
    /// Refuses a file that others than its owner may read, and one that does not hold 64 hexadecimal digits.
    pub fn read(path: &Path) -> Result<Option<Self>, Refusal> {
        let shown = path.display();
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(refused(format!("The seal key {shown} cannot be read: {error}.")));
            }
        };
        let mode = file
            .metadata()
            .map_err(|error| refused(format!("The seal key {shown}: {error}.")))?
            .permissions();
        if mode.mode() & 0o077 != 0 {
            return Err(refused(format!(
                "The seal key {shown} can be read by others than its owner. Run: chmod 600 {shown}"
            )));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(MOST_BYTES)
            .read_to_string(&mut text)
            .map_err(|error| refused(format!("The seal key {shown} cannot be read: {error}.")))?;
        let mut bits = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(text.trim(), bits.as_mut()).map_err(|_| {
            refused(format!("The seal key {shown} must hold 64 hexadecimal digits and nothing else."))
        })?;
        Ok(Some(Self(Arc::new(bits))))
    }

    /// Makes a key and its file, which must not be there yet. It is on disk when this returns.
    pub fn make(path: &Path) -> Result<Self, Refusal> {
        let key = Self::random()?;
        key.store(path)
            .map_err(|error| refused(format!("The seal key {} cannot be made: {error}.", path.display())))?;
        Ok(key)
    }

    fn store(&self, path: &Path) -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let digits = Zeroizing::new(format!("{}\n", hex::encode(self.bits())));
        file.write_all(digits.as_bytes())?;
        file.sync_all()?;
        // The name is on disk only once its folder is.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
    }

    /// The key's name: 16 hexadecimal digits that say nothing about it.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(&self.derived(b"commonlot name 1")[..8])
    }

    /// The key that signs receipts (Ed25519, RFC 8032).
    #[must_use]
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.derived(b"commonlot receipts 1"))
    }

    /// What the pages prove their own notices with.
    #[must_use]
    pub fn notices(&self) -> String {
        hex::encode(self.derived(b"commonlot notices 1").as_slice())
    }

    /// What the counts of limits are hashed with, so that nobody finds an address in them by trying all.
    pub(in crate::kernel) fn limits(&self) -> String {
        hex::encode(self.derived(b"commonlot limits 1").as_slice())
    }

    /// The key that wraps procurements' keys.
    pub(super) fn wrapping(&self) -> Bits {
        self.derived(b"commonlot procurements 1")
    }

    fn bits(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn derived(&self, purpose: &[u8]) -> Bits {
        let mut bits = Zeroizing::new([0_u8; 32]);
        // Only a length over 255 hashes can be refused.
        let _ = Hkdf::<Sha256>::new(None, self.bits()).expand(purpose, bits.as_mut());
        bits
    }
}

pub(super) fn random_bits() -> Result<Bits, Refusal> {
    let mut bits = Zeroizing::new([0_u8; 32]);
    OsRng.try_fill_bytes(bits.as_mut()).map_err(|error| Refusal::internal(&error))?;
    Ok(bits)
}

fn refused(detail: String) -> Refusal {
    Refusal::conflict("seal_key", detail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    #[test]
    fn a_key_comes_back_from_its_file_and_belongs_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal-key");
        assert!(SealKey::read(&path).unwrap().is_none());
        let made = SealKey::make(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(SealKey::read(&path).unwrap().unwrap().0, made.0);
        assert_ne!(made.id(), SealKey::random().unwrap().id());
        assert!(!format!("{made:?}").contains(&hex::encode(made.bits())));
        let again = SealKey::make(&path).unwrap_err();
        assert!(again.detail.contains("cannot be made"), "a key in use is never written over: {again:?}");
        assert_eq!(SealKey::read(&path).unwrap().unwrap().0, made.0);
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal-key");
        SealKey::make(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(SealKey::read(&path).unwrap_err().detail.contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        for wrong in ["", "abc", &"g".repeat(64), &"a".repeat(66), &"a".repeat(2000)] {
            std::fs::write(&path, wrong).unwrap();
            assert!(SealKey::read(&path).unwrap_err().detail.contains("64 hexadecimal"), "{wrong:?}");
        }
    }
}
