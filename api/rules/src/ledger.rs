//! The ledger: each row's hash covers the row and the hash before it, so that changing, deleting, reordering or cutting
//! any row shows (TRUST section 4); and a tree over rows for short proofs.

pub mod merkle;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::canonical::{self, Unfit};

/// The hash that stands before a chain's first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One change, as recorded in the transaction that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The chain: a procurement's id, or the one chain of people and settings.
    pub chain: String,
    /// Its number in the chain, from 1 without gaps.
    pub number: i64,
    /// The database's time, RFC 3339 in UTC with microseconds. A text, because what is hashed must not be reformatted.
    pub at: String,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
    /// The facts of the change: integers, texts, booleans and nulls only.
    pub body: Value,
}

/// Why an entry has no hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashFault {
    /// The entry has no canonical form.
    Unfit(Unfit),
    /// The hash before it is not 64 hex digits.
    PreviousNotAHash,
}

impl fmt::Display for HashFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(unfit) => write!(f, "the entry has no canonical form: {unfit}"),
            Self::PreviousNotAHash => f.write_str("the previous hash is not 64 hex digits"),
        }
    }
}

impl std::error::Error for HashFault {}

impl Entry {
    /// Hex SHA-256 over the previous hash's 32 bytes followed by the canonical entry.
    pub fn hash(&self, previous: &str) -> Result<String, HashFault> {
        let mut before = [0_u8; 32];
        hex::decode_to_slice(previous, &mut before).map_err(|_| HashFault::PreviousNotAHash)?;
        let bytes = canonical::to_bytes(self).map_err(HashFault::Unfit)?;
        Ok(hex::encode(Sha256::new().chain_update(before).chain_update(bytes).finalize()))
    }
}

/// A person's own words as the ledger keeps them: SHA-256 in hex over a salt, which stands beside the words, and the words. So
/// they can be erased after retention without breaking the chain.
#[must_use]
pub fn text_hash(salt: [u8; 16], words: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(words).finalize())
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// The row at this place has a later number: rows before it are gone or moved.
    Missing,
    /// The row at this place has an earlier number: rows are doubled or moved.
    OutOfOrder,
    /// The row belongs to another chain.
    OtherChain,
    /// The row does not match its stored hash: it, or the order of rows, was changed.
    Changed,
    /// The row cannot be hashed at all.
    Unreadable(HashFault),
    /// The chain ends before its head: rows are cut off.
    Cut,
    /// The chain goes on after its head.
    BeyondHead,
    /// The last row's hash is not the head's.
    HeadDiffers,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the row is missing: it was deleted or moved"),
            Self::OutOfOrder => f.write_str("the row is out of order: it was moved or doubled"),
            Self::OtherChain => f.write_str("the row belongs to another chain"),
            Self::Changed => f.write_str("the row does not match its hash: it was changed"),
            Self::Unreadable(fault) => write!(f, "the row cannot be hashed: {fault}"),
            Self::Cut => f.write_str("the chain ends before its head: rows were cut off its end"),
            Self::BeyondHead => f.write_str("the chain goes on after its head"),
            Self::HeadDiffers => f.write_str("the last row's hash is not the head's"),
        }
    }
}

/// The first fault of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The number of the first row that is wrong or missing.
    pub number: i64,
    /// What is wrong with it.
    pub what: Breach,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.number, self.what)
    }
}

impl std::error::Error for Broken {}

/// Checks one chain: `rows` in the order of their numbers with their stored hashes, `head` the number and hash of the
/// last row as stored apart from them (0 and [`GENESIS`] for an empty chain).
pub fn verify<H: AsRef<str>>(
    rows: impl IntoIterator<Item = (Entry, H)>,
    head: (i64, &str),
) -> Result<(), Broken> {
    let mut number = 0;
    let mut previous = GENESIS.to_owned();
    let mut chain: Option<String> = None;
    for (entry, stored) in rows {
        number += 1;
        let broken = |what| Err(Broken { number, what });
        if number > head.0 {
            return broken(Breach::BeyondHead);
        }
        if entry.number > number {
            return broken(Breach::Missing);
        }
        if entry.number < number {
            return broken(Breach::OutOfOrder);
        }
        if chain.get_or_insert_with(|| entry.chain.clone()) != &entry.chain {
            return broken(Breach::OtherChain);
        }
        match entry.hash(&previous) {
            Ok(hash) if hash == stored.as_ref() => previous = hash,
            Ok(_) => return broken(Breach::Changed),
            Err(fault) => return broken(Breach::Unreadable(fault)),
        }
    }
    if number < head.0 {
        return Err(Broken { number: number + 1, what: Breach::Cut });
    }
    if previous != head.1 || number != head.0 {
        return Err(Broken { number, what: Breach::HeadDiffers });
    }
    Ok(())
}
