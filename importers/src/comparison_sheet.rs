//! Writes the comparison of bids as a workbook to keep and to calculate on. It is told, not asked: nothing is read back.
//!
//! Names and words come from bidders, so every text is written as a text and never as a formula (ASVS 1.2.10).

use rust_xlsxwriter::{Workbook, Worksheet};

use crate::sheet_writer::{Formats, WriteFault, float, print_setup, rows, table};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text, whatever it begins with.
    Text(String),
    /// A number, as decimal text.
    Number(String),
    /// Pounds and pence, as decimal text.
    Money(String),
    /// Nothing.
    Empty,
}

/// A sheet with one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The sheet's name, at most 31 characters.
    pub name: String,
    /// The table's name: letters and digits only.
    pub table: String,
    /// The columns' heads, each different from the others.
    pub headers: Vec<String>,
    /// The rows, each as long as the heads.
    pub rows: Vec<Vec<Cell>>,
}

/// The workbook: a first sheet with the title and what the figures rest on, then the tables.
pub fn write(title: &str, facts: &[(String, String)], sheets: &[Sheet]) -> Result<Vec<u8>, WriteFault> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    write_facts(book.add_worksheet().set_name("About")?, title, facts, &formats)?;
    for sheet in sheets {
        write_table(book.add_worksheet().set_name(&sheet.name)?, sheet, title, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

fn write_facts(
    sheet: &mut Worksheet,
    title: &str,
    facts: &[(String, String)],
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.set_column_width(0, 28.0)?;
    sheet.set_column_width(1, 90.0)?;
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    for (row, (name, value)) in (2..).zip(facts) {
        sheet.write_string_with_format(row, 0, name, &formats.told)?;
        sheet.write_string_with_format(row, 1, value, &formats.told)?;
    }
    print_setup(sheet, title);
    Ok(())
}

fn write_table(
    sheet: &mut Worksheet,
    told: &Sheet,
    title: &str,
    formats: &Formats,
) -> Result<(), WriteFault> {
    let headers = distinct(&told.headers);
    table(sheet, &told.table, 0, rows(told.rows.len())?, &headers, formats)?;
    for (row, cells) in (1..).zip(&told.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.told)?,
                Cell::Number(text) => {
                    sheet.write_number_with_format(row, column, float(text)?, &formats.number)?
                }
                Cell::Money(text) => {
                    sheet.write_number_with_format(row, column, float(text)?, &formats.money)?
                }
                Cell::Empty => sheet.write_blank(row, column, &formats.told)?,
            };
        }
    }
    sheet.set_column_width(0, 12.0)?;
    sheet.set_column_width(1, 44.0)?;
    for column in (2..).take(headers.len().saturating_sub(2)) {
        sheet.set_column_width(column, 20.0)?;
    }
    print_setup(sheet, title);
    Ok(())
}

/// A table's heads must differ, whatever their case; two bidders may bear one name.
fn distinct(headers: &[String]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for header in headers {
        let mut name = header.clone();
        let mut number = 2;
        while seen.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            name = format!("{header} ({number})");
            number += 1;
        }
        seen.push(name);
    }
    seen
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::raw::read_here;

    #[test]
    fn a_name_that_looks_like_a_formula_stays_a_text() {
        let sheet = Sheet {
            name: "Comparison".to_owned(),
            table: "ComparisonTable".to_owned(),
            headers: vec!["Code".into(), "=1+1".into(), "=1+1".into()],
            rows: vec![vec![
                Cell::Text("Q1".into()),
                Cell::Text("=HYPERLINK(\"http://bad.example\")".into()),
                Cell::Number("21.4".into()),
            ]],
        };
        let bytes = write("Compare", &[("Lot".into(), "L1".into())], &[sheet]).unwrap();
        let book = read_here(&bytes, "comparison.xlsx").unwrap();
        let text = format!("{book:?}");
        assert!(text.contains("=HYPERLINK"));
        assert!(text.contains("21.4"));
        assert!(text.contains("=1+1 (2)"));
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut xml = String::new();
            let name = part.name().unwrap().into_owned();
            if name.starts_with("xl/worksheets/sheet") {
                std::io::Read::read_to_string(&mut part, &mut xml).unwrap();
                assert!(!xml.contains("<f>"), "a formula in {name}");
            }
        }
    }
}
