//! Price points over the expected range: the curve to draw, where it is flat (METHODS 0.1 c), and what scores nothing or everything
//! (d).

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::{Finding, LaboratoryFault, Matter, Severity, Topic, figure, percent_of, pounds};
use crate::exact::Exact;

/// Into how many equal parts the range is cut for the curve: enough for a smooth line a page wide.
const PARTS: usize = 40;

/// From this share of the range on, in percent, prices that change nothing are serious: then most bids that are expected meet them.
const MOST_OF_RANGE: i64 = 50;

/// A price and what it earns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The evaluated price in pounds.
    pub price: Exact,
    /// Its price points.
    pub points: Exact,
}

/// Prices that all earn the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatRange {
    /// The lowest of them, in pounds.
    pub from: Exact,
    /// The highest of them, in pounds.
    pub to: Exact,
    /// What each earns.
    pub points: Exact,
    /// How much of the expected range they are, in percent.
    pub share: Exact,
}

/// How much of the expected range scores nothing or everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extremes {
    /// The part whose prices have no points, in percent.
    pub nothing: Exact,
    /// The part whose prices have all points, in percent. The lowest bid, which has them under a relative formula, is no part.
    pub everything: Exact,
}

/// Samples at even distances over the range and every price at which the curve breaks, the lowest price first.
pub(super) fn of(draft: &Draft<'_>) -> Result<Vec<CurvePoint>, LaboratoryFault> {
    let (low, width) = (draft.expected.low.to_exact(), draft.expected.width());
    let parts = (0..=PARTS).filter_map(|part| Exact::from(part).checked_div(&Exact::from(PARTS)));
    let mut prices: Vec<Exact> = parts.map(|part| &low + &width * part).collect();
    let high = &low + &width;
    let breaks = draft.slope().into_iter().flat_map(|(target, ceiling)| [target, ceiling]);
    prices.extend(breaks.filter(|price| low < *price && *price < high));
    prices.sort_unstable();
    prices.dedup();
    let points = prices.into_iter().map(|price| Ok(CurvePoint { points: draft.points(&price)?, price }));
    points.collect()
}

/// The parts of the range in which a lower price gains nothing, each with its share in percent.
pub(super) fn flat(draft: &Draft<'_>) -> Vec<FlatRange> {
    let (low, high) = (draft.expected.low.to_exact(), draft.expected.high.to_exact());
    let part = |from: &Exact, to: &Exact, points: &Exact| {
        let (from, to) = (from.max(&low).clone(), to.min(&high).clone());
        let share = percent_of(&(&to - &from), &draft.expected.width()).filter(Exact::is_positive)?;
        Some(FlatRange { from, to, points: points.clone(), share })
    };
    let parts = match draft.slope() {
        _ if draft.price.is_zero() => vec![part(&low, &high, &draft.price)],
        Some((target, ceiling)) => {
            vec![part(&low, &target, &draft.price), part(&ceiling, &high, &Exact::zero())]
        }
        None => Vec::new(),
    };
    parts.into_iter().flatten().collect()
}

/// How much of the range scores nothing and everything.
pub(super) fn extremes(draft: &Draft<'_>) -> Extremes {
    let flat = flat(draft);
    let share =
        |points: &Exact| flat.iter().filter(|part| part.points == *points).map(|part| &part.share).sum();
    Extremes { nothing: share(&Exact::zero()), everything: share(&draft.price) }
}

fn weighed(share: &Exact) -> Severity {
    match share {
        share if *share >= Exact::from(MOST_OF_RANGE) => Severity::Serious,
        share if share.is_positive() => Severity::Attend,
        _ => Severity::Note,
    }
}

/// A sentence for each flat part. Without a price weight all is flat, which the weights tell.
pub(super) fn tell_flat(draft: &Draft<'_>, flat: &[FlatRange]) -> Vec<Finding> {
    if draft.price.is_zero() {
        return Vec::new();
    }
    let finding = |matter, severity, told| draft.finding(Topic::Flat, matter, severity, told);
    if flat.is_empty() {
        let told = "A lower price gains points everywhere in the expected range.".to_owned();
        return vec![finding(Matter::NoFlatRange, Severity::Note, told)];
    }
    let told =
        flat.iter().map(|part| finding(Matter::FlatRange, weighed(&part.share), flat_told(draft, part)));
    told.collect()
}

fn flat_told(draft: &Draft<'_>, part: &FlatRange) -> String {
    let (from, to) = (pounds(&part.from), pounds(&part.to));
    let what = format!(
        "From {from} to {to} a lower price gains nothing: every bid there has {} of {} price points. That is {} % of the \
         expected range.",
        figure(&part.points),
        figure(&draft.price),
        figure(&part.share)
    );
    if part.points.is_zero() {
        format!(
            "{what} Raise the ceiling to {to} or more, or decide that no such price needs to be told from another."
        )
    } else {
        format!(
            "{what} Lower the target to {from} or less, or decide that savings below {to} are not wanted."
        )
    }
}

/// One sentence with both shares.
pub(super) fn tell_extremes(draft: &Draft<'_>, extremes: &Extremes) -> Vec<Finding> {
    if draft.price.is_zero() {
        return Vec::new();
    }
    let Extremes { nothing, everything } = extremes;
    let severity = weighed(&(nothing + everything));
    let all = figure(&draft.price);
    let (matter, told) = if severity == Severity::Note {
        let told = format!(
            "No part of the expected range scores no price points, and none beyond its lowest price all {all}."
        );
        (Matter::NoExtremes, told)
    } else {
        let told = format!(
            "{} % of the expected range scores no price points and {} % all {all}. Move target and ceiling to the prices \
             that are expected, or the expected prices, if these are wrong.",
            figure(nothing),
            figure(everything)
        );
        (Matter::Extremes, told)
    };
    vec![draft.finding(Topic::Extremes, matter, severity, told)]
}
