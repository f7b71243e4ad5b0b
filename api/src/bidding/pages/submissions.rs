//! Submitting, withdrawing, and receipts.

use askama::Template;
use importers::bid::TextAnswer;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::supplier::{LotRow, lot_rows, missing_rows};
use super::{After, download as send, frame, stranger};
use crate::bidding::draft::{self, Confidential, difference};
use crate::bidding::late;
use crate::bidding::submission::{self, Receipt, SubmissionInput};
use crate::http::fields::CheckField;
use crate::http::shell::Shell;
use crate::http::texts::size_text;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::{Paging, Refusal};

/// A typed answer as a part of a submission.
struct TypedRow {
    question: String,
    words: u32,
    sha256: String,
}

/// The typed answers, each named as the manifest does.
fn typed_rows(answers: &[TextAnswer]) -> Vec<TypedRow> {
    let typed = answers.iter().filter(|answer| answer.typed).map(|answer| TypedRow {
        question: answer.question.clone(),
        words: answer.words,
        sha256: rules::canonical::sha256_hex(answer.text.as_bytes()),
    });
    typed.collect()
}

/// What is marked as confidential, in sentences.
fn confidential_texts(marks: &[Confidential]) -> Vec<String> {
    let told = |mark: &Confidential| {
        format!("{}: {} is confidential, because: {}", mark.question, mark.part.label(), mark.because)
    };
    marks.iter().map(told).collect()
}

