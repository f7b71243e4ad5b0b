//! Krippendorff's alpha (Krippendorff, Content Analysis, 2004, chapter 11), and who it is that the others disagree with.

use super::{AgreementFault, Ratings, columns, count};
use crate::exact::Exact;

/// The most binary digits of a sum's divisor: beyond it a calculation costs time and says nothing about marks.
const MOST_BITS: u64 = 8_192;

/// How far two values are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Equal or not.
    Nominal,
    /// By how many values lie between them, as often as they were given.
    Ordinal,
    /// By their difference.
    Interval,
    /// By their difference over their sum.
    Ratio,
}

/// Alpha by kind of difference; nothing where nobody can be compared, or where all values are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alpha {
    /// With values as names.
    pub nominal: Option<Exact>,
    /// With values as ranks: the one for marks.
    pub ordinal: Option<Exact>,
    /// With values as measures.
    pub interval: Option<Exact>,
    /// With values as measures that have a zero.
    pub ratio: Option<Exact>,
}

/// Values that can be paired: those of columns in which at least two raters gave one.
struct Pairable {
    /// The distinct values, lowest first.
    values: Vec<Exact>,
    /// How often each was given.
    times: Vec<i64>,
    /// Each column, as places in `values`.
    units: Vec<Vec<usize>>,
}

/// Alpha of all four kinds.
pub fn alpha(ratings: &Ratings) -> Result<Alpha, AgreementFault> {
    let pairable = Pairable::of(ratings, None)?;
    let of = |difference| pairable.alpha(difference);
    Ok(Alpha {
        nominal: of(Difference::Nominal)?,
        ordinal: of(Difference::Ordinal)?,
        interval: of(Difference::Interval)?,
        ratio: of(Difference::Ratio)?,
    })
}

/// The ordinal alpha of the others, without each rater in turn: the largest rise names whom to talk to.
pub fn alpha_without(ratings: &Ratings) -> Result<Vec<Option<Exact>>, AgreementFault> {
    (0..ratings.len()).map(|rater| Pairable::of(ratings, Some(rater))?.alpha(Difference::Ordinal)).collect()
}

/// How much each rater gives above the others: the mean of its own values less the mean, over the same columns, of the
/// others' means. Nothing for a rater who shares no column with anybody.
pub fn leniency(ratings: &Ratings) -> Result<Vec<Option<Exact>>, AgreementFault> {
    let columns = columns(ratings)?;
    Ok((0..ratings.len())
        .map(|rater| {
            let differences: Vec<Exact> = (0..columns)
                .filter_map(|column| {
                    let own = ratings[rater][column].as_ref()?;
                    let others: Vec<&Exact> = ratings
                        .iter()
                        .enumerate()
                        .filter(|(other, _)| *other != rater)
                        .filter_map(|(_, row)| row[column].as_ref())
                        .collect();
                    let sum: Exact = others.iter().copied().sum();
                    Some(own - sum.checked_div(&count(others.len()))?)
                })
                .collect();
            differences.iter().sum::<Exact>().checked_div(&count(differences.len()))
        })
        .collect())
}

impl Pairable {
    fn of(ratings: &Ratings, without: Option<usize>) -> Result<Self, AgreementFault> {
        let columns = columns(ratings)?;
        let rows: Vec<&Vec<Option<Exact>>> = ratings
            .iter()
            .enumerate()
            .filter(|(rater, _)| Some(*rater) != without)
            .map(|(_, row)| row)
            .collect();
        let units: Vec<Vec<&Exact>> = (0..columns)
            .map(|column| rows.iter().filter_map(|row| row[column].as_ref()).collect())
            .filter(|unit: &Vec<&Exact>| unit.len() > 1)
            .collect();
        let mut values: Vec<Exact> = units.iter().flatten().map(|value| (*value).clone()).collect();
        values.sort();
        values.dedup();
        let place = |value: &&Exact| values.binary_search(value).unwrap_or_default();
        let units: Vec<Vec<usize>> = units.iter().map(|unit| unit.iter().map(place).collect()).collect();
        let mut times = vec![0; values.len()];
        for value in units.iter().flatten() {
            times[*value] += 1;
        }
        Ok(Self { values, times, units })
    }

    /// 1 − (n − 1) · Σ over pairs within columns / Σ over all pairs.
    fn alpha(&self, difference: Difference) -> Result<Option<Exact>, AgreementFault> {
        let Some(apart) = self.differences(difference) else { return Ok(None) };
        let mut within = Exact::zero();
        for unit in &self.units {
            let mut sum = Exact::zero();
            for (one, first) in unit.iter().enumerate() {
                for second in &unit[one + 1..] {
                    add(&mut sum, &apart[*first.max(second)][*first.min(second)])?;
                }
            }
            let Some(share) = sum.checked_div(&count(unit.len() - 1)) else { return Ok(None) };
            add(&mut within, &share)?;
        }
        let mut overall = Exact::zero();
        for (high, row) in apart.iter().enumerate() {
            for (low, square) in row.iter().enumerate() {
                add(&mut overall, &(square * Exact::from(self.times[high]) * Exact::from(self.times[low])))?;
            }
        }
        let others = Exact::from(self.times.iter().sum::<i64>() - 1);
        Ok((others * within).checked_div(&overall).map(|disagreement| Exact::one() - disagreement))
    }

    /// The squared difference of each value (row) to the lower ones and itself (columns). Nothing where it is not defined:
    /// a ratio of values that cancel out.
    fn differences(&self, difference: Difference) -> Option<Vec<Vec<Exact>>> {
        let mut all = Vec::with_capacity(self.values.len());
        let half =
            |times: i64| Exact::from(times) * Exact::one().checked_div(&Exact::from(2)).unwrap_or_default();
        for (high, upper) in self.values.iter().enumerate() {
            let mut row = Vec::with_capacity(high + 1);
            for (low, lower) in self.values[..high].iter().enumerate() {
                let apart = match difference {
                    Difference::Nominal => Exact::one(),
                    Difference::Interval => upper - lower,
                    Difference::Ratio => (upper - lower).checked_div(&(upper + lower))?,
                    Difference::Ordinal => {
                        let between = self.times[low..=high].iter().sum::<i64>();
                        Exact::from(between) - half(self.times[low] + self.times[high])
                    }
                };
                row.push(&apart * &apart);
            }
            row.push(Exact::zero());
            all.push(row);
        }
        Some(all)
    }
}

fn add(sum: &mut Exact, part: &Exact) -> Result<(), AgreementFault> {
    *sum += part;
    if sum.divisor_bits() > MOST_BITS { Err(AgreementFault::TooManyDigits) } else { Ok(()) }
}
