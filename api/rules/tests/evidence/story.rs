//! A procurement's evidence as the program would make it, so that a test can change any of it before it is signed.

mod assign;
mod change;
mod outcome;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use rules::canonical::{sha256_hex, to_bytes};
use rules::evidence::{
    AssignmentRow, BidRow, ChangeRow, ClearanceRow, ConsensusRow, Files, FixedMark, Head, InterestRow, KIND,
    LOCK_KIND, LedgerRow, LockRow, LockStatement, Manifest, MarkRow, OutcomeRow, PersonRow, ReleaseRow,
    ResultRow, Signature, SubmissionRow, Submissions, TestDecision, TestRow, marks_hash, name, verify,
};
use rules::laboratory::{Expected, examine, model_hash};
use rules::ledger::{Entry, GENESIS, text_hash};
use rules::money::Pence;
use rules::pack::Pack;
use rules::record::{self, BidInput, ENGINE, ENGINE_VERSION};
use rules::signed::Signed;
use serde::Serialize;
use serde_json::{Value, json};

pub use outcome::AFTER;

use crate::common::{bid, pack};

pub const CHAIN: &str = "00000000-0000-4000-8000-00000000c0de";
pub const NOW: &str = "2027-04-01T09:00:00.000000Z";

pub fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub fn hash_of_words(id: &str, words: &str) -> String {
    let mut salt = [0; 16];
    hex::decode_to_slice(id.replace('-', ""), &mut salt).unwrap();
    text_hash(salt, words)
}

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn public_key() -> String {
    STANDARD.encode(key().verifying_key().as_bytes())
}

/// Everything that goes into a bundle, so that a test can change any of it before it is signed.
#[derive(Clone)]
pub struct Story {
    pub packs: Vec<Pack>,
    pub tests: Vec<TestRow>,
    pub submissions: Submissions,
    pub assignments: Vec<AssignmentRow>,
    pub marks: Vec<MarkRow>,
    pub consensus: Vec<ConsensusRow>,
    pub interests: Vec<InterestRow>,
    pub locks: Vec<LockRow>,
    pub changes: Vec<ChangeRow>,
    pub outcomes: Vec<OutcomeRow>,
    pub releases: Vec<ReleaseRow>,
    pub results: Vec<ResultRow>,
    pub bodies: BTreeMap<String, Vec<u8>>,
    pub entries: Vec<Entry>,
    pub people: Vec<PersonRow>,
}

