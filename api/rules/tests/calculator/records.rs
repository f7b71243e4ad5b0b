//! Days, proofs, and cases that are none.

use rules::evaluate::evaluate;
use serde_json::json;

use super::{printed, refused};

#[test]
fn days() {
    // DOMAIN section 4: the second of January is a holiday in Scotland, St Patrick's Day in Northern Ireland, the first
    // Monday of August in Scotland.
    for (published, first, last, from) in [
        ("2024-12-24", "2024-12-24", "2025-01-08", "2025-01-09"),
        ("2026-03-12", "2026-03-12", "2026-03-24", "2026-03-25"),
        ("2026-07-27", "2026-07-27", "2026-08-06", "2026-08-07"),
        // A Saturday does not count as the first day.
        ("2026-03-14", "2026-03-16", "2026-03-26", "2026-03-27"),
    ] {
        let out = printed("standstill", &json!({ "published": published }).to_string());
        assert_eq!(out, json!({ "first_day": first, "last_day": last, "sign_from": from }));
    }
    let ten = printed("standstill", r#"{"published": "2026-03-12", "days": 10}"#);
    assert_eq!(ten["last_day"], "2026-03-26");
    for (basis, last) in
        [("all_documents", "2026-04-06"), ("not_all_documents", "2026-04-11"), ("reduced", "2026-03-22")]
    {
        let out = printed("tender_period", &json!({ "notice": "2026-03-12", "basis": basis }).to_string());
        assert_eq!(out, json!({ "earliest_deadline": last }));
    }
    assert_eq!(refused("standstill", r#"{"published": "2029-01-02"}"#), "date_outside_calendar");
    assert_eq!(refused("standstill", r#"{"published": "2028-12-28"}"#), "date_outside_calendar");
    assert_eq!(refused("standstill", r#"{"published": "2026-03-12", "days": 7}"#), "period_too_short");
    for no_date in ["2026-02-30", "2026-3-12", "12/03/2026", ""] {
        assert_eq!(refused("standstill", &json!({ "published": no_date }).to_string()), "date_invalid");
    }
}

#[test]
fn consistency_proofs() {
    let leaves = r#"["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]"#;
    let input = format!(r#"{{"leaves_hex": {leaves}, "proofs": [[1, 1], [4, 7], [6, 7], [3, 7]]}}"#);
    let out = printed("merkle_consistency", &input);
    let proofs = out["proofs"].as_array().unwrap();
    assert_eq!(proofs.iter().map(|proof| proof.as_array().unwrap().len()).collect::<Vec<_>>(), [0, 1, 3, 4]);
    for (proof, code) in
        [("[0, 7]", "size_out_of_range"), ("[5, 4]", "size_out_of_range"), ("[1, 8]", "size_out_of_range")]
    {
        let input = format!(r#"{{"leaves_hex": {leaves}, "proofs": [{proof}]}}"#);
        assert_eq!(refused("merkle_consistency", &input), code, "{proof}");
    }
    let inclusion = |proof: &str| format!(r#"{{"leaves_hex": {leaves}, "proofs": [{proof}]}}"#);
    assert_eq!(refused("merkle_inclusion", &inclusion("[7, 7]")), "index_out_of_range");
    assert_eq!(refused("merkle_inclusion", &inclusion("[0, 0]")), "size_out_of_range");
    assert_eq!(refused("merkle", r#"{"leaves_hex": ["0"]}"#), "leaf_not_hex");
    assert_eq!(printed("merkle", r#"{"leaves_hex": []}"#)["roots"].as_array().unwrap().len(), 1);
}

#[test]
fn cases_that_are_no_cases() {
    let code = |text: &str| evaluate(text).unwrap_err();
    assert_eq!(code("").code, "not_json");
    assert_eq!(code("{").code, "not_json");
    assert_eq!(code("[]").code, "input_invalid");
    assert_eq!(code(r#"{"topic": "rank"}"#).code, "input_invalid");
    assert_eq!(code(r#"{"topic": "roulette", "input": {}}"#).code, "unknown_topic");
    assert!(code(r#"{"topic": "roulette", "input": {}}"#).malformed);
    let merkle =
        |leaves: &str| format!(r#"{{"topic": "merkle", "why": "kept", "input": {leaves}, "expected": 1}}"#);
    assert!(evaluate(&format!("\u{feff}{}", merkle(r#"{"leaves_hex": []}"#))).is_ok(), "a vector is a case");
    // A misspelt key must not pass as one that was left out.
    let error = code(&merkle(r#"{"leaves_hex": [], "leafs": []}"#));
    assert!(error.code == "input_invalid" && error.detail.contains("leafs"), "{error}");
    for number in [
        "0.5",
        "1e2",
        "-0",
        "\"1e2\"",
        "\" 1\"",
        "\"1,000\"",
        "\"1/0\"",
        "true",
        "[]",
        "123456789012345678901",
    ] {
        let input = format!(r#"{{"formula": "linear_min_max", "max_points": {number}, "prices": [1]}}"#);
        assert_eq!(refused("price_points", &input), "input_invalid", "{number}");
    }
    let whole = r#"{"formula": "linear_min_max", "max_points": 18446744073709551615, "prices": ["1"], "decimals": "3"}"#;
    assert_eq!(printed("price_points", whole)["points_rounded"], json!(["18446744073709551615.000"]));
    let decimals = r#"{"formula": "linear_min_max", "max_points": 1, "prices": [1], "decimals": 31}"#;
    assert_eq!(refused("price_points", decimals), "input_invalid");
    let twice = r#"{"amount": 1, "shares": {"A": 1, "A": 1}}"#;
    assert_eq!(refused("allocation", twice), "input_invalid");
    // What would cost hours is refused in no time.
    let long: Vec<String> = (0..20).map(|part| format!("\"1/{}7\"", part.to_string().repeat(20))).collect();
    let input = format!(r#"{{"formula": "linear_mean", "max_points": 1, "prices": [{}]}}"#, long.join(","));
    assert_eq!(refused("price_points", &input), "too_many_digits");
    let cells = vec!["1"; 5_001].join(",");
    assert_eq!(refused("kendall_w", &format!(r#"{{"a": [[{cells}]]}}"#)), "too_many_values");
    let odd: Vec<String> =
        (0..60_i64).map(|part| format!("\"0.{}1\"", (part * part * 7_919 + 31) * 104_729)).collect();
    let input = format!(r#"{{"rows_are_raters": [[{0}], [{0}]]}}"#, odd.join(","));
    assert_eq!(refused("krippendorff_alpha", &input), "too_many_digits");
}

#[test]
fn results_keep_the_order_of_the_input() {
    let case = r#"{"topic": "allocation", "input": {"amount": 3, "shares": {"Z": 1, "A": 1, "M": 1}}}"#;
    let text = evaluate(case).unwrap();
    let places: Vec<usize> =
        ["\"Z\"", "\"A\"", "\"M\""].iter().map(|name| text.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}
