//! Where things stand, through the API.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::history::{self, Happened};
use super::journey::{self, KeyDate, Overview, Step};
use super::tasks::{self, Task};
use crate::http::{Page, Reply, Signed};
use crate::kernel::Slice;
use crate::kernel::clock::{london_day, rfc3339};

/// The operations of this room.
pub struct Operations;

/// A step of the journey.
#[derive(Object)]
struct JourneyStep {
    /// A stable word for it.
    key: String,
    title: String,
    /// `done`, `now`, `under_way` (it runs by itself) or `later`.
    state: String,
    /// What is missing, as sentences.
    missing: Vec<String>,
}

impl From<Step> for JourneyStep {
    fn from(step: Step) -> Self {
        Self {
            key: step.key.to_owned(),
            title: step.title.to_owned(),
            state: step.state.as_str().to_owned(),
            missing: step.missing,
        }
    }
}

/// A date that matters.
#[derive(Object)]
struct JourneyDate {
    what: String,
    /// The instant, in UTC, where it has one.
    #[oai(skip_serializing_if_is_none)]
    at: Option<String>,
    /// The day, in London.
    on: String,
}

impl From<KeyDate> for JourneyDate {
    fn from(date: KeyDate) -> Self {
        Self {
            what: date.what,
            at: (!date.whole_day).then(|| rfc3339(date.at)),
            on: london_day(date.at).to_string(),
        }
    }
}

/// A council in the procurement.
#[derive(Object)]
struct JourneyCouncil {
    id: Uuid,
    name: String,
    /// `lead`, `core` or `named_option`.
    part: String,
    /// `invited` or `accepted`.
    state: String,
}

/// A person and a part in the procurement.
#[derive(Object)]
struct JourneyPerson {
    id: Uuid,
    name: String,
    role: String,
}

/// Where a procurement stands.
#[derive(Object)]
struct Journey {
    id: Uuid,
    reference: String,
    title: String,
    stage: String,
    steps: Vec<JourneyStep>,
    councils: Vec<JourneyCouncil>,
    people: Vec<JourneyPerson>,
    dates: Vec<JourneyDate>,
}

impl From<Overview> for Journey {
    fn from(overview: Overview) -> Self {
        let councils = overview.councils.into_iter().map(|here| JourneyCouncil {
            id: here.council.id,
            name: here.council.name,
            part: here.part.part.0.as_str().to_owned(),
            state: here.part.state.0.as_str().to_owned(),
        });
        let people = overview.people.into_iter().map(|(role, person)| JourneyPerson {
            id: person.id,
            name: person.name,
            role: role.as_str().to_owned(),
        });
        Self {
            id: overview.procurement.id,
            reference: overview.procurement.reference,
            title: overview.procurement.title,
            stage: overview.procurement.stage.0.as_str().to_owned(),
            steps: overview.steps.into_iter().map(JourneyStep::from).collect(),
            councils: councils.collect(),
            people: people.collect(),
            dates: overview.dates.into_iter().map(JourneyDate::from).collect(),
        }
    }
}

/// A change, as the ledger keeps it.
#[derive(Object)]
struct LedgerChange {
    /// The entry's number in the chain, once the tender box is opened.
    #[oai(skip_serializing_if_is_none)]
    number: Option<i64>,
    at: String,
    /// Who did it, as `person:<id>`, `key:<id>`, `supplier:<id>` or `system`.
    actor: String,
    /// The same by name.
    actor_name: String,
    /// What was done, as `stage.noun.verb`.
    action: String,
    subject: String,
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    /// The facts, canonical JSON; left out where they are another panel member's marks that are still blind.
    #[oai(skip_serializing_if_is_none)]
    body: Option<String>,
    /// SHA-256 over the previous hash and this entry, once the tender box is opened.
    #[oai(skip_serializing_if_is_none)]
    hash: Option<String>,
}

impl From<Happened> for LedgerChange {
    fn from(row: Happened) -> Self {
        let (number, hash) = row.link.map_or((None, None), |(number, hash)| (Some(number), Some(hash)));
        Self {
            number,
            at: row.at,
            actor: row.actor,
            actor_name: row.actor_name,
            action: row.action,
            subject: row.subject,
            reason: row.reason,
            body: row.body,
            hash,
        }
    }
}

/// Something that waits for the caller.
#[derive(Object)]
struct MyTask {
    /// A stable word for it.
    kind: String,
    title: String,
    hint: String,
    #[oai(skip_serializing_if_is_none)]
    procurement_id: Option<Uuid>,
    /// The page where it is done.
    page: String,
    #[oai(skip_serializing_if_is_none)]
    due_at: Option<String>,
}

impl From<Task> for MyTask {
    fn from(task: Task) -> Self {
        Self {
            kind: task.kind.to_owned(),
            title: task.title,
            hint: task.hint,
            procurement_id: task.procurement.map(|(id, _)| id),
            page: task.href,
            due_at: task.due_at.map(rfc3339),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Overview")]
impl Operations {
    /// Where a procurement stands: its steps with what is missing, its councils, people and dates.
    #[oai(
        path = "/procurements/:procurement_id/overview",
        method = "get",
        operation_id = "procurement_overview"
    )]
    async fn procurement_overview(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<Journey> {
        call.read(move |r| async move { Ok(journey::overview(&r, procurement_id.0).await?.into()) }).await
    }

    /// List what was done in a procurement, newest first. Sealed entries show once the tender box is opened.
    #[oai(path = "/procurements/:procurement_id/ledger", method = "get", operation_id = "ledger_list")]
    async fn ledger_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<LedgerChange>> {
        let path = format!("/api/v1/procurements/{}/ledger", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(history::list(&r, procurement_id.0, &paging).await?.map(LedgerChange::from))
        })
        .await
    }

    /// What waits for the person who calls, over all procurements, most urgent first.
    #[oai(path = "/tasks", method = "get", operation_id = "task_list")]
    async fn task_list(&self, Signed(call): Signed) -> Reply<Page<MyTask>> {
        call.list("/api/v1/tasks".to_owned(), None, None, |r, _| async move {
            let items = tasks::list(&r).await?.into_iter().map(MyTask::from).collect();
            Ok(Slice { items, next: None })
        })
        .await
    }
}
