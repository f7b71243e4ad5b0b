//! Several councils' marks on one question as one number (METHODS 6.4): first inside each council, then over councils, so
//! that a council with more panel members does not count more. Information for a moderator; the mark of record is a
//! consensus on the scale (DOMAIN rule 2).

use std::fmt;

use crate::exact::Exact;
use crate::marks;

/// The spread in marks from which a question needs moderation unless another was agreed.
pub const DEFAULT_TRIGGER: i64 = 2;

/// How the marks of one council become its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Average {
    /// Their sum over their number.
    Mean,
    /// The middle one; of an even number, the mean of the middle two.
    Median,
    /// The mean of what is left after ⌊trim · n⌋ were dropped at each end.
    TrimmedMean {
        /// The share to drop at each end.
        trim: Exact,
    },
}

/// One council's marks on a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilMarks {
    /// The council's id.
    pub id: String,
    /// Its weight, in any unit: weights are normalised over the councils that have marks.
    pub weight: Exact,
    /// The marks there are.
    pub marks: Vec<Exact>,
}

/// What was agreed beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateRules {
    /// How a council's marks become one.
    pub average: Average,
    /// The most that one council's weight may be of all; what is cut off goes to the others in proportion.
    pub weight_cap: Option<Exact>,
    /// Whether a council without marks stops the calculation; otherwise it is left out.
    pub all_councils: bool,
}

/// One council's part in the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilMark {
    /// The council's id.
    pub id: String,
    /// Its mark.
    pub mark: Exact,
    /// Its weight, of 1 over all councils.
    pub weight: Exact,
}

/// Marks put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// The councils that have marks, in the order given.
    pub councils: Vec<CouncilMark>,
    /// Σ weight · mark.
    pub value: Exact,
    /// The highest single mark less the lowest, over all councils.
    pub spread: Exact,
}

/// Why marks cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFault {
    /// Nobody gave a mark.
    NoMarks,
    /// A council gave none, and all must.
    CouncilWithoutMarks,
    /// The cap is so low that weights cannot sum to 1 under it.
    CapTooLow,
    /// A weight is below zero.
    WeightNegative,
    /// The weights of the councils that have marks are all zero.
    WeightsAllZero,
    /// The share to trim is below zero.
    TrimNegative,
    /// Trimming leaves no mark of a council.
    TrimTooLarge,
}

impl AggregateFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMarks => "no_marks",
            Self::CouncilWithoutMarks => "council_without_marks",
            Self::CapTooLow => "cap_too_low",
            Self::WeightNegative => "weight_negative",
            Self::WeightsAllZero => "weights_all_zero",
            Self::TrimNegative => "trim_negative",
            Self::TrimTooLarge => "trim_too_large",
        }
    }
}

impl fmt::Display for AggregateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMarks => "there is no mark",
            Self::CouncilWithoutMarks => "a council has no mark, and every council must have one",
            Self::CapTooLow => "under this cap the weights cannot sum to 1: raise it, or leave it out",
            Self::WeightNegative => "a council's weight is below zero",
            Self::WeightsAllZero => "the councils that have marks have no weight",
            Self::TrimNegative => "the share to trim is below zero",
            Self::TrimTooLarge => "trimming leaves a council without a mark",
        })
    }
}

impl std::error::Error for AggregateFault {}

/// Puts the councils' marks together.
pub fn aggregate(councils: &[CouncilMarks], rules: &AggregateRules) -> Result<Aggregate, AggregateFault> {
    let present: Vec<&CouncilMarks> = councils.iter().filter(|council| !council.marks.is_empty()).collect();
    if rules.all_councils && present.len() < councils.len() {
        return Err(AggregateFault::CouncilWithoutMarks);
    }
    let all: Vec<Exact> = present.iter().flat_map(|council| council.marks.iter().cloned()).collect();
    let spread = marks::spread(&all).ok_or(AggregateFault::NoMarks)?;
    let own =
        present.iter().map(|council| rules.average.of(&council.marks)).collect::<Result<Vec<_>, _>>()?;
    let weights = present.iter().map(|council| council.weight.clone()).collect();
    let weights = capped(normalised(weights)?, rules.weight_cap.as_ref())?;
    let value = own.iter().zip(&weights).map(|(mark, weight)| mark * weight).sum();
    let councils = present
        .iter()
        .zip(own)
        .zip(weights)
        .map(|((council, mark), weight)| CouncilMark { id: council.id.clone(), mark, weight })
        .collect();
    Ok(Aggregate { councils, value, spread })
}

