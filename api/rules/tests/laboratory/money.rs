//! What points are worth, and which prices change nothing, by hand.

use rules::exact::Exact;
use rules::laboratory::{Expected, FlatRange, LaboratoryFault, Matter, Severity, examine};
use rules::money::Pence;
use rules::pack::PriceModel;
use rules::price::Parameter;
use rules::words::PriceFormula;

use crate::common::pack;
use crate::{EXPECTED, benchmark, exact, found, has, on, one, told, tried};

#[test]
fn a_relative_point_costs_more_the_dearer_the_bid() {
    let laboratory = tried(&pack());
    assert_eq!(laboratory.reference, Some(EXPECTED.low));
    // 40 · 200,000 / p falls by 8,000,000 / p² a pound: a point is p² / 8,000,000 pounds.
    let rates = &laboratory.worth.per_point;
    assert_eq!(
        (&rates.low, &rates.middle, &rates.high),
        (&Some(exact("5000")), &Some(exact("11250")), &Some(exact("20000")))
    );
    assert_eq!(
        told(&laboratory, Matter::PointWorthVaries),
        (
            Severity::Attend,
            "One price point is worth £5,000.00 at £200,000.00; £11,250.00 at £300,000.00; £20,000.00 at £400,000.00. This is \
             told beside bids of £200,000.00 and £400,000.00. A pound that a dear bidder saves earns far fewer points than one that a \
             cheap bidder saves: take a straight line, or decide that this is meant."
        )
    );
    // Of 1 to 1.4 times the price, a point costs 1.96 times as much.
    let narrow = on(&pack(), Expected { low: Pence(1_000), high: Pence(1_400) });
    assert!(!has(&narrow, Matter::PointWorthVaries) && has(&narrow, Matter::PointWorth));
}

#[test]
fn a_straight_line_has_one_price_for_a_point_and_none_where_it_is_level() {
    let laboratory = tried(&benchmark("250000", "350000"));
    let rates = &laboratory.worth.per_point;
    assert_eq!((&rates.low, &rates.middle, &rates.high), (&None, &Some(exact("2500")), &None));
    assert_eq!(
        told(&laboratory, Matter::PointWorth).1,
        "One price point is worth nothing at £200,000.00, where price points are level; £2,500.00 at £300,000.00; nothing at \
         £400,000.00, where price points are level."
    );
    // Target and ceiling at the ends of the range are on the line: up from the one, down from the other.
    let rates = tried(&benchmark("200000", "400000")).worth.per_point;
    assert_eq!((rates.low, rates.high), (Some(exact("5000")), Some(exact("5000"))));
    // At a middle that is the target, a lower price gains nothing; at one that is the ceiling, it does.
    assert_eq!(tried(&benchmark("300000", "400000")).worth.per_point.middle, None);
    assert_eq!(tried(&benchmark("200000", "300000")).worth.per_point.middle, Some(exact("2500")));
}

#[test]
fn a_step_of_mark_is_told_in_pounds() {
    let laboratory = tried(&pack());
    let q1 = &laboratory.worth.steps[0];
    // 0 to 1 is a fifth of 36, 1 to 3 two fifths; at £11,250 a point.
    assert_eq!(
        (q1.smallest.from.as_str(), q1.smallest.to.as_str(), &q1.smallest.points),
        ("0", "1", &exact("7.2"))
    );
    assert_eq!(
        (q1.largest.from.as_str(), q1.largest.to.as_str(), &q1.largest.points),
        ("1", "3", &exact("14.4"))
    );
    assert_eq!(
        (&q1.smallest.pounds.low, &q1.smallest.pounds.middle, &q1.largest.pounds.high),
        (&Some(exact("36000")), &Some(exact("81000")), &Some(exact("288000")))
    );
    let sentences = found(&laboratory, Matter::StepWorth);
    assert_eq!(sentences.len(), 3);
    assert_eq!(sentences[0].place, "Q1");
    assert_eq!(
        sentences[0].told,
        "Q1 (Q1): one step of mark is worth 7.2 points (0 to 1) to 14.4 points (1 to 3), as much as £81,000.00 to £162,000.00 at \
         a price of £300,000.00. Ask whether the councils would pay that."
    );
}

