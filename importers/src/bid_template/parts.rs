//! The parts of the price schedule, which stand one after the other in the sheet Prices.
//!
//! They are a column and an order, not tables of their own: one table can be sorted and filtered as a whole.

use rules::pack::{Pack, PackLine, PackLot};
use rules::schedule::PriceRow;
use rules::words::{Charge, Obligation};

/// Every row of every lot in the order of the sheet: in each lot what recurs, what is paid once, mandatory options, optional
/// items, the rate card; and in each part as in the schedule. What recurs comes first, because it makes up most of a price.
pub(crate) fn sheet_rows(pack: &Pack) -> Vec<(&PackLot, PriceRow<'_>)> {
    let mut rows = Vec::new();
    for lot in &pack.lots {
        let mut lines: Vec<&PackLine> = lot.schedule.iter().collect();
        lines.sort_by_key(|line| place(line));
        rows.extend(lines.into_iter().flat_map(|line| line.rows(pack)).map(|row| (lot, row)));
    }
    rows
}

const fn place(line: &PackLine) -> u8 {
    match (&line.rate_card, line.obligation(), line.charge) {
        (None, Obligation::Required, Charge::Recurring) => 0,
        (None, Obligation::Required, Charge::OneOff) => 1,
        (None, Obligation::MandatoryOption, _) => 2,
        (None, Obligation::Optional, _) => 3,
        (Some(_), _, _) => 4,
    }
}

/// The part that a line belongs to, with how its unit is charged.
pub(super) const fn part(line: &PackLine) -> &'static str {
    match (&line.rate_card, line.obligation(), line.charge) {
        (None, Obligation::Required, Charge::Recurring) => "Recurring, per year",
        (None, Obligation::Required, Charge::OneOff) => "One-off",
        (None, Obligation::MandatoryOption, Charge::Recurring) => "Mandatory option, per year",
        (None, Obligation::MandatoryOption, Charge::OneOff) => "Mandatory option, one-off",
        (None, Obligation::Optional, Charge::Recurring) => "Optional item, per year",
        (None, Obligation::Optional, Charge::OneOff) => "Optional item, one-off",
        (Some(_), Obligation::Required, _) => "Rate card, per day",
        (Some(_), Obligation::MandatoryOption, _) => "Rate card, mandatory option, per day",
        (Some(_), Obligation::Optional, _) => "Rate card, optional item, per day",
    }
}
