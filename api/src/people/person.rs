//! People: officers of councils, and outsiders whom a council attaches to its panels.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::word::LinkPurpose;
use entity::{api_key, council, person, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{council::administered, letters, password};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing};

const WELCOME_LIFETIME: TimeDelta = TimeDelta::days(7);

/// What is entered about a person.
#[derive(Clone, Debug, Default)]
pub struct PersonInput {
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Whether the person administers the council's people and keys.
    pub council_administrator: bool,
    /// Whether the person is no officer, but attached to panels.
    pub outsider: bool,
}

/// An invited person. Where no mail server is set up, the one-time link is told to the inviter, once, to be handed over.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The person.
    pub person: person::Model,
    /// The link to set a password, where it could not be mailed.
    pub link: Option<String>,
}

/// Adds a person to a council and mails a link to set a password. The council's administrator may, and a site
/// administrator.
pub async fn invite(w: &Writing, council_id: Uuid, input: PersonInput) -> Result<Invited, Refusal> {
    let council = administered(w, council_id).await?;
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 200);
    let email = faults.email("email", &input.email);
    let both = input.outsider && input.council_administrator;
    faults.require(!both, "outsider", "not_both", "An outsider cannot administer the council.");
    faults.done()?;
    if person::Entity::find().filter(person::Column::Email.eq(email.as_str())).one(w.txn()).await?.is_some() {
        return Err(Refusal::field(
            "email",
            "already_exists",
            "Somebody with this address has an account already.",
        ));
    }
    let row = person::ActiveModel {
        id: Set(Uuid::now_v7()),
        email: Set(email),
        name: Set(name),
        council_id: Set(Some(council.id)),
        site_administrator: Set(false),
        council_administrator: Set(input.council_administrator),
        outsider: Set(input.outsider),
        password_hash: Set(None),
        disabled_at: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let person = person::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let link = send_welcome(w, &council, &person).await?;
    let body = json!({ "council": council.id, "administrator": person.council_administrator, "outsider": person.outsider });
    w.record(Record::people("people.person.invite", person.id, body));
    Ok(Invited { person, link })
}

async fn send_welcome(
    w: &Writing,
    council: &council::Model,
    person: &person::Model,
) -> Result<Option<String>, Refusal> {
    let secret = password::make_link(w, LinkPurpose::Welcome, person, WELCOME_LIFETIME).await?;
    letters::welcome(w, council, person, &secret).await?;
    Ok((!w.installation().sends_mail).then(|| letters::password_link(w, &secret)))
}

/// What people are called, by their ids. Unauthorised: for operations that let their caller in.
pub(crate) async fn names(
    r: &Reading,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Refusal> {
    let rows = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(r.txn()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The people of a council that the caller administers, by address.
pub async fn list(r: &Reading, council_id: Uuid, paging: &Paging) -> Result<Slice<person::Model>, Refusal> {
    administered(r, council_id).await?;
    let mut query = person::Entity::find().filter(person::Column::CouncilId.eq(council_id));
    if let Some(after) = &paging.after {
        query = query.filter(person::Column::Email.gt(after.as_str()));
    }
    let rows = query.order_by_asc(person::Column::Email).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.email.clone()))
}

/// One person of a council that the caller administers.
pub async fn one(r: &Reading, council_id: Uuid, id: Uuid) -> Result<person::Model, Refusal> {
    administered(r, council_id).await?;
    person::Entity::find_by_id(id)
        .filter(person::Column::CouncilId.eq(council_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("person"))
}

/// Closes an account: its sessions end and its tokens stop working at once.
pub async fn disable(w: &Writing, council_id: Uuid, id: Uuid, seen: i64) -> Result<person::Model, Refusal> {
    let person = one(w, council_id, id).await?;
    let changed = person::Entity::update_many()
        .col_expr(person::Column::DisabledAt, Expr::value(w.now()))
        .col_expr(person::Column::Version, Expr::value(seen + 1))
        .filter(person::Column::Id.eq(person.id))
        .filter(person::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    session::Entity::delete_many().filter(session::Column::PersonId.eq(id)).exec(w.txn()).await?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(w.now()))
        .filter(api_key::Column::PersonId.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(w.txn())
        .await?;
    w.record(Record::people("people.person.disable", id, json!({})));
    one(w, council_id, id).await
}

/// People with the names of their councils, by council and name. Unauthorised.
pub(crate) async fn with_councils(
    r: &Reading,
    ids: Vec<Uuid>,
) -> Result<Vec<(person::Model, String)>, Refusal> {
    let people = person::Entity::find()
        .filter(person::Column::Id.is_in(ids))
        .order_by_asc(person::Column::Name)
        .order_by_asc(person::Column::Id)
        .all(r.txn())
        .await?;
    let councils = council::Entity::find()
        .filter(council::Column::Id.is_in(people.iter().filter_map(|person| person.council_id)))
        .all(r.txn())
        .await?;
    let name = |id: Option<Uuid>| {
        councils.iter().find(|row| Some(row.id) == id).map(|row| row.name.clone()).unwrap_or_default()
    };
    let mut named: Vec<_> = people.into_iter().map(|person| (name(person.council_id), person)).collect();
    named.sort_by(|a, b| (&a.0, &a.1.name, a.1.id).cmp(&(&b.0, &b.1.name, b.1.id)));
    Ok(named.into_iter().map(|(council, person)| (person, council)).collect())
}
