//! Three councils and a named option, a lot with three bids and its result: one wins, one loses, one does not meet
//! requirements; a fourth supplier came too late. Volumes are such that the price does not split evenly.

use chrono::{NaiveDate, TimeDelta};
use entity::{Word, council, outbox_message, pack, participation, procurement};
use rules::canonical;
use rules::stage::{MailState, Stage};
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::rows::{
    insert_bid, insert_consensus, insert_mark, insert_part, insert_procurement, insert_result, insert_role,
    the_pack,
};
use crate::deciding::decision::DecisionInput;
use crate::deciding::recommendation::{self, RecommendationInput};
use crate::deciding::{award, decision};
use crate::kernel::clock::{london_day, machine_now};
use crate::kernel::outbox::text_of;
use crate::kernel::testing::{World, person_id};
use crate::kernel::{Caller, Refusal, Writing};

/// The marks of the three bids on the two questions.
pub(super) const MARKS: [[&str; 2]; 3] = [["5", "3"], ["3", "3"], ["5", "5"]];

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) procurement: Uuid,
    pub(super) lot: Uuid,
    pub(super) councils: Vec<council::Model>,
    /// The lead's coordinator, and an approver of each council.
    pub(super) coordinator: Caller,
    pub(super) approvers: Vec<Caller>,
    pub(super) bids: Vec<Uuid>,
}

pub(super) fn today() -> NaiveDate {
    london_day(machine_now())
}

