//! What submitting now would change against the submission that stands.

use askama::Template;
use poem::handler;
use poem::web::Query;

use super::readback::place_text;
use super::{After, frame, stranger};
use crate::bidding::draft;
use crate::bidding::draft::difference::{self, Difference, Told};
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, SupplierVisit};
use crate::kernel::Paging;

/// A value and where it stands.
struct ValueCell {
    value: String,
    place: String,
}

/// One thing that differs.
struct DifferenceRow {
    what: &'static str,
    code: String,
    title: String,
    change: (&'static str, &'static str),
    old: Option<ValueCell>,
    new: Option<ValueCell>,
}

#[derive(Template)]
#[template(path = "bidding/changes.html")]
struct ChangesPage {
    shell: Shell,
    /// The submission that stands.
    standing: Option<i32>,
    has_workbook: bool,
    rows: Vec<DifferenceRow>,
    next: Option<String>,
}

fn cell(told: Told) -> ValueCell {
    ValueCell { place: place_text(told.place.as_ref()), value: told.value }
}

fn row(difference: Difference) -> DifferenceRow {
    DifferenceRow {
        what: difference.kind.label(),
        change: match difference.change() {
            "added" => ("Added", "good"),
            "removed" => ("Removed", "bad"),
            _ => ("Changed", "info"),
        },
        code: difference.code,
        title: difference.title,
        old: difference.old.map(cell),
        new: difference.new.map(cell),
    }
}

#[handler]
pub(super) async fn list(visit: SupplierVisit, Query(query): Query<After>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let (drafts, slice) = visit
        .read(|r| async move {
            let paging = Paging { after: query.after, ..Paging::default() };
            Ok((draft::view(&r).await?, difference::list(&r, &paging).await?))
        })
        .await?;
    page(&ChangesPage {
        shell: frame(&visit, "What changes", &drafts.supplier.name, "/submit")
            .crumb("Submit", "/supplier/submit"),
        standing: drafts.standing.as_ref().map(|row| row.number),
        has_workbook: drafts.workbook.is_some(),
        rows: slice.items.into_iter().map(row).collect(),
        next: slice.next.map(|cursor| format!("/supplier/changes?after={cursor}")),
    })
}
