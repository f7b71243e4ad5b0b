//! People's parts in a procurement: given and taken back by a coordinator.

use std::collections::HashMap;

use entity::{Word, council, participation, person, procurement_role};
use rules::words::{ParticipationState, Role};
use sea_orm::sea_query::Query;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Caller, Faults, Paging, Reading, Refusal, Slice, Writing};

/// A person, and the council the person belongs to or was attached by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The person.
    pub person: person::Model,
    /// The name of the person's council.
    pub council: String,
}

/// A part that a person has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The part.
    pub role: procurement_role::Model,
    /// Who has it.
    pub candidate: Candidate,
}

/// Which part is given to whom.
#[derive(Clone, Debug, Default)]
pub struct RoleInput {
    /// The person.
    pub person_id: String,
    /// The part.
    pub role: String,
}

/// Gives a part to a person of a council that joined. A coordinator may; a council's administrator may make its own
/// people approvers, because who records decisions for a council is the council's affair. An outsider runs nothing and
/// acts for no council: it can mark, moderate and read.
pub async fn give(w: &Writing, procurement_id: Uuid, input: RoleInput) -> Result<Held, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    if !scope.holds(Role::Coordinator) && administered_council(w.caller()).is_none() {
        scope.must_coordinate()?;
    }
    let mut faults = Faults::new();
    let role = faults.word("role", &input.role, Role::Observer);
    let candidate = match input.person_id.trim().parse::<Uuid>() {
        Ok(id) => find_candidate(w, &scope, id).await?,
        Err(_) => None,
    };
    faults.require(
        candidate.is_some(),
        "person_id",
        "unknown",
        "Choose a person of a council that has joined, with an open account.",
    );
    let outsider = candidate.as_ref().is_some_and(|candidate| candidate.person.outsider);
    let for_officers = matches!(role, Role::Coordinator | Role::Opener | Role::Approver);
    faults.require(
        !(outsider && for_officers),
        "role",
        "officers_only",
        "Only an officer can have this role, not an outsider.",
    );
    faults.done()?;
    let candidate = candidate.ok_or_else(|| Refusal::not_found("person"))?;
    must_settle(w.caller(), &scope, &candidate.person, role)?;
    let held = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::PersonId.eq(candidate.person.id))
        .filter(procurement_role::Column::Role.eq(Word(role)))
        .one(w.txn())
        .await?;
    if held.is_some() {
        return Err(Refusal::field("role", "already_exists", "This person has the role already."));
    }
    must_not_mark_and_read(w, procurement_id, candidate.person.id, role).await?;
    let row = procurement_role::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        person_id: Set(candidate.person.id),
        role: Set(Word(role)),
        created_at: Set(w.now()),
    };
    let row = procurement_role::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({ "person": candidate.person.id, "role": role.as_str() });
    w.record(Record::new(procurement_id, "pooling.role.give", row.id, body));
    Ok(Held { role: row, candidate })
}

/// Whoever reads answers for prices before the panel neither marks nor moderates them (DOMAIN rule 1).
async fn must_not_mark_and_read(
    r: &Reading,
    procurement_id: Uuid,
    person_id: Uuid,
    role: Role,
) -> Result<(), Refusal> {
    let apart: &[Role] = match role {
        Role::Clearer => &[Role::PanelMember, Role::Moderator],
        Role::PanelMember | Role::Moderator => &[Role::Clearer],
        _ => return Ok(()),
    };
    let held = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::PersonId.eq(person_id))
        .filter(procurement_role::Column::Role.is_in(apart.iter().copied().map(Word)))
        .one(r.txn())
        .await?;
    let Some(held) = held else { return Ok(()) };
    let message = format!(
        "This person is “{}” already: whoever reads answers for prices neither marks nor moderates them.",
        held.role.0.label()
    );
    Err(Refusal::field("role", "marks_and_reads", message))
}

/// Takes a part back. Whoever may give it may; a procurement keeps at least one coordinator who can sign in.
pub async fn take_back(
    w: &Writing,
    procurement_id: Uuid,
    role_id: Uuid,
) -> Result<procurement_role::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let row = procurement_role::Entity::find_by_id(role_id)
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .one(w.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("role"))?;
    let holder = person::Entity::find_by_id(row.person_id).one(w.txn()).await?;
    let holder = holder.ok_or_else(|| Refusal::not_found("person"))?;
    must_settle(w.caller(), &scope, &holder, row.role.0)?;
    if row.role.0 == Role::Coordinator {
        let coordinators = holders(w, procurement_id, Role::Coordinator).await?;
        if coordinators.iter().all(|person| person.id == holder.id) {
            return Err(Refusal::conflict(
                "last_coordinator",
                "A procurement keeps at least one coordinator. Give the role to somebody else first.",
            ));
        }
    }
    row.clone().delete(w.txn()).await?;
    let body = json!({ "person": holder.id, "role": row.role.0.as_str() });
    w.record(Record::new(procurement_id, "pooling.role.take_back", row.id, body));
    Ok(row)
}

