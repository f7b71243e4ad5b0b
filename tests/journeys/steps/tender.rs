//! Tendering: lots, scale, criteria, method, deadline; publication.

use serde_json::{Value, json};
use tests::Rest;

use super::{Cast, at, clock, make, version};

/// A published tender, as a story needs it.
#[derive(Clone, Debug)]
pub struct Tender {
    pub id: String,
    pub reference: String,
    /// The lots' ids, in order.
    pub lots: Vec<String>,
    /// Seconds since 1970.
    pub deadline: i64,
}

impl Tender {
    /// A path of this procurement.
    pub fn at(&self, path: &str) -> String {
        at(&self.id, path)
    }

    /// A path of a lot.
    pub fn lot(&self, number: usize, path: &str) -> String {
        at(&self.id, &format!("/lots/{}{path}", self.lots[number]))
    }
}

/// The scale of every question: marks and descriptors.
pub const SCALE: &[(&str, &str)] = &[
    ("0", "No answer, or one that does not address the question."),
    ("4", "Parts are addressed; significant gaps remain."),
    ("8", "Fully addressed, with relevant evidence."),
    ("10", "Fully addressed, with strong evidence and more than was asked."),
];

/// Two lots: one with an absolute price formula and a gate, one with a relative one.
pub async fn set_up(cast: &Cast, id: &str) -> Vec<String> {
    let lead = &cast.ada.rest;
    let marks: Vec<Value> =
        SCALE.iter().map(|(value, descriptor)| json!({"value": value, "descriptor": descriptor})).collect();
    let scale = make(lead, &at(id, "/scales"), &json!({"name": "0, 4, 8 or 10", "marks": marks})).await;
    let lots = [
        json!({"code": "L1", "title": "Devices", "description": "Laptops and migration", "price_weight": "40",
            "formula": "benchmark_linear", "target": "40000", "ceiling": "90000", "min_quality": "20"}),
        json!({"code": "L2", "title": "Service desk", "description": "For all users", "price_weight": "30",
            "formula": "lowest_over_bid"}),
    ];
    let mut ids = Vec::new();
    for (number, lot) in lots.iter().enumerate() {
        let lot = make(lead, &at(id, "/lots"), lot).await;
        let questions = if number == 0 {
            [("Q1", "66.6", true), ("Q2", "33.4", false)]
        } else {
            [("Q3", "55", false), ("Q4", "45", false)]
        };
        for (code, weight, document) in questions {
            let mut body = json!({
                "code": code, "title": format!("Question {code}"), "weight": weight, "scale_id": scale,
                "question": format!("How will you do what {code} is about?"), "word_limit": 200, "document": document,
            });
            if code == "Q2" {
                body["minimum_mark"] = json!("4");
            }
            make(lead, &at(id, &format!("/lots/{lot}/criteria")), &body).await;
        }
        ids.push(lot);
    }
    let lines = lead.all(&at(id, "/schedule-lines")).await;
    let placements: Vec<Value> = lines
        .iter()
        .map(|line| {
            let lot = usize::from(line["code"] == "P02");
            json!({"line_id": line["id"], "version": line["version"], "lot_id": ids[lot]})
        })
        .collect();
    lead.post(&at(id, "/placements")).json(&json!({"placements": placements})).await.expect(200);
    let method = json!({
        "decimals": 2, "rank_on": "exact", "tie_break": ["lower_price", "higher_quality"], "base_set": "eligible",
        "opening_councils": 2,
    });
    lead.put(&at(id, "/method")).if_match("\"0\"").json(&method).await.expect(200);
    let terms = lead.post(&at(id, "/documents?name=terms.pdf&media_type=application%2Fpdf"));
    terms.body("application/octet-stream", b"%PDF-1.4 terms of the contract".to_vec()).await.expect(201);
    ids
}

/// Sets the deadline on a day some weeks ahead.
pub async fn set_deadline(lead: &Rest, id: &str, days_ahead: i64) -> i64 {
    let path = at(id, "/deadline");
    let past = json!({"date": "2020-01-01", "time": "12:00"});
    let seen = version(lead, &path).await;
    let problem = lead.put(&path).if_match(&seen).json(&past).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "deadline_in_past", "{problem:#}");
    let body = json!({"date": clock::day_from_now(days_ahead), "time": "12:00"});
    let set = lead.put(&path).if_match(&seen).json(&body).await.expect(200);
    clock::seconds_of(&set.string("/deadline"))
}

