//! How far the panel has come: counts, never marks.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::assignment::sections;
use uuid::Uuid;

use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::scoring::desk;
use crate::scoring::sheet::{self, MemberProgress, Progress, SectionProgress};

struct Row {
    name: String,
    council: String,
    standing: &'static str,
    marked: String,
    /// The same in each section; a dash where the section is others'.
    sections: Vec<String>,
    submitted: Option<String>,
}

struct LotPart {
    heading: String,
    table_id: String,
    caption: String,
    sections: Vec<String>,
    rows: Vec<Row>,
    without_member: String,
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

fn row(member: MemberProgress) -> Row {
    let section = |section: &SectionProgress| match section.answers {
        0 => "–".to_owned(),
        answers => format!("{} of {answers}", section.marked),
    };
    Row {
        sections: member.sections.iter().map(section).collect(),
        standing: member.standing.label(),
        marked: format!("{} of {}", member.marked, member.answers),
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
        sections: sections(published).iter().map(|section| section.node.code.clone()).collect(),
        without_member: progress.without_member.join(", "),
        rows: progress.members.into_iter().map(row).collect(),
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
            .action("Assignments", format!("/procurements/{id}/assignments"))
            .action("Moderation", format!("/procurements/{id}/moderation")),
        lots: lots.into_iter().map(part).collect(),
        partners: format!("/procurements/{id}/partners"),
    })
}
