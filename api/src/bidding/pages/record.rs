//! The record of the opening, to be printed.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::late::{WordRow, tag, word_rows};
use crate::bidding::opening;
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;

/// A late submission in the record.
struct LateRow {
    supplier: String,
    received: String,
    state: (&'static str, &'static str),
    words: Vec<WordRow>,
}

#[derive(Template)]
#[template(path = "bidding/record.html")]
struct RecordPage {
    shell: Shell,
    tender: String,
    deadline: String,
    opened: String,
    bids: u64,
    openers: Vec<(String, String, String)>,
    witnesses: Vec<String>,
    late: Vec<LateRow>,
}

#[handler]
pub(super) async fn view(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.signed_in()?;
    let record = visit.read(move |r| async move { opening::record(&r, id).await }).await?;
    let openers = record.openers.into_iter().map(|opener| {
        let at = opener.consented_at.map(london_text).unwrap_or_default();
        (opener.name, opener.council.unwrap_or_default(), at)
    });
    let late = record.late.into_iter().map(|late| LateRow {
        supplier: late.opened.map(|(_, supplier)| supplier.name).unwrap_or_default(),
        received: london_text(late.received_at),
        state: tag(late.state),
        words: word_rows(&late.words),
    });
    page(&RecordPage {
        shell: visit
            .procurement_shell("Record of the opening", &record.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids")),
        tender: format!("{}, {}", record.procurement.reference, record.procurement.title),
        deadline: london_text(record.deadline),
        opened: london_text(record.opened_at),
        bids: record.bids,
        openers: openers.collect(),
        witnesses: record.witnesses,
        late: late.collect(),
    })
}