#[test]
fn a_step_that_no_price_makes_up_for_is_told() {
    // From £200,000 to £240,000, prices part 40 − 40 / 1.2 = 6 2/3 points; a step of Q1 at least 7.2, of Q2 at least 2.4.
    let laboratory = on(&pack(), Expected { low: Pence(20_000_000), high: Pence(24_000_000) });
    let finding = one(&laboratory, Matter::StepOutweighsRange);
    assert_eq!((finding.place.as_str(), finding.severity), ("Q1", Severity::Attend));
    assert!(
        finding.told.contains("The whole expected range of prices is worth about 6.67 points"),
        "{}",
        finding.told
    );
    // Exactly as much as the range is no price that makes up for it either: 40 − 40 / 1.25 = 8 is more than 7.2.
    assert!(!has(
        &on(&pack(), Expected { low: Pence(20_000_000), high: Pence(25_000_000) }),
        Matter::StepOutweighsRange
    ));
    let even = on(&benchmark("0", "1000000"), Expected { low: Pence(10_000_000), high: Pence(28_000_000) });
    // 40 · 180,000 / 1,000,000 = 7.2.
    assert_eq!(found(&even, Matter::StepOutweighsRange).len(), 1);
}

#[test]
fn level_prices_are_told_with_their_exact_borders() {
    let laboratory = tried(&benchmark("250000.005", "350000"));
    let flat = |from: &str, to: &str, points: &str, share: &str| FlatRange {
        from: exact(from),
        to: exact(to),
        points: exact(points),
        share: exact(share),
    };
    assert_eq!(
        laboratory.flat,
        [flat("200000", "250000.005", "40", "25.0000025"), flat("350000", "400000", "0", "25")]
    );
    assert_eq!(
        (&laboratory.extremes.nothing, &laboratory.extremes.everything),
        (&exact("25"), &exact("25.0000025"))
    );
    let sentences = found(&laboratory, Matter::FlatRange);
    assert_eq!(
        sentences[1].told,
        "From £350,000.00 to £400,000.00 a lower price gains nothing: every bid there has 0 of 40 price points. That is 25 % of \
         the expected range. Raise the ceiling to £400,000.00 or more, or decide that no such price needs to be told from \
         another."
    );
    assert!(
        sentences[0].told.starts_with("From £200,000.00 to about £250,000.01 a lower price gains nothing")
    );
    assert!(sentences.iter().all(|finding| finding.severity == Severity::Attend));
    assert_eq!(one(&laboratory, Matter::Extremes).severity, Severity::Serious, "both are half of the range");
    let half = |target: &str| one(&tried(&benchmark(target, "400000")), Matter::FlatRange).severity;
    assert_eq!((half("299999.99"), half("300000")), (Severity::Attend, Severity::Serious));
}

#[test]
fn a_range_that_is_level_altogether_is_serious() {
    for (target, ceiling, points) in [("500000", "600000", "40"), ("100000", "150000", "0")] {
        let laboratory = tried(&benchmark(target, ceiling));
        assert_eq!(laboratory.flat.len(), 1);
        assert_eq!(
            (&laboratory.flat[0].share, &laboratory.flat[0].points),
            (&Exact::hundred(), &exact(points))
        );
        assert_eq!(one(&laboratory, Matter::FlatRange).severity, Severity::Serious);
        assert_eq!(one(&laboratory, Matter::FarFromWeight).severity, Severity::Serious);
    }
}

