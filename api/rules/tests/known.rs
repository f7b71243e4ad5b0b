//! Known values: rounding, amounts, allocation, calendar, canonical JSON, line ids, lifecycles, moderation aids.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::NaiveDate;
use rules::allocation::{AllocationFault, largest_remainder};
use rules::calendar::{
    self, CalendarFault, TenderBasis, bank_holidays, is_working_day, standstill, tender_period_earliest,
    working_days,
};
use rules::canonical;
use rules::exact::Exact;
use rules::line_id::{LineIdFault, strip_check, with_check};
use rules::marks::{mean_text, moderation_needed, repeats_descriptor, spread_steps};
use rules::money::{AmountFault, Pence, UnitPrice, Volume};
use rules::stage::{MailState, Stage};
use serde_json::json;

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn numbers_are_counted_in_parts_of_their_least_common_divisor() {
    let of = |numbers: &[&str]| {
        Exact::over_common_divisor(&numbers.iter().map(|text| exact(text)).collect::<Vec<_>>())
    };
    assert_eq!(of(&["1/4", "-5/6", "2", "0"]), Some((vec![3, -10, 24, 0], 12)));
    assert_eq!(of(&["3", "5"]), Some((vec![3, 5], 1)));
    assert_eq!(of(&[]), Some((vec![], 1)));
    // A divisor, or a number of parts, beyond what a whole number of 64 bits holds.
    assert_eq!(of(&["1/4294967296", "1/4294967297"]), None);
    assert_eq!(of(&["9223372036854775807", "1/2"]), None);
}

#[test]
fn rounding_is_half_away_from_zero_without_negative_zero() {
    for (number, decimals, expected) in [
        ("2.345", 2, "2.35"),
        ("-2.345", 2, "-2.35"),
        ("-0.004", 2, "0.00"),
        ("0.5", 0, "1"),
        ("-1/2", 0, "-1"),
        ("2/3", 3, "0.667"),
        ("0.05", 1, "0.1"),
        ("1234.5", 2, "1234.50"),
        ("0.000001", 6, "0.000001"),
    ] {
        assert_eq!(exact(number).fixed(decimals), expected, "{number}");
    }
}

#[test]
fn people_read_mixed_figures() {
    for (number, expected) in [
        ("200/3", "66 2/3"),
        ("2/3", "2/3"),
        ("-4/3", "-1 1/3"),
        ("12.50", "12.5"),
        ("1/64", "0.015625"),
        ("40", "40"),
        ("100", "100"),
        ("0", "0"),
    ] {
        assert_eq!(exact(number).mixed(), expected, "{number}");
    }
}

#[test]
fn only_plain_numbers_are_exact() {
    for text in ["", "-", "+1", "1e3", ".5", "5.", "1,000", " 1", "1/0", "1/-2", "1.5/2", "٣", "1/2/3", "NaN"]
    {
        assert!(text.parse::<Exact>().is_err(), "{text}");
    }
    assert_eq!(exact("12.50").to_string(), "25/2");
    assert_eq!(exact("-9/4").to_string(), "-9/4");
    assert_eq!(exact("10/5"), exact("2.0"));
}

#[test]
fn amounts_are_read_and_written() {
    assert_eq!("1234.5".parse(), Ok(Pence(123_450)));
    assert_eq!("1.005".parse::<Pence>(), Err(AmountFault::TooManyDecimals { most: 2 }));
    assert_eq!("".parse::<Pence>(), Err(AmountFault::Empty));
    for text in ["£1", "1,200", "1.", ".5", "1e5", "POA", "--1", "1 ", "-"] {
        assert_eq!(text.parse::<UnitPrice>(), Err(AmountFault::NotADecimal), "{text}");
    }
    assert_eq!("1000000000000".parse(), Ok(Pence(100_000_000_000_000)));
    assert_eq!("1000000000000.01".parse::<Pence>(), Err(AmountFault::TooLarge));
    assert_eq!("99999999999999999999".parse::<Volume>(), Err(AmountFault::TooLarge));
    assert_eq!(UnitPrice(125).to_string(), "0.0125");
    assert_eq!(UnitPrice(125_000).to_string(), "12.50");
    assert_eq!(Volume(37_500).to_string(), "37.5");
    assert_eq!(Volume(1_200_000).grouped(), "1,200");
    assert_eq!(Pence(123_456_789).pounds(), "£1,234,567.89");
    assert_eq!(Pence(-5).pounds(), "-£0.05");
    assert_eq!(Pence(99_999).pounds(), "£999.99");
    assert_eq!(UnitPrice(12_345_678).pounds(), "£1,234.5678");
    assert_eq!(Pence::round(&exact("0.005")), Ok(Pence(1)));
    assert_eq!(Pence::round(&exact("1000000000000.005")), Err(AmountFault::TooLarge));
    assert_eq!(serde_json::to_string(&Pence(150)).unwrap(), "\"1.50\"");
    assert!(serde_json::from_str::<Pence>("1.5").is_err());
}

