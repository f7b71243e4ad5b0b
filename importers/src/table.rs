//! Finding a table in a sheet by its headers, wherever it was moved, and reading its cells by name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use compact_str::CompactString;
use unicode_normalization::UnicodeNormalization as _;

use crate::finding::{Finding, Findings, Severity};
use crate::raw::{Cell, RawValue, Row, Sheet, a1, a1_in};

/// A column and the headers under which it is known, folded as by [`fold`]. The first is the one that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) key: &'static str,
    pub(crate) names: &'static [&'static str],
}

/// A table that was found.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) sheet: &'a Sheet,
    /// Zero-based row of the header.
    header: u32,
    columns: BTreeMap<&'static str, u32>,
    /// All header cells: column and folded text.
    pub(crate) headers: Vec<(u32, String)>,
    /// Two columns for one thing: neither is read.
    pub(crate) findings: Vec<Finding>,
}

/// Finds the first row among the first `rows` of the sheet that names all `needed` columns.
pub(crate) fn find<'a>(
    sheet: &'a Sheet,
    columns: &[Column],
    needed: &[&str],
    rows: u32,
) -> Option<Table<'a>> {
    for row in sheet.rows.iter().take_while(|row| row.index < rows) {
        let headers: Vec<(u32, String)> = row
            .cells()
            .filter_map(|cell| match &cell.value {
                RawValue::Text(text) | RawValue::Number(text) => Some((cell.col, fold(text))),
                _ => None,
            })
            .collect();
        let mut found: BTreeMap<&'static str, u32> = BTreeMap::new();
        let mut twice: Vec<(&'static str, u32)> = Vec::new();
        for (col, header) in &headers {
            if let Some(column) = columns.iter().find(|column| column.names.contains(&header.as_str()))
                && found.insert(column.key, *col).is_some()
            {
                twice.push((column.key, *col));
            }
        }
        if !needed.iter().all(|key| found.contains_key(key)) {
            continue;
        }
        let findings = twice
            .iter()
            .map(|(key, col)| {
                found.remove(key);
                Finding::new(
                    Severity::Error,
                    "duplicate_column",
                    "A second column with the same meaning",
                    "Neither of the two was read. Keep one of them.",
                )
                .at(&sheet.name, a1(row.index, *col))
            })
            .collect();
        return Some(Table { sheet, header: row.index, columns: found, headers, findings });
    }
    None
}

impl<'a> Table<'a> {
    /// The rows under the header.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let header = self.header;
        self.sheet.rows.iter().filter(move |row| row.index > header)
    }

    /// A row's cell in a named column.
    pub(crate) fn cell(&self, row: Row<'a>, key: &str) -> Option<Cell<'a>> {
        row.cell(*self.columns.get(key)?)
    }

    /// The address of a row's cell in a named column, also where nothing stands; the row's first cell without such a column.
    pub(crate) fn address(&self, row: Row<'_>, key: &str) -> String {
        a1(row.index, self.columns.get(key).copied().unwrap_or(0))
    }

    /// The same without an allocation, for what is kept of every row.
    pub(crate) fn short_address(&self, row: Row<'_>, key: &str) -> CompactString {
        a1_in(row.index, self.columns.get(key).copied().unwrap_or(0))
    }

    /// Whether the table has the column.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.columns.contains_key(key)
    }

    /// The header row's address.
    pub(crate) fn header_address(&self) -> String {
        a1(self.header, self.headers.first().map_or(0, |(col, _)| *col))
    }

    /// A row's text in a named column, trimmed; a number as its text. Errors, and formulas without a result, are reported.
    pub(crate) fn text(&self, row: Row<'a>, key: &str, findings: &mut Findings) -> Option<String> {
        let cell = self.cell(row, key)?;
        match &cell.value {
            RawValue::Error(error) => {
                findings.push(
                    Finding::new(
                        Severity::Error,
                        "error_value",
                        error.as_ref(),
                        "Replace the error by plain words or a plain number.",
                    )
                    .at(&self.sheet.name, cell.a1()),
                );
                None
            }
            RawValue::Empty if cell.formula => {
                findings.push(
                    Finding::new(
                        Severity::Error,
                        "formula_without_value",
                        "A formula without a stored result",
                        "Replace the formula by its value.",
                    )
                    .at(&self.sheet.name, cell.a1()),
                );
                None
            }
            value => {
                let text: String = value.shown().chars().filter(|c| !zero_width(*c)).collect();
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
        }
    }
}

/// Characters that show nothing.
pub(crate) fn zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A header, name or word for comparison: NFKC, lower case, look-alike letters as Latin ones, everything that is not a
/// letter or digit as one space.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Nearly all texts; normalising one costs more than reading its cell.
    if text.is_ascii() {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                folded.push(c.to_ascii_lowercase());
            } else if c != '\'' && !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        folded.truncate(folded.trim_end().len());
        return folded;
    }
    for c in text.nfkc().filter(|c| !zero_width(*c)).flat_map(char::to_lowercase).map(latin) {
        if c.is_alphanumeric() {
            folded.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.trim().to_owned()
}

/// An id for comparison: NFKC, upper case, look-alike letters as Latin ones, nothing invisible and no spaces.
pub(crate) fn fold_id(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_lowercase()) {
        return Cow::Borrowed(text);
    }
    let folded = text
        .nfkc()
        .filter(|c| !zero_width(*c) && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .map(latin)
        .flat_map(char::to_uppercase)
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c })
        .collect();
    Cow::Owned(folded)
}

/// Lower-case Cyrillic and Greek letters that look like Latin ones, in either case.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'н' | 'η' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'х' | 'χ' => 'x',
        'у' | 'υ' => 'y',
        'ζ' => 'z',
        c => c,
    }
}

/// Findings that say the workbook holds sheets nobody sees. `own` is the sheet that the template hides itself.
pub(crate) fn hidden_sheets(sheets: &[Sheet], own: Option<&str>) -> Vec<Finding> {
    sheets
        .iter()
        .filter(|sheet| sheet.hidden && Some(sheet.name.as_str()) != own)
        .map(|sheet| {
            Finding::new(
                Severity::Warning,
                "hidden_sheet",
                "This sheet is hidden",
                "It is read like any other. Remove it, or unhide it, so that everybody sees what is sent.",
            )
            .on(&sheet.name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_id};

    #[test]
    fn look_alikes_and_invisible_characters_are_undone() {
        assert_eq!(fold("  Unit\u{a0}price\n(£, ex VAT) "), "unit price ex vat");
        assert_eq!(fold("Won\u{2019}t"), "wont");
        // Texts of plain letters take a shorter way to the same end.
        for text in ["  Unit price (GBP, ex-VAT) ", "Won't", "--", "", "a", "A\tb\n"] {
            assert_eq!(fold(text), fold(&format!("{text}\u{200b}")), "{text:?}");
            assert_eq!(fold_id(text), fold_id(&format!("{text}\u{200b}")), "{text:?}");
        }
        assert_eq!(fold_id("\u{420}01\u{2011}К\u{200b} "), "P01-K");
        assert_eq!(fold_id("ｐ01-k"), "P01-K");
    }
}
