//! What changes after the lock.

use rules::canonical::sha256_hex;
use rules::evidence::{CHANGE_KIND, ChangeDecision, ChangeRow, ConsensusRow, InterestRow};
use rules::mark_change::ChangeState;
use rules::pack::Pack;
use serde_json::json;

use super::{NOW, Story, hash_of_words, id};

impl Story {
    /// Somebody declares, after the opening, that there is no interest.
    pub fn is_free(&mut self, number: u32, person: &str) {
        let row = InterestRow { id: id(number), person: person.to_owned(), ..self.interests[0].clone() };
        self.declare(row);
    }

    /// Somebody proposes that the first mark of record should be another.
    pub fn propose(&mut self, by: &str, value: &str) {
        let before = self.consensus[0].clone();
        let row = ChangeRow {
            id: id(400),
            lot: before.lot.clone(),
            bid: before.bid.clone(),
            question: before.question.clone(),
            revision: before.revision,
            value: value.to_owned(),
            rationale: before.rationale,
            strengths: before.strengths,
            weaknesses: before.weaknesses,
            reference: before.reference,
            present: before.present,
            dissent: before.dissent,
            reason: "The appendix was overlooked".to_owned(),
            state: ChangeState::Proposed,
            proposed_by: by.to_owned(),
            proposed_at: NOW.to_owned(),
            decision: None,
            consensus: None,
            marks_hash: None,
            signed: None,
        };
        let facts = json!({
            "lot": row.lot, "bid": row.bid, "question": row.question, "changes_revision": row.revision,
            "content": hash_of_words(&row.id, &format!("{value}\n{}", row.rationale)),
            "because": hash_of_words(&row.id, &row.reason),
            "strengths": hash_of_words(&row.id, &row.strengths),
            "weaknesses": hash_of_words(&row.id, &row.weaknesses),
            "reference": hash_of_words(&row.id, &row.reference),
            "present": hash_of_words(&row.id, &row.present),
            "dissent": hash_of_words(&row.id, &row.dissent),
        });
        self.record(&format!("person:{by}"), "scoring.mark_change.propose", &row.id, facts);
        self.changes.push(row);
    }

    /// Somebody approves it.
    pub fn approve(&mut self, pack: &Pack, by: &str) {
        let change = self.changes[0].clone();
        let row = ConsensusRow {
            id: id(401),
            value: change.value.clone(),
            revision: change.revision + 1,
            moderator: change.proposed_by.clone(),
            ..self.consensus[0].clone()
        };
        let facts = json!({
            "lot": row.lot, "bid": row.bid, "question": row.question, "revision": row.revision,
            "content": hash_of_words(&row.id, &format!("{}\n{}", row.value, row.rationale)),
            "strengths": hash_of_words(&row.id, &row.strengths),
            "weaknesses": hash_of_words(&row.id, &row.weaknesses),
            "reference": hash_of_words(&row.id, &row.reference),
            "present": hash_of_words(&row.id, &row.present),
            "dissent": hash_of_words(&row.id, &row.dissent),
        });
        let became = row.id.clone();
        self.record(&format!("person:{by}"), "scoring.consensus.agree", &became, facts);
        self.consensus.push(row);
        let (marks_hash, signed) = self.fixed(pack, CHANGE_KIND);
        let reason = "It answers the question".to_owned();
        let facts = json!({
            "lot": change.lot, "consensus": became, "because": hash_of_words(&change.id, &reason),
            "marks_hash": marks_hash, "pack_hash": pack.hash().unwrap(),
            "statement_hash": sha256_hex(signed.statement.as_bytes()),
            "signature": signed.signature, "public_key": signed.public_key,
        });
        self.record(&format!("person:{by}"), "scoring.mark_change.approve", &change.id, facts);
        self.changes[0] = ChangeRow {
            state: ChangeState::Approved,
            decision: Some(ChangeDecision { reason, decided_by: by.to_owned(), decided_at: NOW.to_owned() }),
            consensus: Some(became),
            marks_hash: Some(marks_hash),
            signed: Some(signed),
            ..change
        };
    }
}
