//! What holds of any award model: every figure is worked out again, and every example ranked again.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rules::criteria::quality_points;
use rules::exact::Exact;
use rules::laboratory::{Example, ExampleTotal, Expected, Laboratory};
use rules::money::Pence;
use rules::pack::{Pack, PriceModel};
use rules::price::{Parameter, PriceRule};
use rules::record::{BidInput, LotResult, lot_result};
use rules::scale::{Scale, ScaleMark};
use rules::words::{BaseSet, Charge, PriceFormula, RankOn, TieBreak};

use crate::common::{bid, line, pack, priced, question};
use crate::on;

/// Two to four marks that rise by 1 to 3.
fn some_scale() -> impl Strategy<Value = Scale> {
    (0_u32..2, prop::collection::vec(1_u32..4, 1..4)).prop_map(|(first, steps)| {
        let mut values = vec![first];
        for step in steps {
            values.push(values[values.len() - 1] + step);
        }
        let mark = |value: u32| ScaleMark {
            value: value.to_string(),
            percent: None,
            descriptor: format!("What earns a {value}"),
        };
        Scale { name: "0-5".to_owned(), marks: values.into_iter().map(mark).collect() }
    })
}

/// Whole percentages that sum to 100.
fn some_weights() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(1_u32..20, 1..5).prop_map(|mut weights| {
        let sum: u32 = weights.iter().sum();
        weights.push(100 - sum);
        weights
    })
}

/// A lot with one price line, whose unit price is the evaluated price, and no requirements.
fn some_pack() -> impl Strategy<Value = Pack> {
    let method = (any::<bool>(), 0_u32..4, prop::sample::subsequence(TieBreak::ALL.to_vec(), 0..=2));
    let set = prop::sample::select(BaseSet::ALL.to_vec());
    let price = (1_u32..100, prop::sample::select(PriceFormula::ALL.to_vec()), 1_i64..500, 1_i64..500);
    (some_scale(), some_weights(), method, set, price, 0_u32..60, any::<bool>()).prop_map(
        |(scale, weights, (rounded, decimals, keys), set, (weight, formula, target, above), least, gated)| {
            let mut pack = pack();
            pack.requirements.clear();
            pack.method.decimals = decimals;
            pack.method.rank_on = if rounded { RankOn::Rounded } else { RankOn::Exact };
            pack.method.tie_break = keys;
            pack.method.base_set = set;
            let minimum = gated.then(|| scale.marks[scale.marks.len() / 2].value.clone());
            let lot = &mut pack.lots[0];
            lot.price = formula
                .parameters()
                .iter()
                .fold(PriceModel::new(&weight.to_string(), formula), |model, parameter| {
                    model.with(*parameter, Some(number(*parameter, target, above)))
                });
            lot.min_quality = Some(least.to_string());
            let node = |(at, weight): (usize, u32)| {
                question(&format!("Q{at}"), &weight.to_string(), minimum.as_deref().filter(|_| at == 0))
            };
            lot.quality = weights.into_iter().enumerate().map(node).collect();
            lot.schedule = vec![line("P01", Charge::OneOff, &[])];
            pack.scales = vec![scale];
            pack
        },
    )
}

/// A number for a parameter, from two of 1 to 499.
fn number(parameter: Parameter, one: i64, other: i64) -> String {
    match parameter {
        Parameter::Target => one.to_string(),
        Parameter::Ceiling => (one + other).to_string(),
        Parameter::K => format!("{}/{one}", one + other),
        Parameter::Base => format!("{one}/{}", one + other),
        Parameter::Slope => format!("{one}/{other}"),
    }
}

fn some_range() -> impl Strategy<Value = Expected> {
    (1_i64..60_000, 1_i64..60_000)
        .prop_map(|(low, width)| Expected { low: Pence(low), high: Pence(low + width) })
}

/// The bids of an example as they would come in.
fn handed_in(example: &Example) -> Vec<BidInput> {
    let of = |one: &rules::laboratory::ExampleBid| BidInput {
        marks: one.marks.clone(),
        prices: [("P01".to_owned(), priced(&one.price.to_string()))].into(),
        ..bid(&one.name, ["0"; 3], ["0"; 3])
    };
    example.bids.iter().map(of).collect()
}