impl Story {
    pub fn record(&mut self, actor: &str, action: &str, subject: &str, body: Value) {
        self.entries.push(Entry {
            chain: CHAIN.to_owned(),
            number: 0,
            at: NOW.to_owned(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            reason: None,
            body,
        });
    }

    /// One lot, two bids, two panel members, a result.
    pub fn told() -> Self {
        let pack = pack();
        let mut story = Self {
            packs: vec![pack.clone()],
            tests: Vec::new(),
            submissions: Submissions::default(),
            assignments: Vec::new(),
            marks: Vec::new(),
            consensus: Vec::new(),
            interests: Vec::new(),
            locks: Vec::new(),
            changes: Vec::new(),
            outcomes: Vec::new(),
            releases: Vec::new(),
            results: Vec::new(),
            bodies: BTreeMap::new(),
            entries: Vec::new(),
            people: Vec::new(),
        };
        let bids = vec![
            bid("A", ["5", "3", "3"], ["1000", "10", "300"]),
            bid("B", ["3", "3", "5"], ["900", "9", "280"]),
        ];
        story.test(&pack);
        story.publish(&pack);
        story.submit(&bids);
        story.mark(&bids);
        story.agree(&bids);
        story.lock(&pack);
        story.compute(&pack, &bids);
        story
    }

    /// Tests the first lot's model, and decides about what was found.
    pub fn test(&mut self, pack: &Pack) {
        let (lot, words) = (&pack.lots[0], "The panel means it so, because quality matters more here.");
        let expected = Expected { low: Pence(20_000_000), high: Pence(40_000_000) };
        let found = to_bytes(&examine(pack, lot, &expected).unwrap()).unwrap();
        let number = i64::try_from(self.tests.len() + 1).unwrap();
        let row = TestRow {
            id: id(600 + u32::try_from(number).unwrap()),
            lot: lot.id.clone(),
            number,
            expected,
            model: model_hash(pack, lot).unwrap(),
            hash: sha256_hex(&found),
            engine_version: ENGINE_VERSION.to_owned(),
            serious: 1,
            attend: 2,
            tested_by: "c".to_owned(),
            tested_at: NOW.to_owned(),
            decision: Some(TestDecision {
                words: words.to_owned(),
                decided_by: "c".to_owned(),
                decided_at: NOW.to_owned(),
            }),
        };
        let facts = json!({
            "lot": row.lot, "number": row.number, "low_pence": expected.low.0, "high_pence": expected.high.0,
            "model_hash": row.model, "hash": row.hash, "engine_version": row.engine_version,
            "serious": 1, "attend": 2,
        });
        self.record("person:c", "tendering.award_model.test", &row.id, facts);
        let facts = json!({ "decision": hash_of_words(&row.id, words) });
        self.record("person:c", "tendering.award_model.decide", &row.id, facts);
        self.bodies.insert(name::test(&row.id), found);
        self.tests.push(row);
    }

    /// Publishes with the tests there are.
    pub fn publish(&mut self, pack: &Pack) {
        let tests: Vec<Value> =
            self.tests.iter().map(|row| json!({ "lot": row.lot, "hash": row.hash })).collect();
        let facts = json!({ "number": 1, "hash": pack.hash().unwrap(), "tests": tests });
        self.record("person:c", "tendering.pack.publish", "pack", facts);
    }

    pub fn submit(&mut self, bids: &[BidInput]) {
        let mut opened = Vec::new();
        for (number, bid) in (1..).zip(bids) {
            let manifest = format!("{{\"supplier\":\"{}\"}}", bid.supplier);
            let row = SubmissionRow {
                id: id(number),
                number: 1,
                received_at: NOW.to_owned(),
                late: false,
                withdrawn_at: None,
                manifest_hash: sha256_hex(manifest.as_bytes()),
                manifest: Some(manifest),
            };
            let facts =
                json!({ "manifest": row.manifest_hash, "number": 1, "late": false, "received_at": NOW });
            self.record("supplier:s", "bidding.submission.submit", &row.id, facts);
            opened.push(json!({ "bid": bid.id, "submission": row.id, "manifest": row.manifest_hash }));
            let opened =
                BidRow { id: bid.id.clone(), submission: row.id.clone(), supplier: bid.supplier.clone() };
            self.submissions.bids.push(opened);
            self.submissions.submissions.push(row);
        }
        self.record("person:c", "bidding.opening.open", CHAIN, json!({ "bids": opened }));
    }

    /// Records what somebody declared of its interests.
    pub fn declare(&mut self, row: InterestRow) {
        let facts = json!({
            "person": row.person, "interest": row.interest, "version": row.version,
            "detail": hash_of_words(&row.id, &row.detail),
            "bidders_known": row.bidders_known, "to_clear": row.to_clear,
        });
        self.record(&format!("person:{}", row.person), "tendering.interest.declare", &row.id, facts);
        self.interests.push(row);
    }

    /// Records that somebody cleared the declaration made last.
    pub fn clear(&mut self, clearance: String, person: &str) {
        let detail = "The mitigation is enough.";
        let last = self.interests.last_mut().unwrap();
        let facts = json!({ "declaration": last.id, "detail": hash_of_words(&clearance, detail) });
        last.clearances.push(ClearanceRow {
            id: clearance.clone(),
            person: person.to_owned(),
            detail: detail.to_owned(),
            cleared_at: NOW.to_owned(),
        });
        self.record(&format!("person:{person}"), "tendering.interest.clear", &clearance, facts);
    }

    pub fn mark(&mut self, bids: &[BidInput]) {
        for (number, person) in (10..).zip(["a", "b"]) {
            let row = InterestRow {
                id: id(number),
                person: person.to_owned(),
                interest: "none".to_owned(),
                detail: String::new(),
                version: 1,
                declared_at: NOW.to_owned(),
                bidders_known: true,
                to_clear: false,
                clearances: Vec::new(),
            };
            self.declare(row);
        }
        let mut number = 100;
        for bid in bids {
            for (question, value) in &bid.marks {
                for person in ["a", "b"] {
                    number += 1;
                    let row = MarkRow {
                        id: id(number),
                        lot: "lot-1".to_owned(),
                        bid: bid.id.clone(),
                        question: question.clone(),
                        person: person.to_owned(),
                        council: "ashvale".to_owned(),
                        value: value.clone(),
                        explanation: "The plan names dates".to_owned(),
                        revision: 1,
                        marked_at: NOW.to_owned(),
                    };
                    let facts = json!({
                        "lot": row.lot, "bid": row.bid, "question": question, "revision": 1,
                        "content": hash_of_words(&row.id, &format!("{value}\n{}", row.explanation)),
                    });
                    self.record(&format!("person:{person}"), "scoring.mark.save", &row.id, facts);
                    self.marks.push(row);
                }
            }
        }
    }

    pub fn agree(&mut self, bids: &[BidInput]) {
        let mut number = 200;
        for bid in bids {
            for (question, value) in &bid.marks {
                number += 1;
                let row = ConsensusRow {
                    id: id(number),
                    lot: "lot-1".to_owned(),
                    bid: bid.id.clone(),
                    question: question.clone(),
                    value: value.clone(),
                    rationale: "The plan names dates and people".to_owned(),
                    strengths: "Dates".to_owned(),
                    weaknesses: String::new(),
                    reference: "Page 2".to_owned(),
                    present: "All".to_owned(),
                    dissent: String::new(),
                    moderator: "m".to_owned(),
                    revision: 1,
                    agreed_at: NOW.to_owned(),
                };
                let facts = json!({
                    "lot": row.lot, "bid": row.bid, "question": question, "revision": 1,
                    "content": hash_of_words(&row.id, &format!("{value}\n{}", row.rationale)),
                    "strengths": hash_of_words(&row.id, &row.strengths),
                    "weaknesses": hash_of_words(&row.id, &row.weaknesses),
                    "reference": hash_of_words(&row.id, &row.reference),
                    "present": hash_of_words(&row.id, &row.present),
                    "dissent": hash_of_words(&row.id, &row.dissent),
                });
                self.record("person:m", "scoring.consensus.agree", &row.id, facts);
                self.consensus.push(row);
            }
        }
    }

    /// The marks of record now, signed as of a kind.
    pub fn fixed(&self, pack: &Pack, kind: &str) -> (String, Signed) {
        let mut last: BTreeMap<(&str, &str), &ConsensusRow> = BTreeMap::new();
        for row in &self.consensus {
            last.insert((&row.bid, &row.question), row);
        }
        let mut fixed: Vec<FixedMark> = last
            .into_values()
            .map(|row| FixedMark {
                bid: row.bid.clone(),
                question: row.question.clone(),
                value: row.value.clone(),
                revision: row.revision,
            })
            .collect();
        fixed.sort();
        let marks_hash = marks_hash("lot-1", &pack.hash().unwrap(), &fixed).unwrap();
        let statement = LockStatement {
            kind: kind.to_owned(),
            reference: pack.reference.clone(),
            procurement: CHAIN.to_owned(),
            lot: "lot-1".to_owned(),
            lot_code: "L1".to_owned(),
            pack: pack.hash().unwrap(),
            marks: fixed.len(),
            marks_hash: marks_hash.clone(),
            locked_at: NOW.to_owned(),
        };
        let statement = String::from_utf8(to_bytes(&statement).unwrap()).unwrap();
        let signed = Signed {
            signature: STANDARD.encode(key().sign(statement.as_bytes()).to_bytes()),
            public_key: public_key(),
            statement,
        };
        (marks_hash, signed)
    }

    pub fn lock(&mut self, pack: &Pack) {
        let (marks_hash, signed) = self.fixed(pack, LOCK_KIND);
        let facts = json!({
            "marks_hash": marks_hash, "pack_hash": pack.hash().unwrap(),
            "statement_hash": sha256_hex(signed.statement.as_bytes()),
            "signature": signed.signature, "public_key": signed.public_key,
        });
        self.record("person:m", "scoring.quality.lock", "lot-1", facts);
        self.record("person:m", "scoring.prices.open", "lot-1", json!({ "marks_hash": marks_hash }));
        self.locks.push(LockRow {
            lot: "lot-1".to_owned(),
            locked_at: NOW.to_owned(),
            locked_by: "m".to_owned(),
            marks_hash,
            signed: Some(signed),
        });
    }

    pub fn compute(&mut self, pack: &Pack, bids: &[BidInput]) {
        let result = to_bytes(&record::lot_result(pack, "lot-1", bids).unwrap()).unwrap();
        let inputs = to_bytes(&record::inputs_of(&pack.lots[0], bids)).unwrap();
        self.store(result, inputs);
    }

    pub fn store(&mut self, result: Vec<u8>, inputs: Vec<u8>) {
        let number = u32::try_from(self.results.len()).unwrap();
        let row = ResultRow {
            id: id(300 + number),
            lot: "lot-1".to_owned(),
            revision: i64::from(number) + 1,
            hash: sha256_hex(&result),
            inputs_hash: sha256_hex(&inputs),
            computed_at: NOW.to_owned(),
            computed_by: "c".to_owned(),
        };
        let facts = json!({ "lot": "lot-1", "revision": row.revision, "hash": row.hash, "inputs_hash": row.inputs_hash });
        self.record("person:c", "scoring.result.compute", &row.id, facts);
        self.bodies.insert(name::result(&row.id), result);
        self.bodies.insert(name::inputs(&row.id), inputs);
        self.results.push(row);
    }

    /// The entry of an action, the first one.
    pub fn entry(&mut self, action: &str) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.action == action).unwrap()
    }

    /// Chains, hashes and signs it all anew, as the program would, or a forger.
    pub fn bundle(&self) -> Files {
        fn json(value: &impl Serialize) -> Vec<u8> {
            to_bytes(value).unwrap()
        }
        let mut files = Files::from([
            (name::README.to_owned(), b"How to read this".to_vec()),
            (name::TESTS.to_owned(), json(&self.tests)),
            (name::SUBMISSIONS.to_owned(), json(&self.submissions)),
            (name::ASSIGNMENTS.to_owned(), json(&self.assignments)),
            (name::MARKS.to_owned(), json(&self.marks)),
            (name::CONSENSUS.to_owned(), json(&self.consensus)),
            (name::INTERESTS.to_owned(), json(&self.interests)),
            (name::LOCKS.to_owned(), json(&self.locks)),
            (name::CHANGES.to_owned(), json(&self.changes)),
            (name::OUTCOMES.to_owned(), json(&self.outcomes)),
            (name::RELEASES.to_owned(), json(&self.releases)),
            (name::PEOPLE.to_owned(), json(&self.people)),
            (name::RESULTS.to_owned(), json(&self.results)),
        ]);
        files.extend(self.bodies.clone());
        for (number, pack) in (1..).zip(&self.packs) {
            files.insert(name::pack(number), json(pack));
        }
        let mut head = Head { number: 0, hash: GENESIS.to_owned() };
        let mut lines = String::new();
        for entry in &self.entries {
            let entry = Entry { number: head.number + 1, ..entry.clone() };
            head = Head { number: entry.number, hash: entry.hash(&head.hash).unwrap() };
            let row = LedgerRow { entry, hash: head.hash.clone() };
            lines.push_str(std::str::from_utf8(&json(&row)).unwrap());
            lines.push('\n');
        }
        files.insert(name::LEDGER.to_owned(), lines.into_bytes());
        let manifest = Manifest {
            kind: KIND.to_owned(),
            procurement: CHAIN.to_owned(),
            reference: "ICT-2027-01".to_owned(),
            title: "Case management".to_owned(),
            made_at: NOW.to_owned(),
            engine: ENGINE.to_owned(),
            engine_version: ENGINE_VERSION.to_owned(),
            ledger: head,
            files: files.iter().map(|(file, bytes)| (file.clone(), sha256_hex(bytes))).collect(),
        };
        sign(&mut files, &manifest);
        files
    }

    /// Where a bundle made of this is found to be wrong, and what is said of it.
    pub fn fault(&self) -> String {
        verify(&self.bundle(), None).unwrap_err().to_string()
    }
}

pub fn sign(files: &mut Files, manifest: &Manifest) {
    let bytes = to_bytes(manifest).unwrap();
    let signature =
        Signature { signature: STANDARD.encode(key().sign(&bytes).to_bytes()), public_key: public_key() };
    files.insert(name::MANIFEST.to_owned(), bytes);
    files.insert(name::SIGNATURE.to_owned(), to_bytes(&signature).unwrap());
}
