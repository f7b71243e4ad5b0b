//! Signing in and out.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{person, session};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::key::{self, NewKey};
use super::password;
use crate::kernel::identity::SESSION_LIFETIME;
use crate::kernel::ledger::Record;
use crate::kernel::limit::Limit;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Caller, Db, Refusal};

/// A wrong password costs this much patience, so that guessing is slow.
const AFTER_A_MISS: Duration = Duration::from_millis(700);
/// Tries at one address since it was last signed in with, which make each further one slower. Nobody is locked out: that would
/// let a stranger keep an officer from an opening. A use is never refused, so `most` says nothing here.
const TRIES: Limit = Limit { name: "sign-in", most: i64::MAX, window: TimeDelta::minutes(15) };
/// So many tries are as quick as ever: people mistype.
const FREE_TRIES: i64 = 3;
/// The longest wait before a password is looked at.
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// How long a try waits after so many others: one second, then twice as long each time.
fn patience(tries_before: i64) -> Duration {
    let further = tries_before - FREE_TRIES;
    if further < 0 {
        return Duration::ZERO;
    }
    let doubled = u32::try_from(further).ok().and_then(|further| 2_u64.checked_pow(further));
    doubled.map_or(LONGEST_WAIT, Duration::from_secs).min(LONGEST_WAIT)
}

/// The person whose address and password these are. It takes as long where there is no such person.
///
/// A try is counted before its password is looked at, whoever's it is: many at once wait as long as many in a row, and
/// neither the wait nor the answer tells whether there is such a person.
async fn person_of(db: &Db, email: &str, password: String) -> Result<person::Model, Refusal> {
    let address = email.trim().to_lowercase();
    let whose = address.clone();
    let tries = db.write(&Caller::System, move |w| async move { TRIES.note(&w, &whose).await }).await?;
    tokio::time::sleep(patience(tries)).await;
    let row = by_password(db, address.clone(), password).await?;
    db.write(&Caller::System, move |w| async move { TRIES.forget(&w, &address).await }).await?;
    Ok(row)
}

async fn by_password(db: &Db, address: String, password: String) -> Result<person::Model, Refusal> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use std::time::Duration;

    use entity::limit_count;
    use sea_orm::EntityTrait;

    use super::{LONGEST_WAIT, patience, sign_in};
    use crate::kernel::Caller;
    use crate::kernel::testing::{World, person_id};
    use crate::people::password;

    async fn tries(world: &World) -> i64 {
        let rows = world
            .read(&Caller::System, |r| async move { Ok(limit_count::Entity::find().all(r.txn()).await?) })
            .await
            .unwrap();
        rows.iter().map(|row| row.uses).sum()
    }

    #[tokio::test]
    async fn wrong_tries_are_counted_and_a_right_one_ends_the_count() {
        let world = World::new().await;
        let officer = world.officer(&world.council("Ashvale").await, "Officer").await;
        let id = person_id(&officer);
        let hash = password::hash("a long passphrase".to_owned()).await.unwrap();
        world
            .write(&Caller::System, move |w| async move { password::keep(&w, id, hash).await })
            .await
            .unwrap();
        let email = format!("{id}@ashvale.example");
        for wrong in 1..=2 {
            let refused = sign_in(&world.db, &email, "another passphrase".to_owned()).await.unwrap_err();
            assert_eq!((refused.code.as_str(), tries(&world).await), ("wrong_password", wrong));
        }
        // Also for an address that is nobody's: the wait must not tell who has an account.
        sign_in(&world.db, "nobody@ashvale.example", "another passphrase".to_owned()).await.unwrap_err();
        assert_eq!(tries(&world).await, 3);
        sign_in(&world.db, &email.to_uppercase(), "a long passphrase".to_owned()).await.unwrap();
        assert_eq!(tries(&world).await, 1, "the other address’s own");
    }

    #[test]
    fn each_further_try_waits_longer_and_none_for_ever() {
        let seconds: Vec<u64> = (0..9).map(|tries| patience(tries).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 8, 16, 16]);
        assert_eq!(patience(i64::MAX), LONGEST_WAIT);
        assert_eq!(patience(64 + 3), LONGEST_WAIT, "also where the power overflows");
        assert!(patience(0) == Duration::ZERO);
    }
}
