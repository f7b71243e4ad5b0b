//! Lock the quality of a lot: what will be fixed, what is missing, and then once and for all.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_page};
use crate::http::{PageResult, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::london_text;
use crate::scoring::{desk, lock as locks};

struct Row {
    question: String,
    marks: Vec<String>,
}

#[derive(Template)]
#[template(path = "scoring/lock.html")]
struct LockPage {
    shell: Shell,
    suppliers: Vec<String>,
    rows: Vec<Row>,
    missing: Vec<String>,
    locked: Option<String>,
    hash: String,
    back: String,
}

async fn show_lock(visit: &Visit, id: Uuid, lot: Uuid, refusal: Option<&Refusal>) -> PageResult {
    let (procurement, check) = visit
        .read(move |r| async move {
            let check = locks::check(&r, id, lot).await?;
            Ok((desk::procurement(&r, id).await?, check))
        })
        .await?;
    let bids: Vec<_> = check.lot.marked_bids().collect();
    let mark = |bid: Uuid, question: &str| {
        let id = bid.to_string();
        let found = check.marks.iter().find(|mark| mark.bid == id && mark.question == question);
        found.map_or_else(|| "–".to_owned(), |mark| mark.value.clone())
    };
    let rows = check.lot.questions().into_iter().map(|asked| Row {
        question: format!("{} {}", asked.criterion.code, asked.criterion.title),
        marks: bids.iter().map(|bid| mark(bid.id, &asked.criterion.code)).collect(),
    });
    let errors = refusal
        .map_or_else(FieldErrors::new, |refusal| [("", refusal.detail.as_str())].into_iter().collect());
    let back = format!("/procurements/{id}/moderation");
    let published = check.lot.published();
    let template = LockPage {
        shell: visit
            .procurement_shell(
                format!("Lock the quality of lot {}", published.code),
                &procurement,
                "moderation",
            )
            .crumb("Moderation", back.clone())
            .fact(published.title.clone())
            .errors(&errors),
        suppliers: bids.iter().map(|bid| bid.supplier.clone()).collect(),
        rows: rows.collect(),
        missing: check.missing.into_iter().map(|fault| fault.message).collect(),
        locked: check.lock.as_ref().map(|lock| london_text(lock.locked_at)),
        hash: check.lock.map(|lock| lock.marks_hash).unwrap_or_default(),
        back,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    show_lock(&visit, id, lot, None).await
}

#[handler]
pub(super) async fn make(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    match visit.write(move |w| async move { locks::lock_quality(&w, id, lot).await }).await {
        Ok(_) => done(
            &format!("/procurements/{id}/scoring/results"),
            "Quality is locked. Prices show now; compute the result.",
        ),
        Err(refusal) if refusal.status() == 409 => show_lock(&visit, id, lot, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
