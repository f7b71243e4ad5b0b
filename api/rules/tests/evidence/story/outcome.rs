//! Grounds against tenders.

use rules::evidence::{OutcomeDecision, OutcomeReply, OutcomeRow};
use rules::outcome::{Ground, OutcomeState};
use serde_json::json;

use super::{Story, hash_of_words, id};

pub const BY: &str = "2027-04-08T11:00:00.000000Z";
pub const AFTER: &str = "2027-04-09T09:00:00.000000Z";

impl Story {
    /// Somebody raises a ground against the second bid.
    pub fn raise(&mut self, by: &str, ground: Ground, lot: Option<&str>) {
        let row = OutcomeRow {
            id: id(700),
            bid: "B".to_owned(),
            lot: lot.map(str::to_owned),
            ground,
            reason: "What it says does not hold".to_owned(),
            state: OutcomeState::Noticed,
            raised_by: by.to_owned(),
            raised_at: super::NOW.to_owned(),
            reply_by: Some(BY.to_owned()),
            reply: None,
            decision: None,
        };
        let facts = json!({
            "bid": row.bid, "lot": row.lot, "ground": ground, "reply_by": BY,
            "because": hash_of_words(&row.id, &row.reason),
        });
        self.record(&format!("person:{by}"), "bidding.ground.raise", &row.id, facts);
        self.outcomes.push(row);
    }

    /// Its bidder replies at an instant.
    pub fn reply(&mut self, at: &str) {
        let row = self.outcomes.last_mut().unwrap();
        let text = "It does hold".to_owned();
        let facts = json!({ "bid": row.bid, "words": hash_of_words(&row.id, &text), "replied_at": at });
        row.reply = Some(OutcomeReply { text, replied_at: at.to_owned() });
        row.state = OutcomeState::Replied;
        let subject = row.id.clone();
        self.record("supplier:s", "bidding.ground.reply", &subject, facts);
    }

    /// Somebody disregards the tender at an instant.
    pub fn disregard(&mut self, by: &str, at: &str) {
        let row = self.outcomes.last_mut().unwrap();
        let reason = "It was looked at by two people".to_owned();
        let facts = json!({
            "bid": row.bid, "lot": row.lot, "ground": row.ground, "decided_at": at,
            "because": hash_of_words(&row.id, &reason),
        });
        row.decision = Some(OutcomeDecision { reason, decided_by: by.to_owned(), decided_at: at.to_owned() });
        row.state = OutcomeState::Disregarded;
        let subject = row.id.clone();
        self.record(&format!("person:{by}"), "bidding.tender.disregard", &subject, facts);
    }
}
