//! Requests that may be repeated: the first answer is kept in the operation's own transaction, so that no crash parts them.

use std::future::Future;

use chrono::TimeDelta;
use entity::idempotency_key;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Db, Writing};
use crate::kernel::seal::{self, Content};
use crate::kernel::{Caller, Refusal};

/// A request that may be repeated: the caller's key and what was asked.
#[derive(Clone, Debug)]
pub struct Once {
    /// The Idempotency-Key.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub request_hash: String,
}

impl Db {
    /// Like [`Db::write`], and when the same caller repeats the same request under the same key within 24 hours, it gets
    /// the first answer again and nothing is done twice. The answer is stored in the operation's own transaction.
    pub async fn write_once<T, F, Fut>(
        &self,
        caller: &Caller,
        once: Option<Once>,
        work: F,
    ) -> Result<T, Refusal>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        // Strangers share one principal: a key of theirs could meet somebody else's.
        let Some(once) = once.filter(|_| *caller != Caller::Nobody) else {
            return self.write(caller, work).await;
        };
        if once.key.is_empty() || once.key.len() > 200 {
            return Err(Refusal::field(
                "Idempotency-Key",
                "out_of_range",
                "Use a key of 1 to 200 characters.",
            ));
        }
        self.write(caller, move |w| async move {
            if let Some(stored) = w.repeated(&once).await? {
                return Ok(serde_json::from_str(&w.opened_answer(stored).await?)?);
            }
            let answer = work(w.clone()).await?;
            let stored = without_secrets(serde_json::to_value(&answer)?).to_string();
            w.remember(&once.key, w.closed_answer(stored).await?).await?;
            Ok(answer)
        })
        .await
    }
}

/// An answer as it is kept for repeats: a secret or a one-time link is told once and stored nowhere.
fn without_secrets(mut answer: serde_json::Value) -> serde_json::Value {
    if let Some(fields) = answer.as_object_mut() {
        fields.retain(|name, _| name != "secret" && name != "link");
    }
    answer
}

impl Writing {
    /// The answer to an earlier request under this key. Where there is none, takes the key for this transaction first:
    /// the same request on another connection waits here until it can be told this one's answer.
    async fn repeated(&self, once: &Once) -> Result<Option<String>, Refusal> {
        let day_ago = self.now() - TimeDelta::hours(24);
        idempotency_key::Entity::delete_many()
            .filter(idempotency_key::Column::CreatedAt.lt(day_ago))
            .exec(self.txn())
            .await?;
        let row = idempotency_key::ActiveModel {
            principal: Set(self.caller().principal()),
            key: Set(once.key.clone()),
            request_hash: Set(once.request_hash.clone()),
            status: Set(201),
            body: Set(String::new()),
            created_at: Set(self.now()),
        };
        let taken = idempotency_key::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([idempotency_key::Column::Principal, idempotency_key::Column::Key])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(self.txn())
            .await?;
        if taken == 1 {
            return Ok(None);
        }
        let row = idempotency_key::Entity::find_by_id((self.caller().principal(), once.key.clone()))
            .one(self.txn())
            .await?
            .ok_or_else(Refusal::unavailable)?;
        if row.request_hash != once.request_hash {
            return Err(Refusal::invalid(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            ));
        }
        Ok(Some(row.body))
    }

    /// An answer as it is kept. A bidder's tells what it bids, so it is sealed as the bid is.
    async fn closed_answer(&self, answer: String) -> Result<String, Refusal> {
        let Caller::Supplier { invitation_id, procurement_id, .. } = self.caller() else {
            return Ok(answer);
        };
        let seal = seal::of(self, *procurement_id).await?;
        let content = Content::Answer { invitation: *invitation_id };
        Ok(hex::encode(seal.close(content, answer.as_bytes())?))
    }

    async fn opened_answer(&self, stored: String) -> Result<String, Refusal> {
        let Caller::Supplier { invitation_id, procurement_id, .. } = self.caller() else {
            return Ok(stored);
        };
        let seal = seal::of(self, *procurement_id).await?;
        let sealed = hex::decode(stored).map_err(|error| Refusal::internal(&error))?;
        let plain = seal.open(Content::Answer { invitation: *invitation_id }, &sealed)?;
        String::from_utf8(plain).map_err(|error| Refusal::internal(&error))
    }

    /// Keeps the answer beside the key that this transaction has taken.
    async fn remember(&self, key: &str, body: String) -> Result<(), Refusal> {
        idempotency_key::Entity::update_many()
            .col_expr(idempotency_key::Column::Body, Expr::value(body))
            .filter(idempotency_key::Column::Principal.eq(self.caller().principal()))
            .filter(idempotency_key::Column::Key.eq(key))
            .exec(self.txn())
            .await?;
        Ok(())
    }
}
