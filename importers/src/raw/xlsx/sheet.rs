//! The cells of one sheet, in the order of the file.

use std::borrow::Cow;
use std::io::{BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event as Xml;

use super::super::budget::Budget;
use super::super::xml::{Broken, Watched, attribute, ended, reader, skip, text};
use super::super::{Cell, Event, PackedRow, RawValue, Sink, Unreadable, a1, merged};
use super::head::{Head, row_of};
use super::place::{MOST_COLUMNS, MOST_ROWS, number, place_of};
use super::plain;
use super::strings::{Strings, rich};
use super::styles::Styles;
use super::value::{self, Type};
use crate::finding::{Finding, Severity, shorten};

/// Unreadable cells of one sheet that are told; after them nothing of the sheet is believed.
const MOST_CELL_ERRORS: u32 = 1_000;

/// Merged areas of one sheet that are told; nobody reads more.
const MOST_MERGED: usize = 1_000;

/// What cells refer to.
pub(super) struct Workings<'a> {
    pub(super) strings: &'a Strings,
    pub(super) styles: &'a Styles,
    pub(super) from_1904: bool,
}

/// Why a sheet's reading ends before the sheet does.
pub(super) enum Stop {
    /// The file is not read.
    Refused(Unreadable),
    /// The rest of the sheet is not read.
    Here(String),
}

impl From<Unreadable> for Stop {
    fn from(refusal: Unreadable) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Bytes => Self::Refused(Unreadable::damaged()),
            Broken::Markup(why) | Broken::Value(why) => Self::Here(why),
        }
    }
}

impl From<quick_xml::Error> for Stop {
    fn from(fault: quick_xml::Error) -> Self {
        Broken::from(fault).into()
    }
}

/// Reads a sheet to the end of its part.
pub(super) fn read(
    source: Watched<impl Read>,
    sheet: &str,
    workings: &Workings<'_>,
    budget: &mut Budget,
    sink: &mut Sink<'_>,
) -> Result<(), Unreadable> {
    let mut cells = Cells {
        xml: reader(source),
        buffer: Vec::new(),
        text: String::new(),
        sheet,
        workings,
        row: PackedRow::default(),
        last: None,
        row_index: 0,
        col_index: 0,
        errors: 0,
    };
    let outcome = cells.read(budget, sink);
    match outcome {
        Ok(()) => {
            for finding in cells.merged() {
                sink(Event::Finding(finding))?;
            }
        }
        Err(Stop::Refused(refusal)) => return Err(refusal),
        Err(Stop::Here(why)) => sink(Event::Finding(unreadable(sheet, &why)))?,
    }
    cells.xml.into_inner().finish()
}

/// What is said of a sheet that could not be read to its end.
pub(super) fn unreadable(sheet: &str, why: &str) -> Finding {
    Finding::new(
        Severity::Error,
        "sheet_unreadable",
        format!("The sheet could not be read to its end ({why})"),
        "Nothing after the fault was taken. Save the workbook again as .xlsx in Excel or LibreOffice and send that.",
    )
    .on(sheet)
}

struct Cells<'a, R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    /// The text of the cell that is being read.
    text: String,
    sheet: &'a str,
    workings: &'a Workings<'a>,
    row: PackedRow,
    /// The place of the last cell, a blank one included.
    last: Option<(u32, u32)>,
    /// The row and column of a cell that does not say its own.
    row_index: u32,
    col_index: u32,
    errors: u32,
}

/// Adds a cell to its row; the row before it is complete and goes out.
fn add(
    row: &mut PackedRow,
    sheet: &str,
    cell: &Cell<'_>,
    budget: &mut Budget,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    budget.cell(sheet, cell)?;
    if row.index().is_some_and(|index| index != cell.row) {
        sink(Event::Row(row))?;
        row.clear();
    }
    row.push(cell);
    Ok(())
}

