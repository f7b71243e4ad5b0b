//! A panel member's own score sheet of a lot as a spreadsheet, to be filled in without a connection and handed back. It holds no
//! price and nothing of what others marked, only what its panel member marks.
//!
//! What comes back is read in a child like every upload, judged as a whole, and saved in one transaction or not at all: each mark
//! with its revision and its ledger entry, as if it were entered on its page.

use importers::score_sheet::{self, AnswerRow, Head, Identity, MarkRow};
use importers::{Finding, Reading as Read, Severity};
use uuid::Uuid;

use super::mark::{EXPLANATION_LIMIT, MarkInput, Marker, OwnSheet, own_sheet};
use super::panel;
use crate::bidding::{File, XLSX};
use crate::kernel::access;
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Action, Caller, Db, Faults, Reading, Refusal, Writing};

/// A mark that handing the sheet back makes or changes.
#[derive(Clone, Debug)]
pub struct Change {
    /// The bid.
    pub bid: Uuid,
    /// Its supplier.
    pub supplier: String,
    /// The question's code.
    pub question: String,
    /// The mark before, if there was one.
    pub before: Option<String>,
    /// The mark, as on the scale.
    pub value: String,
    /// Why.
    pub explanation: String,
    /// The revision that was seen; 0 for none.
    pub seen: i64,
}

/// What handing a sheet back would do.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The marks it makes or changes.
    pub changes: Vec<Change>,
    /// How many rows say what is stored already.
    pub unchanged: usize,
    /// Everything there is to say, with its cell. Nothing is saved while one of them is an error.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether anything keeps it from being saved.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// The caller's score sheet of a lot, with the marks so far.
