//! A council's own requirements, as a spreadsheet: columns by header in any order, every bad row with its cell.

use std::collections::BTreeMap;

use rules::words::{Moscow, RequirementType};
use rust_xlsxwriter::{DataValidation, Workbook as Book};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Findings, Reading, Severity};
use crate::raw::{Row, Workbook};
use crate::sheet_writer::{Formats, WriteFault, guide, print_setup, rows, table};
use crate::table::{Column, Table, find, fold, hidden_sheets};

/// A requirement as one council wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementRow {
    /// The council's own id, unique in the file.
    pub code: String,
    /// Its words.
    pub text: String,
    /// Its type.
    pub kind: RequirementType,
    /// Its importance.
    pub moscow: Moscow,
    /// Why it is wanted; may be empty.
    pub rationale: String,
    /// The council's key in another system.
    pub external_ref: Option<String>,
    /// The sheet it stands in.
    pub sheet: String,
    /// The cell of its text.
    pub cell: String,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "code",
        names: &[
            "id",
            "code",
            "ref",
            "reference",
            "requirement id",
            "requirement ref",
            "requirement code",
            "req id",
            "req",
            "no",
            "number",
        ],
    },
    Column {
        key: "text",
        names: &[
            "requirement",
            "text",
            "description",
            "requirement text",
            "requirement description",
            "statement",
            "wording",
        ],
    },
    Column { key: "kind", names: &["type", "category", "requirement type", "kind", "area"] },
    Column { key: "moscow", names: &["moscow", "priority", "importance", "must should could", "level"] },
    Column {
        key: "rationale",
        names: &["rationale", "reason", "why", "justification", "notes", "comment", "comments"],
    },
    Column {
        key: "external_ref",
        names: &["external ref", "external reference", "external id", "source ref", "source id"],
    },
];
const HEADERS: [&str; 6] = ["ID", "Requirement", "Type", "MoSCoW", "Rationale", "External ref"];
const HEADER_WITHIN: u32 = 10;
const BLANK_ROWS: u32 = 200;

/// Reads every sheet that has a header row with a column for the requirement's text among its first ten rows.
#[must_use]
pub fn read(workbook: &Workbook) -> Reading<RequirementRow> {
    let mut rows = Vec::new();
    let mut findings = Findings::default();
    findings.extend(workbook.findings.iter().cloned());
    findings.extend(hidden_sheets(&workbook.sheets, None));
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    let mut tables = 0;
    for sheet in &workbook.sheets {
        let Some(table) = find(sheet, COLUMNS, &["code", "text"], HEADER_WITHIN) else { continue };
        tables += 1;
        findings.extend(table.findings.iter().cloned());
        for (key, header) in [("kind", "Type"), ("moscow", "MoSCoW")] {
            if !table.has(key) {
                findings.push(
                    Finding::new(
                        Severity::Error,
                        "column_missing",
                        format!("No column “{header}”"),
                        format!("Add a column with the header {header}."),
                    )
                    .at(&sheet.name, table.header_address()),
                );
            }
        }
        for row in table.rows() {
            if let Some(found) = read_row(&table, row, &mut codes, &mut findings) {
                rows.push(found);
            }
        }
    }
    if tables == 0 {
        findings.push(Finding::new(
            Severity::Error,
            "no_table",
            "No sheet has a header row with “ID” and “Requirement” among its first ten rows",
            "Add a header row with at least ID, Requirement, Type and MoSCoW, or use the blank template.",
        ));
    }
    Reading { rows, findings: findings.finish() }
}

fn read_row<'a>(
    table: &Table<'a>,
    row: Row<'a>,
    codes: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> Option<RequirementRow> {
    let before = findings.count();
    let sheet = &table.sheet.name;
    let code = table.text(row, "code", findings);
    let text = table.text(row, "text", findings);
    let kind = table.text(row, "kind", findings);
    let moscow = table.text(row, "moscow", findings);
    let rationale = table.text(row, "rationale", findings);
    let external_ref = table.text(row, "external_ref", findings);
    if findings.count() == before
        && code.is_none()
        && text.is_none()
        && rationale.is_none()
        && external_ref.is_none()
    {
        // A blank row, or one of a template in which only lists were left standing.
        return None;
    }
    let mut fault = |key: &str, code: &str, seen: String, todo: String| {
        findings.push(Finding::new(Severity::Error, code, seen, todo).at(sheet, table.address(row, key)));
    };
    let mut complete = true;
    if let Some(code) = &code {
        let address = table.address(row, "code");
        if let Some(first) = codes.get(&fold(code)) {
            fault(
                "code",
                "duplicate_id",
                code.clone(),
                format!("The same ID stands in {first}. Give every requirement its own."),
            );
            complete = false;
        } else {
            codes.insert(fold(code), format!("{sheet}!{address}"));
        }
    } else {
        fault(
            "code",
            "id_missing",
            String::new(),
            "Give the requirement an ID of its own, such as R12.".to_owned(),
        );
    }
    if text.is_none() {
        fault(
            "text",
            "text_missing",
            String::new(),
            "Write the requirement, or clear the whole row.".to_owned(),
        );
    }
    let parsed_kind = kind.as_deref().and_then(kind_of);
    if parsed_kind.is_none() && table.has("kind") {
        fault(
            "kind",
            "type_unknown",
            kind.unwrap_or_default(),
            format!("Write one of: {}.", labels(RequirementType::ALL, RequirementType::label)),
        );
    }
    let parsed_moscow = moscow.as_deref().and_then(moscow_of);
    if parsed_moscow.is_none() && table.has("moscow") {
        fault(
            "moscow",
            "moscow_unknown",
            moscow.unwrap_or_default(),
            format!("Write one of: {}.", labels(Moscow::ALL, Moscow::label)),
        );
    }
    let found = RequirementRow {
        code: code?,
        text: text?,
        kind: parsed_kind?,
        moscow: parsed_moscow?,
        rationale: rationale.unwrap_or_default(),
        external_ref,
        sheet: sheet.clone(),
        cell: table.address(row, "text"),
    };
    complete.then_some(found)
}

