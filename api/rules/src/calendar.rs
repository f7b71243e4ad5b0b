//! Statutory days: working days, standstill and tender periods.
//!
//! Periods and holidays are dated data with their source. A date outside the data is an error, never a guess.

mod holidays;

use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};

pub use holidays::{BankHoliday, CHECKED, FIRST_YEAR, LAST_YEAR, Nation, SOURCE, bank_holidays};

use crate::words::words;

/// Why a day cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    /// The date lies outside the years whose bank holidays are known.
    OutsideList(NaiveDate),
    /// A period must be at least one day long; a statutory standstill at least as long as the law says.
    TooShort {
        /// The least number of days.
        least: u32,
    },
}

impl CalendarFault {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutsideList(_) => "date_outside_calendar",
            Self::TooShort { .. } => "period_too_short",
        }
    }
}

impl fmt::Display for CalendarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideList(date) => write!(
                f,
                "{date} is outside the known bank holidays ({FIRST_YEAR} to {LAST_YEAR}): the list must be extended first"
            ),
            Self::TooShort { least } => write!(f, "the period is too short: at least {least} days"),
        }
    }
}

impl std::error::Error for CalendarFault {}

/// What a period counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Every day.
    Days,
    /// Working days (s.123).
    WorkingDays,
}

/// Where a period starts to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The day of the event is day 1 (if it is such a day, else the next one that is).
    With,
    /// The day after the event is day 1.
    DayAfter,
}

/// A statutory period, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub number: u32,
    /// Of what.
    pub unit: Unit,
    /// From when.
    pub beginning: Beginning,
    /// The clause that says so.
    pub clause: &'static str,
    /// The first day on which it applied.
    pub effective_from: NaiveDate,
}

/// The day on which the Procurement Act 2023's main provisions came into force (SI 2024/716 as amended).
const IN_FORCE: NaiveDate = match NaiveDate::from_ymd_opt(2025, 2, 24) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

const fn period(number: u32, unit: Unit, beginning: Beginning, clause: &'static str) -> Period {
    Period { number, unit, beginning, clause, effective_from: IN_FORCE }
}

/// Mandatory standstill: 8 working days beginning with the day UK6 is published (s.51(2)).
pub const STANDSTILL: Period = period(8, Unit::WorkingDays, Beginning::With, "PA23 s.51");
/// Tender period where all documents are available electronically at once (s.54).
pub const TENDER_ALL_DOCUMENTS: Period = period(25, Unit::Days, Beginning::DayAfter, "PA23 s.54");
/// Tender period where they are not (s.54).
pub const TENDER_NOT_ALL_DOCUMENTS: Period = period(30, Unit::Days, Beginning::DayAfter, "PA23 s.54");
/// Tender period after a qualifying planned notice, in urgency, among preselected or dynamic-market suppliers (s.54).
pub const TENDER_REDUCED: Period = period(10, Unit::Days, Beginning::DayAfter, "PA23 s.54");
/// Contract details notice UK7, beginning with the day of entering into the contract (s.53).
pub const CONTRACT_DETAILS: Period = period(30, Unit::Days, Beginning::With, "PA23 s.53");
/// The report on a supplier that was excluded, or acted improperly, from the day of the decision.
pub const EXCLUSION_REPORT: Period = period(30, Unit::Days, Beginning::With, "PA23 s.59");

impl Period {
    /// The day that counts as day 1.
    pub fn first_day(&self, event: NaiveDate) -> Result<NaiveDate, CalendarFault> {
        let first = match self.beginning {
            Beginning::With => event,
            Beginning::DayAfter => next(event)?,
        };
        match self.unit {
            Unit::Days => Ok(first),
            Unit::WorkingDays => working_day_from(first),
        }
    }

    /// The last day of the period.
    pub fn last_day(&self, event: NaiveDate) -> Result<NaiveDate, CalendarFault> {
        if self.number == 0 {
            return Err(CalendarFault::TooShort { least: 1 });
        }
        let mut day = self.first_day(event)?;
        for _ in 1..self.number {
            day = match self.unit {
                Unit::Days => next(day)?,
                Unit::WorkingDays => working_day_from(next(day)?)?,
            };
        }
        Ok(day)
    }
}

fn next(day: NaiveDate) -> Result<NaiveDate, CalendarFault> {
    day.succ_opt().ok_or(CalendarFault::OutsideList(day))
}

fn working_day_from(mut day: NaiveDate) -> Result<NaiveDate, CalendarFault> {
    while !is_working_day(day)? {
        day = next(day)?;
    }
    Ok(day)
}

/// Whether a day is neither Saturday, Sunday nor a bank holiday in any part of the United Kingdom (s.123): the union of
/// the lists of the three jurisdictions.
pub fn is_working_day(day: NaiveDate) -> Result<bool, CalendarFault> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        return Err(CalendarFault::OutsideList(day));
    }
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    Ok(!weekend && !bank_holidays(day.year()).iter().any(|holiday| holiday.date == day))
}

/// The days in which the contract may not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// Day 1: the day the notice was published, or the next working day.
    pub first_day: NaiveDate,
    /// The last day on which signature is forbidden.
    pub last_day: NaiveDate,
    /// The first day on which signature is possible: the day after, working or not.
    pub sign_from: NaiveDate,
}

/// The standstill after a contract award notice published on `published` (s.51). `days` is 8, or more where the notice
/// says so; a shorter one is refused, because a voluntary standstill too must be at least 8 working days.
pub fn standstill(published: NaiveDate, days: u32) -> Result<Standstill, CalendarFault> {
    if days < STANDSTILL.number {
        return Err(CalendarFault::TooShort { least: STANDSTILL.number });
    }
    let period = Period { number: days, ..STANDSTILL };
    let last_day = period.last_day(published)?;
    Ok(Standstill { first_day: period.first_day(published)?, last_day, sign_from: next(last_day)? })
}

/// How many working days lie from one day to another, both counted.
pub fn working_days(first: NaiveDate, last: NaiveDate) -> Result<u32, CalendarFault> {
    let mut count = 0;
    let mut day = first;
    while day <= last {
        count += u32::from(is_working_day(day)?);
        day = next(day)?;
    }
    Ok(count)
}

words! {
    /// What decides the length of the tender period (s.54).
    TenderBasis {
        /// All documents are available electronically with the notice.
        AllDocuments = "all_documents", "All documents available electronically at once";
        /// They are not.
        NotAllDocuments = "not_all_documents", "Not all documents available at once";
        /// A ground for the reduced period.
        Reduced = "reduced", "Reduced: planned notice, urgency, preselected suppliers or dynamic market";
    }
}

impl TenderBasis {
    /// The period.
    #[must_use]
    pub const fn period(self) -> Period {
        match self {
            Self::AllDocuments => TENDER_ALL_DOCUMENTS,
            Self::NotAllDocuments => TENDER_NOT_ALL_DOCUMENTS,
            Self::Reduced => TENDER_REDUCED,
        }
    }
}

/// The earliest day that may be the last day for tenders, after a tender notice of that day (s.54).
pub fn tender_period_earliest(notice: NaiveDate, basis: TenderBasis) -> Result<NaiveDate, CalendarFault> {
    basis.period().last_day(notice)
}
