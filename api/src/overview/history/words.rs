//! The ledger in words: what was done, what it was done to, and the facts beside it.

use std::collections::HashMap;

use rules::money::{Pence, UnitPrice, Volume};
use rules::outcome::Ground;
use rules::words::{Part, Role, Verdict};
use serde_json::Value;
use uuid::Uuid;

/// One fact of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// What a verb of the ledger is called when it is done.
const VERBS: &[(&str, &str)] = &[
    ("accept", "accepted"),
    ("add", "added"),
    ("add_document", "document added"),
    ("agree", "agreed"),
    ("answer_privately", "answered to the asker alone"),
    ("ask", "asked"),
    ("approve", "approved"),
    ("attach", "sources added"),
    ("awarded", "awarded"),
    ("change", "changed"),
    ("begin", "begun from a starter"),
    ("check_workbook", "workbook checked"),
    ("claim", "claimed"),
    ("clear", "cleared"),
    ("close", "closed without a reply"),
    ("compute", "computed"),
    ("confirm", "confirmed"),
    ("consent", "consented to"),
    ("contracted", "contracted"),
    ("decide", "decided on"),
    ("decline", "declined"),
    ("declare", "declared"),
    ("detach", "source taken out"),
    ("disregard", "disregarded"),
    ("enter", "entered"),
    ("finish", "scoring finished"),
    ("give", "given"),
    ("give_up_claim", "no longer confidential"),
    ("import", "imported"),
    ("invite", "invited"),
    ("judge", "judged by the new deadline"),
    ("keep", "kept"),
    ("lapse", "not confirmed in time"),
    ("lock", "locked"),
    ("make", "made"),
    ("open", "opened"),
    ("place", "placed"),
    ("propose", "proposed"),
    ("publish", "published"),
    ("record", "recorded"),
    ("remove", "removed"),
    ("raise", "raised"),
    ("recall", "recalled"),
    ("refuse", "refused by the bidder"),
    ("refuse_claim", "not treated as confidential"),
    ("reject", "not approved"),
    ("release", "released"),
    ("reopen", "reopened"),
    ("reply", "replied to"),
    ("request", "requested"),
    ("revoke", "revoked"),
    ("save", "saved"),
    ("serve", "served otherwise"),
    ("set", "set"),
    ("submit", "submitted"),
    ("substitute", "changed for a substitute"),
    ("take_back", "taken back"),
    ("test", "tested"),
    ("try", "handed to the mail server"),
    ("type_answer", "answer typed"),
    ("weigh", "weighed"),
    ("withdraw", "withdrawn"),
];

/// An action in words: `pooling.requirement.add` reads “Requirement added”.
#[must_use]
pub fn action_words(action: &str) -> String {
    let mut parts = action.split('.').skip(1);
    let noun = parts.next().unwrap_or(action).replace('_', " ");
    let verb = parts.next().unwrap_or_default();
    let done = VERBS.iter().find(|(known, _)| *known == verb).map(|(_, done)| (*done).to_owned());
    let words = format!("{noun} {}", done.unwrap_or_else(|| verb.replace('_', " ")));
    begun_large(words.trim())
}

fn begun_large(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every id in a body.
pub(super) fn ids(body: &Value) -> Vec<Uuid> {
    match body {
        Value::String(text) => text.parse::<Uuid>().into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        Value::Object(fields) => fields.values().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}

/// What an entry is about, from the facts that name it. `things` are the names behind ids.
pub(super) fn about(body: &Value, things: &HashMap<String, String>) -> String {
    let named = |key: &str| {
        let text = body.get(key)?.as_str().filter(|text| !text.is_empty())?;
        match things.get(text) {
            Some(name) => Some(name.clone()),
            None if is_id(text) || is_hash(text) => None,
            None => Some(text.to_owned()),
        }
    };
    let parts = [
        named("lot").map(|lot| format!("lot {lot}")),
        named("question").map(|code| format!("question {code}")),
        named("line").map(|code| format!("line {code}")),
        named("bid").map(|bidder| format!("bid of {bidder}")),
        named("code"),
        named("name").or_else(|| named("title")).map(|name| format!("“{name}”")),
        named("person"),
        named("council"),
        named("role").map(|word| word.parse::<Role>().map_or(word, |role| role.label().to_owned())),
        named("verdict").map(|word| {
            let words = word.parse::<Verdict>().map_or(word, |verdict| verdict.label().to_owned());
            words.to_lowercase()
        }),
    ];
    begun_large(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The facts of an entry, each with its label. People's own words are kept as hashes; the fact says where the words are.
pub(super) fn facts(action: &str, body: &Value, things: &HashMap<String, String>) -> Vec<Fact> {
    let Value::Object(fields) = body else { return Vec::new() };
    let fact = |(key, value): (&String, &Value)| {
        let told = told(key, value, things, place_of_words(action))?;
        Some(Fact { label: label(key), value: told })
    };
    fields.iter().filter_map(fact).collect()
}

/// Where people's own words stand that an action was recorded with.
fn place_of_words(action: &str) -> &'static str {
    let mut parts = action.split('.');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("pooling", "participation") => "Partners",
        ("pooling", "schedule_line") => "Demand",
        ("pooling", _) => "Requirements",
        ("tendering", _) => "Tender",
        ("bidding", "clarification") => "Clarifications",
        ("bidding", "addressed_question") => "Questions to one bidder",
        ("bidding", "price_correction") => "Corrections of prices",
        ("bidding", "ground" | "tender") => "Compliance",
        ("bidding", _) => "Bids",
        ("scoring", "consensus") => "Moderation",
        ("scoring", "assignment") => "Assignments",
        ("scoring", _) => "Scoring",
        ("telling", _) => "Letters",
        _ => "Decision",
    }
}

fn label(key: &str) -> String {
    let key = ["_pence", "_e3", "_e4"].iter().find_map(|unit| key.strip_suffix(unit)).unwrap_or(key);
    begun_large(&key.replace('_', " "))
}

/// A value in words; none where it says nothing.
fn told(key: &str, value: &Value, things: &HashMap<String, String>, place: &str) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(if *yes { "Yes" } else { "No" }.to_owned()),
        Value::Number(number) => Some(match number.as_i64() {
            Some(pence) if key.ends_with("_pence") => Pence(pence).pounds(),
            Some(price) if key.ends_with("_e4") => UnitPrice(price).pounds(),
            Some(volume) if key.ends_with("_e3") => Volume(volume).grouped(),
            _ => number.to_string(),
        }),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if is_hash(text) && !is_about_bytes(key) => {
            Some(format!("Kept here as a hash, {}…; the words stand under “{place}”.", &text[..12]))
        }
        Value::String(text) => Some(things.get(text).cloned().unwrap_or_else(|| worded(key, text))),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| told(key, item, things, place)).collect();
            Some(items.join(", ")).filter(|text| !text.is_empty())
        }
        Value::Object(fields) => {
            let inner = fields.iter().filter_map(|(key, value)| {
                Some(format!("{} {}", label(key).to_lowercase(), told(key, value, things, place)?))
            });
            Some(inner.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
    }
}

