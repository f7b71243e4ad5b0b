//! The tender's overview, and its publication with a look at everything first.

use askama::Template;
use poem::web::Path;
use poem::{IntoResponse, handler};
use rules::interest::Standing;
use rules::laboratory::Tested;
use rules::pack::PackFault;
use uuid::Uuid;

use super::told::{self, Part};
use super::{base, entrance, shell};
use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::refusal::Kind;
use crate::tendering::interest::{self, Declared, standing};
use crate::tendering::laboratory::{self, LotTests};
use crate::tendering::pack::PackView;
use crate::tendering::{deadline, document, lot, method, pack as packs, reading, scale};

/// Where something that stands in the way of publication is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Lots,
    Scales,
    Criteria,
    Method,
    Documents,
    Deadline,
    Demand,
    Requirements,
    Interests,
    Partners,
    Procurement,
}

impl Room {
    /// The room of a fault, by what the rules call it.
    fn of(fault: &PackFault) -> Self {
        let has = |start: &str| fault.code.starts_with(start);
        match fault.code {
            "council_not_agreed" | "specification_not_agreed" | "requirement_without_text" => {
                Self::Requirements
            }
            "no_councils" | "not_one_lead" | "shared_weight_unfit" | "shared_without_weights" => {
                Self::Partners
            }
            "text_missing" | "term_outside" | "already_published" => Self::Procurement,
            "decimals_outside" | "tie_break_doubled" => Self::Method,
            "lot_without_questions" | "scale_unknown" | "minimum_mark_not_on_scale" => Self::Criteria,
            "line_without_lot" => Self::Lots,
            _ if has("interest_") => Self::Interests,
            _ if has("deadline_") => Self::Deadline,
            _ if has("opening_") => Self::Method,
            _ if has("scale_") || has("mark_") || has("marks_") => Self::Scales,
            _ if has("line_") || has("volume_") || has("shared_") => Self::Demand,
            _ if has("document") => Self::Documents,
            _ if fault.place.contains('/') => Self::Criteria,
            _ => Self::Lots,
        }
    }

    fn path(self, procurement_id: Uuid) -> String {
        let (tender, procurement) = (base(procurement_id), format!("/procurements/{procurement_id}"));
        match self {
            Self::Lots => format!("{tender}/lots"),
            Self::Scales => format!("{tender}/scales"),
            Self::Criteria => format!("{tender}/criteria"),
            Self::Method => format!("{tender}/method"),
            Self::Documents => format!("{tender}/documents"),
            Self::Deadline => format!("{tender}/deadline"),
            Self::Demand => format!("{procurement}/demand"),
            Self::Requirements => format!("{procurement}/requirements"),
            Self::Interests => format!("{procurement}/interests"),
            Self::Partners => format!("{procurement}/partners"),
            Self::Procurement => format!("{procurement}/settings"),
        }
    }
}

/// Something that stands in the way, with the page that puts it right.
struct FaultRow {
    place: String,
    message: String,
    href: String,
}

fn fault_rows(faults: &[PackFault], id: Uuid) -> Vec<FaultRow> {
    faults
        .iter()
        .map(|fault| FaultRow {
            place: place_text(&fault.place),
            message: fault.message.clone(),
            href: Room::of(fault).path(id),
        })
        .collect()
}

/// Where a fault is, in words: `L1/Q1` reads “Lot L1, Q1”.
fn place_text(place: &str) -> String {
    match (place, place.split_once('/')) {
        ("pack", _) => "The tender".to_owned(),
        ("councils", _) => "Councils".to_owned(),
        ("interests", _) => "Interests".to_owned(),
        (_, Some((lot, below))) => format!("Lot {lot}, {below}"),
        (code, None) => code.to_owned(),
    }
}

struct Task {
    id: &'static str,
    label: &'static str,
    href: String,
    hint: String,
    status: String,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "tendering/overview.html")]
struct OverviewPage {
    shell: Shell,
    tasks: Vec<Task>,
    faults: Vec<FaultRow>,
}

#[handler]
pub(super) async fn overview(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::All).await;
    }
    let (hints, faults, tested) = visit
        .read(move |r| async move {
            let lines = lot::lines(&r, id).await?;
            let placed = lines.iter().filter(|line| line.lot_id.is_some()).count();
            let lots = lot::all(&r, id).await?.len();
            let questions =
                packs::draft(&r, id).await?.pack.lots.iter().map(|lot| lot.questions().len()).sum();
            let questions: usize = questions;
            let method = method::view(&r, id).await?;
            let tested = laboratory::lots(&r, id).await?;
            let hints = [
                format!("{lots} lots; {placed} of {} schedule lines are in one", lines.len()),
                format!("{} scales", scale::all(&r, id).await?.len()),
                format!("{questions} questions"),
                if method.version == 0 { "Published practice" } else { "Set" }.to_owned(),
                format!("{} documents", document::all(&r, id).await?.len()),
                deadline::view(&r, id).await?.at.map_or_else(|| "Not set".to_owned(), london_text),
                declared(&interest::everybody(&r, &reading(&r, id).await?).await?),
            ];
            Ok((hints, packs::faults(&r, id).await?, tested))
        })
        .await?;
    let rooms = [
        ("task-lots", "Lots and their schedule lines", Room::Lots),
        ("task-scales", "Scales", Room::Scales),
        ("task-criteria", "Criteria and weights", Room::Criteria),
        ("task-method", "Method", Room::Method),
        ("task-documents", "Documents", Room::Documents),
        ("task-deadline", "Deadline", Room::Deadline),
        ("task-interests", "Declarations of interest", Room::Interests),
    ];
    let tasks = rooms.into_iter().zip(hints).map(|((task, label, room), hint)| {
        let open = faults.iter().filter(|fault| Room::of(fault) == room).count();
        let (status, kind) = if open == 0 {
            ("Nothing missing".to_owned(), "good")
        } else {
            (format!("{open} to do"), "warn")
        };
        Task { id: task, label, href: room.path(id), hint, status, kind }
    });
    let mut tasks: Vec<Task> = tasks.collect();
    tasks.insert(4, laboratory_task(id, &tested));
    page(&OverviewPage {
        tasks,
        faults: fault_rows(&faults, id),
        shell: visit
            .procurement_shell("Tender", &scope.procurement, "tender")
            .primary("Check and publish", format!("{}/publish", base(id))),
    })
}

