//! Scoring: interests, marks, consensus, lock, result.

use serde_json::{Value, json};

use super::tender::Tender;
use super::{Cast, at, version};

/// Bids in the order of their opening, with the question's marks of each panel member and what they agreed.
pub type Marks = [[&'static str; 4]; 3];

/// What the panel thinks of the three bids, question by question: three marks and the agreed one.
pub const MARKS: [(&str, Marks); 4] = [
    ("Q1", [["8", "8", "10", "8"], ["8", "4", "8", "8"], ["10", "10", "8", "10"]]),
    ("Q2", [["4", "8", "4", "4"], ["8", "8", "8", "8"], ["8", "10", "8", "8"]]),
    ("Q3", [["10", "8", "8", "8"], ["8", "8", "8", "8"], ["4", "4", "8", "4"]]),
    ("Q4", [["8", "8", "8", "8"], ["10", "10", "10", "10"], ["8", "4", "4", "4"]]),
];

/// Which lot a question belongs to.
pub fn lot_of(question: &str) -> usize {
    usize::from(question == "Q3" || question == "Q4")
}

/// The agreed mark of a bid on a question.
pub fn agreed(supplier: usize, question: &str) -> &'static str {
    let (_, marks) = MARKS.iter().find(|(code, _)| *code == question).expect("a question");
    marks[supplier][3]
}

/// Everybody with a part declares again that there is nothing to declare, now that the bidders' names show.
pub async fn declares(cast: &Cast, tender: &Tender) {
    declare_nothing(cast, &tender.id).await;
}

/// Everybody with a part declares that there is nothing to declare.
pub async fn declare_nothing(cast: &Cast, id: &str) {
    let path = at(id, "/interests/mine");
    for person in [&cast.abe, &cast.bea, &cast.cem, &cast.ada] {
        let seen = version(&person.rest, &path).await;
        let body = json!({"interest": "none", "detail": ""});
        person.rest.put(&path).if_match(&seen).json(&body).await.expect(200);
    }
}

/// Bids by their suppliers' names, in the order of the names given.
pub async fn bids_of(cast: &Cast, tender: &Tender, names: &[&str]) -> Vec<String> {
    let bids = cast.ada.rest.all(&tender.at("/bids")).await;
    let id = |name: &&str| {
        let bid = bids.iter().find(|bid| bid["supplier"] == **name);
        bid.unwrap_or_else(|| panic!("no bid of {name}: {bids:#?}"))["id"].as_str().expect("an id").to_owned()
    };
    names.iter().map(id).collect()
}

/// Three people mark alone; each submits a sheet for each lot.
pub async fn marks(cast: &Cast, tender: &Tender, bids: &[String]) {
    for (column, person) in [&cast.abe, &cast.bea, &cast.cem].into_iter().enumerate() {
        for (question, given) in &MARKS {
            for (bid, given) in bids.iter().zip(given) {
                let mark = json!({
                    "bid_id": bid, "question": question, "value": given[column],
                    "explanation": format!("What {question} asks for is shown on page two."),
                });
                let path = tender.lot(lot_of(question), "/marks");
                person.rest.put(&path).if_match("\"0\"").json(&mark).await.expect(200);
            }
        }
        for lot in 0..tender.lots.len() {
            person.rest.post(&tender.lot(lot, "/score-sheet")).await.expect(201);
        }
    }
}

/// The moderator records what was agreed, and locks quality.
pub async fn agrees_and_locks(cast: &Cast, tender: &Tender, bids: &[String]) {
    for (question, given) in &MARKS {
        for (bid, given) in bids.iter().zip(given) {
            let body = json!({
                "bid_id": bid, "question": question, "value": given[3],
                "rationale": "The answer names people, dates and evidence of two comparable councils.",
                "reference": "Answer in the workbook", "present": "Abe Panel, Brackenham and Carrow members",
                "dissent": "", "confirm": true,
            });
            let path = tender.lot(lot_of(question), "/consensus");
            cast.ada.rest.put(&path).if_match("\"0\"").json(&body).await.expect(200);
        }
    }
    for lot in 0..tender.lots.len() {
        cast.ada.rest.post(&tender.lot(lot, "/quality-lock")).await.expect(201);
    }
}

/// The results of the lots, as the API tells them.
pub async fn results(cast: &Cast, tender: &Tender) -> Vec<Value> {
    let mut all = Vec::new();
    for lot in 0..tender.lots.len() {
        all.push(cast.ada.rest.post(&tender.lot(lot, "/results")).await.expect(201).json());
    }
    all
}

/// All of scoring.
pub async fn scored(cast: &Cast, tender: &Tender, bids: &[String]) -> Vec<Value> {
    declares(cast, tender).await;
    marks(cast, tender, bids).await;
    agrees_and_locks(cast, tender, bids).await;
    results(cast, tender).await
}
