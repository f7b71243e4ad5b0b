//! The seal of the tender box: what bidders hand in lies in the database as ciphertext.
//!
//! Each procurement has a key of its own, drawn at publication and stored wrapped under the installation's seal key, which
//! is kept outside the database ([`SealKey`]). So whoever holds the database, its disk and its backups, but not the seal
//! key, reads no bid (TRUST section 3). The cipher is XChaCha20-Poly1305: its nonces are long enough to be drawn at random,
//! and a changed byte does not open. What a ciphertext belongs to is bound into it ([`Content`]): one bidder's file does
//! not open as another's.
//!
//! The seal keeps secrets from those who hold the store. Who may read what through the program is decided by the rooms:
//! before the opening nobody but the bidder itself.

mod key;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use entity::procurement_seal;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use key::SealKey;
use key::{Bits, random_bits};

use super::{Reading, Refusal, Writing};

/// 192 bits: as many messages as anybody will write can draw theirs at random.
const NONCE: usize = 24;

/// What a ciphertext holds and whose it is. It opens as nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The bytes of a bidder's file.
    File {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// What is known of a file that a bidder has not submitted yet.
    Draft {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// What a bidder has typed about a question and not submitted yet.
    DraftAnswer {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// Manifest and understanding of a submission.
    Submission {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// A letter that must not show before the opening.
    Letter {
        /// The letter.
        id: Uuid,
    },
    /// What a bidder calls somebody of its team.
    Member {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// The stored answer to a bidder's request.
    Answer {
        /// The bidder's invitation.
        invitation: Uuid,
    },
    /// Which bidder asked a question.
    Asker {
        /// The question.
        clarification: Uuid,
    },
    /// What the bidder asked, and why that is confidential.
    Question {
        /// The question.
        clarification: Uuid,
    },
    /// An answer to the asker alone.
    PrivateAnswer {
        /// The question.
        clarification: Uuid,
    },
    /// A bidder's reply to a question that was asked of it alone.
    Reply {
        /// The question.
        question: Uuid,
    },
}

impl Content {
    fn bound_to(self, procurement: Uuid) -> String {
        let (what, whose) = match self {
            Self::File { invitation } => ("file", invitation),
            Self::Draft { invitation } => ("draft", invitation),
            Self::DraftAnswer { invitation } => ("draft answer", invitation),
            Self::Submission { invitation } => ("submission", invitation),
            Self::Letter { id } => ("letter", id),
            Self::Member { invitation } => ("member", invitation),
            Self::Answer { invitation } => ("answer", invitation),
            Self::Asker { clarification } => ("asker", clarification),
            Self::Question { clarification } => ("question", clarification),
            Self::PrivateAnswer { clarification } => ("private answer", clarification),
            Self::Reply { question } => ("reply", question),
        };
        format!("commonlot/1/{procurement}/{what}/{whose}")
    }
}

/// The seal of one procurement.
#[derive(Clone)]
pub struct Seal {
    procurement: Uuid,
    bits: Bits,
}

impl Seal {
    /// Encrypts.
    pub fn close(&self, content: Content, plain: &[u8]) -> Result<Vec<u8>, Refusal> {
        encrypted(&self.bits, content.bound_to(self.procurement).as_bytes(), plain)
    }

    /// Decrypts what [`Seal::close`] made for the same content; everything else is a fault of the store.
    pub fn open(&self, content: Content, sealed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let bound = content.bound_to(self.procurement);
        decrypted(&self.bits, bound.as_bytes(), sealed).ok_or_else(|| {
            Refusal::internal(&format!("{bound} does not open: it was changed, or is not ours"))
        })
    }
}

/// Draws and stores the procurement's key; where there is one already, it stays.
pub async fn make(w: &Writing, procurement: Uuid) -> Result<(), Refusal> {
    let wrapped =
        encrypted(&w.seal_key()?.wrapping(), wrap(procurement).as_bytes(), random_bits()?.as_slice())?;
    let row = procurement_seal::ActiveModel {
        procurement_id: Set(procurement),
        wrapped_key: Set(wrapped),
        created_at: Set(w.now()),
    };
    procurement_seal::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
    Ok(())
}

/// The procurement's seal; it has one from publication on.
pub async fn of(r: &Reading, procurement: Uuid) -> Result<Seal, Refusal> {
    let row = procurement_seal::Entity::find_by_id(procurement).one(r.txn()).await?;
    let row = row.ok_or_else(|| Refusal::internal(&format!("procurement {procurement} has no seal")))?;
    let broken = || Refusal::internal(&format!("the seal of procurement {procurement} does not open"));
    let key = decrypted(&r.seal_key()?.wrapping(), wrap(procurement).as_bytes(), &row.wrapped_key);
    let key = Zeroizing::new(key.ok_or_else(broken)?);
    let bits = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| broken())?;
    Ok(Seal { procurement, bits: Zeroizing::new(bits) })
}

fn wrap(procurement: Uuid) -> String {
    format!("commonlot/1/{procurement}/key")
}

fn encrypted(bits: &Bits, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut nonce = [0_u8; NONCE];
    OsRng.try_fill_bytes(&mut nonce).map_err(|error| Refusal::internal(&error))?;
    let payload = Payload { msg: plain, aad: bound };
    let cipher = XChaCha20Poly1305::new(&(**bits).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|error| Refusal::internal(&error))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn decrypted(bits: &Bits, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: bound };
    XChaCha20Poly1305::new(&(**bits).into()).decrypt(&XNonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    fn seal() -> Seal {
        Seal { procurement: Uuid::from_u128(1), bits: random_bits().unwrap() }
    }

    #[test]
    fn what_is_closed_opens_as_itself_and_as_nothing_else() {
        let (seal, other) = (seal(), seal());
        let own = Content::File { invitation: Uuid::from_u128(7) };
        let closed = seal.close(own, b"612.3456").unwrap();
        assert!(!closed.windows(3).any(|window| window == b"612"));
        assert_ne!(closed, seal.close(own, b"612.3456").unwrap(), "equal contents do not show as equal");
        assert_eq!(seal.open(own, &closed).unwrap(), b"612.3456");
        for wrong in [
            Content::File { invitation: Uuid::from_u128(8) },
            Content::Draft { invitation: Uuid::from_u128(7) },
            Content::Asker { clarification: Uuid::from_u128(7) },
        ] {
            assert!(seal.open(wrong, &closed).is_err(), "{wrong:?}");
        }
        assert!(other.open(own, &closed).is_err(), "another procurement's key");
        let elsewhere = Seal { procurement: Uuid::from_u128(2), bits: seal.bits.clone() };
        assert!(elsewhere.open(own, &closed).is_err(), "the same key in another procurement");
    }

    #[test]
    fn a_changed_or_cut_byte_does_not_open() {
        let seal = seal();
        let content = Content::Draft { invitation: Uuid::from_u128(7) };
        let closed = seal.close(content, b"a bid").unwrap();
        for at in 0..closed.len() {
            let mut changed = closed.clone();
            changed[at] ^= 1;
            assert!(seal.open(content, &changed).is_err(), "byte {at}");
            assert!(seal.open(content, &closed[..at]).is_err(), "cut at {at}");
        }
    }
}
