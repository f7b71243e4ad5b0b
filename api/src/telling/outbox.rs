//! The outbox over all procurements.
//!
//! An officer sees here what he or she would see procurement by procurement. A site administrator keeps the mail running
//! and so sees the particulars of every mail that is not sealed (to whom, when, with which answer), and the mails that
//! belong to no procurement; what a letter of a procurement says stays with those who have a part in it.

use std::collections::{HashMap, HashSet};

use entity::{Word, outbox_message, participation, procurement, procurement_role};
use rules::words::{Part, ParticipationState, Role};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::letter::{LetterFilter, SERVED, Served, ServedInput, Told, addressed, state_of};
use crate::kernel::ledger::Record;
use crate::kernel::outbox::pause::{self, Pause};
use crate::kernel::{Action, Caller, Paging, Reading, Refusal, Slice, Writing, outbox};

/// A mail in the outbox.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    /// The mail and whom it tells.
    pub told: Told,
    /// The procurement it is about, if it is about one.
    pub procurement: Option<procurement::Model>,
    /// Whether the caller has a part in that procurement, so that the letter can be opened there.
    pub openable: bool,
    /// Whether the caller may release it or serve it otherwise here.
    pub may_act: bool,
}

/// The mails the caller may know of, newest first.
pub async fn list(r: &Reading, filter: LetterFilter, paging: &Paging) -> Result<Slice<OutboxRow>, Refusal> {
    r.caller().needs(Action::Read)?;
    let reach = Reach::of(r).await?;
    let mut wanted = reach.condition();
    if let Some(event) = filter.event.filter(|event| !event.is_empty()) {
        wanted = wanted.add(outbox_message::Column::Event.eq(event));
    }
    if let Some(state) = state_of(filter.state)? {
        wanted = wanted.add(outbox_message::Column::State.eq(Word(state)));
    }
    let Slice { items, next } = outbox::messages(r, wanted, paging).await?;
    let about: Vec<_> = items.iter().filter_map(|message| message.procurement_id).collect();
    let mut procurements: HashMap<Uuid, procurement::Model> = HashMap::new();
    if !about.is_empty() {
        let rows =
            procurement::Entity::find().filter(procurement::Column::Id.is_in(about)).all(r.txn()).await?;
        procurements.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let rows = addressed(r, items).await?.into_iter().map(|told| {
        let procurement = told.message.procurement_id.and_then(|id| procurements.get(&id).cloned());
        OutboxRow {
            openable: procurement.as_ref().is_some_and(|row| reach.may_open(row.id, &told)),
            may_act: reach.site && told.message.procurement_id.is_none(),
            procurement,
            told,
        }
    });
    Ok(Slice { items: rows.collect(), next })
}

/// Why no mail is sent at present, if that is so. Everybody who can see the outbox may know.
pub async fn paused(r: &Reading) -> Result<Option<Pause>, Refusal> {
    r.caller().needs(Action::Read)?;
    pause::of(r).await
}

/// Lets a withheld mail that belongs to no procurement go to the mail server. Site administrators may.
pub async fn release(w: &Writing, id: Uuid, seen: i64) -> Result<Told, Refusal> {
    let mail = to_act_on(w, id).await?;
    outbox::release(w, &mail, seen).await?;
    w.record(Record::people("telling.letter.release", id, json!({ "kind": mail.kind })));
    again(w, id).await
}

/// Notes that the recipient of a mail that belongs to no procurement was told in another way. Site administrators may.
pub async fn serve_otherwise(w: &Writing, id: Uuid, seen: i64, input: ServedInput) -> Result<Told, Refusal> {
    let mail = to_act_on(w, id).await?;
    let served = Served::check(&input)?;
    outbox::serve_otherwise(w, &mail, seen, &served.words()).await?;
    let body = json!({ "kind": mail.kind, "how": served.how });
    w.record(Record::people(SERVED, id, body).because(served.reason));
    again(w, id).await
}

async fn to_act_on(w: &Writing, id: Uuid) -> Result<outbox_message::Model, Refusal> {
    w.caller().needs(Action::Tell)?;
    if !w.caller().person()?.site_administrator {
        return Err(Refusal::not_found("mail"));
    }
    outbox::message(w, id, ours()).await
}

async fn again(w: &Writing, id: Uuid) -> Result<Told, Refusal> {
    let message = outbox::message(w, id, ours()).await?;
    addressed(w, vec![message]).await?.pop().ok_or_else(|| Refusal::not_found("mail"))
}

/// Mails that belong to no procurement.
fn ours() -> Condition {
    Condition::all().add(outbox_message::Column::ProcurementId.is_null())
}

/// How far the caller sees.
struct Reach {
    site: bool,
    council: Option<Uuid>,
    person: Option<Uuid>,
    /// Procurements all of whose letters show.
    coordinated: HashSet<Uuid>,
    /// Procurements all of whose letters but those to bidders show.
    led: HashSet<Uuid>,
    /// Procurements in which the council has a part that it has not declined.
    joined: HashSet<Uuid>,
    /// Procurements in which the person has a role.
    held: HashSet<Uuid>,
}

impl Reach {
    async fn of(r: &Reading) -> Result<Self, Refusal> {
        let (site, council, person) = match r.caller() {
            Caller::Person(person) => {
                (person.site_administrator, person.council_id.filter(|_| !person.outsider), Some(person.id))
            }
            Caller::Council { council_id, .. } => (false, Some(*council_id), None),
            _ => return Err(Refusal::forbidden("Only people and councils have an outbox.")),
        };
        let mut reach = Self {
            site,
            council,
            person,
            coordinated: HashSet::new(),
            led: HashSet::new(),
            joined: HashSet::new(),
            held: HashSet::new(),
        };
        if let Some(council) = council {
            let parts = participation::Entity::find()
                .filter(participation::Column::CouncilId.eq(council))
                .filter(participation::Column::State.ne(Word(ParticipationState::Declined)))
                .all(r.txn())
                .await?;
            let led = parts.iter().filter(|part| part.part.0 == Part::Lead).map(|part| part.procurement_id);
            reach.led = led.collect();
            reach.joined = parts.into_iter().map(|part| part.procurement_id).collect();
        }
        if let Some(person) = person {
            let roles = procurement_role::Entity::find()
                .filter(procurement_role::Column::PersonId.eq(person))
                .all(r.txn())
                .await?;
            let coordinated = roles.iter().filter(|row| row.role.0 == Role::Coordinator);
            reach.coordinated = coordinated.map(|row| row.procurement_id).collect();
            reach.held = roles.into_iter().map(|row| row.procurement_id).collect();
        }
        Ok(reach)
    }

    fn condition(&self) -> Condition {
        use outbox_message::Column;
        let opened = Query::select()
            .column(procurement::Column::Id)
            .from(procurement::Entity)
            .and_where(procurement::Column::OpenedAt.is_not_null())
            .to_owned();
        let showing =
            Condition::any().add(Column::Sealed.eq(false)).add(Column::ProcurementId.in_subquery(opened));
        let mut any = Condition::any();
        if self.site {
            any = any.add(Column::Sealed.eq(false)).add(Column::ProcurementId.is_null());
        }
        let within = |ids: &HashSet<Uuid>| Column::ProcurementId.is_in(ids.iter().copied());
        any = any.add(within(&self.coordinated));
        any = any.add(Condition::all().add(within(&self.led)).add(Column::SupplierId.is_null()));
        if let Some(council) = self.council {
            any = any.add(
                Condition::all()
                    .add(within(&self.joined))
                    .add(Column::CouncilId.eq(council))
                    .add(Column::SupplierId.is_null()),
            );
        }
        if let Some(person) = self.person {
            any = any.add(Column::PersonId.eq(person));
        }
        Condition::all().add(showing).add(any)
    }

    fn may_open(&self, procurement: Uuid, told: &Told) -> bool {
        let message = &told.message;
        self.coordinated.contains(&procurement)
            || (self.led.contains(&procurement) && message.supplier_id.is_none())
            || (self.joined.contains(&procurement)
                && message.council_id == self.council
                && message.supplier_id.is_none())
            || ((self.held.contains(&procurement) || self.joined.contains(&procurement))
                && message.person_id.is_some()
                && message.person_id == self.person)
    }
}
