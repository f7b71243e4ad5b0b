//! Streaming xlsx cell by cell. A sheet is never held as a range: two cells far apart would ask for hundreds of gigabytes.

use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;
use std::time::{Duration, Instant};

use calamine::{
    DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellFormulaMetadataRecord, XlsxError,
};
use unicode_normalization::UnicodeNormalization as _;

use super::number::exact_text;
use super::{Cell, Event, RawValue, Sink, Unreadable, a1};
use crate::finding::{Finding, Severity};

const MOST_SHEETS: usize = 200;
const MOST_EVENTS: u64 = 2_000_000;
const MOST_CELLS: u64 = 1_000_000;
const LONGEST_TEXT: usize = 32_767;
const MOST_CELL_ERRORS: u32 = 1_000;
const LONGEST_TIME: Duration = Duration::from_secs(5);

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads all worksheets of a checked xlsx.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|fault| match fault {
        XlsxError::Password => Unreadable::new(
            "password_protected",
            "This workbook is protected by a password. Save it without the password and send it again.",
        ),
        _ => Unreadable::damaged(),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    check_sheets(&sheets)?;
    let mut budget = Budget { started: Instant::now(), events: 0, cells: 0 };
    for sheet in &sheets {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        sink(Event::Sheet { name: sheet.name.clone(), hidden })?;
        let doubts = doubts(&mut book, &sheet.name, &budget)?;
        read_sheet(&mut book, &sheet.name, &doubts, &mut budget, sink)?;
    }
    Ok(())
}

fn check_sheets(sheets: &[calamine::Sheet]) -> Result<(), Unreadable> {
    if sheets.len() > MOST_SHEETS {
        return Err(Unreadable::new(
            "too_many_sheets",
            "This workbook has more than 200 sheets. Remove those that are not part of the template.",
        ));
    }
    let mut seen = BTreeSet::new();
    for sheet in sheets {
        // Excel compares sheets' names without case; a second sheet of a name would be invisible to the reader.
        if !seen.insert(sheet.name.nfkc().collect::<String>().to_lowercase()) {
            return Err(Unreadable::new(
                "duplicate_sheets",
                format!(
                    "This workbook has two sheets with the name “{}”, so we cannot know which one counts. Rename or remove one and send it again.",
                    sheet.name
                ),
            ));
        }
    }
    Ok(())
}

/// What a file may still cost.
struct Budget {
    started: Instant,
    events: u64,
    cells: u64,
}

impl Budget {
    fn event(&mut self) -> Result<(), Unreadable> {
        self.events += 1;
        if self.events > MOST_EVENTS {
            return Err(too_much());
        }
        if self.events.is_multiple_of(4096) {
            self.time()?;
        }
        Ok(())
    }

    fn cell(&mut self) -> Result<(), Unreadable> {
        self.cells += 1;
        if self.cells > MOST_CELLS { Err(too_much()) } else { Ok(()) }
    }

    fn time(&self) -> Result<(), Unreadable> {
        if self.started.elapsed() > LONGEST_TIME { Err(Unreadable::not_safely()) } else { Ok(()) }
    }
}

fn too_much() -> Unreadable {
    Unreadable::new(
        "too_many_cells",
        "This workbook has more cells than any template needs. Copy your answers into a fresh template and send that.",
    )
}

/// Cells whose number format says something else than plain pounds. Costs a second pass over the sheet, so it is done
/// only where the workbook has such a format at all.
fn doubts(
    book: &mut Book<'_>,
    sheet: &str,
    budget: &Budget,
) -> Result<HashMap<(u32, u32), String>, Unreadable> {
    let mut found = HashMap::new();
    let Ok(mut cells) = book.worksheet_cells_reader(sheet) else { return Ok(found) };
    let doubtful: HashMap<usize, String> = cells
        .styles()
        .iter()
        .enumerate()
        .filter_map(|(id, style)| Some((id, doubt(&style.number_format.as_ref()?.format_code)?)))
        .collect();
    if doubtful.is_empty() {
        return Ok(found);
    }
    let mut steps = 0u64;
    while let Ok(Some((row, col, style))) = cells.next_style_id() {
        steps += 1;
        if steps.is_multiple_of(4096) {
            budget.time()?;
        }
        if let Some(doubt) = doubtful.get(&style) {
            if found.len() as u64 >= MOST_CELLS {
                return Err(too_much());
            }
            found.insert((row, col), doubt.clone());
        }
    }
    Ok(found)
}