impl<R: BufRead> Cells<'_, R> {
    fn read(&mut self, budget: &mut Budget, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let outcome = self.table().and_then(|()| {
            self.xml.config_mut().expand_empty_elements = false;
            self.rows(budget, sink)
        });
        self.xml.config_mut().expand_empty_elements = true;
        // What was read before a fault is kept.
        if !self.row.is_empty() {
            sink(Event::Row(&self.row))?;
            self.row.clear();
        }
        outcome
    }

    /// Goes to the table of cells.
    fn table(&mut self) -> Result<(), Stop> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Xml::Start(tag) if tag.local_name().as_ref() == "sheetData" => return Ok(()),
                Xml::Eof => return Err(Stop::Here("it has no table of cells".to_owned())),
                _ => {}
            }
        }
    }

    fn rows(&mut self, budget: &mut Budget, sink: &mut Sink<'_>) -> Result<(), Stop> {
        // Only right behind a tag does the XML reader stand where a plain cell can begin; behind one that it still has to close,
        // as an empty one written in short, it does not.
        let mut behind_a_tag = false;
        // Whether the tag that it holds open is that of a row.
        let mut in_row = false;
        loop {
            while behind_a_tag && (self.plain(budget, sink)? || in_row && self.plain_row()) {}
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer)?;
            behind_a_tag = matches!(event, Xml::Start(_) | Xml::Empty(_) | Xml::End(_));
            let empty = matches!(event, Xml::Empty(_));
            match event {
                Xml::Start(tag) | Xml::Empty(tag) => match tag.local_name().as_ref() {
                    "c" => {
                        let head = Head::of(&tag)?;
                        let place = self.place(head, budget)?;
                        self.text.clear();
                        let inside = if empty { Inside::default() } else { self.inside(head.kind)? };
                        self.take(head, place, inside, budget, sink)?;
                    }
                    "row" => {
                        if let Some(row) = row_of(&tag)? {
                            self.row_index = row;
                        }
                        if empty {
                            self.next_row();
                        } else {
                            in_row = tag.name().as_ref() == "row";
                        }
                    }
                    "sheetData" if empty => return Ok(()),
                    _ => in_row &= empty,
                },
                Xml::End(tag) => {
                    in_row = false;
                    match tag.local_name().as_ref() {
                        "row" => self.next_row(),
                        "sheetData" => return Ok(()),
                        _ => {}
                    }
                }
                Xml::Eof => return Err(ended().into()),
                _ => {}
            }
        }
    }

    fn next_row(&mut self) {
        (self.row_index, self.col_index) = (self.row_index.saturating_add(1), 0);
    }

    /// Takes a cell without the XML reader, where it is written as nearly all are; whether it did.
    fn plain(&mut self, budget: &mut Budget, sink: &mut Sink<'_>) -> Result<bool, Stop> {
        let Some(found) = plain::cell(plain::ahead(&mut self.xml)) else { return Ok(false) };
        let (head, formula, length) = (found.head, found.formula, found.length);
        // Most cells hold the place of a text: digits need not be a text themselves.
        let shared = match head.kind {
            Type::Shared => number(found.text).and_then(|at| self.workings.strings.get(at as usize)),
            _ => None,
        };
        if shared.is_none() {
            let Ok(text) = std::str::from_utf8(found.text) else { return Ok(false) };
            self.text.clear();
            self.text.push_str(text);
        }
        plain::taken(&mut self.xml, length);
        let place = self.place(head, budget)?;
        match shared {
            Some("") if !formula => {}
            Some(text) => {
                let value = RawValue::Text(Cow::Borrowed(text));
                let cell = Cell { row: place.0, col: place.1, value, formula, doubt: None };
                add(&mut self.row, self.sheet, &cell, budget, sink)?;
            }
            None => self.take(head, place, Inside { formula, ..Inside::default() }, budget, sink)?,
        }
        Ok(true)
    }

    /// Goes from one row to the next without the XML reader, where that is written as nearly always; whether it did.
    fn plain_row(&mut self) -> bool {
        let Some((row, length)) = plain::next_row(plain::ahead(&mut self.xml)) else { return false };
        plain::taken(&mut self.xml, length);
        (self.row_index, self.col_index) = (row, 0);
        true
    }

    /// Where the cell stands; cells come in their order.
    fn place(&mut self, head: Head, budget: &mut Budget) -> Result<(u32, u32), Stop> {
        budget.event()?;
        let (row, col) = head.place.unwrap_or((self.row_index, self.col_index));
        if row >= MOST_ROWS || col >= MOST_COLUMNS {
            return Err(Stop::Here(format!(
                "it has a cell {}, beyond the last that there can be",
                a1(row, col)
            )));
        }
        self.col_index = col + 1;
        self.check_order((row, col))?;
        self.last = Some((row, col));
        Ok((row, col))
    }

    /// Makes a value of a cell's text and adds it to its row.
    fn take(
        &mut self,
        head: Head,
        (row, col): (u32, u32),
        inside: Inside,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        let (kind, style) = (if inside.inline { Type::Inline } else { head.kind }, head.style);
        let value = match inside.fault {
            Some(fault) => Err(fault),
            None => value::of(kind, &self.text, style, self.workings),
        };
        let value = match value {
            Ok(RawValue::Empty) if !inside.formula => return Ok(()),
            Ok(RawValue::Text(text)) if text.is_empty() && !inside.formula => return Ok(()),
            Ok(value) => value,
            Err(fault) => {
                self.errors += 1;
                if self.errors > MOST_CELL_ERRORS {
                    return Err(Stop::Here("it has more than 1,000 cells that could not be read".to_owned()));
                }
                sink(Event::Finding(broken(&fault).at(self.sheet, a1(row, col))))?;
                RawValue::Error(shorten(&fault).into())
            }
        };
        let doubt = match value {
            RawValue::Number(_) => self.workings.styles.doubt(style).map(Into::into),
            _ => None,
        };
        let cell = Cell { row, col, value, formula: inside.formula, doubt };
        add(&mut self.row, self.sheet, &cell, budget, sink)
    }

    /// Reads a cell to its end; its text is added to `self.text`.
    fn inside(&mut self, kind: Type) -> Result<Inside, Stop> {
        self.xml.config_mut().expand_empty_elements = true;
        let inside = self.elements(kind);
        self.xml.config_mut().expand_empty_elements = false;
        inside
    }

    fn elements(&mut self, kind: Type) -> Result<Inside, Stop> {
        let mut inside = Inside::default();
        let mut filled = false;
        loop {
            self.buffer.clear();
            let outcome = match self.xml.read_event_into(&mut self.buffer)? {
                Xml::Start(tag) => match tag.local_name().as_ref() {
                    // Beside a text of its own a value means nothing.
                    "v" if kind == Type::Inline => skip(&mut self.xml, &mut self.buffer),
                    name @ ("v" | "is") => {
                        if std::mem::replace(&mut filled, true) {
                            inside.fault = Some("it holds two values".to_owned());
                        }
                        inside.inline |= name == "is";
                        if name == "v" {
                            text(&mut self.xml, &mut self.buffer, &mut self.text)
                        } else {
                            rich(&mut self.xml, &mut self.buffer, &mut self.text)
                        }
                    }
                    "f" => {
                        inside.formula = true;
                        skip(&mut self.xml, &mut self.buffer)
                    }
                    name => {
                        inside.fault = Some(format!("it holds an element {name}"));
                        skip(&mut self.xml, &mut self.buffer)
                    }
                },
                Xml::End(_) => return Ok(inside),
                Xml::Eof => Err(ended()),
                _ => Ok(()),
            };
            match outcome {
                Err(Broken::Value(fault)) => inside.fault = Some(fault),
                other => other?,
            }
        }
    }

    fn check_order(&self, place: (u32, u32)) -> Result<(), Unreadable> {
        if self.last.is_none_or(|last| place > last) {
            return Ok(());
        }
        Err(Unreadable::new(
            "cells_out_of_order",
            format!(
                "Sheet “{}” holds cell {} twice or out of order, so we cannot know which value counts. Save the workbook again as .xlsx and send that.",
                self.sheet,
                a1(place.0, place.1)
            ),
        ))
    }

    /// What is merged, as it stands behind the cells. A fault there changes no value.
    fn merged(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        while findings.len() < MOST_MERGED {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer) {
                Ok(Xml::Start(tag)) if tag.local_name().as_ref() == "mergeCell" => {
                    let area = attribute(&tag, "ref").unwrap_or_default();
                    let (start, end) = area.split_once(':').unwrap_or((&area, &area));
                    if let (Some(start), Some(end)) = (place_of(start.as_bytes()), place_of(end.as_bytes())) {
                        findings.push(merged(self.sheet, start, end));
                    }
                }
                Ok(Xml::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        findings
    }
}

fn broken(fault: &str) -> Finding {
    Finding::new(
        Severity::Error,
        "cell_unreadable",
        format!("A value that no spreadsheet should hold ({fault})"),
        "Replace it by a plain value: a number without text, or words.",
    )
}

/// What stands in a cell beside its text.
#[derive(Default)]
struct Inside {
    formula: bool,
    /// The text is the cell's own, whatever its type says.
    inline: bool,
    fault: Option<String>,
}
