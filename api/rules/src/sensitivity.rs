//! What would have to change for another bid to win (METHODS "At award" j and k). Exact, without simulation. What a whole
//! result says of it is in [`report`].

pub mod report;

use std::fmt;

use crate::exact::Exact;

/// Why sensitivity cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensitivityFault {
    /// Prices must be above zero.
    PriceNotPositive,
    /// There is no bid.
    NoBids,
    /// A bid has more or fewer scores than there are weights.
    ScoresUnfit,
    /// There is no such criterion.
    NoSuchCriterion,
    /// A weight is below zero.
    WeightNegative,
    /// The weights do not sum to 1.
    WeightsNotOne,
    /// The criterion has all the weight: nothing says how the others would share the rest.
    NothingToScale,
}

impl SensitivityFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PriceNotPositive => "price_not_positive",
            Self::NoBids => "no_bids",
            Self::ScoresUnfit => "scores_do_not_fit_weights",
            Self::NoSuchCriterion => "vary_out_of_range",
            Self::WeightNegative => "weight_negative",
            Self::WeightsNotOne => "weights_do_not_sum_to_1",
            Self::NothingToScale => "no_other_weight",
        }
    }
}

impl fmt::Display for SensitivityFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PriceNotPositive => "every price must be above zero",
            Self::NoBids => "there is no bid",
            Self::ScoresUnfit => "every bid needs one score for each weight",
            Self::NoSuchCriterion => "there is no criterion of this number; the first is 0",
            Self::WeightNegative => "a weight is below zero",
            Self::WeightsNotOne => "the weights must sum to exactly 1",
            Self::NothingToScale => "the criterion has all the weight, so the others cannot be scaled",
        })
    }
}

impl std::error::Error for SensitivityFault {}

/// What the flip price needs to know of a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its quality points.
    pub quality: Exact,
    /// Its evaluated price in pounds, above zero.
    pub price: Exact,
}

/// The lowest price at which two bids change places under `lowest_over_bid`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlipPrice {
    /// The lowest price at which they are equal; nothing where no price above zero makes them so.
    pub price: Option<Exact>,
    /// Whether any compliant bid under it, however poor, would reverse them: it lies under the lowest price there is.
    pub vulnerable: bool,
}

/// `x* = (Q_B − Q_A) / (W · (1/p_A − 1/p_B))` for leader A and runner-up B, where `lowest` is the lowest price there is.
pub fn flip_price(
    first: &Standing,
    second: &Standing,
    weight: &Exact,
    lowest: &Exact,
) -> Result<FlipPrice, SensitivityFault> {
    if [&first.price, &second.price, lowest].iter().any(|price| !price.is_positive()) {
        return Err(SensitivityFault::PriceNotPositive);
    }
    // 1/p_A − 1/p_B = (p_B − p_A) / (p_A · p_B)
    let gained = (&second.quality - &first.quality) * &first.price * &second.price;
    let price = gained.checked_div(&(weight * (&second.price - &first.price))).filter(Exact::is_positive);
    let vulnerable = price.as_ref().is_some_and(|price| price < lowest);
    Ok(FlipPrice { price, vulnerable })
}

/// A range of the varied weight and who wins on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins.
    pub from: Exact,
    /// Where it ends.
    pub to: Exact,
    /// Who wins between, by place in the list of bids, in its order; several where they are equal all along.
    pub winners: Vec<usize>,
}

/// The varied weight from 0 to 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightBreaks {
    /// Who wins at the weight as it is, by place in the list of bids; several where they tie.
    pub now: Vec<usize>,
    /// The ranges, from 0 to 1 without gaps; neighbours have different winners.
    pub segments: Vec<Segment>,
    /// How far the weight is from the nearest range with other winners; nothing where there is none.
    pub smallest_change: Option<Exact>,
}

/// A bid's total as a function of the varied weight: `at_zero` + `slope` · t.
struct Line {
    at_zero: Exact,
    slope: Exact,
}

impl Line {
    fn at(&self, weight: &Exact) -> Exact {
        &self.at_zero + &self.slope * weight
    }
}

/// The exact weights of criterion `vary` at which the winner changes, the other weights scaled in proportion: at weight t
/// of it, each other is `w · (1 − t) / (1 − w_vary)`. `scores` are each bid's shares of the criteria.
pub fn weight_breaks(
    weights: &[Exact],
    vary: usize,
    scores: &[Vec<Exact>],
) -> Result<WeightBreaks, SensitivityFault> {
    if weights.iter().any(Exact::is_negative) {
        return Err(SensitivityFault::WeightNegative);
    }
    let now = weights.get(vary).ok_or(SensitivityFault::NoSuchCriterion)?;
    if weights.iter().sum::<Exact>() != Exact::one() {
        return Err(SensitivityFault::WeightsNotOne);
    }
    if scores.is_empty() {
        return Err(SensitivityFault::NoBids);
    }
    let rest = Exact::one() - now;
    let mut lines = Vec::with_capacity(scores.len());
    for bid in scores {
        if bid.len() != weights.len() {
            return Err(SensitivityFault::ScoresUnfit);
        }
        let others = weights.iter().zip(bid).enumerate().filter(|(criterion, _)| *criterion != vary);
        let others: Exact = others.map(|(_, (weight, score))| weight * score).sum();
        let at_zero = others.checked_div(&rest).ok_or(SensitivityFault::NothingToScale)?;
        lines.push(Line { slope: &bid[vary] - &at_zero, at_zero });
    }
    let winners = best(&lines, |line| line.at(now));
    let segments = upper_edge(&lines);
    let distance = |segment: &Segment| (&segment.from - now).abs().min((&segment.to - now).abs());
    let smallest_change = segments.iter().filter(|segment| segment.winners != winners).map(distance).min();
    Ok(WeightBreaks { now: winners, segments, smallest_change })
}

/// The places of the lines that are highest by some key, in their order.
fn best<K: Ord>(lines: &[Line], key: impl Fn(&Line) -> K) -> Vec<usize> {
    let keys: Vec<K> = lines.iter().map(key).collect();
    let highest = keys.iter().max();
    keys.iter().enumerate().filter(|(_, key)| Some(*key) == highest).map(|(place, _)| place).collect()
}

/// Walks along the highest line from 0 to 1. Just right of a crossing the steepest of the lines that meet is highest;
/// the next crossing is the nearest one with a steeper line. Slopes rise from range to range, so winners differ.
fn upper_edge(lines: &[Line]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut from = Exact::zero();
    while from < Exact::one() {
        let winners = best(lines, |line| (line.at(&from), line.slope.clone()));
        let Some(highest) = winners.first().and_then(|place| lines.get(*place)) else { break };
        let to = lines
            .iter()
            .filter(|line| line.slope > highest.slope)
            .filter_map(|line| {
                (&highest.at_zero - &line.at_zero).checked_div(&(&line.slope - &highest.slope))
            })
            .min()
            .map_or_else(Exact::one, |crossing| crossing.min(Exact::one()));
        segments.push(Segment { from, to: to.clone(), winners });
        from = to;
    }
    segments
}
