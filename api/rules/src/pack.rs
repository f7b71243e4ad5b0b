//! The tender pack: all that bidders are told, frozen and hashed at publication (DOMAIN rules 5 and 7).
//!
//! Everything a result depends on is read from here and never from the tables the pack was made of, so that a gate,
//! a weight or a formula that was not published cannot be applied. Numbers that are not counts are texts of exact
//! rationals, so that the canonical form holds integers and strings only.

mod faults;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, Unfit};
use crate::words::{
    Charge, ContractingModel, Moscow, Part, PriceFormula, RequirementType, ResponseCode, Route,
};

pub use crate::method::Method;
pub use crate::pack::faults::PackFault;
pub use crate::scale::Scale;

/// A published tender pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// The procurement's public reference, for example `ICT-2027-01`.
    pub reference: String,
    /// The procurement's title.
    pub title: String,
    /// 1 for the first publication.
    pub version: u32,
    /// The route.
    pub route: Route,
    /// Who signs.
    pub contracting_model: ContractingModel,
    /// Length of the contract in whole years, at least 1.
    pub term_years: u32,
    /// The instant at which bids are late, RFC 3339 in UTC. At exactly this instant a bid is late.
    pub deadline: String,
    /// The councils that will buy, lead first, then by name; their order breaks allocation ties.
    pub councils: Vec<PackCouncil>,
    /// The scales that questions are marked on.
    pub scales: Vec<Scale>,
    /// The rules that turn marks and prices into a ranking.
    pub method: Method,
    /// The lots, in order.
    pub lots: Vec<PackLot>,
    /// The pooled requirements suppliers answer with response codes.
    pub requirements: Vec<PackRequirement>,
    /// The tender documents.
    pub documents: Vec<PackDocument>,
    /// How many different councils the two people who open the tender box must come from (1 or 2).
    pub opening_councils: u32,
}

impl Pack {
    /// The pack's hash: SHA-256 of its canonical JSON, in hex. Its first 8 digits are the fingerprint on workbooks.
    pub fn hash(&self) -> Result<String, Unfit> {
        canonical::hash_of(self)
    }
}

/// A council as bidders see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackCouncil {
    /// The council's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its part.
    pub part: Part,
    /// Its share of lines without volume, as a weight (an exact number, not negative).
    pub shared_cost_weight: String,
}

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackLot {
    /// The lot's id.
    pub id: String,
    /// For example `L1`.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What it covers.
    pub description: String,
    /// How price is turned into points.
    pub price: PriceModel,
    /// The least quality points (out of the quality weight) to be ranked, if any.
    pub min_quality: Option<String>,
    /// The quality branch of the criteria tree; its top nodes' weights sum to 100.
    pub quality: Vec<PackCriterion>,
    /// What suppliers price.
    pub schedule: Vec<PackLine>,
}

impl PackLot {
    /// The lot's questions, in order.
    #[must_use]
    pub fn questions(&self) -> Vec<&PackCriterion> {
        let mut found = Vec::new();
        collect(&self.quality, &mut found);
        found
    }
}

fn collect<'a>(nodes: &'a [PackCriterion], found: &mut Vec<&'a PackCriterion>) {
    for node in nodes {
        if node.question.is_some() {
            found.push(node);
        }
        collect(&node.children, found);
    }
}

/// How price is turned into points in a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceModel {
    /// Price's share of the total, in percent; quality has the rest.
    pub weight: String,
    /// The formula.
    pub formula: PriceFormula,
    /// `benchmark_linear` only: the price in pounds at which all points are earned.
    pub target: Option<String>,
    /// `benchmark_linear` only: the price in pounds at which none are.
    pub ceiling: Option<String>,
}

/// A node of the criteria tree: a section with children, or a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackCriterion {
    /// The criterion's id.
    pub id: String,
    /// For example `Q1`; unique in the pack.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Percent of its parent (of quality, for a top node).
    pub weight: String,
    /// What is asked, for a leaf.
    pub question: Option<Question>,
    /// The nodes below, for a section.
    pub children: Vec<PackCriterion>,
}

/// A scored question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What the supplier is asked.
    pub text: String,
    /// The name of the scale in [`Pack::scales`].
    pub scale: String,
    /// The longest short answer, in words, if limited.
    pub word_limit: Option<u32>,
    /// The least mark with which a bid is still ranked, if there is such a gate.
    pub minimum_mark: Option<String>,
    /// Whether a document may answer it.
    pub document: bool,
}

/// A price schedule line with the volumes that will be priced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackLine {
    /// For example `P01`; unique in the pack.
    pub code: String,
    /// What is priced.
    pub description: String,
    /// The unit, for example `user`.
    pub unit: String,
    /// One-off or per year.
    pub charge: Charge,
    /// A cost of the whole lot that no council's volume drives: its volume is 1 (in each year, if recurring) and councils share it
    /// by [`PackCouncil::shared_cost_weight`].
    pub shared: bool,
    /// Whether a bid without a price for it still meets requirements; an optional line is never part of the evaluated price.
    pub optional: bool,
    /// The volumes, in thousandths of a unit, firm and indicative together. Empty for a shared line.
    pub volumes: Vec<PackVolume>,
}

/// What one council wants of a line in one contract year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackVolume {
    /// The council's id.
    pub council: String,
    /// The contract year, 1 to the term.
    pub year: u32,
    /// Thousandths of a unit.
    pub volume_e3: i64,
}

/// A pooled requirement as suppliers answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRequirement {
    /// For example `R001`; unique in the pack.
    pub code: String,
    /// What is asked.
    pub text: String,
    /// Its type.
    pub kind: RequirementType,
    /// Its importance.
    pub moscow: Moscow,
    /// Empty: answers inform only. Otherwise a bid whose answer is not one of these does not meet requirements.
    pub accepted: Vec<ResponseCode>,
}

/// A tender document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackDocument {
    /// The file's name.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
}