#[test]
fn a_formula_that_falls_everywhere_has_no_level_prices() {
    for pack in [pack(), benchmark("200000", "400000"), benchmark("100000", "500000")] {
        let laboratory = tried(&pack);
        assert!(laboratory.flat.is_empty() && has(&laboratory, Matter::NoFlatRange));
        assert!(laboratory.extremes.nothing.is_zero() && has(&laboratory, Matter::NoExtremes));
    }
}

#[test]
fn the_curve_has_its_samples_and_its_breaks() {
    let curve = tried(&pack()).curve;
    assert_eq!(curve.len(), 41);
    assert_eq!((&curve[0].price, &curve[0].points), (&exact("200000"), &exact("40")));
    assert_eq!((&curve[40].price, &curve[40].points), (&exact("400000"), &exact("20")));
    // 250,000 is a sample already, 333,333.33 is not.
    let curve = tried(&benchmark("250000", "333333.33")).curve;
    assert_eq!(curve.len(), 42);
    let at = |price: &str| &curve.iter().find(|point| point.price == exact(price)).unwrap().points;
    assert_eq!((at("250000"), at("333333.33"), at("400000")), (&exact("40"), &exact("0"), &exact("0")));
    assert_eq!(at("255000"), &(exact("40") * exact("78333.33").checked_div(&exact("83333.33")).unwrap()));
}

#[test]
fn the_price_weight_in_play_is_told_beside_a_step_of_marks() {
    let laboratory = tried(&pack());
    let play = &laboratory.in_play;
    // £270,000 and £330,000: 40 − 40 · 27 / 33 = 80 / 11 of 40; steps of a fifth or two fifths of 60.
    assert_eq!((&play.cheaper, &play.dearer), (&exact("270000"), &exact("330000")));
    assert_eq!((&play.price_spread, &play.price_percent), (&exact("80/11"), &Some(exact("200/11"))));
    assert_eq!((&play.quality_least, &play.quality_most), (&exact("12"), &exact("24")));
    assert_eq!(
        (&play.quality_least_percent, &play.quality_most_percent),
        (&Some(exact("20")), &Some(exact("40")))
    );
    // 80/11 of 80/11 + 24 = 344/11, and of 80/11 + 12 = 212/11.
    assert_eq!((&play.weight_least, &play.weight_most), (&Some(exact("1000/43")), &Some(exact("2000/53"))));
    assert_eq!(
        told(&laboratory, Matter::InPlay),
        (
            Severity::Note,
            "Bids of £270,000.00 and £330,000.00, 10 % below and above the middle of the range, are about 7.27 price points \
             apart, about 18.18 % of the 40 that price has. Bids one step of mark apart on every question are 12 to 24 quality \
             points apart, 20 to 40 % of 60. Between such bids price weighs about 23.26 to about 37.74 %, and 40 % by its weight."
        )
    );
}

#[test]
fn a_price_that_counts_far_less_or_more_than_its_weight_is_told() {
    // 40 · 60,000 / 1,000,000 = 2.4 points beside 12: a sixth, less than half of 40 %.
    let low = tried(&benchmark("0", "1000000"));
    assert!(told(&low, Matter::FarFromWeight).1.contains("Price counts far less than its weight says"));
    // All 40 beside 12 or 24: 62.5 to 76.9 %, less than twice 40.
    assert!(!has(&tried(&benchmark("270000", "330000")), Matter::FarFromWeight));
    // All 10 beside 18 or 36 (10 of 46 is 21.7 %, more than twice 10).
    let mut high = benchmark("270000", "330000");
    high.lots[0].price.weight = "10".to_owned();
    let high = tried(&high);
    assert!(told(&high, Matter::FarFromWeight).1.contains("Price counts far more than its weight says"));
    assert_eq!(one(&high, Matter::FarFromWeight).severity, Severity::Attend);
}

