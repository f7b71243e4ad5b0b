//! Topics `merkle`, `merkle_inclusion` and `merkle_consistency`.

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::Whole;
use crate::ledger::merkle::{self, Hash};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Leaves {
    leaves_hex: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proofs {
    leaves_hex: Vec<String>,
    proofs: Vec<(Whole, Whole)>,
}

fn hashes(leaves: &[String]) -> Result<Vec<Hash>, Refused> {
    let bytes = |leaf: &String| {
        hex::decode(leaf).map_err(|why| Refused::new("leaf_not_hex", format_args!("leaf \"{leaf}\": {why}")))
    };
    leaves.iter().map(|leaf| Ok(merkle::leaf(&bytes(leaf)?))).collect()
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

#[derive(Serialize)]
pub(super) struct Roots {
    roots: Vec<String>,
}

pub(super) fn merkle(input: Leaves) -> Result<Roots, Refused> {
    Ok(Roots { roots: texts(&merkle::roots(&hashes(&input.leaves_hex)?)) })
}

#[derive(Serialize)]
pub(super) struct Paths {
    paths: Vec<Vec<String>>,
}

pub(super) fn merkle_inclusion(input: Proofs) -> Result<Paths, Refused> {
    let leaves = hashes(&input.leaves_hex)?;
    let mut paths = Vec::with_capacity(input.proofs.len());
    for (index, size) in input.proofs {
        paths.push(texts(&merkle::inclusion(&leaves, index.place(), size.place())?));
    }
    Ok(Paths { paths })
}

#[derive(Serialize)]
pub(super) struct Consistency {
    proofs: Vec<Vec<String>>,
}

pub(super) fn merkle_consistency(input: Proofs) -> Result<Consistency, Refused> {
    let leaves = hashes(&input.leaves_hex)?;
    let mut proofs = Vec::with_capacity(input.proofs.len());
    for (old, new) in input.proofs {
        proofs.push(texts(&merkle::consistency(&leaves, old.place(), new.place())?));
    }
    Ok(Consistency { proofs })
}
