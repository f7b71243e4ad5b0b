//! Whether the grounds against tenders are what the ledger says, whether nobody was disregarded unheard or by one person alone,
//! and which tenders were disregarded when a result was computed (PA23 s.19(3)-(5), s.26, s.58; DOMAIN rule 8).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::check::{Evidence, agrees, place};
use super::order::must_follow;
use super::recorded::{by_id, must_be_by, paired, words};
use super::{Fault, name};
use crate::ledger::Entry;
use crate::outcome::{Disregard, Ground, OutcomeState, OutcomeVerdict};
use crate::record::BidInput;

/// A ground that was raised against a tender, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeRow {
    /// Its id.
    pub id: String,
    /// The bid's id.
    pub bid: String,
    /// The lot's id, where the ground is about a price; else it is about all lots.
    pub lot: Option<String>,
    /// The ground.
    pub ground: Ground,
    /// Why it was raised.
    pub reason: String,
    /// How far it has come.
    pub state: OutcomeState,
    /// Who raised it, by id.
    pub raised_by: String,
    /// When.
    pub raised_at: String,
    /// Until when its bidder could reply, where it was told.
    pub reply_by: Option<String>,
    /// What its bidder replied.
    pub reply: Option<OutcomeReply>,
    /// The second person's word.
    pub decision: Option<OutcomeDecision>,
}

/// A bidder's reply to a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeReply {
    /// Its words.
    pub text: String,
    /// When.
    pub replied_at: String,
}

/// A second person's word on a ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeDecision {
    /// Why.
    pub reason: String,
    /// Who, by id.
    pub decided_by: String,
    /// When.
    pub decided_at: String,
}

/// How the ledger calls that a ground is raised.
pub(super) const RAISE: &str = "bidding.ground.raise";
const REPLY: &str = "bidding.ground.reply";
/// How it calls that a tender is disregarded.
pub(super) const DISREGARD: &str = "bidding.tender.disregard";
/// How it calls that one is kept.
pub(super) const KEEP: &str = "bidding.tender.keep";

pub(super) fn check(evidence: &Evidence) -> Result<(), Fault> {
    let file = name::OUTCOMES;
    let rows = by_id(file, &evidence.outcomes, |row| &row.id)?;
    for action in [REPLY, DISREGARD, KEEP] {
        if let Some(entry) = evidence.entries(action).find(|entry| !rows.contains_key(entry.subject.as_str()))
        {
            let what = format!("is missing, though entry {} of the ledger is about it", entry.number);
            return Err(Fault::new(place(file, &entry.subject), what));
        }
    }
    for (raised, row) in paired(evidence, file, &[RAISE], &rows)? {
        let at = place(file, &row.id);
        agrees(raised, "bid", &json!(row.bid), &at)?;
        agrees(raised, "lot", &json!(row.lot), &at)?;
        agrees(raised, "ground", &json!(row.ground), &at)?;
        agrees(raised, "reply_by", &json!(row.reply_by), &at)?;
        agrees(raised, "because", &words(&row.id, &row.reason, &at)?, &at)?;
        must_be_by(raised, &row.raised_by, &at)?;
        if let Some(lot) = &row.lot {
            let locked = evidence.entries("scoring.quality.lock").find(|entry| entry.subject == *lot);
            let locked =
                locked.ok_or_else(|| Fault::new(&at, "is about a price of a lot that is not locked"))?;
            must_follow(locked, raised, "a ground about a price was raised", "the marks were locked")?;
        }
        settled(evidence, row, raised, &at)?;
    }
    Ok(())
}

/// The one entry of some actions about a record, if there is one.
fn only<'a>(
    evidence: &'a Evidence,
    actions: &[&str],
    id: &str,
    at: &str,
) -> Result<Option<&'a Entry>, Fault> {
    let about = |entry: &&Entry| entry.subject == id && actions.contains(&entry.action.as_str());
    let mut found = evidence.ledger.iter().filter(about);
    let first = found.next();
    match found.next() {
        Some(second) => {
            Err(Fault::new(at, format!("is told of once more by entry {} of the ledger", second.number)))
        }
        None => Ok(first),
    }
}

