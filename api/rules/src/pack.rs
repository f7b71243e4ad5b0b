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

    /// The next version, in which only the deadline differs (DOMAIN rule 5): RFC 3339 in UTC, as [`Pack::deadline`].
    #[must_use]
    pub fn extended(&self, deadline: String) -> Self {
        Self { version: self.version.saturating_add(1), deadline, ..self.clone() }
    }

    /// Whether both packs ask bidders for the same, judge it alike and tell the same documents: nothing but version and
    /// deadline may differ. A workbook made from one of them answers the other.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let apart_from_deadline = |pack: &Self| Self { version: 0, deadline: String::new(), ..pack.clone() };
        apart_from_deadline(self) == apart_from_deadline(other)
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
    /// `linear_from_lowest` only: the multiple of the lowest price at which no points are left, an exact number above 1. A pack
    /// without this and the two below hashes as it did before they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<String>,
    /// `linear_mean` only: the share of the points that the mean price earns, an exact number from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// `linear_mean` only: the share of the points that a price one mean away gains or loses, an exact number above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slope: Option<String>,
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
///
/// What was added after the first packs were published is left out of the JSON where it is not used, so that their hashes
/// hold.
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
    /// A cost of the whole lot that no council's volume drives: its volume is 1, or a rate's basket (in each year, if
    /// recurring), and councils share it by [`PackCouncil::shared_cost_weight`].
    pub shared: bool,
    /// Whether a bid without a price for it still meets requirements; an optional line is never part of the evaluated price.
    pub optional: bool,
    /// Whether councils decide later if they buy it, although it must be priced and counts. [`PackLine::obligation`] is
    /// this and `optional` in one word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory_option: bool,
    /// The volume bands, each with a price of its own; none for one price. The first begins at 0, and borders rise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<PackTier>,
    /// What makes the line a rate of a rate card: a price for one day, shared, with a basket of days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_card: Option<PackRate>,
    /// The volumes, in thousandths of a unit, firm and indicative together. Empty for a shared line.
    pub volumes: Vec<PackVolume>,
}

/// A volume band of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackTier {
    /// The least volume of all buyers in a contract year with which it counts, in thousandths of a unit.
    pub from_e3: i64,
}

/// A rate of a rate card: what a person of this role and level costs for a day that a council calls off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRate {
    /// The role, for example `Data engineer`.
    pub role: String,
    /// The SFIA level of responsibility, 1 to 7.
    pub level: i32,
    /// The basket: thousandths of a day that count in the evaluated price, over the term or, where the line is recurring,
    /// in each contract year. With 0 the rate is priced and does not count.
    pub basket_e3: i64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{BaseSet, RankOn};

    fn pack() -> Pack {
        Pack {
            reference: "ICT-2027-01".to_owned(),
            title: "Housing system".to_owned(),
            version: 1,
            route: Route::Open,
            contracting_model: ContractingModel::EachSigns,
            term_years: 2,
            deadline: "2027-03-31T11:00:00Z".to_owned(),
            councils: Vec::new(),
            scales: Vec::new(),
            method: Method {
                decimals: 2,
                rank_on: RankOn::Exact,
                tie_break: Vec::new(),
                base_set: BaseSet::Eligible,
                price_rules: Vec::new(),
                arithmetic_rule: None,
                moderation: None,
            },
            lots: Vec::new(),
            requirements: Vec::new(),
            documents: Vec::new(),
            opening_councils: 2,
        }
    }

    #[test]
    fn an_extended_pack_asks_the_same_under_another_hash() {
        let (old, new) = (pack(), pack().extended("2027-04-07T11:00:00Z".to_owned()));
        assert_eq!((new.version, new.deadline.as_str()), (2, "2027-04-07T11:00:00Z"));
        assert!(new.asks_the_same(&old) && old.asks_the_same(&new));
        assert_ne!(new.hash(), old.hash());
    }

    #[test]
    fn any_other_difference_is_another_question() {
        let changes: [fn(&mut Pack); 4] = [
            |pack| pack.term_years = 3,
            |pack| pack.opening_councils = 1,
            |pack| pack.method.decimals = 3,
            |pack| pack.documents.push(PackDocument { name: "a".to_owned(), sha256: String::new(), size: 0 }),
        ];
        for change in changes {
            let mut other = pack().extended("2027-04-07T11:00:00Z".to_owned());
            change(&mut other);
            assert!(!other.asks_the_same(&pack()), "{other:?}");
        }
    }
}