/// How far the award models are tested. Nothing of it stands in the way of publication.
fn laboratory_task(id: Uuid, lots: &[LotTests]) -> Task {
    let count = |wanted: &[Tested]| lots.iter().filter(|lot| wanted.contains(&lot.tested)).count();
    let to_test = count(&[Tested::Untested, Tested::Outdated]);
    let to_decide = count(&[Tested::Undecided]);
    let (status, kind) = match (lots.len(), to_test, to_decide) {
        (0, ..) => ("No lots yet".to_owned(), "plain"),
        (_, 0, 0) => ("Tested".to_owned(), "good"),
        (_, 0, _) => (format!("{to_decide} to decide"), "warn"),
        _ => (format!("{to_test} to test"), "warn"),
    };
    Task {
        id: "task-laboratory",
        label: "Laboratory",
        href: format!("{}/laboratory", base(id)),
        hint: format!("{} of {} award models tested as they stand", lots.len() - to_test, lots.len()),
        status,
        kind,
    }
}

/// How many of those who declare have, so that nothing of it waits.
fn declared(everybody: &[Declared]) -> String {
    let declaring = everybody.iter().filter(|one| standing::declares(&one.roles));
    let (all, done) = declaring.fold((0, 0), |(all, done), one| {
        let settled = matches!(one.standing, Standing::Free | Standing::Barred);
        (all + 1, done + usize::from(settled))
    });
    format!("{done} of {all} people with a part")
}

#[derive(Template)]
#[template(path = "tendering/publish.html")]
struct PublishPage {
    shell: Shell,
    base: String,
    faults: Vec<FaultRow>,
    view: PackView,
    deadline: String,
    advice: String,
    /// Lots whose award model is not tested as it stands, or not decided on, and where that is done.
    untested: Vec<(String, String)>,
    hash: String,
    councils: usize,
    questions: usize,
    lines: usize,
}

async fn publish_page(
    visit: &Visit,
    scope: &Scope,
    refusal: Option<&Refusal>,
) -> Result<PublishPage, Refusal> {
    let id = scope.id();
    let (view, faults, deadline, tested) = visit
        .read(move |r| async move {
            let (view, faults) = (packs::draft(&r, id).await?, packs::faults(&r, id).await?);
            Ok((view, faults, deadline::view(&r, id).await?, laboratory::lots(&r, id).await?))
        })
        .await?;
    let errors: FieldErrors = refusal
        .map(|refusal| refusal.fields.iter().map(|fault| ("", fault.message.clone())).collect())
        .unwrap_or_default();
    Ok(PublishPage {
        shell: shell(visit, scope, "Check and publish").errors(&errors),
        base: base(id),
        faults: fault_rows(&faults, id),
        deadline: deadline.at.map_or_else(|| "Not set".to_owned(), london_text),
        advice: deadline.warning.unwrap_or_default(),
        untested: untested(id, tested),
        hash: view.hash.clone().unwrap_or_default(),
        councils: view.pack.councils.len(),
        questions: view.pack.lots.iter().map(|lot| lot.questions().len()).sum(),
        lines: view.pack.lots.iter().map(|lot| lot.schedule.len()).sum(),
        view,
    })
}

/// What the laboratory has left to do. It is told before publication, and forbids nothing.
fn untested(id: Uuid, lots: Vec<LotTests>) -> Vec<(String, String)> {
    let open = lots.into_iter().filter_map(|lot| {
        let what = match lot.tested {
            Tested::Untested => "was not tested",
            Tested::Outdated => "was changed since it was tested",
            Tested::Undecided => "was tested, and nothing is decided about what was found",
            Tested::Settled => return None,
        };
        let told = format!("The award model of lot {} {what}.", lot.code);
        Some((told, format!("{}/laboratory/{}", base(id), lot.lot_id)))
    });
    open.collect()
}

#[handler]
pub(super) async fn check(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::All).await;
    }
    page(&publish_page(&visit, &scope, None).await?)
}

#[handler]
pub(super) async fn publish(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, hash) = (form.version()?, form.optional("draft_hash"));
    let outcome =
        visit.write(move |w| async move { packs::publish(&w, id, seen, hash.as_deref()).await }).await;
    match outcome {
        Ok(_) => done(&base(id), "The tender is published and the partner councils are told."),
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let (scope, _) = entrance(&visit, id).await?;
            page_again(&refusal, &publish_page(&visit, &scope, Some(&refusal)).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn pack_json(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let row = visit.read(move |r| async move { packs::json(&r, id).await }).await?;
    let name = format!("pack-{}.json", &row.hash[..row.hash.len().min(8)]);
    let file = Download { name, media_type: "application/json".to_owned(), bytes: row.body.into_bytes() };
    Ok(file.into_response())
}
