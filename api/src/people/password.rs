//! Passwords: Argon2id, set and reset by one-time links.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use chrono::TimeDelta;
use entity::word::LinkPurpose;
use entity::{Word, one_time_link, person, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use uuid::Uuid;

use super::letters;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Action, Caller, Db, Faults, Refusal, Writing};

/// The shortest password: long enough for a passphrase, with no rules about its characters (NIST SP 800-63B).
const LEAST: usize = 12;
const MOST: usize = 200;
const RESET_LIFETIME: TimeDelta = TimeDelta::hours(2);

/// Notes what is wrong with a new password.
pub fn check(faults: &mut Faults, field: &str, password: &str) {
    let length = password.chars().count();
    faults.require(length >= LEAST, field, "too_short", "Choose a password of at least 12 characters.");
    faults.require(length <= MOST, field, "too_long", "Choose a password of at most 200 characters.");
}

/// As many passwords are hashed at once as keep the rest of the service answering: each takes 19 MiB and a core.
static TURNS: Semaphore = Semaphore::const_new(2);
/// What an unknown address is measured against, so that it takes as long as a known one.
static NOBODYS: OnceCell<String> = OnceCell::const_new();

async fn turn() -> Result<SemaphorePermit<'static>, Refusal> {
    TURNS.acquire().await.map_err(|error| Refusal::internal(&error))
}

/// Hashes a password, on a thread of its own: it takes a while on purpose.
pub async fn hash(password: String) -> Result<String, Refusal> {
    let _turn = turn().await?;
    let salt = new_secret()?;
    tokio::task::spawn_blocking(move || {
        let salt =
            SaltString::encode_b64(&salt.as_bytes()[..16]).map_err(|error| Refusal::internal(&error))?;
        Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| Refusal::internal(&error))
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

/// Tells whether a password is the one that was hashed; takes as long where there is no hash.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, Refusal> {
    let known = stored.is_some();
    let stored = match stored {
        Some(hash) => hash,
        None => NOBODYS.get_or_try_init(|| hash("an account that does not exist".to_owned())).await?.clone(),
    };
    let _turn = turn().await?;
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&stored).map_err(|error| Refusal::internal(&error))?;
        Ok(known && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
    .unwrap_or_else(|error| Err(Refusal::internal(&error)))
}

/// Uses a one-time link up, or says that it does not work any more.
pub async fn use_link(
    w: &Writing,
    token_hash: &str,
    purposes: &[LinkPurpose],
) -> Result<one_time_link::Model, Refusal> {
    let gone = || {
        Refusal::conflict(
            "link_used",
            "This link does not work any more: it was used before or is too old. Ask for a new one.",
        )
    };
    let row =
        one_time_link::Entity::find_by_id(token_hash.to_owned()).one(w.txn()).await?.ok_or_else(gone)?;
    if !purposes.contains(&row.purpose.0) || row.used_at.is_some() || row.expires_at <= w.now() {
        return Err(gone());
    }
    let used = one_time_link::Entity::update_many()
        .col_expr(one_time_link::Column::UsedAt, Expr::value(w.now()))
        .filter(one_time_link::Column::TokenHash.eq(token_hash))
        .filter(one_time_link::Column::UsedAt.is_null())
        .exec(w.txn())
        .await?;
    if used.rows_affected == 1 { Ok(row) } else { Err(gone()) }
}

/// Makes a one-time link for a person and tells its secret.
pub(super) async fn make_link(
    w: &Writing,
    purpose: LinkPurpose,
    person: &person::Model,
    lifetime: TimeDelta,
) -> Result<String, Refusal> {
    let secret = new_secret()?;
    let row = one_time_link::ActiveModel {
        token_hash: Set(sha256_hex(&secret)),
        purpose: Set(Word(purpose)),
        person_id: Set(Some(person.id)),
        email: Set(Some(person.email.clone())),
        procurement_id: Set(None),
        invitation_id: Set(None),
        created_at: Set(w.now()),
        expires_at: Set(w.now() + lifetime),
        used_at: Set(None),
    };
    one_time_link::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(secret)
}

/// Sends a link to set a new password, where the address belongs to somebody. The answer is the same where it does not.
pub async fn request_reset(w: &Writing, email: &str) -> Result<(), Refusal> {
    let mut faults = Faults::new();
    let email = faults.email("email", email);
    faults.done()?;
    let row = person::Entity::find().filter(person::Column::Email.eq(email)).one(w.txn()).await?;
    let Some(person) = row.filter(|person| person.disabled_at.is_none()) else { return Ok(()) };
    let secret = make_link(w, LinkPurpose::PasswordReset, &person, RESET_LIFETIME).await?;
    letters::password_reset(w, &person, &secret).await?;
    w.record(Record::people("people.password.ask_reset", person.id, json!({})));
    Ok(())
}

/// Makes a link to set a new password for a person who is signed in and enters the present one: a browser left open is
/// not enough. Tells the link's secret.
pub async fn ask_change(db: &Db, caller: &Caller, present: String) -> Result<String, Refusal> {
    caller.needs(Action::People)?;
    let id = caller.person()?.id;
    let found = db
        .read(caller, move |r| async move { Ok(person::Entity::find_by_id(id).one(r.txn()).await?) })
        .await?;
    let person = found.ok_or_else(|| Refusal::not_found("person"))?;
    if !verify(present, person.password_hash.clone()).await? {
        return Err(Refusal::field("present", "wrong_password", "This is not your present password."));
    }
    db.write(caller, move |w| async move {
        let secret = make_link(&w, LinkPurpose::PasswordReset, &person, RESET_LIFETIME).await?;
        w.record(Record::people("people.password.ask_change", person.id, json!({})));
        Ok(secret)
    })
    .await
}

/// Sets a password with a one-time link, and ends the person's sessions.
pub async fn set(db: &Db, token: &str, password: String, again: &str) -> Result<Uuid, Refusal> {
    let mut faults = Faults::new();
    check(&mut faults, "password", &password);
    faults.require(password == again, "again", "differs", "Enter the same password twice.");
    faults.done()?;
    let hash = hash(password).await?;
    let token = sha256_hex(token);
    db.write(&Caller::System, move |w| async move {
        let link = use_link(&w, &token, &[LinkPurpose::Welcome, LinkPurpose::PasswordReset]).await?;
        let id = link.person_id.ok_or_else(|| Refusal::not_found("person"))?;
        keep(&w, id, hash).await?;
        Ok(id)
    })
    .await
}

/// Keeps a person's new password hash and ends the sessions that began with the old one.
pub(crate) async fn keep(w: &Writing, id: Uuid, hash: String) -> Result<(), Refusal> {
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(hash))
        .filter(person::Column::Id.eq(id))
        .exec(w.txn())
        .await?;
    session::Entity::delete_many().filter(session::Column::PersonId.eq(id)).exec(w.txn()).await?;
    w.record(Record::people("people.password.set", id, json!({})));
    Ok(())
}
