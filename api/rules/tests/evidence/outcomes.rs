//! Tenders that were disregarded: heard, by two people, and left out of the results that came after and of no other.

use rules::evidence::verify;
use rules::outcome::{Disregard, Ground, OutcomeState};
use rules::record::BidInput;
use serde_json::json;

use crate::common::{bid, pack};
use crate::story::{AFTER, NOW, Story, id};

fn bids(disregarded: Option<Ground>) -> Vec<BidInput> {
    let mut bids = vec![
        bid("A", ["5", "3", "3"], ["1000", "10", "300"]),
        bid("B", ["3", "3", "5"], ["900", "9", "280"]),
    ];
    bids[1].disregarded = disregarded.map(|ground| Disregard { ground, outcome: id(700) });
    bids
}

/// A result, then a ground by one person, silence, a decision by another, and a second result.
fn disregarded_by(raises: &str, decides: &str) -> Story {
    let mut story = Story::told();
    story.is_free(80, "m");
    story.is_free(81, "c");
    story.raise(raises, Ground::AbnormallyLow, Some("lot-1"));
    story.disregard(decides, AFTER);
    story.compute(&pack(), &bids(Some(Ground::AbnormallyLow)));
    story
}

fn fault(change: impl FnOnce(&mut Story)) -> String {
    let mut story = disregarded_by("c", "m");
    change(&mut story);
    story.fault()
}

#[test]
fn a_disregard_by_two_people_is_proved_and_both_results_replay() {
    let verified = verify(&disregarded_by("c", "m").bundle(), None).unwrap();
    assert_eq!(verified.results.len(), 2);
    assert_ne!(verified.results[0].winner, None);
    // A reply in time opens the way before the instant, and one that waits changes nothing.
    let mut story = Story::told();
    story.is_free(80, "m");
    story.is_free(81, "c");
    story.raise("c", Ground::Excluded, None);
    assert!(verify(&story.bundle(), None).is_ok());
    story.reply(NOW);
    story.disregard("m", NOW);
    story.compute(&pack(), &bids(Some(Ground::Excluded)));
    verify(&story.bundle(), None).unwrap();
}

#[test]
fn one_person_alone_disregards_nobody_and_nobody_is_disregarded_unheard() {
    let said = disregarded_by("c", "c").fault();
    assert!(said.starts_with("outcomes.json") && said.contains("raised and decided by person:c"), "{said}");
    let mut early = Story::told();
    early.is_free(80, "m");
    early.is_free(81, "c");
    early.raise("c", Ground::Excludable, None);
    early.disregard("m", NOW);
    let said = early.fault();
    assert!(said.contains("decided before its bidder was heard"), "{said}");
    // Who raises and who decides is free of interests.
    let mut undeclared = Story::told();
    undeclared.raise("c", Ground::Excludable, None);
    assert!(undeclared.fault().contains("had declared no interests"));
    // A price is raised after the lock.
    let said = fault(|story| {
        let at = story.entries.iter().position(|entry| entry.action == "bidding.ground.raise").unwrap();
        let raised = story.entries.remove(at);
        let at = story.entries.iter().position(|entry| entry.action == "scoring.quality.lock").unwrap();
        story.entries.insert(at, raised);
    });
    assert!(said.contains("before the marks were locked"), "{said}");
    let mut late = Story::told();
    late.is_free(81, "c");
    late.raise("c", Ground::Excluded, None);
    late.reply(AFTER);
    assert!(late.fault().contains("has a reply, which"));
}

#[test]
fn an_outcome_is_what_the_ledger_says() {
    for (changed, said) in [
        (fault(|story| story.outcomes[0].reason = "Other".to_owned()), "because"),
        (fault(|story| story.outcomes[0].ground = Ground::Procedural), "ground"),
        (fault(|story| story.outcomes[0].bid = "A".to_owned()), "bid"),
        (fault(|story| story.outcomes[0].lot = None), "lot"),
        (fault(|story| story.outcomes[0].reply_by = None), "reply_by"),
        (fault(|story| story.outcomes[0].raised_by = "m".to_owned()), "another person"),
        (fault(|story| story.outcomes[0].state = OutcomeState::Kept), "by the ledger it is"),
        (fault(|story| story.outcomes[0].decision = None), "lacks the second person's word"),
        (fault(|story| story.outcomes[0].decision.as_mut().unwrap().reason = "No".to_owned()), "because"),
        (
            fault(|story| story.outcomes[0].decision.as_mut().unwrap().decided_at = NOW.to_owned()),
            "decided_at",
        ),
        (
            fault(|story| story.outcomes[0].decision.as_mut().unwrap().decided_by = "x".to_owned()),
            "another person",
        ),
        (fault(|story| story.outcomes.clear()), "is missing"),
        (fault(|story| story.record("person:c", "bidding.tender.keep", &id(701), json!({}))), "is missing"),
        (fault(|story| story.record("person:c", "bidding.tender.keep", &id(700), json!({}))), "once more"),
    ] {
        assert!(changed.starts_with("outcomes.json") && changed.contains(said), "{said}: {changed}");
    }
    let mut replied = Story::told();
    replied.is_free(81, "c");
    replied.raise("c", Ground::Excluded, None);
    replied.reply(NOW);
    replied.outcomes[0].reply.as_mut().unwrap().text = "Nothing".to_owned();
    assert!(replied.fault().contains("words"));
    replied.outcomes[0].reply = None;
    assert!(replied.fault().contains("lacks the reply"));
}

#[test]
fn a_result_leaves_out_whoever_was_disregarded_by_then_and_nobody_else() {
    let computed_on = |disregarded: Option<Ground>| {
        let mut story = disregarded_by("c", "m");
        story.compute(&pack(), &bids(disregarded));
        story
    };
    assert!(verify(&computed_on(Some(Ground::AbnormallyLow)).bundle(), None).is_ok());
    let said = computed_on(None).fault();
    assert!(
        said.starts_with("inputs/") && said.contains("is not disregarded; by the ledger it was"),
        "{said}"
    );
    let said = computed_on(Some(Ground::Procedural)).fault();
    assert!(said.starts_with("inputs/"), "{said}");
    // The second result, told as if it had been computed before the decision.
    let said = fault(|story| {
        let computed = story.entries.pop().unwrap();
        let at = story.entries.iter().position(|entry| entry.action == "bidding.tender.disregard").unwrap();
        story.entries.insert(at, computed);
    });
    assert!(said.contains("by the ledger it was not disregarded"), "{said}");
}
