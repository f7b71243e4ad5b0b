//! Marks that changed after the lock: by two people, signed anew, and every result from the marks of its time.

use rules::evidence::{ChangeRow, verify};
use rules::mark_change::ChangeState;
use serde_json::json;

use crate::common::{bid, pack};
use crate::story::{Story, id};

/// A story in which one person proposes, another approves, and a second result follows.
fn changed_by(proposes: &str, approves: &str) -> Story {
    let mut story = Story::told();
    let pack = pack();
    story.is_free(80, "m");
    story.is_free(81, "c");
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
    waiting.is_free(80, "m");
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
        story.entries.iter_mut().find(|entry| entry.subject == id(401)).unwrap().actor =
            "person:m".to_owned();
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
    assert!(fault(|story| story.changes[0].consensus = Some(id(201))).contains("another person"));
    let said = fault(|story| {
        story.changes[0].revision = 2;
        story.entry("scoring.mark_change.propose").body["changes_revision"] = json!(2);
    });
    assert!(said.contains("became another mark of record than the one proposed"), "{said}");
    assert!(fault(|story| story.changes[0].consensus = None).contains("another person"));
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
    waiting.is_free(80, "m");
    waiting.propose("m", "3");
    waiting.changes[0].marks_hash = Some("0".repeat(64));
    assert!(waiting.fault().contains("without being approved"));
}

#[test]
fn a_change_is_settled_once_and_all_of_it_is_recorded() {
    for change in [
        (|row| row.strengths = "Other".to_owned()) as fn(&mut ChangeRow),
        |row| row.weaknesses = "Other".to_owned(),
        |row| row.reference = "Other".to_owned(),
        |row| row.present = "Other".to_owned(),
        |row| row.dissent = "Other".to_owned(),
    ] {
        let said = fault(|story| change(&mut story.changes[0]));
        assert!(said.starts_with("changes.json"), "{said}");
    }
    assert!(fault(|story| story.changes[0].decision = None).contains("lacks the second person's word"));
    let said = fault(|story| {
        story.record("person:c", "scoring.mark_change.reject", &id(400), json!({}));
    });
    assert!(said.contains("was settled once more"), "{said}");
    // Who recorded a mark is who proposed its change, and of any other who agreed it.
    let said = fault(|story| story.consensus.last_mut().unwrap().moderator = "c".to_owned());
    assert!(said.contains("became another mark of record"), "{said}");
    let said = fault(|story| story.consensus[1].moderator = "x".to_owned());
    assert!(said.starts_with("consensus.json") && said.contains("another person"), "{said}");
    let mut waiting = Story::told();
    waiting.is_free(80, "m");
    waiting.propose("m", "3");
    waiting.changes[0].decision = changed_by("m", "c").changes[0].decision.clone();
    assert!(waiting.fault().contains("has a second person's word that the ledger does not have"));
    // Only who proposed it takes it back.
    let mut taken = Story::told();
    taken.is_free(80, "m");
    taken.propose("m", "3");
    taken.record("person:c", "scoring.mark_change.take_back", &id(400), json!({}));
    taken.changes[0].state = ChangeState::TakenBack;
    assert!(taken.fault().contains("another person"));
    taken.entries.last_mut().unwrap().actor = "person:m".to_owned();
    verify(&taken.bundle(), None).unwrap();
}

#[test]
fn who_changes_a_mark_is_free_to_and_no_awarded_lot_changes() {
    let barred = |person: &str, before: &str| {
        fault(|story| {
            let mut row = story.interests[0].clone();
            (row.id, row.person, row.interest, row.version) =
                (id(90), person.to_owned(), "barred".to_owned(), 2);
            story.declare(row);
            let entry = story.entries.pop().unwrap();
            let at = story.entries.iter().position(|entry| entry.action == before).unwrap();
            story.entries.insert(at, entry);
        })
    };
    let said = barred("m", "scoring.mark_change.propose");
    assert!(said.contains("is a change of somebody who was barred"), "{said}");
    let said = barred("c", "scoring.mark_change.approve");
    assert!(said.contains("is an approval of somebody who was barred"), "{said}");
    let said = barred("m", "scoring.mark_change.approve");
    assert!(said.contains("is a change of somebody who was barred"), "barred before it was approved: {said}");
    let said = fault(|story| {
        story.record("person:c", "deciding.award.make", &id(500), json!({ "lot": "L1" }));
        let award = story.entries.pop().unwrap();
        let at =
            story.entries.iter().position(|entry| entry.action == "scoring.mark_change.approve").unwrap();
        story.entries.insert(at, award);
    });
    assert!(said.contains("the lot was awarded") && said.contains("before a change was approved"), "{said}");
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
