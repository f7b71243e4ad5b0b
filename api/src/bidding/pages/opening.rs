//! Bids before and after the opening, and the opening itself.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::After;
use super::late::tag;
use crate::bidding::bid::{self, OpenedBid};
use crate::bidding::late::{self, LateSubmission};
use crate::bidding::opening::{self, ConsentInput, OpeningState};
use crate::http::fields::AreaField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Reading, Refusal, access};
use rules::stage::Stage;
use rules::words::Role;

/// Somebody who may open the box.
struct OpenerRow {
    name: String,
    council: String,
    consented: Option<String>,
}

/// A bid in the list.
struct BidRow {
    id: Uuid,
    supplier: String,
    ppon: String,
    received: String,
}

/// A late submission in the list.
struct LateRow {
    supplier: String,
    number: i32,
    received: String,
    state: (&'static str, &'static str),
    manifest_hash: String,
}

#[derive(Template)]
#[template(path = "bidding/bids.html")]
struct BidsPage {
    shell: Shell,
    procurement: Uuid,
    reference: String,
    published: bool,
    opened: Option<String>,
    deadline: String,
    passed: bool,
    councils_needed: u32,
    openers: Vec<OpenerRow>,
    may_consent: bool,
    witnesses: Option<AreaField>,
    hindrance: Option<String>,
    bids: Vec<BidRow>,
    next: Option<String>,
    late: Vec<LateRow>,
    /// Where answers are read for prices, for those who may know of it.
    releases: Option<String>,
}

/// What the page needs: the opening's state, and bids and late submissions once it is done.
struct Shown {
    state: OpeningState,
    coordinates: bool,
    opens: bool,
    bids: Vec<OpenedBid>,
    next: Option<String>,
    late: Vec<LateSubmission>,
}

async fn shown(r: &Reading, id: Uuid, after: Option<String>) -> Result<Shown, Refusal> {
    let state = opening::state(r, id).await?;
    let scope = access::procurement(r, id, Action::Read).await?;
    let (coordinates, opens) = (scope.holds(Role::Coordinator), scope.holds(Role::Opener));
    let (mut bids, mut next, mut late) = (Vec::new(), None, Vec::new());
    if state.opened_at.is_some() {
        let slice = bid::list(r, id, &Paging { after, ..Paging::default() }).await?;
        (bids, next) = (slice.items, slice.next);
        late =
            late::list(r, id, &Paging { after: None, limit: crate::kernel::paging::MAX_LIMIT }).await?.items;
    }
    Ok(Shown { state, coordinates, opens, bids, next, late })
}

async fn show(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    failed: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let refusal = failed.map(|(_, refusal)| refusal);
    let scope = visit.read(move |r| async move { access::procurement(&r, id, Action::Read).await }).await?;
    let shell = visit.procurement_shell("Bids", &scope.procurement, "bids").errors(&form_errors(refusal));
    if matches!(scope.procurement.stage.0, Stage::Pooling | Stage::Tendering) {
        return page(&BidsPage {
            shell,
            procurement: id,
            reference: scope.procurement.reference,
            published: false,
            opened: None,
            deadline: String::new(),
            passed: false,
            councils_needed: 0,
            openers: Vec::new(),
            may_consent: false,
            witnesses: None,
            hindrance: None,
            bids: Vec::new(),
            next: None,
            late: Vec::new(),
            releases: None,
        });
    }
    let follows =
        [Role::Clearer, Role::Coordinator, Role::Moderator].into_iter().any(|role| scope.holds(role));
    let Shown { state, coordinates, opens, bids, next, late } =
        visit.read(move |r| async move { shown(&r, id, after).await }).await?;
    let shell = shell.action("Clarifications", format!("/procurements/{id}/clarifications"));
    let shell = if coordinates {
        shell.action("Invitations", format!("/procurements/{id}/invitations"))
    } else {
        shell
    };
    // The way there is the same whether or not anything came late: it tells nothing.
    let shell = match state.opened_at {
        Some(_) => shell.action("Record of the opening", format!("/procurements/{id}/bids/record")),
        None if opens && state.passed => {
            shell.action("Late submissions", format!("/procurements/{id}/bids/late"))
        }
        None => shell,
    };
    let typed = failed.map(|(form, _)| form.text("witnesses").to_owned()).unwrap_or_default();
    let witnesses = AreaField::new("witnesses", "Witnesses (if any)")
        .hint("People who are present beside the openers, one a line. They stand in the record.")
        .value(typed)
        .rows(3)
        .error(form_errors(refusal).get("witnesses"));
    let deadline = london_text(state.deadline);
    let shell = match state.opened_at {
        Some(at) => shell.fact(format!("Opened {}", london_text(at))),
        None => shell.fact(format!("Sealed until {deadline} (London time)")),
    };
    let template = BidsPage {
        shell,
        procurement: id,
        reference: scope.procurement.reference,
        published: true,
        opened: state.opened_at.map(london_text),
        deadline,
        passed: state.passed,
        councils_needed: state.councils_needed,
        openers: state
            .openers
            .into_iter()
            .map(|opener| OpenerRow {
                name: opener.name,
                council: opener.council.unwrap_or_default(),
                consented: opener.consented_at.map(london_text),
            })
            .collect(),
        may_consent: state.may_consent,
        witnesses: state.is_last.then_some(witnesses),
        hindrance: state.hindrance,
        bids: bids
            .into_iter()
            .map(|row| BidRow {
                id: row.bid.id,
                supplier: row.supplier.name,
                ppon: row.supplier.ppon.unwrap_or_default(),
                received: london_text(row.submission.received_at),
            })
            .collect(),
        releases: (follows && state.opened_at.is_some()).then(|| format!("/procurements/{id}/releases")),
        next: next.map(|cursor| format!("/procurements/{id}/bids?after={cursor}")),
        late: late
            .into_iter()
            .filter_map(|row| {
                let (submission, supplier) = row.opened?;
                Some(LateRow {
                    supplier: supplier.name,
                    number: submission.number,
                    received: london_text(submission.received_at),
                    state: tag(row.state),
                    manifest_hash: submission.manifest_hash,
                })
            })
            .collect(),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, query.after, None).await
}

#[handler]
pub(super) async fn consent(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let input = ConsentInput { witnesses: form.text("witnesses").lines().map(str::to_owned).collect() };
    let path = format!("/procurements/{id}/bids");
    match visit.write(move |w| async move { opening::consent(&w, id, input).await }).await {
        Ok(state) if state.opened_at.is_some() => done(&path, "The tender box is open. Scoring can begin."),
        Ok(_) => done(&path, "Your consent is recorded. A second person must consent within 24 hours."),
        Err(refusal) if matches!(refusal.status(), 403 | 409 | 422) => {
            show(&visit, id, None, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