impl Aggregate {
    /// Whether the value is one of the marks of a scale.
    #[must_use]
    pub fn on_scale(&self, scale: &[Exact]) -> bool {
        scale.contains(&self.value)
    }

    /// Whether the panel must talk: the value is no mark of the scale, or single marks lie `trigger` or more apart.
    #[must_use]
    pub fn needs_moderation(&self, scale: &[Exact], trigger: &Exact) -> bool {
        !self.on_scale(scale) || self.spread >= *trigger
    }
}

impl Average {
    fn of(&self, marks: &[Exact]) -> Result<Exact, AggregateFault> {
        let mut sorted = marks.to_vec();
        sorted.sort();
        let kept = match self {
            Self::Mean => &sorted[..],
            // One mark in the middle, or two.
            Self::Median => {
                let drop = sorted.len().saturating_sub(1) / 2;
                &sorted[drop..sorted.len() - drop]
            }
            Self::TrimmedMean { trim } => {
                if trim.is_negative() {
                    return Err(AggregateFault::TrimNegative);
                }
                let drop = (trim * Exact::from(sorted.len())).floor().to_i64();
                let drop = drop.and_then(|drop| usize::try_from(drop).ok());
                let end = drop.and_then(|drop| sorted.len().checked_sub(drop));
                drop.zip(end)
                    .and_then(|(drop, end)| sorted.get(drop..end))
                    .filter(|kept| !kept.is_empty())
                    .ok_or(AggregateFault::TrimTooLarge)?
            }
        };
        Exact::mean(kept).ok_or(AggregateFault::NoMarks)
    }
}

/// Weights as shares of 1.
fn normalised(weights: Vec<Exact>) -> Result<Vec<Exact>, AggregateFault> {
    if weights.iter().any(Exact::is_negative) {
        return Err(AggregateFault::WeightNegative);
    }
    let sum: Exact = weights.iter().sum();
    weights.iter().map(|weight| weight.checked_div(&sum).ok_or(AggregateFault::WeightsAllZero)).collect()
}

/// Water-filling: every weight above the cap is set to it, and the others are scaled up to fill 1, until none is above.
fn capped(mut weights: Vec<Exact>, cap: Option<&Exact>) -> Result<Vec<Exact>, AggregateFault> {
    let Some(cap) = cap else { return Ok(weights) };
    if cap * Exact::from(weights.len()) < Exact::one() {
        return Err(AggregateFault::CapTooLow);
    }
    let mut at_cap = vec![false; weights.len()];
    loop {
        let mut changed = false;
        for (weight, fixed) in weights.iter_mut().zip(&mut at_cap) {
            if *weight > *cap {
                weight.clone_from(cap);
                (*fixed, changed) = (true, true);
            }
        }
        if !changed {
            return Ok(weights);
        }
        let sum_where = |fixed: bool| -> Exact {
            weights.iter().zip(&at_cap).filter(|(_, at)| **at == fixed).map(|(weight, _)| weight).sum()
        };
        let left = Exact::one() - sum_where(true);
        // Nobody else has a weight to take what was cut off.
        let factor = left.checked_div(&sum_where(false));
        if factor.is_none() && !left.is_zero() {
            return Err(AggregateFault::CapTooLow);
        }
        for (weight, _) in weights.iter_mut().zip(&at_cap).filter(|(_, fixed)| !**fixed) {
            *weight = factor.as_ref().map_or_else(Exact::zero, |factor| &*weight * factor);
        }
    }
}
