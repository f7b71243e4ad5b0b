//! Rows of answers, found by their ids wherever they stand.

use std::collections::BTreeMap;

use rules::line_id::strip_check;

use super::by_code::ByCode;
use super::suggest::{Known, Lost, sentence};
use crate::finding::{Finding, Findings, Severity};
use crate::price::{Seen, unit_price};
use crate::raw::{RawValue, Row, Workbook};
use crate::table::{Column, Table, find, fold_id};

/// Rows among which a header is looked for.
const HEADER_WITHIN: u32 = 50;

/// A kind of table: its columns, the id's column, and the columns that suppliers fill in.
pub(super) struct AnswerTable {
    /// What it is called in messages and on the template's tab.
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) needed: &'static [&'static str],
    pub(super) asked: &'static [&'static str],
}

const ID: &str = "id";
/// The column that tells what a line is.
pub(super) const TOLD: &str = "told";

pub(super) const PRICES: AnswerTable = AnswerTable {
    name: "Prices",
    columns: &[
        Column { key: ID, names: &["line id", "lineid"] },
        Column { key: TOLD, names: &["description"] },
        Column { key: "offer", names: &["answer", "offer", "bid no bid included"] },
        Column {
            key: "price",
            names: &[
                "unit price ex vat",
                "unit price",
                "unit price excl vat",
                "unit price excluding vat",
                "price",
                "price ex vat",
            ],
        },
        Column { key: "total", names: &["total", "line total"] },
    ],
    needed: &[ID, "price"],
    asked: &["offer", "price"],
};

pub(super) const REQUIREMENTS: AnswerTable = AnswerTable {
    name: "Requirements",
    columns: &[
        Column { key: ID, names: &["requirement id", "requirementid"] },
        Column { key: TOLD, names: &["requirement"] },
        Column { key: "response", names: &["response code", "response", "code"] },
        Column { key: "comment", names: &["comment", "comments", "supplier comment"] },
    ],
    needed: &[ID, "response"],
    asked: &["response", "comment"],
};

pub(super) const QUESTIONS: AnswerTable = AnswerTable {
    name: "Questions",
    columns: &[
        Column { key: ID, names: &["question id", "questionid"] },
        Column { key: TOLD, names: &["question"] },
        Column { key: "answer", names: &["answer", "your answer", "response"] },
    ],
    needed: &[ID, "answer"],
    asked: &["answer"],
};

/// All kinds of tables that hold answers.
pub(super) const ANSWER_TABLES: [&AnswerTable; 3] = [&PRICES, &REQUIREMENTS, &QUESTIONS];

/// Every table of a kind, in whatever sheet.
pub(super) fn tables<'w>(workbook: &'w Workbook, kind: &AnswerTable) -> Vec<Table<'w>> {
    workbook.sheets.iter().filter_map(|sheet| find(sheet, kind.columns, kind.needed, HEADER_WITHIN)).collect()
}

