//! The conflicts assessment: declarations of interest by everybody with a part in the procurement (PA23 s.81-83; DOMAIN
//! rule 12).
//!
//! Everybody but observers declares before publication, and again once the bidders' names show ([`rules::interest`] says
//! when a declaration opens anything). Declarations are never overwritten: each is a row of its own. A mitigated interest
//! opens nothing until two people other than its holder have cleared it ([`clear`]); the coordinator can bar
//! somebody, or lift a bar, by [`assess`]. What a declaration opens is asked of [`standing`] by every later stage.

pub(crate) mod standing;
mod versions;

use entity::{Word, interest_clearance, interest_declaration, person, procurement_role, supplier};
use rules::interest::{Standing, must_clear};
use rules::words::{Interest, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};
use crate::people::person as people;

use standing::Last;
pub use versions::{Version, versions};

/// What is declared.
#[derive(Clone, Debug, Default)]
pub struct InterestInput {
    /// `none`, `mitigated` or `barred`.
    pub interest: String,
    /// The interest, and what mitigates it; may be left out for `none`.
    pub detail: String,
}

/// A person with a part in the procurement, and what it has declared.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The person.
    pub person: person::Model,
    /// The person's council.
    pub council: String,
    /// The person's parts.
    pub roles: Vec<Role>,
    /// The last declaration, if there is one.
    pub last: Option<Last>,
    /// What it opens now.
    pub standing: Standing,
}

/// Declares the caller's own interests, at any stage; each is a new version. `seen` is 0 for the first. Who is barred
/// cannot lift that alone: the coordinator does, by [`assess`].
pub async fn declare(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: InterestInput,
) -> Result<Last, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    let person = w.caller().person()?.id;
    if scope.roles.is_empty() {
        return Err(Refusal::forbidden(
            "Interests are declared by people with a part in this procurement: ask the coordinator for one.",
        ));
    }
    let before = standing::last_of(w, scope.id(), person).await?;
    let (word, detail) = check(&input)?;
    let barred = before.as_ref().is_some_and(|last| last.row.interest.0 == Interest::Barred);
    if barred && word != Interest::Barred {
        return Err(Refusal::conflict(
            "barred",
            "You are barred. Only the coordinator can change that, with the reason.",
        ));
    }
    let names_show = scope.is_opened();
    store(w, &scope, before, seen, New { person, word, detail, bidders_known: names_show }).await
}

/// Records what a person's interests are held to be. The coordinator may, for others; the words are the reason. It is no
/// declaration: somebody who has declared nothing can be barred and no more, and who has not declared since the bidders'
/// names show still has to.
pub async fn assess(
    w: &Writing,
    procurement_id: Uuid,
    person: Uuid,
    seen: i64,
    input: InterestInput,
) -> Result<Last, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    scope.must_coordinate()?;
    standing::must_not_be_barred(w, &scope).await?;
    if w.caller().person()?.id == person {
        return Err(Refusal::forbidden("Declare your own interests on your own page."));
    }
    must_have_a_part(w, &scope, person).await?;
    let before = standing::last_of(w, scope.id(), person).await?;
    let mut faults = Faults::new();
    check_reason(&mut faults, &input.detail);
    faults.done()?;
    let (word, detail) = check(&input)?;
    if before.is_none() && word != Interest::Barred {
        return Err(Refusal::conflict(
            "interest_missing",
            "This person has declared nothing yet. Ask for the declaration first; barring needs none.",
        ));
    }
    let bidders_known = before.as_ref().is_some_and(|last| last.row.bidders_known);
    store(w, &scope, before, seen, New { person, word, detail, bidders_known }).await
}

/// Clears a declaration that waits for it, with the reason. Two people do, each once: coordinators and approvers who
/// are free to take part themselves, and never its holder. `seen` is the version of the declaration.
pub async fn clear(
    w: &Writing,
    procurement_id: Uuid,
    person: Uuid,
    seen: i64,
    detail: &str,
) -> Result<Last, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    let own = w.caller().person()?.id;
    must_look_after(&scope)?;
    standing::must_be_free(w, &scope).await?;
    must_have_a_part(w, &scope, person).await?;
    let last = standing::last_of(w, scope.id(), person).await?;
    let last = last.ok_or_else(|| Refusal::not_found("declaration"))?;
    if last.row.version != seen {
        return Err(Refusal::stale());
    }
    if own == person {
        return Err(Refusal::forbidden("Two other people clear your interest: nobody clears an own one."));
    }
    if last.declaration().is_cleared() {
        return Err(Refusal::conflict("nothing_to_clear", "This declaration does not wait for clearance."));
    }
    if last.clearances.iter().any(|row| row.person_id == own) {
        return Err(Refusal::conflict(
            "cleared_already",
            "You have cleared this already. Somebody else has to as well.",
        ));
    }
    let mut faults = Faults::new();
    let detail = check_reason(&mut faults, detail);
    faults.done()?;
    let row = interest_clearance::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        declaration_id: Set(last.row.id),
        person_id: Set(own),
        detail: Set(detail),
        cleared_at: Set(w.now()),
    };
    let row = interest_clearance::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "declaration": last.row.id,
        "person": person,
        "version": last.row.version,
        "detail": text_hash(row.id, &row.detail),
    });
    w.record(Record::new(scope.id(), "tendering.interest.clear", row.id, body));
    let mut last = last;
    last.clearances.push(row);
    Ok(last)
}

fn check(input: &InterestInput) -> Result<(Interest, String), Refusal> {
    let mut faults = Faults::new();
    let word = faults.word("interest", &input.interest, Interest::Nothing);
    let detail = if word == Interest::Nothing {
        faults.optional("detail", Some(&input.detail), 5_000).unwrap_or_default()
    } else {
        check_reason(&mut faults, &input.detail)
    };
    faults.done()?;
    Ok((word, detail))
}

