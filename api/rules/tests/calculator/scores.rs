//! Prices, costs, rankings and trees.

use serde_json::{Value, json};

use super::{printed, refused};

#[test]
fn prices() {
    let points = |formula: &str, params: &str, prices: &str| {
        let input = format!(
            r#"{{"formula": "{formula}", "max_points": 40, "params": {params}, "prices": {prices}}}"#
        );
        let out = printed("price_points", &input);
        if out["error"].is_string() { out["error"].clone() } else { out["points_exact"].clone() }
    };
    // One bid: all points, or the share of the mean, or its own value.
    assert_eq!(points("lowest_over_bid", "{}", "[7]"), json!(["40"]));
    assert_eq!(points("linear_from_lowest", r#"{"k": "3/2"}"#, "[7]"), json!(["40"]));
    assert_eq!(points("linear_min_max", "{}", "[7]"), json!(["40"]));
    assert_eq!(points("linear_mean", "{}", "[7]"), json!(["20"]));
    assert_eq!(points("linear_mean", r#"{"base": "0.3", "slope": 9}"#, "[7, 7]"), json!(["12", "12"]));
    assert_eq!(points("benchmark_linear", r#"{"target": 0, "ceiling": 10}"#, "[7]"), json!(["12"]));
    // Zero and rebates are legal where nothing is divided by them.
    assert_eq!(
        points("benchmark_linear", r#"{"target": -5, "ceiling": 5}"#, "[0, -10]"),
        json!(["20", "40"])
    );
    // A price fault is found before the parameter's.
    assert_eq!(points("linear_from_lowest", r#"{"k": 1}"#, "[0]"), "price_not_positive");
    assert_eq!(points("linear_from_lowest", r#"{"k": "1.0"}"#, "[1]"), "k_must_exceed_1");
    assert_eq!(
        points("benchmark_linear", r#"{"target": 5, "ceiling": "5.0"}"#, "[1]"),
        "target_not_below_ceiling"
    );
    assert_eq!(points("linear_min_max", "{}", "[]"), "no_bids");
    assert_eq!(points("linear_mean", "{}", "[1, 0]"), "price_not_positive");
    assert_eq!(points("benchmark_linear", r#"{"target": 5}"#, "[1]"), "benchmark_incomplete");
    assert_eq!(points("linear_from_lowest", "{}", "[1]"), "parameter_missing");
    assert_eq!(points("price_per_quality_point", "{}", "[1]"), "formula_without_points");
    assert_eq!(points("lowest", "{}", "[1]"), "unknown_formula");
}

#[test]
fn costs_are_ranked_from_below() {
    let rank = |formula: &str, params: &str, more: &str, bids: &str| {
        let input = format!(r#"{{"formula": "{formula}", "params": {params}, "bids": {bids}{more}}}"#);
        printed("rank", &input)
    };
    let bids = r#"[{"id": "B", "quality": 10, "price": 50}, {"id": "A", "quality": 5, "price": 0}]"#;
    let out = rank("monetised_quality", r#"{"pounds_per_point": 10}"#, "", bids);
    assert_eq!((&out["unresolved_tie"], &out["winner"]), (&json!(["B", "A"]), &Value::Null));
    let key = r#", "tie_break": ["higher_quality"]"#;
    let out = rank("monetised_quality", r#"{"pounds_per_point": 10}"#, key, bids);
    assert_eq!((&out["rank"], &out["winner"]), (&json!({ "A": 2, "B": 1 }), &json!("B")));
    assert_eq!(out["score_exact"], json!({ "A": "-50", "B": "-50" }));
    assert_eq!(rank("price_per_quality_point", "{}", "", bids)["error"], "price_not_positive");
    // Quality before price, bid by bid.
    let both = r#"[{"id": "A", "quality": 0, "price": 0}]"#;
    assert_eq!(rank("price_per_quality_point", "{}", "", both)["error"], "quality_not_positive");
    let later = r#"[{"id": "A", "quality": 1, "price": 0}, {"id": "B", "quality": 0, "price": 1}]"#;
    assert_eq!(rank("price_per_quality_point", "{}", "", later)["error"], "price_not_positive");
    // Compared on rounded costs, they tie.
    let near = r#"[{"id": "A", "quality": 3, "price": 10}, {"id": "B", "quality": 3, "price": "10.001"}]"#;
    let out = rank("price_per_quality_point", "{}", r#", "rank_on": "rounded""#, near);
    assert_eq!(out["unresolved_tie"], json!(["A", "B"]));
    assert_eq!(rank("price_per_quality_point", "{}", "", near)["winner"], "A");
    assert_eq!(rank("monetised_quality", "{}", "", near)["error"], "parameter_missing");
    assert_eq!(rank("lowest_over_bid", "{}", "", near)["error"], "parameter_missing", "no price_points");
}

#[test]
fn who_makes_the_reference() {
    let rank = |base: &str| {
        let input = format!(
            r#"{{"formula": "linear_min_max", "price_points": 40, "min_quality": 10, "base_set": "{base}", "bids": [
                {{"id": "A", "quality": 20, "price": 100}}, {{"id": "B", "quality": 30, "price": 150}},
                {{"id": "low", "quality": 5, "price": 50}}, {{"id": "failed", "quality": null, "price": 300, "failed": true}},
                {{"id": "gone", "quality": 60, "price": 1, "withdrawn": true, "failed": true}}]}}"#
        );
        printed("rank", &input)
    };
    let score = |base: &str| rank(base)["score_exact"].clone();
    assert_eq!(score("eligible"), json!({ "A": "60", "B": "30" }));
    assert_eq!(score("compliant"), json!({ "A": "40", "B": "30" }));
    assert_eq!(score("submitted"), json!({ "A": "52", "B": "54" }));
    assert_eq!(
        rank("eligible")["excluded"],
        json!({ "low": "below_min_quality", "failed": "failed", "gone": "withdrawn" })
    );
    let nobody = r#"{"formula": "linear_min_max", "price_points": 40, "bids": [
        {"id": "A", "quality": 20, "price": 100, "withdrawn": true}]}"#;
    assert_eq!(refused("rank", nobody), "no_bids");
    let unpriced =
        r#"{"formula": "linear_min_max", "price_points": 40, "bids": [{"id": "A", "quality": 20}]}"#;
    assert_eq!(refused("rank", unpriced), "price_missing");
    let twice = r#"{"formula": "linear_min_max", "price_points": 40, "bids": [
        {"id": "A", "quality": 20, "price": 100}, {"id": "A", "quality": 20, "price": 100}]}"#;
    assert_eq!(refused("rank", twice), "id_doubled");
}

#[test]
fn trees() {
    let tree = |leaf: &str, mark: &str| {
        let input = format!(
            r#"{{"out_of": 60, "marks": {{"a": {mark}}}, "tree": {{"id": "root", "children": [{{"id": "a", "weight": 100, {leaf}}}]}}}}"#
        );
        let out = printed("score_tree", &input);
        out["points_exact"].as_str().or(out["error"].as_str()).unwrap().to_owned()
    };
    let max = r#""max": 5"#;
    assert_eq!(tree(max, "5"), "60");
    assert_eq!(tree(max, r#""0""#), "0");
    assert_eq!(tree(max, r#""5.01""#), "mark_out_of_range:a");
    assert_eq!(tree(max, "-1"), "mark_out_of_range:a");
    assert_eq!(tree(max, "null"), "score_missing:a");
    assert_eq!(tree(max, "3.4"), "input_invalid", "a float");
    // A percentage may be left out: value over the highest, or over the leaf's max.
    assert_eq!(tree(r#""scale": {"0": null, "2": null, "4": null}"#, "2"), "30");
    assert_eq!(tree(r#""scale": {"0": null, "2": "90", "4": null}"#, "2"), "54");
    assert_eq!(tree(r#""scale": ["0", 2, "4"]"#, r#""2""#), "30");
    assert_eq!(tree(r#""max": 8, "scale": ["0", "2", "4"]"#, "2"), "15");
    assert_eq!(tree(r#""scale": ["0", "2", "4"]"#, "3"), "mark_not_on_scale:a");
    assert_eq!(tree(r#""scale": ["0", "2", "4"]"#, r#""2.0""#), "mark_not_on_scale:a", "marks are texts");
    assert_eq!(tree(r#""scale": ["0"]"#, "0"), "input_invalid", "nothing above zero");
    assert_eq!(tree(r#""children": []"#, "0"), "weights_do_not_sum_to_100:a");
    // Weights at a node before its marks, and the first child's faults before the second's weights.
    let order = |a: &str| {
        format!(
            r#"{{"out_of": 1, "marks": {a}, "tree": {{"id": "r", "children": [{{"id": "a", "weight": 50, "max": 5}},
                {{"id": "b", "weight": 50, "children": [{{"id": "c", "weight": 99, "max": 5}}]}}]}}}}"#
        )
    };
    assert_eq!(refused("score_tree", &order("{}")), "score_missing:a");
    assert_eq!(refused("score_tree", &order(r#"{"a": 1}"#)), "weights_do_not_sum_to_100:b");
}
