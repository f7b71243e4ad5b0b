//! Streaming xlsx cell by cell. A sheet is never held as a range: two cells far apart would ask for hundreds of gigabytes.

use std::io::Cursor;

use calamine::{
    DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellFormulaMetadataRecord, XlsxError,
};

use super::budget::{Budget, too_much};
use super::format_doubt::doubt;
use super::number::exact_text;
use super::zip_check::{Contents, has_cells_without_reference};
use super::{Cell, Event, RawValue, Sink, Unreadable, a1, merged};
use crate::finding::{Finding, Severity};

const MOST_CELL_ERRORS: u32 = 1_000;
/// Cells with a number format that is doubted, in one sheet.
const MOST_DOUBTS: usize = 1_000_000;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads all worksheets of a checked xlsx.
pub(super) fn read(bytes: &[u8], contents: &Contents, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|fault| match fault {
        XlsxError::Password => Unreadable::password(),
        _ => Unreadable::damaged(),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    let mut budget = Budget::new();
    for sheet in &sheets {
        budget.sheet(&sheet.name)?;
    }
    for sheet in &sheets {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        sink(Event::Sheet { name: sheet.name.clone(), hidden })?;
        let doubts = Doubts::of(&mut book, &sheet.name, &mut budget)?;
        let mut reader = SheetReader { bytes, sheet: &sheet.name, doubts, last: None, row: Vec::new() };
        reader.read(&mut book, &mut budget, sink)?;
        if contents.merged_cells {
            for area in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
                sink(Event::Finding(merged(&sheet.name, area.start, area.end)))?;
            }
        }
    }
    Ok(())
}

/// Cells whose number format says something else than plain pounds. Finding them costs a second pass over the sheet, so it is
/// done only where the workbook has such a format at all.
#[derive(Default)]
struct Doubts {
    /// By the number of the cell's style.
    palette: Vec<Option<String>>,
    /// Row, column and style of cells, in the order of the sheet.
    cells: Vec<(u32, u32, u32)>,
    next: usize,
}

impl Doubts {
    fn of(book: &mut Book<'_>, sheet: &str, budget: &mut Budget) -> Result<Self, Unreadable> {
        let Ok(mut cells) = book.worksheet_cells_reader(sheet) else { return Ok(Self::default()) };
        let palette: Vec<Option<String>> = cells
            .styles()
            .iter()
            .map(|style| style.number_format.as_ref().and_then(|format| doubt(&format.format_code)))
            .collect();
        let mut doubts = Self { palette, ..Self::default() };
        if doubts.palette.iter().all(Option::is_none) {
            return Ok(Self::default());
        }
        // Where the default style is doubted, cells of every other style must be known to be exempt.
        let all = doubts.reason(0).is_some();
        let mut errors = 0;
        loop {
            budget.event()?;
            match cells.next_style_id() {
                Ok(Some((row, col, style))) => {
                    let style = u32::try_from(style).unwrap_or(0);
                    if all || doubts.reason(style).is_some() {
                        if doubts.cells.len() >= MOST_DOUBTS {
                            return Err(too_much());
                        }
                        doubts.cells.push((row, col, style));
                    }
                }
                Ok(None) => return Ok(doubts),
                // What the sheet's own reading stumbles over, it reports.
                Err(fault) => {
                    errors += 1;
                    if ends_the_sheet(&fault) || errors > MOST_CELL_ERRORS {
                        return Ok(doubts);
                    }
                }
            }
        }
    }

    fn reason(&self, style: u32) -> Option<&String> {
        self.palette.get(usize::try_from(style).ok()?)?.as_ref()
    }

    /// The doubt about a cell; cells are asked for in the order of the sheet.
    fn about(&mut self, position: (u32, u32)) -> Option<String> {
        if self.palette.is_empty() {
            return None;
        }
        while self.cells.get(self.next).is_some_and(|(row, col, _)| (*row, *col) < position) {
            self.next += 1;
        }
        let style = self
            .cells
            .get(self.next)
            .filter(|(row, col, _)| (*row, *col) == position)
            .map_or(0, |(_, _, style)| *style);
        self.reason(style).cloned()
    }
}

/// Whether the reader cannot go on after this fault. After all others its next call resumes at the next cell.
fn ends_the_sheet(fault: &XlsxError) -> bool {
    matches!(
        fault,
        XlsxError::Xml(_)
            | XlsxError::XmlEof(_)
            | XlsxError::Io(_)
            | XlsxError::Zip(_)
            | XlsxError::Encoding(_)
            | XlsxError::XmlAttr(_)
    )
}

struct SheetReader<'a> {
    bytes: &'a [u8],
    sheet: &'a str,
    doubts: Doubts,
    last: Option<(u32, u32)>,
    row: Vec<Cell>,
}