pub async fn workbook(db: &Db, caller: &Caller, procurement_id: Uuid, lot_id: Uuid) -> Result<File, Refusal> {
    let (identity, head, rows) =
        db.read(caller, move |r| async move { contents(&r, procurement_id, lot_id).await }).await?;
    let name =
        format!("{}-score-sheet.xlsx", head.lot.split(' ').next().unwrap_or("lot").replace(['/', '\\'], "-"));
    tokio::task::spawn_blocking(move || {
        let bytes = score_sheet::write(&identity, &head, &rows).map_err(|error| Refusal::internal(&error))?;
        Ok(File { name, media_type: XLSX.to_owned(), bytes })
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

async fn contents(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
) -> Result<(Identity, Head, Vec<AnswerRow>), Refusal> {
    let own = own_sheet(r, procurement_id, lot_id).await?;
    if own.questions.is_empty() {
        return Err(Refusal::conflict("not_assigned", "Nothing of this lot is assigned to you."));
    }
    let procurement = access::procurement(r, procurement_id, Action::Read).await?.procurement;
    let published = own.lot.published();
    let head = Head {
        procurement: format!("{} {}", procurement.reference, procurement.title),
        lot: format!("{} {}", published.code, published.title),
        person: r.caller().person()?.name.clone(),
    };
    let asked = own.asked();
    let rows = asked.iter().flat_map(|asked| {
        own.bids.iter().map(|bid| {
            let mark = own.mark(bid.id, &asked.criterion.code);
            AnswerRow {
                question: asked.criterion.code.clone(),
                bid: bid.id.to_string(),
                bidder: bid.supplier.clone(),
                asked: asked.question.text.clone(),
                scale: asked.scale.clone(),
                mark: mark.map(|mark| mark.value.clone()).unwrap_or_default(),
                explanation: mark.map(|mark| mark.explanation.clone()).unwrap_or_default(),
                revision: mark.map_or(0, |mark| mark.revision.into()),
            }
        })
    });
    Ok((identity(r, &own)?, head, rows.collect()))
}

fn identity(r: &Reading, own: &OwnSheet) -> Result<Identity, Refusal> {
    Ok(Identity {
        pack: own.lot.pack_hash.clone(),
        lot: own.lot.id.to_string(),
        person: r.caller().person()?.id.to_string(),
    })
}

/// Reads a sheet that came back, in the child. It is the caller's own, of this lot and pack, or there is nothing in it.
pub async fn read(
    db: &Db,
    caller: &Caller,
    (procurement_id, lot_id): (Uuid, Uuid),
    name: &str,
    bytes: Vec<u8>,
) -> Result<Read<MarkRow>, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("name", name, 200);
    faults.done()?;
    let expected = db
        .read(caller, move |r| async move {
            let own = own_sheet(&r, procurement_id, lot_id).await?;
            identity(&r, &own)
        })
        .await?;
    let reader = db.installation().sheet_reader.clone();
    tokio::task::spawn_blocking(move || {
        let workbook = reader
            .read(&bytes, &name)
            .map_err(|unreadable| Refusal::field("file", &unreadable.code, unreadable.message))?;
        Ok(score_sheet::read(&workbook, &expected))
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

/// What handing a sheet back would do; nothing is saved.
pub async fn preview(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    reading: Read<MarkRow>,
) -> Result<Judged, Refusal> {
    let own = own_sheet(r, procurement_id, lot_id).await?;
    if own.closed || own.submitted_at.is_some() {
        return Err(Refusal::conflict(
            "sheet_submitted",
            "Your marks in this lot are submitted or closed: none of them changes now.",
        ));
    }
    Ok(judge(&own, reading))
}

/// Saves all marks of a sheet in one transaction, or nothing: every fault is told with its cell.
pub async fn save(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    reading: Read<MarkRow>,
) -> Result<Judged, Refusal> {
    let marker = Marker::enter(w, procurement_id, lot_id).await?;
    let own = own_sheet(w, procurement_id, lot_id).await?;
    let judged = judge(&own, reading);
    if judged.has_errors() {
        return Err(refused(&judged.findings));
    }
    for change in &judged.changes {
        let input = MarkInput { value: change.value.clone(), explanation: change.explanation.clone() };
        marker.save(w, (change.bid, &change.question), change.seen, input).await?;
    }
    Ok(judged)
}

/// The errors among findings, each with its sheet and cell, what stands there and what should.
fn refused(findings: &[Finding]) -> Refusal {
    let errors = findings.iter().filter(|finding| finding.is_error());
    let fields = errors.map(|finding| FieldFault {
        field: place(finding),
        code: finding.code.clone(),
        message: format!("Found “{}”. {}", finding.seen, finding.todo),
    });
    Refusal::fields(fields.collect())
}

/// Where a finding is: `Marks!F4`.
#[must_use]
pub fn place(finding: &Finding) -> String {
    match (&finding.sheet, &finding.cell) {
        (Some(sheet), Some(cell)) => format!("{sheet}!{cell}"),
        (Some(sheet), None) => sheet.clone(),
        _ => "file".to_owned(),
    }
}

/// Holds a sheet to the own marks as they are now.
fn judge(own: &OwnSheet, reading: Read<MarkRow>) -> Judged {
    let mut judged = Judged { changes: Vec::new(), unchanged: 0, findings: reading.findings };
    for row in reading.rows {
        match judged_row(own, &row) {
            Ok(Some(change)) => judged.changes.push(change),
            Ok(None) => judged.unchanged += 1,
            Err(mut found) => judged.findings.append(&mut found),
        }
    }
    judged
}

fn judged_row(own: &OwnSheet, row: &MarkRow) -> Result<Option<Change>, Vec<Finding>> {
    let at_mark = |severity, code: &str, seen: &str, todo: String| {
        Finding::new(severity, code, seen, todo).at(&row.sheet, row.mark_cell.clone())
    };
    let known = row.bid.parse::<Uuid>().ok().and_then(|id| own.lot.bid(id).ok());
    let asked = own.asked().into_iter().find(|asked| asked.criterion.code == row.question);
    let (Some(bid), Some(asked)) = (known, asked) else {
        let todo =
            "You do not mark this answer, or no longer. Clear the row, or download your score sheet again.";
        return Err(vec![at_mark(Severity::Error, "not_assigned", &row.question, todo.to_owned())]);
    };
    if bid.withdrawn {
        let todo = format!("{} has withdrawn its bid: the row is left out.", bid.supplier);
        return Err(vec![at_mark(Severity::Warning, "withdrawn", &row.mark, todo)]);
    }
    let mut faults = Faults::new();
    let value = panel::check_mark(&mut faults, "value", &row.mark, asked.scale);
    let explanation = faults.reason("explanation", &row.explanation, EXPLANATION_LIMIT);
    if let Err(refusal) = faults.done() {
        let finding = |fault: FieldFault| {
            let (seen, cell) = if fault.field == "value" {
                (&row.mark, &row.mark_cell)
            } else {
                (&row.explanation, &row.explanation_cell)
            };
            Finding::new(Severity::Error, &fault.code, seen, fault.message).at(&row.sheet, cell.clone())
        };
        return Err(refusal.fields.into_iter().map(finding).collect());
    }
    let before = own.mark(bid.id, &row.question);
    if before.is_some_and(|before| before.value == value && before.explanation == explanation) {
        return Ok(None);
    }
    let revision = before.map_or(0, |before| i64::from(before.revision));
    if revision != row.revision {
        let now = before.map_or("none", |before| before.value.as_str());
        let todo = format!(
            "This mark was changed after the score sheet was downloaded: it is {now} now. Change it on its page, or download the sheet again."
        );
        return Err(vec![at_mark(Severity::Error, "stale", &row.mark, todo)]);
    }
    Ok(Some(Change {
        bid: bid.id,
        supplier: bid.supplier.clone(),
        question: row.question.clone(),
        before: before.map(|before| before.value.clone()),
        value,
        explanation,
        seen: revision,
    }))
}
