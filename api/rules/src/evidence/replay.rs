//! Whether each result follows from the pack, the fixed marks and what else it was computed from, byte for byte (DOMAIN rule
//! 17).

use std::collections::BTreeMap;

use super::changed::in_force;
use super::check::{Evidence, place};
use super::order::{fixed, must_be_fixed};
use super::outcomes::must_hold_disregards;
use super::{Fault, FixedMark, Replayed, ResultRow, name};
use crate::canonical::{self, sha256_hex};
use crate::record::{self, BidInput, LotResult};

pub(super) fn check(evidence: &Evidence) -> Result<Vec<Replayed>, Fault> {
    evidence.results.iter().map(|row| replayed(evidence, row)).collect()
}

fn replayed(evidence: &Evidence, row: &ResultRow) -> Result<Replayed, Fault> {
    let (file, inputs_file) = (name::result(&row.id), name::inputs(&row.id));
    let (stored, inputs) = (evidence.bytes(&file)?, evidence.bytes(&inputs_file)?);
    if sha256_hex(stored) != row.hash {
        return Err(Fault::new(file, "is not the result whose hash was recorded"));
    }
    if sha256_hex(inputs) != row.inputs_hash {
        return Err(Fault::new(inputs_file, "is not what the result was computed from"));
    }
    let cannot = |file: &str, error: serde_json::Error| Fault::new(file, format!("cannot be read: {error}"));
    let result: LotResult = serde_json::from_slice(stored).map_err(|error| cannot(&file, error))?;
    let inputs: Vec<BidInput> =
        serde_json::from_slice(inputs).map_err(|error| cannot(&inputs_file, error))?;
    let Some((_, pack)) = evidence.packs.get(&result.pack_hash) else {
        return Err(Fault::new(file, format!("names a pack that is not here: {}", result.pack_hash)));
    };
    let computed = evidence.entries("scoring.result.compute").find(|entry| entry.subject == row.id);
    let computed = computed.map_or(i64::MAX, |entry| entry.number);
    if let Some((hash, at)) = in_force(evidence, &row.lot, computed) {
        must_be_fixed(evidence, (&row.lot, &result.pack_hash), computed, hash, &at)?;
    }
    let marks = fixed(evidence, &row.lot, computed);
    must_hold_marks(&inputs, &marks, &inputs_file)?;
    must_hold_bids(evidence, &inputs, &inputs_file)?;
    must_hold_disregards(evidence, &inputs, (&row.lot, computed), &inputs_file)?;
    let again = record::lot_result(pack, &row.lot, &inputs)
        .map_err(|fault| Fault::new(&file, format!("there is no such result: {fault}")))?;
    // An engine of another version says so in its results, and nothing else may differ.
    let again = LotResult { engine_version: result.engine_version.clone(), ..again };
    match canonical::to_bytes(&again) {
        Ok(bytes) if bytes == stored => {}
        _ => return Err(Fault::new(file, "replaying gives another result than the stored one")),
    }
    let winner = result.winner.as_ref().and_then(|id| result.bids.iter().find(|bid| bid.bid == *id));
    Ok(Replayed {
        winner: winner.map(|bid| bid.supplier.clone()),
        lot_code: result.lot_code,
        revision: row.revision,
        hash: row.hash.clone(),
        engine_version: result.engine_version,
    })
}

/// The marks a result was computed from are the fixed ones, all of them.
fn must_hold_marks(inputs: &[BidInput], fixed: &[FixedMark], file: &str) -> Result<(), Fault> {
    let mut wanted: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for mark in fixed {
        wanted.entry(&mark.bid).or_default().insert(&mark.question, &mark.value);
    }
    for bid in inputs {
        let wanted = wanted.remove(bid.id.as_str()).unwrap_or_default();
        let held: BTreeMap<&str, &str> =
            bid.marks.iter().map(|(question, value)| (question.as_str(), value.as_str())).collect();
        if held != wanted {
            return Err(Fault::new(place(file, &bid.id), "the marks are not the agreed ones"));
        }
    }
    match wanted.keys().next() {
        Some(bid) => Err(Fault::new(place(file, bid), "is missing, though its answers were marked")),
        None => Ok(()),
    }
}

/// Every bid a result was computed from was opened, and is whose it says.
fn must_hold_bids(evidence: &Evidence, inputs: &[BidInput], file: &str) -> Result<(), Fault> {
    for bid in inputs {
        match evidence.bids.iter().find(|opened| opened.id == bid.id) {
            Some(opened) if opened.supplier == bid.supplier => {}
            Some(opened) => {
                let what = format!("is the bid of {}, not of {}", opened.supplier, bid.supplier);
                return Err(Fault::new(place(file, &bid.id), what));
            }
            None => return Err(Fault::new(place(file, &bid.id), "was never opened")),
        }
    }
    Ok(())
}