fn totals(result: &LotResult) -> Vec<ExampleTotal> {
    let of = |bid: &rules::record::BidResult| ExampleTotal {
        name: bid.bid.clone(),
        price_points: bid.price_points.as_ref().unwrap().exact.clone(),
        total: bid.total.as_ref().unwrap().exact.clone(),
        rank: bid.rank.unwrap(),
    };
    let mut totals: Vec<ExampleTotal> = result.bids.iter().map(of).collect();
    totals.sort_by_key(|one| one.rank);
    totals
}

/// Every way to mark the lot, as quality points.
fn brute(pack: &Pack) -> Vec<Exact> {
    let lot = &pack.lots[0];
    let values: Vec<&str> = pack.scales[0].marks.iter().map(|mark| mark.value.as_str()).collect();
    let mut ways = vec![std::collections::BTreeMap::new()];
    for question in lot.questions() {
        let with = |way: &std::collections::BTreeMap<String, String>, value: &&str| {
            let mut way = way.clone();
            way.insert(question.code.clone(), (*value).to_owned());
            way
        };
        ways = ways.iter().flat_map(|way| values.iter().map(move |value| with(way, value))).collect();
    }
    ways.iter().map(|way| quality_points(lot, &pack.scales, way).unwrap().total).collect()
}

/// The points of a price under the lot's formula, beside bids at the ends of the range.
fn points(pack: &Pack, price: &Exact, expected: Expected) -> Exact {
    let model = &pack.lots[0].price;
    let rule = PriceRule::from_model(model).unwrap();
    let weight = model.weight.parse().unwrap();
    let ends = [expected.low.to_exact(), expected.high.to_exact()];
    rule.points_against(&weight, std::slice::from_ref(price), &ends).unwrap().remove(0)
}

fn sum_of_shares(laboratory: &Laboratory, points: &Exact) -> Exact {
    laboratory.flat.iter().filter(|part| part.points == *points).map(|part| &part.share).sum()
}

