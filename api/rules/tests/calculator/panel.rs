//! Marks of several people, and what would change the winner.

use serde_json::{Value, json};

use super::{printed, refused};

#[test]
fn panels() {
    let aggregate = |rest: &str| {
        let out = printed("aggregate", &format!("{{{rest}}}"));
        out["error"].as_str().map_or(out.clone(), |code| json!(code))
    };
    let councils = r#""councils": [{"id": "Z", "weight": 1, "marks": [null, 2]}, {"id": "A", "weight": 3, "marks": [null]}]"#;
    let out = aggregate(&format!(r#""method": "mean", {councils}"#));
    assert_eq!((&out["value_exact"], &out["council_weights"]), (&json!("2"), &json!({ "Z": "1" })));
    let strict = format!(r#""method": "mean", "missing_council": "error", {councils}"#);
    assert_eq!(aggregate(&strict), "council_without_marks");
    assert_eq!(aggregate(r#""method": "mean", "councils": []"#), "no_marks");
    assert_eq!(
        aggregate(r#""method": "mean", "councils": [{"id": "A", "weight": 1, "marks": []}]"#),
        "no_marks"
    );
    let three = |weights: [i64; 3], cap: &str| {
        let [a, b, c] = weights;
        let council = |id: &str, weight: i64| json!({ "id": id, "weight": weight, "marks": ["1"] });
        let councils = json!([council("A", a), council("B", b), council("C", c)]);
        aggregate(&format!(r#""method": "mean", "weight_cap": "{cap}", "councils": {councils}"#))
    };
    assert_eq!(three([8, 1, 1], "1/3")["council_weights"], json!({ "A": "1/3", "B": "1/3", "C": "1/3" }));
    assert_eq!(three([8, 1, 1], "0.33"), "cap_too_low");
    // 0.7 → 0.4, then 0.25 · 0.6/0.3 = 0.5 → 0.4, the rest to C.
    assert_eq!(three([70, 25, 5], "0.4")["council_weights"], json!({ "A": "2/5", "B": "2/5", "C": "1/5" }));
    assert_eq!(three([1, 0, 0], "0.5"), "cap_too_low", "nobody has a weight to take the rest");
    assert_eq!(three([0, 0, 0], "0.5"), "weights_all_zero");
    assert_eq!(three([1, -1, 1], "0.5"), "weight_negative");
    let trimmed = |trim: &str| {
        aggregate(&format!(
            r#""method": "trimmed_mean", "trim": "{trim}", "councils": [{{"id": "A", "weight": 1, "marks": [0, 1, 5, 5]}}]"#
        ))
    };
    assert_eq!(trimmed("0.24")["value_exact"], "11/4");
    assert_eq!(trimmed("1/4")["value_exact"], "3");
    assert_eq!(trimmed("1/2"), "trim_too_large");
    assert_eq!(trimmed("-1/4"), "trim_negative");
    let moderated = |trigger: &str, marks: &str| {
        aggregate(&format!(
            r#""method": "mean", "scale": ["0", "2.0", "4"], "spread_trigger": {trigger}, "councils": [
                {{"id": "A", "weight": 1, "marks": {marks}}}]"#
        ))["needs_moderation"]
            .clone()
    };
    assert_eq!(moderated("3", "[1, 3]"), json!(false), "2 is on the scale and 2 apart is not 3");
    assert_eq!(moderated("2", "[1, 3]"), json!(true));
    assert_eq!(moderated("3", "[2, 3]"), json!(true), "5/2 is not on the scale");
}

#[test]
fn agreement_without_anything_to_agree_on() {
    let nothing = json!({ "nominal": null, "ordinal": null, "interval": null, "ratio": null });
    for rows in ["[]", "[[1, 2]]", "[[3, 3], [3, 3]]", "[[1, null], [null, 2]]"] {
        assert_eq!(
            printed("krippendorff_alpha", &format!(r#"{{"rows_are_raters": {rows}}}"#)),
            nothing,
            "{rows}"
        );
    }
    // One zero is a value; a ratio of values that cancel out is none.
    let out = printed("krippendorff_alpha", r#"{"rows_are_raters": [[0, -1, 0], [0, 1, 1]]}"#);
    assert!(out["ratio"].is_null() && out["interval"]["exact"].is_string(), "{out}");
    let out = printed("leave_one_evaluator_out", r#"{"rows_are_raters": [[1, null], [null, 2], [3, null]]}"#);
    assert_eq!(out, json!({ "alpha_without": [null, 0.0, null], "leniency_exact": ["-2", null, "2"] }));
    let out = printed("icc", r#"{"rows_are_targets": [[1, 1], [1, 1]]}"#);
    assert_eq!(out["ICC(1,1)"], Value::Null);
    assert_eq!(refused("icc", r#"{"rows_are_targets": [[1, 2]]}"#), "too_few_rows_or_columns");
    assert_eq!(refused("icc", r#"{"rows_are_targets": [[1, null], [1, 2]]}"#), "input_invalid");
    assert_eq!(
        printed("fleiss_kappa", r#"{"table": [[2, 0], [2, 0]]}"#),
        json!({ "exact": null, "value": null })
    );
    assert_eq!(printed("fleiss_kappa", r#"{"table": [[2, 0], [0, 2]]}"#)["exact"], "1");
    assert_eq!(refused("fleiss_kappa", r#"{"table": [[2, 0], [1, 0]]}"#), "raters_not_equal");
    assert_eq!(refused("fleiss_kappa", r#"{"table": [[1, 0], [0, 1]]}"#), "raters_not_equal");
    assert_eq!(refused("fleiss_kappa", r#"{"table": [[3, -1]]}"#), "count_not_whole");
}

#[test]
fn concordance() {
    let out = printed(
        "kendall_w",
        r#"{"same": [[1, 2, 3], [10, 20, 30]], "opposite": [[1, 2, 3], [3, 2, 1]], "ties": [[1, 1, 2], [1, 2, 2]],
            "all equal": [[4, 4], [1, 1]], "one thing": [[1], [2]]}"#,
    );
    // Ties by hand: ranks 1.5 1.5 3 and 1 2.5 2.5, sums 2.5 4 5.5, S = 4.5; 12 · 4.5 / (4 · 24 − 2 · 12) = 3/4.
    assert_eq!(
        out,
        json!({ "same": "1", "opposite": "0", "ties": "3/4", "all equal": null, "one thing": null })
    );
    assert_eq!(refused("kendall_w", r#"{"a": [[1, 2], [1]]}"#), "rows_of_unequal_length");
}

#[test]
fn breaks_and_flips() {
    // At the break itself both win, and the nearest other winner is no way off.
    let out = printed(
        "weight_breaks",
        r#"{"weights": ["1/2", "1/2"], "vary": "0", "scores": {"B": [1, 0], "A": [0, 1], "C": [0, 0]}}"#,
    );
    assert_eq!(out["current_winner"], json!(["B", "A"]), "in the order of the input");
    assert_eq!(out["segments"], json!([["0", "1/2", ["A"]], ["1/2", "1", ["B"]]]));
    assert_eq!(out["smallest_change"], "0");
    let twins = r#"{"weights": ["1/4", "3/4"], "vary": 1, "scores": {"B": [1, 0], "A": [1, 0]}}"#;
    let out = printed("weight_breaks", twins);
    assert_eq!(out["segments"], json!([["0", "1", ["B", "A"]]]));
    assert_eq!(out["smallest_change"], Value::Null);
    for (input, code) in [
        (r#"{"weights": [1, 0], "vary": 0, "scores": {"A": [1, 1]}}"#, "no_other_weight"),
        (r#"{"weights": ["0.5", "0.4"], "vary": 0, "scores": {"A": [1, 1]}}"#, "weights_do_not_sum_to_1"),
        (r#"{"weights": ["0.5", "0.5"], "vary": 2, "scores": {"A": [1, 1]}}"#, "vary_out_of_range"),
        (r#"{"weights": ["0.5", "0.5"], "vary": 0, "scores": {"A": [1]}}"#, "scores_do_not_fit_weights"),
        (r#"{"weights": ["0.5", "0.5"], "vary": 0, "scores": {}}"#, "no_bids"),
        (r#"{"weights": ["1.5", "-0.5"], "vary": 0, "scores": {"A": [1, 1]}}"#, "weight_negative"),
    ] {
        assert_eq!(refused("weight_breaks", input), code);
    }
    let flip = |first: &str, second: &str, weight: i64, lowest: &str| {
        let input = format!(
            r#"{{"first": {first}, "second": {second}, "price_points": {weight}, "lowest": {lowest}}}"#
        );
        printed("flip_price", &input)
    };
    let (a, b) = (r#"{"quality": 50, "price": 100}"#, r#"{"quality": 40, "price": 100}"#);
    let never = json!({ "flip_price": null, "vulnerable": false });
    assert_eq!(flip(a, b, 40, "80"), never, "equal prices");
    assert_eq!(flip(a, r#"{"quality": 40, "price": 200}"#, 40, "80"), never, "dearer and worse");
    assert_eq!(flip(a, r#"{"quality": 50, "price": 200}"#, 40, "80"), never, "at nothing");
    assert_eq!(flip(a, r#"{"quality": 40, "price": 50}"#, 0, "50"), never, "no price points");
    // 10 / (40 · (1/50 − 1/100)) = 25
    let out = flip(a, r#"{"quality": 40, "price": 50}"#, 40, "25");
    assert_eq!(out, json!({ "flip_price": "25", "vulnerable": false }), "not under the lowest");
    assert_eq!(flip(a, r#"{"quality": 40, "price": 50}"#, 40, r#""25.01""#)["vulnerable"], true);
    assert_eq!(flip(a, r#"{"quality": 40, "price": 0}"#, 40, "25")["error"], "price_not_positive");
}
