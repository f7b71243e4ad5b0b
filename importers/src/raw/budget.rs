//! What one file may cost its reader, whatever its kind (SHEETS section 1).

use std::collections::BTreeSet;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use unicode_normalization::UnicodeNormalization as _;

use super::{Cell, Unreadable, a1};

/// Sheets, hidden ones included.
pub(super) const MOST_SHEETS: usize = 200;
/// Steps of a reader, empty cells included.
const MOST_EVENTS: u64 = 2_000_000;
/// Cells that hold something.
pub(super) const MOST_CELLS: u64 = 1_000_000;
/// UTF-16 code units in a cell, as spreadsheet programs count them.
pub(super) const LONGEST_TEXT: usize = 32_767;
/// Bytes of text in all cells together. One long text that a million cells share is small in the file and not when it is read.
const MOST_TEXT: u64 = 64 * 1024 * 1024;
/// Processor time of the reading thread: a busy machine is not the file's fault. The parent waits ten seconds by the clock.
const LONGEST_TIME: Duration = Duration::from_secs(5);

/// What was spent, and the names that were seen.
pub(super) struct Budget {
    /// When it ends, in processor time of this thread.
    until: Duration,
    events: u64,
    cells: u64,
    text: u64,
    sheets: BTreeSet<String>,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { until: used() + LONGEST_TIME, events: 0, cells: 0, text: 0, sheets: BTreeSet::new() }
    }

    /// Another sheet. Spreadsheet programs compare names without case, so a second sheet of a name would be invisible to some.
    pub(super) fn sheet(&mut self, name: &str) -> Result<(), Unreadable> {
        if self.sheets.len() >= MOST_SHEETS {
            return Err(Unreadable::new(
                "too_many_sheets",
                "This workbook has more than 200 sheets. Remove those that are not part of the template.",
            ));
        }
        if self.sheets.insert(name.nfkc().collect::<String>().to_lowercase()) {
            return Ok(());
        }
        Err(Unreadable::new(
            "duplicate_sheets",
            format!(
                "This workbook has two sheets with the name “{name}”, so we cannot know which one counts. Rename or remove one and send it again."
            ),
        ))
    }

    /// Another step of the reader.
    pub(super) fn event(&mut self) -> Result<(), Unreadable> {
        self.events += 1;
        if self.events > MOST_EVENTS {
            return Err(too_much());
        }
        if self.events.is_multiple_of(4096) { self.time() } else { Ok(()) }
    }

    /// Another cell that holds something.
    pub(super) fn cell(&mut self, sheet: &str, cell: &Cell<'_>) -> Result<(), Unreadable> {
        self.cells += 1;
        if self.cells > MOST_CELLS {
            return Err(too_much());
        }
        let text = cell.value.shown();
        self.text += text.len() as u64;
        if self.text > MOST_TEXT {
            return Err(too_much());
        }
        // No text has more code units than bytes.
        if text.len() > LONGEST_TEXT && text.encode_utf16().count() > LONGEST_TEXT {
            return Err(Unreadable::new(
                "text_too_long",
                format!(
                    "Cell {} of sheet “{sheet}” holds more than 32,767 characters, which no spreadsheet program writes. Copy your answers into a fresh template.",
                    a1(cell.row, cell.col)
                ),
            ));
        }
        Ok(())
    }

    /// Whether there is time left.
    pub(super) fn time(&self) -> Result<(), Unreadable> {
        if used() > self.until { Err(Unreadable::not_safely()) } else { Ok(()) }
    }
}

/// The processor time that this thread has used.
fn used() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// More cells, or more text, than any template needs.
pub(super) fn too_much() -> Unreadable {
    Unreadable::new(
        "too_many_cells",
        "This workbook has more cells than any template needs. Copy your answers into a fresh template and send that.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_looked_at_while_a_file_is_read() {
        let mut budget = Budget { until: Duration::ZERO, ..Budget::new() };
        let first = (1..=10_000).find(|_| budget.event().is_err());
        assert_eq!(first, Some(4096));
        assert!((0..10_000).all(|_| Budget::new().event().is_ok()));
    }
}
