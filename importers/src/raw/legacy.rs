//! xls, xlsb and ods: their readers hold whole sheets in memory and do panic or abort on hostile files, so they run in the
//! limited child only.

use std::io::Cursor;

use calamine::{Data, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb};

use super::xlsx::number;
use super::{Cell, Event, Isolation, Kind, RawValue, Sink, Unreadable};
use crate::finding::{Finding, Severity};

/// Reads a file of an older or other format.
pub(super) fn read(
    bytes: &[u8],
    kind: Kind,
    isolation: Isolation,
    sink: &mut Sink<'_>,
) -> Result<(), Unreadable> {
    if isolation == Isolation::Here {
        return Err(Unreadable::new(
            "other_format",
            "This workbook is not in the .xlsx format. Open it in your spreadsheet program, save it as .xlsx (Excel workbook) and send that.",
        ));
    }
    sink(Event::Kind(kind))?;
    let source = Cursor::new(bytes);
    match kind {
        Kind::Xls => sheets(Xls::new(source), sink),
        Kind::Xlsb => sheets(Xlsb::new(source), sink),
        _ => sheets(Ods::new(source), sink),
    }
}

fn sheets<'a, R>(book: Result<R, R::Error>, sink: &mut Sink<'_>) -> Result<(), Unreadable>
where
    R: Reader<Cursor<&'a [u8]>>,
{
    let Ok(mut book) = book else { return Err(Unreadable::damaged()) };
    for sheet in book.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        sink(Event::Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })?;
        let (Ok(values), Ok(formulas)) =
            (book.worksheet_range(&sheet.name), book.worksheet_formula(&sheet.name))
        else {
            sink(Event::Finding(
                Finding::new(
                    Severity::Error,
                    "sheet_unreadable",
                    "The sheet could not be read",
                    "Save the workbook as .xlsx in Excel or LibreOffice and send that.",
                )
                .on(&sheet.name),
            ))?;
            continue;
        };
        rows(&values, &formulas, sink)?;
    }
    Ok(())
}

fn rows(values: &Range<Data>, formulas: &Range<String>, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let (Some(start), Some(end)) = (min(values.start(), formulas.start()), max(values.end(), formulas.end()))
    else {
        return Ok(());
    };
    for row in start.0..=end.0 {
        let mut cells = Vec::new();
        for col in start.1..=end.1 {
            let formula = formulas.get_value((row, col)).is_some_and(|text| !text.is_empty());
            let value = values.get_value((row, col)).map_or(RawValue::Empty, raw);
            if formula || value != RawValue::Empty {
                cells.push(Cell { row, col, value, formula, doubt: None });
            }
        }
        if !cells.is_empty() {
            sink(Event::Row(cells))?;
        }
    }
    Ok(())
}

type Corner = Option<(u32, u32)>;

fn min(a: Corner, b: Corner) -> Corner {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.min(b.1))),
        (a, b) => a.or(b),
    }
}

fn max(a: Corner, b: Corner) -> Corner {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

fn raw(value: &Data) -> RawValue {
    match value {
        Data::Empty => RawValue::Empty,
        Data::Int(value) => RawValue::Number(value.to_string()),
        Data::Float(value) => number(*value),
        Data::String(text) if text.is_empty() => RawValue::Empty,
        Data::String(text) => RawValue::Text(text.clone()),
        Data::Bool(value) => RawValue::Bool(*value),
        Data::DateTime(value) => RawValue::DateTime(
            value.as_datetime().map_or_else(|| value.to_string(), |moment| moment.to_string()),
        ),
        Data::DateTimeIso(text) | Data::DurationIso(text) => RawValue::DateTime(text.clone()),
        Data::Error(error) => RawValue::Error(error.to_string()),
    }
}
