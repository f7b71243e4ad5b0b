//! Which quality totals can be reached with a lot's scales: exact, and counted without going through every way to mark.

use super::draft::Asked;
use crate::exact::Exact;

/// The most sums that are formed for one count. It bounds time (some hundredths of a second) and memory; within it lie a hundred
/// questions of whole percentages on a scale of 0 to 5. A count that would need more is not made, and told as such.
pub const MOST_SUMS: usize = 2_000_000;

/// The totals that marks can reach.
pub(super) struct Totals {
    /// In parts of a point, each once, the lowest first; never empty.
    sums: Vec<i64>,
    /// How many parts make a point.
    parts: i64,
}

impl Totals {
    /// Of every way to mark the questions, from the place of a mark on each scale up. Nothing where that takes more than
    /// [`MOST_SUMS`].
    pub fn of(questions: &[Asked<'_>], from: impl Fn(&Asked<'_>) -> usize) -> Option<Self> {
        let all: Vec<Exact> = questions.iter().flat_map(|asked| asked.points.iter().cloned()).collect();
        let (mut whole, parts) = Exact::over_common_divisor(&all)?;
        let mut sums = vec![0_i64];
        let mut formed = 0_usize;
        for asked in questions {
            let rest = whole.split_off(asked.points.len());
            let earned = std::mem::replace(&mut whole, rest).split_off(from(asked));
            formed = formed.checked_add(sums.len().checked_mul(earned.len())?)?;
            if formed > MOST_SUMS {
                return None;
            }
            sums = with_each(&sums, &earned)?;
        }
        Some(Self { sums, parts })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sums.len()
    }

    /// How many there are when each is rounded, half up as [`Exact::round`] does of what is not below 0.
    pub fn count_rounded(&self, decimals: u32) -> Option<usize> {
        let (parts, ten) = (i128::from(self.parts), 10_i128.checked_pow(decimals)?);
        let rounded = |sum: &i64| {
            let doubled = i128::from(*sum).checked_mul(ten)?.checked_mul(2)?;
            Some((doubled + parts) / (parts * 2))
        };
        let mut rounded: Vec<i128> = self.sums.iter().map(rounded).collect::<Option<_>>()?;
        rounded.dedup();
        Some(rounded.len())
    }

    /// The lowest that is not below a number of points.
    pub fn lowest_from(&self, least: &Exact) -> Option<Exact> {
        let points = |sum: &i64| Exact::ratio(*sum, self.parts);
        let place = self.sums.partition_point(|sum| points(sum).is_some_and(|points| points < *least));
        self.sums.get(place).and_then(points)
    }
}

/// Every sum with every number, each once and in order; nothing where one does not fit.
fn with_each(sums: &[i64], numbers: &[i64]) -> Option<Vec<i64>> {
    let pairs = numbers.iter().flat_map(|number| sums.iter().map(move |sum| sum.checked_add(*number)));
    let mut found: Vec<i64> = pairs.collect::<Option<_>>()?;
    found.sort_unstable();
    found.dedup();
    Some(found)
}
