//! Who sees what through the API: every GET of a procurement, called by everybody, with the ids that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;
use tests::Rest;

use super::nine::House;
use super::tender::Tender;

/// Somebody who looks.
pub struct Viewer {
    pub who: String,
    pub rest: Rest,
}

/// Everybody who might look, the panel's first three for the nine.
pub fn viewers(house: &House, program: &tests::Program) -> Vec<Viewer> {
    let viewer = |who: &str, rest: &Rest| Viewer { who: who.to_owned(), rest: rest.clone() };
    let mut all: Vec<Viewer> = Vec::new();
    for member in &house.panel {
        all.push(viewer(&member.who(), &member.person.rest));
    }
    for (part, person) in &house.others {
        all.push(viewer(part, &person.rest));
    }
    all.push(viewer("council key", &house.key));
    all.push(viewer("bidder", &house.suppliers[0].rest));
    all.push(viewer("stranger", &house.stranger.rest));
    all.push(viewer("nobody", &Rest::new(program)));
    all
}

/// The addresses of every GET of a procurement, with its operation's id: for each parameter the ids that there are.
pub async fn reads(house: &House) -> Vec<(String, String)> {
    let document = house.cast.ada.rest.get("/api/openapi.json").await.expect(200).json();
    let ids = ids(house).await;
    let mut reads = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let Some(operation) = methods["get"]["operationId"].as_str() else { continue };
        if !path.contains("/{procurement_id}") {
            continue;
        }
        let mut addresses = vec![format!("/api/v1{path}")];
        for (parameter, values) in &ids {
            let place = format!("{{{parameter}}}");
            let filled = |address: &String| {
                if address.contains(&place) {
                    values.iter().map(|value| address.replace(&place, value)).collect()
                } else {
                    vec![address.clone()]
                }
            };
            addresses = addresses.iter().flat_map(filled).collect();
        }
        reads.extend(
            addresses
                .into_iter()
                .filter(|address| !address.contains('{'))
                .map(|address| (operation.to_owned(), address)),
        );
    }
    reads
}

/// The ids of what there is, by the parameter's name.
async fn ids(house: &House) -> BTreeMap<&'static str, Vec<String>> {
    let (ada, tender) = (&house.cast.ada.rest, &house.tender);
    let of = |items: Vec<Value>| {
        items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).take(2).collect::<Vec<_>>()
    };
    let mut results = Vec::new();
    for lot in 0..tender.lots.len() {
        let found = ada.get(&tender.lot(lot, "/results")).await;
        if found.status == 200 {
            results.extend(of(found.json()["items"].as_array().cloned().unwrap_or_default()));
        }
    }
    let found = ada.get(&tender.at("/mark-changes")).await;
    let changes = if found.status == 200 { ada.all(&tender.at("/mark-changes")).await } else { Vec::new() };
    let found = ada.get(&tender.at("/outcomes")).await;
    let outcomes = if found.status == 200 { ada.all(&tender.at("/outcomes")).await } else { Vec::new() };
    BTreeMap::from([
        ("procurement_id", vec![tender.id.clone()]),
        ("lot_id", tender.lots.clone()),
        ("bid_id", house.bids[..2].to_vec()),
        ("question", vec!["Q1".to_owned(), "Q3".to_owned()]),
        ("part", vec!["Q1".to_owned(), "responses".to_owned()]),
        ("person_id", vec![house.panel[0].person.id.clone()]),
        ("result_id", results),
        ("document_id", of(ada.all(&tender.at("/documents")).await)),
        ("requirement_id", of(ada.all(&tender.at("/requirements")).await)),
        ("line_id", of(ada.all(&tender.at("/schedule-lines")).await)),
        ("scale_id", of(ada.all(&tender.at("/scales")).await)),
        ("test_id", of(ada.all(&tender.lot(0, "/tests")).await)),
        ("change_id", of(changes)),
        ("outcome_id", of(outcomes)),
        ("letter_id", of(ada.all(&tender.at("/letters")).await)),
    ])
}

/// Everything that a viewer is told: the bytes of every good answer, joined.
pub async fn everything(viewer: &Viewer, reads: &[(String, String)]) -> String {
    let mut all = String::new();
    for (_, address) in reads {
        let mut next = Some(address.clone());
        while let Some(address) = next.take() {
            let answer = viewer.rest.get(&address).await;
            assert!(answer.status < 500, "{}: {}", viewer.who, answer.whole());
            if answer.status != 200 {
                continue;
            }
            let _ = writeln!(all, "{address}\n{}", String::from_utf8_lossy(&answer.body));
            let list: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            next = list["links"]["next"].as_str().map(str::to_owned);
        }
    }
    all
}

/// A table for people to review: of every operation, who gets which answer, and the fields in it.
pub async fn table(viewers: &[Viewer], reads: &[(String, String)], tender: &Tender) -> String {
    let mut operations: Vec<&str> = reads.iter().map(|(operation, _)| operation.as_str()).collect();
    operations.dedup();
    let mut table = String::new();
    for operation in operations {
        let _ = writeln!(table, "{operation}");
        let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
        for viewer in viewers {
            let mut seen = BTreeSet::new();
            for (_, address) in reads.iter().filter(|(id, _)| id == operation) {
                let answer = viewer.rest.get(address).await;
                let lot = tender.lots.iter().position(|lot| address.contains(lot.as_str()));
                let of = lot.map_or_else(String::new, |lot| format!("L{} ", lot + 1));
                match answer.status {
                    200 if answer.header("content-type").is_some_and(|kind| kind.contains("json")) => {
                        let mut fields = BTreeSet::new();
                        collect(&answer.json(), "", &mut fields);
                        let fields: Vec<_> = fields.into_iter().collect();
                        seen.insert(format!("{of}200 {}", fields.join(" ")));
                    }
                    200 => {
                        seen.insert(format!("{of}200 a file"));
                    }
                    status => {
                        seen.insert(format!("{of}{status}"));
                    }
                }
            }
            let seen = seen.into_iter().collect::<Vec<_>>().join("; ");
            match alike.iter_mut().find(|(told, _)| *told == seen) {
                Some((_, who)) => who.push(&viewer.who),
                None => alike.push((seen, vec![&viewer.who])),
            }
        }
        for (seen, who) in alike {
            let _ = writeln!(table, "  {}: {seen}", who.join(", "));
        }
    }
    table
}

/// The fields that say something, however deep: `items.explanation`.
fn collect(value: &Value, place: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| collect(item, place, fields)),
        Value::Object(members) => {
            for (name, member) in members {
                let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                collect(member, &below, fields);
            }
        }
        _ => {
            fields.insert(place.to_owned());
        }
    }
}
