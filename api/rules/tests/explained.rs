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
         not withdrawn or disregarded and meet the requirements and £118.10 the evaluated price of this tender."
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

/// The formulas that no pack offers yet have their sentences too, with the figures that make the points.
#[test]
fn the_other_relative_formulas_are_told_with_their_figures() {
    let base = [Pence(10_000), Pence(15_000), Pence(20_000)];
    let told = |rule: &PriceRule, price: i64, base: &[Pence]| {
        explained(rule, &exact("40"), Pence(price), (BaseSet::Submitted, base), 2).unwrap()
    };
    assert_eq!(
        told(&PriceRule::LinearFromLowest { k: exact("2") }, 15_000, &base),
        "40 × (2 × £100.00 − £150.00) ÷ ((2 − 1) × £100.00), not below 0 and not above 40, = 20.00 points, where \
         £100.00 is the lowest evaluated price of all tenders that were not withdrawn or disregarded and £150.00 the evaluated price \
         of this tender."
    );
    assert_eq!(
        told(&PriceRule::LinearMinMax, 15_000, &base),
        "40 × (£200.00 − £150.00) ÷ (£200.00 − £100.00) = 20.00 points, where £200.00 is the highest and £100.00 the \
         lowest evaluated price of all tenders that were not withdrawn or disregarded and £150.00 the evaluated price of this tender."
    );
    assert_eq!(
        told(&PriceRule::LinearMinMax, 10_000, &base[..1]),
        "40.00 points: every evaluated price of all tenders that were not withdrawn or disregarded is £100.00, and each earns all 40."
    );
    let mean = PriceRule::LinearMean { base: exact("1/2"), slope: exact("1") };
    assert_eq!(
        told(&mean, 20_000, &base),
        "40 × (0.5 + 1 × (£150.00 − £200.00) ÷ £150.00), not below 0 and not above 40, = 6.67 points, where £150.00 is \
         the mean evaluated price of all tenders that were not withdrawn or disregarded and £200.00 the evaluated price of this tender."
    );
}
