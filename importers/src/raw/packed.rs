//! Cells as they go from the child to its parent and as the parent keeps them: packed one behind the other, as bytes. A million
//! cells with a text of their own each would cost more memory and time than all else; a reader of answers unpacks the few
//! columns that it asks for, and borrows their texts.
//!
//! A row is its index and the length of its cells (four bytes each, little end first), then the cells: column, kind, length of the
//! text, text and, where there is one, length and text of the doubt. Kind is the value's place in [`RawValue`], with a bit each
//! for a formula and for a doubt. Columns and lengths take seven bits a byte, so that nearly all are one byte.

use std::borrow::Cow;
use std::io::{self, Read};

use super::{Cell, RawValue};

/// The last of the kinds.
const EMPTY: u8 = 5;
const FORMULA: u8 = 8;
const DOUBT: u8 = 16;
const HEAD: usize = 8;
/// More than all text of a workbook may hold together.
const LONGEST_ROW: usize = 128 * 1024 * 1024;

/// A row that is being written.
#[derive(Debug, Default)]
pub(crate) struct PackedRow {
    index: u32,
    cells: Vec<u8>,
}

impl PackedRow {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The row that it is, once it holds a cell.
    pub(super) fn index(&self) -> Option<u32> {
        (!self.cells.is_empty()).then_some(self.index)
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
    }

    /// Adds a cell; the first one says which row it is.
    pub(super) fn push(&mut self, cell: &Cell<'_>) {
        if self.cells.is_empty() {
            self.index = cell.row;
        }
        let (kind, text) = match &cell.value {
            RawValue::Text(text) => (0, text.as_ref()),
            RawValue::Number(text) => (1, text.as_ref()),
            RawValue::Bool(true) => (2, "1"),
            RawValue::Bool(false) => (2, "0"),
            RawValue::DateTime(text) => (3, text.as_ref()),
            RawValue::Error(text) => (4, text.as_ref()),
            RawValue::Empty => (EMPTY, ""),
        };
        let formula = if cell.formula { FORMULA } else { 0 };
        let doubt = if cell.doubt.is_some() { DOUBT } else { 0 };
        number(&mut self.cells, cell.col);
        self.cells.push(kind | formula | doubt);
        text_of(&mut self.cells, text);
        if let Some(doubt) = &cell.doubt {
            text_of(&mut self.cells, doubt);
        }
    }

    /// The row's index and length, and its cells.
    pub(super) fn parts(&self) -> ([u8; HEAD], &[u8]) {
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(&self.index.to_le_bytes());
        // A row of more than four gigabytes is beyond every budget; its reader would refuse it.
        head[4..].copy_from_slice(&u32::try_from(self.cells.len()).unwrap_or(u32::MAX).to_le_bytes());
        (head, &self.cells)
    }
}

fn text_of(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, u32::try_from(text.len()).unwrap_or(u32::MAX));
    bytes.extend_from_slice(text.as_bytes());
}

fn number(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7F).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or(0));
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u32::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(text)
}

/// A cell whose texts are still bytes.
struct Folded<'a> {
    col: u32,
    kind: u8,
    text: &'a [u8],
    doubt: Option<&'a [u8]>,
}

impl<'a> Folded<'a> {
    fn take(rest: &mut &'a [u8]) -> Option<Self> {
        let col = take_number(rest)?;
        let (kind, after) = rest.split_first()?;
        *rest = after;
        let text = take_text(rest)?;
        let doubt = if kind & DOUBT == 0 { None } else { Some(take_text(rest)?) };
        Some(Self { col, kind: *kind, text, doubt })
    }

    fn can_be_unfolded(&self) -> bool {
        let known = self.kind & !(FORMULA | DOUBT) <= EMPTY;
        let text = |bytes| std::str::from_utf8(bytes).is_ok();
        known && text(self.text) && self.doubt.is_none_or(text)
    }

    fn unfold(self, row: u32) -> Option<Cell<'a>> {
        let text = |bytes| std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        let value = match self.kind & !(FORMULA | DOUBT) {
            0 => RawValue::Text(text(self.text)?),
            1 => RawValue::Number(text(self.text)?),
            2 => RawValue::Bool(self.text == b"1"),
            3 => RawValue::DateTime(text(self.text)?),
            4 => RawValue::Error(text(self.text)?),
            EMPTY => RawValue::Empty,
            _ => return None,
        };
        let doubt = match self.doubt {
            Some(doubt) => Some(text(doubt)?),
            None => None,
        };
        Some(Cell { row, col: self.col, value, formula: self.kind & FORMULA != 0, doubt })
    }
}

/// A row that holds at least one cell. It is a view into its sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Zero-based.
    pub index: u32,
    cells: &'a [u8],
}

