//! The method as published: what every formula is published with, how it is told, and what its hash covers.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

mod common;

use common::{NOW, bid, pack};
use rules::exact::Exact;
use rules::method::{LotMethod, Moderation, price_rule, told};
use rules::pack::{Pack, PackRequirement, PriceModel};
use rules::price::{Parameter, PriceRule};
use rules::record::lot_result;
use rules::words::{BaseSet, Moscow, PriceFormula, RankOn, RequirementType, ResponseCode};

/// A formula with numbers that can be published.
fn model(formula: PriceFormula) -> PriceModel {
    formula.parameters().iter().fold(PriceModel::new("40", formula), |model, parameter| {
        let number = match parameter {
            Parameter::Target => "40000",
            Parameter::Ceiling => "90000",
            Parameter::K => "2",
            Parameter::Base => "1/2",
            Parameter::Slope => "1",
        };
        model.with(*parameter, Some(number.to_owned()))
    })
}

fn published_with(price: PriceModel) -> Pack {
    let mut pack = pack();
    pack.lots[0].price = price;
    pack
}

fn codes(pack: &Pack) -> Vec<&'static str> {
    pack.faults(NOW).into_iter().map(|fault| fault.code).collect()
}

#[test]
fn every_formula_is_published_with_its_own_parameters_and_no_others() {
    for formula in PriceFormula::ALL.iter().copied() {
        let whole = model(formula);
        assert_eq!(codes(&published_with(whole.clone())), [""; 0], "{formula}");
        PriceRule::from_model(&whole).unwrap();
        for parameter in Parameter::ALL.iter().copied() {
            if formula.parameters().contains(&parameter) {
                let wanted = if parameter.is_money() { "benchmark_incomplete" } else { "parameter_missing" };
                assert_eq!(
                    codes(&published_with(whole.clone().with(parameter, None))),
                    [wanted],
                    "{formula} {parameter}"
                );
                let text = published_with(whole.clone().with(parameter, Some("many".to_owned())));
                assert_eq!(codes(&text), [wanted], "{formula} {parameter}");
            } else {
                let other = published_with(whole.clone().with(parameter, Some("1".to_owned())));
                assert_eq!(codes(&other), ["parameter_unused"], "{formula} {parameter}");
            }
        }
    }
}

#[test]
fn a_parameter_outside_its_bounds_is_not_published() {
    let of = |formula, parameter, number: &str| {
        codes(&published_with(model(formula).with(parameter, Some(number.to_owned()))))
    };
    assert_eq!(
        of(PriceFormula::LinearFromLowest, Parameter::K, "1"),
        ["k_must_exceed_1", "parameter_outside"]
    );
    assert_eq!(of(PriceFormula::LinearFromLowest, Parameter::K, "1.01"), [""; 0]);
    assert_eq!(of(PriceFormula::LinearMean, Parameter::Base, "-1/100"), ["parameter_outside"]);
    assert_eq!(of(PriceFormula::LinearMean, Parameter::Base, "101/100"), ["parameter_outside"]);
    for border in ["0", "1"] {
        assert_eq!(of(PriceFormula::LinearMean, Parameter::Base, border), [""; 0], "{border}");
    }
    assert_eq!(of(PriceFormula::LinearMean, Parameter::Slope, "0"), ["parameter_outside"]);
    assert_eq!(of(PriceFormula::BenchmarkLinear, Parameter::Target, "-0.01"), ["parameter_outside"]);
    assert_eq!(of(PriceFormula::BenchmarkLinear, Parameter::Target, "90000"), ["target_not_below_ceiling"]);
}

#[test]
fn a_pack_says_from_which_spread_on_marks_are_talked_about() {
    let with = |spread_steps| {
        let mut pack = pack();
        pack.method.moderation = Some(Moderation { spread_steps, clearance: false });
        pack
    };
    assert_eq!(pack().method.spread_steps(), 2, "as before packs said it");
    assert_eq!(with(3).method.spread_steps(), 3);
    for fit in [1, 10] {
        assert_eq!(codes(&with(fit)), [""; 0]);
    }
    for unfit in [0, 11] {
        assert_eq!(codes(&with(unfit)), ["spread_steps_outside"]);
    }
}

#[test]
fn every_formula_is_told_and_a_bid_is_told_its_own_sum() {
    let mut wanted = vec![
        (
            PriceFormula::BenchmarkLinear,
            "from 40 at £40,000.00 or less to 0 at £90,000.00 or more, whatever others bid.",
        ),
        (
            PriceFormula::LowestOverBid,
            "lowest evaluated price ÷ the tender’s evaluated price × 40. The lowest is that of all",
        ),
        (
            PriceFormula::LinearFromLowest,
            "from 40 at the lowest evaluated price to 0 at 2 times the lowest and above.",
        ),
        (
            PriceFormula::LinearMinMax,
            "from 40 at the lowest evaluated price to 0 at the highest; all have 40 where",
        ),
        (
            PriceFormula::LinearMean,
            "40 × (0.5 + 1 × (mean evaluated price − the tender’s evaluated price) ÷ mean evaluated price)",
        ),
    ];
    for formula in PriceFormula::ALL.iter().copied() {
        let place = wanted.iter().position(|(of, _)| *of == formula).unwrap();
        let (_, sentence) = wanted.remove(place);
        let mut pack = published_with(model(formula));
        pack.method.base_set = BaseSet::Submitted;
        let rule = price_rule(&pack, &pack.lots[0]);
        assert!(rule.contains(sentence), "{rule}");
        let bids = [
            bid("A", ["3", "3", "3"], ["1000", "12", "333.33"]),
            bid("B", ["5", "3", "1"], ["900", "14", "300"]),
        ];
        let result = lot_result(&pack, "lot-1", &bids).unwrap();
        for bid in &result.bids {
            let points = &bid.price_points.as_ref().unwrap().rounded;
            let told = result.price_explained(&pack, &bid.bid).unwrap();
            assert!(told.contains(&format!("{points} points")), "{formula}: {told}");
            assert!(bid.price_points.as_ref().unwrap().exact <= Exact::from(40), "{formula}");
        }
    }
}

