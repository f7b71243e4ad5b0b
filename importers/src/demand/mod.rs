//! A council's demand, as a spreadsheet: one row a line with a column for each contract year, or one row a line and year.

mod template;

use std::collections::BTreeMap;

use rules::line_id::strip_check;
use rules::money::Volume;
use rules::words::{Charge, Firmness};
use serde::{Deserialize, Serialize};

pub use template::{template, write};

use crate::finding::{Finding, Findings, Reading, Severity};
use crate::price::{Seen, volume};
use crate::raw::{Cell, Row, Workbook};
use crate::table::{Column, Table, find, fold, fold_id, hidden_sheets};

/// A schedule line that volumes are wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandLine {
    /// For example `P01`.
    pub code: String,
    /// What is priced.
    pub description: String,
    /// The unit.
    pub unit: String,
    /// One-off or per year.
    pub charge: Charge,
}

/// A council's volume of a line in a contract year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandRow {
    /// The line.
    pub line_code: String,
    /// The contract year, 1 to the term.
    pub year: u32,
    /// How firm it is.
    pub firmness: Firmness,
    /// Units; zero says that none are wanted.
    pub volume: Volume,
    /// The council's key in another system.
    pub external_ref: Option<String>,
    /// The sheet it stands in.
    pub sheet: String,
    /// The cell of the volume.
    pub cell: String,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "line",
        names: &["line", "line id", "line code", "code", "schedule line", "price line", "item"],
    },
    Column {
        key: "firmness",
        names: &["firmness", "commitment", "certainty", "status", "firm or indicative"],
    },
    Column { key: "year", names: &["year", "contract year"] },
    Column { key: "volume", names: &["volume", "quantity", "qty", "units", "amount"] },
    Column {
        key: "external_ref",
        names: &["external ref", "external reference", "external id", "source ref", "source id"],
    },
];
const HEADER_WITHIN: u32 = 10;

/// Reads every sheet with a header row that names “Line” and either year columns (“Year 1”, “Year 2”, …) or “Year” and “Volume”.
#[must_use]
pub fn read(workbook: &Workbook, lines: &[DemandLine], term_years: u32) -> Reading<DemandRow> {
    let mut reader = DemandReader {
        lines,
        term_years,
        seen: BTreeMap::new(),
        rows: Vec::new(),
        findings: Findings::default(),
    };
    reader.findings.extend(workbook.findings.iter().cloned());
    reader.findings.extend(hidden_sheets(&workbook.sheets, None));
    let mut tables = 0;
    for sheet in &workbook.sheets {
        if let Some(table) = find(sheet, COLUMNS, &["line", "year", "volume"], HEADER_WITHIN) {
            tables += 1;
            reader.findings.extend(table.findings.iter().cloned());
            for row in table.rows() {
                reader.long_row(&table, row);
            }
        } else if let Some(table) = find(sheet, COLUMNS, &["line"], HEADER_WITHIN) {
            let years = reader.year_columns(&table);
            if years.is_empty() {
                continue;
            }
            tables += 1;
            reader.findings.extend(table.findings.iter().cloned());
            for row in table.rows() {
                reader.wide_row(&table, row, &years);
            }
        }
    }
    if tables == 0 {
        reader.findings.push(Finding::new(
            Severity::Error,
            "no_table",
            "No sheet has a header row with “Line” and “Year 1”, “Year 2” … or with “Line”, “Year” and “Volume” among its first ten rows",
            "Use the blank template of this procurement, or name the columns so.",
        ));
    }
    Reading { rows: reader.rows, findings: reader.findings.finish() }
}

struct DemandReader<'l> {
    lines: &'l [DemandLine],
    term_years: u32,
    /// Where each line, year and firmness was seen first.
    seen: BTreeMap<(String, u32, Firmness), String>,
    rows: Vec<DemandRow>,
    findings: Findings,
}

