//! What a clock on the wall in London shows, for texts that are made from a pack alone: it holds instants in UTC.
//!
//! Summer time runs from one o'clock in the morning, Greenwich mean time, on the last Sunday in March to the same hour on the
//! last Sunday in October (Summer Time Act 1972 s.1, as the Summer Time Order 2002, SI 2002/262, has it).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc, Weekday};

/// An instant (RFC 3339) as people read it, with the zone in words: `1 July 2027, 12:00 London time (British Summer Time)`.
/// Nothing for what is no instant.
#[must_use]
pub fn london_text(rfc3339: &str) -> Option<String> {
    let utc = DateTime::parse_from_rfc3339(rfc3339).ok()?.with_timezone(&Utc).naive_utc();
    let (wall, zone) = if is_summer(utc)? {
        (utc.checked_add_signed(TimeDelta::hours(1))?, "British Summer Time")
    } else {
        (utc, "Greenwich Mean Time")
    };
    let time = if wall.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    Some(format!("{} London time ({zone})", wall.format(&format!("%-d %B %Y, {time}"))))
}

fn is_summer(utc: NaiveDateTime) -> Option<bool> {
    let (begins, ends) = (change(utc.year(), 3)?, change(utc.year(), 10)?);
    Some(begins <= utc && utc < ends)
}

/// When the clocks change in a month of 31 days.
fn change(year: i32, month: u32) -> Option<NaiveDateTime> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let back = last.weekday().days_since(Weekday::Sun);
    last.checked_sub_days(Days::new(u64::from(back)))?.and_hms_opt(1, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        let told = |text: &str| london_text(text).unwrap_or_default();
        for (utc, wall) in [
            ("2027-03-01T12:00:00Z", "1 March 2027, 12:00 London time (Greenwich Mean Time)"),
            ("2027-07-01T11:00:00Z", "1 July 2027, 12:00 London time (British Summer Time)"),
            ("2027-03-28T00:59:59Z", "28 March 2027, 00:59:59 London time (Greenwich Mean Time)"),
            ("2027-03-28T01:00:00Z", "28 March 2027, 02:00 London time (British Summer Time)"),
            ("2027-10-31T00:59:59Z", "31 October 2027, 01:59:59 London time (British Summer Time)"),
            ("2027-10-31T01:00:00Z", "31 October 2027, 01:00 London time (Greenwich Mean Time)"),
            ("2026-12-31T23:30:00-02:00", "1 January 2027, 01:30 London time (Greenwich Mean Time)"),
        ] {
            assert_eq!(told(utc), wall);
        }
        // The last day of the month is itself a Sunday in 2030.
        assert_eq!(
            change(2030, 3),
            NaiveDate::from_ymd_opt(2030, 3, 31).and_then(|day| day.and_hms_opt(1, 0, 0))
        );
        assert_eq!(london_text("tomorrow"), None);
    }
}