impl SheetReader<'_> {
    fn read(
        &mut self,
        book: &mut Book<'_>,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<(), Unreadable> {
        let mut cells = match book.worksheet_cells_reader(self.sheet) {
            Ok(cells) => cells,
            Err(fault) => return sink(Event::Finding(unreadable_sheet(self.sheet, &fault))),
        };
        // Faults since the last cell that could be read, and whether places are certain in spite of them.
        let mut broken: Vec<String> = Vec::new();
        let mut errors = 0;
        loop {
            budget.event()?;
            match cells.next_cell_with_formula_metadata() {
                Ok(Some(record)) => {
                    let position = record.pos;
                    self.check_order(position)?;
                    if self.row.first().is_some_and(|first| first.row != position.0) {
                        sink(Event::Row(std::mem::take(&mut self.row)))?;
                    }
                    for fault in broken.drain(..) {
                        self.report_broken(Some(position), &fault, sink)?;
                    }
                    self.last = Some(position);
                    if let Some(cell) = cell(record, &mut self.doubts) {
                        budget.cell(self.sheet, &cell)?;
                        self.row.push(cell);
                    }
                }
                Ok(None) => break,
                Err(fault) => {
                    errors += 1;
                    // A cell that was not read does not count for the place of the next where cells do not say their own.
                    let lost =
                        errors == 1 && !ends_the_sheet(&fault) && has_cells_without_reference(self.bytes);
                    if lost || ends_the_sheet(&fault) || errors > MOST_CELL_ERRORS {
                        sink(Event::Finding(unreadable_sheet(self.sheet, &fault)))?;
                        break;
                    }
                    broken.push(fault.to_string());
                }
            }
        }
        for fault in broken {
            self.report_broken(None, &fault, sink)?;
        }
        if self.row.is_empty() { Ok(()) } else { sink(Event::Row(std::mem::take(&mut self.row))) }
    }

    fn check_order(&self, position: (u32, u32)) -> Result<(), Unreadable> {
        if self.last.is_none_or(|last| position > last) {
            return Ok(());
        }
        Err(Unreadable::new(
            "cells_out_of_order",
            format!(
                "Sheet “{}” holds cell {} twice or out of order, so we cannot know which value counts. Save the workbook again as .xlsx and send that.",
                self.sheet,
                a1(position.0, position.1)
            ),
        ))
    }

    /// The reader does not say which cell it stumbled over: it is one between the last and the next that it could read. Where
    /// there is exactly one, an error value is put there, so that it is never taken for an empty cell.
    fn report_broken(
        &mut self,
        before: Option<(u32, u32)>,
        fault: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Unreadable> {
        let exact = match (self.last, before) {
            (Some((row, col)), Some((next, next_col))) if row == next && next_col == col + 2 => {
                Some((row, col + 1))
            }
            (Some((row, _)), Some((next, 1))) if row < next => Some((next, 0)),
            (None, Some((row, 1))) => Some((row, 0)),
            _ => None,
        };
        let finding = |seen: String| {
            Finding::new(
                Severity::Error,
                "cell_unreadable",
                seen,
                "Replace it by a plain value: a number without text, or words.",
            )
        };
        let Some((row, col)) = exact else {
            let place = self.last.map_or_else(
                || "before the first readable cell".to_owned(),
                |(row, col)| format!("after cell {}", a1(row, col)),
            );
            let seen = format!("A value that no spreadsheet should hold, {place} ({fault})");
            return sink(Event::Finding(finding(seen).on(self.sheet)));
        };
        if self.row.last().is_none_or(|cell| (cell.row, cell.col) < (row, col)) {
            let value = RawValue::Error(fault.to_owned());
            self.row.push(Cell { row, col, value, formula: false, doubt: None });
        }
        let seen = format!("A value that no spreadsheet should hold ({fault})");
        sink(Event::Finding(finding(seen).at(self.sheet, a1(row, col))))
    }
}

fn unreadable_sheet(sheet: &str, fault: &XlsxError) -> Finding {
    Finding::new(
        Severity::Error,
        "sheet_unreadable",
        format!("The sheet could not be read to its end ({fault})"),
        "Nothing after the fault was taken. Save the workbook again as .xlsx in Excel or LibreOffice and send that.",
    )
    .on(sheet)
}

/// A record as a cell; nothing for one that holds nothing.
fn cell(record: XlsxCellFormulaMetadataRecord<'_>, doubts: &mut Doubts) -> Option<Cell> {
    let (row, col) = record.pos;
    let formula = record.formula.is_some();
    let value = match record.value {
        DataRef::Empty => RawValue::Empty,
        DataRef::Int(value) => RawValue::Number(value.to_string()),
        DataRef::Float(value) => number(value),
        DataRef::String(text) => RawValue::Text(text),
        DataRef::SharedString(text) => RawValue::Text(text.to_owned()),
        DataRef::Bool(value) => RawValue::Bool(value),
        DataRef::DateTime(value) => RawValue::DateTime(
            value.as_datetime().map_or_else(|| value.to_string(), |moment| moment.to_string()),
        ),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => RawValue::DateTime(text),
        DataRef::Error(error) => RawValue::Error(error.to_string()),
    };
    let nothing =
        matches!(&value, RawValue::Empty) || matches!(&value, RawValue::Text(text) if text.is_empty());
    if nothing && !formula {
        return None;
    }
    let doubt = if matches!(value, RawValue::Number(_)) { doubts.about((row, col)) } else { None };
    Some(Cell { row, col, value, formula, doubt })
}

/// A float as a raw value.
pub(super) fn number(value: f64) -> RawValue {
    exact_text(value).map_or_else(|| RawValue::Error(value.to_string()), RawValue::Number)
}
