//! What is entered about a schedule line, checked all at once.

use entity::schedule_line;
use rules::line_id::is_code;
use rules::money::Volume;
use rules::schedule::{MOST_TIERS, RATE_UNIT, SFIA_LEVELS};
use rules::words::{Charge, Obligation};

use crate::kernel::{Faults, Refusal};

/// What is entered about a schedule line.
#[derive(Clone, Debug, Default)]
pub struct ScheduleLineInput {
    /// Its number, for example `P01`; the next free one where it is left out.
    pub code: Option<String>,
    /// What is priced.
    pub description: String,
    /// The unit; `day` for a rate, where it may be left out.
    pub unit: String,
    /// One-off or per year, a word of [`Charge`]. A rate's basket is over the term if one-off, in each year if recurring.
    pub charge: String,
    /// A cost of the whole lot: no council enters volumes, and all share it. Rates are shared in any case.
    pub shared: bool,
    /// A word of [`Obligation`]; required where it is left out.
    pub obligation: String,
    /// Where each volume band begins, in units: none for one price, else from 0 and rising.
    pub tiers: Vec<String>,
    /// What makes the line a rate of a rate card.
    pub rate_card: Option<RateInput>,
}

/// What is entered about a rate of a rate card.
#[derive(Clone, Debug, Default)]
pub struct RateInput {
    /// The role.
    pub role: String,
    /// The SFIA level, 1 to 7.
    pub level: String,
    /// The basket in days; 0 for a rate that is only priced.
    pub basket: String,
}

/// A line as it will be kept.
pub(super) struct Checked {
    pub(super) code: Option<String>,
    pub(super) description: String,
    pub(super) unit: String,
    pub(super) charge: Charge,
    pub(super) shared: bool,
    pub(super) obligation: Obligation,
    pub(super) tiers: String,
    pub(super) rate: Option<Rate>,
}

/// A rate as it will be kept.
pub(super) struct Rate {
    pub(super) role: String,
    pub(super) level: i32,
    pub(super) basket: Volume,
}

pub(super) fn check(input: &ScheduleLineInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let code = faults.optional("code", input.code.as_deref(), 20).map(|code| code.to_uppercase());
    if let Some(code) = &code {
        let message = "Enter a letter, then letters, digits, points or hyphens: P01.";
        faults.require(is_code(code), "code", "not_a_code", message);
    }
    let obligation = match input.obligation.trim() {
        "" => Obligation::Required,
        word => faults.word("obligation", word, Obligation::Required),
    };
    let description = faults.line("description", &input.description, 500);
    let unit = unit(&mut faults, input);
    let charge = faults.word("charge", &input.charge, Charge::OneOff);
    let rate = input.rate_card.as_ref().map(|rate| check_rate(&mut faults, rate, obligation));
    let shared = input.shared || rate.is_some();
    let tiers = check_tiers(&mut faults, &input.tiers, shared, code.as_deref());
    faults.done()?;
    Ok(Checked { code, description, unit, charge, shared, obligation, tiers, rate })
}

/// A rate is for a day, whatever else was typed is a mistake.
fn unit(faults: &mut Faults, input: &ScheduleLineInput) -> String {
    if input.rate_card.is_none() {
        return faults.line("unit", &input.unit, 60);
    }
    let typed = input.unit.trim();
    let fits = typed.is_empty() || typed.eq_ignore_ascii_case(RATE_UNIT);
    faults.require(fits, "unit", "rate_not_per_day", "A rate is for a day: enter “day”, or leave it empty.");
    RATE_UNIT.to_owned()
}

fn check_rate(faults: &mut Faults, input: &RateInput, obligation: Obligation) -> Rate {
    let role = faults.line("rate_card/role", &input.role, 100);
    let level = faults.whole("rate_card/level", &input.level, *SFIA_LEVELS.start(), *SFIA_LEVELS.end());
    let basket = volume(faults, "rate_card/basket", &input.basket).unwrap_or(Volume::ZERO);
    let counts = obligation != Obligation::Optional || basket == Volume::ZERO;
    let message = "An optional rate never counts: enter 0 days, or choose that it must be priced.";
    faults.require(counts, "rate_card/basket", "basket_without_effect", message);
    Rate { role, level, basket }
}

fn volume(faults: &mut Faults, field: &str, text: &str) -> Option<Volume> {
    match Volume::entered(text) {
        Ok(volume) if !volume.is_negative() => return Some(volume),
        Ok(_) => faults.add(field, "negative", "This cannot be below zero."),
        Err(fault) => faults.add(field, "not_a_number", format!("“{}” {fault}.", text.trim())),
    }
    None
}

/// The borders of the bands as they are kept. Every fault is of the one field in which a page has them all.
fn check_tiers(faults: &mut Faults, typed: &[String], shared: bool, code: Option<&str>) -> String {
    if typed.is_empty() {
        return String::new();
    }
    let message =
        "A shared line has no volume that could decide a band: leave the bands empty, or do not share it.";
    faults.require(!shared, "tiers", "tiers_without_volumes", message);
    let many = (2..=MOST_TIERS).contains(&typed.len());
    let message = format!("Enter where 2 to {MOST_TIERS} bands begin, or leave it empty for one price.");
    faults.require(many, "tiers", "tiers_outside", &message);
    let fits = code.is_none_or(|code| is_code(&format!("{code}-T{}", typed.len())));
    let message = "Shorten this: the bands’ own numbers, such as P01-T2, have at most 20 characters.";
    faults.require(fits, "code", "not_a_code", message);
    let read: Vec<Option<Volume>> = typed.iter().map(|text| volume(faults, "tiers", text)).collect();
    let Some(tiers) = read.into_iter().collect::<Option<Vec<Volume>>>() else { return String::new() };
    let first = tiers.first() == Some(&Volume::ZERO);
    let message = "Let the first band begin at 0, so that every volume has a price.";
    faults.require(first, "tiers", "tiers_not_from_zero", message);
    let rising = tiers.windows(2).all(|pair| pair[0] < pair[1]);
    faults.require(rising, "tiers", "tiers_not_rising", "Let each band begin above the one before it.");
    tiers.iter().map(|tier| tier.0.to_string()).collect::<Vec<_>>().join(" ")
}

/// Where each volume band of a line begins; none for one price.
#[must_use]
pub fn tiers(line: &schedule_line::Model) -> Vec<Volume> {
    line.tiers.split_whitespace().filter_map(|text| text.parse().ok()).map(Volume).collect()
}
