//! Whether answers were read for prices as the ledger says, and by somebody who did not mark (DOMAIN rule 1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::check::{Evidence, agrees, place};
use super::recorded::{by_id, must_be_by, paired, words};
use super::{Fault, name};

/// A part of a bid as it was released to the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRow {
    /// Its id.
    pub id: String,
    /// The bid.
    pub bid: String,
    /// The question's code, or `responses` for the comments on requirements.
    pub part: String,
    /// Counts how often it was released.
    pub revision: i64,
    /// The passages that were taken out until the quality was locked.
    pub removed: Vec<String>,
    /// The ids of the documents that stayed back.
    pub withheld: Vec<String>,
    /// Why; empty where nothing was taken out.
    pub reason: String,
    /// Who, by id.
    pub released_by: String,
    /// When.
    pub released_at: String,
}

const ACTIONS: &[&str] = &["bidding.answer.release"];

pub(super) fn check(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::RELEASES;
    let rows = by_id(file, &evidence.releases, |row| &row.id)?;
    let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (entry, row) in paired(evidence, file, ACTIONS, &rows)? {
        let at = place(file, &row.id);
        let told = |key: &str| entry.body.get(key).and_then(Value::as_str);
        agrees(entry, "bid", &json!(row.bid), &at)?;
        agrees(entry, "revision", &json!(row.revision), &at)?;
        agrees(entry, "passages_removed", &json!(row.removed.len()), &at)?;
        agrees(entry, "documents_withheld", &json!(row.withheld.len()), &at)?;
        if told("question").or(told("part")) != Some(row.part.as_str()) {
            return Err(Fault::new(at, "is of another part than the ledger says"));
        }
        if row.reason.is_empty() {
            if told("because").is_some() {
                return Err(Fault::new(at, "has no reason, and the ledger knows one"));
            }
        } else {
            agrees(entry, "because", &words(&row.id, &row.reason, &at)?, &at)?;
        }
        must_be_by(entry, &row.released_by, &at)?;
        let before = last.insert((&row.bid, &row.part), row.revision).unwrap_or(0);
        if row.revision != before + 1 {
            return Err(Fault::new(at, "is not the release after the one before"));
        }
        let marked = evidence.marks.iter().any(|mark| mark.person == row.released_by);
        let agreed = evidence.consensus.iter().any(|agreed| agreed.moderator == row.released_by);
        if marked || agreed {
            return Err(Fault::new(at, "is by somebody who marks, or agrees marks"));
        }
    }
    Ok(())
}
