//! Whole-life cost, sharing and prices that are too low.

use serde_json::{Value, json};

use super::{printed, refused};

#[test]
fn whole_life() {
    let tco = |rest: &str| printed("tco", &format!("{{{rest}}}"));
    let collar = tco(r#""years": 2, "recurring": 100, "cpi": ["0.10"], "cap": "0.02", "collar": "0.05""#);
    assert_eq!(collar["nominal_total"], "205.00", "the cap before the collar");
    let missing = tco(r#""years": 3, "recurring": 100, "cpi": ["0.10"], "collar": "0.05""#);
    assert_eq!(missing["nominal_total"], "325.50", "a missing index is 0, which the collar lifts");
    let internal = tco(r#""years": 2, "internal": 100, "deflator": ["0.10"]"#);
    assert_eq!((&internal["nominal_total"], &internal["real_total"]), (&json!("210.00"), &json!("200.00")));
    assert!(tco(r#""years": 6, "recurring": 1"#)["present_value_exact"].is_string());
    assert!(tco(r#""years": 7, "recurring": 1"#)["present_value_exact"].is_null());
    assert_eq!(tco(r#""years": 0"#)["error"], "year_out_of_range");
    assert_eq!(tco(r#""years": 126"#)["present_value"], "0.00");
    assert_eq!(tco(r#""years": 127"#)["error"], "year_out_of_range");
    assert_eq!(tco(r#""years": 2, "one_off": {"2": 1}"#)["error"], "one_off_beyond_term");
    assert_eq!(tco(r#""years": 2, "one_off": {"01": 1}"#)["error"], "input_invalid");
    assert_eq!(tco(r#""years": 3, "deflator": [-1]"#)["error"], "deflator_not_positive");
    // Rates change after year 30 and year 75.
    let out = printed("discount_factor", r#"{"amount": "1000000", "years": [0, 30, 31, 75, 76, 125]}"#);
    assert_eq!(
        out["values"],
        json!(["1000000.00", "356278.41", "345901.37", "94213.77", "91915.88", "27410.76"])
    );
    assert_eq!(refused("discount_factor", r#"{"amount": 1, "years": [126]}"#), "year_out_of_range");
    assert_eq!(refused("discount_factor", r#"{"amount": 1, "years": [-1]}"#), "input_invalid");
    // Nothing published parts two bids of the same cost, and a longer term's cost is not paid in a shorter one.
    let out = printed(
        "extension",
        r#"{"terms": [1, 2], "bids": {"B": {"recurring": 5, "one_off": {"1": 1}}, "A": {"recurring": 5}}}"#,
    );
    assert_eq!(out["cheapest"], json!({ "1": null, "2": "A" }));
    assert_eq!(refused("extension", r#"{"terms": [1], "bids": {}}"#), "no_bids");
}

#[test]
fn sharing() {
    let out = printed(
        "savings",
        r#"{"tiers": [[10, 8], ["1", 9]], "councils": {"B": {"quantity": 4, "baseline": null, "own_cost": 1},
            "A": {"quantity": 6, "baseline": 0}, "N": {"quantity": 0, "baseline": "-1"}}}"#,
    );
    assert_eq!(out["pooled_unit_price"], "8");
    assert_eq!(out["councils_without_baseline"], 1);
    assert_eq!(
        out["councils"]["B"],
        json!({ "market_effect": null, "aggregation_effect": "4.00", "gross_saving": null, "own_cost": "1.00",
            "net_saving": null, "net_percent_of_baseline": null })
    );
    assert_eq!(out["councils"]["A"]["net_saving"], "-48.00");
    assert_eq!(out["councils"]["A"]["net_percent_of_baseline"], Value::Null);
    assert_eq!(out["councils"]["N"]["aggregation_effect"], "0.00", "no demand, no price");
    assert_eq!(out["total_over_councils_with_baseline"]["aggregation_effect"], "6.00");
    let below = r#"{"tiers": [[10, 8]], "councils": {"A": {"quantity": 4}, "B": {"quantity": 6}}}"#;
    assert_eq!(refused("savings", below), "quantity_below_first_tier");
    assert_eq!(refused("savings", r#"{"tiers": [], "councils": {"A": {"quantity": 4}}}"#), "no_tiers");
    assert_eq!(refused("savings", r#"{"tiers": [[1, 1], ["1.0", 2]], "councils": {}}"#), "tier_doubled");
    let negative = r#"{"tiers": [[1, 1]], "councils": {"A": {"quantity": -4}, "B": {"quantity": 6}}}"#;
    assert_eq!(refused("savings", negative), "quantity_negative");

    let alone = printed("cost_game", r#"{"players": ["A"], "table": {"A": 5}}"#);
    assert_eq!(
        alone,
        json!({ "grand_cost": "5", "shapley_cost": { "A": "5" }, "shapley_worst_excess": null, "shapley_in_core": true })
    );
    // Names of a group in any order.
    let pair = printed("cost_game", r#"{"players": ["A", "B"], "table": {"B+A": 6, "A": 5, "B": 3}}"#);
    assert_eq!(pair["shapley_cost"], json!({ "A": "4", "B": "2" }));
    // Costs from a table may have volumes beside them: at an equal price B pays more than alone.
    let volumes =
        r#"{"players": ["A", "B"], "table": {"A": 5, "B": 3, "A+B": 6}, "quantities": {"B": 3, "A": 1}}"#;
    let out = printed("cost_game", volumes);
    assert_eq!(out["equal_price_cost"], json!({ "A": "3/2", "B": "9/2" }));
    assert_eq!(
        (&out["equal_price_worst_excess"], &out["equal_price_in_core"]),
        (&json!("3/2"), &json!(false))
    );
    assert_eq!(refused("cost_game", r#"{"players": ["A"], "quantities": {"A": 3}}"#), "input_invalid");
    for (table, code) in [
        (r#"{"A": 5, "B": 3}"#, "costs_do_not_fit_players"),
        (r#"{"A": 5, "B": 3, "A+B": 6, "B+A": 6}"#, "costs_do_not_fit_players"),
        (r#"{"A": 5, "B": 3, "A+B": 6, "A+C": 6}"#, "costs_do_not_fit_players"),
        (r#"{"A": 5, "B": 3, "A+B": 6, "A+A": 6}"#, "costs_do_not_fit_players"),
    ] {
        assert_eq!(refused("cost_game", &format!(r#"{{"players": ["A", "B"], "table": {table}}}"#)), code);
    }
    let many: Vec<String> = (0..13).map(|player| format!("\"P{player}\"")).collect();
    let many = format!(r#"{{"players": [{}], "table": {{}}}}"#, many.join(","));
    assert_eq!(refused("cost_game", &many), "too_many_players");
    assert_eq!(refused("cost_game", r#"{"players": [], "table": {}}"#), "no_players");
    let none = r#"{"players": ["A"], "quantities": {"A": 0}, "tiers": [[1, 1]]}"#;
    assert_eq!(refused("cost_game", none), "no_volume");
}

#[test]
fn allocation_to_the_penny() {
    let out = printed("allocation", r#"{"amount": "100.00", "shares": {"Z": 1, "A": "1", "M": "2/2"}}"#);
    assert_eq!(
        out,
        json!({ "amounts": { "Z": "33.34", "A": "33.33", "M": "33.33" } }),
        "the earlier, not the first by name"
    );
    let out = printed("allocation", r#"{"amount": "-0.02", "shares": {"B": 1, "A": 1, "C": 1}}"#);
    assert_eq!(out, json!({ "amounts": { "B": "-0.01", "A": "-0.01", "C": "0.00" } }));
    assert_eq!(refused("allocation", r#"{"amount": "1.005", "shares": {"A": 1}}"#), "amount_not_whole_pence");
    assert_eq!(refused("allocation", r#"{"amount": 1, "shares": {}}"#), "no_shares");
    assert_eq!(refused("allocation", r#"{"amount": 1, "shares": {"A": 0}}"#), "shares_all_zero");
    assert_eq!(refused("allocation", r#"{"amount": 1, "shares": {"A": -1, "B": 2}}"#), "negative_share");
    assert_eq!(
        refused("allocation", r#"{"amount": 99999999999999999999, "shares": {"A": 1}}"#),
        "input_invalid"
    );
    assert_eq!(
        refused("allocation", r#"{"amount": "99999999999999999999", "shares": {"A": 1}}"#),
        "amount_too_large"
    );
}

#[test]
fn abnormally_low() {
    // B: 1 − 60/100 is exactly 0.4 under the mean of 90, 110 and 100, and 1 − 60/90 is 1/3 under the next.
    let out = printed("abnormally_low", r#"{"prices": {"Z": 90, "B": 60, "A": 110, "C": 100}}"#);
    assert_eq!(
        out,
        json!({ "flagged": [{ "bid": "B", "ground": "below_mean" }, { "bid": "B", "ground": "below_next" }] })
    );
    let out = printed("abnormally_low", r#"{"prices": {"B": "60.01", "A": 85, "C": 115}}"#);
    assert_eq!(out, json!({ "flagged": [] }));
    // In the order of the input.
    let grounds = printed("abnormally_low", r#"{"prices": {"B": 1, "A": 1, "C": 100}, "below_next": "0"}"#);
    let bids: Vec<&str> =
        grounds["flagged"].as_array().unwrap().iter().map(|flag| flag["bid"].as_str().unwrap()).collect();
    assert_eq!(bids, ["B", "B", "A", "A"]);
    assert_eq!(printed("abnormally_low", r#"{"prices": {"A": 1}}"#), json!({ "flagged": [] }));
    // A gift is low whatever it is compared with; nothing is low against nothing.
    let zero = printed("abnormally_low", r#"{"prices": {"A": 0, "B": 0, "C": 3}}"#);
    assert_eq!(
        zero["flagged"],
        json!([{ "bid": "A", "ground": "below_mean" }, { "bid": "B", "ground": "below_mean" }])
    );
}
