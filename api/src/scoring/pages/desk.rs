//! My scoring: the grid of questions and bids with my own marks, and what is left.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::words::Role;
use uuid::Uuid;

use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::london_text;
use crate::scoring::consensus::REPEATS_DESCRIPTOR;
use crate::scoring::desk::{self, Desk, LotDesk};
use crate::scoring::mark::OwnSheet;
use crate::scoring::sheet;
use crate::tendering::pages::interests::in_the_way;

struct Cell {
    href: String,
    mark: Option<String>,
    supplier: String,
}

struct Row {
    code: String,
    title: String,
    cells: Vec<Cell>,
}

struct LotPart {
    id: Uuid,
    heading: String,
    caption: String,
    table_id: String,
    suppliers: Vec<String>,
    rows: Vec<Row>,
    state: String,
    kind: &'static str,
    open: bool,
    /// Whether nothing of the lot is assigned to this panel member.
    others: bool,
    next: Option<String>,
    /// Where its score sheet is downloaded and handed back.
    offline: String,
    may_submit: bool,
    /// Whether the explanations that only repeat a descriptor were told: then they may go as they are.
    told: bool,
    may_recall: bool,
}

#[derive(Template)]
#[template(path = "scoring/desk.html")]
struct DeskPage {
    shell: Shell,
    base: String,
    interests: String,
    part: Part,
    /// Whether a lot is left to mark.
    marking: bool,
    lots: Vec<LotPart>,
    /// Whether the page of the tenders' compliance is open to this person.
    links: bool,
    compliance: String,
}

/// What this person finds here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Barred,
    NotOpened,
    /// Interests stand in the way: title and text.
    Waits(&'static str, &'static str),
    Marks,
    Oversees,
    Watches,
}

impl Part {
    fn of(desk: &Desk) -> Self {
        let marks = desk.scope.holds(Role::PanelMember);
        match desk {
            desk if desk.barred() => Self::Barred,
            desk if !desk.opened => Self::NotOpened,
            desk if marks => {
                in_the_way(desk.standing).map_or(Self::Marks, |(title, text)| Self::Waits(title, text))
            }
            desk if desk.oversees() => Self::Oversees,
            _ => Self::Watches,
        }
    }
}

fn lot_part(base: &str, desk: &LotDesk, own: &OwnSheet, told: Option<Uuid>) -> LotPart {
    let left = own.left();
    let href = |code: &str, bid: Uuid| format!("{base}/{}/{code}/{bid}", desk.id);
    let marked = own.total() - left.len();
    let (state, kind) = match own.submitted_at {
        _ if own.questions.is_empty() => ("Marked by others".to_owned(), "plain"),
        Some(at) => (format!("Submitted on {}", london_text(at)), "good"),
        None if own.closed => ("Closed".to_owned(), "plain"),
        None if left.is_empty() => ("Ready to submit".to_owned(), "info"),
        None => (format!("{marked} of {} answers marked", own.total()), "info"),
    };
    let rows = own.asked().into_iter().map(|asked| Row {
        cells: own
            .bids
            .iter()
            .map(|bid| Cell {
                href: href(&asked.criterion.code, bid.id),
                mark: own.mark(bid.id, &asked.criterion.code).map(|mark| mark.value.clone()),
                supplier: bid.supplier.clone(),
            })
            .collect(),
        code: asked.criterion.code.clone(),
        title: asked.criterion.title.clone(),
    });
    let others = own.questions.is_empty();
    let open = own.submitted_at.is_none() && !own.closed && !others;
    LotPart {
        id: desk.id,
        heading: format!("{} {}", desk.code, desk.title),
        caption: format!("My marks in lot {}: questions down, bids across", desk.code),
        table_id: format!("lot-{}", desk.code),
        suppliers: own.bids.iter().map(|bid| bid.supplier.clone()).collect(),
        rows: rows.collect(),
        state,
        kind,
        open,
        others,
        offline: format!("{base}/lots/{}/sheet", desk.id),
        next: left.first().filter(|_| open).map(|(bid, code)| href(code, bid.id)),
        may_submit: open && left.is_empty() && own.total() > 0,
        told: told == Some(desk.id),
        may_recall: own.submitted_at.is_some() && own.may_recall && !others,
    }
}

/// The page, with what was refused about a lot.
async fn show_desk(visit: &Visit, id: Uuid, refused: Option<(Uuid, &Refusal)>) -> PageResult {
    let refusal = refused.map(|(_, refusal)| refusal);
    let told = refused.filter(|(_, refusal)| refusal.code == REPEATS_DESCRIPTOR).map(|(lot, _)| lot);
    let desk: Desk = visit.read(move |r| async move { desk::view(&r, id).await }).await?;
    let base = format!("/procurements/{id}/scoring");
    let interests = format!("/procurements/{id}/interests");
    let lots = desk.lots.iter().filter_map(|lot| Some(lot_part(&base, lot, lot.own.as_ref()?, told)));
    let lots: Vec<LotPart> = lots.collect();
    let errors = refusal.map_or_else(FieldErrors::new, |refusal| {
        // What is missing are links of the grid, not fields of a form: each is told as a sentence.
        let mut errors = form_errors(Some(&Refusal { fields: Vec::new(), ..refusal.clone() }));
        for fault in &refusal.fields {
            errors.add("", fault.message.clone());
        }
        errors
    });
    let mut shell = visit
        .procurement_shell("My scoring", &desk.scope.procurement, "scoring")
        .errors(&errors)
        .action("Declare interests", interests.clone());
    if desk.oversees() {
        shell = shell.action("Panel progress", format!("{base}/progress"));
    }
    shell = shell.action("Results", format!("{base}/results"));
    if !desk.oversees() {
        // Who oversees finds it on the page of panel progress.
        shell = shell.action("Assignments", format!("/procurements/{id}/assignments"));
    }
    let template = DeskPage {
        links: desk.opened && !desk.barred(),
        compliance: format!("/procurements/{id}/compliance"),
        shell,
        part: Part::of(&desk),
        marking: lots.iter().any(|lot| lot.open),
        lots,
        interests,
        base,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_desk(&visit, id, None).await
}

#[handler]
pub(super) async fn submit(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let confirm = form.ticked("confirm");
    match visit.write(move |w| async move { sheet::submit(&w, id, lot, confirm).await }).await {
        Ok(_) => done(&format!("/procurements/{id}/scoring"), "Your marks are submitted."),
        Err(refusal) if refusal.status() == 409 => show_desk(&visit, id, Some((lot, &refusal))).await,
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn recall(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    match visit.write(move |w| async move { sheet::recall(&w, id, lot).await }).await {
        Ok(()) => done(
            &format!("/procurements/{id}/scoring"),
            "Your marks are taken back. Submit them again when done.",
        ),
        Err(refusal) if refusal.status() == 409 => show_desk(&visit, id, Some((lot, &refusal))).await,
        Err(refusal) => Err(refusal.into()),
    }
}
