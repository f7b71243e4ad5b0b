//! Who may do what in this room, and what it leaves behind, on a store of its own.

#![allow(clippy::unwrap_used)]

mod joining;
mod roles;
mod specification;

use entity::{council, participation, procurement};
use uuid::Uuid;

use super::participation::{self as participations, InviteInput, UndertakingInput};
use super::procurement::{self as procurements, ProcurementInput};
use crate::kernel::testing::World;
use crate::kernel::{Caller, Refusal};

/// Ashvale opens, Brackenham is invited, Carrow knows nothing of it.
struct Room {
    world: World,
    brackenham: council::Model,
    carrow: council::Model,
    coordinator: Caller,
    partner: Caller,
    stranger: Caller,
    procurement: procurement::Model,
}

fn particulars() -> ProcurementInput {
    ProcurementInput {
        reference: "ASH-2027-01".to_owned(),
        title: "Managed ICT service".to_owned(),
        description: "Service desk, devices and network.".to_owned(),
        route: "open".to_owned(),
        contracting_model: "each_signs".to_owned(),
        term_years: "3".to_owned(),
        external_ref: Some("PRJ-77".to_owned()),
    }
}

fn undertaking() -> UndertakingInput {
    UndertakingInput {
        instrument: Some("lga2000_s9ea".to_owned()),
        minute: Some("Cabinet, item 7".to_owned()),
        delegated_on: Some("2026-01-12".to_owned()),
        delegation_expires_on: None,
        delegation_cap_net: Some("500000.00".to_owned()),
        delegates_award: true,
        commitment: "firm".to_owned(),
        ceiling_net: Some("400000.00".to_owned()),
        shared_cost_weight: Some("2.5".to_owned()),
    }
}

impl Room {
    async fn new() -> Self {
        let world = World::new().await;
        let ashvale = world.council("Ashvale").await;
        let brackenham = world.council("Brackenham").await;
        let carrow = world.council("Carrow").await;
        let coordinator = world.officer(&ashvale, "Coordinator").await;
        let partner = world.officer(&brackenham, "ICT manager").await;
        let stranger = world.officer(&carrow, "Officer").await;
        let procurement = world
            .write(&coordinator, |w| async move { procurements::open(&w, particulars()).await })
            .await
            .unwrap();
        Self { world, brackenham, carrow, coordinator, partner, stranger, procurement }
    }

    fn id(&self) -> Uuid {
        self.procurement.id
    }

    async fn invite(
        &self,
        caller: &Caller,
        council: Uuid,
        part: &str,
    ) -> Result<participation::Model, Refusal> {
        let (id, input) = (self.id(), InviteInput { council_id: council.to_string(), part: part.to_owned() });
        self.world.write(caller, move |w| async move { participations::invite(&w, id, input).await }).await
    }

    async fn accept(
        &self,
        caller: &Caller,
        seen: i64,
        input: UndertakingInput,
    ) -> Result<participation::Model, Refusal> {
        let id = self.id();
        self.world
            .write(caller, move |w| async move { participations::accept(&w, id, seen, input).await })
            .await
    }

    /// Brackenham joins as core partner.
    async fn joined(&self) -> participation::Model {
        self.invite(&self.coordinator, self.brackenham.id, "core").await.unwrap();
        self.accept(&self.partner, 1, undertaking()).await.unwrap()
    }
}

fn fields(refusal: &Refusal) -> Vec<&str> {
    refusal.fields.iter().map(|fault| fault.field.as_str()).collect()
}