/// Goes through its steps once more, as they were recorded: each must have been possible when it was made.
fn settled(evidence: &Evidence, row: &OutcomeRow, raised: &Entry, at: &str) -> Result<(), Fault> {
    let by = row.reply_by.as_deref().map(|by| instant(by, at)).transpose()?;
    let passed =
        |when: &str| Ok::<_, Fault>(by.is_some_and(|by| instant(when, at).is_ok_and(|when| when >= by)));
    let impossible =
        |what: &str| Fault::new(at, format!("{what}, which the law and its state did not allow"));
    let mut state = OutcomeState::raise(row.ground, by.is_some())
        .map_err(|_| impossible("was raised without a notice to its bidder"))?;
    let mut last = raised;
    match (only(evidence, &[REPLY], &row.id, at)?, &row.reply) {
        (None, None) => {}
        (Some(entry), Some(reply)) => {
            agrees(entry, "words", &words(&row.id, &reply.text, at)?, at)?;
            agrees(entry, "replied_at", &json!(reply.replied_at), at)?;
            must_follow(raised, entry, "its bidder replied", "a ground was raised")?;
            instant(&reply.replied_at, at)?;
            state = state.reply(passed(&reply.replied_at)?).map_err(|_| impossible("has a reply"))?;
            last = entry;
        }
        (Some(_), None) => return Err(Fault::new(at, "lacks the reply that the ledger has")),
        (None, Some(_)) => return Err(Fault::new(at, "has a reply that the ledger does not have")),
    }
    match (only(evidence, &[DISREGARD, KEEP], &row.id, at)?, &row.decision) {
        (None, None) => {}
        (Some(entry), Some(decision)) => {
            agrees(entry, "bid", &json!(row.bid), at)?;
            agrees(entry, "lot", &json!(row.lot), at)?;
            agrees(entry, "ground", &json!(row.ground), at)?;
            agrees(entry, "because", &words(&row.id, &decision.reason, at)?, at)?;
            agrees(entry, "decided_at", &json!(decision.decided_at), at)?;
            must_be_by(entry, &decision.decided_by, at)?;
            must_follow(last, entry, "it was decided", "its bidder was heard")?;
            if entry.actor == raised.actor {
                return Err(Fault::new(at, format!("was raised and decided by {}", entry.actor)));
            }
            instant(&decision.decided_at, at)?;
            let verdict =
                if entry.action == DISREGARD { OutcomeVerdict::Disregard } else { OutcomeVerdict::Keep };
            state = state
                .settle(row.ground, passed(&decision.decided_at)?, verdict)
                .map_err(|_| impossible("was decided before its bidder was heard"))?;
        }
        (Some(_), None) => return Err(Fault::new(at, "lacks the second person's word that the ledger has")),
        (None, Some(_)) => {
            return Err(Fault::new(at, "has a second person's word that the ledger does not have"));
        }
    }
    if state == row.state {
        return Ok(());
    }
    Err(Fault::new(at, format!("is \"{}\"; by the ledger it is \"{state}\"", row.state)))
}

fn instant(text: &str, at: &str) -> Result<DateTime<Utc>, Fault> {
    text.parse().map_err(|_| Fault::new(at, format!("\"{text}\" is no instant")))
}

/// The tenders a result leaves out are those that were disregarded when it was computed, each on the ground that was decided first,
/// and no others.
pub(super) fn must_hold_disregards(
    evidence: &Evidence,
    inputs: &[BidInput],
    (lot, computed): (&str, i64),
    file: &str,
) -> Result<(), Fault> {
    for bid in inputs {
        let of = |entry: &&Entry| {
            let text = |key: &str| entry.body.get(key).and_then(Value::as_str);
            text("bid") == Some(bid.id.as_str()) && text("lot").is_none_or(|of| of == lot)
        };
        let first = evidence.entries(DISREGARD).filter(|entry| entry.number < computed).find(of);
        let row = first.and_then(|entry| evidence.outcomes.iter().find(|row| row.id == entry.subject));
        let wanted = row.map(|row| Disregard { ground: row.ground, outcome: row.id.clone() });
        if wanted != bid.disregarded {
            let told = |one: &Option<Disregard>| match one {
                Some(one) => format!("disregarded by {}", one.outcome),
                None => "not disregarded".to_owned(),
            };
            let what = format!("is {}; by the ledger it was {}", told(&bid.disregarded), told(&wanted));
            return Err(Fault::new(place(file, &bid.id), what));
        }
    }
    Ok(())
}