impl DemandReader<'_> {
    fn fault(
        &mut self,
        sheet: &str,
        cell: String,
        code: &str,
        seen: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.findings.push(Finding::new(Severity::Error, code, seen, todo).at(sheet, cell));
    }

    /// The columns named `Year 1` to the term; those beyond it are reported when they hold something.
    fn year_columns(&mut self, table: &Table<'_>) -> Vec<(u32, u32)> {
        let mut years: Vec<(u32, u32)> = Vec::new();
        for (col, header) in &table.headers {
            if let Some(year) = year_of(header) {
                if years.iter().any(|(known, _)| *known == year) {
                    self.fault(
                        &table.sheet.name,
                        table.header_address(),
                        "duplicate_column",
                        header.clone(),
                        "Two columns are for the same year; only the first was read. Keep one of them.",
                    );
                } else {
                    years.push((year, *col));
                }
            }
        }
        years
    }

    fn wide_row<'a>(&mut self, table: &Table<'a>, row: Row<'a>, years: &[(u32, u32)]) {
        let sheet = &table.sheet.name;
        let cells: Vec<(u32, Cell<'_>)> =
            years.iter().filter_map(|(year, col)| Some((*year, row.cell(*col)?))).collect();
        let mut line = None;
        let mut firmness = None;
        if cells.iter().all(|(_, cell)| volume(Some(cell)) == Seen::Blank) {
            return;
        }
        if let Some((code, firm)) = self.line_and_firmness(table, row) {
            line = Some(code);
            firmness = Some(firm);
        }
        for (year, cell) in cells {
            let volume = self.volume(sheet, &cell);
            if let (Some(volume), Some(line), Some(firmness)) = (volume, &line, firmness)
                && self.year_in_term(sheet, &cell.a1(), year)
            {
                let external_ref = table.text(row, "external_ref", &mut self.findings);
                self.push(DemandRow {
                    line_code: line.clone(),
                    year,
                    firmness,
                    volume,
                    external_ref,
                    sheet: sheet.clone(),
                    cell: cell.a1(),
                });
            }
        }
    }

    fn long_row<'a>(&mut self, table: &Table<'a>, row: Row<'a>) {
        let sheet = &table.sheet.name;
        let Some(cell) = table.cell(row, "volume") else {
            let before = self.findings.count();
            let line = table.text(row, "line", &mut self.findings);
            let year = table.text(row, "year", &mut self.findings);
            if line.is_some() && year.is_some() && self.findings.count() == before {
                self.findings.push(
                    Finding::new(
                        Severity::Info,
                        "volume_blank",
                        "No volume",
                        "The row was left out. Write a volume, 0 if none is wanted, or clear the row.",
                    )
                    .at(sheet, table.address(row, "volume")),
                );
            }
            return;
        };
        if volume(Some(&cell)) == Seen::Blank {
            return;
        }
        let line = self.line_and_firmness(table, row);
        let amount = self.volume(sheet, &cell);
        let text = table.text(row, "year", &mut self.findings).unwrap_or_default();
        let year = year_of(&fold(&text)).or_else(|| text.parse().ok());
        if year.is_none() {
            self.fault(
                sheet,
                table.address(row, "year"),
                "year_unknown",
                text,
                format!("Write the contract year as a number from 1 to {}.", self.term_years),
            );
        }
        let external_ref = table.text(row, "external_ref", &mut self.findings);
        if let (Some((line_code, firmness)), Some(volume), Some(year)) = (line, amount, year)
            && self.year_in_term(sheet, &table.address(row, "year"), year)
        {
            self.push(DemandRow {
                line_code,
                year,
                firmness,
                volume,
                external_ref,
                sheet: sheet.clone(),
                cell: cell.a1(),
            });
        }
    }

    fn line_and_firmness<'a>(&mut self, table: &Table<'a>, row: Row<'a>) -> Option<(String, Firmness)> {
        let sheet = &table.sheet.name;
        let text = table.text(row, "line", &mut self.findings);
        let line = text.as_deref().and_then(|text| self.line_of(text));
        if line.is_none() {
            let (code, todo) = if text.is_some() {
                (
                    "line_unknown",
                    "This is no line of the price schedule. Copy the Line ID from the blank template.",
                )
            } else {
                (
                    "line_missing",
                    "The row holds volumes but no Line ID. Copy it from the blank template, or clear the row.",
                )
            };
            self.fault(sheet, table.address(row, "line"), code, text.unwrap_or_default(), todo);
        }
        let text = table.text(row, "firmness", &mut self.findings);
        let firmness = text.as_deref().and_then(firmness_of);
        if firmness.is_none() {
            self.fault(
                sheet,
                table.address(row, "firmness"),
                "firmness_unknown",
                text.unwrap_or_default(),
                "Write one of: Firm, Indicative, Ceiling.",
            );
        }
        Some((line?, firmness?))
    }

    fn line_of(&self, text: &str) -> Option<String> {
        let id = fold_id(text);
        let known = |code: &str| {
            self.lines.iter().find(|line| fold_id(&line.code) == code).map(|line| line.code.clone())
        };
        known(&id).or_else(|| known(&strip_check(&id).ok()?))
    }

    fn volume(&mut self, sheet: &str, cell: &Cell<'_>) -> Option<Volume> {
        match volume(Some(cell)) {
            Seen::Amount(volume) => Some(volume),
            Seen::Blank => None,
            Seen::Word(_) => {
                self.fault(
                    sheet,
                    cell.a1(),
                    "not_a_number",
                    cell.value.shown(),
                    "Write the number of units, 0 if none is wanted, or clear the cell.",
                );
                None
            }
            Seen::Fault { code, todo } => {
                self.fault(sheet, cell.a1(), code, cell.value.shown(), todo);
                None
            }
        }
    }

    fn year_in_term(&mut self, sheet: &str, cell: &str, year: u32) -> bool {
        let inside = (1..=self.term_years).contains(&year);
        if !inside {
            self.fault(
                sheet,
                cell.to_owned(),
                "year_outside_term",
                format!("Year {year}"),
                format!(
                    "The contract has {} years. Clear the volume, or move it to a year of the contract.",
                    self.term_years
                ),
            );
        }
        inside
    }

    fn push(&mut self, row: DemandRow) {
        let key = (row.line_code.clone(), row.year, row.firmness);
        if let Some(first) = self.seen.get(&key) {
            let todo = format!(
                "{first} holds a volume of the same line, year and firmness. Keep one of the two, with the whole volume."
            );
            self.fault(
                &row.sheet.clone(),
                row.cell.clone(),
                "duplicate_volume",
                row.volume.to_string(),
                todo,
            );
            return;
        }
        self.seen.insert(key, format!("{}!{}", row.sheet, row.cell));
        self.rows.push(row);
    }
}

/// `year 3`, `yr 3`, `y3` or `contract year 3`, folded.
fn year_of(header: &str) -> Option<u32> {
    let rest = ["contract year", "year", "yr", "y"].into_iter().find_map(|word| header.strip_prefix(word))?;
    rest.trim().parse().ok()
}

fn firmness_of(text: &str) -> Option<Firmness> {
    let word = fold(text);
    Firmness::ALL.iter().copied().find(|firmness| fold(firmness.label()) == word)
}
