//! A tree over the ledger's entries whose root stands for all of them, with short proofs that an entry is in it and that a
//! later tree holds an earlier one unchanged (RFC 9162 section 2.1).

use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MerkleFault {
    /// The tree has fewer leaves than that.
    SizeOutOfRange,
    /// The tree of that size has no such leaf.
    IndexOutOfRange,
}

impl MerkleFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SizeOutOfRange => "size_out_of_range",
            Self::IndexOutOfRange => "index_out_of_range",
        }
    }
}

impl fmt::Display for MerkleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SizeOutOfRange => {
                "there is no tree of this size: sizes go from 1 to the number of leaves, smaller first"
            }
            Self::IndexOutOfRange => "the tree of this size has no such leaf; the first is 0",
        })
    }
}

impl std::error::Error for MerkleFault {}

/// SHA-256 of 0x00 and the entry.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0_u8]).chain_update(entry).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1_u8]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over leaves: SHA-256 of nothing for none, else the two parts hashed, split at the largest power of two below
/// their number.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The roots of the first 0, 1, 2 … leaves, up to all. Kept are the roots of whole subtrees, of which each new leaf
/// completes as many as its number has binary zeros at the end.
#[must_use]
pub fn roots(leaves: &[Hash]) -> Vec<Hash> {
    let mut whole: Vec<Hash> = Vec::new();
    let mut roots = vec![root(&[])];
    for (before, leaf) in leaves.iter().enumerate() {
        let mut joined = *leaf;
        for _ in 0..(before + 1).trailing_zeros() {
            if let Some(left) = whole.pop() {
                joined = node(&left, &joined);
            }
        }
        whole.push(joined);
        roots.push(whole.iter().rev().copied().reduce(|right, left| node(&left, &right)).unwrap_or(joined));
    }
    roots
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The hashes that lead from leaf `index` to the root of the first `size` leaves, lowest first (RFC 9162 section 2.1.3.1).
pub fn inclusion(leaves: &[Hash], index: usize, size: usize) -> Result<Vec<Hash>, MerkleFault> {
    let mut part = leaves.get(..size).filter(|_| size > 0).ok_or(MerkleFault::SizeOutOfRange)?;
    if index >= size {
        return Err(MerkleFault::IndexOutOfRange);
    }
    let mut index = index;
    let mut path = Vec::new();
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if index < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            index -= left.len();
            part = right;
        }
    }
    path.reverse();
    Ok(path)
}

/// The hashes that show that the tree of the first `new` leaves holds the tree of the first `old` ones unchanged (RFC 9162
/// section 2.1.4.1); none are needed where they are the same.
pub fn consistency(leaves: &[Hash], old: usize, new: usize) -> Result<Vec<Hash>, MerkleFault> {
    let mut part =
        leaves.get(..new).filter(|_| (1..=new).contains(&old)).ok_or(MerkleFault::SizeOutOfRange)?;
    let mut old = old;
    // Whether the old tree's own root is a whole part: its verifier knows it.
    let mut known = true;
    let mut proof = Vec::new();
    while old < part.len() {
        let (left, right) = part.split_at(split(part.len()));
        if old <= left.len() {
            proof.push(root(right));
            part = left;
        } else {
            proof.push(root(left));
            old -= left.len();
            part = right;
            known = false;
        }
    }
    if !known {
        proof.push(root(part));
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a path proves that a leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162 section
/// 2.1.3.2). Needs neither the other leaves nor trust in who sent the path.
#[must_use]
pub fn includes(leaf: &Hash, index: usize, size: usize, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut number, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for step in path {
        if last == 0 {
            return false;
        }
        if number & 1 == 1 || number == last {
            hash = node(step, &hash);
            while number & 1 == 0 && number != 0 {
                (number, last) = (number >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, step);
        }
        (number, last) = (number >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that the tree of `new` leaves with root `new_root` holds the tree of `old` leaves with root
/// `old_root` unchanged (RFC 9162 section 2.1.4.2).
#[must_use]
pub fn consistent((old, old_root): (usize, &Hash), (new, new_root): (usize, &Hash), proof: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let whole = old.is_power_of_two().then_some(*old_root);
    let mut steps = whole.iter().chain(proof);
    let Some(first) = steps.next() else { return false };
    let (mut number, mut last) = (old - 1, new - 1);
    while number & 1 == 1 {
        (number, last) = (number >> 1, last >> 1);
    }
    let (mut before, mut after) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if number & 1 == 1 || number == last {
            before = node(step, &before);
            after = node(step, &after);
            while number & 1 == 0 && number != 0 {
                (number, last) = (number >> 1, last >> 1);
            }
        } else {
            after = node(&after, step);
        }
        (number, last) = (number >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *new_root
}
