//! Who was to mark what, and whose marks were counted.

use std::collections::BTreeSet;

use rules::assignment::Assignment;
use rules::evidence::{MarkRow, name, verify};
use serde_json::{Value, json};

use crate::common::pack;
use crate::story::{Story, hash_of_words, id};

/// Who marks each question of the first lot, in order.
fn divided(members: &[&[&str]]) -> Assignment {
    let lot = &pack().lots[0];
    let codes = lot.questions().into_iter().map(|question| question.code.clone());
    let pairs = codes.zip(members).flat_map(|(code, members)| {
        members.iter().map(|member| (code.clone(), (*member).to_owned())).collect::<Vec<_>>()
    });
    Assignment::of(lot, &pairs.collect::<Vec<_>>(), &BTreeSet::new())
}

/// Both mark everything, and both are counted.
fn counted() -> Story {
    let mut story = Story::told();
    let at = story.place("scoring.mark.save");
    story.assign(at, divided(&[&["a", "b"], &["a", "b"], &["a", "b"]]), None);
    story.count(&["a", "b"]);
    story
}

#[test]
fn marks_of_people_who_were_assigned_are_proved() {
    verify(&counted().bundle(), None).unwrap();
    // A bundle from before panels were divided has no such file, and says nothing of what was counted.
    let mut old = Story::told().bundle();
    assert!(old.remove(name::ASSIGNMENTS).is_some());
    let manifest = String::from_utf8(old[name::MANIFEST].clone()).unwrap();
    let mut manifest: rules::evidence::Manifest = serde_json::from_str(&manifest).unwrap();
    manifest.files.remove(name::ASSIGNMENTS);
    crate::story::sign(&mut old, &manifest);
    verify(&old, None).unwrap();
}

#[test]
fn a_mark_of_somebody_to_whom_the_question_was_not_assigned_is_found() {
    let mut story = Story::told();
    let at = story.place("scoring.mark.save");
    story.assign(at, divided(&[&["a"], &["a", "b"], &["a", "b"]]), None);
    assert!(story.fault().contains("is a mark of somebody to whom the question was not assigned"));
    // What is assigned later does not make it right.
    story.assign(at + 3, divided(&[&["a", "b"]]), None);
    assert!(story.fault().contains("was not assigned"));
}

#[test]
fn counting_a_mark_of_somebody_who_was_replaced_is_found() {
    let mut story = counted();
    let before = story.assignments[0].assignment.clone();
    let at = story.place("scoring.consensus.agree");
    story.assign(at, before.substituted(&pack().lots[0], "b", "d"), Some(("b", "d")));
    let said = story.fault();
    assert!(said.contains("counts a mark of somebody who was not assigned then"), "{said}");
    story.count(&["a"]);
    verify(&story.bundle(), None).unwrap();
}

#[test]
fn a_mark_of_one_person_that_nobody_else_confirmed_is_found() {
    let mut story = counted();
    story.count(&["a"]);
    verify(&story.bundle(), None).unwrap();
    for entry in story.entries.iter_mut().filter(|entry| entry.action == "scoring.consensus.agree") {
        entry.actor = "person:a".to_owned();
    }
    for row in &mut story.consensus {
        row.moderator = "a".to_owned();
    }
    let said = story.fault();
    assert!(said.contains("is agreed by one person alone"), "{said}");
    story.count(&["a", "b"]);
    verify(&story.bundle(), None).unwrap();
    story.count(&[]);
    assert!(story.fault().contains("is agreed by one person alone"));
}

#[test]
fn a_counted_mark_is_the_last_of_its_answer_and_each_persons_once() {
    let mut story = counted();
    let other = story.marks.last().unwrap().id.clone();
    story.entry("scoring.consensus.agree").body["counted"][0] = other.into();
    assert!(story.fault().contains("counts a mark that is no last mark of its answer"));
    let mut story = counted();
    let entry = story.entry("scoring.consensus.agree");
    entry.body["counted"][1] = entry.body["counted"][0].clone();
    assert!(story.fault().contains("counts a mark that is no last mark of its answer"));
    let mut story = counted();
    story.entry("scoring.consensus.agree").body["counted"][0] = "00000000-0000-4000-8000-0000000000ff".into();
    assert!(story.fault().contains("counts a mark that is not here"));
}

#[test]
fn who_marks_what_is_what_the_ledger_says_and_was_settled_in_time() {
    let mut story = counted();
    story.assignments[0].reason = "Another reason.".to_owned();
    assert!(story.fault().starts_with("assignments.json"));
    let mut story = counted();
    story.assignments[0].assignment.parts.pop();
    assert!(story.fault().starts_with("assignments.json"));
    let mut story = counted();
    story.assignments.clear();
    assert!(story.fault().contains("is missing, though entry"));
    let mut story = counted();
    let at = story.place("scoring.quality.lock");
    story.assign(at, divided(&[&["a"]]), None);
    assert!(story.fault().contains("changes who marks after the panel began to agree"));
    let mut story = counted();
    story.assignments[0].version = 2;
    story.entry("scoring.assignment.set").body["version"] = 2.into();
    assert!(story.fault().contains("is not the version after the one before"));
}

#[test]
fn a_substitution_changes_nothing_else() {
    let mut story = counted();
    let at = story.place("scoring.consensus.agree");
    let mut after = story.assignments[0].assignment.substituted(&pack().lots[0], "b", "d");
    after.parts.pop();
    story.assign(at, after, Some(("b", "d")));
    story.count(&["a"]);
    let said = story.fault();
    assert!(said.contains("is a substitution that changes something else as well"), "{said}");
    let mut story = counted();
    let at = story.place("scoring.consensus.agree");
    let after = story.assignments[0].assignment.substituted(&pack().lots[0], "b", "d");
    story.assign(at, after, Some(("b", "d")));
    story.count(&["a"]);
    story.assignments[1].substitute = Some("e".to_owned());
    assert!(story.fault().contains("names another substitution"));
}

#[test]
fn counting_a_mark_that_its_panel_member_made_anew_is_found() {
    let mut story = counted();
    let before = story.marks[0].clone();
    let anew = MarkRow { id: id(190), revision: 2, ..before.clone() };
    let content = hash_of_words(&anew.id, &format!("{}\n{}", anew.value, anew.explanation));
    let facts = json!({
        "lot": anew.lot, "bid": anew.bid, "question": anew.question, "revision": 2, "content": content,
    });
    story.record(&format!("person:{}", anew.person), "scoring.mark.save", &anew.id, facts);
    let entry = story.entries.pop().unwrap();
    let at = story.place("scoring.consensus.agree");
    story.entries.insert(at, entry);
    story.marks.push(anew.clone());
    assert!(story.fault().contains("counts a mark that is no last mark of its answer"));
    for entry in &mut story.entries {
        if let Some(counted) = entry.body.get_mut("counted").and_then(Value::as_array_mut) {
            for one in counted.iter_mut().filter(|one| **one == json!(before.id)) {
                *one = json!(anew.id);
            }
        }
    }
    verify(&story.bundle(), None).unwrap();
}
