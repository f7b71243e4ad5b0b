//! Requirements, the pooled list, schedule, demand and sheets: what is done, and who may not.

#![allow(clippy::unwrap_used, reason = "a test that is refused where it should not be has failed")]

mod demand;
mod lines;
mod pooled_list;
mod requirements;
mod sheets;

use std::future::Future;

use entity::word::Word;
use entity::{council, participation, procurement};
use rules::stage::Stage;
use rules::words::{Part, ParticipationState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::pooled::PooledInput;
use super::procurement::ProcurementInput;
use super::requirement::RequirementInput;
use crate::kernel::testing::{World, key};
use crate::kernel::{Action, Caller, Refusal, Writing};

/// A procurement at pooling: Ashvale leads, Brackenham has accepted, Carrow was not asked.
struct Pool {
    world: World,
    id: Uuid,
    ashvale: council::Model,
    brackenham: council::Model,
    coordinator: Caller,
    officer: Caller,
    stranger: Caller,
    outsider: Caller,
}

impl Pool {
    async fn new() -> Self {
        let world = World::new().await;
        let ashvale = world.council("Ashvale").await;
        let brackenham = world.council("Brackenham").await;
        let carrow = world.council("Carrow").await;
        let coordinator = world.officer(&ashvale, "Coordinator").await;
        let officer = world.officer(&brackenham, "Officer of Brackenham").await;
        let stranger = world.officer(&carrow, "Officer of Carrow").await;
        let outsider = world.outsider(&brackenham, "Consultant").await;
        let input = ProcurementInput {
            reference: "ICT-2027-01".to_owned(),
            title: "Housing system".to_owned(),
            description: "One system for three councils".to_owned(),
            route: "open".to_owned(),
            contracting_model: "each_signs".to_owned(),
            term_years: "3".to_owned(),
            external_ref: None,
        };
        let opened = world
            .write(&coordinator, |w| async move { super::procurement::open(&w, input).await })
            .await
            .unwrap();
        let pool =
            Self { id: opened.id, world, ashvale, brackenham, coordinator, officer, stranger, outsider };
        pool.accept(pool.brackenham.id).await;
        pool
    }

    /// Joining has its own tests; here the council simply takes part.
    async fn accept(&self, council_id: Uuid) {
        let row = participation::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(self.id),
            council_id: Set(council_id),
            part: Set(Word(Part::Core)),
            state: Set(Word(ParticipationState::Accepted)),
            instrument: Set(None),
            minute: Set(None),
            delegated_on: Set(None),
            delegation_expires_on: Set(None),
            delegation_cap_pence: Set(None),
            delegates_award: Set(false),
            commitment: Set(None),
            ceiling_pence: Set(None),
            shared_cost_weight: Set("1".to_owned()),
            agreed_pool_version: Set(None),
            version: Set(1),
        };
        self.world
            .write(&Caller::System, |w| async move {
                Ok(participation::Entity::insert(row).exec_without_returning(w.txn()).await?)
            })
            .await
            .unwrap();
    }

    async fn stand_at(&self, stage: Stage) {
        let id = self.id;
        self.world
            .write(&Caller::System, move |w| async move {
                procurement::Entity::update_many()
                    .col_expr(procurement::Column::Stage, Expr::value(Word(stage)))
                    .filter(procurement::Column::Id.eq(id))
                    .exec(w.txn())
                    .await?;
                Ok(())
            })
            .await
            .unwrap();
    }

    async fn pool_version(&self) -> i64 {
        let id = self.id;
        self.world
            .read(&self.coordinator, move |r| async move {
                Ok(super::procurement::one(&r, id).await?.procurement.pool_version)
            })
            .await
            .unwrap()
    }

    /// Does something that must be done.
    async fn does<T, F, Fut>(&self, caller: &Caller, work: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(Writing, Uuid) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        let id = self.id;
        self.world.write(caller, move |w| work(w, id)).await.unwrap()
    }

    /// Tries something that must be refused.
    async fn may_not<T, F, Fut>(&self, caller: &Caller, work: F) -> Refusal
    where
        T: Send + std::fmt::Debug + 'static,
        F: FnOnce(Writing, Uuid) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        let id = self.id;
        self.world.write(caller, move |w| work(w, id)).await.unwrap_err()
    }

    async fn requires(&self, caller: &Caller, text: &'static str) -> Uuid {
        self.does(
            caller,
            move |w, id| async move { Ok(super::requirement::add(&w, id, need(text)).await?.id) },
        )
        .await
    }

    fn brackenhams_key(&self, scopes: &[Action]) -> Caller {
        key(&self.brackenham, scopes)
    }
}

fn need(text: &str) -> RequirementInput {
    RequirementInput {
        text: text.to_owned(),
        kind: "functional".to_owned(),
        moscow: "must".to_owned(),
        ..RequirementInput::default()
    }
}

fn wording(text: &str) -> PooledInput {
    PooledInput {
        text: text.to_owned(),
        kind: "functional".to_owned(),
        moscow: "must".to_owned(),
        accepted: Vec::new(),
    }
}
