//! Tests of award models in the evidence: what was found, decided and told with the publication is what the bundle holds.

use rules::canonical::{sha256_hex, to_bytes};
use rules::evidence::{Fault, name, verify};
use rules::laboratory::Laboratory;
use rules::money::Pence;
use serde_json::json;

use crate::story::Story;

fn fault(change: impl FnOnce(&mut Story)) -> String {
    let mut story = Story::told();
    change(&mut story);
    story.fault()
}

/// Sets what the ledger says of the first test, too: a forger who writes it anew.
fn forged(story: &mut Story, key: &str, value: serde_json::Value) {
    story.entry("tendering.award_model.test").body[key] = value;
}

#[test]
fn a_test_is_what_the_ledger_says() {
    assert!(fault(|story| story.tests[0].expected.low = Pence(1)).contains("low_pence"));
    assert!(fault(|story| story.tests[0].expected.high = Pence(99_000_000)).contains("high_pence"));
    assert!(fault(|story| story.tests[0].number = 2).contains("number"));
    assert!(fault(|story| story.tests[0].lot = "lot-2".to_owned()).contains("lot"));
    assert!(fault(|story| story.tests[0].model = "0".repeat(64)).contains("model"));
    assert!(fault(|story| story.tests[0].hash = "0".repeat(64)).contains("hash"));
    assert!(fault(|story| story.tests[0].engine_version = "9".to_owned()).contains("engine_version"));
    assert!(fault(|story| story.tests[0].serious = 0).contains("serious"));
    assert!(fault(|story| story.tests[0].attend = 0).contains("attend"));
    assert!(fault(|story| story.tests[0].tested_by = "b".to_owned()).contains("another person"));
    assert!(fault(|story| story.tests[0].decision = None).contains("lacks what was decided"));
    let said = fault(|story| story.tests[0].decision.as_mut().unwrap().words = "It is fine.".to_owned());
    assert!(said.starts_with("tests.json") && said.contains("decision"), "{said}");
    let said = fault(|story| story.tests[0].decision.as_mut().unwrap().decided_by = "b".to_owned());
    assert!(said.contains("another person"), "{said}");
    let said = fault(|story| story.entries.retain(|entry| entry.action != "tendering.award_model.decide"));
    assert!(said.contains("was not decided on"), "{said}");
    let said = fault(|story| story.entries.retain(|entry| entry.action != "tendering.award_model.test"));
    assert!(said.contains("it was added"), "{said}");
}

#[test]
fn what_a_test_found_is_found_again() {
    let said = fault(|story| {
        let id = story.tests[0].id.clone();
        let body = story.bodies.get_mut(&name::test(&id)).unwrap();
        let mut found: Laboratory = serde_json::from_slice(body).unwrap();
        found.findings.retain(|finding| !finding.severity.asks());
        *body = to_bytes(&found).unwrap();
    });
    assert!(said.contains("is not what was found by the ledger"), "{said}");
    let milder = |version: Option<&str>| {
        let mut story = Story::told();
        let id = story.tests[0].id.clone();
        let body = story.bodies.get_mut(&name::test(&id)).unwrap();
        let mut found: Laboratory = serde_json::from_slice(body).unwrap();
        found.findings.retain(|finding| !finding.severity.asks());
        *body = to_bytes(&found).unwrap();
        let hash = sha256_hex(body);
        story.tests[0].hash.clone_from(&hash);
        forged(&mut story, "hash", json!(hash));
        story.entry("tendering.pack.publish").body["tests"][0]["hash"] = json!(hash);
        if let Some(version) = version {
            story.tests[0].engine_version = version.to_owned();
            forged(&mut story, "engine_version", json!(version));
        }
        verify(&story.bundle(), None).map(|_| ())
    };
    let said = milder(None).map_err(|fault: Fault| fault.to_string()).unwrap_err();
    assert!(said.contains("testing again finds something else"), "{said}");
    milder(Some("0.0.1")).unwrap();
    let told = verify(&Story::told().bundle(), None).unwrap();
    assert_eq!((told.tests, told.tests_again), (1, 1));
}

#[test]
fn a_test_told_with_a_publication_is_of_what_was_published_and_older() {
    // A pack of another model, published under the same test.
    let said = fault(|story| {
        story.packs[0].method.decimals = 4;
        let hash = story.packs[0].hash().unwrap();
        story.entry("tendering.pack.publish").body["hash"] = json!(hash);
    });
    assert!(said.contains("is not of the model in packs/1.json"), "{said}");
    let said = fault(|story| {
        story.entry("tendering.pack.publish").body["tests"][0]["hash"] = json!("0".repeat(64));
    });
    assert!(said.contains("though it was told with the publication"), "{said}");
    let said = fault(|story| {
        let at = story.entries.iter().position(|entry| entry.action == "tendering.pack.publish").unwrap();
        let publication = story.entries.remove(at);
        story.entries.insert(0, publication);
    });
    assert!(said.contains("was made after the publication"), "{said}");
}

#[test]
fn evidence_from_before_the_laboratory_is_whole() {
    let mut story = Story::told();
    story.tests.clear();
    story.bodies.retain(|file, _| !file.starts_with("tests/"));
    story.entries.retain(|entry| !entry.action.starts_with("tendering.award_model."));
    story.entry("tendering.pack.publish").body.as_object_mut().unwrap().remove("tests");
    verify(&story.bundle(), None).unwrap();
    // It had no such file either.
    let mut bundle = story.bundle();
    let mut manifest = verify(&bundle, None).unwrap().manifest;
    manifest.files.remove(name::TESTS);
    bundle.remove(name::TESTS);
    crate::story::sign(&mut bundle, &manifest);
    verify(&bundle, None).unwrap();
}
