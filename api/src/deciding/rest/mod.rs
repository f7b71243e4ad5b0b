//! Comparison, decisions, award and signatures through the API.

mod awards;
mod comparisons;
mod decisions;
mod withholdings;

crate::http::operations!(
    comparisons::Operations,
    decisions::Operations,
    withholdings::Operations,
    awards::Operations,
);

/// The media type of xlsx.
pub(in crate::deciding) const SPREADSHEET: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
