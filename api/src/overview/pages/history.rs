//! What was done in a procurement.

use askama::Template;
use chrono::{DateTime, Utc};
use poem::handler;
use poem::web::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, access};
use crate::overview::history::{self, Fact, action_words};

/// A change in the table.
struct ChangeRow {
    machine: String,
    when: String,
    what: String,
    action: String,
    who: String,
    about: String,
    reason: String,
    facts: Vec<Fact>,
    number: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "overview/history.html")]
struct HistoryPage {
    shell: Shell,
    changes: Vec<ChangeRow>,
    next: Option<String>,
    sealed: bool,
}

/// Which part of the list.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

#[handler]
pub(super) async fn history_page(
    visit: Visit,
    Path(id): Path<Uuid>,
    Query(query): Query<After>,
) -> PageResult {
    visit.signed_in()?;
    let (scope, slice) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            let paging = Paging { after: query.after, ..Paging::default() };
            Ok((scope, history::list(&r, id, &paging).await?))
        })
        .await?;
    let changes = slice.items.into_iter().map(|row| {
        let at = DateTime::parse_from_rfc3339(&row.at).map(|at| london_text(at.with_timezone(&Utc)));
        let (number, hash) =
            row.link.map_or_else(Default::default, |(number, hash)| (number.to_string(), hash));
        ChangeRow {
            when: at.unwrap_or_else(|_| row.at.clone()),
            machine: row.at,
            what: action_words(&row.action),
            action: row.action,
            who: row.actor_name,
            reason: row.reason.unwrap_or_default(),
            about: row.about,
            facts: row.facts,
            number,
            hash,
        }
    });
    let template = HistoryPage {
        shell: visit.procurement_shell("History", &scope.procurement, "history"),
        changes: changes.collect(),
        next: slice.next.map(|cursor| format!("/procurements/{id}/history?after={cursor}")),
        sealed: !scope.is_opened(),
    };
    page(&template)
}
