//! A bundle of evidence proves what it holds, and any change to it is found: a byte by the signature, and what a forger signs
//! anew by the ledger, by the order of its entries and by replaying.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

mod common;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{bid, pack};
use ed25519_dalek::{Signer as _, SigningKey};
use rules::canonical::{sha256_hex, to_bytes};
use rules::evidence::{
    BidRow, ConsensusRow, Files, FixedMark, Head, InterestRow, KIND, LOCK_KIND, LedgerRow, LockRow,
    LockStatement, Manifest, MarkRow, PersonRow, ResultRow, Signature, SubmissionRow, Submissions,
    marks_hash, name, verify,
};
use rules::ledger::{Entry, GENESIS, text_hash};
use rules::pack::Pack;
use rules::record::{self, BidInput, ENGINE, ENGINE_VERSION};
use rules::signed::Signed;
use serde::Serialize;
use serde_json::{Value, json};

const CHAIN: &str = "00000000-0000-4000-8000-00000000c0de";
const NOW: &str = "2027-04-01T09:00:00.000000Z";

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn hash_of_words(id: &str, words: &str) -> String {
    let mut salt = [0; 16];
    hex::decode_to_slice(id.replace('-', ""), &mut salt).unwrap();
    text_hash(salt, words)
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> String {
    STANDARD.encode(key().verifying_key().as_bytes())
}

/// Everything that goes into a bundle, so that a test can change any of it before it is signed.
#[derive(Clone)]
struct Story {
    packs: Vec<Pack>,
    submissions: Submissions,
    marks: Vec<MarkRow>,
    consensus: Vec<ConsensusRow>,
    interests: Vec<InterestRow>,
    locks: Vec<LockRow>,
    results: Vec<ResultRow>,
    bodies: BTreeMap<String, Vec<u8>>,
    entries: Vec<Entry>,
    people: Vec<PersonRow>,
}

impl Story {
    fn record(&mut self, actor: &str, action: &str, subject: &str, body: Value) {
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
    fn told() -> Self {
        let pack = pack();
        let mut story = Self {
            packs: vec![pack.clone()],
            submissions: Submissions::default(),
            marks: Vec::new(),
            consensus: Vec::new(),
            interests: Vec::new(),
            locks: Vec::new(),
            results: Vec::new(),
            bodies: BTreeMap::new(),
            entries: Vec::new(),
            people: Vec::new(),
        };
        let bids = vec![
            bid("A", ["5", "3", "3"], ["1000", "10", "300"]),
            bid("B", ["3", "3", "5"], ["900", "9", "280"]),
        ];
        let facts = json!({ "number": 1, "hash": pack.hash().unwrap() });
        story.record("person:c", "tendering.pack.publish", "pack", facts);
        story.submit(&bids);
        story.mark(&bids);
        story.agree(&bids);
        story.lock(&pack);
        story.compute(&pack, &bids);
        story
    }

    fn submit(&mut self, bids: &[BidInput]) {
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

    fn mark(&mut self, bids: &[BidInput]) {
        for (number, person) in (10..).zip(["a", "b"]) {
            let row = InterestRow {
                id: id(number),
                person: person.to_owned(),
                interest: "none".to_owned(),
                detail: String::new(),
                version: 1,
                declared_at: NOW.to_owned(),
            };
            let facts = json!({
                "person": person, "interest": "none", "version": 1, "detail": hash_of_words(&row.id, ""),
            });
            self.record(&format!("person:{person}"), "scoring.interest.declare", &row.id, facts);
            self.interests.push(row);
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

    fn agree(&mut self, bids: &[BidInput]) {
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
                    "lot": row.lot, "bid": row.bid, "question": question, "revision": 1, "value": value,
                    "rationale": hash_of_words(&row.id, &row.rationale),
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

    fn lock(&mut self, pack: &Pack) {
        let mut fixed: Vec<FixedMark> = self
            .consensus
            .iter()
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
            kind: LOCK_KIND.to_owned(),
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

    fn compute(&mut self, pack: &Pack, bids: &[BidInput]) {
        let result = to_bytes(&record::lot_result(pack, "lot-1", bids).unwrap()).unwrap();
        let inputs = to_bytes(&record::inputs_of(&pack.lots[0], bids)).unwrap();
        self.store(result, inputs);
    }

    fn store(&mut self, result: Vec<u8>, inputs: Vec<u8>) {
        let row = ResultRow {
            id: id(300),
            lot: "lot-1".to_owned(),
            revision: 1,
            hash: sha256_hex(&result),
            inputs_hash: sha256_hex(&inputs),
            computed_at: NOW.to_owned(),
            computed_by: "c".to_owned(),
        };
        let facts =
            json!({ "lot": "lot-1", "revision": 1, "hash": row.hash, "inputs_hash": row.inputs_hash });
        self.record("person:c", "scoring.result.compute", &row.id, facts);
        self.bodies.insert(name::result(&row.id), result);
        self.bodies.insert(name::inputs(&row.id), inputs);
        self.results.push(row);
    }

    /// The entry of an action, the first one.
    fn entry(&mut self, action: &str) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.action == action).unwrap()
    }

    /// Chains, hashes and signs it all anew, as the program would, or a forger.
    fn bundle(&self) -> Files {
        fn json(value: &impl Serialize) -> Vec<u8> {
            to_bytes(value).unwrap()
        }
        let mut files = Files::from([
            (name::README.to_owned(), b"How to read this".to_vec()),
            (name::SUBMISSIONS.to_owned(), json(&self.submissions)),
            (name::MARKS.to_owned(), json(&self.marks)),
            (name::CONSENSUS.to_owned(), json(&self.consensus)),
            (name::INTERESTS.to_owned(), json(&self.interests)),
            (name::LOCKS.to_owned(), json(&self.locks)),
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
    fn fault(&self) -> String {
        verify(&self.bundle(), None).unwrap_err().to_string()
    }
}

fn sign(files: &mut Files, manifest: &Manifest) {
    let bytes = to_bytes(manifest).unwrap();
    let signature =
        Signature { signature: STANDARD.encode(key().sign(&bytes).to_bytes()), public_key: public_key() };
    files.insert(name::MANIFEST.to_owned(), bytes);
    files.insert(name::SIGNATURE.to_owned(), to_bytes(&signature).unwrap());
}

#[test]
fn an_untouched_bundle_is_proved_and_replays_its_result() {
    let verified = verify(&Story::told().bundle(), Some(&public_key())).unwrap();
    assert_eq!((verified.marks, verified.agreed, verified.submissions), (12, 6, 2));
    let [only] = verified.results.as_slice() else { panic!("one result") };
    assert_eq!((only.lot_code.as_str(), only.revision), ("L1", 1));
    assert!(only.winner.is_some());
    let stranger = STANDARD.encode([9; 32]);
    let fault = verify(&Story::told().bundle(), Some(&stranger)).unwrap_err();
    assert_eq!(fault.place, name::SIGNATURE);
}

#[test]
fn every_changed_byte_is_found_and_its_file_is_named() {
    let bundle = Story::told().bundle();
    let mut tried = 0;
    for (file, bytes) in &bundle {
        for at in (0..bytes.len()).step_by(1 + bytes.len() / 16) {
            let mut touched = bundle.clone();
            touched.get_mut(file).unwrap()[at] ^= 1;
            let Err(fault) = verify(&touched, None) else { panic!("{file}, byte {at} passes") };
            let blamed = [name::SIGNATURE, name::MANIFEST, file.as_str()];
            assert!(blamed.iter().any(|name| fault.place.starts_with(name)), "{file}, byte {at}: {fault}");
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn a_file_that_is_missing_or_was_added_is_found() {
    let bundle = Story::told().bundle();
    for file in bundle.keys() {
        let mut touched = bundle.clone();
        touched.remove(file);
        let fault = verify(&touched, None).unwrap_err();
        assert_eq!((fault.place.as_str(), fault.what.as_str()), (file.as_str(), "the file is missing"));
    }
    let mut touched = bundle.clone();
    touched.insert("note.txt".to_owned(), Vec::new());
    assert_eq!(verify(&touched, None).unwrap_err().place, "note.txt");
    // Also where whoever added it signed anew.
    let mut manifest: Manifest = serde_json::from_slice(&touched[name::MANIFEST]).unwrap();
    manifest.files.insert("note.txt".to_owned(), sha256_hex(b""));
    sign(&mut touched, &manifest);
    assert_eq!(verify(&touched, None).unwrap_err().to_string(), "note.txt: the file belongs to no record");
}

#[test]
fn the_ledger_of_another_procurement_proves_nothing() {
    let mut touched = Story::told().bundle();
    let manifest: Manifest = serde_json::from_slice(&touched[name::MANIFEST]).unwrap();
    sign(&mut touched, &Manifest { procurement: id(7), ..manifest });
    assert_eq!(verify(&touched, None).unwrap_err().to_string(), "ledger.jsonl, 1: is of another procurement");
}

#[test]
fn records_that_the_ledger_does_not_know_are_found_even_when_signed() {
    let changed = |change: fn(&mut Story)| {
        let mut story = Story::told();
        change(&mut story);
        story.fault()
    };
    let fault = changed(|story| story.marks[0].value = "0".to_owned());
    assert!(fault.starts_with("marks.json") && fault.contains("content"), "{fault}");
    let fault = changed(|story| story.marks[0].explanation = "Because".to_owned());
    assert!(fault.starts_with("marks.json"), "{fault}");
    let fault = changed(|story| story.marks[0].person = "b".to_owned());
    assert!(fault.contains("another person"), "{fault}");
    let fault = changed(|story| drop(story.marks.pop()));
    assert!(fault.contains("is missing, though entry"), "{fault}");
    let fault = changed(|story| {
        let mut extra = story.marks[0].clone();
        extra.id = id(999);
        story.marks.push(extra);
    });
    assert!(fault.contains("is not in the ledger: it was added"), "{fault}");
    let fault = changed(|story| story.marks.push(story.marks[0].clone()));
    assert!(fault.contains("stands twice"), "{fault}");
    let fault = changed(|story| story.consensus[0].value = "0".to_owned());
    assert!(fault.starts_with("consensus.json") && fault.contains("value"), "{fault}");
    let fault = changed(|story| story.consensus[0].dissent = "One would have given 0.".to_owned());
    assert!(fault.contains("dissent"), "{fault}");
    let fault = changed(|story| story.interests[0].interest = "barred".to_owned());
    assert!(fault.starts_with("interests.json"), "{fault}");
    let fault = changed(|story| story.submissions.submissions[0].late = true);
    assert!(fault.starts_with("submissions.json") && fault.contains("late"), "{fault}");
    let fault = changed(|story| story.submissions.submissions[0].withdrawn_at = Some(NOW.to_owned()));
    assert!(fault.contains("not withdrawn"), "{fault}");
    let fault = changed(|story| story.submissions.submissions[0].manifest = Some("{}".to_owned()));
    assert!(fault.contains("receipt"), "{fault}");
    let fault = changed(|story| drop(story.submissions.bids.pop()));
    assert!(fault.contains("2 were opened"), "{fault}");
    let fault = changed(|story| story.submissions.bids[0].submission = id(2));
    assert!(fault.contains("is not the submission"), "{fault}");
    let fault = changed(|story| story.packs[0].lots[0].price.weight = "30".to_owned());
    assert!(fault.starts_with("packs/1.json"), "{fault}");
    let fault = changed(|story| story.packs.push(Pack { version: 2, ..story.packs[0].clone() }));
    assert!(fault.starts_with("packs/2.json"), "{fault}");
    let fault = changed(|story| story.results[0].revision = 2);
    assert!(fault.starts_with("results.json"), "{fault}");
    let fault = changed(|story| story.locks[0].marks_hash = "0".repeat(64));
    assert!(fault.starts_with("locks.json"), "{fault}");
}

#[test]
fn marks_that_were_not_fixed_before_prices_were_opened_are_found() {
    let moved = |action: &str, behind: &str| {
        let mut story = Story::told();
        let from = story.entries.iter().position(|entry| entry.action == action).unwrap();
        let entry = story.entries.remove(from);
        let to = story.entries.iter().rposition(|entry| entry.action == behind).unwrap();
        story.entries.insert(to + 1, entry);
        story.fault()
    };
    let fault = moved("scoring.quality.lock", "scoring.prices.open");
    assert!(
        fault.contains("the prices were opened") && fault.contains("before the marks were locked"),
        "{fault}"
    );
    let fault = moved("scoring.consensus.agree", "scoring.quality.lock");
    assert!(fault.contains("before a mark was agreed"), "{fault}");
    let fault = moved("scoring.mark.save", "scoring.consensus.agree");
    assert!(fault.contains("before a mark was made"), "{fault}");
    let fault = moved("scoring.prices.open", "scoring.result.compute");
    assert!(fault.contains("a result was computed"), "{fault}");

    let mut unsigned = Story::told();
    unsigned.locks[0].signed = None;
    assert!(unsigned.fault().contains("is not signed"));
    let mut other = Story::told();
    let signed = other.locks[0].signed.as_mut().unwrap();
    signed.statement = signed.statement.replace("\"L1\"", "\"L2\"");
    assert!(other.fault().contains("does not match what it signs"));
    // Before there is a result, a lock that was left out is missed by the ledger alone.
    let mut gone = Story::told();
    gone.entries.pop();
    gone.results.clear();
    gone.bodies.clear();
    gone.locks.clear();
    assert!(gone.fault().contains("is missing, though entry"), "{}", gone.fault());
    // A statement about something else, though signed and recorded, proves nothing of this lot.
    let mut elsewhere = Story::told();
    let signed = elsewhere.locks[0].signed.as_mut().unwrap();
    signed.statement = signed.statement.replace(NOW, "2027-04-02T09:00:00.000000Z");
    signed.signature = STANDARD.encode(key().sign(signed.statement.as_bytes()).to_bytes());
    let (hash, signature) = (sha256_hex(signed.statement.as_bytes()), signed.signature.clone());
    let entry = elsewhere.entry("scoring.quality.lock");
    entry.body["statement_hash"] = json!(hash);
    entry.body["signature"] = json!(signature);
    assert!(elsewhere.fault().contains("says something else than the record"), "{}", elsewhere.fault());
    let mut twice = Story::told();
    let again = twice.entry("scoring.quality.lock").clone();
    twice.entries.push(again);
    assert!(twice.fault().contains("a second"), "{}", twice.fault());
    // Marks agreed anew after the lock, with ledger and all, are not those that were locked.
    let mut anew = Story::told();
    anew.consensus[0].value = "1".to_owned();
    anew.entry("scoring.consensus.agree").body["value"] = json!("1");
    assert!(anew.fault().contains("not those that were locked"), "{}", anew.fault());
}

/// A story whose result and inputs somebody has put in place of the true ones, in the ledger too.
fn with_result(change: impl Fn(&mut Value, &mut Value)) -> Story {
    let mut story = Story::told();
    let body = |file: String| serde_json::from_slice::<Value>(&story.bodies[&file]).unwrap();
    let (mut result, mut inputs) = (body(name::result(&id(300))), body(name::inputs(&id(300))));
    change(&mut result, &mut inputs);
    story.entries.pop();
    story.results.clear();
    story.store(to_bytes(&result).unwrap(), to_bytes(&inputs).unwrap());
    story
}

#[test]
fn a_result_that_does_not_follow_is_found_even_when_recorded() {
    let forged = |change: fn(&mut Value, &mut Value)| with_result(change).fault();
    let fault = forged(|result, _| result["winner"] = json!("B"));
    assert!(fault.contains("replaying gives another result"), "{fault}");
    let fault = forged(|_, inputs| inputs[0]["prices"]["P01"]["unit_price"] = json!("99999"));
    assert!(fault.contains("replaying gives another result") || fault.contains("cannot be read"), "{fault}");
    let fault = forged(|_, inputs| inputs[0]["marks"]["Q1"] = json!("3"));
    assert!(fault.contains("the marks are not the agreed ones"), "{fault}");
    let fault = forged(|_, inputs| drop(inputs.as_array_mut().unwrap().remove(0)));
    assert!(fault.contains("is missing, though its answers were marked"), "{fault}");
    let fault = forged(|_, inputs| inputs[0]["supplier"] = json!("Somebody else"));
    assert!(fault.contains("not of Somebody else"), "{fault}");
    let fault = forged(|result, _| result["pack_hash"] = json!("0".repeat(64)));
    assert!(fault.contains("names a pack that is not here"), "{fault}");
    let mut swapped = Story::told();
    let file = name::result(&id(300));
    swapped.bodies.get_mut(&file).unwrap().push(b' ');
    assert!(swapped.fault().contains("is not the result whose hash was recorded"));
}

#[test]
fn a_result_of_an_older_engine_replays_where_nothing_else_differs() {
    let story = with_result(|result, _| result["engine_version"] = json!("0.0.1"));
    let verified = verify(&story.bundle(), None).unwrap();
    assert_eq!(verified.results[0].engine_version, "0.0.1");
}
