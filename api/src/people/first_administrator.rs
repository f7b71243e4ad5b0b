//! The first administrator: made with a one-time link that is printed when a database has no people yet.

use chrono::TimeDelta;
use entity::word::LinkPurpose;
use entity::{Word, one_time_link, person};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::password;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Caller, Db, Faults, Refusal, Writing};

/// How long the printed link works; starting the program again prints a new one.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Makes a new link where nobody has an account yet, and tells its address. Earlier links stop working.
pub async fn link(db: &Db) -> Result<Option<String>, Refusal> {
    let secret = new_secret()?;
    let hash = sha256_hex(&secret);
    let needed = db
        .write(&Caller::System, move |w| async move {
            if person::Entity::find().count(w.txn()).await? > 0 {
                return Ok(false);
            }
            one_time_link::Entity::delete_many()
                .filter(one_time_link::Column::Purpose.eq(Word(LinkPurpose::FirstAdministrator)))
                .exec(w.txn())
                .await?;
            let row = one_time_link::ActiveModel {
                token_hash: Set(hash),
                purpose: Set(Word(LinkPurpose::FirstAdministrator)),
                person_id: Set(None),
                email: Set(None),
                procurement_id: Set(None),
                invitation_id: Set(None),
                created_at: Set(w.now()),
                expires_at: Set(w.now() + LIFETIME),
                used_at: Set(None),
            };
            one_time_link::Entity::insert(row).exec_without_returning(w.txn()).await?;
            Ok(true)
        })
        .await?;
    Ok(needed.then(|| format!("{}/first-administrator?token={secret}", db.installation().base_url)))
}

/// What the first administrator enters.
#[derive(Clone, Debug, Default)]
pub struct FirstAdministratorInput {
    /// The secret of the printed link.
    pub token: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's address.
    pub email: String,
    /// The administrator's password.
    pub password: String,
}

/// Makes the first administrator. The password is hashed before the transaction begins.
pub async fn claim(db: &Db, input: FirstAdministratorInput) -> Result<Uuid, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 200);
    let email = faults.email("email", &input.email);
    password::check(&mut faults, "password", &input.password);
    faults.done()?;
    let hash = password::hash(input.password).await?;
    let token = sha256_hex(input.token);
    db.write(&Caller::System, move |w| async move {
        password::use_link(&w, &token, &[LinkPurpose::FirstAdministrator]).await?;
        let id = add(&w, name, email, hash).await?;
        w.record(Record::people("people.administrator.claim", id, json!({})));
        Ok(id)
    })
    .await
}

async fn add(w: &Writing, name: String, email: String, hash: String) -> Result<Uuid, Refusal> {
    let id = Uuid::now_v7();
    let row = person::ActiveModel {
        id: Set(id),
        email: Set(email),
        name: Set(name),
        council_id: Set(None),
        site_administrator: Set(true),
        council_administrator: Set(false),
        outsider: Set(false),
        password_hash: Set(Some(hash)),
        disabled_at: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    person::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(id)
}
