//! Keys for the REST API: an officer's token acts as the person, a council's key as the council's own system. The secret
//! is shown once; its hash is kept. Keys expire, cover named kinds of action, and can be taken back at once.

use chrono::TimeDelta;
use entity::{api_key, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Action, Caller, Faults, Paging, Reading, Refusal, Slice, Writing};

/// The longest life of a key, in days.
pub const MAX_DAYS: i32 = 365;
/// What a council's key may cover: marks, openings and decisions are people's acts, and keys do not make keys.
pub const COUNCIL_ACTIONS: &[Action] = &[Action::Read, Action::Pool, Action::Decide];

/// What is entered about a key.
#[derive(Clone, Debug, Default)]
pub struct KeyInput {
    /// What it is for, in its owner's words.
    pub name: String,
    /// Whether it is the council's key rather than the officer's own token.
    pub for_council: bool,
    /// The kinds of action it covers; see [`Action`].
    pub scopes: Vec<String>,
    /// How many days it works, 1 to [`MAX_DAYS`].
    pub days: String,
}

/// A new key, and its secret for the only time.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The key.
    pub key: api_key::Model,
    /// The secret to send as bearer.
    pub secret: String,
}

/// Makes a key. A token is made by its officer; a council's key by the council's administrator.
pub async fn make(w: &Writing, input: KeyInput) -> Result<NewKey, Refusal> {
    w.caller().needs(Action::People)?;
    let person = w.caller().person()?;
    if input.for_council && !(person.council_administrator && person.council_id.is_some()) {
        return Err(Refusal::forbidden("Only an administrator of the council can make its keys."));
    }
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 100);
    let days = faults.whole("days", &input.days, 1, MAX_DAYS);
    let possible = if input.for_council { COUNCIL_ACTIONS } else { Action::ALL };
    for scope in &input.scopes {
        if !possible.iter().any(|action| action.as_str() == scope) {
            let words: Vec<_> = possible.iter().map(|action| action.as_str()).collect();
            faults.add(
                "scopes",
                "unknown_word",
                format!("`{scope}` is not possible here: choose from {}.", words.join(", ")),
            );
        }
    }
    // Nobody hands on more than the sign-in or key in hand allows.
    for action in Action::ALL.iter().filter(|action| input.scopes.iter().any(|word| word == action.as_str()))
    {
        let held = w.caller().needs(*action).is_ok();
        faults.require(
            held,
            "scopes",
            "beyond_own",
            "Your own key does not cover all of this: choose fewer kinds.",
        );
    }
    faults.require(!input.scopes.is_empty(), "scopes", "missing", "Choose at least one kind of action.");
    faults.done()?;
    let secret = new_secret()?;
    let row = api_key::ActiveModel {
        id: Set(Uuid::now_v7()),
        secret_hash: Set(sha256_hex(&secret)),
        name: Set(name),
        council_id: Set(person.council_id),
        person_id: Set((!input.for_council).then_some(person.id)),
        scopes: Set(input.scopes.join(" ")),
        created_by: Set(person.id),
        created_at: Set(w.now()),
        expires_at: Set(w.now() + TimeDelta::days(i64::from(days))),
        used_at: Set(None),
        revoked_at: Set(None),
    };
    let key = api_key::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({ "scopes": key.scopes, "for_council": input.for_council, "days": days });
    w.record(Record::people("people.key.make", key.id, body));
    Ok(NewKey { key, secret })
}

/// A token for a person who has just shown the password.
pub(super) async fn for_sign_in(
    w: &Writing,
    person: &person::Model,
    lifetime: TimeDelta,
) -> Result<NewKey, Refusal> {
    let secret = new_secret()?;
    let scopes: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
    let row = api_key::ActiveModel {
        id: Set(Uuid::now_v7()),
        secret_hash: Set(sha256_hex(&secret)),
        name: Set("Signed in through the API".to_owned()),
        council_id: Set(person.council_id),
        person_id: Set(Some(person.id)),
        scopes: Set(scopes.join(" ")),
        created_by: Set(person.id),
        created_at: Set(w.now()),
        expires_at: Set(w.now() + lifetime),
        used_at: Set(None),
        revoked_at: Set(None),
    };
    let key = api_key::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::people("people.key.sign_in", key.id, json!({ "person": person.id })));
    Ok(NewKey { key, secret })
}

/// The caller's own tokens and, for an administrator, the council's keys, newest first.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<api_key::Model>, Refusal> {
    let mut query = api_key::Entity::find().filter(own(r)?);
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(api_key::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(api_key::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}

/// Takes a key back; it stops working with the next request.
pub async fn revoke(w: &Writing, id: Uuid) -> Result<api_key::Model, Refusal> {
    let found = api_key::Entity::find_by_id(id).filter(own(w)?).one(w.txn()).await?;
    let key = found.ok_or_else(|| Refusal::not_found("key"))?;
    if key.revoked_at.is_none() {
        api_key::Entity::update_many()
            .col_expr(api_key::Column::RevokedAt, Expr::value(w.now()))
            .filter(api_key::Column::Id.eq(id))
            .exec(w.txn())
            .await?;
        w.record(Record::people("people.key.revoke", id, json!({})));
    }
    Ok(api_key::Model { revoked_at: key.revoked_at.or(Some(w.now())), ..key })
}

/// The keys a caller may see and take back.
fn own(r: &Reading) -> Result<Condition, Refusal> {
    r.caller().needs(Action::People)?;
    let Caller::Person(person) = r.caller() else {
        return Err(Refusal::forbidden("Only a person can manage keys."));
    };
    let mut mine = Condition::any().add(api_key::Column::PersonId.eq(person.id));
    if let Some(council) = person.council_id.filter(|_| person.council_administrator) {
        let councils = Condition::all()
            .add(api_key::Column::CouncilId.eq(council))
            .add(api_key::Column::PersonId.is_null());
        mine = mine.add(councils);
    }
    Ok(mine)
}