impl Scene {
    /// The lot has its result; nothing is recommended yet.
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let mut councils = Vec::new();
        let mut approvers = Vec::new();
        for name in ["Ashvale", "Brackenham", "Carrow", "Dunmere"] {
            let council = world.council(name).await;
            approvers.push(world.officer(&council, "Approver").await);
            councils.push(council);
        }
        let coordinator = world.officer(&councils[0], "Coordinator").await;
        let (procurement, lot) = (Uuid::now_v7(), Uuid::now_v7());
        let scene = Self {
            world,
            procurement,
            lot,
            councils,
            coordinator,
            approvers,
            bids: (0..3).map(|_| Uuid::now_v7()).collect(),
        };
        scene.seed().await;
        scene
    }

    async fn seed(&self) {
        let (id, lot) = (self.procurement, self.lot);
        let (councils, bids) = (self.councils.clone(), self.bids.clone());
        let coordinator = person_id(&self.coordinator);
        let approvers: Vec<Uuid> = self.approvers.iter().map(person_id).collect();
        self.as_system(move |w| async move {
            insert_procurement(&w, id, lot, councils[0].id).await?;
            for (at, council) in councils.iter().enumerate() {
                insert_part(&w, id, council.id, at).await?;
                insert_role(&w, id, approvers[at], Role::Approver).await?;
            }
            insert_role(&w, id, coordinator, Role::Coordinator).await?;
            let pack = the_pack(lot, &councils);
            let row = pack::ActiveModel {
                id: Set(Uuid::now_v7()),
                procurement_id: Set(id),
                number: Set(1),
                body: Set(String::from_utf8(canonical::to_bytes(&pack).unwrap()).unwrap()),
                hash: Set(pack.hash().unwrap()),
                published_at: Set(w.now()),
                published_by: Set(coordinator),
            };
            pack::Entity::insert(row).exec_without_returning(w.txn()).await?;
            for (at, name) in ["Northgate Digital", "Blue Harbour IT", "Kestrel Managed", "Slow Systems"]
                .into_iter()
                .enumerate()
            {
                insert_bid(&w, id, name, bids.get(at).copied(), i32::try_from(at).unwrap()).await?;
            }
            for (bid, marks) in bids.iter().zip(MARKS) {
                for (question, value) in ["Q1", "Q2"].into_iter().zip(marks) {
                    insert_mark(&w, id, lot, *bid, question, value, (approvers[1], councils[1].id)).await?;
                    insert_mark(&w, id, lot, *bid, question, "1", (approvers[2], councils[2].id)).await?;
                    insert_consensus(&w, id, lot, *bid, question, value, coordinator).await?;
                }
            }
            insert_result(&w, id, lot, &pack, &bids, coordinator).await
        })
        .await;
    }

    pub(super) async fn as_system<T, F, Fut>(&self, work: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: std::future::Future<Output = Result<T, Refusal>> + Send,
    {
        self.world.write(&Caller::System, work).await.unwrap()
    }

    pub(super) async fn recommend(&self, bid: usize) -> Result<entity::recommendation::Model, Refusal> {
        let (id, lot) = (self.procurement, self.lot);
        let input = RecommendationInput {
            bid_id: self.bids[bid].to_string(),
            text: "It earned the most points under the published method.".into(),
        };
        let work = move |w| async move { recommendation::make(&w, id, lot, input).await };
        self.world.write(&self.coordinator, work).await
    }

    pub(super) fn decision(&self, council: usize) -> DecisionInput {
        DecisionInput {
            council_id: Some(self.councils[council].id.to_string()),
            verdict: "award".into(),
            body: "Cabinet".into(),
            minute: "Minute 12".into(),
            taken_on: today().to_string(),
            key_decision: true,
            effective_on: today().to_string(),
            reason: "The recommendation follows the published method.".into(),
            external_ref: None,
        }
    }

    pub(super) async fn decide(
        &self,
        caller: &Caller,
        input: DecisionInput,
    ) -> Result<entity::decision::Model, Refusal> {
        let (id, lot) = (self.procurement, self.lot);
        self.world.write(caller, move |w| async move { decision::record(&w, id, lot, input).await }).await
    }

    pub(super) async fn award(&self, caller: &Caller) -> Result<entity::award::Model, Refusal> {
        let (id, lot) = (self.procurement, self.lot);
        self.world.write(caller, move |w| async move { award::award(&w, id, lot).await }).await
    }

    /// Recommended and decided by the three councils that sign.
    pub(super) async fn decided() -> Self {
        let scene = Self::new().await;
        scene.recommend(0).await.unwrap();
        for at in 0..3 {
            scene.decide(&scene.approvers[at], scene.decision(at)).await.unwrap();
        }
        scene
    }

    /// Awarded some days ago, and every summary accepted by the mail server.
    pub(super) async fn awarded_and_told(days_ago: i64) -> Self {
        let scene = Self::decided().await;
        scene.award(&scene.coordinator).await.unwrap();
        scene
            .as_system(move |w| async move {
                entity::award::Entity::update_many()
                    .col_expr(
                        entity::award::Column::AwardedAt,
                        Expr::value(w.now() - TimeDelta::days(days_ago)),
                    )
                    .exec(w.txn())
                    .await?;
                outbox_message::Entity::update_many()
                    .col_expr(outbox_message::Column::State, Expr::value(Word(MailState::Accepted)))
                    .exec(w.txn())
                    .await?;
                Ok(())
            })
            .await;
        scene
    }

    /// What a letter says, as its reader sees it.
    pub(super) async fn text(&self, mail: &outbox_message::Model) -> String {
        let mail = mail.clone();
        self.world
            .read(&Caller::System, move |r| async move { text_of(&r, &mail).await })
            .await
            .unwrap()
            .unwrap()
    }

    pub(super) async fn change_part(&self, council: usize, change: impl FnOnce(&mut participation::Model)) {
        let (id, council) = (self.procurement, self.councils[council].id);
        let mut row = self
            .as_system(move |w| async move {
                let query = participation::Entity::find()
                    .filter(participation::Column::ProcurementId.eq(id))
                    .filter(participation::Column::CouncilId.eq(council));
                Ok(query.one(w.txn()).await?.unwrap())
            })
            .await;
        change(&mut row);
        let row = participation::ActiveModel {
            id: Set(row.id),
            instrument: Set(row.instrument),
            delegates_award: Set(row.delegates_award),
            delegation_expires_on: Set(row.delegation_expires_on),
            delegation_cap_pence: Set(row.delegation_cap_pence),
            ..participation::ActiveModel::default()
        };
        self.as_system(move |w| async move {
            participation::Entity::update(row).exec(w.txn()).await?;
            Ok(())
        })
        .await;
    }

    pub(super) async fn stage(&self) -> Stage {
        let id = self.procurement;
        self.as_system(move |w| async move {
            Ok(procurement::Entity::find_by_id(id).one(w.txn()).await?.unwrap().stage.0)
        })
        .await
    }
}