#[test]
fn without_a_price_weight_the_whole_range_is_level() {
    for mut pack in [pack(), benchmark("250000", "350000")] {
        pack.lots[0].price.weight = "0".to_owned();
        let laboratory = tried(&pack);
        let [level] = laboratory.flat.as_slice() else { panic!("{:?}", laboratory.flat) };
        assert_eq!((&level.from, &level.to), (&exact("200000"), &exact("400000")));
        assert_eq!((&level.points, &level.share), (&Exact::zero(), &Exact::hundred()));
        assert_eq!(
            (&laboratory.extremes.nothing, &laboratory.extremes.everything),
            (&Exact::hundred(), &Exact::hundred())
        );
    }
}

#[test]
fn prices_at_one_end_alone_are_told() {
    for (target, ceiling) in [("250000", "500000"), ("100000", "350000")] {
        let laboratory = tried(&benchmark(target, ceiling));
        let told = one(&laboratory, Matter::Extremes);
        assert_eq!(told.severity, Severity::Attend, "a quarter of the range: {}", told.told);
    }
}

#[test]
fn the_middle_is_half_a_penny_up() {
    let middle = |low, high| Expected { low: Pence(low), high: Pence(high) }.middle();
    assert_eq!((middle(100, 203), middle(100, 300), middle(101, 204)), (Pence(152), Pence(200), Pence(153)));
}

#[test]
fn the_largest_price_and_the_most_decimals_are_tried_and_no_more() {
    let largest = Pence(100_000_000_000_000);
    let mut pack = benchmark("250000", "400000");
    let high = |high| examine(&pack, &pack.lots[0], &Expected { low: Pence(1), high });
    assert!(high(largest).is_ok());
    assert!(matches!(high(Pence(largest.0 + 1)), Err(LaboratoryFault::RangeUnfit(_))));
    pack.method.decimals = 6;
    assert!(examine(&pack, &pack.lots[0], &EXPECTED).is_ok());
    pack.method.decimals = 7;
    assert!(matches!(examine(&pack, &pack.lots[0], &EXPECTED), Err(LaboratoryFault::PackUnfit(_))));
}

#[test]
fn other_straight_lines_fall_where_their_two_bids_let_them() {
    let of = |price: PriceModel| {
        let mut pack = pack();
        pack.lots[0].price = price;
        tried(&pack)
    };
    let with = |formula, parameters: &[(Parameter, &str)]| {
        let model = PriceModel::new("40", formula);
        parameters
            .iter()
            .fold(model, |model, (parameter, text)| model.with(*parameter, Some((*text).to_owned())))
    };
    // From £200,000 to 1.5 times as much: £2,500 a point, and nothing for the £100,000 above.
    let multiple = of(with(PriceFormula::LinearFromLowest, &[(Parameter::K, "3/2")]));
    assert_eq!(multiple.worth.per_point.low, Some(exact("2500")));
    let level =
        FlatRange { from: exact("300000"), to: exact("400000"), points: exact("0"), share: exact("50") };
    assert_eq!(multiple.flat, [level]);
    // From end to end: £5,000 a point, and nothing level.
    let ends = of(with(PriceFormula::LinearMinMax, &[]));
    assert_eq!((ends.worth.per_point.middle.clone(), ends.flat.len()), (Some(exact("5000")), 0));
    assert!(one(&ends, Matter::LoserDecides).told.contains("depend on the lowest and the highest bid"));
    // The mean is £300,000: all points 1/4 of it below, at £225,000; none 1/4 above, at £375,000.
    let mean = of(with(PriceFormula::LinearMean, &[(Parameter::Base, "1/2"), (Parameter::Slope, "2")]));
    assert_eq!(mean.worth.per_point.middle, Some(exact("3750")));
    let level: Vec<_> = mean.flat.iter().map(|part| (part.from.clone(), part.to.clone())).collect();
    assert_eq!(level, [(exact("200000"), exact("225000")), (exact("375000"), exact("400000"))]);
    assert!(mean.findings.iter().any(|finding| finding.told.contains("the mean of all bids")));
}
