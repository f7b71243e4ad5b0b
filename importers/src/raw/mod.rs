//! Raw facts of a workbook: sheets, cells, values, and findings about the file itself (SHEETS sections 1 and 2).

mod budget;
mod csv;
mod format_doubt;
mod legacy;
mod number;
mod ods;
mod packed;
mod parts;
mod sniff;
pub(crate) mod wire;
mod xlsx;
mod xml;
mod zip_check;

use std::borrow::Cow;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

pub use number::exact_text;
pub(crate) use packed::PackedRow;
pub use packed::{Row, Rows};

use crate::UPLOAD_CAP;
use crate::finding::{Finding, Findings, Severity};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Office Open XML, with or without macros.
    Xlsx,
    /// Excel's binary format of 2007.
    Xlsb,
    /// Excel's format before 2007.
    Xls,
    /// The open document format of `LibreOffice`.
    Ods,
    /// Text with separators.
    Csv,
}

/// A cell's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawValue<'a> {
    /// A text, as it stands in the file.
    Text(Cow<'a, str>),
    /// A number as exact decimal text. A stored float is rounded to 15 significant digits first, which is what a
    /// spreadsheet shows and takes away the noise of `1234.5600000000002`.
    Number(Cow<'a, str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// A date, time or duration, as text.
    DateTime(Cow<'a, str>),
    /// An error such as `#REF!`, a number that is not finite, or a value that could not be read.
    Error(Cow<'a, str>),
    /// Nothing. Only cells with a formula but without a stored result are kept with it.
    Empty,
}

impl RawValue<'_> {
    /// The value as a person would quote it.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::DateTime(text) | Self::Error(text) => text,
            Self::Bool(true) => "TRUE",
            Self::Bool(false) => "FALSE",
            Self::Empty => "",
        }
    }
}

/// A cell that holds something. Sheets keep their cells packed ([`Rows`]): a workbook has up to a million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column.
    pub col: u32,
    /// Its value.
    pub value: RawValue<'a>,
    /// Whether a formula made the value.
    pub formula: bool,
    /// Why the number may not be what it seems: a number format with another currency, a percentage or a scaling,
    /// or a comma in a semicolon-separated file.
    pub doubt: Option<Cow<'a, str>>,
}

impl Cell<'_> {
    /// The cell's address, for example `H12`.
    #[must_use]
    pub fn a1(&self) -> String {
        a1(self.row, self.col)
    }

    /// The same cell with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let value = match self.value {
            RawValue::Text(text) => RawValue::Text(own(text)),
            RawValue::Number(text) => RawValue::Number(own(text)),
            RawValue::Bool(value) => RawValue::Bool(value),
            RawValue::DateTime(text) => RawValue::DateTime(own(text)),
            RawValue::Error(text) => RawValue::Error(own(text)),
            RawValue::Empty => RawValue::Empty,
        };
        Cell { row: self.row, col: self.col, value, formula: self.formula, doubt: self.doubt.map(own) }
    }
}

/// The address of a zero-based row and column, for example `H12`.
#[must_use]
pub fn a1(row: u32, col: u32) -> String {
    a1_in(row, col)
}

/// The same in any kind of text.
pub(crate) fn a1_in<T: Default + Write>(row: u32, col: u32) -> T {
    // A column has at most seven letters, even beyond the last one.
    let mut letters = [0u8; 7];
    let mut start = letters.len();
    let mut rest = u64::from(col) + 1;
    while rest > 0 {
        start -= 1;
        letters[start] = b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0);
        rest = (rest - 1) / 26;
    }
    let mut address = T::default();
    // Writing to a text cannot fail.
    let _ = letters[start..].iter().try_for_each(|letter| address.write_char(char::from(*letter)));
    let _ = write!(address, "{}", u64::from(row) + 1);
    address
}

/// A sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden or very hidden.
    pub hidden: bool,
    /// The rows that hold something, in order.
    pub rows: Rows,
}

/// A workbook as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workbook {
    /// What kind of file it is.
    pub kind: Kind,
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
    /// What was noticed about the file itself.
    pub findings: Vec<Finding>,
}

/// A file that is not read. It says nothing about what the file holds: the submission is *unread*, never *empty*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// What to tell the person who sent it.
    pub message: String,
    /// A stable word for programs, for example `password_protected`.
    pub code: String,
}

impl Unreadable {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { message: message.into(), code: code.to_owned() }
    }

    /// The one message for a reader that died, ran too long or was cut off (SHEETS section 1).
    #[must_use]
    pub fn not_safely() -> Self {
        Self::new(
            "not_read_safely",
            "We could not read this file safely. Save it again as .xlsx (Excel workbook) and send that, or fill in a fresh template.",
        )
    }

    pub(crate) fn password() -> Self {
        Self::new(
            "password_protected",
            "This workbook is protected by a password, so nobody can read it. In Excel choose File, Info, Protect Workbook, Encrypt with Password, clear the password and save; in LibreOffice save it without the tick at “Save with password”. Then send it again.",
        )
    }

    pub(crate) fn damaged() -> Self {
        Self::new(
            "damaged",
            "This file is damaged or was cut off on its way. Open it in your spreadsheet program, save it again as .xlsx and send that.",
        )
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}

