//! Signing in and out.

use std::time::Duration;

use entity::{person, session};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::key::{self, NewKey};
use super::password;
use crate::kernel::identity::SESSION_LIFETIME;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Caller, Db, Refusal};

/// A wrong password costs this much patience, so that guessing is slow.
const AFTER_A_MISS: Duration = Duration::from_millis(700);

/// The person whose address and password these are. It takes as long where there is no such person.
async fn person_of(db: &Db, email: &str, password: String) -> Result<person::Model, Refusal> {
    let address = email.trim().to_lowercase();
    let row = db
        .read(&Caller::Nobody, move |r| async move {
            Ok(person::Entity::find().filter(person::Column::Email.eq(address)).one(r.txn()).await?)
        })
        .await?
        .filter(|person| person.disabled_at.is_none());
    let stored = row.as_ref().and_then(|person| person.password_hash.clone());
    let wrong = || Refusal::invalid("wrong_password", "The address or the password is wrong.");
    if !password::verify(password, stored).await? {
        tokio::time::sleep(AFTER_A_MISS).await;
        return Err(wrong());
    }
    row.ok_or_else(wrong)
}

/// Makes a token that covers everything its officer may do and lasts as long as a session. For programs that a person
/// starts; lasting ones use a key of their own with fewer scopes.
pub async fn token(db: &Db, email: &str, password: String) -> Result<NewKey, Refusal> {
    let person = person_of(db, email, password).await?;
    db.write(&Caller::System, move |w| async move { key::for_sign_in(&w, &person, SESSION_LIFETIME).await })
        .await
}

/// Signs a person in and tells the new session's secret. An earlier session of the browser is ended by the caller.
pub async fn sign_in(db: &Db, email: &str, password: String) -> Result<String, Refusal> {
    let person = person_of(db, email, password).await?.id;
    let secret = new_secret()?;
    let id_hash = sha256_hex(&secret);
    db.write(&Caller::System, move |w| async move {
        let row = session::ActiveModel {
            id_hash: Set(id_hash),
            person_id: Set(Some(person)),
            data: Set("{}".to_owned()),
            created_at: Set(w.now()),
            seen_at: Set(w.now()),
            expires_at: Set(w.now() + SESSION_LIFETIME),
        };
        session::Entity::insert(row).exec_without_returning(w.txn()).await?;
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(w.now())).exec(w.txn()).await?;
        w.record(Record::people("people.session.begin", person, json!({})));
        Ok(())
    })
    .await?;
    Ok(secret)
}

/// Ends a session.
pub async fn sign_out(db: &Db, secret: &str) -> Result<(), Refusal> {
    let id_hash = sha256_hex(secret);
    db.write(&Caller::System, move |w| async move {
        session::Entity::delete_by_id(id_hash).exec(w.txn()).await?;
        Ok(())
    })
    .await
}
