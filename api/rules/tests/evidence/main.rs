//! A bundle of evidence proves what it holds, and any change to it is found: a byte by the signature, and what a forger signs
//! anew by the ledger, by the order of its entries and by replaying.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

mod assigned;
mod changed;
#[path = "../common/mod.rs"]
mod common;
mod outcomes;
mod released;
mod story;
mod tests_told;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use rules::canonical::{sha256_hex, to_bytes};
use rules::evidence::{InterestRow, Manifest, name, verify};
use rules::pack::Pack;
use serde_json::{Value, json};

use story::{NOW, Story, hash_of_words, id, key, public_key, sign};

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
    assert!(fault.starts_with("consensus.json") && fault.contains("content"), "{fault}");
    let fault = changed(|story| story.consensus[0].rationale = "Another.".to_owned());
    assert!(fault.starts_with("consensus.json") && fault.contains("content"), "{fault}");
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
fn a_mark_of_somebody_who_was_not_free_to_mark_is_found() {
    let told = |change: fn(&mut InterestRow)| {
        let mut story = Story::told();
        let mut row = story.interests[0].clone();
        change(&mut row);
        let at = story.entries.iter().position(|entry| entry.subject == row.id).unwrap();
        story.interests.remove(0);
        story.entries.remove(at);
        story.declare(row);
        let entry = story.entries.pop().unwrap();
        story.entries.insert(at, entry);
        story.fault()
    };
    assert!(told(|row| row.interest = "barred".to_owned()).contains("was barred"));
    assert!(told(|row| row.bidders_known = false).contains("since the bidders' names showed"));
    assert!(told(|row| row.to_clear = true).contains("two others had not cleared"));
    let mut story = Story::told();
    let row = story.interests.remove(0);
    story.entries.retain(|entry| entry.subject != row.id);
    assert!(story.fault().contains("had declared no interests"));
    // Names that did not show yet are nothing to declare of.
    let mut story = Story::told();
    let row = InterestRow { id: id(77), version: 2, ..story.interests[0].clone() };
    story.declare(row);
    let entry = story.entries.pop().unwrap();
    story.entries.insert(0, entry);
    assert!(story.fault().contains("whose names did not show yet"));
}

#[test]
fn declarations_from_before_clearance_open_what_they_opened_then() {
    let mut story = Story::told();
    let earlier = |story: &mut Story, at: usize| {
        let id = story.interests[at].id.clone();
        let place = story.entries.iter().position(|entry| entry.subject == id).unwrap();
        let mut entry = story.entries.remove(place);
        entry.action = "scoring.interest.declare".to_owned();
        let facts = entry.body.as_object_mut().unwrap();
        facts.remove("bidders_known");
        facts.remove("to_clear");
        story.interests[at].bidders_known = false;
        // Declared once, before the opening: that was enough.
        story.entries.insert(0, entry);
    };
    earlier(&mut story, 0);
    verify(&story.bundle(), None).unwrap();
    earlier(&mut story, 1);
    verify(&story.bundle(), None).unwrap();
    let last = story.interests[1].id.clone();
    story.interests[1].interest = "barred".to_owned();
    let entry = story.entries.iter_mut().find(|entry| entry.subject == last).unwrap();
    entry.body["interest"] = json!("barred");
    assert!(story.fault().contains("was barred"));
}

#[test]
fn two_others_clear_an_interest_before_its_holder_marks() {
    let told = |by: &[&str]| {
        let mut story = Story::told();
        let at = story.entries.iter().position(|entry| entry.subject == story.interests[0].id).unwrap();
        story.entries.remove(at);
        let row =
            InterestRow { interest: "mitigated".to_owned(), to_clear: true, ..story.interests.remove(0) };
        story.declare(row);
        for (number, person) in (80..).zip(by) {
            story.clear(id(number), person);
        }
        let moved = story.entries.split_off(story.entries.len() - by.len() - 1);
        story.entries.splice(at..at, moved);
        story
    };
    let free = told(&["c", "d"]);
    verify(&free.bundle(), None).unwrap();
    assert!(told(&["c"]).fault().contains("two others had not cleared"));
    assert!(told(&["c", "c"]).fault().contains("two others had not cleared"), "one person twice is one");
    assert!(told(&["c", "a"]).fault().contains("two others had not cleared"), "the holder is no other");
    let mut touched = told(&["c", "d"]);
    touched.interests.last_mut().unwrap().clearances[0].detail = "No.".to_owned();
    assert!(touched.fault().starts_with("interests.json"));
    let mut touched = told(&["c", "d"]);
    touched.interests.last_mut().unwrap().clearances[0].person = "e".to_owned();
    assert!(touched.fault().contains("another person"));
    let mut touched = told(&["c", "d"]);
    touched.interests.last_mut().unwrap().clearances.pop();
    assert!(touched.fault().contains("is missing, though entry"));
}

#[test]
fn a_ledger_that_named_the_agreed_marks_is_checked_as_it_was_written() {
    let mut story = Story::told();
    let row = story.consensus[0].clone();
    let entry = story.entries.iter_mut().find(|entry| entry.subject == row.id).unwrap();
    let facts = entry.body.as_object_mut().unwrap();
    facts.remove("content");
    facts.insert("value".to_owned(), json!(row.value));
    facts.insert("rationale".to_owned(), json!(hash_of_words(&row.id, &row.rationale)));
    verify(&story.bundle(), None).unwrap();
    story.consensus[0].rationale = "Another.".to_owned();
    assert!(story.fault().contains("rationale"));
    story.consensus[0].rationale = row.rationale;
    story.consensus[0].value = "0".to_owned();
    assert!(story.fault().contains("value"));
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
    let said = hash_of_words(&anew.consensus[0].id, &format!("1\n{}", anew.consensus[0].rationale));
    anew.entry("scoring.consensus.agree").body["content"] = json!(said);
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
