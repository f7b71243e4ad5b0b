//! A score sheet that comes back: judged as a whole, saved as a whole or not at all.

use importers::score_sheet::MarkRow;
use importers::{Finding, Reading, Severity};

use super::fixture::Room;
use crate::kernel::{Caller, Refusal};
use crate::scoring::offline::{self, Judged};

const WHY: &str = "The plan names dates and people.";

/// A row as it stands in the sheet: the bid and question, the revision that was seen, the mark, the explanation.
type Row<'a> = (usize, &'a str, i64, &'a str, &'a str);

impl Room {
    fn rows(&self, rows: &[Row<'_>]) -> Reading<MarkRow> {
        let made = |(number, (bid, question, revision, mark, explanation)): (usize, &Row<'_>)| MarkRow {
            question: (*question).to_owned(),
            bid: self.bids[*bid].to_string(),
            revision: *revision,
            mark: (*mark).to_owned(),
            explanation: (*explanation).to_owned(),
            sheet: "Marks".to_owned(),
            mark_cell: format!("F{}", number + 2),
            explanation_cell: format!("G{}", number + 2),
        };
        Reading { rows: rows.iter().enumerate().map(made).collect(), findings: Vec::new() }
    }

    async fn hand_back(&self, caller: &Caller, reading: Reading<MarkRow>) -> Result<Judged, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.write(caller, move |w| async move { offline::save(&w, id, lot, reading).await }).await
    }

    async fn look(&self, caller: &Caller, reading: Reading<MarkRow>) -> Result<Judged, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.read(caller, move |r| async move { offline::preview(&r, id, lot, reading).await }).await
    }

    async fn marked_so_far(&self, caller: &Caller) -> Vec<(String, i32)> {
        let (id, lot) = (self.id, self.lot);
        let own = self
            .world
            .read(caller, move |r| async move { crate::scoring::mark::own_sheet(&r, id, lot).await })
            .await
            .unwrap();
        own.marks.values().map(|mark| (mark.value.clone(), mark.revision)).collect()
    }
}

#[tokio::test]
async fn every_fault_is_told_with_its_cell_and_nothing_is_saved() {
    let room = Room::new().await;
    let a = &room.panel[0];
    room.mark(a, (1, "Q2"), 0, ("5", WHY)).await.unwrap();
    let rows = [
        (0, "Q1", 0, "3", WHY),
        (0, "Q2", 0, "2", "Good."),
        (1, "Q1", 0, "", WHY),
        (1, "Q2", 0, "1", WHY),
        (1, "Q9", 0, "1", WHY),
    ];
    let refusal = room.hand_back(a, room.rows(&rows)).await.unwrap_err();
    let told: Vec<_> = refusal.fields.iter().map(|one| (one.field.as_str(), one.code.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Marks!F3", "not_on_scale"),
            ("Marks!G3", "too_short"),
            ("Marks!F4", "missing"),
            ("Marks!F5", "stale"),
            ("Marks!F6", "not_assigned"),
        ]
    );
    assert!(
        refusal.fields[0].message.contains("Found “2”") && refusal.fields[0].message.contains("0, 1, 3, 5")
    );
    assert_eq!(room.marked_so_far(a).await, [("5".to_owned(), 1)]);
    // What the reader found keeps the good rows out as well.
    let finding = Finding::new(Severity::Error, "unknown_row", "Q9-001", "Keep the rows.").at("Marks", "A7");
    let reading = Reading { findings: vec![finding], ..room.rows(&rows[..1]) };
    assert_eq!(room.hand_back(a, reading).await.unwrap_err().fields[0].field, "Marks!A7");
    assert_eq!(room.marked_so_far(a).await.len(), 1);
}

#[tokio::test]
async fn a_good_sheet_is_saved_each_mark_with_its_revision() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    room.mark(a, (1, "Q2"), 0, ("5", WHY)).await.unwrap();
    let rows = [(0, "Q1", 0, "3.0", WHY), (1, "Q2", 1, "1", WHY), (0, "Q2", 0, "0", WHY)];
    let seen = room.look(a, room.rows(&rows)).await.unwrap();
    assert_eq!((seen.changes.len(), seen.unchanged, seen.has_errors()), (3, 0, false));
    assert_eq!((seen.changes[1].before.as_deref(), seen.changes[0].value.as_str()), (Some("5"), "3"));
    assert_eq!(room.marked_so_far(a).await.len(), 1, "a look saves nothing");
    room.hand_back(a, room.rows(&rows)).await.unwrap();
    let mut marks = room.marked_so_far(a).await;
    marks.sort();
    assert_eq!(marks, [("0".to_owned(), 1), ("1".to_owned(), 2), ("3".to_owned(), 1)]);
    assert!(room.marked_so_far(b).await.is_empty());
    let again = room.hand_back(a, room.rows(&rows)).await.unwrap();
    assert_eq!((again.changes.len(), again.unchanged), (0, 3), "what is stored already is no stale mark");

    for (who, status) in [(&room.moderator, 403), (&room.coordinator, 403), (&room.stranger, 404)] {
        assert_eq!(room.hand_back(who, room.rows(&rows)).await.unwrap_err().status(), status);
    }
    room.mark(a, (1, "Q1"), 0, ("3", WHY)).await.unwrap();
    room.submit(a).await.unwrap();
    assert_eq!(room.hand_back(a, room.rows(&rows)).await.unwrap_err().code, "sheet_submitted");
    assert_eq!(room.look(a, room.rows(&rows)).await.unwrap_err().code, "sheet_submitted");
}
