//! Whether bids move each other's points, shown in the officers' own weights (METHODS 0.1 a).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::example::{self, Search};
use super::{Finding, Matter, Severity, Topic, figure};
use crate::exact::Exact;
use crate::money::{Pence, grouped};

/// Whether a bid's points depend on others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relative {
    /// Whether they do.
    pub relative: bool,
    /// Where they do: three invented bids of which a losing one decides who wins, if one was found.
    pub example: Option<Example>,
    /// How many sets of prices and qualities were looked at for it.
    pub looked_at: usize,
}

/// Three invented bids: A wins; C loses; without C, B wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// A, B and C.
    pub bids: Vec<ExampleBid>,
    /// The losing bid that is left out: C.
    pub removed: String,
    /// What all three have, by rank.
    pub before: Vec<ExampleTotal>,
    /// What the two that are left have, by rank.
    pub after: Vec<ExampleTotal>,
}

/// An invented bid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleBid {
    /// `A`, `B` or `C`.
    pub name: String,
    /// Its evaluated price, within the expected range.
    pub price: Pence,
    /// Its marks by question code, as the scales write them.
    pub marks: BTreeMap<String, String>,
    /// The quality points that these earn.
    pub quality: Exact,
}

/// What a bid of an example has in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleTotal {
    /// `A`, `B` or `C`.
    pub name: String,
    /// Its price points.
    pub price_points: Exact,
    /// Its total.
    pub total: Exact,
    /// Its rank.
    pub rank: u32,
}

pub(super) fn of(draft: &Draft<'_>) -> Relative {
    if !draft.rule.relative() {
        return Relative { relative: false, example: None, looked_at: 0 };
    }
    let Search { example, looked_at } = example::search(draft);
    Relative { relative: true, example, looked_at }
}

/// One sentence, or an example told in a few; none where price has no weight, which the weights tell.
pub(super) fn tell(draft: &Draft<'_>, found: &Relative) -> Vec<Finding> {
    if draft.price.is_zero() {
        return Vec::new();
    }
    let (matter, severity, told) = match &found.example {
        _ if !found.relative => (Matter::Absolute, Severity::Note, absolute()),
        Some(example) => (Matter::LoserDecides, Severity::Serious, shown(draft, example)),
        None => (Matter::DependsOnOthers, Severity::Attend, none_found(draft, found.looked_at)),
    };
    vec![draft.finding(Topic::Relative, matter, severity, told)]
}

fn absolute() -> String {
    "Price points follow from the published target and ceiling alone: no bid that is handed in, withdrawn or left out moves \
     another one’s points."
        .to_owned()
}

fn none_found(draft: &Draft<'_>, looked_at: usize) -> String {
    let (sets, reference) = (grouped(&looked_at.to_string()), draft.reference());
    format!(
        "Price points depend on {reference}. Among {sets} sets of three invented bids none was found in which a losing bid \
         decides who wins; that does not say that there is none. An absolute formula rules it out."
    )
}

fn shown(draft: &Draft<'_>, example: &Example) -> String {
    let bids: Vec<String> = example.bids.iter().map(bid_told).collect();
    let standing = |totals: &[ExampleTotal]| {
        let each = totals.iter().map(|one| format!("{} {}", one.name, one.total.fixed(draft.rules.decimals)));
        each.collect::<Vec<_>>().join(", ")
    };
    format!(
        "Price points depend on {}, so that a bid which loses can decide who wins. For example {}: A wins and C \
         loses ({}). Without C, B wins ({}), though nothing about A and B has changed. Take an absolute formula, or decide \
         that you can defend this.",
        draft.reference(),
        bids.join("; "),
        standing(&example.before),
        standing(&example.after)
    )
}

fn bid_told(bid: &ExampleBid) -> String {
    format!("{} with {} quality points at {}", bid.name, figure(&bid.quality), bid.price.pounds())
}