fn check_reason(faults: &mut Faults, detail: &str) -> String {
    faults.reason("detail", detail, 5_000)
}

async fn must_have_a_part(r: &Reading, scope: &Scope, person: Uuid) -> Result<(), Refusal> {
    let held = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .filter(procurement_role::Column::PersonId.eq(person))
        .one(r.txn())
        .await?;
    held.map(|_| ()).ok_or_else(|| Refusal::not_found("person in this procurement"))
}

/// A declaration to be stored.
struct New {
    person: Uuid,
    word: Interest,
    detail: String,
    bidders_known: bool,
}

async fn store(
    w: &Writing,
    scope: &Scope,
    before: Option<Last>,
    seen: i64,
    new: New,
) -> Result<Last, Refusal> {
    let version = before.as_ref().map_or(0, |last| last.row.version);
    if version != seen {
        return Err(Refusal::stale());
    }
    if let Some(last) = &before {
        let replaced = interest_declaration::Entity::update_many()
            .col_expr(interest_declaration::Column::Current, Expr::value(false))
            .filter(interest_declaration::Column::Id.eq(last.row.id))
            .filter(interest_declaration::Column::Current.eq(true))
            .exec(w.txn())
            .await?;
        if replaced.rows_affected == 0 {
            return Err(Refusal::stale());
        }
    }
    let earlier = before.as_ref().map(Last::declaration);
    let row = interest_declaration::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        person_id: Set(new.person),
        interest: Set(Word(new.word)),
        detail: Set(new.detail),
        declared_at: Set(w.now()),
        version: Set(version + 1),
        current: Set(true),
        declared_by: Set(Some(w.caller().person()?.id)),
        bidders_known: Set(new.bidders_known),
        to_clear: Set(must_clear(earlier.as_ref(), new.word)),
    };
    let row = interest_declaration::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({
        "person": new.person,
        "before": before.map(|last| last.row.interest.0.as_str()),
        "interest": new.word.as_str(),
        "detail": text_hash(row.id, &row.detail),
        "version": row.version,
        "bidders_known": row.bidders_known,
        "to_clear": row.to_clear,
    });
    w.record(Record::new(scope.id(), "tendering.interest.declare", row.id, body));
    Ok(Last { row, clearances: Vec::new() })
}

/// The caller's own last declaration, if there is one, and what it opens.
pub async fn own(r: &Reading, procurement_id: Uuid) -> Result<(Option<Last>, Standing), Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    r.caller().person()?;
    let last = standing::own(r, &scope).await?;
    let standing = standing::of(last.as_ref(), &scope);
    Ok((last, standing))
}

/// The suppliers whose bids were opened, by name: what is declared of after the opening. None before that; then names are
/// told to everybody with a part who is not barred, so that they can declare, and nothing else is.
pub async fn bidders(r: &Reading, procurement_id: Uuid) -> Result<Vec<String>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let barred = standing::of_caller(r, &scope).await? == Standing::Barred;
    if barred || !scope.is_opened() || scope.roles.is_empty() {
        return Ok(Vec::new());
    }
    let bids = entity::bid::Entity::find()
        .filter(entity::bid::Column::ProcurementId.eq(scope.id()))
        .all(r.txn())
        .await?;
    let suppliers = supplier::Entity::find()
        .filter(supplier::Column::Id.is_in(bids.iter().map(|bid| bid.supplier_id)))
        .order_by_asc(supplier::Column::Name)
        .all(r.txn())
        .await?;
    Ok(suppliers.into_iter().map(|row| row.name).collect())
}

/// Everybody with a part in the procurement and what was declared, by council and name. Coordinators and approvers see
/// it.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Declared>, Refusal> {
    let scope = overseen(r, procurement_id).await?;
    paging.cut_whole(everybody(r, &scope).await?, |declared| declared.person.id.to_string())
}

/// One person with a part in the procurement and what was declared. Coordinators and approvers see it.
pub async fn of_person(r: &Reading, procurement_id: Uuid, person_id: Uuid) -> Result<Declared, Refusal> {
    let scope = overseen(r, procurement_id).await?;
    let everybody = everybody(r, &scope).await?;
    let found = everybody.into_iter().find(|declared| declared.person.id == person_id);
    found.ok_or_else(|| Refusal::not_found("person in this procurement"))
}

/// The procurement for those who look after others' interests.
async fn overseen(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    must_look_after(&scope)?;
    standing::must_not_be_barred(r, &scope).await?;
    Ok(scope)
}

fn must_look_after(scope: &Scope) -> Result<(), Refusal> {
    if looks_after(scope) {
        return Ok(());
    }
    Err(Refusal::forbidden("Coordinators and approvers see what others declared, and clear it."))
}

/// Whether the caller sees what others declared, and clears it.
#[must_use]
pub fn looks_after(scope: &Scope) -> bool {
    scope.holds(Role::Coordinator) || scope.holds(Role::Approver)
}

/// Everybody with a part and everybody who ever declared. Unauthorised.
pub(super) async fn everybody(r: &Reading, scope: &Scope) -> Result<Vec<Declared>, Refusal> {
    let roles = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .all(r.txn())
        .await?;
    let mut all = standing::all(r, scope.id()).await?;
    let ids = roles.iter().map(|role| role.person_id).chain(all.keys().copied()).collect();
    let found = people::with_councils(r, ids).await?;
    let declared = found.into_iter().map(|(person, council)| {
        let last = all.remove(&person.id);
        Declared {
            council,
            roles: roles.iter().filter(|role| role.person_id == person.id).map(|role| role.role.0).collect(),
            standing: standing::of(last.as_ref(), scope),
            last,
            person,
        }
    });
    Ok(declared.collect())
}