/// What a reader says; the last is always `End` or `Refused`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// The kind of file.
    Kind(Kind),
    /// The following rows are in this sheet.
    Sheet {
        /// Its name.
        name: String,
        /// Whether it is hidden.
        hidden: bool,
    },
    /// Cells of one row. Rows come in order. They go another way than the rest ([`wire`]).
    #[serde(skip)]
    Row(&'a PackedRow),
    /// Something noticed about the file.
    Finding(Finding),
    /// Everything was read.
    End,
    /// The file is not read.
    Refused(Unreadable),
}

/// Where events go. It refuses when nobody listens any more.
pub(crate) type Sink<'a> = dyn FnMut(Event<'_>) -> Result<(), Unreadable> + 'a;

/// Whether the reader may be aborted by the file without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// In the process that serves others: only the streaming readers.
    Here,
    /// In a child with limits: the readers that hold whole sheets in memory, too.
    Child,
}

/// Puts events together again.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    kind: Option<Kind>,
    sheets: Vec<Sheet>,
    findings: Findings,
    outcome: Option<Result<(), Unreadable>>,
}

impl Collector {
    /// The rows of the sheet that was named last.
    pub(crate) fn rows(&mut self) -> Option<&mut Rows> {
        self.sheets.last_mut().map(|sheet| &mut sheet.rows)
    }

    pub(crate) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Kind(kind) => self.kind = Some(kind),
            Event::Sheet { name, hidden } => {
                self.sheets.push(Sheet { name, hidden, rows: Rows::default() });
            }
            Event::Row(row) => {
                if let Some(rows) = self.rows() {
                    rows.append(row);
                }
            }
            Event::Finding(finding) => {
                self.findings.push(finding);
            }
            Event::End => self.outcome = Some(Ok(())),
            Event::Refused(unreadable) => self.outcome = Some(Err(unreadable)),
        }
    }

    /// The workbook, if the reader came to its end.
    pub(crate) fn finish(self) -> Result<Workbook, Unreadable> {
        match (self.outcome, self.kind) {
            (Some(Err(unreadable)), _) => Err(unreadable),
            (Some(Ok(())), Some(kind)) => {
                Ok(Workbook { kind, sheets: self.sheets, findings: self.findings.finish() })
            }
            _ => Err(Unreadable::not_safely()),
        }
    }
}

/// What is said of merged cells: only the first of them holds a value, so those below and beside it look unanswered.
pub(crate) fn merged(sheet: &str, start: (u32, u32), end: (u32, u32)) -> Finding {
    let (first, last) = (a1(start.0, start.1), a1(end.0, end.1));
    Finding::new(
        Severity::Warning,
        "merged_cells",
        format!("The cells {first} to {last} are merged"),
        "Only the first of them holds a value, and it counts for its own row and column only. Unmerge them and fill in each.",
    )
    .at(sheet, first)
}

/// Reads a workbook in this process: xlsx, ods and separated text only, after the checks that make them safe to stream.
/// A server uses [`crate::child::Reader`] instead. `name` is the file's name; a text file's only sheet is called by it.
pub fn read_here(bytes: &[u8], name: &str) -> Result<Workbook, Unreadable> {
    let mut collector = Collector::default();
    let outcome = parse(bytes, Isolation::Here, &mut |event| {
        collector.take(event);
        Ok(())
    });
    collector.take(outcome.map_or_else(Event::Refused, |()| Event::End));
    collector.finish().map(|workbook| named(workbook, name))
}

/// Gives the only sheet of a text file the file's name.
pub(crate) fn named(mut workbook: Workbook, name: &str) -> Workbook {
    if workbook.kind == Kind::Csv && !name.is_empty() {
        for sheet in &mut workbook.sheets {
            name.clone_into(&mut sheet.name);
        }
        for finding in &mut workbook.findings {
            if finding.sheet.is_some() {
                finding.sheet = Some(name.to_owned());
            }
        }
    }
    workbook
}

/// Reads bytes into events; `End` and `Refused` are left to the caller.
pub(crate) fn parse(bytes: &[u8], isolation: Isolation, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::new("empty_file", "This file is empty. Send the filled-in workbook."));
    }
    if bytes.len() > UPLOAD_CAP {
        return Err(Unreadable::new(
            "too_large",
            "This file is larger than 20 MiB. Remove pictures and sheets that are not part of the template, and send it again.",
        ));
    }
    match sniff::sniff(bytes)? {
        sniff::Shape::Zip => {
            let mut checked = zip_check::check(bytes)?;
            for finding in checked.findings.drain(..) {
                sink(Event::Finding(finding))?;
            }
            match checked.kind {
                Kind::Xlsx => {
                    sink(Event::Kind(Kind::Xlsx))?;
                    xlsx::read(checked, sink)
                }
                Kind::Ods => {
                    sink(Event::Kind(Kind::Ods))?;
                    ods::read(checked.zip, sink)
                }
                other => legacy::read(bytes, other, isolation, sink),
            }
        }
        sniff::Shape::Xls { macros } => {
            if macros {
                sink(Event::Finding(parts::macros()))?;
            }
            legacy::read(bytes, Kind::Xls, isolation, sink)
        }
        sniff::Shape::Text(text) => {
            sink(Event::Kind(Kind::Csv))?;
            csv::read(&text, sink)
        }
    }
}