/// A word of a closed vocabulary as people read it; anything else as it is.
fn worded(key: &str, text: &str) -> String {
    let known = match key {
        "verdict" => text.parse::<Verdict>().ok().map(Verdict::label),
        "role" => text.parse::<Role>().ok().map(Role::label),
        "ground" => text.parse::<Ground>().ok().map(Ground::label),
        "part" => text.parse::<Part>().ok().map(Part::label),
        _ => None,
    };
    known.map_or_else(|| text.to_owned(), str::to_owned)
}

fn is_id(text: &str) -> bool {
    text.parse::<Uuid>().is_ok()
}

/// Whether a text is a SHA-256 in hex.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a fact is the hash of a file or a record, which is told in full, rather than of somebody's words.
fn is_about_bytes(key: &str) -> bool {
    ["hash", "sha256", "manifest", "head", "bundle", "sealed"].iter().any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;
    use uuid::Uuid;

    use super::{about, action_words, facts, ids};

    #[test]
    fn an_entry_is_told_in_words() {
        let (lot, bid, unknown) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let things = HashMap::from([
            (lot.to_string(), "L1".to_owned()),
            (bid.to_string(), "Larkfield Systems".to_owned()),
        ]);
        let body = json!({
            "lot": lot, "bid": bid, "question": "Q1", "value": "4", "rationale": "a".repeat(64),
            "manifest_hash": "b".repeat(64), "dissent": "", "confirmed": true, "total_pence": 123_456, "row": unknown,
        });
        assert_eq!(about(&body, &things), "Lot L1, question Q1, bid of Larkfield Systems");
        assert_eq!(ids(&body).len(), 3);
        let facts = facts("scoring.consensus.agree", &body, &things);
        let of = |label: &str| facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.clone());
        assert_eq!(of("Lot").as_deref(), Some("L1"));
        assert_eq!(of("Total").as_deref(), Some("£1,234.56"));
        assert_eq!(of("Confirmed").as_deref(), Some("Yes"));
        assert_eq!(
            of("Rationale").as_deref(),
            Some("Kept here as a hash, aaaaaaaaaaaa…; the words stand under “Moderation”.")
        );
        assert_eq!(of("Manifest hash"), Some("b".repeat(64)));
        assert_eq!(of("Dissent"), None, "nothing is not told");
    }

    #[test]
    fn a_decision_names_lot_council_and_verdict() {
        let ashvale = Uuid::from_u128(4);
        let things = HashMap::from([(ashvale.to_string(), "Ashvale".to_owned())]);
        let body = json!({ "lot": "L2", "council": ashvale, "verdict": "award" });
        assert_eq!(about(&body, &things), "Lot L2, Ashvale, award as recommended");
        assert_eq!(about(&json!({ "council": Uuid::from_u128(9) }), &things), "", "an id says nothing");
    }

    #[test]
    fn what_is_done_is_told_as_done() {
        for action in
            ["scoring.procurement.finish", "tendering.criterion.weigh", "bidding.submission.withdraw"]
        {
            let words = action_words(action);
            assert!(words.ends_with("ed") || words.ends_with("withdrawn"), "{words}");
        }
    }
}
