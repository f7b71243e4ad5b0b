//! The laboratory: findings worked out by hand, and properties that hold of any award model. In the lot that all tests begin with,
//! price has 40 (lowest bid over the bid), Q1 36, Q2 and Q3 12 each, on a scale of 0, 1, 3 and 5; a bid needs 20 quality points,
//! and a 1 on Q2.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
mod bids;
mod gates;
mod model;
mod money;
mod properties;
mod quality;

use common::pack;
use rules::exact::Exact;
use rules::laboratory::{Expected, Finding, Laboratory, LaboratoryFault, Matter, Severity, examine};
use rules::money::Pence;
use rules::pack::Pack;
use rules::words::PriceFormula;

/// £200,000 to £400,000.
const EXPECTED: Expected = Expected { low: Pence(20_000_000), high: Pence(40_000_000) };

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn tried(pack: &Pack) -> Laboratory {
    on(pack, EXPECTED)
}

fn on(pack: &Pack, expected: Expected) -> Laboratory {
    examine(pack, &pack.lots[0], &expected).unwrap()
}

/// The pack with all points at or below the target, and none from the ceiling on.
fn benchmark(target: &str, ceiling: &str) -> Pack {
    let mut pack = pack();
    let price = &mut pack.lots[0].price;
    price.formula = PriceFormula::BenchmarkLinear;
    price.target = Some(target.to_owned());
    price.ceiling = Some(ceiling.to_owned());
    pack
}

fn found(laboratory: &Laboratory, matter: Matter) -> Vec<&Finding> {
    laboratory.findings.iter().filter(|finding| finding.matter == matter).collect()
}

/// The only finding of its matter.
fn one(laboratory: &Laboratory, matter: Matter) -> &Finding {
    let found = found(laboratory, matter);
    assert_eq!(found.len(), 1, "{matter}: {:?}", laboratory.findings);
    found[0]
}

fn has(laboratory: &Laboratory, matter: Matter) -> bool {
    !found(laboratory, matter).is_empty()
}

/// The severity and the sentence of the only finding of its matter.
fn told(laboratory: &Laboratory, matter: Matter) -> (Severity, &str) {
    let finding = one(laboratory, matter);
    (finding.severity, &finding.told)
}

fn refused(pack: &Pack, expected: Expected) -> LaboratoryFault {
    examine(pack, &pack.lots[0], &expected).unwrap_err()
}

#[test]
fn a_range_that_is_none_is_refused() {
    let range = |low, high| refused(&pack(), Expected { low: Pence(low), high: Pence(high) });
    let fault = range(0, 100);
    assert_eq!(fault.code(), "expected_range_unfit");
    assert_eq!(
        fault.to_string(),
        "the expected prices go from £0.00 to £1.00: give a lowest price above £0.00 and a highest price above that, neither \
         above £1,000,000,000,000.00"
    );
    for (low, high) in [(-5, 100), (100, 100), (200, 100), (1, 100_000_000_000_001)] {
        assert_eq!(range(low, high).code(), "expected_range_unfit", "{low} to {high}");
    }
    assert!(examine(&pack(), &pack().lots[0], &Expected { low: Pence(1), high: Pence(2) }).is_ok());
}

#[test]
fn a_draft_that_cannot_be_scored_is_refused_with_every_reason() {
    let mut pack = pack();
    pack.lots[0].quality[0].weight = "50".to_owned();
    pack.lots[0].quality[0].question.as_mut().unwrap().scale = "0-10".to_owned();
    pack.lots[0].quality[1].children[0].question.as_mut().unwrap().minimum_mark = Some("2".to_owned());
    pack.scales[0].marks[1].value = "-1".to_owned();
    pack.method.decimals = 7;
    let LaboratoryFault::PackUnfit(problems) = refused(&pack, EXPECTED) else { panic!("another fault") };
    let begin = [
        "The criteria that quality is made of have weights of 90 %",
        "Totals are published with 7 decimals",
        "Question Q1 is marked on the scale \"0-10\"",
        "Scale \"0-5\", mark \"-1\" is below zero",
        "Scale \"0-5\", mark \"-1\" stands after 0",
        "Question Q2 has the minimum mark \"2\"",
    ];
    for beginning in begin {
        let times = problems.iter().filter(|problem| problem.starts_with(beginning)).count();
        assert_eq!(times, 1, "{beginning}: {problems:?}");
    }
}

#[test]
fn a_price_model_that_cannot_be_scored_is_refused() {
    let code = |pack: &Pack| refused(pack, EXPECTED).to_string();
    assert_eq!(
        code(&benchmark("300000", "300000")),
        "the draft cannot be scored yet: lot L1: the target is not below the ceiling."
    );
    let weighing = |weight: &str| {
        let mut pack = pack();
        pack.lots[0].price.weight = weight.to_owned();
        pack
    };
    assert!(code(&weighing("101")).contains("Lot L1 gives price a weight of 101 %: choose 0 to 100."));
    assert!(code(&weighing("-1")).contains("a weight of -1 %"));
    assert!(code(&weighing("much")).contains("the price weight \"much\" is not a number"));
    let mut empty = pack();
    empty.lots[0].quality.clear();
    assert!(code(&empty).contains("Lot L1 has no questions: add at least one."));
}

#[test]
fn the_whole_of_it_goes_through_json_and_back() {
    for pack in [pack(), benchmark("250000", "350000.005")] {
        let laboratory = tried(&pack);
        let text = serde_json::to_string(&laboratory).unwrap();
        assert_eq!(serde_json::from_str::<Laboratory>(&text).unwrap(), laboratory);
        let topics: Vec<_> = laboratory.findings.iter().map(|finding| finding.topic).collect();
        assert!(topics.is_sorted(), "findings are told in the order of their topics");
    }
}
