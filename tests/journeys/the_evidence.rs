//! The bundle of evidence: an auditor who has nothing but the file finds the results again, to the byte, and any change to it.

use serde_json::json;
use tests::{Program, Store};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::tender::{Tender, published};
use crate::steps::{Cast, panel, people, start};

/// The bundle, once it is there.
async fn evidence(cast: &Cast, tender: &Tender) -> Vec<u8> {
    let answer = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    let disposition = answer.header("content-disposition").expect("a name");
    assert!(disposition.contains(&format!("evidence-{}.zip", tender.reference)), "{disposition}");
    answer.body
}

/// What the command says of a file: its exit code and its words.
fn verified(program: &Program, bytes: &[u8], more: &[&str]) -> (i32, String) {
    std::fs::write(program.folder().join("evidence.zip"), bytes).expect("a file");
    let outcome = program.run(&[&["verify", "evidence.zip"], more].concat());
    (outcome.code, outcome.stdout)
}

tests::on_each_store!(the_evidence);
async fn the_evidence(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-31").await;
    let path = tender.at("/evidence.zip");
    cast.ada.rest.get(&path).await.problem(409, "wrong_stage");
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
        supplier.rest.get(&path).await.problem(404, "not_found");
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    panel::declares(&cast, &tender).await;
    panel::marks(&cast, &tender, &bids).await;
    let problem = cast.ada.rest.get(&path).await.problem(409, "quality_not_locked");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem:#}");
    panel::agrees_and_locks(&cast, &tender, &bids).await;
    let results = panel::results(&cast, &tender).await;

    // Only who runs the procurement, or is there to look on, has what everybody said.
    for person in [&cast.abe, &cast.bea, &cast.cem] {
        person.rest.get(&path).await.problem(403, "forbidden");
    }
    let stranger = people::council(&program, &cast.site, None, "Dunmere").await.administrator;
    stranger.rest.get(&path).await.problem(404, "not_found");

    an_observer_may_unless_barred(&cast, &tender).await;
    let bytes = evidence(&cast, &tender).await;
    let (code, told) = verified(&program, &bytes, &[]);
    assert_eq!(code, 0, "{told}");
    for (lot, result) in ["L1", "L2"].into_iter().zip(&results) {
        let hash = result["result"]["hash"].as_str().unwrap();
        let line =
            told.lines().find(|line| line.starts_with(&format!("Lot {lot}, result 1"))).expect("a line");
        assert!(line.contains("to the same bytes") && line.contains(hash), "{line}");
    }
    the_tested_model_is_the_published_one(&cast, &tender, &bytes).await;
    the_key_is_known(&program, &cast, &bytes).await;
    every_change_is_found(&program, &bytes);

    // A result that is computed anew stands beside the first.
    cast.ada.rest.post(&tender.lot(0, "/results")).await.expect(201);
    let (code, told) = verified(&program, &evidence(&cast, &tender).await, &[]);
    assert_eq!((code, told.matches("to the same bytes").count()), (0, 3), "{told}");
    // The store itself holds the same records: whoever runs the installation needs no bundle.
    let outcome = program.run(&["verify"]);
    let line = format!("{}: 36 marks and 12 marks of record", tender.reference);
    assert!(outcome.code == 0 && outcome.stdout.contains(&line), "{outcome:?}");
    assert!(outcome.stdout.contains("3 results computed again to the same bytes"), "{outcome:?}");
}

/// Somebody who is there to look on, an auditor for instance.
async fn an_observer_may_unless_barred(cast: &Cast, tender: &Tender) {
    let observer = &cast.ashvale.administrator;
    let path = tender.at("/evidence.zip");
    observer.rest.get(&path).await.problem(403, "forbidden");
    let role = json!({"person_id": observer.id, "role": "observer"});
    cast.ada.rest.post(&tender.at("/roles")).json(&role).await.expect(201);
    observer.rest.get(&path).await.expect(200);
    let barred = json!({"interest": "barred", "detail": "Holds shares of a bidder."});
    observer.rest.put(&tender.at("/interests/mine")).if_match("\"0\"").json(&barred).await.expect(200);
    observer.rest.get(&path).await.problem(403, "forbidden");
}

/// What the laboratory found of the first lot rides along, as it was hashed; and the record beside the pack says the same.
async fn the_tested_model_is_the_published_one(cast: &Cast, tender: &Tender, bytes: &[u8]) {
    let last = &cast.ada.rest.all(&tender.lot(0, "/tests")).await[0];
    let text = String::from_utf8_lossy(bytes);
    let (id, hash) = (last["id"].as_str().unwrap(), last["hash"].as_str().unwrap());
    assert!(text.contains(&format!("tests/{id}.json")), "what was found is in the bundle");
    assert!(
        text.contains(&format!(r#""tests":[{{"hash":"{hash}","lot":"{}"}}]"#, tender.lots[0])),
        "and was told"
    );
    let record = cast.cem.rest.get(&tender.at("/laboratory.json")).await.expect(200).json();
    assert_eq!(record["lots"][0]["test"]["hash"], last["hash"], "{record:#}");
    assert_eq!(
        (&record["lots"][0]["tested"], &record["lots"][1]["tested"]),
        (&json!("settled"), &json!("untested"))
    );
}

/// The key that signs receipts signs the evidence, and no other passes for it.
async fn the_key_is_known(program: &Program, cast: &Cast, bytes: &[u8]) {
    let key = cast.ada.rest.get("/api/v1/receipt-key").await.expect(200).string("/public_key");
    let (code, told) = verified(program, bytes, &["--key", &key]);
    assert!(code == 0 && told.contains("the key you named"), "{told}");
    let (code, told) = verified(program, bytes, &["--key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]);
    assert!(code == 1 && told.contains("signature.json"), "{told}");
    assert_eq!(program.run(&["verify", "--key", &key]).code, 64, "a key is for a bundle");
}

/// Bytes changed all over the file, one at a time; a cut file; one with more behind it; and no bundle at all.
fn every_change_is_found(program: &Program, bytes: &[u8]) {
    for at in (0..bytes.len()).step_by(bytes.len() / 24) {
        let mut touched = bytes.to_vec();
        touched[at] ^= 0x20;
        let (code, told) = verified(program, &touched, &[]);
        assert!(code == 1 && told.starts_with("The evidence is not whole: "), "byte {at}: {code} {told}");
    }
    for touched in [&bytes[..bytes.len() - 1], &[bytes, b"\n"].concat(), b"not a bundle"] {
        let (code, told) = verified(program, touched, &[]);
        assert!(code == 1 && told.contains("the archive"), "{code} {told}");
    }
}