/// Why a number shown in this format may not be pounds: another currency, a percentage, thousands left out.
fn doubt(format: &str) -> Option<String> {
    let first = format.split(';').next().unwrap_or_default();
    if let Some(sign) = ['€', '$', '¥'].into_iter().find(|sign| currency(first, *sign)) {
        return Some(format!("shown in {sign}, not in pounds"));
    }
    let bare: String = unquoted(first);
    if bare.contains('%') {
        return Some("shown as a percentage".to_owned());
    }
    let digits = bare.trim_end_matches(|c| !matches!(c, '0' | '#' | '?' | ','));
    if digits.ends_with(',') {
        return Some("shown in thousands".to_owned());
    }
    None
}

/// Whether the format shows the sign. `[$£-809]` and `[$-409]` hold a dollar that only opens a locale.
fn currency(format: &str, sign: char) -> bool {
    let mut rest = String::new();
    let mut parts = format.split("[$");
    rest.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (inside, after) = part.split_once(']').unwrap_or((part, ""));
        rest.push_str(inside.split('-').next().unwrap_or_default());
        rest.push_str(after);
    }
    rest.contains(sign)
}

/// The format without quoted and escaped texts and without brackets.
fn unquoted(format: &str) -> String {
    let mut kept = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '[' => while chars.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => drop(chars.next()),
            c => kept.push(c),
        }
    }
    kept
}

fn read_sheet(
    book: &mut Book<'_>,
    sheet: &str,
    doubts: &HashMap<(u32, u32), String>,
    budget: &mut Budget,
    sink: &mut Sink<'_>,
) -> Result<(), Unreadable> {
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        Err(fault) => return sink(Event::Finding(unreadable_sheet(sheet, &fault))),
    };
    let mut last: Option<(u32, u32)> = None;
    let mut row: Vec<Cell> = Vec::new();
    let mut broken: Vec<(Option<(u32, u32)>, String)> = Vec::new();
    let mut errors = 0;
    loop {
        budget.event()?;
        match cells.next_cell_with_formula_metadata() {
            Ok(Some(record)) => {
                let position = record.pos;
                if last.is_some_and(|last| position <= last) {
                    return Err(Unreadable::new(
                        "cells_out_of_order",
                        format!(
                            "Sheet “{sheet}” holds cell {} twice or out of order, so we cannot know which value counts. Save the workbook again as .xlsx and send that.",
                            a1(position.0, position.1)
                        ),
                    ));
                }
                if row.first().is_some_and(|first| first.row != position.0) {
                    sink(Event::Row(std::mem::take(&mut row)))?;
                }
                for (after, fault) in broken.drain(..) {
                    report_broken(sheet, after, Some(position), &fault, &mut row, sink)?;
                }
                last = Some(position);
                if let Some(cell) = cell(sheet, record, doubts)? {
                    budget.cell()?;
                    row.push(cell);
                }
            }
            Ok(None) => break,
            Err(
                fault @ (XlsxError::Xml(_)
                | XlsxError::XmlEof(_)
                | XlsxError::Io(_)
                | XlsxError::Zip(_)
                | XlsxError::Encoding(_)
                | XlsxError::XmlAttr(_)),
            ) => {
                sink(Event::Finding(unreadable_sheet(sheet, &fault)))?;
                break;
            }
            Err(fault) => {
                errors += 1;
                if errors > MOST_CELL_ERRORS {
                    sink(Event::Finding(unreadable_sheet(sheet, &fault)))?;
                    break;
                }
                broken.push((last, fault.to_string()));
            }
        }
    }
    for (after, fault) in broken {
        report_broken(sheet, after, None, &fault, &mut row, sink)?;
    }
    if row.is_empty() { Ok(()) } else { sink(Event::Row(row)) }
}

