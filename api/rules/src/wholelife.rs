//! Whole-life cost (METHODS 6.6): real cash flows, discounted at the published rate (HM Treasury, The Green Book, 2022,
//! annex A6: 3.5 % for years 0 to 30, then 3.0 % to year 75 and 2.5 % to year 125).

use std::collections::BTreeMap;
use std::fmt;

use crate::exact::Exact;

/// The rates by the last year they hold for, in thousandths a year.
const RATES: [(u32, i64); 3] = [(30, 35), (75, 30), (125, 25)];
/// The last year that has a rate.
pub const LAST_YEAR: u32 = RATES[2].0;

/// Why there is no whole-life cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WholeLifeFault {
    /// No rate is published for a year so far off, or there is no year.
    YearOutOfRange,
    /// A one-off cost falls into a year outside the term.
    OneOffBeyondTerm,
    /// Prices would fall to nothing or below in a year.
    DeflatorNotPositive,
}

impl WholeLifeFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::YearOutOfRange => "year_out_of_range",
            Self::OneOffBeyondTerm => "one_off_beyond_term",
            Self::DeflatorNotPositive => "deflator_not_positive",
        }
    }
}

impl fmt::Display for WholeLifeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YearOutOfRange => {
                write!(
                    f,
                    "years run from 0 to {LAST_YEAR}, the last year that has a rate, and a term has one at least"
                )
            }
            Self::OneOffBeyondTerm => f.write_str("a one-off cost falls into a year outside the term"),
            Self::DeflatorNotPositive => f.write_str("a deflator of −1 or less leaves no price level"),
        }
    }
}

impl std::error::Error for WholeLifeFault {}

/// What a pound paid at the start of a year is worth today: Π 1/(1 + rate) over the years before it.
pub fn discount_factor(year: u32) -> Result<Exact, WholeLifeFault> {
    discount_factors(year)?.pop().ok_or(WholeLifeFault::YearOutOfRange)
}

/// The factors of the years 0 to `last`.
fn discount_factors(last: u32) -> Result<Vec<Exact>, WholeLifeFault> {
    let mut factors = vec![Exact::one()];
    let mut factor = Exact::one();
    for year in 1..=last {
        let (_, rate) =
            RATES.iter().find(|(until, _)| year <= *until).ok_or(WholeLifeFault::YearOutOfRange)?;
        let growth = Exact::ratio(1000 + rate, 1000);
        factor =
            growth.and_then(|growth| factor.checked_div(&growth)).ok_or(WholeLifeFault::YearOutOfRange)?;
        factors.push(factor.clone());
    }
    Ok(factors)
}

/// What a bid costs over the years. All amounts in pounds, all rates as parts of 1 (0.03 is 3 %).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CashFlows {
    /// Paid once, by year from 0.
    pub one_off: BTreeMap<u32, Exact>,
    /// Paid every year, in prices of year 0, and indexed.
    pub recurring: Exact,
    /// The councils' own cost every year, in prices of year 0; it follows the general price level.
    pub internal: Exact,
    /// How prices rise from each year to the next; years that are not listed rise by nothing.
    pub indexation: Vec<Exact>,
    /// The most that the contract lets prices rise in a year.
    pub cap: Option<Exact>,
    /// The least; applied after the cap.
    pub collar: Option<Exact>,
    /// How the general price level rises from each year to the next.
    pub deflator: Vec<Exact>,
}

/// What a bid costs over a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeLife {
    /// In the money of each year.
    pub nominal: Exact,
    /// In the money of year 0.
    pub real: Exact,
    /// Discounted to year 0.
    pub present_value: Exact,
    /// The discounted cost of each year.
    pub per_year: Vec<Exact>,
}

/// Where the term of the one-off costs ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// A one-off cost outside the term is a mistake.
    Refused,
    /// It is not paid: another, longer term is looked at as well.
    NotPaid,
}

/// The whole-life cost over the years 0 to `years` − 1, each paid at its start.
pub fn whole_life(flows: &CashFlows, years: u32, beyond: Beyond) -> Result<WholeLife, WholeLifeFault> {
    let last = years.checked_sub(1).ok_or(WholeLifeFault::YearOutOfRange)?;
    let factors = discount_factors(last)?;
    if beyond == Beyond::Refused && flows.one_off.keys().any(|year| *year > last) {
        return Err(WholeLifeFault::OneOffBeyondTerm);
    }
    let mut cost = WholeLife {
        nominal: Exact::zero(),
        real: Exact::zero(),
        present_value: Exact::zero(),
        per_year: Vec::with_capacity(factors.len()),
    };
    let (mut index, mut level) = (Exact::one(), Exact::one());
    for (place, (year, factor)) in (0..years).zip(&factors).enumerate() {
        let once = flows.one_off.get(&year).cloned().unwrap_or_default();
        let nominal = once + &flows.recurring * &index + &flows.internal * &level;
        let real = nominal.checked_div(&level).ok_or(WholeLifeFault::DeflatorNotPositive)?;
        let discounted = &real * factor;
        cost.nominal += nominal;
        cost.real += real;
        cost.present_value += &discounted;
        cost.per_year.push(discounted);
        index = index * (Exact::one() + flows.uplift(place));
        level = level * (Exact::one() + flows.deflator.get(place).cloned().unwrap_or_default());
        if !level.is_positive() && year < last {
            return Err(WholeLifeFault::DeflatorNotPositive);
        }
    }
    Ok(cost)
}

impl CashFlows {
    /// How much the recurring price rises after a year: the index within the contract's limits.
    fn uplift(&self, year: usize) -> Exact {
        let mut rise = self.indexation.get(year).cloned().unwrap_or_default();
        if let Some(cap) = &self.cap {
            rise = rise.min(cap.clone());
        }
        if let Some(collar) = &self.collar {
            rise = rise.max(collar.clone());
        }
        rise
    }
}
