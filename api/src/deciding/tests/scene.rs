//! Three councils and a named option, a lot with three bids and its result: one wins, one loses, one does not meet
//! requirements; a fourth supplier came too late. Volumes are such that the price does not split evenly.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    Word, bid, consensus, council, invitation, lot, mark, outbox_message, pack, participation, procurement,
    procurement_role, quality_lock, result, submission, supplier,
};
use rules::canonical;
use rules::demand::LineAnswer;
use rules::method::Method;
use rules::pack::{Pack, PackCouncil, PackCriterion, PackLine, PackLot, PackVolume, PriceModel, Question};
use rules::record::{BidInput, lot_result};
use rules::scale::{Scale, ScaleMark};
use rules::stage::{MailState, Stage};
use rules::words::{
    BaseSet, Charge, ContractingModel, DelegationInstrument, Offer, Part, ParticipationState, PriceFormula,
    RankOn, Role, Route, TieBreak,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::deciding::decision::DecisionInput;
use crate::deciding::recommendation::{self, RecommendationInput};
use crate::deciding::{award, decision};
use crate::kernel::clock::{london_day, machine_now};
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

fn question(code: &str, weight: &str) -> PackCriterion {
    PackCriterion {
        id: code.into(),
        code: code.into(),
        title: format!("Question {code}"),
        weight: weight.into(),
        question: Some(Question {
            text: "How?".into(),
            scale: "0-5".into(),
            word_limit: None,
            minimum_mark: None,
            document: false,
        }),
        children: Vec::new(),
    }
}

fn the_pack(lot: Uuid, councils: &[council::Model]) -> Pack {
    let mark = |value: &str| ScaleMark {
        value: value.into(),
        percent: None,
        descriptor: format!("A tender worth {value}"),
    };
    let buyers = councils.iter().zip([Part::Lead, Part::Core, Part::Core, Part::NamedOption]);
    Pack {
        reference: "ICT-2027-09".into(),
        title: "Case management".into(),
        version: 1,
        route: Route::Open,
        contracting_model: ContractingModel::EachSigns,
        term_years: 2,
        deadline: "2027-03-01T12:00:00Z".into(),
        councils: buyers
            .map(|(council, part)| PackCouncil {
                id: council.id.to_string(),
                name: council.name.clone(),
                part,
                shared_cost_weight: "1".into(),
            })
            .collect(),
        scales: vec![Scale {
            name: "0-5".into(),
            marks: ["0", "1", "3", "5"].into_iter().map(mark).collect(),
        }],
        method: Method {
            decimals: 2,
            rank_on: RankOn::Exact,
            tie_break: vec![TieBreak::LowerPrice],
            base_set: BaseSet::Eligible,
        },
        lots: vec![PackLot {
            id: lot.to_string(),
            code: "L1".into(),
            title: "System".into(),
            description: "All of it".into(),
            price: PriceModel {
                weight: "40".into(),
                formula: PriceFormula::LowestOverBid,
                target: None,
                ceiling: None,
            },
            min_quality: None,
            quality: vec![question("Q1", "60"), question("Q2", "40")],
            schedule: vec![PackLine {
                code: "P01".into(),
                description: "The system for all".into(),
                unit: "whole".into(),
                charge: Charge::OneOff,
                shared: false,
                optional: false,
                volumes: councils[..3]
                    .iter()
                    .map(|council| PackVolume { council: council.id.to_string(), year: 1, volume_e3: 333 })
                    .collect(),
            }],
        }],
        requirements: Vec::new(),
        documents: Vec::new(),
        opening_councils: 2,
    }
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

async fn insert_procurement(w: &Writing, id: Uuid, lot: Uuid, lead: Uuid) -> Result<(), Refusal> {
    let row = procurement::ActiveModel {
        id: Set(id),
        reference: Set("ICT-2027-09".into()),
        title: Set("Case management".into()),
        description: Set("For all".into()),
        route: Set(Word(Route::Open)),
        contracting_model: Set(Word(ContractingModel::EachSigns)),
        lead_council_id: Set(lead),
        term_years: Set(2),
        stage: Set(Word(Stage::Deciding)),
        pool_version: Set(1),
        deadline_at: Set(Some(w.now() - TimeDelta::days(30))),
        opened_at: Set(Some(w.now() - TimeDelta::days(29))),
        external_ref: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    procurement::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = lot::ActiveModel {
        id: Set(lot),
        procurement_id: Set(id),
        code: Set("L1".into()),
        title: Set("System".into()),
        description: Set("All of it".into()),
        price_weight: Set("40".into()),
        formula: Set(Word(PriceFormula::LowestOverBid)),
        target_pence: Set(None),
        ceiling_pence: Set(None),
        min_quality: Set(None),
        position: Set(1),
        version: Set(1),
    };
    lot::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

async fn insert_part(w: &Writing, id: Uuid, council: Uuid, at: usize) -> Result<(), Refusal> {
    let row = participation::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        council_id: Set(council),
        part: Set(Word([Part::Lead, Part::Core, Part::Core, Part::NamedOption][at])),
        state: Set(Word(ParticipationState::Accepted)),
        instrument: Set(Some(Word(DelegationInstrument::Section101))),
        minute: Set(Some("Minute 1".into())),
        delegated_on: Set(None),
        delegation_expires_on: Set(None),
        delegation_cap_pence: Set(None),
        delegates_award: Set(at == 2),
        commitment: Set(None),
        ceiling_pence: Set(None),
        shared_cost_weight: Set("1".into()),
        agreed_pool_version: Set(Some(1)),
        version: Set(1),
    };
    participation::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

pub(super) async fn insert_role(w: &Writing, id: Uuid, person: Uuid, role: Role) -> Result<(), Refusal> {
    let row = procurement_role::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        person_id: Set(person),
        role: Set(Word(role)),
        created_at: Set(w.now()),
    };
    procurement_role::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

/// A supplier with its submission: a bid, or too late.
async fn insert_bid(
    w: &Writing,
    id: Uuid,
    name: &str,
    bid: Option<Uuid>,
    position: i32,
) -> Result<(), Refusal> {
    let (supplier, invitation, submission) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let slug = name.to_lowercase().replace(' ', "-");
    let row = supplier::ActiveModel {
        id: Set(supplier),
        name: Set(name.to_owned()),
        ppon: Set(Some(format!("PPON-{position}"))),
        companies_house: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    supplier::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = invitation::ActiveModel {
        id: Set(invitation),
        procurement_id: Set(id),
        supplier_id: Set(supplier),
        email: Set(format!("bids@{slug}.example")),
        secret_hash: Set(None),
        claimed_at: Set(None),
        expires_at: Set(w.now()),
        revoked_at: Set(None),
        invited_by: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    invitation::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = submission::ActiveModel {
        id: Set(submission),
        procurement_id: Set(id),
        invitation_id: Set(invitation),
        number: Set(1),
        manifest: Set("{}".into()),
        manifest_hash: Set("0".into()),
        reading: Set("{}".into()),
        late: Set(bid.is_none()),
        received_at: Set(w.now() - TimeDelta::days(30)),
        ledger_hash: Set("0".into()),
        withdrawn_at: Set(None),
    };
    submission::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let Some(bid) = bid else { return Ok(()) };
    let row = bid::ActiveModel {
        id: Set(bid),
        procurement_id: Set(id),
        submission_id: Set(submission),
        supplier_id: Set(supplier),
        position: Set(position),
        created_at: Set(w.now()),
    };
    bid::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

async fn insert_mark(
    w: &Writing,
    id: Uuid,
    lot: Uuid,
    bid: Uuid,
    question: &str,
    value: &str,
    (person, council): (Uuid, Uuid),
) -> Result<(), Refusal> {
    let row = mark::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        lot_id: Set(lot),
        bid_id: Set(bid),
        question: Set(question.to_owned()),
        person_id: Set(person),
        council_id: Set(council),
        value: Set(value.to_owned()),
        explanation: Set("What I read in it.".into()),
        revision: Set(1),
        current: Set(true),
        marked_at: Set(w.now()),
    };
    mark::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

async fn insert_consensus(
    w: &Writing,
    id: Uuid,
    lot: Uuid,
    bid: Uuid,
    question: &str,
    value: &str,
    moderator: Uuid,
) -> Result<(), Refusal> {
    let row = consensus::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        lot_id: Set(lot),
        bid_id: Set(bid),
        question: Set(question.to_owned()),
        value: Set(value.to_owned()),
        rationale: Set(format!("The answer to {question} shows <experience> & plans.")),
        reference: Set(format!("Answer {question}, page 4")),
        present: Set("All".into()),
        dissent: Set(String::new()),
        moderator_id: Set(moderator),
        revision: Set(1),
        current: Set(true),
        agreed_at: Set(w.now()),
    };
    consensus::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

/// The third bid has no price for a mandatory line and so does not meet requirements.
async fn insert_result(
    w: &Writing,
    id: Uuid,
    lot: Uuid,
    pack: &Pack,
    bids: &[Uuid],
    person: Uuid,
) -> Result<(), Refusal> {
    let row = quality_lock::ActiveModel {
        lot_id: Set(lot),
        procurement_id: Set(id),
        locked_at: Set(w.now()),
        locked_by: Set(person),
        marks_hash: Set("0".into()),
    };
    quality_lock::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let names = ["Northgate Digital", "Blue Harbour IT", "Kestrel Managed"];
    let offers = [Some("100000.10"), Some("90000.00"), None];
    let inputs: Vec<BidInput> = (0..3)
        .map(|at| {
            let codes = ["Q1", "Q2"].into_iter().zip(MARKS[at]);
            let price = offers[at]
                .map(|text| LineAnswer { offer: Offer::Priced, unit_price: Some(text.parse().unwrap()) });
            BidInput {
                id: bids[at].to_string(),
                supplier: names[at].into(),
                withdrawn: false,
                marks: codes.map(|(code, mark)| (code.to_owned(), mark.to_owned())).collect(),
                prices: price.map(|price| ("P01".to_owned(), price)).into_iter().collect(),
                responses: BTreeMap::new(),
            }
        })
        .collect();
    let found = lot_result(pack, &lot.to_string(), &inputs).unwrap();
    let bytes = canonical::to_bytes(&found).unwrap();
    let row = result::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        lot_id: Set(lot),
        revision: Set(1),
        hash: Set(canonical::sha256_hex(&bytes)),
        body: Set(String::from_utf8(bytes).unwrap()),
        inputs_hash: Set(found.inputs_hash),
        computed_at: Set(w.now()),
        computed_by: Set(person),
    };
    result::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}
