//! Reading a score sheet that came back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Identity, OWN_SHEET};
use crate::finding::{Finding, Findings, Reading, Severity};
use crate::raw::{Sheet, Workbook};
use crate::table::{Column, Table, find, fold_id, hidden_sheets};

/// What stands in a row that is filled in. Whether the mark is on the scale is not asked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRow {
    /// The question's code.
    pub question: String,
    /// The bid's id.
    pub bid: String,
    /// The revision of the mark that was seen; 0 for none.
    pub revision: i64,
    /// The mark; may be empty where only an explanation stands.
    pub mark: String,
    /// Its explanation; may be empty where only a mark stands.
    pub explanation: String,
    /// The sheet it stands in.
    pub sheet: String,
    /// The cell of the mark.
    pub mark_cell: String,
    /// The cell of the explanation.
    pub explanation_cell: String,
}

const COLUMNS: &[Column] = &[
    Column { key: "row", names: &["row"] },
    Column { key: "mark", names: &["mark"] },
    Column { key: "explanation", names: &["explanation"] },
];
const HEADER_WITHIN: u32 = 10;

/// Answers by the names of their rows: question, bid, revision.
type Rows = BTreeMap<String, (String, String, i64)>;

/// Reads a sheet that came back. One that is of another person, lot or pack, or does not say, gives findings and no rows.
#[must_use]
pub fn read(workbook: &Workbook, expected: &Identity) -> Reading<MarkRow> {
    let mut findings = Findings::default();
    findings.extend(workbook.findings.iter().cloned());
    findings.extend(hidden_sheets(&workbook.sheets, Some(OWN_SHEET)));
    let own = workbook.sheets.iter().find(|sheet| sheet.name == OWN_SHEET);
    let Some(known) = own.and_then(|sheet| identified(sheet, expected, &mut findings)) else {
        if own.is_none() {
            findings.push(error(
                "no_identity",
                "The hidden sheet is missing that says whose score sheet this is",
                "Download your score sheet again, and fill in that one.",
            ));
        }
        return Reading { rows: Vec::new(), findings: findings.finish() };
    };
    let mut found = Vec::new();
    let mut tables = 0;
    for sheet in workbook.sheets.iter().filter(|sheet| sheet.name != OWN_SHEET) {
        let Some(table) = find(sheet, COLUMNS, &["row", "mark", "explanation"], HEADER_WITHIN) else {
            continue;
        };
        tables += 1;
        findings.extend(table.findings.iter().cloned());
        rows(&table, &known, &mut found, &mut findings);
    }
    if tables == 0 {
        findings.push(error(
            "no_table",
            "No sheet has the columns Row, Mark and Explanation",
            "Keep the header row of the sheet Marks as it is, or download your score sheet again.",
        ));
    }
    Reading { rows: found, findings: findings.finish() }
}

fn error(code: &str, seen: &str, todo: &str) -> Finding {
    Finding::new(Severity::Error, code, seen, todo)
}

/// The rows that the hidden sheet names, where it is of whom and what is expected.
fn identified(sheet: &Sheet, expected: &Identity, findings: &mut Findings) -> Option<Rows> {
    let (mut facts, mut rows) = (BTreeMap::new(), Rows::new());
    for row in sheet.rows.iter() {
        let text = |col: u32| row.cell(col).map(|cell| cell.value.shown().to_owned()).unwrap_or_default();
        if text(0) == "row" {
            rows.insert(fold_id(&text(1)).into_owned(), (text(2), text(3), text(4).parse().unwrap_or(-1)));
        } else {
            facts.insert(text(0), (text(1), row.index));
        }
    }
    let wanted = [
        (
            "pack sha256",
            &expected.pack,
            "other_pack",
            "This score sheet is of another version of the tender pack.",
        ),
        ("lot", &expected.lot, "other_lot", "This score sheet is of another lot."),
        ("person", &expected.person, "other_person", "This is another person’s score sheet."),
    ];
    let before = findings.count();
    for (name, value, code, what) in wanted {
        let found = facts.get(name);
        if found.is_none_or(|(found, _)| found != value) {
            let cell = format!("B{}", found.map_or(0, |(_, row)| *row) + 1);
            let todo = format!("{what} Download your own of this lot again, and fill in that one.");
            let seen = found.map_or("nothing", |(found, _)| found.as_str());
            findings.push(error(code, seen, &todo).at(OWN_SHEET, cell));
        }
    }
    (findings.count() == before).then_some(rows)
}

fn rows(table: &Table<'_>, known: &Rows, found: &mut Vec<MarkRow>, findings: &mut Findings) {
    let sheet = &table.sheet.name;
    for row in table.rows() {
        let name = table.text(row, "row", findings);
        let mark = table.text(row, "mark", findings);
        let explanation = table.text(row, "explanation", findings);
        if mark.is_none() && explanation.is_none() {
            continue;
        }
        let at = |key: &str| table.address(row, key);
        let place = name.as_deref().and_then(|name| known.get(fold_id(name).as_ref()));
        let Some((question, bid, revision)) = place else {
            let what = "This row is none of your score sheet. Mark only the rows that it came with, and keep their names.";
            findings.push(error("unknown_row", name.as_deref().unwrap_or(""), what).at(sheet, at("row")));
            continue;
        };
        let same = |other: &MarkRow| other.question == *question && other.bid == *bid;
        if let Some(first) = found.iter().find(|other| same(other)) {
            let todo = format!("{} marks the same answer. Keep one of the two rows.", first.mark_cell);
            findings.push(error("duplicate_row", name.as_deref().unwrap_or(""), &todo).at(sheet, at("row")));
            continue;
        }
        found.push(MarkRow {
            question: question.clone(),
            bid: bid.clone(),
            revision: *revision,
            mark: mark.unwrap_or_default(),
            explanation: explanation.unwrap_or_default(),
            sheet: sheet.clone(),
            mark_cell: at("mark"),
            explanation_cell: at("explanation"),
        });
    }
}
