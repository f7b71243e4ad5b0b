//! Who may see which letter, and what can be done to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

use entity::{Word, council, procurement, supplier};
use rules::stage::MailState;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::letter::{self, LetterFilter, ServedInput};
use super::outbox;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::testing::{World, key, person_id};
use crate::kernel::{Action, Caller, Paging, seal};
use crate::pooling::participation::{self, InviteInput};
use crate::pooling::procurement::{self as procurements, ProcurementInput};

/// A procurement of Ashvale with the partner Brackenham, and a council that has no part.
struct Town {
    world: World,
    ashvale: council::Model,
    brackenham: council::Model,
    coordinator: Caller,
    partner: Caller,
    procurement: procurement::Model,
}

impl Town {
    async fn new() -> Self {
        let world = World::new().await;
        let (ashvale, brackenham) = (world.council("Ashvale").await, world.council("Brackenham").await);
        let coordinator = world.officer(&ashvale, "Coordinator").await;
        let partner = world.officer(&brackenham, "Partner").await;
        let input = ProcurementInput {
            reference: "ASH-1".to_owned(),
            title: "Managed ICT service".to_owned(),
            description: "Service desk and devices".to_owned(),
            route: "open".to_owned(),
            contracting_model: "each_signs".to_owned(),
            term_years: "3".to_owned(),
            external_ref: None,
        };
        let procurement =
            world.write(&coordinator, |w| async move { procurements::open(&w, input).await }).await.unwrap();
        let (id, invited) = (procurement.id, brackenham.id.to_string());
        world
            .write(&coordinator, move |w| async move {
                let input = InviteInput { council_id: invited, part: "core".to_owned() };
                participation::invite(&w, id, input).await
            })
            .await
            .unwrap();
        Self { world, ashvale, brackenham, coordinator, partner, procurement }
    }

    /// Queues a letter about the procurement.
    async fn letter(&self, kind: &'static str, recipient: Recipient, secret: bool, sealed: bool) -> Uuid {
        let letter = Letter {
            procurement_id: Some(self.procurement.id),
            event: "test:1".to_owned(),
            kind,
            recipient,
            subject: "Outcome".to_owned(),
            text: "You are told: £1,200.00.\n".to_owned(),
            html: "<p>You are told.</p>".to_owned(),
            secret,
            sealed,
            ..Letter::default()
        };
        let id = self.procurement.id;
        self.world
            .write(&Caller::System, move |w| async move {
                seal::make(&w, id).await?;
                letter.queue(&w).await
            })
            .await
            .unwrap()
    }

    fn to_council(council: &council::Model) -> Recipient {
        Recipient::council(council)
    }

    async fn to_bidder(&self) -> Recipient {
        let id = Uuid::now_v7();
        let row = supplier::ActiveModel {
            id: Set(id),
            name: Set("Blue Harbour IT".to_owned()),
            ppon: Set(None),
            companies_house: Set(None),
            created_at: Set(crate::kernel::clock::machine_now()),
            version: Set(1),
        };
        self.world
            .write(&Caller::System, |w| async move {
                Ok(supplier::Entity::insert(row).exec_without_returning(w.txn()).await?)
            })
            .await
            .unwrap();
        Recipient {
            email: "bids@blueharbour.example".to_owned(),
            supplier_id: Some(id),
            ..Recipient::default()
        }
    }

    /// The kinds of the letters of event `test:1` that a caller sees, sorted.
    async fn sees(&self, who: &Caller) -> Vec<String> {
        let id = self.procurement.id;
        let filter = LetterFilter { event: Some("test:1".to_owned()), state: None };
        let listed = self
            .world
            .read(who, move |r| async move { letter::list(&r, id, filter, &Paging::default()).await })
            .await
            .unwrap();
        let mut kinds: Vec<_> = listed.items.into_iter().map(|told| told.message.kind).collect();
        kinds.sort();
        kinds
    }

