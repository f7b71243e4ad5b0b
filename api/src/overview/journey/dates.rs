//! The dates of one procurement that are known.

use chrono::{DateTime, NaiveDate, Utc};

use super::KeyDate;
use crate::kernel::clock::{from_london, london_day};
use crate::overview::facts::Facts;

/// The dates that are known, earliest first. A day without a time stands after the instants of the same day, because the
/// journey runs so: deadline, opening, quality lock, award, and only then the notice, the standstill and the signatures.
pub(super) fn of(facts: &Facts) -> Vec<KeyDate> {
    let instant = |what: &str, at: DateTime<Utc>| KeyDate { what: what.to_owned(), at, whole_day: false };
    let day = |what: String, on: NaiveDate| {
        let at = on.and_hms_opt(0, 0, 0).and_then(from_london);
        at.map(|at| KeyDate { what, at, whole_day: true })
    };
    let mut dates = vec![instant("Procurement started", facts.procurement.created_at)];
    if let Some(pack) = &facts.pack {
        dates.push(instant("Tender published", pack.published_at));
    }
    if let Some(deadline) = facts.procurement.deadline_at {
        dates.push(instant("Deadline for bids", deadline));
    }
    if let Some(opened) = facts.procurement.opened_at {
        dates.push(instant("Tender box opened", opened));
    }
    let (mut notices, mut lasts, mut signatures) = (Vec::new(), Vec::new(), Vec::new());
    for lot in &facts.lots {
        dates.extend(
            facts.locked.get(&lot.id).map(|at| instant(&format!("Quality of lot {} locked", lot.code), *at)),
        );
        let Some(award) = facts.awards.get(&lot.id) else { continue };
        dates.push(instant(&format!("Lot {} awarded", lot.code), award.awarded_at));
        notices.extend(award.notice_on.and_then(|on| day(format!("Award notice for lot {}", lot.code), on)));
        lasts.extend(
            award
                .standstill_ends_on
                .and_then(|on| day(format!("Last day of the standstill for lot {} (s.51)", lot.code), on)),
        );
        for row in facts.signatures.iter().filter(|row| row.award_id == award.id) {
            let council = facts.councils.iter().find(|joined| joined.council.id == row.council_id);
            let name = council.map_or("A council", |joined| joined.council.name.as_str());
            signatures.extend(day(format!("{name} signed lot {}", lot.code), row.signed_on));
        }
    }
    dates.extend(notices.into_iter().chain(lasts).chain(signatures));
    in_order(&mut dates);
    dates
}

/// Sorts dates as [`of`] says; what stands on the same day or instant keeps its order.
fn in_order(dates: &mut [KeyDate]) {
    dates.sort_by_key(|date| (london_day(date.at), date.whole_day, date.at));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{KeyDate, in_order};

    #[test]
    fn a_day_without_a_time_stands_after_the_instants_of_that_day() {
        let date = |what: &str, at: &str, whole_day| KeyDate {
            what: what.to_owned(),
            at: at.parse::<DateTime<Utc>>().unwrap(),
            whole_day,
        };
        // In summer a day in London begins at eleven in the evening before, in UTC.
        let mut dates = vec![
            date("notice", "2027-06-01T23:00:00Z", true),
            date("signed", "2027-06-01T23:00:00Z", true),
            date("awarded", "2027-06-02T14:00:00Z", false),
            date("deadline", "2027-06-01T22:30:00Z", false),
            date("opened", "2027-06-01T23:30:00Z", false),
        ];
        in_order(&mut dates);
        let order: Vec<_> = dates.iter().map(|date| date.what.as_str()).collect();
        assert_eq!(order, ["deadline", "opened", "awarded", "notice", "signed"]);
    }
}
