//! How far the panel has come: counts, never marks.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::scoring::sheet::{self, Progress};
use crate::scoring::{desk, sheet::MemberProgress};

struct Row {
    name: String,
    council: String,
    standing: &'static str,
    marked: String,
    submitted: Option<String>,
}

struct LotPart {
    heading: String,
    table_id: String,
    caption: String,
    rows: Vec<Row>,
    agreed: String,
    state: String,
}

#[derive(Template)]
#[template(path = "scoring/progress.html")]
struct ProgressPage {
    shell: Shell,
    lots: Vec<LotPart>,
    partners: String,
}

fn row(answers: usize, member: MemberProgress) -> Row {
    Row {
        standing: member.standing.label(),
        marked: format!("{} of {answers}", member.marked),
        submitted: member.member.submitted_at.map(london_text),
        name: member.member.person.name,
        council: member.member.council,
    }
}

fn part(progress: Progress) -> LotPart {
    let published = progress.lot.published();
    let state = match progress.locked_at {
        Some(at) => format!("Quality locked on {}", london_text(at)),
        None if progress.moderation_open => "Moderation is open".to_owned(),
        None => "Moderation opens when every panel member has submitted".to_owned(),
    };
    LotPart {
        heading: format!("{} {}", published.code, published.title),
        table_id: format!("progress-{}", published.code),
        caption: format!("Panel members in lot {}", published.code),
        agreed: format!("{} of {} answers have an agreed mark.", progress.agreed, progress.answers),
        state,
        rows: progress.members.into_iter().map(|member| row(progress.answers, member)).collect(),
    }
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (procurement, lots) = visit
        .read(move |r| async move {
            let desk = desk::view(&r, id).await?;
            let mut lots = Vec::new();
            for lot in &desk.lots {
                lots.push(sheet::progress(&r, id, lot.id).await?);
            }
            Ok((desk.scope.procurement, lots))
        })
        .await?;
    page(&ProgressPage {
        shell: visit
            .procurement_shell("Panel progress", &procurement, "scoring")
            .crumb("Scoring", format!("/procurements/{id}/scoring"))
            .action("Moderation", format!("/procurements/{id}/moderation")),
        lots: lots.into_iter().map(part).collect(),
        partners: format!("/procurements/{id}/partners"),
    })
}
