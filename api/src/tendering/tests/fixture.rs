//! A procurement of three councils that stands at tendering, ready to be made a tender of.

use chrono::TimeDelta;
use entity::{
    Word, council, demand, participation, pooled_requirement, procurement, procurement_role, schedule_line,
};
use rules::stage::Stage;
use rules::words::{
    Charge, ContractingModel, Firmness, Moscow, Obligation, Part, ParticipationState, RequirementType, Role,
    Route,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::kernel::clock::machine_now;
use crate::kernel::testing::{World, person_id};
use crate::kernel::{Caller, Refusal};
use crate::tendering::criterion::{self, CriterionInput};
use crate::tendering::deadline::{self, DeadlineInput};
use crate::tendering::interest::standing::Last;
use crate::tendering::interest::{self, InterestInput};
use crate::tendering::lot::{self, LotInput, Placement};
use crate::tendering::price_model::ParametersInput;
use crate::tendering::scale;

pub(super) struct Fixture {
    pub world: World,
    pub id: Uuid,
    pub coordinator: Caller,
    /// An officer of the core partner.
    pub partner: Caller,
    /// An officer of a council that does not take part.
    pub stranger: Caller,
    pub lead: council::Model,
    pub core: council::Model,
}

fn part(procurement: Uuid, council: Uuid, part: Part, agreed: Option<i64>) -> participation::Model {
    participation::Model {
        id: Uuid::now_v7(),
        procurement_id: procurement,
        council_id: council,
        part: Word(part),
        state: Word(ParticipationState::Accepted),
        instrument: None,
        minute: None,
        delegated_on: None,
        delegation_expires_on: None,
        delegation_cap_pence: None,
        delegates_award: false,
        commitment: None,
        ceiling_pence: None,
        shared_cost_weight: "1".to_owned(),
        agreed_pool_version: agreed,
        version: 1,
    }
}

fn line(procurement: Uuid, code: &str, position: i32) -> schedule_line::Model {
    schedule_line::Model {
        id: Uuid::now_v7(),
        procurement_id: procurement,
        lot_id: None,
        code: code.to_owned(),
        description: format!("Service {code}"),
        unit: "user".to_owned(),
        charge: Word(Charge::Recurring),
        shared: false,
        obligation: Word(Obligation::Required),
        tiers: String::new(),
        rate_role: None,
        rate_level: None,
        rate_basket_e3: None,
        position,
        version: 1,
    }
}

fn wish(line: &schedule_line::Model, council: Uuid, firmness: Firmness, volume_e3: i64) -> demand::Model {
    demand::Model {
        id: Uuid::now_v7(),
        procurement_id: line.procurement_id,
        council_id: council,
        line_id: line.id,
        year: 1,
        firmness: Word(firmness),
        volume_e3,
        external_ref: None,
        version: 1,
    }
}

impl Fixture {
    /// The coordinator has no interest to declare, and has said so.
    pub async fn new() -> Self {
        let fixture = Self::undeclared().await;
        fixture.declare(&fixture.coordinator, 0, ("none", "")).await.unwrap();
        fixture
    }

    pub async fn declare(
        &self,
        caller: &Caller,
        seen: i64,
        (word, detail): (&str, &str),
    ) -> Result<Last, Refusal> {
        let id = self.id;
        let input = InterestInput { interest: word.to_owned(), detail: detail.to_owned() };
        self.world.write(caller, move |w| async move { interest::declare(&w, id, seen, input).await }).await
    }

    /// Nobody has declared anything.
    pub async fn undeclared() -> Self {
        let world = World::new().await;
        let lead = world.council("Ashvale").await;
        let core = world.council("Brackenham").await;
        let option = world.council("Carrow").await;
        let coordinator = world.officer(&lead, "Coordinator").await;
        let partner = world.officer(&core, "Partner").await;
        let elsewhere = world.council("Elsewhere").await;
        let stranger = world.officer(&elsewhere, "Stranger").await;
        let id = Uuid::now_v7();
        let row = procurement::Model {
            id,
            reference: "ICT-2027-01".to_owned(),
            title: "Managed ICT service".to_owned(),
            description: String::new(),
            route: Word(Route::Open),
            contracting_model: Word(ContractingModel::EachSigns),
            lead_council_id: lead.id,
            term_years: 3,
            stage: Word(Stage::Tendering),
            pool_version: 4,
            deadline_at: None,
            opened_at: None,
            external_ref: None,
            created_at: machine_now(),
            version: 1,
        };
        let role = procurement_role::Model {
            id: Uuid::now_v7(),
            procurement_id: id,
            person_id: person_id(&coordinator),
            role: Word(Role::Coordinator),
            created_at: machine_now(),
        };
        let parts = [
            part(id, lead.id, Part::Lead, Some(4)),
            part(id, core.id, Part::Core, Some(4)),
            part(id, option.id, Part::NamedOption, None),
        ];
        let requirement = pooled_requirement::Model {
            id: Uuid::now_v7(),
            procurement_id: id,
            code: "R001".to_owned(),
            text: "Staff sign in once for all services.".to_owned(),
            kind: Word(RequirementType::Security),
            moscow: Word(Moscow::Must),
            accepted: "F C".to_owned(),
            position: 1,
            version: 1,
        };
        let lines = [line(id, "P01", 1), line(id, "P02", 2)];
        let wishes = [
            wish(&lines[0], lead.id, Firmness::Firm, 100_000),
            wish(&lines[0], lead.id, Firmness::Indicative, 20_500),
            wish(&lines[0], core.id, Firmness::Ceiling, 900_000),
            wish(&lines[1], core.id, Firmness::Firm, 7_000),
            wish(&lines[1], option.id, Firmness::Firm, 5_000),
        ];
        world
            .write(&Caller::System, move |w| async move {
                procurement::Entity::insert(row.into_active_model()).exec_without_returning(w.txn()).await?;
                procurement_role::Entity::insert(role.into_active_model())
                    .exec_without_returning(w.txn())
                    .await?;
                let parts = parts.into_iter().map(IntoActiveModel::into_active_model);
                participation::Entity::insert_many(parts).exec_without_returning(w.txn()).await?;
                pooled_requirement::Entity::insert(requirement.into_active_model())
                    .exec_without_returning(w.txn())
                    .await?;
                let lines = lines.into_iter().map(IntoActiveModel::into_active_model);
                schedule_line::Entity::insert_many(lines).exec_without_returning(w.txn()).await?;
                let wishes = wishes.into_iter().map(IntoActiveModel::into_active_model);
                demand::Entity::insert_many(wishes).exec_without_returning(w.txn()).await?;
                Ok(())
            })
            .await
            .unwrap();
        Self { world, id, coordinator, partner, stranger, lead, core }
    }

    /// One lot with every line in it, one section of two questions, a scale and a deadline: everything publication needs.
    pub async fn complete(&self) -> Uuid {
        let id = self.id;
        let date = (machine_now() + TimeDelta::days(40)).date_naive().to_string();
        self.world
            .write(&self.coordinator, move |w| async move {
                let lot = lot::add(&w, id, lot_input()).await?.id;
                let scale = scale::add(&w, id, scale::starters().remove(0)).await?.id;
                let section = CriterionInput {
                    code: "S1".to_owned(),
                    title: "Service".to_owned(),
                    weight: "100".to_owned(),
                    ..CriterionInput::default()
                };
                let section = criterion::add(&w, id, lot, section).await?.id;
                for (code, weight) in [("Q1", "100/3"), ("Q2", "200/3")] {
                    let input =
                        CriterionInput { parent_id: Some(section), ..question_input(code, weight, scale) };
                    criterion::add(&w, id, lot, input).await?;
                }
                let lines = lot::lines(&w, id).await?;
                let placements: Vec<Placement> = lines
                    .iter()
                    .map(|line| Placement { line_id: line.id, seen: line.version, lot_id: Some(lot) })
                    .collect();
                lot::place_lines(&w, id, &placements).await?;
                deadline::set(&w, id, 1, DeadlineInput { date, time: "12:00".to_owned() }).await?;
                Ok(lot)
            })
            .await
            .unwrap()
    }

    /// Adds a lot as the coordinator.
    pub async fn add_lot(&self, input: LotInput) -> Result<entity::lot::Model, Refusal> {
        let id = self.id;
        self.world.write(&self.coordinator, move |w| async move { lot::add(&w, id, input).await }).await
    }
}

pub(super) fn lot_input() -> LotInput {
    LotInput {
        code: "l1".to_owned(),
        title: "Service desk".to_owned(),
        description: String::new(),
        price_weight: "40.0".to_owned(),
        formula: "benchmark_linear".to_owned(),
        parameters: ParametersInput {
            target: Some("250000".to_owned()),
            ceiling: Some("400000.50".to_owned()),
            ..ParametersInput::default()
        },
        min_quality: Some("30".to_owned()),
    }
}

pub(super) fn question_input(code: &str, weight: &str, scale: Uuid) -> CriterionInput {
    CriterionInput {
        parent_id: None,
        code: code.to_owned(),
        title: format!("Question {code}"),
        weight: weight.to_owned(),
        question: Some("How do you run the service?".to_owned()),
        scale_id: Some(scale),
        word_limit: Some("500".to_owned()),
        minimum_mark: Some("2.0".to_owned()),
        document: true,
    }
}