/// A row and the table it stands in.
pub(super) type Place<'t, 'w> = (&'t Table<'w>, Row<'w>);

/// The one row of each known line, in the order of `known`. Everything else is reported: unknown ids, rows with answers and no id,
/// ids that stand twice.
pub(super) fn rows_by_id<'w, 't>(
    tables: &'t [Table<'w>],
    kind: &AnswerTable,
    known: &[Known<'_>],
    findings: &mut Findings,
) -> Vec<Option<Place<'t, 'w>>> {
    if tables.is_empty() {
        findings.push(Finding::new(
            Severity::Error,
            "sheet_missing",
            format!("No sheet has the table of the sheet {}", kind.name),
            format!("Nothing of it was read. Copy the sheet {} of the blank workbook, with its header row, into this one and fill it in.", kind.name),
        ));
    }
    let mut lines = ByCode::new(known, |known| fold_id(known.code));
    let mut found: Vec<Option<Place<'t, 'w>>> = vec![None; known.len()];
    // All rows of the lines that have more than one.
    let mut several: BTreeMap<usize, Vec<Place<'t, 'w>>> = BTreeMap::new();
    let mut lost: Vec<(usize, Lost)> = Vec::new();
    for table in tables {
        findings.extend(table.findings.iter().cloned());
        let mut above: Option<usize> = None;
        // Rows whose neighbour below is still to come.
        let mut waiting = lost.len();
        for row in table.rows() {
            let id = table.cell(row, ID);
            let folded = id.as_ref().map(|cell| fold_id(cell.value.shown())).filter(|id| !id.is_empty());
            let line = folded.as_deref().and_then(|id| lines.place(&strip_check(id).ok()?));
            if let Some(line) = line {
                match found[line] {
                    None => found[line] = Some((table, row)),
                    Some(first) => several.entry(line).or_insert_with(|| vec![first]).push((table, row)),
                }
                for (_, lost) in &mut lost[waiting..] {
                    lost.between.1 = Some(line);
                }
                waiting = lost.len();
                above = Some(line);
            } else if holds_answers(table, row, kind) {
                let id =
                    id.as_ref().filter(|_| folded.is_some()).map(|cell| cell.value.shown().trim().to_owned());
                // A suggestion for each of a million rows would take minutes.
                if let Some(at) = findings.push(unmatched(table, row, id.as_deref())) {
                    let told =
                        table.cell(row, TOLD).map(|cell| cell.value.shown().to_owned()).unwrap_or_default();
                    lost.push((at, Lost { id, told, between: (above, None) }));
                }
            }
        }
    }
    let free: Vec<&Known<'_>> =
        known.iter().zip(&found).filter(|(_, place)| place.is_none()).map(|(known, _)| known).collect();
    for (at, lost) in &lost {
        if let (Some(finding), Some(suggestion)) =
            (findings.kept_mut().get_mut(*at), sentence(lost, &free, known))
        {
            finding.todo.push_str(&suggestion);
        }
    }
    for (line, rows) in several {
        tell_several(&rows, kind, findings);
        found[line] = None;
    }
    found
}

/// What is said of a row with answers that belong to no known line.
fn unmatched(table: &Table<'_>, row: Row<'_>, id: Option<&str>) -> Finding {
    let (code, seen, todo) = match id {
        Some(id) => (
            "unknown_id",
            id.to_owned(),
            "This is no ID of this tender, or it was mistyped, so the row was not read. Copy the ID from the blank workbook.",
        ),
        None => (
            "unrecognised_row",
            format!("Row {} holds an answer but no ID", u64::from(row.index) + 1),
            "It was not read. Copy the ID of its line from the blank workbook into the first column, or clear the row.",
        ),
    };
    Finding::new(Severity::Error, code, seen, todo).at(&table.sheet.name, table.address(row, ID))
}

/// How many of the cells that hold one ID are named.
const PLACES: usize = 5;

/// What is said of the rows that hold the same ID.
fn tell_several(rows: &[Place<'_, '_>], kind: &AnswerTable, findings: &mut Findings) {
    // Named are the first few: were each of n rows told of all n places, a small file could make a very large answer.
    let mut places: Vec<String> = rows
        .iter()
        .take(PLACES)
        .map(|(table, row)| format!("{}!{}", table.sheet.name, table.address(*row, ID)))
        .collect();
    if rows.len() > PLACES {
        places.push(format!("{} more cells", rows.len() - PLACES));
    }
    for (table, row) in rows {
        let seen = kind
            .asked
            .iter()
            .filter_map(|key| table.cell(*row, key))
            .map(|cell| cell.value.shown().to_owned())
            .collect::<Vec<_>>()
            .join(" · ");
        findings.push(
            Finding::new(
                Severity::Error,
                "duplicate_id",
                seen,
                format!(
                    "The same ID stands in {}, so none of the rows was read. Keep one of them.",
                    places.join(" and ")
                ),
            )
            .at(&table.sheet.name, table.address(*row, ID)),
        );
    }
}

fn holds_answers<'w>(table: &Table<'w>, row: Row<'w>, kind: &AnswerTable) -> bool {
    kind.asked.iter().filter_map(|key| table.cell(row, key)).any(|cell| match &cell.value {
        RawValue::Text(_) => unit_price(Some(&cell)) != Seen::Blank,
        RawValue::Empty => cell.formula,
        _ => true,
    })
}
