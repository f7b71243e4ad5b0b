//! Somebody who doubts a result works it out again: with the program alone, and through the API. Both say what the
//! published vectors say, to the letter.

use serde_json::{Value, json};
use tests::{Program, Rest, Store};

use crate::steps::{Cast, start};

const VECTORS: &str = include_str!("../../api/rules/tests/vectors.json");

/// The texts of the vectors that the calculator answers, as they stand in the file: the order of names in them counts.
fn vectors() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut text = String::new();
    for line in VECTORS.lines() {
        match line {
            "  {" => text = String::from("{"),
            "  }" | "  }," => {
                text.push('}');
                let vector: Value = serde_json::from_str(&text).expect("a vector");
                let known = rules::evaluate::TOPICS.contains(&vector["topic"].as_str().expect("a topic"));
                if known {
                    all.push((std::mem::take(&mut text), vector["expected"].clone()));
                }
            }
            _ => text.push_str(line),
        }
    }
    assert!(all.len() >= 55, "{} vectors", all.len());
    all
}

tests::on_sqlite!(on_the_command_line);
async fn on_the_command_line(store: Store) {
    let program = Program::start(store).await;
    let run = |text: &str| {
        std::fs::write(program.folder().join("case.json"), text).expect("a file");
        let outcome = program.run(&["evaluate", "case.json"]);
        let told: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome:?}"));
        (outcome.code, told)
    };
    for (text, expected) in vectors() {
        let code = if expected["error"].is_string() { 2 } else { 0 };
        assert_eq!(run(&text), (code, expected), "{text}");
    }
    assert_eq!(run("not JSON"), (2, json!({ "error": "not_json" })));
    assert_eq!(run(r#"{"topic": "roulette", "input": {}}"#), (2, json!({ "error": "unknown_topic" })));
    std::fs::write(program.folder().join("bytes.json"), [0xff, 0xfe]).expect("a file");
    let outcome = program.run(&["evaluate", "bytes.json"]);
    assert_eq!((outcome.code, outcome.stdout.trim()), (2, r#"{"error":"not_json"}"#));

    // What is wrong is told apart from the answer.
    std::fs::write(program.folder().join("typo.json"), r#"{"topic": "merkle", "input": {"leafs": []}}"#)
        .expect("a file");
    let outcome = program.run(&["evaluate", "typo.json"]);
    assert_eq!((outcome.code, outcome.stdout.trim()), (2, r#"{"error":"input_invalid"}"#));
    assert!(outcome.stderr.contains("leafs"), "{outcome:?}");
    for usage in [&["evaluate"][..], &["evaluate", "nowhere.json"], &["evaluate", "case.json", "typo.json"]] {
        let outcome = program.run(usage);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (64, ""), "{usage:?}");
    }
}

tests::on_sqlite!(through_the_api);
async fn through_the_api(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let send =
        |rest: &Rest, text: &str| rest.post("/api/v1/evaluate").body("application/json", text.to_owned());
    for (text, expected) in vectors() {
        let answer = send(&cast.ada.rest, &text).await;
        let status = if expected["error"].is_string() { 422 } else { 200 };
        assert_eq!((answer.status, answer.json()), (status, expected), "{text}");
    }
    // What is no case at all is a request that cannot be read.
    let typo =
        send(&cast.ada.rest, r#"{"topic": "merkle", "input": {"leafs": []}}"#).await.expect(400).json();
    assert!(typo["detail"].as_str().is_some_and(|detail| detail.contains("leafs")), "{typo}");
    send(&cast.ada.rest, &" ".repeat(65 * 1024)).await.expect(413);
    // Whoever may read computes; nobody does without a secret.
    let (text, _) = &vectors()[0];
    for (scope, status) in [("read", 200), ("pool", 403)] {
        let body = json!({"name": scope, "for_council": false, "scopes": [scope], "days": 30});
        let made = cast.ada.rest.post("/api/v1/keys").json(&body).await.expect(201).json();
        let key = Rest::new(&program).bearer(made["secret"].as_str().expect("a secret"));
        send(&key, text).await.expect(status);
    }
    send(&Rest::new(&program), text).await.problem(401, "unauthenticated");
}
