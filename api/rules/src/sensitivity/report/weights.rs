//! At which weight of price, or of a criterion, another bid wins: exact, without simulation (METHODS "At award" k).

use serde::Serialize;

use super::Case;
use crate::exact::Exact;
use crate::record::BidResult;
use crate::sensitivity::{Segment, WeightBreaks, weight_breaks};

/// One weight of a lot, and what changes with it. The others are scaled in proportion, so that all still sum to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightOf {
    /// `price`, or the code of a top criterion.
    pub criterion: String,
    /// Its title.
    pub title: String,
    /// The weight as published, in percent of the total.
    pub weight: Exact,
    /// Who wins over which weights, from 0 to 100 without gaps.
    pub ranges: Vec<WeightRange>,
    /// How far the weight is from the nearest one with another winner, in percent of the total; nothing where there is none.
    pub smallest_change: Option<Exact>,
    /// The same as a sentence.
    pub told: String,
}

/// A range of a weight on which the same bids are first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightRange {
    /// Where it begins, in percent.
    pub from: Exact,
    /// Where it ends, in percent.
    pub to: Exact,
    /// Who is first, by id; several where they are equal all along.
    pub first: Vec<String>,
}

/// A criterion with what each ranked bid earned of it, from 0 to 1.
struct Criterion {
    code: String,
    title: String,
    weight: Exact,
    shares: Vec<Exact>,
}

/// Price and every top criterion that has a weight, the nearest to another winner first.
pub(super) fn of(case: &Case<'_>) -> Vec<WeightOf> {
    let bids: Vec<&BidResult> = case.ranked().collect();
    let Some(criteria) = criteria(case, &bids) else { return Vec::new() };
    let weights: Vec<Exact> = criteria.iter().map(|criterion| criterion.weight.percent()).collect();
    let scores: Vec<Vec<Exact>> = (0..bids.len())
        .map(|bid| criteria.iter().map(|criterion| criterion.shares[bid].clone()).collect())
        .collect();
    let mut found: Vec<WeightOf> = criteria
        .iter()
        .enumerate()
        .filter_map(|(vary, criterion)| {
            let breaks = weight_breaks(&weights, vary, &scores).ok()?;
            Some(told(criterion, &breaks, &bids))
        })
        .collect();
    // One that changes nothing stands behind all that do.
    found.sort_by(|a, b| {
        let key = |one: &WeightOf| (one.smallest_change.is_none(), one.smallest_change.clone());
        key(a).cmp(&key(b))
    });
    found
}

/// Nothing where a ranked bid lacks points of one: no result has that.
fn criteria(case: &Case<'_>, bids: &[&BidResult]) -> Option<Vec<Criterion>> {
    let price_weight = case.rules.price_weight();
    let mut criteria = Vec::new();
    if price_weight.is_positive() {
        let shares = bids.iter().map(|bid| bid.price_points.as_ref()?.exact.checked_div(&price_weight));
        criteria.push(Criterion {
            code: "price".to_owned(),
            title: "Price".to_owned(),
            shares: shares.collect::<Option<_>>()?,
            weight: price_weight.clone(),
        });
    }
    for node in &case.lot.quality {
        let weight = (Exact::hundred() - &price_weight) * node.weight.parse::<Exact>().ok()?.percent();
        if weight.is_positive() {
            let shares =
                bids.iter().map(|bid| bid.criteria.get(&node.code)?.points.exact.checked_div(&weight));
            criteria.push(Criterion {
                code: node.code.clone(),
                title: node.title.clone(),
                shares: shares.collect::<Option<_>>()?,
                weight,
            });
        }
    }
    Some(criteria)
}

fn told(criterion: &Criterion, breaks: &WeightBreaks, bids: &[&BidResult]) -> WeightOf {
    let percent = |share: &Exact| share * Exact::hundred();
    let range = |segment: &Segment| WeightRange {
        from: percent(&segment.from),
        to: percent(&segment.to),
        first: segment.winners.iter().map(|place| bids[*place].bid.clone()).collect(),
    };
    WeightOf {
        criterion: criterion.code.clone(),
        title: criterion.title.clone(),
        weight: criterion.weight.clone(),
        ranges: breaks.segments.iter().map(range).collect(),
        smallest_change: breaks.smallest_change.as_ref().map(percent),
        told: sentence(criterion, breaks, bids),
    }
}

/// "The winner changes when the weight of price reaches 57.1 % (it is 40 %): then Larkfield Systems wins."
fn sentence(criterion: &Criterion, breaks: &WeightBreaks, bids: &[&BidResult]) -> String {
    let name = if criterion.code == "price" {
        "price".to_owned()
    } else {
        format!("{} ({})", criterion.code, criterion.title)
    };
    let now = criterion.weight.percent();
    let others = breaks.segments.iter().filter(|segment| segment.winners != breaks.now);
    let ways = others.map(|segment| {
        let up = &segment.from - &now;
        if up.is_negative() {
            (&now - &segment.to, "falls to", &segment.to, segment)
        } else {
            (up, "reaches", &segment.from, segment)
        }
    });
    let Some((_, way, at, segment)) = ways.min_by(|a, b| a.0.cmp(&b.0)) else {
        return format!("No weight of {name} changes the winner.");
    };
    let names: Vec<&str> = segment.winners.iter().map(|place| bids[*place].supplier.as_str()).collect();
    let then = match names.as_slice() {
        [one] => format!("{one} wins"),
        several => format!("{} are level", several.join(" and ")),
    };
    format!(
        "The winner changes when the weight of {name} {way} {} % (it is {} %): then {then}.",
        (at * Exact::hundred()).fixed(1),
        criterion.weight.mixed()
    )
}
