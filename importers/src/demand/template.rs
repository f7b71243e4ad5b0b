//! The workbook in which a council writes its volumes.

use std::collections::BTreeMap;

use rules::line_id::with_check;
use rules::words::{Charge, Firmness};
use rust_xlsxwriter::{DataValidation, DataValidationRule, Workbook as Book, Worksheet};

use super::{DemandLine, DemandRow};
use crate::sheet_writer::{Formats, WriteFault, float, guide, print_setup, protect, rows, table};

const TOLD: usize = 4;

/// The blank workbook: a row for each line, firm to begin with, a column for each contract year.
pub fn template(lines: &[DemandLine], term_years: u32) -> Result<Vec<u8>, WriteFault> {
    write(lines, term_years, &[])
}

/// The same workbook with volumes filled in. A line with volumes of several firmnesses has a row for each.
pub fn write(lines: &[DemandLine], term_years: u32, volumes: &[DemandRow]) -> Result<Vec<u8>, WriteFault> {
    let formats = Formats::new();
    let mut by_row: BTreeMap<(usize, Firmness), Vec<&DemandRow>> = BTreeMap::new();
    for volume in volumes {
        let line = lines
            .iter()
            .position(|line| line.code == volume.line_code)
            .ok_or_else(|| WriteFault(format!("{} is no line of the schedule", volume.line_code)))?;
        by_row.entry((line, volume.firmness)).or_default().push(volume);
    }
    for line in 0..lines.len() {
        if !by_row.keys().any(|(known, _)| *known == line) {
            by_row.insert((line, Firmness::Firm), Vec::new());
        }
    }
    let mut headers: Vec<String> =
        ["Line", "Description", "Unit", "Charge", "Firmness"].map(str::to_owned).to_vec();
    headers.extend((1..=term_years).map(|year| format!("Year {year}")));
    headers.push("External ref".to_owned());
    let mut book = Book::new();
    instructions(&mut book, term_years, &formats)?;
    let sheet = book.add_worksheet().set_name("Demand")?;
    let count = rows(by_row.len())?;
    table(sheet, "DemandTable", 0, count, &headers, &formats)?;
    for (row, ((line, firmness), volumes)) in (1..).zip(&by_row) {
        write_row(sheet, row, &lines[*line], *firmness, volumes, term_years, &formats)?;
    }
    let firmnesses: Vec<&str> = Firmness::ALL.iter().map(|firmness| firmness.label()).collect();
    let last = col(TOLD)? + u16::try_from(term_years).map_err(|_| too_long())?;
    let decimal = DataValidation::new()
        .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
        .set_error_title("Volume")?
        .set_error_message("Write a number of units, 0 or more.")?;
    let list = DataValidation::new()
        .allow_list_strings(&firmnesses)?
        .set_error_title("Firmness")?
        .set_error_message("Choose one from the list; the sheet Instructions says what each means.")?;
    sheet.add_data_validation(1, col(TOLD)?, count.max(1), col(TOLD)?, &list)?;
    sheet.add_data_validation(1, col(TOLD)? + 1, count.max(1), last, &decimal)?;
    for (at, width) in (0u16..).zip([12.0, 50.0, 14.0, 16.0, 14.0]) {
        sheet.set_column_width(at, width)?;
    }
    protect(sheet);
    print_setup(sheet, "Demand");
    Ok(book.save_to_buffer()?)
}

fn instructions(book: &mut Book, term_years: u32, formats: &Formats) -> Result<(), WriteFault> {
    let words = Firmness::ALL.iter().map(|firmness| firmness.label()).collect::<Vec<_>>().join(", ");
    let lines = [
        ("What to do", "Write on the sheet Demand how many units your council wants of each line in each contract year. Cells with a light yellow ground are yours; all others are locked, without a password.".to_owned()),
        ("Line", "The line of the price schedule with its check character. Keep it: volumes are recognised by it.".to_owned()),
        ("Charge", "One-off lines are paid once for each unit; lines per year are paid for each unit in every year for which you write a volume.".to_owned()),
        ("Firmness", format!("One of: {words}. Copy a row to give a line volumes of several kinds.")),
        ("Year 1 and on", format!("Units in that contract year, at least zero, with at most three decimals; the contract has {term_years} years. A zero says that none are wanted, a blank cell says nothing.")),
        ("External ref", "The row's key in another system of yours. May be blank.".to_owned()),
    ];
    guide(book.add_worksheet(), "Demand of one council", &lines, formats)
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    line: &DemandLine,
    firmness: Firmness,
    volumes: &[&DemandRow],
    term_years: u32,
    formats: &Formats,
) -> Result<(), WriteFault> {
    let charge = match line.charge {
        Charge::OneOff => "One-off",
        Charge::Recurring => "Per year",
    };
    for (at, text) in (0u16..).zip([with_check(&line.code).as_str(), &line.description, &line.unit, charge]) {
        sheet.write_string_with_format(row, at, text, &formats.told)?;
    }
    sheet.write_string_with_format(row, col(TOLD)?, firmness.label(), &formats.asked)?;
    for year in 1..=term_years {
        let at = col(TOLD)? + u16::try_from(year).map_err(|_| too_long())?;
        match volumes.iter().find(|volume| volume.year == year) {
            Some(volume) => sheet.write_number_with_format(
                row,
                at,
                float(&volume.volume.to_string())?,
                &formats.asked_number,
            )?,
            None => sheet.write_blank(row, at, &formats.asked_number)?,
        };
    }
    let at = col(TOLD)? + u16::try_from(term_years).map_err(|_| too_long())? + 1;
    match volumes.iter().find_map(|volume| volume.external_ref.as_deref()) {
        Some(external) => sheet.write_string_with_format(row, at, external, &formats.asked)?,
        None => sheet.write_blank(row, at, &formats.asked)?,
    };
    Ok(())
}

fn col(at: usize) -> Result<u16, WriteFault> {
    u16::try_from(at).map_err(|_| too_long())
}

fn too_long() -> WriteFault {
    WriteFault("the term has more years than a sheet has columns".to_owned())
}
