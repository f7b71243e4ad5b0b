//! The bank holidays of the United Kingdom: by rule where a rule exists (Banking and Financial Dealings Act 1971,
//! Schedule 1, and the yearly proclamations that have kept to it), and one-off days listed.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The first year whose holidays are known.
pub const FIRST_YEAR: i32 = 2024;
/// The last year whose holidays are known: beyond it a proclamation may still change them.
pub const LAST_YEAR: i32 = 2028;
/// The day on which the one-off days were last checked.
pub const CHECKED: &str = "2026-02-05";
/// Where the lists are published.
pub const SOURCE: &str = "https://www.gov.uk/bank-holidays";

/// A jurisdiction with its own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nation {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

/// A bank holiday, on the day on which it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankHoliday {
    /// Where.
    pub nation: Nation,
    /// The day, after substitution.
    pub date: NaiveDate,
    /// Its name.
    pub name: &'static str,
}

/// How a holiday's day follows from the year.
enum Rule {
    /// A day of a month; on a weekend it moves to the next weekday that is not already a holiday.
    Fixed(u32, u32),
    /// Days after Easter Sunday (before it, if negative).
    Easter(i64),
    /// The first Monday of a month.
    FirstMonday(u32),
    /// The last Monday of a month.
    LastMonday(u32),
}

use Rule::{Easter, FirstMonday, Fixed, LastMonday};

/// Each list in the order of the year, so that of two neighbours the earlier is moved first.
const ENGLAND_AND_WALES: &[(Rule, &str)] = &[
    (Fixed(1, 1), "New Year's Day"),
    (Easter(-2), "Good Friday"),
    (Easter(1), "Easter Monday"),
    (FirstMonday(5), "Early May bank holiday"),
    (LastMonday(5), "Spring bank holiday"),
    (LastMonday(8), "Summer bank holiday"),
    (Fixed(12, 25), "Christmas Day"),
    (Fixed(12, 26), "Boxing Day"),
];

const SCOTLAND: &[(Rule, &str)] = &[
    (Fixed(1, 1), "New Year's Day"),
    (Fixed(1, 2), "2 January"),
    (Easter(-2), "Good Friday"),
    (FirstMonday(5), "Early May bank holiday"),
    (LastMonday(5), "Spring bank holiday"),
    (FirstMonday(8), "Summer bank holiday"),
    (Fixed(11, 30), "St Andrew's Day"),
    (Fixed(12, 25), "Christmas Day"),
    (Fixed(12, 26), "Boxing Day"),
];

const NORTHERN_IRELAND: &[(Rule, &str)] = &[
    (Fixed(1, 1), "New Year's Day"),
    (Fixed(3, 17), "St Patrick's Day"),
    (Easter(-2), "Good Friday"),
    (Easter(1), "Easter Monday"),
    (FirstMonday(5), "Early May bank holiday"),
    (LastMonday(5), "Spring bank holiday"),
    (Fixed(7, 12), "Battle of the Boyne (Orangemen's Day)"),
    (LastMonday(8), "Summer bank holiday"),
    (Fixed(12, 25), "Christmas Day"),
    (Fixed(12, 26), "Boxing Day"),
];

/// Days proclaimed once: nation, year, month, day, name.
const ONE_OFF: &[(Nation, i32, u32, u32, &str)] = &[
    // Royal proclamation under the 1971 Act, announced on 4 February 2026.
    (Nation::Scotland, 2026, 6, 15, "World Cup bank holiday"),
];

/// The bank holidays of a year in all three lists; empty for a year outside [`FIRST_YEAR`] to [`LAST_YEAR`].
#[must_use]
pub fn bank_holidays(year: i32) -> Vec<BankHoliday> {
    let mut all = Vec::new();
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return all;
    }
    for (nation, rules) in [
        (Nation::EnglandAndWales, ENGLAND_AND_WALES),
        (Nation::Scotland, SCOTLAND),
        (Nation::NorthernIreland, NORTHERN_IRELAND),
    ] {
        let start = all.len();
        // Days that need no substitute come first, so that a moved day never lands on one.
        for moved in [false, true] {
            for (rule, name) in rules {
                let Some(day) = day_of(rule, year) else { continue };
                if is_weekend(day) != moved {
                    continue;
                }
                let taken: Vec<NaiveDate> = all[start..].iter().map(|h: &BankHoliday| h.date).collect();
                let date = first_free(day, &taken);
                all.push(BankHoliday { nation, date, name });
            }
        }
        for &(whose, when, month, day, name) in ONE_OFF {
            if whose == nation
                && when == year
                && let Some(date) = NaiveDate::from_ymd_opt(year, month, day)
            {
                all.push(BankHoliday { nation, date, name });
            }
        }
        all[start..].sort_by_key(|holiday| holiday.date);
    }
    all
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn first_free(mut day: NaiveDate, taken: &[NaiveDate]) -> NaiveDate {
    while is_weekend(day) || taken.contains(&day) {
        match day.succ_opt() {
            Some(next) => day = next,
            None => break,
        }
    }
    day
}

fn day_of(rule: &Rule, year: i32) -> Option<NaiveDate> {
    match *rule {
        Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
        Easter(days) => easter(year)?.checked_add_signed(chrono::Duration::days(days)),
        FirstMonday(month) => NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 1),
        LastMonday(month) => {
            let last = NaiveDate::from_ymd_opt(year, month, 31)?;
            last.checked_sub_days(Days::new(u64::from(last.weekday().num_days_from_monday())))
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let lunar = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - lunar + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day_of_march = epact + weekday - 7 * late + 114;
    let month = u32::try_from(day_of_march / 31).ok()?;
    let day = u32::try_from(day_of_march % 31 + 1).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}