#[derive(Template)]
#[template(path = "bidding/submit.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing on the page")]
struct SubmitPage {
    shell: Shell,
    ready: bool,
    takes_bids: bool,
    passed: bool,
    deadline: String,
    replaces: Option<i32>,
    unchanged: bool,
    manifest_hash: String,
    files: Vec<(String, String, String, String)>,
    typed: Vec<TypedRow>,
    confidential: Vec<String>,
    differences: usize,
    lots: Vec<LotRow>,
    missing: Vec<(&'static str, String)>,
    confirm: Option<CheckField>,
}

async fn show(visit: &SupplierVisit, refusal: Option<&Refusal>) -> PageResult {
    let (drafts, differences, now) = visit
        .read(|r| async move {
            let drafts = draft::view(&r).await?;
            let differences = difference::of_drafts(&r, &drafts).await?.len();
            Ok((drafts, differences, r.now()))
        })
        .await?;
    let errors = form_errors(refusal);
    let read = drafts.workbook.as_ref().map(|(_, reading)| reading.answers.as_slice()).unwrap_or_default();
    let files = drafts.workbook.iter().map(|(row, _)| row).chain(&drafts.documents).map(|row| {
        let what =
            row.question.as_ref().map_or_else(|| "Bid workbook".to_owned(), |code| format!("Answers {code}"));
        (row.name.clone(), what, size_text(row.size), row.sha256.clone())
    });
    let template = SubmitPage {
        shell: frame(visit, "Check and submit", &drafts.supplier.name, "/submit").errors(&errors),
        ready: drafts.workbook.is_some(),
        takes_bids: drafts.tender.takes_bids(),
        passed: drafts.tender.has_passed(now),
        deadline: london_text(drafts.tender.deadline),
        replaces: drafts.standing.as_ref().map(|row| row.number),
        unchanged: drafts.standing.is_some() && !drafts.has_changes(),
        manifest_hash: drafts.manifest_hash.clone().unwrap_or_default(),
        files: files.collect(),
        typed: typed_rows(read),
        confidential: confidential_texts(&drafts.confidential),
        differences,
        lots: drafts.workbook.as_ref().map(|(_, reading)| lot_rows(reading)).unwrap_or_default(),
        missing: missing_rows(&drafts.missing),
        confirm: drafts.has_errors().then(|| {
            CheckField::yes(
                "findings_confirmed",
                "I know that the workbook has errors and that their lines count as not answered",
                false,
            )
            .error(errors.get("findings_confirmed"))
        }),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn submit_form(visit: SupplierVisit) -> PageResult {
    match stranger(&visit) {
        Some(away) => Ok(away),
        None => show(&visit, None).await,
    }
}

#[handler]
pub(super) async fn submit(visit: SupplierVisit, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let input = SubmissionInput {
        findings_confirmed: form.ticked("findings_confirmed"),
        manifest_hash: Some(form.text("manifest_hash").to_owned()),
    };
    match visit.write(|w| async move { submission::submit(&w, input).await }).await {
        Ok(receipt) => {
            let said = if receipt.submission.late { "Received late." } else { "Your bid is received." };
            done(&format!("/supplier/receipts/{}", receipt.submission.number), said)
        }
        Err(refusal) => show(&visit, Some(&refusal)).await,
    }
}

#[derive(Template)]
#[template(path = "bidding/withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    number: Option<i32>,
    deadline: String,
}

async fn show_withdrawal(visit: &SupplierVisit, refusal: Option<&Refusal>) -> PageResult {
    let drafts = visit.read(|r| async move { draft::view(&r).await }).await?;
    let template = WithdrawPage {
        shell: frame(visit, "Withdraw your bid", &drafts.supplier.name, "/receipts")
            .errors(&form_errors(refusal)),
        number: drafts.standing.map(|row| row.number),
        deadline: london_text(drafts.tender.deadline),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn withdraw_form(visit: SupplierVisit) -> PageResult {
    match stranger(&visit) {
        Some(away) => Ok(away),
        None => show_withdrawal(&visit, None).await,
    }
}

#[handler]
pub(super) async fn withdraw(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    match visit.write(|w| async move { submission::withdraw(&w).await }).await {
        Ok(_) => done("/supplier/receipts", "Your bid is withdrawn. It will not be opened."),
        Err(refusal) => show_withdrawal(&visit, Some(&refusal)).await,
    }
}

/// A submission in the list.
struct SubmissionRow {
    number: i32,
    received: String,
    state: &'static str,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "bidding/receipts.html")]
struct ReceiptsPage {
    shell: Shell,
    rows: Vec<SubmissionRow>,
    next: Option<String>,
    may_withdraw: bool,
}

#[handler]
pub(super) async fn list(visit: SupplierVisit, Query(query): Query<After>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let (drafts, slice, admitted, now) = visit
        .read(|r| async move {
            let slice = submission::own(&r, &Paging { after: query.after, ..Paging::default() }).await?;
            let drafts = draft::view(&r).await?;
            let admitted = late::admitted(&r, drafts.tender.procurement.id).await?;
            Ok((drafts, slice, admitted, r.now()))
        })
        .await?;
    let standing = drafts.standing.as_ref().map(|row| row.id);
    let opened = drafts.tender.procurement.opened_at.is_some();
    let rows = slice.items.into_iter().map(|row| {
        let (state, kind) = match (row.late, row.withdrawn_at.is_some(), standing == Some(row.id)) {
            (true, ..) if !opened => ("Late: in the late box", "bad"),
            (true, ..) if admitted.contains(&row.id) => ("Late: admitted", "good"),
            (true, ..) => ("Late: not scored", "bad"),
            (_, true, _) => ("Withdrawn", "plain"),
            (_, _, true) if opened => ("Opened", "good"),
            (_, _, true) => ("Stands as your bid", "good"),
            _ => ("Replaced", "plain"),
        };
        SubmissionRow { number: row.number, received: london_text(row.received_at), state, kind }
    });
    page(&ReceiptsPage {
        shell: frame(&visit, "Receipts", &drafts.supplier.name, "/receipts"),
        rows: rows.collect(),
        next: slice.next.map(|cursor| format!("/supplier/receipts?after={cursor}")),
        may_withdraw: standing.is_some() && drafts.tender.takes_bids() && !drafts.tender.has_passed(now),
    })
}

#[derive(Template)]
#[template(path = "bidding/receipt.html")]
struct ReceiptPage {
    shell: Shell,
    receipt: Receipt,
    message: String,
    received: String,
    received_london: String,
    deadline: String,
    files: Vec<(Uuid, String, String, String, String)>,
    typed: Vec<TypedRow>,
    confidential: Vec<String>,
}

#[handler]
pub(super) async fn receipt_page(visit: SupplierVisit, Path(number): Path<i32>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let receipt = visit.read(move |r| async move { submission::receipt(&r, number).await }).await?;
    let heading = if receipt.submission.late {
        format!("Receipt for submission {number}: late")
    } else {
        format!("Receipt for submission {number}")
    };
    let files = receipt.files.iter().map(|row| {
        let what =
            row.question.as_ref().map_or_else(|| "Bid workbook".to_owned(), |code| format!("Answers {code}"));
        (row.id, row.name.clone(), what, size_text(row.size), row.sha256.clone())
    });
    page(&ReceiptPage {
        shell: frame(&visit, &heading, &receipt.supplier.name, "/receipts")
            .crumb("Receipts", "/supplier/receipts"),
        message: receipt.message(),
        received: rfc3339(receipt.submission.received_at),
        received_london: london_text(receipt.submission.received_at),
        deadline: london_text(receipt.tender.deadline),
        files: files.collect(),
        typed: typed_rows(&receipt.typed),
        confidential: confidential_texts(&receipt.confidential),
        receipt,
    })
}

#[handler]
pub(super) async fn receipt_file(visit: SupplierVisit, Path(number): Path<i32>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(send(visit.read(move |r| async move { submission::receipt_file(&r, number).await }).await?))
}

#[handler]
pub(super) async fn download(visit: SupplierVisit, Path((number, file)): Path<(i32, Uuid)>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(send(visit.read(move |r| async move { submission::download(&r, number, file).await }).await?))
}

#[handler]
pub(super) async fn typed_answer(
    visit: SupplierVisit,
    Path((number, question)): Path<(i32, String)>,
) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let file = visit.read(move |r| async move { submission::typed_answer(&r, number, &question).await });
    Ok(send(file.await?))
}