#[test]
fn people_may_write_commas_between_thousands() {
    for (text, pence) in [
        ("1,000", 100_000),
        ("120,000", 12_000_000),
        ("1,234,567.89", 123_456_789),
        (" -1,000.50 ", -100_050),
        ("1234.5", 123_450),
        ("999", 99_900),
    ] {
        assert_eq!(Pence::entered(text), Ok(Pence(pence)), "{text}");
    }
    assert_eq!(Volume::entered("1,200.5"), Ok(Volume(1_200_500)));
    for text in [
        "1.200,50",
        "1,20",
        "1,2000",
        "1200,000",
        ",100",
        "1,,000",
        "1,000,",
        "0,125",
        "1,000.5,0",
        "1 000",
        "£1,000",
        "1,00a",
        "--1,000",
    ] {
        assert_eq!(Pence::entered(text), Err(AmountFault::NotADecimal), "{text}");
    }
    assert_eq!(Pence::entered("1,000.505"), Err(AmountFault::TooManyDecimals { most: 2 }));
    // What machines exchange has one form only.
    assert_eq!("1,000".parse::<Pence>(), Err(AmountFault::NotADecimal));
}

#[test]
fn allocation_by_hand() {
    let shares = |list: &[i64]| list.iter().map(|&share| Exact::from(share)).collect::<Vec<_>>();
    let split = |pence, list: &[i64]| {
        largest_remainder(Pence(pence), &shares(list))
            .map(|parts| parts.iter().map(|p| p.0).collect::<Vec<_>>())
    };
    assert_eq!(split(10_000, &[1, 1, 1]), Ok(vec![3_334, 3_333, 3_333]));
    assert_eq!(split(100, &[1, 0, 2]), Ok(vec![33, 0, 67]));
    assert_eq!(split(1, &[1, 1]), Ok(vec![1, 0]));
    assert_eq!(split(-100, &[1, 2]), Ok(vec![-33, -67]));
    assert_eq!(split(5, &[]), Err(AllocationFault::NoShares));
    assert_eq!(split(5, &[0, 0]), Err(AllocationFault::AllZero));
    assert_eq!(split(5, &[1, -1]), Err(AllocationFault::NegativeShare { index: 1 }));
}

#[test]
fn working_days_are_counted_with_both_ends() {
    // Christmas Day and Boxing Day of 2024 fall on working weekdays; 2 January is a holiday in Scotland.
    assert_eq!(working_days(day("2024-12-24"), day("2025-01-08")), Ok(8));
    assert_eq!(working_days(day("2026-07-25"), day("2026-07-26")), Ok(0), "a weekend");
    assert_eq!(working_days(day("2026-07-27"), day("2026-07-26")), Ok(0), "nothing lies between them");
}

#[test]
fn standstill_examples() {
    for (published, last) in
        [("2024-12-24", "2025-01-08"), ("2026-03-12", "2026-03-24"), ("2026-07-27", "2026-08-06")]
    {
        assert_eq!(standstill(day(published), 8).unwrap().last_day, day(last), "{published}");
    }
    let from_saturday = standstill(day("2026-07-25"), 8).unwrap();
    assert_eq!((from_saturday.first_day, from_saturday.sign_from), (day("2026-07-27"), day("2026-08-07")));
    assert_eq!(standstill(day("2026-07-27"), 7), Err(CalendarFault::TooShort { least: 8 }));
    assert!(matches!(standstill(day("2028-12-27"), 8), Err(CalendarFault::OutsideList(_))));
    assert!(is_working_day(day("2023-12-29")).is_err());
}

#[test]
fn bank_holidays_are_the_union_of_three_lists() {
    let union = |year| {
        let mut days: Vec<String> =
            bank_holidays(year).iter().map(|holiday| holiday.date.format("%m-%d").to_string()).collect();
        days.sort();
        days.dedup();
        days.join(" ")
    };
    assert_eq!(
        union(2026),
        "01-01 01-02 03-17 04-03 04-06 05-04 05-25 06-15 07-13 08-03 08-31 11-30 12-25 12-28"
    );
    assert_eq!(union(2027), "01-01 01-04 03-17 03-26 03-29 05-03 05-31 07-12 08-02 08-30 11-30 12-27 12-28");
    assert_eq!(union(2028), "01-03 01-04 03-17 04-14 04-17 05-01 05-29 07-12 08-07 08-28 11-30 12-25 12-26");
}

#[test]
fn periods_count_from_where_the_clause_says() {
    assert_eq!(tender_period_earliest(day("2026-03-01"), TenderBasis::AllDocuments), Ok(day("2026-03-26")));
    assert_eq!(
        tender_period_earliest(day("2026-03-01"), TenderBasis::NotAllDocuments),
        Ok(day("2026-03-31"))
    );
    assert_eq!(tender_period_earliest(day("2026-03-01"), TenderBasis::Reduced), Ok(day("2026-03-11")));
    assert_eq!(calendar::CONTRACT_DETAILS.last_day(day("2026-03-01")), Ok(day("2026-03-30")));
}

