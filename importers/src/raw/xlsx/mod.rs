//! Streaming xlsx cell by cell. A sheet is never held as a range: two cells far apart would ask for hundreds of gigabytes.
//!
//! This reader is our own, as that of OpenDocument is (2026-11-26; calamine reads xls and xlsb). calamine's takes the first of the
//! shared strings where a cell's number of one is none, lets a row's number run over, stops a number at an entity or element
//! inside it, does not say which cell it could not read, and needs a second pass for number formats and a third for merged
//! cells and checksums: it was most of what an import cost. Here every part is inflated once, and values go from the XML into
//! the packed row without a text of their own.

mod book;
mod head;
mod place;
mod plain;
mod sheet;
mod strings;
mod styles;
mod value;

use super::budget::Budget;
use super::parts::Role;
use super::zip_check::Checked;
use super::{Event, Sink, Unreadable};
use sheet::Workings;
use strings::Strings;
use styles::Styles;

/// Reads all worksheets of a checked xlsx.
pub(super) fn read(mut checked: Checked<'_>, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let book = book::read(&mut checked)?;
    let mut budget = Budget::new();
    for sheet in &book.sheets {
        budget.sheet(&sheet.name)?;
    }
    // A workbook without shared strings or styles is a workbook all the same.
    let strings = match checked.part(&book.strings, Role::Strings)? {
        Some(source) => Strings::read(source)?,
        None => Strings::default(),
    };
    let styles = match checked.part(&book.styles, Role::Styles)? {
        Some(source) => Styles::read(source)?,
        None => Styles::default(),
    };
    let workings = Workings { strings: &strings, styles: &styles, from_1904: book.from_1904 };
    for sheet in &book.sheets {
        let Some(part) = &sheet.part else { continue };
        sink(Event::Sheet { name: sheet.name.clone(), hidden: sheet.hidden })?;
        match checked.part(part, Role::Sheet)? {
            Some(source) => sheet::read(source, &sheet.name, &workings, &mut budget, sink)?,
            None => sink(Event::Finding(sheet::unreadable(&sheet.name, "its part is not in the file")))?,
        }
    }
    checked.rest()
}
