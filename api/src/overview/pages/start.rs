//! The start: my tasks for those who are signed in, what this is for everybody else.

use askama::Template;
use poem::handler;

use crate::bidding::tender;
use crate::http::shell::{Section, Shell};
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Caller, Paging};
use crate::overview::tasks::{self, Task, When};

/// A task in its group.
struct TaskRow {
    id: String,
    title: String,
    hint: String,
    href: String,
    status: String,
    tone: &'static str,
}

/// Tasks that are due at about the same time.
struct Group {
    heading: &'static str,
    tasks: Vec<TaskRow>,
}

#[derive(Template)]
#[template(path = "overview/tasks.html")]
struct TasksPage {
    shell: Shell,
    groups: Vec<Group>,
}

/// A tender that is open.
struct OpenTender {
    reference: String,
    title: String,
    deadline: String,
}

#[derive(Template)]
#[template(path = "overview/front.html")]
struct FrontPage {
    shell: Shell,
    tenders: Vec<OpenTender>,
    more: bool,
}

#[handler]
pub(super) async fn start(visit: Visit) -> PageResult {
    if visit.caller == Caller::Nobody { front(&visit).await } else { my_tasks(&visit).await }
}

async fn my_tasks(visit: &Visit) -> PageResult {
    let (found, now) =
        visit.read(|r| async move { tasks::list(&r).await.map(|tasks| (tasks, r.now())) }).await?;
    let count = found.len();
    let mut groups: Vec<Group> = Vec::new();
    for (when, heading) in [
        (When::Overdue, "Overdue"),
        (When::ThisWeek, "This week"),
        (When::Later, "Later"),
        (When::Open, "As soon as you can"),
    ] {
        let rows: Vec<_> = found
            .iter()
            .enumerate()
            .filter(|(_, task)| task.when(now) == when)
            .map(|(number, task)| row(number, task, when))
            .collect();
        if !rows.is_empty() {
            groups.push(Group { heading, tasks: rows });
        }
    }
    let fact = match count {
        0 => "Nothing waits for you".to_owned(),
        1 => "1 task".to_owned(),
        count => format!("{count} tasks"),
    };
    page(&TasksPage { shell: visit.shell("My tasks").section(Section::Tasks).fact(fact), groups })
}

fn row(number: usize, task: &Task, when: When) -> TaskRow {
    let procurement = task.procurement.as_ref().map_or("", |(_, title)| title.as_str());
    let hint = match (procurement, task.hint.as_str()) {
        ("", hint) => hint.to_owned(),
        (title, "") => title.to_owned(),
        (title, hint) => format!("{title} · {hint}"),
    };
    TaskRow {
        id: format!("task-{number}"),
        title: task.title.clone(),
        hint,
        href: task.href.clone(),
        status: task.due_at.map_or_else(|| "To do".to_owned(), |due| format!("By {}", london_text(due))),
        tone: if when == When::Overdue { "bad" } else { "info" },
    }
}

async fn front(visit: &Visit) -> PageResult {
    let (slice, now) = visit
        .read(|r| async move { tender::list(&r, &Paging::default()).await.map(|slice| (slice, r.now())) })
        .await?;
    let open = slice.items.into_iter().filter_map(|row| {
        let deadline = row.deadline_at.filter(|deadline| *deadline > now)?;
        Some(OpenTender { reference: row.reference, title: row.title, deadline: london_text(deadline) })
    });
    page(&FrontPage {
        shell: visit.shell("Councils buy ICT together").primary("Sign in", "/sign-in"),
        tenders: open.collect(),
        more: slice.next.is_some(),
    })
}