    async fn open_box(&self) {
        self.world.opens_box(self.procurement.id).await;
    }
}

fn site_administrator() -> Caller {
    Caller::Person(crate::kernel::caller::Person {
        id: Uuid::now_v7(),
        name: "Site administrator".to_owned(),
        council_id: None,
        council_name: None,
        site_administrator: true,
        council_administrator: false,
        outsider: false,
        scopes: None,
    })
}

#[tokio::test]
async fn each_sees_the_letters_that_are_theirs_to_see() {
    let town = Town::new().await;
    let bidder = town.to_bidder().await;
    town.letter("to_ashvale", Town::to_council(&town.ashvale), false, false).await;
    town.letter("to_brackenham", Town::to_council(&town.brackenham), false, false).await;
    town.letter("to_bidder", bidder.clone(), false, false).await;
    town.letter("sealed", bidder, false, true).await;
    let colleague = town.world.officer(&town.ashvale, "Colleague").await;
    assert_eq!(town.sees(&town.coordinator).await, ["to_ashvale", "to_bidder", "to_brackenham"]);
    assert_eq!(town.sees(&colleague).await, ["to_ashvale", "to_brackenham"], "the lead, but no bidders");
    assert_eq!(town.sees(&town.partner).await, ["to_brackenham"]);
    assert_eq!(town.sees(&key(&town.brackenham, &[Action::Read])).await, ["to_brackenham"]);
    let carrow = town.world.council("Carrow").await;
    let stranger = town.world.officer(&carrow, "Stranger").await;
    let id = town.procurement.id;
    let refused = town
        .world
        .read(&stranger, move |r| async move {
            letter::list(&r, id, LetterFilter::default(), &Paging::default()).await
        })
        .await
        .unwrap_err();
    assert_eq!(refused.status(), 404);
    town.open_box().await;
    assert_eq!(town.sees(&town.coordinator).await, ["sealed", "to_ashvale", "to_bidder", "to_brackenham"]);
    assert_eq!(town.sees(&town.partner).await, ["to_brackenham"]);
}

#[tokio::test]
async fn the_outbox_shows_an_administrator_particulars_and_no_letters() {
    let town = Town::new().await;
    let bidder = town.to_bidder().await;
    town.letter("to_brackenham", Town::to_council(&town.brackenham), false, false).await;
    town.letter("sealed", bidder, false, true).await;
    let list = |who: Caller| {
        let world = &town.world;
        async move {
            let slice = world
                .read(
                    &who,
                    |r| async move { outbox::list(&r, LetterFilter::default(), &Paging::default()).await },
                )
                .await
                .unwrap();
            slice.items.into_iter().map(|row| (row.told.message.kind, row.openable)).collect::<Vec<_>>()
        }
    };
    let seen = list(site_administrator()).await;
    assert!(seen.contains(&("to_brackenham".to_owned(), false)), "{seen:?}");
    assert!(!seen.iter().any(|(kind, _)| kind == "sealed"), "{seen:?}");
    let seen = list(town.partner.clone()).await;
    assert!(seen.contains(&("to_brackenham".to_owned(), true)), "{seen:?}");
    let carrow = town.world.council("Carrow").await;
    assert!(list(town.world.officer(&carrow, "Stranger").await).await.is_empty());
    let seen = list(town.coordinator.clone()).await;
    assert!(!seen.iter().any(|(kind, _)| kind == "sealed"), "sealed for the coordinator too: {seen:?}");
    town.open_box().await;
    let seen = list(town.coordinator.clone()).await;
    assert!(seen.contains(&("sealed".to_owned(), true)), "{seen:?}");
}