fn requirement(code: &str, accepted: &[ResponseCode]) -> PackRequirement {
    PackRequirement {
        code: code.into(),
        text: "UK data residency".into(),
        kind: RequirementType::Data,
        moscow: Moscow::Must,
        accepted: accepted.to_vec(),
    }
}

#[test]
fn every_published_rule_is_told() {
    let mut pack = pack();
    pack.method.rank_on = RankOn::Rounded;
    pack.method.base_set = BaseSet::Submitted;
    pack.method.moderation = Some(Moderation { spread_steps: 1, clearance: true });
    pack.method.arithmetic_rule = Some("Unit prices rule.".into());
    pack.requirements = vec![
        requirement("R001", &[ResponseCode::Configuration, ResponseCode::Full]),
        requirement("R002", &[]),
        requirement("R003", &[ResponseCode::Full, ResponseCode::Configuration]),
        requirement("R004", &[ResponseCode::Full]),
    ];
    let lot = &mut pack.lots[0];
    lot.price.weight = "40.025".into();
    lot.min_quality = Some("61/3".into());
    assert_eq!(
        told(&pack, &pack.lots[0]),
        [
            "Quality counts for 59.975 and price for 40.025 of 100 points.",
            "A question earns the share of its weight that its scale gives the mark.",
            "Somebody who does not mark reads every answer before the panel does, and takes out what tells a price: write prices \
             in the price schedule only.",
            "Panel members mark alone. Then a moderator and the panel agree one mark of the scale for each answer, with its \
             reasons; no average is taken. Marks that are one step of the scale or more apart are talked about first.",
            "Price points = lowest evaluated price ÷ the tender’s evaluated price × 40.025. The lowest is that of all tenders \
             that were not withdrawn or disregarded.",
            "Requirement R004 disqualifies: a tender that does not answer it with F (Fully, out of the box) does not meet the \
             requirements and is not ranked.",
            "Requirements R001 and R003 disqualify: a tender that does not answer each of them with F (Fully, out of the box) \
             or C (By configuration) does not meet the requirements and is not ranked.",
            "A tender that leaves a line of the price schedule without a price does not meet the requirements and is not \
             ranked, unless the line is optional.",
            "A tender with a mark under 1 in Q2 Q2 is not ranked.",
            "A tender with fewer than 20 1/3 quality points is not ranked.",
            "Totals are compared as rounded to 2 decimals.",
            "Equal totals are parted by: lower evaluated price.",
            "One tender wins the lot.",
            "Figures are rounded one by one from exact ones, so that addends may differ from totals in the last digit (0.01).",
            "Unit prices rule.",
        ]
    );
}

#[test]
fn the_hash_of_a_method_covers_every_rule_of_its_lot() {
    let mut before = pack();
    before.method.moderation = Some(Moderation { spread_steps: 2, clearance: false });
    before.requirements = vec![requirement("R001", &[ResponseCode::Full])];
    let hash = |pack: &Pack| LotMethod::of(pack, &pack.lots[0]).hash().unwrap();
    let changes: [fn(&mut Pack); 10] = [
        |pack| pack.method.moderation = Some(Moderation { spread_steps: 2, clearance: true }),
        |pack| pack.method.decimals = 3,
        |pack| pack.method.moderation = Some(Moderation { spread_steps: 3, clearance: false }),
        |pack| pack.method.base_set = BaseSet::Submitted,
        |pack| pack.scales[0].marks[0].descriptor = "Nothing".into(),
        |pack| pack.lots[0].price = model(PriceFormula::LinearMean),
        |pack| pack.lots[0].min_quality = None,
        |pack| pack.lots[0].quality[0].weight = "61".into(),
        |pack| pack.requirements[0].accepted.push(ResponseCode::Partial),
        |pack| pack.requirements.push(requirement("R002", &[ResponseCode::Full])),
    ];
    for (place, change) in changes.iter().enumerate() {
        let mut changed = before.clone();
        change(&mut changed);
        assert_ne!(hash(&changed), hash(&before), "change {place}");
    }
    let mut same = before.clone();
    same.deadline = "2030-01-01T12:00:00Z".into();
    same.requirements.push(requirement("R003", &[]));
    assert_eq!(hash(&same), hash(&before), "what ranks nothing is no part of it");
}
