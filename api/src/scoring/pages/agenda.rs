//! Moderation: the agenda of each lot, with how far apart the panel is.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::scale::Scale;
use rules::words::Role;
use uuid::Uuid;

use super::changes;
use crate::http::charts::{Caption, Dot, Svg, spread_strip};
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::scoring::change;
use crate::scoring::desk::{self, LotDesk};
use crate::scoring::moderation::{self, Item, Queue};
use crate::tendering::pages::interests::in_the_way;

/// How the marks lie on their scale. Each step of the scale is as wide as the next.
pub(super) fn strip(item: &Item, scale: &Scale, id: &str, finding: &str) -> Svg {
    let last = scale.marks.len().saturating_sub(1).max(1);
    let along = |position: usize| u32::try_from(position * 1000 / last).unwrap_or(1000);
    let at = |mark: &str| scale.position(mark).map_or(0, along);
    let ticks: Vec<(u32, &str)> =
        scale.marks.iter().enumerate().map(|(place, mark)| (along(place), mark.value.as_str())).collect();
    let dots: Vec<Dot> = item
        .marks
        .iter()
        .map(|one| Dot {
            label: format!("{}, {}: {}", one.name, one.council, one.mark.value),
            at: at(&one.mark.value),
        })
        .collect();
    let title = format!("Marks of {} of {}", item.question, item.bid.supplier);
    spread_strip(
        &Caption { id, title: &title, finding },
        &ticks,
        &dots,
        item.consensus.as_ref().map(|agreed| at(&agreed.value)),
    )
}

/// What the spread says, in words.
pub(super) fn finding(item: &Item) -> String {
    match (item.marks.len(), item.steps) {
        (0, _) => "Nobody has marked this".to_owned(),
        (1, _) => "One panel member: a second person confirms".to_owned(),
        (_, Some(0)) => "All agree".to_owned(),
        (_, Some(1)) => "1 step apart".to_owned(),
        (_, Some(steps)) => format!("{steps} steps apart"),
        (_, None) => "A mark is off the scale".to_owned(),
    }
}

struct Row {
    href: String,
    question: String,
    title: String,
    supplier: String,
    chart: Svg,
    marks: String,
    finding: String,
    needed: bool,
    agreed: Option<String>,
}

struct LotPart {
    heading: String,
    table_id: String,
    caption: String,
    state: String,
    rows: Vec<Row>,
    open: bool,
    agreement: String,
    lock: Option<String>,
}

#[derive(Template)]
#[template(path = "scoring/queue.html")]
struct QueuePage {
    shell: Shell,
    may: bool,
    /// Why the marks do not show, where interests are the reason.
    in_the_way: Option<(&'static str, &'static str)>,
    opened: bool,
    interests: String,
    lots: Vec<LotPart>,
}

fn rows(base: &str, queue: &Queue) -> Vec<Row> {
    let rows = queue.items.iter().enumerate().filter_map(|(number, item)| {
        let scale = queue.lot.question(&item.question).ok()?.scale;
        let finding = finding(item);
        let id = format!("strip-{}-{number}", queue.lot.published().code);
        Some(Row {
            href: format!("{base}/{}/{}/{}", queue.lot.id, item.question, item.bid.id),
            chart: strip(item, scale, &id, &finding),
            marks: item.marks.iter().map(|one| one.mark.value.as_str()).collect::<Vec<_>>().join(" "),
            question: item.question.clone(),
            title: item.title.clone(),
            supplier: item.bid.supplier.clone(),
            needed: item.needed,
            agreed: item.consensus.as_ref().map(|agreed| agreed.value.clone()),
            finding,
        })
    });
    rows.collect()
}

fn lot_part(base: &str, lot: &LotDesk, queue: Option<&Queue>, may_lock: bool) -> LotPart {
    let agreed = queue.map_or(0, |queue| queue.items.iter().filter(|item| item.consensus.is_some()).count());
    let state = match (lot.locked_at, queue) {
        (Some(at), _) => format!("Quality locked on {}.", london_text(at)),
        (None, Some(queue)) => format!("{agreed} of {} answers have an agreed mark.", queue.items.len()),
        (None, None) => {
            format!("{} of {} panel members have submitted their marks.", lot.submitted, lot.panel)
        }
    };
    LotPart {
        heading: format!("{} {}", lot.code, lot.title),
        table_id: format!("queue-{}", lot.code),
        caption: format!("Answers in lot {}, the widest spread first", lot.code),
        state,
        rows: queue.map_or_else(Vec::new, |queue| rows(base, queue)),
        open: queue.is_some(),
        agreement: format!("{base}/{}/agreement", lot.id),
        lock: (may_lock && lot.locked_at.is_none()).then(|| format!("{base}/{}/lock", lot.id)),
    }
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (desk, queues) = visit
        .read(move |r| async move {
            let desk = desk::view(&r, id).await?;
            let mut queues = Vec::new();
            for lot in desk.lots.iter().filter(|lot| lot.shows_marks) {
                queues.push(moderation::queue(&r, id, lot.id).await?);
            }
            Ok((desk, queues))
        })
        .await?;
    let base = format!("/procurements/{id}/moderation");
    let lots = desk
        .lots
        .iter()
        .map(|lot| lot_part(&base, lot, queues.iter().find(|queue| queue.lot.id == lot.id), desk.oversees()));
    let mut shell = visit.procurement_shell("Moderation", &desk.scope.procurement, "moderation");
    if desk.oversees() {
        shell = shell.action("Panel progress", format!("/procurements/{id}/scoring/progress"));
    }
    if change::sees(&desk.scope) && desk.lots.iter().any(|lot| lot.locked_at.is_some()) {
        shell = shell.action("Changes of locked marks", changes::base(id));
    }
    page(&QueuePage {
        lots: lots.collect(),
        may: !desk.barred() && (desk.oversees() || desk.scope.holds(Role::PanelMember)),
        in_the_way: in_the_way(desk.standing),
        opened: desk.opened,
        interests: format!("/procurements/{id}/interests"),
        shell,
    })
}