#[tokio::test]
async fn a_letter_is_read_unless_it_holds_a_link() {
    let town = Town::new().await;
    let plain = town.letter("plain", Town::to_council(&town.brackenham), false, false).await;
    let secret = town.letter("secret", Town::to_council(&town.brackenham), true, false).await;
    let id = town.procurement.id;
    let read = |letter_id: Uuid| {
        let (world, who) = (&town.world, town.partner.clone());
        async move {
            world.read(&who, move |r| async move { letter::one(&r, id, letter_id).await }).await.unwrap()
        }
    };
    let opened = read(plain).await;
    assert_eq!(opened.text.as_deref(), Some("You are told: £1,200.00.\n"));
    assert_eq!(opened.told.to, "Brackenham");
    assert!(opened.told_otherwise.is_none());
    assert!(!opened.may_act, "a partner does not act on letters");
    assert_eq!(read(secret).await.text, None);
}

#[tokio::test]
async fn the_coordinator_serves_a_withheld_letter_otherwise_once() {
    let town = Town::new().await;
    let letter_id = town.letter("plain", Town::to_council(&town.brackenham), false, false).await;
    let id = town.procurement.id;
    let serve = |who: Caller, seen: i64, how: &'static str, reason: &'static str| {
        let world = &town.world;
        async move {
            world
                .write(&who, move |w| async move {
                    let input = ServedInput { how: how.to_owned(), reason: reason.to_owned() };
                    letter::serve_otherwise(&w, id, letter_id, seen, input).await
                })
                .await
        }
    };
    let reason = "Handed to the monitoring officer";
    assert_eq!(serve(town.partner.clone(), 1, "post", reason).await.unwrap_err().status(), 403);
    let refused = serve(town.coordinator.clone(), 1, "pigeon", " ").await.unwrap_err();
    let fields: Vec<_> = refused.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["how", "reason"], "all faults at once");
    assert_eq!(serve(town.coordinator.clone(), 7, "post", reason).await.unwrap_err().status(), 412);
    let told = serve(town.coordinator.clone(), 1, "in_person", reason).await.unwrap();
    assert_eq!(told.message.state, Word(MailState::Served));
    assert_eq!(told.message.answer.as_deref(), Some("In person: Handed to the monitoring officer"));
    let opened = town
        .world
        .read(&town.coordinator, move |r| async move { letter::one(&r, id, letter_id).await })
        .await
        .unwrap();
    let otherwise = opened.told_otherwise.unwrap();
    assert_eq!(otherwise.how, "In person: Handed to the monitoring officer");
    assert_eq!(otherwise.by, Some(town.coordinator.person().unwrap().name.clone()));
    assert!(otherwise.at >= told.message.created_at, "when it was recorded, not when it was written");
    assert_eq!(serve(town.coordinator.clone(), 2, "post", reason).await.unwrap_err().status(), 409);
    let entries = town
        .world
        .read(&town.coordinator, move |r| async move {
            crate::kernel::ledger::entries(&r, id, false, &Paging::default()).await
        })
        .await
        .unwrap();
    let served = entries.items.iter().find(|entry| entry.action == "telling.letter.serve").unwrap();
    assert_eq!(served.actor, format!("person:{}", person_id(&town.coordinator)));
    assert_eq!(served.reason.as_deref(), Some(reason));
    let refused = town
        .world
        .write(&town.coordinator, move |w| async move { letter::release(&w, id, letter_id, 2).await })
        .await
        .unwrap_err();
    assert_eq!(refused.code, "no_mail_server");
}

#[tokio::test]
async fn a_partner_that_declines_sees_the_letters_no_more() {
    let town = Town::new().await;
    town.letter("to_brackenham", Town::to_council(&town.brackenham), false, false).await;
    let id = town.procurement.id;
    town.world
        .write(&town.partner, move |w| async move {
            participation::decline(&w, id, 1, Some("No budget this year")).await
        })
        .await
        .unwrap();
    let slice = town
        .world
        .read(&town.partner, |r| async move {
            outbox::list(&r, LetterFilter::default(), &Paging::default()).await
        })
        .await
        .unwrap();
    assert!(
        slice.items.is_empty(),
        "{:?}",
        slice.items.iter().map(|row| &row.told.message.kind).collect::<Vec<_>>()
    );
}
