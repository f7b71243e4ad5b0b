//! Marks that changed after the lock: by two people, signed anew, and every result from the marks of its time.

use rules::evidence::verify;
use rules::mark_change::ChangeState;
use serde_json::json;

use crate::common::{bid, pack};
use crate::story::{Story, id};

/// A story in which one person proposes, another approves, and a second result follows.
fn changed_by(proposes: &str, approves: &str) -> Story {
    let mut story = Story::told();
    let pack = pack();
    story.propose(proposes, "3");
    story.approve(&pack, approves);
    let first = story.consensus[0].clone();
    let bids =
        [bid("A", ["5", "3", "3"], ["1000", "10", "300"]), bid("B", ["3", "3", "5"], ["900", "9", "280"])];
    let bids: Vec<_> = bids
        .into_iter()
        .map(|mut bid| {
            if bid.id == first.bid {
                bid.marks.insert(first.question.clone(), "3".to_owned());
            }
            bid
        })
        .collect();
    story.compute(&pack, &bids);
    story
}

fn fault(change: impl FnOnce(&mut Story)) -> String {
    let mut story = changed_by("m", "c");
    change(&mut story);
    story.fault()
}

#[test]
fn a_change_by_two_people_is_proved_and_both_results_replay() {
    let verified = verify(&changed_by("m", "c").bundle(), None).unwrap();
    assert_eq!((verified.results.len(), verified.agreed), (2, 7));
    assert_ne!(verified.results[0].hash, verified.results[1].hash);
    // One that waits changes nothing.
    let mut waiting = Story::told();
    waiting.propose("m", "3");
    assert_eq!(verify(&waiting.bundle(), None).unwrap().results.len(), 1);
}

#[test]
fn one_person_alone_changes_nothing() {
    let said = changed_by("m", "m").fault();
    assert!(
        said.starts_with("changes.json") && said.contains("was proposed and approved by person:m"),
        "{said}"
    );
    // A mark agreed anew after the lock without any change is found as before.
    let said = fault(|story| {
        story.changes.clear();
        story.entries.retain(|entry| !entry.action.starts_with("scoring.mark_change."));
    });
    assert!(said.contains("the marks were locked") && said.contains("before a mark was agreed"), "{said}");
    let said = fault(|story| {
        let approval =
            story.entries.iter().position(|entry| entry.action == "scoring.mark_change.approve").unwrap();
        let approval = story.entries.remove(approval);
        let proposal =
            story.entries.iter().position(|entry| entry.action == "scoring.mark_change.propose").unwrap();
        story.entries.insert(proposal, approval);
    });
    assert!(said.contains("a change was approved") && said.contains("before it was proposed"), "{said}");
    let said = fault(|story| {
        let proposal =
            story.entries.iter().position(|entry| entry.action == "scoring.mark_change.propose").unwrap();
        let proposal = story.entries.remove(proposal);
        story.entries.insert(0, proposal);
    });
    assert!(
        said.contains("a change was proposed") && said.contains("before the marks were locked"),
        "{said}"
    );
    // The mark is recorded after its approval.
    let said = fault(|story| {
        let at = story.entries.iter().position(|entry| entry.subject == id(401)).unwrap();
        let agreed = story.entries.remove(at);
        story.entries.insert(at + 1, agreed);
    });
    assert!(said.contains("before its mark was recorded"), "{said}");
}

#[test]
fn a_change_is_what_the_ledger_says() {
    assert!(fault(|story| story.changes[0].value = "1".to_owned()).contains("content"));
    assert!(fault(|story| story.changes[0].reason = "None.".to_owned()).contains("because"));
    assert!(fault(|story| story.changes[0].revision = 4).contains("changes_revision"));
    assert!(fault(|story| story.changes[0].bid = "B".to_owned()).contains("bid"));
    assert!(fault(|story| story.changes[0].question = "Q9".to_owned()).contains("question"));
    assert!(fault(|story| story.changes[0].lot = "lot-2".to_owned()).contains("lot"));
    assert!(fault(|story| story.changes[0].proposed_by = "x".to_owned()).contains("another person"));
    let said = fault(|story| story.changes[0].state = ChangeState::Rejected);
    assert!(said.contains("is \"rejected\"; by the ledger it is \"approved\""), "{said}");
    let said = fault(|story| story.changes[0].decision.as_mut().unwrap().reason = "Why not".to_owned());
    assert!(said.contains("because"), "{said}");
    let said = fault(|story| story.changes[0].decision.as_mut().unwrap().decided_by = "x".to_owned());
    assert!(said.contains("another person"), "{said}");
    assert!(fault(|story| story.changes[0].consensus = Some(id(201))).contains("a mark was agreed"));
    let said = fault(|story| {
        story.changes[0].revision = 2;
        story.entry("scoring.mark_change.propose").body["changes_revision"] = json!(2);
    });
    assert!(said.contains("became another mark of record than the one proposed"), "{said}");
    assert!(fault(|story| story.changes[0].consensus = None).contains("a mark was agreed"));
    assert!(fault(|story| story.changes[0].marks_hash = Some("0".repeat(64))).contains("marks_hash"));
    assert!(fault(|story| story.changes[0].signed = None).contains("is not signed"));
    // The statement of the lock is not one of a change.
    let said = fault(|story| {
        let signed = story.locks[0].signed.clone().unwrap();
        let entry =
            story.entries.iter_mut().find(|entry| entry.action == "scoring.mark_change.approve").unwrap();
        entry.body["statement_hash"] = json!(rules::canonical::sha256_hex(signed.statement.as_bytes()));
        entry.body["signature"] = json!(signed.signature);
        story.changes[0].signed = Some(signed);
    });
    assert!(said.contains("says something else than the record"), "{said}");
    let said = fault(|story| {
        let mut waiting = story.changes[0].clone();
        waiting.id = id(402);
        story.changes.push(waiting);
    });
    assert!(said.contains("it was added"), "{said}");
    // What waits has become nothing.
    let mut waiting = Story::told();
    waiting.propose("m", "3");
    waiting.changes[0].marks_hash = Some("0".repeat(64));
    assert!(waiting.fault().contains("without being approved"));
}

#[test]
fn a_result_is_of_the_marks_of_its_time() {
    // The second result, told as if it had been computed before the change.
    let said = fault(|story| {
        let computed = story.entries.pop().unwrap();
        let at =
            story.entries.iter().position(|entry| entry.action == "scoring.mark_change.propose").unwrap();
        story.entries.insert(at, computed);
    });
    assert!(said.contains("the marks are not the agreed ones"), "{said}");
    // The first result, told as if it had been computed after it.
    let said = fault(|story| {
        let at = story.entries.iter().position(|entry| entry.action == "scoring.result.compute").unwrap();
        let computed = story.entries.remove(at);
        story.entries.push(computed);
    });
    assert!(said.contains("the marks are not the agreed ones"), "{said}");
}
