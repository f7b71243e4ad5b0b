//! What the open vectors do not show: topics without one, edge cases of the method's tables, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod money;
mod panel;
mod records;
mod scores;

use rules::evaluate::evaluate;
use serde_json::Value;

/// What the calculator prints, as a value. The case is a text, because the order of names in it counts.
fn printed(topic: &str, input: &str) -> Value {
    let case = format!(r#"{{"topic": "{topic}", "input": {input}}}"#);
    let text = evaluate(&case).unwrap_or_else(|refused| refused.to_json());
    serde_json::from_str(&text).unwrap()
}

fn refused(topic: &str, input: &str) -> String {
    let out = printed(topic, input);
    out["error"].as_str().unwrap_or_else(|| panic!("{topic} answers {out}")).to_owned()
}
