//! Streaming OpenDocument sheets cell by cell. calamine's reader holds whole sheets and reads `€1,200` as 1200 without a word;
//! this one keeps the currency, the percentage and the scaling as doubts about the cell.

mod cell;
mod styles;

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};

use super::budget::{Budget, too_much};
use super::xml::attribute;
use super::zip_check::Zip;
use super::{Cell, Event, PackedRow, Sink, Unreadable, merged, parts};
use crate::finding::Finding;
use cell::OpenCell;
use styles::Styles;

const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;
/// Elements inside each other; a spreadsheet needs about ten.
const DEEPEST: usize = 100;

/// Reads all sheets of a checked ods.
pub(super) fn read(mut zip: Zip<'_>, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let mut mimetype = String::new();
    let part = zip.by_name("mimetype").map_err(|_| Unreadable::damaged())?;
    part.take(200).read_to_string(&mut mimetype).map_err(|_| Unreadable::damaged())?;
    if !mimetype.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        return Err(Unreadable::new(
            "not_a_spreadsheet",
            "This file is not a workbook but another OpenDocument file. Send the filled-in workbook as .xlsx (Excel workbook).",
        ));
    }
    let mut styles = Styles::default();
    // A workbook without named styles is a workbook all the same.
    if let Ok(part) = zip.by_name("styles.xml") {
        let mut reader = Reader::from_reader(BufReader::new(part));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|_| Unreadable::damaged())? {
                Xml::Eof => break,
                event => styles.take(&event)?,
            }
        }
    }
    let part = zip.by_name("content.xml").map_err(|_| Unreadable::damaged())?;
    let mut content = Content {
        styles,
        budget: Budget::new(),
        sheet: None,
        cell: None,
        skipped: 0,
        merged: Vec::new(),
        linked: false,
    };
    content.read(Reader::from_reader(BufReader::new(part)), sink)
}

/// How often a row, column or cell is repeated.
fn repeated(tag: &BytesStart<'_>, name: &str) -> Result<u32, Unreadable> {
    match attribute(tag, name) {
        None => Ok(1),
        Some(text) => text.trim().parse().map_err(|_| Unreadable::damaged()),
    }
}

/// The sheet that is being read.
struct OpenSheet {
    name: String,
    row: u32,
    col: u32,
    repeat_row: u32,
    cells: Vec<Cell<'static>>,
    /// The style of cells that name none, by column: first column after it, style.
    columns: Vec<(u32, Option<String>)>,
    /// A copy of another file's sheet, kept for its links: not part of this workbook.
    foreign: bool,
}

struct Content {
    styles: Styles,
    budget: Budget,
    sheet: Option<OpenSheet>,
    cell: Option<OpenCell>,
    /// Depth of elements inside something that is not read, such as a note.
    skipped: usize,
    merged: Vec<Finding>,
    linked: bool,
}

