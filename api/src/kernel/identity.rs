//! Turns a presented secret into a caller: a session cookie, an officer's token, a council's key or a supplier's secret.
//! Only hashes are stored, so a copy of the database lets nobody in.

use chrono::TimeDelta;
use entity::{api_key, council, invitation, invitation_member, person, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::caller::Person;
use super::secrets::sha256_hex;
use super::{Action, Caller, Db, Reading, Refusal};

/// A session ends after this long without use.
pub const SESSION_IDLE: TimeDelta = TimeDelta::hours(4);
/// A session ends after this long whatever happens.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::hours(12);
/// Uses are noted at most this often, so that reading pages does not write.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Who a bearer secret belongs to.
pub async fn of_bearer(db: &Db, secret: &str) -> Result<Caller, Refusal> {
    let hash = sha256_hex(secret);
    let found = db.read(&Caller::Nobody, move |r| async move { bearer(&r, &hash).await }).await?;
    let Some((caller, used)) = found else { return Err(Refusal::unauthenticated()) };
    if let Some(key) = used {
        db.write(&Caller::System, move |w| async move {
            api_key::Entity::update_many()
                .col_expr(api_key::Column::UsedAt, Expr::value(w.now()))
                .filter(api_key::Column::Id.eq(key))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await?;
    }
    Ok(caller)
}

/// The caller, and the key whose use is to be noted.
async fn bearer(r: &Reading, hash: &str) -> Result<Option<(Caller, Option<uuid::Uuid>)>, Refusal> {
    let key = api_key::Entity::find().filter(api_key::Column::SecretHash.eq(hash)).one(r.txn()).await?;
    if let Some(key) = key.filter(|key| key.revoked_at.is_none() && key.expires_at > r.now()) {
        let note = key.used_at.is_none_or(|used| used + NOTE_USE_EVERY < r.now());
        let scopes: Vec<Action> = Action::ALL
            .iter()
            .copied()
            .filter(|action| key.scopes.split(' ').any(|word| word == action.as_str()))
            .collect();
        let caller = match (key.person_id, key.council_id) {
            (Some(person), _) => whole_person(r, person, Some(scopes)).await?,
            (None, Some(council_id)) => Some(Caller::Council { key_id: key.id, council_id, scopes }),
            (None, None) => None,
        };
        return Ok(caller.map(|caller| (caller, note.then_some(key.id))));
    }
    Ok(supplier(r, hash).await?.map(|caller| (caller, None)))
}

/// The supplier in whose team a secret is.
async fn supplier(r: &Reading, hash: &str) -> Result<Option<Caller>, Refusal> {
    let member = invitation_member::Entity::find()
        .filter(invitation_member::Column::SecretHash.eq(hash))
        .filter(invitation_member::Column::RemovedAt.is_null())
        .one(r.txn())
        .await?;
    let Some(member) = member else { return Ok(None) };
    let row = invitation::Entity::find_by_id(member.invitation_id).one(r.txn()).await?;
    Ok(row.filter(|row| row.expires_at > r.now()).map(|row| Caller::Supplier {
        member_id: member.id,
        invitation_id: row.id,
        procurement_id: row.procurement_id,
        supplier_id: row.supplier_id,
    }))
}

/// Who a session cookie belongs to; nobody where it has ended.
pub async fn of_session(db: &Db, secret: &str) -> Result<Caller, Refusal> {
    let hash = sha256_hex(secret);
    let looked_up = hash.clone();
    let found = db
        .read(&Caller::Nobody, move |r| async move {
            let Some(row) = session::Entity::find_by_id(looked_up).one(r.txn()).await? else {
                return Ok(None);
            };
            if row.expires_at <= r.now() || row.seen_at + SESSION_IDLE <= r.now() {
                return Ok(None);
            }
            let note = row.seen_at + NOTE_USE_EVERY < r.now();
            let caller = match row.person_id {
                Some(person) => whole_person(&r, person, None).await?,
                None => None,
            };
            Ok(caller.map(|caller| (caller, note)))
        })
        .await?;
    let Some((caller, note)) = found else { return Ok(Caller::Nobody) };
    if note {
        db.write(&Caller::System, move |w| async move {
            session::Entity::update_many()
                .col_expr(session::Column::SeenAt, Expr::value(w.now()))
                .filter(session::Column::IdHash.eq(hash))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await?;
    }
    Ok(caller)
}

/// A person as a caller, unless the account is closed.
pub async fn whole_person(
    r: &Reading,
    id: uuid::Uuid,
    scopes: Option<Vec<Action>>,
) -> Result<Option<Caller>, Refusal> {
    let Some(row) = person::Entity::find_by_id(id).one(r.txn()).await? else { return Ok(None) };
    if row.disabled_at.is_some() {
        return Ok(None);
    }
    let council = match row.council_id {
        Some(id) => council::Entity::find_by_id(id).one(r.txn()).await?,
        None => None,
    };
    Ok(Some(Caller::Person(Person {
        id: row.id,
        name: row.name,
        council_id: row.council_id,
        council_name: council.map(|row| row.name),
        site_administrator: row.site_administrator,
        council_administrator: row.council_administrator,
        outsider: row.outsider,
        scopes,
    })))
}
