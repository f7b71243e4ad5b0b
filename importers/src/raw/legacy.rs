//! xls and xlsb: their readers hold whole sheets in memory and do panic or abort on hostile files, so they run in the limited
//! child only.

use std::io::Cursor;

use calamine::{Data, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError};

use super::budget::Budget;
use super::number::exact_text;
use super::{Cell, Event, Isolation, Kind, PackedRow, RawValue, Sink, Unreadable};
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
    if kind == Kind::Xls {
        let book = Xls::new(source).map_err(|fault| refusal(matches!(fault, XlsError::Password)))?;
        sheets(book, sink)
    } else {
        let book = Xlsb::new(source).map_err(|fault| refusal(matches!(fault, XlsbError::Password)))?;
        sheets(book, sink)
    }
}

fn refusal(password: bool) -> Unreadable {
    if password { Unreadable::password() } else { Unreadable::damaged() }
}

fn sheets<'a, R>(mut book: R, sink: &mut Sink<'_>) -> Result<(), Unreadable>
where
    R: Reader<Cursor<&'a [u8]>>,
{
    sink(Event::Finding(Finding::new(
        Severity::Warning,
        "formats_not_read",
        "The workbook is in an older or binary Excel format",
        "How its numbers are shown could not be checked, so every price was read as pounds. Check the prices that are shown back, or save the workbook as .xlsx and send that.",
    )))?;
    let sheets = book.sheets_metadata().to_vec();
    let mut budget = Budget::new();
    for sheet in &sheets {
        budget.sheet(&sheet.name)?;
    }
    for sheet in &sheets {
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
        rows(&sheet.name, &values, &formulas, &mut budget, sink)?;
    }
    Ok(())
}

fn rows(
    sheet: &str,
    values: &Range<Data>,
    formulas: &Range<String>,
    budget: &mut Budget,
    sink: &mut Sink<'_>,
) -> Result<(), Unreadable> {
    let (Some(start), Some(end)) = (min(values.start(), formulas.start()), max(values.end(), formulas.end()))
    else {
        return Ok(());
    };
    let mut packed = PackedRow::default();
    for row in start.0..=end.0 {
        packed.clear();
        for col in start.1..=end.1 {
            budget.event()?;
            let formula = formulas.get_value((row, col)).is_some_and(|text| !text.is_empty());
            let value = values.get_value((row, col)).map_or(RawValue::Empty, raw);
            if formula || value != RawValue::Empty {
                let cell = Cell { row, col, value, formula, doubt: None };
                budget.cell(sheet, &cell)?;
                packed.push(&cell);
            }
        }
        if !packed.is_empty() {
            sink(Event::Row(&packed))?;
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

fn raw(value: &Data) -> RawValue<'_> {
    match value {
        Data::Empty => RawValue::Empty,
        Data::Int(value) => RawValue::Number(value.to_string().into()),
        Data::Float(value) => exact_text(*value)
            .map_or_else(|| RawValue::Error(value.to_string().into()), |text| RawValue::Number(text.into())),
        Data::String(text) if text.is_empty() => RawValue::Empty,
        Data::String(text) => RawValue::Text(text.into()),
        Data::Bool(value) => RawValue::Bool(*value),
        Data::DateTime(value) => RawValue::DateTime(
            value.as_datetime().map_or_else(|| value.to_string(), |moment| moment.to_string()).into(),
        ),
        Data::DateTimeIso(text) | Data::DurationIso(text) => RawValue::DateTime(text.into()),
        Data::Error(error) => RawValue::Error(error.to_string().into()),
    }
}
