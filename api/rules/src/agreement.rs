//! How far people who scored the same things agree (METHODS 0.3 and 6.8). Aids for a moderator, never a mark of record, and
//! never a reason to adjust one.

mod alpha;
mod intraclass;
mod kappa;
mod concordance;
mod panel;

use std::fmt;

use crate::exact::Exact;

pub use alpha::{Alpha, Difference, alpha, alpha_without, leniency};
pub use concordance::concordance;
pub use intraclass::{Intraclass, intraclass};
pub use kappa::kappa;
pub use panel::{FEWEST_MARKS, PanelAgreement, Reading, panel};

/// Values by rater (row) and thing rated (column); nothing where a rater gave none.
pub type Ratings = [Vec<Option<Exact>>];

/// Why agreement cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementFault {
    /// Rows have different lengths.
    Ragged,
    /// There are fewer than two rows or columns where two are needed.
    TooSmall,
    /// Subjects were rated by different numbers of raters.
    UnequalRaters,
    /// A count is below zero or not whole.
    NotACount,
    /// The exact result would have too many digits: values so many and so odd are no marks.
    TooManyDigits,
}

impl AgreementFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ragged => "rows_of_unequal_length",
            Self::TooSmall => "too_few_rows_or_columns",
            Self::UnequalRaters => "raters_not_equal",
            Self::NotACount => "count_not_whole",
            Self::TooManyDigits => "too_many_digits",
        }
    }
}

impl fmt::Display for AgreementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ragged => "every row needs the same number of columns; write null where there is no value",
            Self::TooSmall => "at least two rows and two columns are needed",
            Self::UnequalRaters => "every subject needs the same number of raters, two or more",
            Self::NotACount => "counts are whole numbers, not below zero",
            Self::TooManyDigits => "the values are so many and so odd that the result has too many digits",
        })
    }
}

impl std::error::Error for AgreementFault {}

fn columns<T>(rows: &[Vec<T>]) -> Result<usize, AgreementFault> {
    let columns = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != columns) { Err(AgreementFault::Ragged) } else { Ok(columns) }
}
