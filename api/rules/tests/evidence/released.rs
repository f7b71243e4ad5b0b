//! Answers that were read for prices: as the ledger says, one release after the other, by somebody who does not mark.

use rules::evidence::{ReleaseRow, verify};
use serde_json::json;

use crate::story::{NOW, Story, hash_of_words, id};

/// A release of an answer by somebody, with a passage taken out or none.
fn release(story: &mut Story, number: u32, revision: i64, by: &str, removed: &[&str]) {
    let reason = if removed.is_empty() { "" } else { "It names a unit price" };
    let row = ReleaseRow {
        id: id(900 + number),
        bid: "B".to_owned(),
        part: "Q1".to_owned(),
        revision,
        removed: removed.iter().map(|passage| (*passage).to_owned()).collect(),
        withheld: Vec::new(),
        reason: reason.to_owned(),
        released_by: by.to_owned(),
        released_at: NOW.to_owned(),
    };
    let mut facts = json!({
        "bid": row.bid, "question": row.part, "revision": revision, "passages_removed": row.removed.len(),
        "documents_withheld": 0,
    });
    if !reason.is_empty() {
        facts["because"] = json!(hash_of_words(&row.id, reason));
    }
    story.record(&format!("person:{by}"), "bidding.answer.release", &row.id, facts);
    story.releases.push(row);
}

fn read_twice() -> Story {
    let mut story = Story::told();
    release(&mut story, 1, 1, "reader", &[]);
    release(&mut story, 2, 2, "reader", &["£450"]);
    story
}

fn fault(change: impl FnOnce(&mut Story)) -> String {
    let mut story = read_twice();
    change(&mut story);
    story.fault()
}

#[test]
fn releases_are_proved() {
    verify(&read_twice().bundle(), None).unwrap();
}

#[test]
fn a_release_is_what_the_ledger_says() {
    for (changed, said) in [
        (fault(|story| story.releases[1].removed.clear()), "passages_removed"),
        (fault(|story| story.releases[0].withheld.push(id(1))), "documents_withheld"),
        (fault(|story| story.releases[0].bid = "A".to_owned()), "bid"),
        (fault(|story| story.releases[0].part = "Q2".to_owned()), "another part"),
        (fault(|story| story.releases[0].revision = 3), "revision"),
        (fault(|story| story.releases[1].reason = "Other".to_owned()), "because"),
        (fault(|story| story.releases[1].reason.clear()), "has no reason"),
        (fault(|story| story.releases[0].released_by = "x".to_owned()), "another person"),
        (fault(|story| story.releases.clear()), "is missing"),
        (fault(|story| release(story, 3, 4, "reader", &[])), "not the release after the one before"),
    ] {
        assert!(changed.starts_with("releases.json") && changed.contains(said), "{said}: {changed}");
    }
}

#[test]
fn whoever_marks_or_agrees_marks_does_not_read_first() {
    let marker = Story::told().marks[0].person.clone();
    let moderator = Story::told().consensus[0].moderator.clone();
    for who in [marker, moderator] {
        let said = fault(|story| release(story, 3, 3, &who, &[]));
        assert!(said.contains("by somebody who marks"), "{said}");
    }
}
