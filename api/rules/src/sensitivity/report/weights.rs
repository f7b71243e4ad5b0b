//! At which weight of price, or of a criterion, another bid wins: exact, without simulation (METHODS "At award" k).
//!
//! The bids that are ranked stay ranked: a minimum is a part of the published quality, and of another weight nobody published one.
//! Totals are compared exactly, also where the method rounds them: rounding moves a border by less than a unit.

use serde::Serialize;

use super::Case;
use crate::exact::Exact;
use crate::record::BidResult;
use crate::sensitivity::{Segment, WeightBreaks, weight_breaks};
use crate::words::TieBreak;

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
    /// Who is first, by id; several where they are equal all along and no published rule parts them.
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
            let breaks = parted(case, weight_breaks(&weights, vary, &scores).ok()?, &weights[vary], &bids);
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

/// The same with equal bids parted by the published tie-breaks. Bids of neighbouring ranges differ, so that ranges stay as they are.
fn parted(case: &Case<'_>, breaks: WeightBreaks, weight: &Exact, bids: &[&BidResult]) -> WeightBreaks {
    let part = |places: Vec<usize>| {
        case.rules.tie_break.iter().fold(places, |left, key| match key {
            TieBreak::LowerPrice => lowest(left, |place| bids[place].price.as_ref().map(|price| price.total)),
            // Of equal totals the one with fewer points for its price has more for its quality, whatever the weights.
            TieBreak::HigherQuality => {
                lowest(left, |place| bids[place].price_points.as_ref().map(|points| &points.exact))
            }
        })
    };
    let now = part(breaks.now);
    let part_segment = |segment: Segment| Segment { winners: part(segment.winners), ..segment };
    let segments: Vec<Segment> = breaks.segments.into_iter().map(part_segment).collect();
    let others = segments.iter().filter(|segment| segment.winners != now);
    let distance = |segment: &Segment| (&segment.from - weight).abs().min((&segment.to - weight).abs());
    let smallest_change = others.map(distance).min();
    WeightBreaks { now, segments, smallest_change }
}

/// The places with the lowest key, in their order.
fn lowest<K: Ord>(places: Vec<usize>, key: impl Fn(usize) -> K) -> Vec<usize> {
    let least = places.iter().map(|place| key(*place)).min();
    places.into_iter().filter(|place| Some(key(*place)) == least).collect()
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
