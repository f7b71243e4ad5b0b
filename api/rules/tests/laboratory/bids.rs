//! Whether bids move each other's points, by hand.

use rules::exact::Exact;
use rules::laboratory::{Expected, Matter, Severity};
use rules::money::Pence;
use rules::words::RankOn;

use crate::common::{pack, question};
use crate::{benchmark, exact, has, on, told, tried};

#[test]
fn a_losing_bid_that_decides_is_shown_in_the_lots_own_weights() {
    let laboratory = tried(&pack());
    let example = laboratory.relative.example.as_ref().unwrap();
    let bids: Vec<_> = example.bids.iter().map(|bid| (bid.price, bid.quality.clone())).collect();
    assert_eq!(
        bids,
        [
            (Pence(36_666_666), exact("60")),
            (Pence(26_666_666), exact("50.4")),
            (Pence(20_000_000), exact("21.6"))
        ]
    );
    // 50.4: Q1 36 · 5/5, Q2 and Q3 12 · 3/5.
    let marks: Vec<_> = example.bids[1].marks.iter().map(|(question, mark)| (&**question, &**mark)).collect();
    assert_eq!(marks, [("Q1", "5"), ("Q2", "3"), ("Q3", "3")]);
    let totals = |totals: &[rules::laboratory::ExampleTotal]| {
        totals.iter().map(|one| (one.name.clone(), one.total.clone(), one.rank)).collect::<Vec<_>>()
    };
    // A 60 + 40 · 200,000 / 366,666.66, B 50.4 + 40 · 200,000 / 266,666.66, C 21.6 + 40.
    assert_eq!(
        totals(&example.before),
        [
            ("A".to_owned(), exact("60") + exact("800000000/36666666"), 1),
            ("B".to_owned(), exact("50.4") + exact("800000000/26666666"), 2),
            ("C".to_owned(), exact("61.6"), 3)
        ]
    );
    // Without C the lowest price is B's: B 50.4 + 40, A 60 + 40 · 266,666.66 / 366,666.66.
    assert_eq!(
        totals(&example.after),
        [("B".to_owned(), exact("90.4"), 1), ("A".to_owned(), exact("60") + exact("1066666640/36666666"), 2)]
    );
    assert_eq!(
        told(&laboratory, Matter::LoserDecides),
        (
            Severity::Serious,
            "Price points depend on the lowest bid, so that a bid which loses can decide who wins. For example A with 60 quality \
             points at £366,666.66; B with 50.4 quality points at £266,666.66; C with 21.6 quality points at £200,000.00: A \
             wins and C loses (A 81.82, B 80.40, C 61.60). Without C, B wins (B 90.40, A 89.09), though nothing about A and B \
             has changed. Take an absolute formula, or decide that you can defend this."
        )
    );
}

#[test]
fn no_example_is_told_with_how_many_were_looked_at() {
    // Prices from £200,000 to £200,006 part no two qualities: the least gap is 2.4 points, and all prices are worth 0.0012.
    let laboratory = on(&pack(), Expected { low: Pence(20_000_000), high: Pence(20_000_600) });
    assert!(laboratory.relative.relative && laboratory.relative.example.is_none());
    // 7 prices make 7 · 6 · 5 sets of three.
    assert_eq!(laboratory.relative.looked_at % 210, 0);
    // In a range of two pence there are only three prices, which are one set in six orders.
    let narrow = on(&pack(), Expected { low: Pence(20_000_000), high: Pence(20_000_002) });
    assert_eq!(narrow.relative.looked_at * 35, laboratory.relative.looked_at);
    let (severity, sentence) = told(&laboratory, Matter::DependsOnOthers);
    assert_eq!(severity, Severity::Attend);
    assert!(sentence.contains("sets of three invented bids none was found"), "{sentence}");
}

#[test]
fn without_a_bid_past_the_minimums_there_is_no_example() {
    let mut pack = pack();
    pack.lots[0].min_quality = Some("61".to_owned());
    let laboratory = tried(&pack);
    assert_eq!((laboratory.relative.example.is_none(), laboratory.relative.looked_at), (true, 0));
}

#[test]
fn an_example_that_rounding_would_undo_is_not_told() {
    // On totals without decimals, 13/25 of a point can be level: whatever is told was ranked on such totals.
    let mut pack = pack();
    pack.method.decimals = 0;
    pack.method.rank_on = RankOn::Rounded;
    pack.method.tie_break.clear();
    let laboratory = on(&pack, Expected { low: Pence(20_000_000), high: Pence(22_000_000) });
    if let Some(example) = laboratory.relative.example {
        let first =
            |totals: &[rules::laboratory::ExampleTotal]| totals[0].total.round(0) > totals[1].total.round(0);
        assert!(first(&example.before) && first(&example.after));
    }
}

#[test]
fn an_absolute_formula_is_told_to_be_one() {
    let laboratory = tried(&benchmark("250000", "350000"));
    assert!(!laboratory.relative.relative && laboratory.reference.is_none());
    let (severity, sentence) = told(&laboratory, Matter::Absolute);
    assert_eq!(severity, Severity::Note);
    assert!(sentence.starts_with("Price points follow from the published target and ceiling alone"));
    assert!(!has(&laboratory, Matter::LoserDecides));
}

#[test]
fn without_a_price_weight_nothing_is_told_of_prices() {
    let mut pack = pack();
    pack.lots[0].price.weight = "0".to_owned();
    let laboratory = tried(&pack);
    for matter in [Matter::LoserDecides, Matter::DependsOnOthers, Matter::FlatRange, Matter::PointWorth] {
        assert!(!has(&laboratory, matter), "{matter}");
    }
    assert_eq!(told(&laboratory, Matter::PriceWeightless).0, Severity::Serious);
}

#[test]
fn in_a_large_lot_the_losing_bid_still_has_the_least_quality() {
    let mut pack = pack();
    let lot = &mut pack.lots[0];
    lot.min_quality = None;
    // All weights differ, so that a step on each question makes another total: 1 + 2 + … + 12 is 78.
    let weight = |number: i64| (Exact::from(number) * exact("100/78")).to_string();
    lot.quality = (1..=12).map(|number| question(&format!("Q{number}"), &weight(number), None)).collect();
    let laboratory = tried(&pack);
    let example = laboratory.relative.example.as_ref().unwrap();
    assert!(
        example.bids[2].quality.is_zero(),
        "of a hundred totals only some are tried, the least among them"
    );
}
