//! The overview of one procurement.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::words::ParticipationState;
use uuid::Uuid;

use crate::http::charts::{Caption, Moment, Svg, timeline};
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::{day_text, london_day, london_text};
use crate::overview::journey::{self, KeyDate, Overview, StepState};

/// A step in the list.
struct StepRow {
    id: String,
    label: String,
    href: String,
    state: &'static str,
    tone: &'static str,
    missing: Vec<String>,
}

/// A date in the list.
struct DateRow {
    machine: String,
    when: String,
    what: String,
    past: bool,
}

#[derive(Template)]
#[template(path = "overview/procurement.html")]
struct OverviewPage {
    shell: Shell,
    description: String,
    steps: Vec<StepRow>,
    councils: Vec<(String, &'static str, &'static str, &'static str)>,
    people: Vec<(String, &'static str)>,
    dates: Vec<DateRow>,
    chart: Option<(Svg, String)>,
}

/// The most of the missing that an overview says before it leads to the page that says all.
const MOST_MISSING: usize = 5;

#[handler]
pub(super) async fn overview_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    visit.signed_in()?;
    let overview = visit.read(move |r| async move { journey::overview(&r, id).await }).await?;
    let procurement = &overview.procurement;
    let done = overview.steps.iter().filter(|step| step.state == StepState::Done).count();
    let lead = overview.councils.first().map_or("", |here| here.council.name.as_str());
    let years = procurement.term_years;
    let shell = visit
        .procurement_shell(procurement.title.clone(), procurement, "")
        .title(procurement.title.clone())
        .fact(procurement.reference.clone())
        .fact(procurement.stage.0.label())
        .fact(format!("{lead} leads"))
        .fact(procurement.route.0.label())
        .fact(format!("{years} year{}", if years == 1 { "" } else { "s" }))
        .fact(format!("{done} of {} steps done", overview.steps.len()))
        .action("Particulars", format!("/procurements/{id}/settings"));
    let template = OverviewPage {
        shell,
        description: procurement.description.clone(),
        steps: overview
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| {
                let mut missing: Vec<_> = step.missing.iter().take(MOST_MISSING).cloned().collect();
                if step.missing.len() > MOST_MISSING {
                    missing.push(format!("And {} more.", step.missing.len() - MOST_MISSING));
                }
                StepRow {
                    id: format!("step-{}", step.key),
                    label: format!("{}. {}", at + 1, step.title),
                    href: if step.state == StepState::Later {
                        String::new()
                    } else {
                        format!("/procurements/{id}/{}", step.place)
                    },
                    state: step.state.label(),
                    tone: match step.state {
                        StepState::Done => "good",
                        StepState::Now => "info",
                        StepState::UnderWay | StepState::Later => "plain",
                    },
                    missing: if matches!(step.state, StepState::Now | StepState::UnderWay) {
                        missing
                    } else {
                        Vec::new()
                    },
                }
            })
            .collect(),
        councils: overview
            .councils
            .iter()
            .map(|here| {
                let state = here.part.state.0;
                let tone = if state == ParticipationState::Accepted { "good" } else { "warn" };
                (here.council.name.clone(), here.part.part.0.label(), state.label(), tone)
            })
            .collect(),
        people: overview.people.iter().map(|(role, person)| (person.name.clone(), role.label())).collect(),
        dates: overview.dates.iter().map(|date| date_row(date, &overview)).collect(),
        chart: chart(&overview),
    };
    page(&template)
}

fn date_row(date: &KeyDate, overview: &Overview) -> DateRow {
    let day = london_day(date.at);
    DateRow {
        machine: day.to_string(),
        when: if date.whole_day { day_text(day) } else { london_text(date.at) },
        what: date.what.clone(),
        past: date.at <= overview.now,
    }
}

/// The dates on a line, from the first to the last, with today; none where there is nothing to lay out.
fn chart(overview: &Overview) -> Option<(Svg, String)> {
    let first = overview.dates.iter().map(|date| date.at).min()?;
    let last = overview.dates.iter().map(|date| date.at).max()?.max(overview.now);
    let length = (last - first).num_minutes();
    if overview.dates.len() < 3 || length <= 0 {
        return None;
    }
    let along = |at: chrono::DateTime<chrono::Utc>| {
        u32::try_from((at - first).num_minutes() * 1000 / length).unwrap_or(0).min(1000)
    };
    let moments: Vec<_> = overview
        .dates
        .iter()
        .map(|date| Moment {
            at: along(date.at),
            label: date.what.clone(),
            date: day_text(london_day(date.at)),
            past: date.at <= overview.now,
        })
        .collect();
    let next = overview.dates.iter().find(|date| date.at > overview.now);
    let finding = match next {
        Some(date) => format!("Next: {}, {}.", date.what, day_text(london_day(date.at))),
        None => "Every date that is known has passed.".to_owned(),
    };
    let caption = Caption { id: "timeline", title: "Key dates of the procurement", finding: &finding };
    Some((timeline(&caption, &moments, Some((along(overview.now), "Today"))), finding.clone()))
}
