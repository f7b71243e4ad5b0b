//! For tests of operations: a store of their own, councils, and people who call.
//!
//! ```ignore
//! let world = World::new().await;
//! let ashvale = world.council("Ashvale").await;
//! let officer = world.officer(&ashvale, "Coordinator").await;
//! let made = world.write(&officer, |w| async move { procurement::open(&w, input()).await }).await.unwrap();
//! let refusal = world.read(&stranger, move |r| async move { … }).await.unwrap_err();
//! assert_eq!(refusal.status(), 404);
//! ```

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]
#![allow(dead_code, reason = "each room uses what it needs")]

pub(crate) mod pack;

use std::future::Future;
use std::path::PathBuf;

use chrono::TimeDelta;
use entity::{Word, council, outbox_message, person, procurement, procurement_role, session};
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tempfile::TempDir;
use uuid::Uuid;

use super::caller::Person;
use super::db::Installation;
use super::secrets::sha256_hex;
use super::{Action, Caller, Db, Reading, Refusal, Writing};

/// A store with nobody in it.
pub(crate) struct World {
    /// The store.
    pub db: Db,
    _folder: TempDir,
}

impl World {
    /// A new store; mails are withheld and spreadsheets cannot be read.
    pub(crate) async fn new() -> Self {
        let installation = Installation {
            base_url: "http://commonlot.test".to_owned(),
            mail_from: "Commonlot <commonlot@commonlot.test>".to_owned(),
            sends_mail: false,
            seal_key: Some(super::seal::SealKey::random().unwrap()),
            client_address_header: None,
            sheet_reader: importers::child::Reader { program: PathBuf::from("no-reader"), args: Vec::new() },
        };
        let (db, folder) = Db::temporary(installation).await;
        Self { db, _folder: folder }
    }

    /// Reads as somebody.
    pub(crate) async fn read<T, F, Fut>(&self, caller: &Caller, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(Reading) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        self.db.read(caller, work).await
    }

    /// Writes as somebody.
    pub(crate) async fn write<T, F, Fut>(&self, caller: &Caller, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        self.db.write(caller, work).await
    }

    /// A council; its address for notices is `notices@<name>.example`.
    pub(crate) async fn council(&self, name: &str) -> council::Model {
        let row = council::ActiveModel {
            id: Set(Uuid::now_v7()),
            name: Set(name.to_owned()),
            email: Set(format!("notices@{}.example", name.to_lowercase())),
            ppon: Set(None),
            gss_code: Set(None),
            created_at: Set(super::clock::machine_now()),
            version: Set(1),
        };
        self.write(&Caller::System, |w| async move {
            Ok(council::Entity::insert(row).exec_with_returning(w.txn()).await?)
        })
        .await
        .unwrap()
    }

    /// An officer of a council, signed in.
    pub(crate) async fn officer(&self, council: &council::Model, name: &str) -> Caller {
        self.person(council, name, false, false).await
    }

    /// An officer who administers the council, signed in.
    pub(crate) async fn administrator(&self, council: &council::Model, name: &str) -> Caller {
        self.person(council, name, true, false).await
    }

    /// An outsider whom a council attached, signed in.
    pub(crate) async fn outsider(&self, council: &council::Model, name: &str) -> Caller {
        self.person(council, name, false, true).await
    }

    async fn person(
        &self,
        council: &council::Model,
        name: &str,
        administrator: bool,
        outsider: bool,
    ) -> Caller {
        let id = Uuid::now_v7();
        let row = person::ActiveModel {
            id: Set(id),
            email: Set(format!("{id}@{}.example", council.name.to_lowercase())),
            name: Set(name.to_owned()),
            council_id: Set(Some(council.id)),
            site_administrator: Set(false),
            council_administrator: Set(administrator),
            outsider: Set(outsider),
            password_hash: Set(None),
            disabled_at: Set(None),
            created_at: Set(super::clock::machine_now()),
            version: Set(1),
        };
        self.write(&Caller::System, |w| async move {
            Ok(person::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
        Caller::Person(Person {
            id,
            name: name.to_owned(),
            council_id: Some(council.id),
            council_name: Some(council.name.clone()),
            site_administrator: false,
            council_administrator: administrator,
            outsider,
            scopes: None,
        })
    }

    /// Gives somebody a part in a procurement.
    pub(crate) async fn gives(&self, procurement: Uuid, who: &Caller, role: Role) {
        let row = procurement_role::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(procurement),
            person_id: Set(person_id(who)),
            role: Set(Word(role)),
            created_at: Set(super::clock::machine_now()),
        };
        self.write(&Caller::System, |w| async move {
            Ok(procurement_role::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
    }

    /// From now on bids count as opened, though none is unsealed.
    pub(crate) async fn opens_box(&self, procurement: Uuid) {
        self.write(&Caller::System, move |w| async move {
            procurement::Entity::update_many()
                .col_expr(procurement::Column::OpenedAt, Expr::value(w.now()))
                .filter(procurement::Column::Id.eq(procurement))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    }

    /// A cookie that signs a person in.
    pub(crate) async fn cookie(&self, caller: &Caller) -> String {
        let secret = Uuid::now_v7().to_string();
        let row = session::ActiveModel {
            id_hash: Set(sha256_hex(&secret)),
            person_id: Set(Some(person_id(caller))),
            data: Set("{}".to_owned()),
            created_at: Set(super::clock::machine_now()),
            seen_at: Set(super::clock::machine_now()),
            expires_at: Set(super::clock::machine_now() + TimeDelta::hours(1)),
        };
        self.write(&Caller::System, |w| async move {
            Ok(session::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
        format!("commonlot={secret}")
    }

    /// The mails that were queued or withheld, oldest first.
    pub(crate) async fn mails(&self, kind: &'static str) -> Vec<outbox_message::Model> {
        self.read(&Caller::System, move |r| async move {
            let mails = outbox_message::Entity::find()
                .filter(outbox_message::Column::Kind.eq(kind))
                .order_by_asc(outbox_message::Column::Id)
                .all(r.txn())
                .await?;
            Ok(mails)
        })
        .await
        .unwrap()
    }
}

/// A council's own system, with a key that covers these kinds of action.
pub(crate) fn key(council: &council::Model, scopes: &[Action]) -> Caller {
    Caller::Council { key_id: Uuid::now_v7(), council_id: council.id, scopes: scopes.to_vec() }
}

/// The key of the person who calls.
pub(crate) fn person_id(caller: &Caller) -> Uuid {
    caller.person().unwrap().id
}
