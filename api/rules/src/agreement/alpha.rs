//! Krippendorff's alpha (Krippendorff, Content Analysis, 2004, chapter 11), and who it is that the others disagree with.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{AgreementFault, Ratings, columns};
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

/// Ratings as counts: what agreement is computed from, so that sums are over counts and not over every pair of marks.
pub(super) struct Table {
    /// The distinct values, lowest first.
    values: Vec<Exact>,
    /// Each row, as places in `values`.
    rows: Vec<Vec<Option<usize>>>,
    columns: usize,
}

/// Pairs of places of a higher and a lower value, counted. Only those there are: values may be as many as marks.
type Pairs = BTreeMap<(usize, usize), i64>;

/// Values that can be paired: those of columns in which at least two raters gave one.
struct Pairable {
    /// The distinct values, lowest first.
    values: Vec<Exact>,
    /// How often each was given.
    times: Vec<i64>,
    /// How many pairs of a higher and a lower value stand in one column, by how many values it has.
    pairs: BTreeMap<i64, Pairs>,
}

/// Alpha of all four kinds.
pub fn alpha(ratings: &Ratings) -> Result<Alpha, AgreementFault> {
    Table::of(ratings)?.alpha()
}

/// The ordinal alpha of the others, without each rater in turn: the largest rise names whom to talk to.
pub fn alpha_without(ratings: &Ratings) -> Result<Vec<Option<Exact>>, AgreementFault> {
    Table::of(ratings)?.alpha_without()
}

/// How much each rater gives above the others: the mean of its own values less the mean, over the same columns, of the
/// others' means. Nothing for a rater who shares no column with anybody.
pub fn leniency(ratings: &Ratings) -> Result<Vec<Option<Exact>>, AgreementFault> {
    Ok(Table::of(ratings)?.leniency())
}

impl Table {
    pub(super) fn of(ratings: &Ratings) -> Result<Self, AgreementFault> {
        let columns = columns(ratings)?;
        let known: HashSet<&Exact> = ratings.iter().flatten().flatten().collect();
        let mut values: Vec<&Exact> = known.into_iter().collect();
        values.sort();
        let place: HashMap<&Exact, usize> =
            values.iter().enumerate().map(|(place, value)| (*value, place)).collect();
        let rows = ratings
            .iter()
            .map(|row| row.iter().map(|value| place.get(value.as_ref()?).copied()).collect())
            .collect();
        Ok(Self { values: values.into_iter().cloned().collect(), rows, columns })
    }

    pub(super) fn alpha(&self) -> Result<Alpha, AgreementFault> {
        let pairable = Pairable::of(self, None);
        let of = |difference| pairable.alpha(difference);
        Ok(Alpha {
            nominal: of(Difference::Nominal)?,
            ordinal: of(Difference::Ordinal)?,
            interval: of(Difference::Interval)?,
            ratio: of(Difference::Ratio)?,
        })
    }

    pub(super) fn alpha_without(&self) -> Result<Vec<Option<Exact>>, AgreementFault> {
        (0..self.rows.len()).map(|rater| Pairable::of(self, Some(rater)).alpha(Difference::Ordinal)).collect()
    }

    /// The columns without one rater, or all: how often each value stands in each.
    fn counted(&self, without: Option<usize>) -> impl Iterator<Item = Vec<i64>> + '_ {
        (0..self.columns).map(move |column| {
            let mut times = vec![0; self.values.len()];
            let rows = self.rows.iter().enumerate().filter(|(rater, _)| Some(*rater) != without);
            for place in rows.filter_map(|(_, row)| row[column]) {
                times[place] += 1;
            }
            times
        })
    }

    /// How many values stand in a column with another one, without one rater or with all.
    pub(super) fn beside_others(&self, without: Option<usize>) -> usize {
        let given =
            self.counted(without).map(|times| usize::try_from(times.iter().sum::<i64>()).unwrap_or(0));
        given.filter(|given| *given > 1).sum()
    }

    pub(super) fn leniency(&self) -> Vec<Option<Exact>> {
        (0..self.rows.len()).map(|rater| self.leniency_of(rater)).collect()
    }

    /// Σ (own − others / (n − 1)) over the columns it shares, over their number. What others gave is counted by n and value
    /// first, for there are few of either.
    fn leniency_of(&self, rater: usize) -> Option<Exact> {
        let mut own_times = vec![0; self.values.len()];
        let mut others_by_size: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (own, others) in self.rows[rater].iter().zip(self.counted(Some(rater))) {
            let size: i64 = others.iter().sum();
            let (Some(own), true) = (own, size > 0) else { continue };
            own_times[*own] += 1;
            let sums = others_by_size.entry(size).or_insert_with(|| vec![0; self.values.len()]);
            for (sum, times) in sums.iter_mut().zip(others) {
                *sum += times;
            }
        }
        let mut more = self.sum(&own_times);
        for (size, times) in &others_by_size {
            more -= &self.sum(times).checked_div(&Exact::from(*size))?;
        }
        more.checked_div(&Exact::from(own_times.iter().sum::<i64>()))
    }

    fn sum(&self, times: &[i64]) -> Exact {
        self.values.iter().zip(times).map(|(value, times)| value * Exact::from(*times)).sum()
    }
}

impl Pairable {
    fn of(table: &Table, without: Option<usize>) -> Self {
        let mut times = vec![0; table.values.len()];
        let mut pairs: BTreeMap<i64, Pairs> = BTreeMap::new();
        for unit in table.counted(without) {
            let size: i64 = unit.iter().sum();
            if size < 2 {
                continue;
            }
            let of_size = pairs.entry(size).or_default();
            let given: Vec<(usize, i64)> =
                unit.iter().copied().enumerate().filter(|(_, times)| *times > 0).collect();
            for (at, (high, upper)) in given.iter().enumerate() {
                times[*high] += upper;
                for (low, lower) in &given[..at] {
                    *of_size.entry((*high, *low)).or_default() += upper * lower;
                }
            }
        }
        Self { values: table.values.clone(), times, pairs }.without_unpaired()
    }

    /// Without the values that stand alone in their columns: they are no part of any comparison.
    fn without_unpaired(self) -> Self {
        let kept: Vec<usize> = (0..self.values.len()).filter(|place| self.times[*place] > 0).collect();
        let place = |old: usize| kept.binary_search(&old).unwrap_or_default();
        let moved = |pairs: Pairs| -> Pairs {
            pairs.into_iter().map(|((high, low), times)| ((place(high), place(low)), times)).collect()
        };
        Self {
            pairs: self.pairs.into_iter().map(|(size, pairs)| (size, moved(pairs))).collect(),
            values: kept.iter().map(|place| self.values[*place].clone()).collect(),
            times: kept.iter().map(|place| self.times[*place]).collect(),
        }
    }

    /// 1 − (n − 1) · Σ over pairs within columns / Σ over all pairs.
    fn alpha(&self, difference: Difference) -> Result<Option<Exact>, AgreementFault> {
        let Some(apart) = self.differences(difference) else { return Ok(None) };
        let mut within = Exact::zero();
        for (size, pairs) in &self.pairs {
            let mut sum = Exact::zero();
            for ((high, low), times) in pairs {
                add(&mut sum, &(&apart[*high][*low] * Exact::from(*times)))?;
            }
            let Some(share) = sum.checked_div(&Exact::from(size - 1)) else { return Ok(None) };
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
