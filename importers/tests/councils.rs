//! The councils' own sheets: requirements and demand.
#![allow(clippy::unwrap_used)]

use importers::demand::{self, DemandLine, DemandRow};
use importers::requirements::{self, RequirementRow};
use importers::{Finding, read_here};
use rules::money::Volume;
use rules::words::{Charge, Firmness, Moscow, RequirementType};

fn codes(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings.iter().map(|f| (f.code.as_str(), f.cell.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn requirements_written_are_requirements_read() {
    let row = |code: &str, kind, moscow, row: u32| RequirementRow {
        code: code.into(),
        text: format!("The system does {code}"),
        kind,
        moscow,
        rationale: "=cmd|' /C calc'!A0".into(),
        external_ref: Some(format!("X{code}")),
        sheet: "Requirements".into(),
        cell: format!("B{row}"),
    };
    let rows = vec![
        row("R1", RequirementType::NonFunctional, Moscow::Wont, 2),
        row("7", RequirementType::Exit, Moscow::Must, 3),
    ];
    let reading = requirements::read(&read_here(&requirements::write(&rows).unwrap(), "r.xlsx").unwrap());
    assert_eq!(codes(&reading.findings), []);
    assert_eq!(reading.rows, rows);
    let blank = requirements::read(&read_here(&requirements::template().unwrap(), "r.xlsx").unwrap());
    assert_eq!((blank.rows.len(), blank.findings.len()), (0, 0));
}

#[test]
fn every_bad_requirement_is_reported_with_its_cell_and_good_ones_are_kept() {
    let csv = "Our wishes,,,\n,,,\nPriority,Description,Ref,Category\nMust have,Good,A1,functional\nmaybe,Bad priority,A2,Security\n\
               Should,,A3,Security\nCould,No id,,Data\nMust,Twice,a1,nonsense\nWON’T,Fine too,A4,Non functional\n";
    let reading = requirements::read(&read_here(csv.as_bytes(), "wishes.csv").unwrap());
    assert_eq!(reading.rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["A1", "A4"]);
    assert_eq!(reading.rows[1].moscow, Moscow::Wont);
    assert_eq!(reading.rows[0].cell, "B4");
    assert_eq!(
        codes(&reading.findings),
        [
            ("moscow_unknown", "A5"),
            ("text_missing", "B6"),
            ("id_missing", "C7"),
            ("duplicate_id", "C8"),
            ("type_unknown", "D8")
        ]
    );
    assert!(reading.findings.iter().all(|f| f.sheet.as_deref() == Some("wishes.csv")));
    let none = requirements::read(&read_here(b"Name,Colour\nTea,green\n", "x.csv").unwrap());
    assert_eq!(codes(&none.findings), [("no_table", "-")]);
}

fn lines() -> Vec<DemandLine> {
    let line = |code: &str, charge| DemandLine {
        code: code.into(),
        description: format!("Line {code}"),
        unit: "user".into(),
        charge,
    };
    vec![line("P01", Charge::Recurring), line("P02", Charge::OneOff)]
}

#[test]
fn demand_written_is_demand_read() {
    let row = |line: &str, year, firmness, e3, cell: &str| DemandRow {
        line_code: line.into(),
        year,
        firmness,
        volume: Volume(e3),
        external_ref: None,
        sheet: "Demand".into(),
        cell: cell.into(),
    };
    let rows = vec![
        row("P01", 1, Firmness::Firm, 120_500, "F2"),
        row("P01", 3, Firmness::Firm, 0, "H2"),
        row("P01", 2, Firmness::Ceiling, 900_000, "G3"),
        row("P02", 1, Firmness::Firm, 1_000, "F4"),
    ];
    let bytes = demand::write(&lines(), 3, &rows).unwrap();
    let reading = demand::read(&read_here(&bytes, "d.xlsx").unwrap(), &lines(), 3);
    assert_eq!(codes(&reading.findings), []);
    assert_eq!(reading.rows, rows);
    let blank =
        demand::read(&read_here(&demand::template(&lines(), 3).unwrap(), "d.xlsx").unwrap(), &lines(), 3);
    assert_eq!((blank.rows.len(), codes(&blank.findings)), (0, vec![]));
}

#[test]
fn long_and_wide_demand_are_read_and_every_fault_is_named() {
    let long = "Line,Year,Volume,Firmness\nP01,1,100,firm\nP01,1,5,Firm\nP09,1,5,Firm\nP02,Year 2,\"1,000\",Indicative\nP02,4,5,Firm\nP02,1,about 5,Firm\nP02,1,-5,Firm\nP01,2,5,\n";
    let reading = demand::read(&read_here(long.as_bytes(), "d.csv").unwrap(), &lines(), 3);
    let found: Vec<_> =
        reading.rows.iter().map(|r| (r.line_code.as_str(), r.year, r.firmness, r.volume)).collect();
    assert_eq!(
        found,
        [("P01", 1, Firmness::Firm, Volume(100_000)), ("P02", 2, Firmness::Indicative, Volume(1_000_000))]
    );
    assert_eq!(
        codes(&reading.findings),
        [
            ("duplicate_volume", "C3"),
            ("line_unknown", "A4"),
            ("year_outside_term", "B6"),
            ("not_a_number", "C7"),
            ("negative_number", "C8"),
            ("firmness_unknown", "D9"),
        ]
    );
    let wide = "Firmness;Line;Year 2;Year 1;Year 9\nFirm;P01;12,5;1;\nFirm;P02;;;7\n;;1;;\n";
    let reading = demand::read(&read_here(wide.as_bytes(), "d.csv").unwrap(), &lines(), 3);
    let found: Vec<_> =
        reading.rows.iter().map(|r| (r.line_code.as_str(), r.year, r.volume, r.cell.as_str())).collect();
    assert_eq!(found, [("P01", 2, Volume(12_500), "C2"), ("P01", 1, Volume(1_000), "D2")]);
    assert_eq!(
        codes(&reading.findings)[1..],
        [("year_outside_term", "E3"), ("line_missing", "B4"), ("firmness_unknown", "A4")]
    );
}