#[test]
fn canonical_json_is_rfc_8785() {
    let value =
        json!({"\u{20ac}": 1, "\r": "\u{1}\"\\\n/", "1": [true, null], "\u{1F600}": -5, "\u{fb33}": {}});
    let text = String::from_utf8(canonical::to_bytes(&value).unwrap()).unwrap();
    // The order of RFC 8785 section 3.2.3: the surrogate pair stands before U+FB33.
    assert_eq!(
        text,
        "{\"\\r\":\"\\u0001\\\"\\\\\\n/\",\"1\":[true,null],\"\u{20ac}\":1,\"\u{1F600}\":-5,\"\u{fb33}\":{}}"
    );
    assert_eq!(
        canonical::sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(canonical::to_bytes(&json!({"a": [1.5]})).unwrap_err().place, "/a/0");
    assert!(canonical::to_bytes(&json!(9_007_199_254_740_991_i64)).is_ok());
    assert!(canonical::to_bytes(&json!(9_007_199_254_740_992_i64)).is_err());
    assert!(canonical::to_bytes(&json!(u64::MAX)).is_err());
    assert!(canonical::to_bytes(&json!(1.0)).is_err());
}

#[test]
fn line_ids_survive_what_spreadsheets_do() {
    // The example of the Global Release Identifier, a published use of MOD 37,36: A1-2425G-ABC1234002-M.
    assert_eq!(with_check("A12425GABC1234002"), "A12425GABC1234002-M");
    assert_eq!(with_check("P01"), "P01-K");
    for text in ["P01-K", " p01-k ", "P01K", "P01–K", "P01\u{2212}K"] {
        assert_eq!(strip_check(text).as_deref(), Ok("P01"), "{text}");
    }
    assert_eq!(strip_check("P02-K"), Err(LineIdFault::WrongCheck));
    assert_eq!(strip_check("P01_K"), Err(LineIdFault::Foreign('_')));
    assert_eq!(strip_check("K"), Err(LineIdFault::TooShort));
    assert_eq!(strip_check(""), Err(LineIdFault::TooShort));
}

#[test]
fn stages_go_one_way() {
    let end = Stage::Pooling
        .agree_specification()
        .and_then(Stage::publish)
        .and_then(Stage::open)
        .and_then(Stage::finish_scoring)
        .and_then(Stage::award)
        .and_then(Stage::sign);
    assert_eq!(end, Ok(Stage::Contracted));
    assert_eq!(Stage::Tendering.reopen_pooling(), Ok(Stage::Pooling));
    for &stage in Stage::ALL {
        let steps = [
            stage.agree_specification(),
            stage.publish(),
            stage.open(),
            stage.finish_scoring(),
            stage.award(),
        ];
        let allowed = steps.into_iter().flatten().count();
        assert_eq!(allowed, usize::from(stage < Stage::Awarded), "{stage}");
        assert_eq!(stage.reopen_pooling().is_ok(), stage == Stage::Tendering);
        assert_eq!(stage.sign().is_ok(), stage == Stage::Awarded);
    }
    assert_eq!(Stage::Pooling.publish().unwrap_err().to_string(), "cannot publish while pooling");
}

#[test]
fn mails_are_claimed_before_anything_happens_to_them() {
    for &state in MailState::ALL {
        let sending = state == MailState::Sending;
        for step in [state.accept(), state.defer(), state.fail(), state.lose()] {
            assert_eq!(step.is_ok(), sending, "{state}");
        }
        assert_eq!(state.serve().is_ok(), state != MailState::Served);
    }
    assert_eq!(MailState::Uncertain.claim(), Ok(MailState::Sending));
    assert!(MailState::Accepted.claim().is_err() && MailState::Withheld.claim().is_err());
    assert_eq!(MailState::Withheld.release(), Ok(MailState::Queued));
}

#[test]
fn moderation_counts_steps_of_the_scale() {
    let scale = common::scale();
    assert_eq!(spread_steps(&scale, &["1", "5.0", "3"]), Some(2));
    assert!(moderation_needed(&scale, &["1", "5"], 2));
    assert!(!moderation_needed(&scale, &["3", "5"], 2));
    assert!(moderation_needed(&scale, &["3", "4"], 2));
    assert!(!scale.allows("4") && scale.allows("3.00"));
    assert_eq!(scale.share("3"), Exact::ratio(3, 5));
    assert_eq!(mean_text(&[Exact::from(4), Exact::from(5), Exact::from(4)]).as_deref(), Some("4.33"));
}

#[test]
fn a_rationale_that_repeats_the_descriptor_is_flagged() {
    let scale = common::scale();
    for said in [
        "Good, meets the requirement with minor concerns.",
        "EXCELLENT",
        "Mark 3: good: meets the requirement with minor concerns",
    ] {
        assert!(repeats_descriptor(said, &scale), "{said}");
    }
    for said in [
        "",
        "Section 4 names two engineers and a plan for weekends, but no rota.",
        "Good: meets the requirement with minor concerns, because page 7 leaves out data return at exit",
    ] {
        assert!(!repeats_descriptor(said, &scale), "{said}");
    }
}
