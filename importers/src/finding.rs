//! What an import has to say about a cell: severity, place, what was seen and what to do.

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The line is left unanswered, or the row is not taken.
    Error,
    /// The value was taken; a person should look at it.
    Warning,
    /// Said for completeness.
    Info,
}

/// One thing that was seen in a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// A stable word for programs, for example `price_not_a_number`.
    pub code: String,
    /// The sheet's name, where there is one.
    pub sheet: Option<String>,
    /// The cell, for example `H12`, where there is one.
    pub cell: Option<String>,
    /// What was seen, quoted and shortened.
    pub seen: String,
    /// What to do about it.
    pub todo: String,
}

impl Finding {
    /// A finding about a whole workbook.
    #[must_use]
    pub fn new(severity: Severity, code: &str, seen: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            sheet: None,
            cell: None,
            seen: shorten(&seen.into()),
            todo: todo.into(),
        }
    }

    /// The same finding, about a cell of a sheet.
    #[must_use]
    pub fn at(mut self, sheet: &str, cell: impl Into<String>) -> Self {
        self.sheet = Some(sheet.to_owned());
        self.cell = Some(cell.into());
        self
    }

    /// The same finding, about a sheet.
    #[must_use]
    pub fn on(mut self, sheet: &str) -> Self {
        self.sheet = Some(sheet.to_owned());
        self
    }

    /// Whether it is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Texts of files are shown to people: no control characters, and no page-long cells.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 200;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= LONGEST {
        return clean;
    }
    let mut short: String = clean.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// Good rows beside the findings about all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading<T> {
    /// The rows without an error, in the order of the file.
    pub rows: Vec<T>,
    /// Every finding, in the order of the file.
    pub findings: Vec<Finding>,
}

impl<T> Reading<T> {
    /// Whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}