impl Content {
    fn read(
        &mut self,
        mut reader: Reader<impl std::io::BufRead>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Unreadable> {
        reader.config_mut().expand_empty_elements = true;
        let mut buffer = Vec::new();
        let mut depth = 0usize;
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|_| Unreadable::damaged())? {
                Xml::Eof if depth == 0 => break,
                Xml::Eof => return Err(Unreadable::damaged()),
                Xml::Start(tag) => {
                    depth += 1;
                    if depth > DEEPEST {
                        return Err(Unreadable::damaged());
                    }
                    self.start(&tag, sink)?;
                    self.styles.take(&Xml::Start(tag))?;
                }
                Xml::End(tag) => {
                    depth = depth.saturating_sub(1);
                    self.end(tag.name().as_ref(), sink)?;
                    self.styles.take(&Xml::End(tag))?;
                }
                event if self.cell.is_some() => self.text(&event)?,
                event => self.styles.take(&event)?,
            }
        }
        for finding in self.merged.drain(..) {
            sink(Event::Finding(finding))?;
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        self.budget.event()?;
        let name = tag.name();
        if let Some(cell) = &mut self.cell {
            match name.as_ref() {
                // Notes, drawings and tables inside a cell are not its value.
                "office:annotation" | "table:table" | "table:detective" => self.skipped = 1,
                name if name.starts_with("draw:") => self.skipped = 1,
                name => cell.start(name, tag)?,
            }
            return Ok(());
        }
        match name.as_ref() {
            "table:tracked-changes" | "table:shapes" | "office:forms" | "table:dde-links" => self.skipped = 1,
            "table:table" => self.open_sheet(tag, sink)?,
            "table:table-source" => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.foreign = true;
                }
                self.say_links(sink)?;
            }
            "table:cell-range-source" => self.say_links(sink)?,
            "table:table-column" => {
                let repeat = repeated(tag, "table:number-columns-repeated")?;
                let style = attribute(tag, "table:default-cell-style-name");
                if let Some(sheet) = &mut self.sheet {
                    let from = sheet.columns.last().map_or(0, |(end, _)| *end);
                    sheet.columns.push((from.saturating_add(repeat), style));
                }
            }
            "table:table-row" => {
                let repeat = repeated(tag, "table:number-rows-repeated")?;
                if let Some(sheet) = &mut self.sheet {
                    (sheet.col, sheet.repeat_row) = (0, repeat);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => self.open_cell(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn open_sheet(&mut self, tag: &BytesStart<'_>, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        if self.sheet.is_some() {
            return Err(Unreadable::damaged());
        }
        let name = attribute(tag, "table:name").unwrap_or_default();
        self.budget.sheet(&name)?;
        let hidden = attribute(tag, "table:style-name").is_some_and(|style| self.styles.hides(&style));
        sink(Event::Sheet { name: name.clone(), hidden })?;
        self.sheet = Some(OpenSheet {
            name,
            row: 0,
            col: 0,
            repeat_row: 1,
            cells: Vec::new(),
            columns: Vec::new(),
            foreign: false,
        });
        Ok(())
    }

    fn open_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        let Some(sheet) = &self.sheet else { return Err(Unreadable::damaged()) };
        let style = attribute(tag, "table:style-name").or_else(|| {
            let column = sheet.columns.iter().find(|(end, _)| sheet.col < *end)?;
            column.1.clone()
        });
        let cell = OpenCell::new(tag, style.and_then(|style| self.styles.doubt(&style)))?;
        if cell.merged != (1, 1) {
            let end = (
                sheet.row.saturating_add(cell.merged.1.saturating_sub(1)),
                sheet.col.saturating_add(cell.merged.0.saturating_sub(1)),
            );
            self.merged.push(merged(&sheet.name, (sheet.row, sheet.col), end));
        }
        self.cell = Some(cell);
        Ok(())
    }

    fn text(&mut self, event: &Xml<'_>) -> Result<(), Unreadable> {
        self.budget.event()?;
        if self.skipped > 0 {
            return Ok(());
        }
        self.cell.as_mut().map_or(Ok(()), |cell| cell.text(event))
    }

    fn end(&mut self, name: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match name {
            "table:table-cell" | "table:covered-table-cell" => self.close_cell(),
            "table:table-row" => self.close_row(sink),
            "table:table" => {
                self.sheet = None;
                Ok(())
            }
            name => {
                if let Some(cell) = &mut self.cell {
                    cell.end(name);
                }
                Ok(())
            }
        }
    }

    fn close_cell(&mut self) -> Result<(), Unreadable> {
        let (Some(cell), Some(sheet)) = (self.cell.take(), &mut self.sheet) else {
            return Err(Unreadable::damaged());
        };
        let repeat = cell.repeat;
        let found = if sheet.foreign { None } else { cell.value() };
        if let Some((value, formula, doubt)) = found {
            for col in sheet.col..sheet.col.saturating_add(repeat) {
                if col >= MOST_COLUMNS {
                    return Err(too_much());
                }
                self.budget.event()?;
                let cell = Cell { row: sheet.row, col, value: value.clone(), formula, doubt: doubt.clone() };
                self.budget.cell(&sheet.name, &cell)?;
                sheet.cells.push(cell);
            }
        }
        sheet.col = sheet.col.saturating_add(repeat);
        Ok(())
    }

    /// Equal rows below each other are written once, with their number.
    fn close_row(&mut self, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        let Some(sheet) = &mut self.sheet else { return Err(Unreadable::damaged()) };
        let first = sheet.row;
        sheet.row = first.saturating_add(sheet.repeat_row);
        let cells = std::mem::take(&mut sheet.cells);
        if cells.is_empty() {
            return Ok(());
        }
        if sheet.row > MOST_ROWS {
            return Err(too_much());
        }
        let mut packed = PackedRow::default();
        for row in first..sheet.row {
            packed.clear();
            for cell in &cells {
                let copy = Cell { row, ..cell.clone() };
                if row > first {
                    self.budget.event()?;
                    self.budget.cell(&sheet.name, &copy)?;
                }
                packed.push(&copy);
            }
            sink(Event::Row(&packed))?;
        }
        Ok(())
    }

    fn say_links(&mut self, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        if std::mem::replace(&mut self.linked, true) {
            return Ok(());
        }
        sink(Event::Finding(parts::external_links()))
    }
}
