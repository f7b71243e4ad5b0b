//! Time that passes: the store's clock offset, as the demonstration moves it, so that a story needs not wait for weeks.

use sea_orm::{ConnectionTrait, Database, Statement};
use tests::Program;

/// Stops the program, lets its clock run ahead by this many seconds in all, and starts it again.
pub async fn set_ahead(program: &mut Program, seconds: i64) {
    program.stop().await;
    let store = Database::connect(program.database_url()).await.expect("the store opens");
    for sql in [
        "DELETE FROM setting WHERE name = 'clock_offset_seconds'".to_owned(),
        format!("INSERT INTO setting (name, value) VALUES ('clock_offset_seconds', '{seconds}')"),
    ] {
        let statement = Statement::from_string(store.get_database_backend(), sql);
        store.execute_raw(statement).await.expect("the clock is set");
    }
    store.close().await.expect("the store closes");
    program.restart().await;
}

/// Seconds since 1970 of an instant as the API writes it: `2027-03-31T11:00:00Z`, with or without a fraction.
pub fn seconds_of(instant: &str) -> i64 {
    let number = |from: usize, to: usize| instant[from..to].parse::<i64>().expect("an instant");
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    days(year, month, day) * 86_400 + number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19)
}

/// Microseconds since 1970 of an instant as the API writes it.
pub fn micros_of(instant: &str) -> i64 {
    let fraction = instant.split_once('.').map_or("", |(_, rest)| rest.trim_end_matches('Z'));
    seconds_of(instant) * 1_000_000
        + format!("{fraction:0<6}").parse::<i64>().expect("a fraction of a second")
}

/// Days since 1970 (Howard Hinnant's `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The day so many days from now, as `2027-03-31`.
pub fn day_from_now(ahead: i64) -> String {
    day_of(now() + ahead * 86_400)
}

/// The day, in UTC, of an instant in seconds since 1970.
pub fn day_of(seconds: i64) -> String {
    let day = seconds.div_euclid(86_400);
    let mut year = 1970 + day / 366;
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let mut month = 12;
    while days(year, month, 1) > day {
        month -= 1;
    }
    format!("{year:04}-{month:02}-{:02}", day - days(year, month, 1) + 1)
}

/// Seconds since 1970 by this machine's clock.
pub fn now() -> i64 {
    micros() / 1_000_000
}

/// Microseconds since 1970 by this machine's clock.
pub fn micros() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the story's own clock, to tell how far ahead the program must be"
    )]
    let now = std::time::SystemTime::now();
    i64::try_from(now.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_micros())
        .expect("a clock")
}
