//! Small published packs, from which each room's tests make the one they need: `Pack { lots: …, ..pack(…) }`.

use entity::council;
use rules::method::Method;
use rules::pack::{
    Pack, PackCouncil, PackCriterion, PackLine, PackLot, PackRequirement, PackVolume, PriceModel, Question,
};
use rules::scale::{Scale, ScaleMark};
use rules::words::{
    BaseSet, Charge, ContractingModel, Moscow, Part, PriceFormula, RankOn, RequirementType, ResponseCode,
    Route,
};
use uuid::Uuid;

/// The scale that questions are marked on.
const SCALE: &str = "0-5";

/// A pack of these councils without a lot: an open procedure, one year.
pub(crate) fn pack<'a>(
    reference: &str,
    councils: impl IntoIterator<Item = (&'a council::Model, Part)>,
) -> Pack {
    let council = |(row, part): (&council::Model, Part)| PackCouncil {
        id: row.id.to_string(),
        name: row.name.clone(),
        part,
        shared_cost_weight: "1".to_owned(),
    };
    Pack {
        reference: reference.to_owned(),
        title: "Case management".to_owned(),
        version: 1,
        route: Route::Open,
        contracting_model: ContractingModel::EachSigns,
        term_years: 1,
        deadline: "2027-03-01T12:00:00Z".to_owned(),
        councils: councils.into_iter().map(council).collect(),
        scales: vec![scale(&[
            ("0", "Unacceptable: nothing was offered"),
            ("1", "Poor: major concerns"),
            ("3", "Good: meets the requirement with minor concerns"),
            ("5", "Excellent: exceeds the requirement"),
        ])],
        method: Method {
            decimals: 2,
            rank_on: RankOn::Exact,
            tie_break: Vec::new(),
            base_set: BaseSet::Eligible,
            price_rules: Vec::new(),
            moderation: None,
            arithmetic_rule: Some(rules::correction::DEFAULT_RULE.to_owned()),
        },
        lots: Vec::new(),
        requirements: Vec::new(),
        documents: Vec::new(),
        opening_councils: 2,
    }
}

/// The scale of these marks.
pub(crate) fn scale(marks: &[(&str, &str)]) -> Scale {
    let mark = |(value, descriptor): &(&str, &str)| ScaleMark {
        value: (*value).to_owned(),
        percent: None,
        descriptor: (*descriptor).to_owned(),
    };
    Scale { name: SCALE.to_owned(), marks: marks.iter().map(mark).collect() }
}

/// A lot in which the lowest price earns all of 40 points.
pub(crate) fn lot(id: Uuid, code: &str, quality: Vec<PackCriterion>, schedule: Vec<PackLine>) -> PackLot {
    PackLot {
        id: id.to_string(),
        code: code.to_owned(),
        title: "System".to_owned(),
        description: "All of it".to_owned(),
        price: PriceModel::new("40", PriceFormula::LowestOverBid),
        min_quality: None,
        quality,
        schedule,
    }
}

/// A question of its own at the top of the tree, which a text or a document may answer.
pub(crate) fn question(code: &str, weight: &str) -> PackCriterion {
    let asked = Question {
        text: "How?".to_owned(),
        scale: SCALE.to_owned(),
        word_limit: None,
        minimum_mark: None,
        document: true,
    };
    PackCriterion {
        id: code.to_owned(),
        code: code.to_owned(),
        title: format!("Question {code}"),
        weight: weight.to_owned(),
        question: Some(asked),
        children: Vec::new(),
    }
}

/// A required line of one price, with what each council wants in the first year, in thousandths of a unit.
pub(crate) fn line<'a>(
    code: &str,
    charge: Charge,
    volumes: impl IntoIterator<Item = (&'a council::Model, i64)>,
) -> PackLine {
    let volume = |(council, volume_e3): (&council::Model, i64)| PackVolume {
        council: council.id.to_string(),
        year: 1,
        volume_e3,
    };
    PackLine {
        code: code.to_owned(),
        description: "Licences".to_owned(),
        unit: "user".to_owned(),
        charge,
        shared: false,
        optional: false,
        mandatory_option: false,
        tiers: Vec::new(),
        rate_card: None,
        volumes: volumes.into_iter().map(volume).collect(),
    }
}

/// A requirement that only `F` meets.
pub(crate) fn requirement(code: &str, text: &str) -> PackRequirement {
    PackRequirement {
        code: code.to_owned(),
        text: text.to_owned(),
        kind: RequirementType::Functional,
        moscow: Moscow::Must,
        accepted: vec![ResponseCode::Full],
    }
}
