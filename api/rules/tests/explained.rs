//! Numbers and price points as people are told them.
#![allow(clippy::unwrap_used)]

use rules::exact::Exact;
use rules::money::Pence;
use rules::price::{PriceFault, PriceRule, explained};
use rules::words::BaseSet;

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn benchmark() -> PriceRule {
    PriceRule::BenchmarkLinear { target: exact("100"), ceiling: exact("200") }
}

#[test]
fn a_number_is_told_exactly() {
    for (text, told) in [
        ("9.975", "9.975"),
        ("399/40", "9.975"),
        ("25/3", "25/3"),
        ("-5/6", "-5/6"),
        ("40.00", "40"),
        ("0", "0"),
        ("-1/8", "-0.125"),
        ("1/1024", "0.0009765625"),
    ] {
        assert_eq!(exact(text).decimal(), told, "{text}");
    }
}

#[test]
fn a_relative_formula_names_the_lowest_price_and_whose_it_may_be() {
    let base = [Pence(11_810), Pence(5_905)];
    let told =
        explained(&PriceRule::LowestOverBid, &exact("39.975"), Pence(11_810), (BaseSet::Compliant, &base), 2);
    assert_eq!(
        told.unwrap(),
        "39.975 × £59.05 ÷ £118.10 = 19.99 points, where £59.05 is the lowest evaluated price of the tenders that were \
         not withdrawn and meet the requirements and £118.10 the evaluated price of this tender."
    );
    let nobody = explained(&PriceRule::LowestOverBid, &exact("40"), Pence(100), (BaseSet::Eligible, &[]), 2);
    assert_eq!(nobody, Err(PriceFault::NoBids));
}

#[test]
fn a_benchmark_is_told_within_and_beyond_its_ends() {
    let told =
        |pence| explained(&benchmark(), &exact("40"), Pence(pence), (BaseSet::Eligible, &[]), 2).unwrap();
    assert_eq!(
        told(15_000),
        "40 × (£200.00 − £150.00) ÷ (£200.00 − £100.00) = 20.00 points, where £200.00 is the published ceiling, £100.00 \
         the published target and £150.00 the evaluated price of this tender."
    );
    assert_eq!(
        told(9_000),
        "40.00 points: £90.00, the evaluated price of this tender, is not above the published target of £100.00, which \
         earns all 40."
    );
    assert_eq!(
        told(20_000),
        "0.00 points: £200.00, the evaluated price of this tender, is not below the published ceiling of £200.00, \
         which earns none."
    );
}
