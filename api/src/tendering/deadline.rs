//! The deadline: entered as the wall clock in London shows it, kept as an instant.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use entity::procurement;
use rules::calendar::{TenderBasis, tender_period_earliest};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{changing, reading};
use crate::kernel::clock::{day_text, from_london, london_day};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// What is entered about the deadline.
#[derive(Clone, Debug, Default)]
pub struct DeadlineInput {
    /// The day in London, as `2027-03-31`.
    pub date: String,
    /// The time in London, as `12:00`.
    pub time: String,
}

/// The deadline, and what the law says about the tender period if the notice were published today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The instant at which bids are late; at exactly this instant a bid is late.
    pub at: Option<DateTime<Utc>>,
    /// The earliest day that may be the last one for tenders, if the notice is published today; none where the day lies
    /// outside the calendar.
    pub earliest: Option<NaiveDate>,
    /// The clause that says so.
    pub clause: &'static str,
    /// A sentence where the deadline is sooner than that. It warns and does not block: grounds for a shorter period exist.
    pub warning: Option<String>,
    /// The procurement's version.
    pub version: i64,
}

/// An instant as the pack writes it: RFC 3339 in UTC, to the second.
pub(super) fn pack_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The deadline and the advice on it.
pub async fn view(r: &Reading, procurement_id: Uuid) -> Result<Deadline, Refusal> {
    let scope = reading(r, procurement_id).await?;
    Ok(advise(&scope.procurement, r.now()))
}

/// All documents stand on the public page with the notice, so the period of s.54 for that case applies.
fn advise(procurement: &procurement::Model, now: DateTime<Utc>) -> Deadline {
    let basis = TenderBasis::AllDocuments;
    let period = basis.period();
    let earliest = tender_period_earliest(london_day(now), basis).ok();
    let too_soon = procurement.deadline_at.zip(earliest).filter(|(at, earliest)| london_day(*at) < *earliest);
    let warning = too_soon.map(|(_, earliest)| {
        format!(
            "A tender notice published today lets the tender period end on {} at the earliest: {} days from the day \
             after the notice ({}). A shorter period needs a ground that the Act names; say it in the notice.",
            day_text(earliest),
            period.number,
            period.clause
        )
    });
    Deadline {
        at: procurement.deadline_at,
        earliest,
        clause: period.clause,
        warning,
        version: procurement.version,
    }
}

/// Sets the deadline. Only the coordinator, before publication. `seen` is the procurement's version.
pub async fn set(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: DeadlineInput,
) -> Result<Deadline, Refusal> {
    changing(w, procurement_id).await?;
    let at = check(&input, w.now())?;
    let changed = procurement::Entity::update_many()
        .col_expr(procurement::Column::DeadlineAt, Expr::value(at))
        .col_expr(procurement::Column::Version, Expr::value(seen + 1))
        .filter(procurement::Column::Id.eq(procurement_id))
        .filter(procurement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({ "deadline": pack_text(at) });
    w.record(Record::new(procurement_id, "tendering.deadline.set", procurement_id, body));
    view(w, procurement_id).await
}

/// The instant of a day and a time in London, each with the name of its field; what is wrong is noted.
pub(crate) fn london_instant(
    faults: &mut Faults,
    (date_field, date): (&str, &str),
    (time_field, time): (&str, &str),
) -> DateTime<Utc> {
    let date = faults.date(date_field, date);
    let time = NaiveTime::parse_from_str(time.trim(), "%H:%M").unwrap_or_else(|_| {
        faults.add(time_field, "not_a_time", "Enter a time on the 24-hour clock, such as 12:00.");
        NaiveTime::default()
    });
    from_london(date.and_time(time)).unwrap_or_else(|| {
        faults.add(
            time_field,
            "no_such_time",
            "Clocks go forward in London that night and skip this time: choose another.",
        );
        DateTime::default()
    })
}

fn check(input: &DeadlineInput, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let mut faults = Faults::new();
    let at = london_instant(&mut faults, ("date", &input.date), ("time", &input.time));
    faults.done()?;
    if at <= now {
        return Err(Refusal::field("date", "deadline_in_past", "The deadline must lie in the future."));
    }
    Ok(at)
}
