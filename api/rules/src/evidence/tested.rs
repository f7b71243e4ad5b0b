//! Whether what was told of tested award models is so: each test's findings are those that were recorded; the tests told with the
//! publication are of the models that were published; and testing these again finds the same.

use serde_json::Value;

use super::check::{Evidence, place};
use super::{Fault, TestRow, name};
use crate::canonical::{self, sha256_hex};
use crate::laboratory::{examine, model_hash};
use crate::ledger::Entry;
use crate::pack::{Pack, PackLot};
use crate::record::ENGINE_VERSION;

/// How many tests were tried again.
pub(super) fn check(evidence: &Evidence) -> Result<usize, Fault> {
    for row in &evidence.tests {
        let file = name::test(&row.id);
        if sha256_hex(evidence.bytes(&file)?) != row.hash {
            return Err(Fault::new(file, "is not what was found by the ledger"));
        }
    }
    let mut again = 0;
    for entry in evidence.entries("tendering.pack.publish") {
        again += told(evidence, entry)?;
    }
    Ok(again)
}

/// The tests that were told with a publication. Entries from before the laboratory tell none.
fn told(evidence: &Evidence, entry: &Entry) -> Result<usize, Fault> {
    let Some(told) = entry.body.get("tests").and_then(Value::as_array) else { return Ok(0) };
    let Some((number, pack)) = evidence.packs.get(text(&entry.body, "hash")) else { return Ok(0) };
    let mut tried = 0;
    for test in told {
        let (lot, hash) = (text(test, "lot"), text(test, "hash"));
        let fault = |what: &str| Err(Fault::new(place(name::TESTS, format_args!("{lot}, {hash}")), what));
        // Who tests the same twice finds the same twice.
        let mut rows = evidence.tests.iter().filter(|row| row.lot == lot && row.hash == hash).peekable();
        if rows.peek().is_none() {
            return fault("is missing, though it was told with the publication");
        }
        let Some(row) = rows.find(|row| was_made_before(evidence, row, entry)) else {
            return fault("was made after the publication it was told with");
        };
        let published = pack.lots.iter().find(|published| published.id == lot);
        let of_it = |lot: &&PackLot| model_hash(pack, lot).is_ok_and(|model| model == row.model);
        match published.filter(of_it) {
            Some(lot) => tried += usize::from(again(evidence, row, pack, lot)?),
            None => return fault(&format!("is not of the model in {}", name::pack(*number))),
        }
    }
    Ok(tried)
}

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn was_made_before(evidence: &Evidence, row: &TestRow, entry: &Entry) -> bool {
    let made = |made: &Entry| made.subject == row.id && made.number < entry.number;
    evidence.entries("tendering.award_model.test").any(made)
}

/// Tests once more, and says whether it did. What an engine of another version finds may be told in other words: then only what was recorded is checked.
fn again(evidence: &Evidence, row: &TestRow, pack: &Pack, lot: &PackLot) -> Result<bool, Fault> {
    if row.engine_version != ENGINE_VERSION {
        return Ok(false);
    }
    let file = name::test(&row.id);
    let found = examine(pack, lot, &row.expected)
        .map_err(|fault| Fault::new(&file, format!("there is no such test: {fault}")))?;
    match canonical::to_bytes(&found) {
        Ok(bytes) if bytes == evidence.bytes(&file)? => Ok(true),
        _ => Err(Fault::new(file, "testing again finds something else than was recorded")),
    }
}
