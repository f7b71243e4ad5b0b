//! Councils' own spreadsheets.

use entity::{requirement as requirement_row, sheet_import, stored_file};
use importers::demand::{self as demand_sheet, DemandLine, DemandRow};
use importers::requirements::{self as requirement_sheet, RequirementRow};
use rules::money::Volume;
use rules::words::{Charge, Firmness, Moscow, RequirementType};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::super::demand;
use super::super::requirement::{self, Filter};
use super::super::schedule::ScheduleLineInput;
use super::super::sheets::{self, Sheet, Taken};
use super::Pool;
use super::demand::{add_line, line};
use crate::kernel::{Caller, Paging};

fn row(code: &str, text: &str, external_ref: Option<&str>) -> RequirementRow {
    RequirementRow {
        code: code.to_owned(),
        text: text.to_owned(),
        kind: RequirementType::Security,
        moscow: Moscow::Should,
        rationale: String::new(),
        external_ref: external_ref.map(str::to_owned),
        sheet: String::new(),
        cell: String::new(),
    }
}

async fn take(pool: &Pool, caller: &Caller, bytes: Vec<u8>) -> Taken {
    let sheet = Sheet::<RequirementRow>::read_here("needs.xlsx", bytes);
    pool.does(caller, |w, id| async move { sheets::take_requirements(&w, id, sheet).await }).await
}

#[tokio::test]
async fn good_rows_are_taken_bad_rows_are_told_and_repeats_change() {
    let pool = Pool::new().await;
    let rows = [row("B1", "Single sign-on", Some("X1")), row("B2", "Audit trail", None)];
    let first = take(&pool, &pool.officer, requirement_sheet::write(&rows).unwrap()).await;
    assert_eq!((first.added, first.changed, first.unchanged), (2, 0, 0));
    assert!(first.findings.is_empty());
    // The same file again doubles nothing.
    let again = take(&pool, &pool.officer, requirement_sheet::write(&rows).unwrap()).await;
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2));
    // A known reference follows its requirement to another number; one that points at another row's is told.
    let csv = "ID,Requirement,Type,MoSCoW,External ref\n\
               B9,Single sign-on with Entra,Security,Must,X1\n\
               B2,Audit trail,Security,Should,X2\n\
               B3,,Security,Must,\n\
               B4,Logs,nonsense,Must,\n\
               B5,Export,Exit,Could,X1\n\
               B6,Return of data,Exit,Must,\n";
    let taken = take(&pool, &pool.officer, csv.as_bytes().to_vec()).await;
    let told: Vec<_> = taken
        .findings
        .iter()
        .map(|finding| (finding.code.as_str(), finding.cell.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(told, [("text_missing", "B4"), ("type_unknown", "C5"), ("duplicate_external_ref", "B6")]);
    assert_eq!((taken.added, taken.changed, taken.unchanged, taken.import.rows_taken), (1, 2, 0, 3));
    let id = pool.id;
    let rows = pool
        .world
        .read(&pool.coordinator, move |r| async move {
            requirement::list(&r, id, Filter::default(), &Paging::default()).await
        })
        .await
        .unwrap()
        .items;
    let told: Vec<_> = rows
        .iter()
        .map(|view| (view.requirement.code.as_str(), view.requirement.cell.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(told, [("B9", "B2"), ("B2", "B3"), ("B6", "B7")]);
    let import = taken.import.id;
    let kept = pool
        .world
        .read(&pool.officer, move |r| async move {
            assert_eq!(sheets::one(&r, id, import).await?.1.len(), 3);
            sheets::original(&r, id, import).await
        })
        .await
        .unwrap();
    assert_eq!(kept.bytes, csv.as_bytes());
    let hidden = pool
        .world
        .read(&pool.coordinator, move |r| async move { sheets::original(&r, id, import).await })
        .await
        .unwrap_err();
    assert_eq!(hidden.status(), 404);
}

#[tokio::test]
async fn a_sheet_that_cannot_be_read_stores_nothing_and_a_stranger_is_not_read_for() {
    let pool = Pool::new().await;
    // This store's reader cannot be started.
    let bytes = requirement_sheet::template().unwrap();
    let refusal =
        sheets::import_requirements(&pool.world.db, &pool.officer, pool.id, "needs.xlsx", bytes.clone())
            .await
            .unwrap_err();
    assert_eq!((refusal.status(), refusal.fields[0].field.as_str()), (422, "file"));
    assert_eq!(refusal.fields[0].code, "reader_not_started");
    for caller in [&pool.stranger, &pool.outsider] {
        let refusal = sheets::import_demand(&pool.world.db, caller, pool.id, "d.xlsx", bytes.clone())
            .await
            .unwrap_err();
        assert_eq!(refusal.status(), 404);
    }
    let stored = pool
        .world
        .read(&Caller::System, |r| async move {
            Ok((
                sheet_import::Entity::find().count(r.txn()).await?,
                stored_file::Entity::find().count(r.txn()).await?,
                requirement_row::Entity::find().count(r.txn()).await?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(stored, (0, 0, 0));
}

#[tokio::test]
async fn demand_comes_by_sheet_with_each_volume_traced() {
    let pool = Pool::new().await;
    add_line(&pool, line("Users")).await;
    add_line(&pool, ScheduleLineInput { shared: true, ..line("Data centre") }).await;
    let lines: Vec<DemandLine> = ["P01", "P02"]
        .map(|code| DemandLine {
            code: code.to_owned(),
            description: "Line".to_owned(),
            unit: "user".to_owned(),
            charge: Charge::Recurring,
        })
        .to_vec();
    let wanted = |code: &str, year, volume: &str| DemandRow {
        line_code: code.to_owned(),
        year,
        firmness: Firmness::Firm,
        volume: volume.parse::<Volume>().unwrap(),
        external_ref: Some(format!("D-{code}")),
        sheet: String::new(),
        cell: String::new(),
    };
    let rows = [wanted("P01", 1, "120"), wanted("P01", 3, "80.5"), wanted("P02", 1, "1")];
    let bytes = demand_sheet::write(&lines, 3, &rows).unwrap();
    let read = || Sheet::<DemandRow>::read_here("demand.xlsx", bytes.clone(), &lines, 3);
    let sheet = read();
    let first =
        pool.does(&pool.officer, |w, id| async move { sheets::take_demand(&w, id, sheet).await }).await;
    assert_eq!((first.added, first.findings.len()), (2, 1));
    assert_eq!(first.findings[0].code, "shared_line");
    assert_eq!(first.findings[0].cell.as_deref(), Some("F3"));
    let sheet = read();
    let again =
        pool.does(&pool.officer, |w, id| async move { sheets::take_demand(&w, id, sheet).await }).await;
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2));
    let id = pool.id;
    let list = pool
        .world
        .read(&pool.officer, move |r| async move { demand::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    let told: Vec<_> = list.items[0]
        .volumes
        .iter()
        .map(|row| (row.year, row.volume_e3, row.external_ref.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(told, [(1, 120_000, "D-P01/1"), (3, 80_500, "D-P01/3")]);
    let blank = pool
        .world
        .read(&pool.officer, move |r| async move { sheets::demand_template(&r, id).await })
        .await
        .unwrap();
    let sheet = Sheet::<DemandRow>::read_here("demand.xlsx", blank.bytes, &lines, 3);
    let nothing =
        pool.does(&pool.officer, |w, id| async move { sheets::take_demand(&w, id, sheet).await }).await;
    assert_eq!((nothing.added, nothing.changed, nothing.unchanged), (0, 0, 0));
}
