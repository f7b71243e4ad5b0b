//! The published worked vectors of the topics and formulas that the crate has, to the letter.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use rules::criteria::{Node, NodeKind, score_tree};
use rules::exact::Exact;
use rules::price::PriceRule;
use rules::rank::{RankBid, RankRules, rank};
use rules::words::{BaseSet, RankOn, TieBreak};
use serde_json::{Map, Value, json};

fn vectors(topic: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    all["vectors"].as_array().unwrap().iter().filter(|vector| vector["topic"] == topic).cloned().collect()
}

fn exact(value: &Value) -> Exact {
    value.as_str().unwrap().parse().unwrap()
}

fn maybe(value: &Value) -> Option<Exact> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn decimals(input: &Value) -> u32 {
    u32::try_from(input["decimals"].as_u64().unwrap_or(2)).unwrap()
}

fn rule(input: &Value) -> Option<PriceRule> {
    match input["formula"].as_str().unwrap() {
        "lowest_over_bid" => Some(PriceRule::LowestOverBid),
        "benchmark_linear" => Some(PriceRule::BenchmarkLinear {
            target: exact(&input["params"]["target"]),
            ceiling: exact(&input["params"]["ceiling"]),
        }),
        _ => None,
    }
}

#[test]
fn price_points() {
    let mut seen = Vec::new();
    for vector in vectors("price_points") {
        let input = &vector["input"];
        let Some(rule) = rule(input) else { continue };
        let prices: Vec<Exact> = input["prices"].as_array().unwrap().iter().map(exact).collect();
        let out = match rule.points(&exact(&input["max_points"]), &prices) {
            Ok(points) => json!({
                "points_exact": points.iter().map(Exact::to_string).collect::<Vec<_>>(),
                "points_rounded": points.iter().map(|p| p.fixed(decimals(input))).collect::<Vec<_>>(),
            }),
            Err(fault) => json!({ "error": fault.code() }),
        };
        assert_eq!(out, vector["expected"], "{}", vector["id"]);
        seen.push(vector["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["P01", "P02", "P03", "P05", "P11"]);
}

#[test]
fn ranking() {
    let mut seen = Vec::new();
    for vector in vectors("rank") {
        let input = &vector["input"];
        let Some(price) = rule(input) else { continue };
        let bids: Vec<RankBid> = input["bids"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bid| RankBid {
                id: bid["id"].as_str().unwrap().to_owned(),
                quality: maybe(&bid["quality"]),
                price: maybe(&bid["price"]),
                withdrawn: bid["withdrawn"] == true,
                failed: bid["failed"] == true,
                below_minimum_mark: false,
            })
            .collect();
        let keys = input["tie_break"].as_array().cloned().unwrap_or_default();
        let rules = RankRules {
            price,
            price_weight: exact(&input["price_points"]),
            decimals: decimals(input),
            rank_on: input["rank_on"].as_str().map_or(RankOn::Exact, |on| on.parse().unwrap()),
            tie_break: keys.iter().map(|key| key.as_str().unwrap().parse::<TieBreak>().unwrap()).collect(),
            min_quality: maybe(&input["min_quality"]),
            base_set: input["base_set"].as_str().map_or(BaseSet::Eligible, |set| set.parse().unwrap()),
        };
        let out = match rank(&bids, &rules) {
            Ok(ranking) => {
                let of = |value: &dyn Fn(&rules::rank::Ranked) -> Value| -> Value {
                    let pairs = ranking.ranked.iter().map(|bid| (bid.id.clone(), value(bid)));
                    Value::Object(pairs.collect::<Map<_, _>>())
                };
                let excluded: BTreeMap<_, _> = ranking.excluded.iter().cloned().collect();
                json!({
                    "score_exact": of(&|bid| json!(bid.score)),
                    "score_rounded": of(&|bid| json!(bid.score.fixed(rules.decimals))),
                    "rank": of(&|bid| json!(bid.rank)),
                    "winner": ranking.winner,
                    "unresolved_tie": ranking.unresolved_tie,
                    "excluded": excluded,
                })
            }
            Err(fault) => json!({ "error": fault.code() }),
        };
        assert_eq!(out, vector["expected"], "{}", vector["id"]);
        seen.push(vector["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R13", "R14"]);
}

fn node(value: &Value) -> Node {
    let kind = if let Some(children) = value["children"].as_array() {
        NodeKind::Section(children.iter().map(node).collect())
    } else if let Some(scale) = value["scale"].as_object() {
        NodeKind::Scale(scale.iter().map(|(mark, percent)| (mark.clone(), exact(percent))).collect())
    } else {
        NodeKind::Most(exact(&value["max"]))
    };
    let weight = maybe(&value["weight"]).unwrap_or_default();
    Node { id: value["id"].as_str().unwrap().to_owned(), weight, kind }
}

#[test]
fn score_trees() {
    let all = vectors("score_tree");
    assert_eq!(all.len(), 5);
    for vector in all {
        let input = &vector["input"];
        let marks = serde_json::from_value(input["marks"].clone()).unwrap();
        let out = match score_tree(&node(&input["tree"]), &marks, &exact(&input["out_of"])) {
            Ok(points) => json!({ "points_exact": points, "points_rounded": points.fixed(decimals(input)) }),
            Err(fault) => json!({ "error": fault.to_string() }),
        };
        assert_eq!(out, vector["expected"], "{}", vector["id"]);
    }
}