/// Tests the award model of the first lot, which asks for a decision, changes it, and tests again. The second lot's is published untested.
async fn first_model_is_tested(cast: &Cast, id: &str) {
    let lead = &cast.ada.rest;
    let laboratory = at(id, "/laboratory");
    let lots = lead.all(&laboratory).await;
    assert!(lots.iter().all(|lot| lot["tested"] == "untested"), "{lots:#?}");
    let lot = lots[0]["lot_id"].as_str().expect("an id");
    let tests = at(id, &format!("/lots/{lot}/tests"));
    let wrong = json!({"low": "0", "high": "much"});
    let problem = lead.post(&tests).json(&wrong).await.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem:#}");
    let expected = json!({"low": "30000", "high": "100000"});
    cast.bea.rest.post(&tests).json(&expected).await.problem(403, "forbidden");
    let key = "test-once";
    let first = lead.post(&tests).header("Idempotency-Key", key).json(&expected).await.expect(201).json();
    let same = lead.post(&tests).header("Idempotency-Key", key).json(&expected).await.expect(201).json();
    assert_eq!(first["id"], same["id"], "a repeat tests nothing anew");
    let told = |test: &Value, matter: &str| -> Vec<String> {
        let findings = test["findings"].as_array().expect("findings");
        let of = findings.iter().filter(|finding| finding["matter"] == matter);
        of.map(|finding| finding["told"].as_str().expect("a sentence").to_owned()).collect()
    };
    let flat = told(&first, "flat_range");
    assert!(flat[0].starts_with("From £30,000.00 to £40,000.00 a lower price gains nothing"), "{flat:?}");
    assert!(flat[1].starts_with("From £90,000.00 to £100,000.00 a lower price gains nothing"), "{flat:?}");
    assert_eq!((&first["tested"], &first["attend"].as_i64().is_some()), (&json!("undecided"), &true));
    // One price point is a fortieth of what lies between target and ceiling.
    assert_eq!(first["figures"]["worth"]["per_point"]["middle"], "1250", "{first:#}");
    let decision = format!("{tests}/{}/decision", first["id"].as_str().expect("an id"));
    let words = json!({"decision": "Nobody here would buy below the target or above the ceiling."});
    lead.put(&decision).json(&words).await.problem(428, "version_needed");
    cast.bea.rest.put(&decision).if_match("\"1\"").json(&words).await.problem(403, "forbidden");
    let decided = lead.put(&decision).if_match("\"1\"").json(&words).await.expect(200).json();
    assert_eq!((&decided["tested"], &decided["decision"]), (&json!("settled"), &words["decision"]));
    lead.put(&decision).if_match("\"1\"").json(&words).await.problem(412, "stale");
    lead.put(&decision).if_match("\"2\"").json(&words).await.problem(409, "decided_already");
    let states: Vec<String> =
        lead.all(&laboratory).await.iter().map(|lot| lot["tested"].to_string()).collect();
    assert_eq!(states, [r#""settled""#, r#""untested""#]);
}

/// Publishes, once everybody with a part has declared interests: the check names who has not.
pub async fn publish(cast: &Cast, id: &str) -> Value {
    let lead = &cast.ada.rest;
    let faults = lead.all(&at(id, "/pack/faults")).await;
    assert!(faults.iter().all(|fault| fault["code"] == "interest_missing"), "{faults:#?}");
    assert_eq!(faults.len(), 4, "{faults:#?}");
    super::panel::declare_nothing(cast, id).await;
    first_model_is_tested(cast, id).await;
    let faults = lead.all(&at(id, "/pack/faults")).await;
    assert!(faults.is_empty(), "nothing stands in the way: {faults:#?}");
    let path = at(id, "/pack");
    let seen = version(lead, &path).await;
    lead.post(&path).if_match(&seen).json(&json!({})).await.expect(200).json()
}

/// All of tendering.
pub async fn published(cast: &Cast, reference: &str) -> Tender {
    let id = super::pool::pooled(cast, reference).await;
    published_from(cast, reference, id).await
}

/// The same from a specification that is agreed already.
pub async fn published_from(cast: &Cast, reference: &str, id: String) -> Tender {
    let lots = set_up(cast, &id).await;
    let deadline = set_deadline(&cast.ada.rest, &id, 40).await;
    publish(cast, &id).await;
    Tender { id, reference: reference.to_owned(), lots, deadline }
}
