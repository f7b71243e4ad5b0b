//! The reader of xlsx beside calamine's, which is another's work: where both read a cell, they read the same.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, Xlsx};
use importers::raw::{Kind, RawValue, Row, a1, exact_text};
use importers::read_here;

/// Files that calamine reads otherwise, and wrongly: it loses count behind a faulty cell, stops a number at an entity, looks for
/// texts under one name only, and fills all memory with copies of a font.
const KNOWN: [&str; 4] = [
    "cells without places and a faulty one",
    "price: an entity where the type is left out",
    "a table of strings of another name",
    "a font name of 3 MB in 60,000 formats",
];

/// What differs; nothing for a file that is no xlsx, or that either does not read to its end. Cells with an error of ours are left
/// out: that calamine guesses there is why the reader is our own.
pub fn differences(name: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(book) = read_here(bytes, name) else { return Vec::new() };
    let whole = !book.findings.iter().any(|finding| finding.code == "sheet_unreadable");
    if book.kind != Kind::Xlsx || !whole || KNOWN.contains(&name) {
        return Vec::new();
    }
    let Ok(mut theirs) = Xlsx::new(Cursor::new(bytes)) else { return Vec::new() };
    let names: Vec<String> = theirs
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut differences = Vec::new();
    if names != book.sheets.iter().map(|sheet| sheet.name.clone()).collect::<Vec<_>>() {
        differences.push(format!("sheets {names:?}"));
    }
    for sheet in &book.sheets {
        let Ok(mut reader) = theirs.worksheet_cells_reader(&sheet.name) else { continue };
        let mut ours: BTreeMap<(u32, u32), (String, bool)> = BTreeMap::new();
        for cell in sheet.rows.iter().flat_map(Row::cells) {
            ours.insert((cell.row, cell.col), (shown(&cell.value), cell.formula));
        }
        let mut faults = 0;
        // Some of its faults it tells for ever.
        while faults < 2000 {
            let record = match reader.next_cell_with_formula_metadata() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                // It does not say which cell; ours says that it is an error.
                Err(_) => {
                    faults += 1;
                    continue;
                }
            };
            let found = (shown(&raw(record.value)), record.formula.is_some());
            let own = ours.remove(&record.pos);
            let same = match own {
                None => found == (String::new(), false),
                Some((text, _)) if text.starts_with("error ") && !found.0.starts_with("error ") => true,
                Some(own) => own == found,
            };
            if !same {
                differences.push(format!(
                    "{}!{}: calamine reads {found:?}",
                    sheet.name,
                    a1(record.pos.0, record.pos.1)
                ));
            }
        }
        ours.retain(|_, (text, _)| !text.starts_with("error "));
        differences.extend(ours.iter().map(|(place, own)| format!("{place:?} is {own:?} for us only")));
    }
    differences.truncate(5);
    differences
}

fn raw(value: DataRef<'_>) -> RawValue<'_> {
    match value {
        DataRef::Empty => RawValue::Empty,
        DataRef::Int(value) => RawValue::Number(value.to_string().into()),
        DataRef::Float(value) => match exact_text(value) {
            Some(text) => RawValue::Number(text.into()),
            None => RawValue::Error(value.to_string().into()),
        },
        DataRef::String(text) => RawValue::Text(text.into()),
        DataRef::SharedString(text) => RawValue::Text(text.into()),
        DataRef::Bool(value) => RawValue::Bool(value),
        DataRef::DateTime(value) => RawValue::DateTime(
            value.as_datetime().map_or_else(|| value.to_string(), |moment| moment.to_string()).into(),
        ),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => RawValue::DateTime(text.into()),
        DataRef::Error(error) => RawValue::Error(error.to_string().into()),
    }
}

fn shown(value: &RawValue<'_>) -> String {
    let kind = match value {
        RawValue::Empty => return String::new(),
        RawValue::Text(text) if text.is_empty() => return String::new(),
        RawValue::Text(_) => "text",
        RawValue::Number(_) => "number",
        RawValue::Bool(_) => "bool",
        RawValue::DateTime(_) => "moment",
        RawValue::Error(_) => "error",
    };
    format!("{kind} {}", value.shown())
}