/// The reader does not say which cell it stumbled over: it is the one between the last and the next that it could read.
/// Where that is exactly one, an error value is put there, so that it is never taken for an empty cell.
fn report_broken(
    sheet: &str,
    after: Option<(u32, u32)>,
    before: Option<(u32, u32)>,
    fault: &str,
    row: &mut Vec<Cell>,
    sink: &mut Sink<'_>,
) -> Result<(), Unreadable> {
    let exact = match (after, before) {
        (Some((r, c)), Some((next_row, next_col))) if r == next_row && next_col == c + 2 => Some((r, c + 1)),
        (Some((r, _)), Some((next_row, 1))) if r < next_row => Some((next_row, 0)),
        (None, Some((r, 1))) => Some((r, 0)),
        _ => None,
    };
    let todo = "Replace it by a plain value: a number without text, or words.";
    let finding = if let Some((r, c)) = exact {
        if row.last().is_none_or(|cell| (cell.row, cell.col) < (r, c)) {
            row.push(Cell {
                row: r,
                col: c,
                value: RawValue::Error(fault.to_owned()),
                formula: false,
                doubt: None,
            });
        }
        Finding::new(
            Severity::Error,
            "cell_unreadable",
            format!("A value that no spreadsheet should hold ({fault})"),
            todo,
        )
        .at(sheet, a1(r, c))
    } else {
        let place = after.map_or_else(
            || "before the first readable cell".to_owned(),
            |(r, c)| format!("after cell {}", a1(r, c)),
        );
        Finding::new(
            Severity::Error,
            "cell_unreadable",
            format!("A value that no spreadsheet should hold, {place} ({fault})"),
            todo,
        )
        .on(sheet)
    };
    sink(Event::Finding(finding))
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

fn cell(
    sheet: &str,
    record: XlsxCellFormulaMetadataRecord<'_>,
    doubts: &HashMap<(u32, u32), String>,
) -> Result<Option<Cell>, Unreadable> {
    let (row, col) = record.pos;
    let formula = record.formula.is_some();
    let value = match record.value {
        DataRef::Empty if !formula => return Ok(None),
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
    if let RawValue::Text(text) = &value {
        if text.encode_utf16().count() > LONGEST_TEXT {
            return Err(Unreadable::new(
                "text_too_long",
                format!(
                    "Cell {} of sheet “{sheet}” holds more than 32,767 characters, which no spreadsheet program writes. Copy your answers into a fresh template.",
                    a1(row, col)
                ),
            ));
        }
        if text.is_empty() && !formula {
            return Ok(None);
        }
    }
    Ok(Some(Cell { row, col, value, formula, doubt: doubts.get(&(row, col)).cloned() }))
}

/// A float as a raw value.
pub(super) fn number(value: f64) -> RawValue {
    exact_text(value).map_or_else(|| RawValue::Error(value.to_string()), RawValue::Number)
}

#[cfg(test)]
mod tests {
    use super::doubt;

    #[test]
    fn number_formats_that_are_not_pounds_are_doubted() {
        for plain in
            ["General", "0.00", "#,##0.00", "£#,##0.00", "[$£-809]#,##0.00", "[$-409]0.00", "_-* #,##0.00_-"]
        {
            assert_eq!(doubt(plain), None, "{plain}");
        }
        for odd in
            ["[$€-2] #,##0.00", "$#,##0.00", "[$$-409]#,##0.00", "\"€\"0", "0%", "0.0,", "#,##0,,\"m\""]
        {
            assert!(doubt(odd).is_some(), "{odd}");
        }
    }
}