/// A coordinator settles every part; a council's administrator settles who approves for the council.
fn must_settle(caller: &Caller, scope: &Scope, person: &person::Model, role: Role) -> Result<(), Refusal> {
    let own = administered_council(caller);
    if role == Role::Approver && own.is_some() && own == person.council_id {
        return Ok(());
    }
    scope.must_coordinate()
}

/// The council whose people the caller administers.
fn administered_council(caller: &Caller) -> Option<Uuid> {
    match caller {
        Caller::Person(person) if person.council_administrator => person.council_id,
        _ => None,
    }
}

/// The people to whom parts can be given, by address: for a coordinator everybody of the councils that joined, for a
/// council's administrator the council's own.
pub async fn candidates(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<Candidate>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query = joined(scope.id());
    if !scope.holds(Role::Coordinator) {
        match administered_council(r.caller()) {
            Some(council) => query = query.filter(person::Column::CouncilId.eq(council)),
            None => scope.must_coordinate()?,
        }
    }
    if let Some(after) = &paging.after {
        query = query.filter(person::Column::Email.gt(after.as_str()));
    }
    let rows = query.order_by_asc(person::Column::Email).limit(paging.limit + 1).all(r.txn()).await?;
    let candidates = with_councils(r, rows).await?;
    Ok(paging.cut(candidates, |row| row.person.email.clone()))
}

/// People with open accounts, of councils that joined.
fn joined(procurement_id: Uuid) -> sea_orm::Select<person::Entity> {
    let councils = Query::select()
        .column(participation::Column::CouncilId)
        .from(participation::Entity)
        .and_where(participation::Column::ProcurementId.eq(procurement_id))
        .and_where(participation::Column::State.eq(Word(ParticipationState::Accepted)))
        .to_owned();
    person::Entity::find()
        .filter(person::Column::CouncilId.in_subquery(councils))
        .filter(person::Column::DisabledAt.is_null())
}

async fn find_candidate(r: &Reading, scope: &Scope, id: Uuid) -> Result<Option<Candidate>, Refusal> {
    let found = joined(scope.id()).filter(person::Column::Id.eq(id)).all(r.txn()).await?;
    Ok(with_councils(r, found).await?.pop())
}

async fn with_councils(r: &Reading, people: Vec<person::Model>) -> Result<Vec<Candidate>, Refusal> {
    let councils: HashMap<Uuid, String> = council::Entity::find()
        .filter(council::Column::Id.is_in(people.iter().filter_map(|person| person.council_id)))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|council| (council.id, council.name))
        .collect();
    let named = people.into_iter().map(|person| {
        let council = person.council_id.and_then(|id| councils.get(&id).cloned()).unwrap_or_default();
        Candidate { person, council }
    });
    Ok(named.collect())
}

/// Who has which part, in the order in which they were given. Everybody in the procurement may see it.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Held>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query =
        procurement_role::Entity::find().filter(procurement_role::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(procurement_role::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(procurement_role::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let people = person::Entity::find()
        .filter(person::Column::Id.is_in(rows.iter().map(|row| row.person_id)))
        .all(r.txn())
        .await?;
    let candidates: HashMap<Uuid, Candidate> =
        with_councils(r, people).await?.into_iter().map(|one| (one.person.id, one)).collect();
    let slice = paging.cut(rows, |row| row.id.to_string());
    let items = slice.items.into_iter().filter_map(|role| {
        let candidate = candidates.get(&role.person_id)?.clone();
        Some(Held { role, candidate })
    });
    Ok(Slice { items: items.collect(), next: slice.next })
}

/// The people with a part whose accounts are open, in the order in which it was given. The caller has been let in by the
/// operation that asks.
pub(crate) async fn holders(
    r: &Reading,
    procurement_id: Uuid,
    role: Role,
) -> Result<Vec<person::Model>, Refusal> {
    let rows = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::Role.eq(Word(role)))
        .order_by_asc(procurement_role::Column::Id)
        .all(r.txn())
        .await?;
    let people: HashMap<Uuid, person::Model> = person::Entity::find()
        .filter(person::Column::Id.is_in(rows.iter().map(|row| row.person_id)))
        .filter(person::Column::DisabledAt.is_null())
        .all(r.txn())
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    Ok(rows.iter().filter_map(|row| people.get(&row.person_id).cloned()).collect())
}
