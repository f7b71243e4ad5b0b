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

/// More findings than anybody will read.
pub(crate) const MOST_FINDINGS: usize = 2000;

/// Findings as they come: the first ones are kept and the rest is counted. A file of a few kilobytes can hold a million faults, and
/// each that is kept takes some hundred bytes of the server's memory and of the store.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    rest: usize,
    /// Whether any that was only counted is an error.
    error_in_rest: bool,
}

impl Findings {
    /// Its place among those that are kept, if it is one.
    pub(crate) fn push(&mut self, finding: Finding) -> Option<usize> {
        if self.kept.len() < MOST_FINDINGS {
            self.kept.push(finding);
            return Some(self.kept.len() - 1);
        }
        self.rest += 1;
        self.error_in_rest |= finding.is_error();
        None
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.push(finding);
        }
    }

    /// How many there were, kept or not.
    pub(crate) fn count(&self) -> usize {
        self.kept.len() + self.rest
    }

    /// Those that are kept.
    pub(crate) fn kept_mut(&mut self) -> &mut [Finding] {
        &mut self.kept
    }

    /// Those that are kept and, where there were more, one that says how many. An error among the rest stays one.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        if self.rest > 0 {
            let severity = if self.error_in_rest { Severity::Error } else { Severity::Warning };
            self.kept.push(Finding::new(
                severity,
                "more_findings",
                format!("{} more findings", self.rest),
                "Mend those above and have the file checked again, or start from a blank workbook.",
            ));
        }
        self.kept
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_beyond_the_first_are_counted() {
        let finding = |severity| Finding::new(severity, "zero_price", "0", "Choose.");
        let mut findings = Findings::default();
        findings.extend(std::iter::repeat_with(|| finding(Severity::Warning)).take(MOST_FINDINGS - 1));
        assert_eq!(findings.push(finding(Severity::Warning)), Some(MOST_FINDINGS - 1));
        assert_eq!(findings.push(finding(Severity::Error)), None);
        assert_eq!(findings.push(finding(Severity::Warning)), None);
        assert_eq!(findings.count(), MOST_FINDINGS + 2);
        let told = findings.finish();
        assert_eq!(told.len(), MOST_FINDINGS + 1);
        let last = &told[MOST_FINDINGS];
        assert_eq!(
            (last.severity, last.code.as_str(), last.seen.as_str()),
            (Severity::Error, "more_findings", "2 more findings")
        );
        let mut few = Findings::default();
        few.push(finding(Severity::Error));
        assert_eq!(few.finish().len(), 1);
    }
}
