//! The one place that reads the machine's clock. On SQLite this is the database's clock too: both run on one machine.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use chrono_tz::Europe::London;

/// The present instant by this machine, to the microsecond the stores keep.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the place every other one is sent to")]
pub fn machine_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The day in London on which an instant falls: statutory periods count these days.
#[must_use]
pub fn london_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&London).date_naive()
}

/// An instant as people in the United Kingdom read it, for example `12 March 2027, 12:00`.
#[must_use]
pub fn london_text(instant: DateTime<Utc>) -> String {
    instant.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
}

/// An instant to the second, by the clock on the wall in London and in UTC, for what a second decides, for example
/// `21 December 2026, 12:01:31 GMT (2026-12-21T12:01:31Z)`. Fractions of a second are left out, never rounded up.
#[must_use]
pub fn london_exact(instant: DateTime<Utc>) -> String {
    let wall = instant.with_timezone(&London).format("%-d %B %Y, %H:%M:%S %Z");
    format!("{wall} ({})", instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

/// A day as people read it, for example `12 March 2027`.
#[must_use]
pub fn day_text(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// An instant as machines read it: RFC 3339 in UTC with microseconds.
#[must_use]
pub fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// The instant at which a wall clock in London shows this; the earlier one where the clock is put back.
#[must_use]
pub fn from_london(wall: chrono::NaiveDateTime) -> Option<DateTime<Utc>> {
    use chrono::TimeZone;
    London.from_local_datetime(&wall).earliest().map(|local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    #[test]
    fn an_exact_instant_names_its_zone_and_no_fraction() {
        let told = |text: &str| london_exact(text.parse().unwrap());
        assert_eq!(
            told("2026-12-21T12:01:31.971289Z"),
            "21 December 2026, 12:01:31 GMT (2026-12-21T12:01:31Z)"
        );
        assert_eq!(told("2027-07-01T11:00:00Z"), "1 July 2027, 12:00:00 BST (2027-07-01T11:00:00Z)");
    }
}