fn labels<T: Copy>(all: &[T], label: fn(T) -> &'static str) -> String {
    all.iter().map(|value| label(*value)).collect::<Vec<_>>().join(", ")
}

fn kind_of(text: &str) -> Option<RequirementType> {
    let word = fold(text);
    RequirementType::ALL
        .iter()
        .copied()
        .find(|kind| fold(kind.label()) == word || fold(kind.as_str()) == word)
        .or(match word.as_str() {
            "nonfunctional" | "nfr" => Some(RequirementType::NonFunctional),
            "integrations" | "interface" | "interfaces" => Some(RequirementType::Integration),
            _ => None,
        })
}

fn moscow_of(text: &str) -> Option<Moscow> {
    match fold(text).as_str() {
        "must" | "must have" | "m" | "mandatory" | "essential" => Some(Moscow::Must),
        "should" | "should have" | "s" => Some(Moscow::Should),
        "could" | "could have" | "c" => Some(Moscow::Could),
        "wont" | "wont have" | "w" | "will not" => Some(Moscow::Wont),
        _ => None,
    }
}

/// The blank workbook: a header row, lists for type and importance, 200 empty rows.
pub fn template() -> Result<Vec<u8>, WriteFault> {
    write(&[])
}

fn instructions(book: &mut Book, formats: &Formats) -> Result<(), WriteFault> {
    let lines = [
        ("What to do", "Write one requirement in each row of the sheet Requirements, in your council's own words. More rows than are prepared may be added. Cells with a light yellow ground are yours.".to_owned()),
        ("ID", "Your own short reference, different in every row, such as R12. It stays with the requirement when those of several councils are merged.".to_owned()),
        ("Requirement", "What the system or the supplier must do, one thing in each row, without naming a product unless “or equivalent” follows.".to_owned()),
        ("Type", format!("One of: {}.", labels(RequirementType::ALL, RequirementType::label))),
        ("MoSCoW", format!("How much it matters, one of: {}.", labels(Moscow::ALL, Moscow::label))),
        ("Rationale", "Why it is wanted; helps other councils to agree. May be blank.".to_owned()),
        ("External ref", "The requirement's key in another system of yours. May be blank.".to_owned()),
        ("Blank rows", "A row in which nothing is written is left out.".to_owned()),
    ];
    guide(book.add_worksheet(), "Requirements of one council", &lines, formats)
}

/// A workbook with these rows, in the form of the template.
pub fn write(requirements: &[RequirementRow]) -> Result<Vec<u8>, WriteFault> {
    let formats = Formats::new();
    let mut book = Book::new();
    instructions(&mut book, &formats)?;
    let sheet = book.add_worksheet().set_name("Requirements")?;
    let count = rows(requirements.len())?.max(BLANK_ROWS);
    table(sheet, "RequirementsTable", 0, count, &HEADERS.map(str::to_owned), &formats)?;
    for (col, width) in [(0, 12.0), (1, 70.0), (2, 18.0), (3, 12.0), (4, 40.0), (5, 18.0)] {
        sheet.set_column_width(col, width)?;
    }
    for row in 1..=count {
        for col in 0..6 {
            sheet.write_blank(row, col, &formats.asked)?;
        }
    }
    for (row, found) in (1..).zip(requirements) {
        let texts = [
            &found.code,
            &found.text,
            &found.kind.label().to_owned(),
            &found.moscow.label().to_owned(),
            &found.rationale,
            &found.external_ref.clone().unwrap_or_default(),
        ];
        for (col, text) in (0..).zip(texts) {
            if !text.is_empty() {
                sheet.write_string_with_format(row, col, text, &formats.asked)?;
            }
        }
    }
    let kinds: Vec<&str> = RequirementType::ALL.iter().map(|kind| kind.label()).collect();
    let importances: Vec<&str> = Moscow::ALL.iter().map(|moscow| moscow.label()).collect();
    for (col, words, title) in [(2, &kinds, "Type"), (3, &importances, "MoSCoW")] {
        let list = DataValidation::new()
            .allow_list_strings(words)?
            .set_error_title(title)?
            .set_error_message("Choose one from the list; the sheet Instructions names them.")?;
        sheet.add_data_validation(1, col, count, col, &list)?;
    }
    print_setup(sheet, "Requirements");
    Ok(book.save_to_buffer()?)
}