fn half(from: &Exact, to: &Exact) -> Exact {
    (from + to).checked_div(&Exact::from(2)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_example_flips_when_it_is_handed_in(pack in some_pack(), expected in some_range()) {
        let laboratory = on(&pack, expected);
        prop_assert_eq!(laboratory.relative.relative, laboratory.reference.is_some());
        prop_assert!(laboratory.relative.relative || laboratory.relative.example.is_none());
        if let Some(example) = laboratory.relative.example {
            let bids = handed_in(&example);
            let with = lot_result(&pack, "lot-1", &bids).unwrap();
            let without = lot_result(&pack, "lot-1", &bids[..2]).unwrap();
            prop_assert_eq!((with.winner.as_deref(), without.winner.as_deref()), (Some("A"), Some("B")));
            prop_assert_eq!(totals(&with), example.before);
            prop_assert_eq!(totals(&without), example.after);
            for one in &example.bids {
                prop_assert!(expected.low <= one.price && one.price <= expected.high);
                let quality = quality_points(&pack.lots[0], &pack.scales, &one.marks).unwrap().total;
                prop_assert_eq!(&quality, &one.quality);
            }
        }
    }

    #[test]
    fn under_an_absolute_formula_no_bid_moves_another(
        mut pack in some_pack(), prices in prop::collection::vec(1_u32..60_000, 2..6),
    ) {
        pack.lots[0].price = PriceModel::new(&pack.lots[0].price.weight, PriceFormula::BenchmarkLinear)
            .with(Parameter::Target, Some("100".to_owned()))
            .with(Parameter::Ceiling, Some("400".to_owned()));
        let laboratory = on(&pack, Expected { low: Pence(1), high: Pence(60_000) });
        prop_assert!(!laboratory.relative.relative);
        let rule = PriceRule::from_model(&pack.lots[0].price).unwrap();
        let weight: Exact = pack.lots[0].price.weight.parse().unwrap();
        let prices: Vec<Exact> = prices.into_iter().map(|pence| Pence(pence.into()).to_exact()).collect();
        let all = rule.points(&weight, &prices).unwrap();
        for left_out in 0..prices.len() {
            let (mut fewer, mut expected) = (prices.clone(), all.clone());
            fewer.remove(left_out);
            expected.remove(left_out);
            prop_assert_eq!(rule.points(&weight, &fewer).unwrap(), expected);
        }
    }

    #[test]
    fn level_prices_are_level_and_all_others_are_not(pack in some_pack(), expected in some_range()) {
        let laboratory = on(&pack, expected);
        for part in &laboratory.flat {
            prop_assert!(expected.low.to_exact() <= part.from && part.from < part.to);
            prop_assert!(part.to <= expected.high.to_exact());
            for price in [&part.from, &half(&part.from, &part.to), &part.to] {
                prop_assert_eq!(&points(&pack, price, expected), &part.points);
            }
        }
        // Between two neighbouring points of the curve, which has every break, points fall unless both lie in a level part.
        for pair in laboratory.curve.windows(2) {
            let level = laboratory.flat.iter().any(|part| part.from <= pair[0].price && pair[1].price <= part.to);
            prop_assert!(pair[0].price < pair[1].price);
            prop_assert_eq!(pair[0].points == pair[1].points, level);
            prop_assert!(pair[0].points >= pair[1].points);
        }
        for point in &laboratory.curve {
            prop_assert_eq!(&points(&pack, &point.price, expected), &point.points);
        }
        prop_assert_eq!(&laboratory.extremes.nothing, &sum_of_shares(&laboratory, &Exact::zero()));
        let all = pack.lots[0].price.weight.parse().unwrap();
        prop_assert_eq!(&laboratory.extremes.everything, &sum_of_shares(&laboratory, &all));
    }

    #[test]
    fn a_point_costs_what_the_curve_says(pack in some_pack(), expected in some_range()) {
        // A thousandth of a penny further, a straight line has moved exactly, a curved one nearly.
        let laboratory = on(&pack, expected);
        let step: Exact = "1/100000".parse().unwrap();
        let at = laboratory.worth.middle.to_exact();
        let moved = points(&pack, &(&at - &step), expected) - points(&pack, &at, expected);
        match &laboratory.worth.per_point.middle {
            None => prop_assert!(moved.is_zero()),
            Some(rate) => {
                let off = moved * rate - &step;
                prop_assert!(off.abs() <= &step * &step * Exact::from(200).checked_div(&at).unwrap(), "off by {off}");
            }
        }
    }

    #[test]
    fn totals_are_those_of_every_way_to_mark(pack in some_pack(), expected in some_range()) {
        let (all, laboratory) = (brute(&pack), on(&pack, expected));
        let ties = &laboratory.ties;
        let decimals = pack.method.decimals;
        prop_assert_eq!(&ties.ways_to_mark, &Exact::from(all.len()));
        prop_assert_eq!(ties.totals, Some(all.iter().collect::<BTreeSet<_>>().len()));
        let rounded: BTreeSet<Exact> = all.iter().map(|total| total.round(decimals)).collect();
        prop_assert_eq!(ties.totals_rounded, Some(rounded.len()));
        prop_assert_eq!(Some(&laboratory.minimums.best), all.iter().max());
        // What passes is looked for among all ways whose first mark reaches its minimum.
        let least = pack.lots[0].min_quality.as_ref().unwrap().parse::<Exact>().unwrap();
        let gate = pack.lots[0].quality[0].question.as_ref().unwrap().minimum_mark.as_ref();
        let place = gate.map_or(0, |mark| pack.scales[0].position(mark).unwrap());
        let rest = all.len() / pack.scales[0].marks.len();
        let passing = all.iter().skip(place * rest).filter(|total| **total >= least).min();
        prop_assert_eq!(laboratory.minimums.least_passing.as_ref(), passing);
        prop_assert!(laboratory.minimums.least_passing_reached);
    }

    #[test]
    fn who_outweighs_whom_is_what_a_ranking_of_both_says(pack in some_pack(), expected in some_range()) {
        let Some(two) = on(&pack, expected).weights.outweigh else { return Ok(()) };
        if two.best_total.round(pack.method.decimals) != two.least_total.round(pack.method.decimals) {
            prop_assert_eq!(two.can, two.best_total > two.least_total);
        }
        let high = points(&pack, &expected.high.to_exact(), expected);
        prop_assert_eq!(&two.best_total, &(&two.best_quality + high));
    }
}