impl<'a> Row<'a> {
    /// Its cells, in the order of the file.
    pub fn cells(self) -> impl Iterator<Item = Cell<'a>> {
        let mut rest = self.cells;
        std::iter::from_fn(move || Folded::take(&mut rest)?.unfold(self.index))
    }

    /// The cell in a zero-based column.
    #[must_use]
    pub fn cell(self, col: u32) -> Option<Cell<'a>> {
        let mut rest = self.cells;
        loop {
            let cell = Folded::take(&mut rest)?;
            if cell.col == col {
                return cell.unfold(self.index);
            }
        }
    }
}

/// The rows of a sheet that hold something, in the order of the file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rows {
    bytes: Vec<u8>,
    count: usize,
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The rows, one by one.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> + use<'_> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (head, after) = rest.split_at_checked(HEAD)?;
            let (index, length) = (four(&head[..4])?, usize::try_from(four(&head[4..])?).ok()?);
            let (cells, after) = after.split_at_checked(length)?;
            rest = after;
            Some(Row { index, cells })
        })
    }

    /// Adds the row of these cells, which is the row of the first; nothing for none.
    pub fn push(&mut self, cells: &[Cell<'_>]) {
        let mut row = PackedRow::default();
        for cell in cells {
            row.push(cell);
        }
        self.append(&row);
    }

    pub(super) fn append(&mut self, row: &PackedRow) {
        if !row.is_empty() {
            let (head, cells) = row.parts();
            self.bytes.extend_from_slice(&head);
            self.bytes.extend_from_slice(cells);
            self.count += 1;
        }
    }

    /// Reads a row that another process wrote, and looks whether all of it can be unpacked.
    pub(super) fn receive(&mut self, source: &mut impl Read) -> io::Result<()> {
        let fault = || io::Error::from(io::ErrorKind::InvalidData);
        let start = self.bytes.len();
        self.bytes.resize(start + HEAD, 0);
        source.read_exact(&mut self.bytes[start..])?;
        let length = four(&self.bytes[start + 4..]).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| (1..=LONGEST_ROW).contains(length)).ok_or_else(fault)?;
        // Not taken at its word: memory is filled as bytes come.
        let come = source.take(length as u64).read_to_end(&mut self.bytes)?;
        if come < length {
            return Err(fault());
        }
        let mut rest = &self.bytes[start + HEAD..];
        while !rest.is_empty() {
            Folded::take(&mut rest).filter(Folded::can_be_unfolded).ok_or_else(fault)?;
        }
        self.count += 1;
        Ok(())
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.cells()).finish()
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn four(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Vec<Cell<'static>> {
        let cell = |col, value, formula, doubt: Option<&'static str>| Cell {
            row: 1_048_575,
            col,
            value,
            formula,
            doubt: doubt.map(Cow::Borrowed),
        };
        vec![
            cell(0, RawValue::Text("é\n\"\0".repeat(100).into()), false, None),
            cell(127, RawValue::Number("12.5".into()), true, Some("shown in €")),
            cell(128, RawValue::Bool(true), false, None),
            cell(129, RawValue::Bool(false), false, None),
            cell(16_383, RawValue::DateTime("2026-11-26".into()), false, None),
            cell(16_384, RawValue::Error("#REF!".into()), true, None),
            cell(u32::MAX, RawValue::Empty, true, None),
        ]
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let mut rows = Rows::default();
        rows.push(&cells());
        rows.push(&[]);
        assert_eq!(rows.len(), 1);
        let row = rows.iter().next().unwrap_or_else(|| panic!());
        assert_eq!(row.cells().collect::<Vec<_>>(), cells());
        for cell in cells() {
            assert_eq!(row.cell(cell.col), Some(cell));
        }
        assert_eq!(row.cell(1), None);
    }

    #[test]
    fn bytes_that_are_no_row_are_refused_and_not_believed() {
        let mut row = PackedRow::default();
        for cell in &cells() {
            row.push(cell);
        }
        let (head, body) = row.parts();
        let good = [&head, body].concat();
        assert!(Rows::default().receive(&mut good.as_slice()).is_ok());
        for end in 0..good.len() {
            assert!(Rows::default().receive(&mut &good[..end]).is_err(), "{end}");
        }
        let mut long = good.clone();
        long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Rows::default().receive(&mut long.as_slice()).is_err());
        let mut empty = good[..HEAD].to_vec();
        empty[4..].fill(0);
        assert!(Rows::default().receive(&mut empty.as_slice()).is_err());
        let mut kind = good.clone();
        kind[HEAD + 1] = 7;
        assert!(Rows::default().receive(&mut kind.as_slice()).is_err());
        let mut letter = good;
        letter[HEAD + 4] = 0xFF;
        assert!(Rows::default().receive(&mut letter.as_slice()).is_err());
    }
}
