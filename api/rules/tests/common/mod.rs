//! A small pack of three councils and a named option, and bids on it.
#![allow(dead_code)] // each test program uses a part of it

use std::collections::BTreeMap;

use rules::demand::LineAnswer;
use rules::method::Method;
use rules::pack::{
    Pack, PackCouncil, PackCriterion, PackLine, PackLot, PackRate, PackRequirement, PackTier, PackVolume,
    PriceModel, Question,
};
use rules::record::BidInput;
use rules::scale::{Scale, ScaleMark};
use rules::words::{
    BaseSet, Charge, ContractingModel, Moscow, Offer, Part, PriceFormula, RankOn, RequirementType,
    ResponseCode, Route, TieBreak,
};

pub const NOW: &str = "2027-01-10T09:00:00Z";

pub fn council(id: &str, part: Part, weight: &str) -> PackCouncil {
    PackCouncil { id: id.into(), name: id.into(), part, shared_cost_weight: weight.into() }
}

pub fn question(code: &str, weight: &str, minimum: Option<&str>) -> PackCriterion {
    PackCriterion {
        id: code.into(),
        code: code.into(),
        title: code.into(),
        weight: weight.into(),
        question: Some(Question {
            text: "How?".into(),
            scale: "0-5".into(),
            word_limit: None,
            minimum_mark: minimum.map(Into::into),
            document: false,
        }),
        children: Vec::new(),
    }
}

pub fn line(code: &str, charge: Charge, volumes: &[(&str, u32, i64)]) -> PackLine {
    PackLine {
        code: code.into(),
        description: "Users".into(),
        unit: "user".into(),
        charge,
        shared: volumes.is_empty(),
        optional: false,
        mandatory_option: false,
        tiers: Vec::new(),
        rate_card: None,
        volumes: volumes
            .iter()
            .map(|&(council, year, volume_e3)| PackVolume { council: council.into(), year, volume_e3 })
            .collect(),
    }
}

pub fn scale() -> Scale {
    let mark = |value: &str, descriptor: &str| ScaleMark {
        value: value.into(),
        percent: None,
        descriptor: descriptor.into(),
    };
    Scale {
        name: "0-5".into(),
        marks: vec![
            mark("0", "Unacceptable"),
            mark("1", "Poor: major concerns"),
            mark("3", "Good: meets the requirement with minor concerns"),
            mark("5", "Excellent: exceeds the requirement"),
        ],
    }
}

pub fn pack() -> Pack {
    Pack {
        reference: "ICT-2027-01".into(),
        title: "Case management".into(),
        version: 1,
        route: Route::Open,
        contracting_model: ContractingModel::EachSigns,
        term_years: 2,
        deadline: "2027-03-01T12:00:00Z".into(),
        councils: vec![
            council("ashvale", Part::Lead, "2"),
            council("brackenham", Part::Core, "1"),
            council("carrow", Part::Core, "1"),
            council("dunmere", Part::NamedOption, "5"),
        ],
        scales: vec![scale()],
        method: Method {
            decimals: 2,
            rank_on: RankOn::Exact,
            tie_break: vec![TieBreak::LowerPrice],
            base_set: BaseSet::Eligible,
            price_rules: Vec::new(),
            arithmetic_rule: None,
            moderation: None,
        },
        lots: vec![PackLot {
            id: "lot-1".into(),
            code: "L1".into(),
            title: "System".into(),
            description: "All of it".into(),
            price: PriceModel::new("40", PriceFormula::LowestOverBid),
            min_quality: Some("20".into()),
            quality: vec![
                question("Q1", "60", None),
                PackCriterion {
                    children: vec![question("Q2", "50", Some("1")), question("Q3", "50", None)],
                    question: None,
                    ..question("S1", "40", None)
                },
            ],
            schedule: vec![
                line(
                    "P01",
                    Charge::OneOff,
                    &[("ashvale", 1, 1_000), ("brackenham", 1, 1_000), ("carrow", 1, 1_000)],
                ),
                line(
                    "P02",
                    Charge::Recurring,
                    &[
                        ("ashvale", 1, 100_000),
                        ("ashvale", 2, 110_500),
                        ("brackenham", 2, 40_000),
                        ("carrow", 1, 20_000),
                        ("dunmere", 1, 900_000),
                    ],
                ),
                line("P03", Charge::Recurring, &[]),
                PackLine { optional: true, ..line("P04", Charge::OneOff, &[("carrow", 1, 5_000)]) },
            ],
        }],
        requirements: vec![PackRequirement {
            code: "R001".into(),
            text: "UK data residency".into(),
            kind: RequirementType::Data,
            moscow: Moscow::Must,
            accepted: vec![ResponseCode::Full, ResponseCode::Configuration],
        }],
        documents: Vec::new(),
        opening_councils: 2,
    }
}

/// A line with bands from these volumes, in thousandths of a unit.
pub fn tiered(code: &str, charge: Charge, from_e3: &[i64], volumes: &[(&str, u32, i64)]) -> PackLine {
    let tiers = from_e3.iter().map(|from_e3| PackTier { from_e3: *from_e3 }).collect();
    PackLine { tiers, shared: false, ..line(code, charge, volumes) }
}

/// A rate with a basket, in thousandths of a day.
pub fn rate(code: &str, charge: Charge, basket_e3: i64) -> PackLine {
    let rate = PackRate { role: "Data engineer".into(), level: 4, basket_e3 };
    PackLine { unit: "day".into(), rate_card: Some(rate), ..line(code, charge, &[]) }
}

/// The pack with bands, a mandatory option and a rate card beside its plain lines: P02 is priced in three bands (below 100, to below
/// 150.5, from there), P05 is a mandatory option, P06 a rate with 20 days, P07 one with none.
pub fn shaped() -> Pack {
    let mut pack = pack();
    let schedule = &mut pack.lots[0].schedule;
    schedule[1].tiers = [0, 100_000, 150_500].map(|from_e3| PackTier { from_e3 }).to_vec();
    let option = line("P05", Charge::OneOff, &[("brackenham", 1, 3_000)]);
    schedule.push(PackLine { mandatory_option: true, ..option });
    schedule.push(rate("P06", Charge::OneOff, 20_000));
    schedule.push(rate("P07", Charge::Recurring, 0));
    pack.method.price_rules = rules::schedule::price_rules(&pack.lots);
    pack
}

/// Prices for every row of [`shaped`].
pub fn shaped_prices() -> BTreeMap<String, LineAnswer> {
    [
        ("P01", "1000"),
        ("P02-T1", "12"),
        ("P02-T2", "10"),
        ("P02-T3", "9.5"),
        ("P03", "333.33"),
        ("P05", "7"),
        ("P06", "650.50"),
        ("P07", "800"),
    ]
    .map(|(code, price)| (code.to_owned(), priced(price)))
    .into()
}

pub fn priced(text: &str) -> LineAnswer {
    LineAnswer { offer: Offer::Priced, unit_price: Some(text.parse().unwrap()) }
}

pub fn bid(id: &str, marks: [&str; 3], prices: [&str; 3]) -> BidInput {
    let codes = ["Q1", "Q2", "Q3"].into_iter().map(String::from);
    let lines = ["P01", "P02", "P03"].into_iter().map(String::from);
    BidInput {
        id: id.into(),
        supplier: format!("Supplier {id}"),
        withdrawn: false,
        marks: codes.zip(marks.into_iter().map(String::from)).collect(),
        prices: lines.zip(prices.into_iter().map(priced)).collect(),
        responses: [("R001".to_owned(), ResponseCode::Full)].into(),
        corrections: Vec::new(),
        disregarded: None,
    }
}
