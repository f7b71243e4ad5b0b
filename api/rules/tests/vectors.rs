//! The published worked vectors, to the letter, through the same door as `commonlot evaluate` and `POST /api/v1/evaluate`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use rules::evaluate::{TOPICS, evaluate};
use serde_json::Value;

/// Topics of vectors that wait for the award optimiser.
const LATER: [&str; 1] = ["award"];

/// What the calculator prints, as a value.
fn printed(case: &str) -> Value {
    let text = evaluate(case).unwrap_or_else(|refused| refused.to_json());
    serde_json::from_str(&text).unwrap()
}

/// The texts of the vectors as they stand in the file: reading and writing them would put their names in another order.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    let mut vector = String::new();
    for line in include_str!("vectors.json").lines() {
        match line {
            "  {" => vector = String::from("{"),
            "  }" | "  }," => texts.push(format!("{vector}}}")),
            _ => vector.push_str(line),
        }
    }
    texts
}

#[test]
fn every_vector_comes_out_to_the_letter() {
    let texts = texts();
    assert_eq!(texts.len(), 59);
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for text in texts {
        let vector: Value = serde_json::from_str(&text).unwrap();
        let topic = vector["topic"].as_str().unwrap().to_owned();
        if LATER.contains(&topic.as_str()) {
            continue;
        }
        let out = printed(&text);
        if out != vector["expected"] {
            wrong.push(format!("{}: {out}, not {}", vector["id"], vector["expected"]));
        }
        seen.insert(topic);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Those that no open vector shows are in calculator.rs.
    let unseen: Vec<&str> = TOPICS.into_iter().filter(|topic| !seen.contains(*topic)).collect();
    let elsewhere =
        ["allocation", "abnormally_low", "kendall_w", "standstill", "tender_period", "merkle_consistency"];
    assert_eq!(unseen, elsewhere);
    assert_eq!(printed(r#"{"topic": "award", "input": {}}"#)["error"], "unknown_topic");
}
