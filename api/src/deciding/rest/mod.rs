//! Comparison, decisions, award and signatures through the API.

mod awards;
mod comparisons;
mod confidential;
mod decisions;

crate::http::operations!(
    comparisons::Operations,
    confidential::Operations,
    decisions::Operations,
    awards::Operations,
);

/// The media type of xlsx.
pub(in crate::deciding) const SPREADSHEET: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
