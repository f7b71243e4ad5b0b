//! Answers that are read for prices before the panel sees them: the list of all, and one to read and release.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::After;
use crate::bidding::release::act::{self, ReleaseInput};
use crate::bidding::release::reads_first;
use crate::bidding::release::view::{self, Part, Standing};
use crate::http::fields::{AreaField, CheckField};
use crate::http::shell::Shell;
use crate::http::texts::size_text;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};

struct Row {
    /// Where it is read, for whoever does.
    href: Option<String>,
    supplier: String,
    part: String,
    title: String,
    documents: usize,
    suspected: Option<usize>,
    state: (&'static str, &'static str),
    told: String,
}

#[derive(Template)]
#[template(path = "bidding/releases.html")]
struct ListPage {
    shell: Shell,
    path: String,
    rows: Vec<Row>,
    reads: bool,
    plain: usize,
    next: Option<String>,
}

fn base(id: Uuid) -> String {
    format!("/procurements/{id}/releases")
}

/// How far a release has come, in words, with the kind of its tag.
fn state(one: &Standing) -> (&'static str, &'static str) {
    match &one.release {
        _ if one.locked => ("Shows whole", "plain"),
        None => ("To read", "warn"),
        Some(release) if release.removed.is_empty() && release.withheld.is_empty() => ("Released", "good"),
        Some(_) => ("Released in part", "good"),
    }
}

fn row(id: Uuid, one: Standing, reads: bool) -> Row {
    let told = one.release.as_ref().map(|release| {
        let what = match (release.removed.len(), release.withheld.len()) {
            (0, 0) => "as it is".to_owned(),
            (passages, documents) => format!("without {passages} passages and {documents} documents"),
        };
        format!("{what}, {} by {}", london_text(release.row.released_at), one.released_by)
    });
    Row {
        href: reads.then(|| format!("{}/{}/{}", base(id), one.bid_id, one.part)),
        state: state(&one),
        told: told.unwrap_or_default(),
        supplier: one.supplier,
        part: if one.part == crate::bidding::release::RESPONSES { String::new() } else { one.part },
        title: one.title,
        documents: one.documents,
        suspected: one.suspected,
    }
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    let (scope, slice, plain) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            let paging = Paging { after: query.after, ..Paging::default() };
            Ok((scope, view::list(&r, id, &paging).await?, view::plain(&r, id).await?))
        })
        .await?;
    let reads = reads_first(&scope);
    page(&ListPage {
        shell: visit
            .procurement_shell("Answers read for prices", &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids")),
        path: base(id),
        plain,
        next: slice.next.map(|cursor| format!("{}?after={cursor}", base(id))),
        rows: slice.items.into_iter().map(|one| row(id, one, reads)).collect(),
        reads,
    })
}

#[handler]
pub(super) async fn release_plain(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.signed_in()?;
    let released = visit.write(move |w| async move { act::release_plain(&w, id).await }).await?;
    let told = match released {
        1 => "1 answer is released to the panel.".to_owned(),
        more => format!("{more} answers are released to the panel."),
    };
    done(&base(id), &told)
}

#[derive(Template)]
#[template(path = "bidding/release.html")]
struct ReleasePage {
    shell: Shell,
    path: String,
    version: i32,
    texts: Vec<(String, String)>,
    files: Vec<(String, String, String)>,
    suspected: Vec<String>,
    state: (&'static str, &'static str),
    open: bool,
    removed: AreaField,
    withheld: Option<CheckField>,
    reason: AreaField,
}

/// The passages of the text area, one a line.
fn passages(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

async fn show(
    visit: &Visit,
    (id, bid, code): (Uuid, Uuid, String),
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let part = code.clone();
    let (scope, found) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, view::one(&r, id, bid, &part).await?))
        })
        .await?;
    let Part { standing, texts, files, suspected } = found;
    let refusal = refused.map(|(_, refusal)| refusal);
    let mut errors = form_errors(refusal);
    // The operation counts passages, the form has one field for all.
    if errors.get("removed").is_none()
        && let Some(fault) = refusal
            .and_then(|refusal| refusal.fields.iter().find(|fault| fault.field.starts_with("removed/")))
    {
        errors = [("removed", fault.message.clone())].into_iter().collect();
    }
    let release = standing.release.as_ref();
    let (removed, reason, withheld) = match (refused, release) {
        (Some((form, _)), _) => {
            (form.text("removed").to_owned(), form.text("reason").to_owned(), form.all("withheld"))
        }
        (None, Some(release)) => {
            let ids = release.withheld.iter().map(Uuid::to_string).collect();
            (release.removed.join("\n"), release.row.reason.clone(), ids)
        }
        (None, None) => (suspected.join("\n"), String::new(), Vec::new()),
    };
    let documents =
        files.iter().fold(CheckField::new("withheld", "Documents that tell a price"), |field, file| {
            field.option(file.id.to_string(), format!("{} stays back until the quality is locked", file.name))
        });
    let documents = withheld.iter().fold(documents, CheckField::chosen).error(errors.get("withheld"));
    let heading = format!("{} of {}", standing.title, standing.supplier);
    form_page(
        refusal,
        &ReleasePage {
            shell: visit
                .procurement_shell(heading, &scope.procurement, "bids")
                .crumb("Bids", format!("/procurements/{id}/bids"))
                .crumb("Answers read for prices", base(id))
                .errors(&errors),
            path: format!("{}/{bid}/{code}", base(id)),
            version: release.map_or(0, |release| release.row.revision),
            state: state(&standing),
            open: !standing.locked,
            removed: AreaField::new("removed", "Passages that tell a price, one a line")
                .hint("Exactly as they are written above. What looks like a price is filled in: prices in words and in tables are for you to find.")
                .rows(5)
                .value(removed)
                .error(errors.get("removed")),
            withheld: (!files.is_empty()).then_some(documents),
            reason: AreaField::new("reason", "Why (needed where anything stays back)")
                .rows(2)
                .value(reason)
                .error(errors.get("reason")),
            texts,
            files: files
                .into_iter()
                .map(|file| {
                    let href = format!("/procurements/{id}/bids/{bid}/documents/{}", file.id);
                    (href, file.name, size_text(file.size))
                })
                .collect(),
            suspected,
        },
    )
}

#[handler]
pub(super) async fn read(visit: Visit, Path(at): Path<(Uuid, Uuid, String)>) -> PageResult {
    visit.signed_in()?;
    show(&visit, at, None).await
}

#[handler]
pub(super) async fn release_part(
    visit: Visit,
    Path(at): Path<(Uuid, Uuid, String)>,
    form: Posted,
) -> PageResult {
    visit.signed_in()?;
    let (id, bid, code) = at.clone();
    let seen = form.version()?;
    let unreadable = || Refusal::invalid("malformed", "This form cannot be read: load the page again.");
    let withheld: Result<Vec<Uuid>, _> =
        form.all("withheld").iter().map(|id| id.parse().map_err(|_| unreadable())).collect();
    let input = ReleaseInput {
        removed: passages(form.text("removed")),
        withheld: withheld?,
        reason: form.text("reason").to_owned(),
    };
    match visit.write(move |w| async move { act::release(&w, id, bid, &code, seen, input).await }).await {
        Ok(_) => done(&base(id), "The answer is released to the panel."),
        Err(refusal) if refusal.is_for_the_form() => show(&visit, at, Some((&form, &refusal))).await,
        Err(refusal) => Err(refusal.into()),
    }
}
