//! Topics `standstill` and `tender_period`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::Whole;
use crate::calendar::{self, STANDSTILL, TenderBasis};

fn date(text: &str) -> Result<NaiveDate, Refused> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text).ok_or_else(|| {
        Refused::malformed("date_invalid", format_args!("\"{text}\" is not a date such as 2026-03-12"))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Published {
    published: String,
    days: Option<Whole>,
}

#[derive(Serialize)]
pub(super) struct Standstill {
    first_day: String,
    last_day: String,
    sign_from: String,
}

pub(super) fn standstill(input: Published) -> Result<Standstill, Refused> {
    let days = input.days.map_or(STANDSTILL.number, |days| days.0);
    let standstill = calendar::standstill(date(&input.published)?, days)?;
    Ok(Standstill {
        first_day: standstill.first_day.to_string(),
        last_day: standstill.last_day.to_string(),
        sign_from: standstill.sign_from.to_string(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    notice: String,
    basis: TenderBasis,
}

#[derive(Serialize)]
pub(super) struct Deadline {
    earliest_deadline: String,
}

pub(super) fn tender_period(input: Notice) -> Result<Deadline, Refused> {
    let day = calendar::tender_period_earliest(date(&input.notice)?, input.basis)?;
    Ok(Deadline { earliest_deadline: day.to_string() })
}
