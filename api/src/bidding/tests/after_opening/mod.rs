//! After the opening: questions to one bidder, corrections of prices, and grounds against tenders.

use chrono::{TimeDelta, Utc};
use rules::words::{Interest, Role};
use uuid::Uuid;

use super::fixture::{Tender, filled};
use crate::bidding::bid;
use crate::bidding::response_time::{self, AnswerBy};
use crate::kernel::{Caller, Paging};

mod addressed;
mod correction;
mod outcome;
mod release;

/// An opened tender with two bids, and the people that it takes.
struct Scene {
    tender: Tender,
    /// Whose bids are the first and the second of `bids`.
    suppliers: [Caller; 2],
    bids: [Uuid; 2],
    moderator: Caller,
    approver: Caller,
    stranger: Caller,
}

impl Scene {
    /// The second bid asks a hundred times what the first one does.
    async fn new() -> Self {
        let tender = Tender::published().await;
        let suppliers =
            [tender.supplier("bids@larkfield.example").await, tender.supplier("bids@carrow.example").await];
        for (supplier, price) in suppliers.iter().zip(["12.34", "1200.00"]) {
            tender.upload(supplier, &filled(price)).await.unwrap();
            tender.submit(supplier).await.unwrap();
        }
        tender.open().await;
        let councils = [tender.world.council("Dunmere").await, tender.world.council("Carrow").await];
        let moderator = tender.world.officer(&councils[0], "Moderator").await;
        let approver = tender.world.officer(&councils[0], "Approver").await;
        let stranger = tender.world.officer(&councils[1], "Stranger").await;
        let scene = Self {
            bids: bids_of(&tender, &suppliers).await,
            tender,
            suppliers,
            moderator,
            approver,
            stranger,
        };
        scene.gives(&scene.moderator, Role::Moderator).await;
        scene.gives(&scene.approver, Role::Approver).await;
        // The coordinator is an approver too: it may not be its own second person.
        scene.gives(&scene.tender.coordinator, Role::Approver).await;
        for person in [&scene.moderator, &scene.approver, &scene.tender.panel_member] {
            scene.declares(person).await;
        }
        scene
    }

    async fn gives(&self, person: &Caller, role: Role) {
        self.tender.world.gives(self.tender.id, person, role).await;
    }

    async fn declares(&self, person: &Caller) {
        self.tender.declare(person, Interest::Nothing).await.unwrap();
    }

    async fn now(&self) -> chrono::DateTime<Utc> {
        self.tender.world.read(&Caller::System, |r| async move { Ok(r.now()) }).await.unwrap()
    }

    /// An hour after the earliest instant that may be set.
    async fn in_time(&self) -> AnswerBy {
        AnswerBy::at(response_time::earliest(self.now().await).unwrap() + TimeDelta::hours(1))
    }

    /// Lets so much time pass that whoever had until [`Scene::in_time`] is late.
    async fn pass_time(&self) {
        self.tender.world.db.advance_clock(TimeDelta::days(8)).await.unwrap();
    }
}

/// The suppliers' bids: they stand in an order that was drawn.
async fn bids_of(tender: &Tender, suppliers: &[Caller; 2]) -> [Uuid; 2] {
    let id = tender.id;
    let all = tender
        .world
        .read(&tender.coordinator, move |r| async move { bid::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    let of = |supplier: &Caller| {
        let Caller::Supplier { invitation_id, .. } = supplier else { panic!("not a supplier") };
        all.items.iter().find(|one| one.submission.invitation_id == *invitation_id).unwrap().bid.id
    };
    [of(&suppliers[0]), of(&suppliers[1])]
}
