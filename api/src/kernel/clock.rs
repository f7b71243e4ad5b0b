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
