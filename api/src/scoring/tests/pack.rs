//! The pack that is scored: one lot, two questions, one price line, one requirement.

use entity::council;
use rules::pack::{
    Method, Pack, PackCouncil, PackCriterion, PackLine, PackLot, PackRequirement, PackVolume, PriceModel,
    Question, Scale,
};
use rules::scale::ScaleMark;
use rules::words::{
    BaseSet, Charge, ContractingModel, Moscow, Part, PriceFormula, RankOn, RequirementType, ResponseCode,
    Route, TieBreak,
};
use uuid::Uuid;

fn question(code: &str, weight: &str) -> PackCriterion {
    PackCriterion {
        id: code.to_owned(),
        code: code.to_owned(),
        title: format!("Title of {code}"),
        weight: weight.to_owned(),
        question: Some(Question {
            text: "How?".to_owned(),
            scale: "0 to 5".to_owned(),
            word_limit: None,
            minimum_mark: None,
            document: true,
        }),
        children: Vec::new(),
    }
}

fn scale() -> Scale {
    let marks = [
        ("0", "Unacceptable: nothing was offered"),
        ("1", "Poor: major concerns"),
        ("3", "Good: meets the requirement with minor concerns"),
        ("5", "Excellent: exceeds the requirement"),
    ];
    let mark = |(value, descriptor): (&str, &str)| ScaleMark {
        value: value.to_owned(),
        percent: None,
        descriptor: descriptor.to_owned(),
    };
    Scale { name: "0 to 5".to_owned(), marks: marks.into_iter().map(mark).collect() }
}

pub(super) fn pack_of(lot: Uuid, councils: &[&council::Model]) -> Pack {
    let parts = [Part::Lead, Part::Core];
    Pack {
        reference: "ICT-2027-01".to_owned(),
        title: "Case management".to_owned(),
        version: 1,
        route: Route::Open,
        contracting_model: ContractingModel::EachSigns,
        term_years: 1,
        deadline: "2027-03-01T12:00:00Z".to_owned(),
        councils: councils
            .iter()
            .zip(parts)
            .map(|(council, part)| PackCouncil {
                id: council.id.to_string(),
                name: council.name.clone(),
                part,
                shared_cost_weight: "1".to_owned(),
            })
            .collect(),
        scales: vec![scale()],
        method: Method {
            decimals: 2,
            rank_on: RankOn::Exact,
            tie_break: vec![TieBreak::LowerPrice],
            base_set: BaseSet::Eligible,
            price_rules: Vec::new(),
        },
        lots: vec![PackLot {
            id: lot.to_string(),
            code: "L1".to_owned(),
            title: "System".to_owned(),
            description: "All of it".to_owned(),
            price: PriceModel {
                weight: "40".to_owned(),
                formula: PriceFormula::LowestOverBid,
                target: None,
                ceiling: None,
            },
            min_quality: None,
            quality: vec![question("Q1", "60"), question("Q2", "40")],
            schedule: vec![PackLine {
                code: "P01".to_owned(),
                description: "Licences".to_owned(),
                unit: "user".to_owned(),
                charge: Charge::OneOff,
                shared: false,
                optional: false,
                mandatory_option: false,
                tiers: Vec::new(),
                rate_card: None,
                volumes: councils
                    .iter()
                    .map(|council| PackVolume { council: council.id.to_string(), year: 1, volume_e3: 7_000 })
                    .collect(),
            }],
        }],
        requirements: vec![PackRequirement {
            code: "R001".to_owned(),
            text: "Data stays in the United Kingdom".to_owned(),
            kind: RequirementType::Data,
            moscow: Moscow::Must,
            accepted: vec![ResponseCode::Full],
        }],
        documents: Vec::new(),
        opening_councils: 2,
    }
}
