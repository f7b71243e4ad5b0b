//! How long a bidder has where it alone is asked something: at least one working day, by the database's clock.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Europe::London;
use rules::calendar::{Beginning, Period, Unit};

use crate::kernel::clock::{from_london, london_day, london_text};
use crate::kernel::{Faults, Refusal};
use crate::tendering::deadline::london_instant;

/// The most days that a bidder is given.
const MOST_DAYS: i64 = 90;

/// The day and the time in London until which a bidder may answer; at exactly that instant it is too late.
#[derive(Clone, Debug, Default)]
pub struct AnswerBy {
    /// The day, as `2027-03-31`.
    pub date: String,
    /// The time, as `12:00`.
    pub time: String,
}

impl AnswerBy {
    /// An instant as it would be entered, to the minute.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        let wall = instant.with_timezone(&London);
        Self { date: wall.format("%F").to_string(), time: wall.format("%H:%M").to_string() }
    }
}

/// So many working days from the day after: no period of the law's, but what a bidder needs to be heard at all.
const fn working_days(number: u32) -> Period {
    Period {
        number,
        unit: Unit::WorkingDays,
        beginning: Beginning::DayAfter,
        clause: "PA23 s.12",
        effective_from: NaiveDate::MIN,
    }
}

/// The earliest instant that may be set: the same time, to the minute, on the next working day.
pub fn earliest(now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let time = now.with_timezone(&London).time();
    after(now, 1, time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time))
}

/// What a form offers: noon of the second working day.
pub fn usual(now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    after(now, 2, NaiveTime::from_num_seconds_from_midnight_opt(12 * 60 * 60, 0).unwrap_or_default())
}

fn after(now: DateTime<Utc>, days: u32, time: NaiveTime) -> Result<DateTime<Utc>, Refusal> {
    let outside = |fault: rules::calendar::CalendarFault| Refusal::conflict(fault.code(), fault.to_string());
    let wall = working_days(days).last_day(london_day(now)).map_err(outside)?.and_time(time);
    // In the hour that clocks skip there is no such time; an hour later there is.
    let at = from_london(wall).or_else(|| from_london(wall + TimeDelta::hours(1)));
    at.ok_or_else(|| Refusal::internal(&"no such time in London"))
}

/// The instant as it was entered; what is wrong with it is noted.
pub(super) fn checked(
    faults: &mut Faults,
    input: &AnswerBy,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Refusal> {
    let at = london_instant(faults, ("date", &input.date), ("time", &input.time));
    if faults.has("date") || faults.has("time") {
        return Ok(at);
    }
    let earliest = earliest(now)?;
    if at < earliest {
        let told = format!(
            "Give the bidder at least one working day: choose {} (London time) or later.",
            london_text(earliest)
        );
        faults.add("date", "too_soon", told);
    } else if at > now + TimeDelta::days(MOST_DAYS) {
        faults.add("date", "too_late", format!("Choose a day within the next {MOST_DAYS} days."));
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    fn noted(now: &str, date: &str, time: &str) -> Vec<String> {
        let mut faults = Faults::new();
        let input = AnswerBy { date: date.to_owned(), time: time.to_owned() };
        checked(&mut faults, &input, now.parse().unwrap()).unwrap();
        let refusal = faults.done().err();
        refusal
            .map(|refusal| refusal.fields.into_iter().map(|fault| fault.code).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_bidder_has_a_working_day() {
        // A Friday in summer at 15:30:20 in London: the next working day is Monday.
        let friday = "2027-07-02T14:30:20Z";
        assert_eq!(noted(friday, "2027-07-03", "23:00"), ["too_soon"], "Saturday");
        assert_eq!(noted(friday, "2027-07-05", "15:29"), ["too_soon"]);
        assert!(noted(friday, "2027-07-05", "15:30").is_empty());
        // Christmas: 25, 27 and 28 December 2027 are no working days in some part of the United Kingdom.
        assert_eq!(noted("2027-12-24T12:00:00Z", "2027-12-28", "18:00"), ["too_soon"]);
        assert!(noted("2027-12-24T12:00:00Z", "2027-12-29", "12:00").is_empty());
        assert_eq!(noted(friday, "2027-12-01", "12:00"), ["too_late"]);
        assert_eq!(london_text(usual(friday.parse().unwrap()).unwrap()), "6 July 2027, 12:00");
        assert_eq!(noted(friday, "soon", "noon"), ["not_a_date", "not_a_time"]);
    }
}
