//! Declarations of interest (PA23 s.81-83; DOMAIN rule 12): none, access with mitigation, or barred.

use entity::{Word, interest, person, procurement_role};
use rules::words::{Interest, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::panel;
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

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
    /// The declaration, if there is one.
    pub declaration: Option<interest::Model>,
}

/// Declares the caller's own interests, at any stage; a change is a new version. `seen` is 0 for the first. Who is
/// barred cannot lift that alone: the coordinator does, by [`assess`].
pub async fn declare(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: InterestInput,
) -> Result<interest::Model, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    let person = w.caller().person()?.id;
    if scope.roles.is_empty() {
        return Err(Refusal::forbidden(
            "Interests are declared by people with a part in this procurement: ask the coordinator for one.",
        ));
    }
    let before = panel::declaration(w, &scope).await?;
    let (word, detail) = check(&input)?;
    if before.as_ref().is_some_and(|row| row.interest.0 == Interest::Barred) && word != Interest::Barred {
        return Err(Refusal::conflict(
            "barred",
            "You are barred. Only the coordinator can change that, with the reason.",
        ));
    }
    store(w, &scope, person, before, seen, (word, detail)).await
}

/// Records what a person's interests are held to be. The coordinator may, for others; the words are the reason.
pub async fn assess(
    w: &Writing,
    procurement_id: Uuid,
    person_id: Uuid,
    seen: i64,
    input: InterestInput,
) -> Result<interest::Model, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Score).await?;
    scope.must_coordinate()?;
    panel::must_not_be_barred(w, &scope).await?;
    if w.caller().person()?.id == person_id {
        return Err(Refusal::forbidden("Declare your own interests on your own page."));
    }
    let held = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .filter(procurement_role::Column::PersonId.eq(person_id))
        .one(w.txn())
        .await?;
    held.ok_or_else(|| Refusal::not_found("person in this procurement"))?;
    let before = interest::Entity::find()
        .filter(interest::Column::ProcurementId.eq(scope.id()))
        .filter(interest::Column::PersonId.eq(person_id))
        .one(w.txn())
        .await?;
    let mut faults = Faults::new();
    panel::check_reason(&mut faults, "detail", &input.detail);
    faults.done()?;
    let checked = check(&input)?;
    store(w, &scope, person_id, before, seen, checked).await
}

fn check(input: &InterestInput) -> Result<(Interest, String), Refusal> {
    let mut faults = Faults::new();
    let word = faults.word("interest", &input.interest, Interest::Nothing);
    let detail = if word == Interest::Nothing {
        faults.optional("detail", Some(&input.detail), 5_000).unwrap_or_default()
    } else {
        panel::check_reason(&mut faults, "detail", &input.detail)
    };
    faults.done()?;
    Ok((word, detail))
}

async fn store(
    w: &Writing,
    scope: &Scope,
    person_id: Uuid,
    before: Option<interest::Model>,
    seen: i64,
    (word, detail): (Interest, String),
) -> Result<interest::Model, Refusal> {
    if before.as_ref().map_or(0, |row| row.version) != seen {
        return Err(Refusal::stale());
    }
    let row = if let Some(before) = &before {
        let changed = interest::Entity::update_many()
            .col_expr(interest::Column::Interest, Expr::value(Word(word)))
            .col_expr(interest::Column::Detail, Expr::value(detail.as_str()))
            .col_expr(interest::Column::DeclaredAt, Expr::value(w.now()))
            .col_expr(interest::Column::Version, Expr::value(seen + 1))
            .filter(interest::Column::Id.eq(before.id))
            .filter(interest::Column::Version.eq(seen))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
        let row = interest::Entity::find_by_id(before.id).one(w.txn()).await?;
        row.ok_or_else(|| Refusal::not_found("declaration"))?
    } else {
        let row = interest::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(scope.id()),
            person_id: Set(person_id),
            interest: Set(Word(word)),
            detail: Set(detail),
            declared_at: Set(w.now()),
            version: Set(1),
        };
        interest::Entity::insert(row).exec_with_returning(w.txn()).await?
    };
    let body = json!({
        "person": person_id,
        "before": before.map(|row| row.interest.0.as_str()),
        "interest": word.as_str(),
        "detail": text_hash(row.id, &row.detail),
        "version": row.version,
    });
    w.record(Record::new(scope.id(), "scoring.interest.declare", row.id, body));
    Ok(row)
}

/// The caller's own declaration, if there is one.
pub async fn own(r: &Reading, procurement_id: Uuid) -> Result<Option<interest::Model>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    r.caller().person()?;
    panel::declaration(r, &scope).await
}

/// Everybody with a part in the procurement and what was declared, by council and name. The coordinator sees it.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Declared>, Refusal> {
    super::cut(everybody(r, procurement_id).await?, paging)
}

/// One person with a part in the procurement and what was declared. The coordinator sees it.
pub async fn of_person(r: &Reading, procurement_id: Uuid, person_id: Uuid) -> Result<Declared, Refusal> {
    let everybody = everybody(r, procurement_id).await?;
    let found = everybody.into_iter().find(|declared| declared.person.id == person_id);
    found.ok_or_else(|| Refusal::not_found("person in this procurement"))
}

async fn everybody(r: &Reading, procurement_id: Uuid) -> Result<Vec<Declared>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    scope.must_coordinate()?;
    let roles = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .all(r.txn())
        .await?;
    let rows =
        interest::Entity::find().filter(interest::Column::ProcurementId.eq(scope.id())).all(r.txn()).await?;
    let ids = roles.iter().map(|role| role.person_id).chain(rows.iter().map(|row| row.person_id)).collect();
    let people = panel::people(r, ids).await?;
    let declared = people.into_iter().map(|(person, council)| Declared {
        council,
        roles: roles.iter().filter(|role| role.person_id == person.id).map(|role| role.role.0).collect(),
        declaration: rows.iter().find(|row| row.person_id == person.id).cloned(),
        person,
    });
    Ok(declared.collect())
}
