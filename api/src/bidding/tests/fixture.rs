//! A published tender of two lots by two councils, with openers, and suppliers that bid for it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{Word, council, lot, pack, participation, procurement, procurement_role};
use importers::bid_template::{self, FilledBid, PriceEntry, ResponseEntry};
use rules::pack::{Pack, PackCriterion, PackLine, PackLot, Question};
use rules::stage::Stage;
use rules::words::{Charge, ContractingModel, Interest, Part, ParticipationState, PriceFormula, Role, Route};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::bidding::invitation::{self, InvitationInput};
use crate::bidding::late::{self, WordInput};
use crate::bidding::submission::{self, Receipt, SubmissionInput};
use crate::bidding::{draft, opening};
use crate::kernel::clock::{machine_now, rfc3339};
use crate::kernel::testing::pack::{line, lot, pack, question, requirement, scale};
use crate::kernel::testing::{World, person_id};
use crate::kernel::{Caller, Paging, Refusal, Writing, identity, outbox, seal};
use crate::tendering::interest::{self, InterestInput};

pub(super) struct Tender {
    pub world: World,
    pub id: Uuid,
    pub pack: Pack,
    pub hash: String,
    pub coordinator: Caller,
    pub ashvale_opener: Caller,
    pub ashvale_deputy: Caller,
    pub brackenham_opener: Caller,
    pub panel_member: Caller,
}

impl Tender {
    /// Published; the deadline is in an hour.
    pub(super) async fn published() -> Self {
        Self::published_with(|_| ()).await
    }

    /// The same with another pack.
    pub(super) async fn published_with(change: impl FnOnce(&mut Pack)) -> Self {
        let world = World::new().await;
        let (ashvale, brackenham) = (world.council("Ashvale").await, world.council("Brackenham").await);
        let coordinator = world.officer(&ashvale, "Coordinator").await;
        let ashvale_opener = world.officer(&ashvale, "Opener of Ashvale").await;
        let ashvale_deputy = world.officer(&ashvale, "Deputy of Ashvale").await;
        let brackenham_opener = world.officer(&brackenham, "Opener of Brackenham").await;
        let panel_member = world.officer(&brackenham, "Panel member").await;
        let id = Uuid::now_v7();
        let lots = [Uuid::now_v7(), Uuid::now_v7()];
        let deadline = machine_now() + TimeDelta::hours(1);
        let mut pack = pack_of(&ashvale, &brackenham, lots, &rfc3339(deadline));
        change(&mut pack);
        let hash = pack.hash().unwrap();
        let roles = [
            (person_id(&coordinator), Role::Coordinator),
            (person_id(&ashvale_opener), Role::Opener),
            (person_id(&ashvale_deputy), Role::Opener),
            (person_id(&brackenham_opener), Role::Opener),
            (person_id(&panel_member), Role::PanelMember),
        ];
        let publisher = person_id(&coordinator);
        let rows = (pack.clone(), hash.clone());
        world
            .write(&Caller::System, move |w| async move {
                let row = procurement::ActiveModel {
                    id: Set(id),
                    reference: Set("ICT-2027-01".to_owned()),
                    title: Set("Housing system".to_owned()),
                    description: Set(String::new()),
                    route: Set(Word(Route::Open)),
                    contracting_model: Set(Word(ContractingModel::EachSigns)),
                    lead_council_id: Set(ashvale.id),
                    term_years: Set(2),
                    stage: Set(Word(Stage::Published)),
                    pool_version: Set(1),
                    deadline_at: Set(Some(deadline)),
                    opened_at: Set(None),
                    external_ref: Set(None),
                    created_at: Set(w.now()),
                    version: Set(1),
                };
                procurement::Entity::insert(row).exec_without_returning(w.txn()).await?;
                for (council, part) in [(ashvale.id, Part::Lead), (brackenham.id, Part::Core)] {
                    let row = participation::ActiveModel {
                        id: Set(Uuid::now_v7()),
                        procurement_id: Set(id),
                        council_id: Set(council),
                        part: Set(Word(part)),
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
                    participation::Entity::insert(row).exec_without_returning(w.txn()).await?;
                }
                for (person, role) in roles {
                    let row = procurement_role::ActiveModel {
                        id: Set(Uuid::now_v7()),
                        procurement_id: Set(id),
                        person_id: Set(person),
                        role: Set(Word(role)),
                        created_at: Set(w.now()),
                    };
                    procurement_role::Entity::insert(row).exec_without_returning(w.txn()).await?;
                }
                for (position, lot_id) in (1..).zip(lots) {
                    let row = lot::ActiveModel {
                        id: Set(lot_id),
                        procurement_id: Set(id),
                        code: Set(format!("L{position}")),
                        title: Set(format!("Lot {position}")),
                        description: Set(String::new()),
                        price_weight: Set("40".to_owned()),
                        formula: Set(Word(PriceFormula::LowestOverBid)),
                        target_pence: Set(None),
                        ceiling_pence: Set(None),
                        k: Set(None),
                        base: Set(None),
                        slope: Set(None),
                        min_quality: Set(None),
                        position: Set(position),
                        version: Set(1),
                    };
                    lot::Entity::insert(row).exec_without_returning(w.txn()).await?;
                }
                let (pack, hash) = rows;
                let row = pack::ActiveModel {
                    id: Set(Uuid::now_v7()),
                    procurement_id: Set(id),
                    number: Set(1),
                    body: Set(String::from_utf8(rules::canonical::to_bytes(&pack).unwrap()).unwrap()),
                    hash: Set(hash),
                    published_at: Set(w.now()),
                    published_by: Set(publisher),
                };
                pack::Entity::insert(row).exec_without_returning(w.txn()).await?;
                seal::make(&w, id).await?;
                Ok(())
            })
            .await
            .unwrap();
        let tender = Self {
            world,
            id,
            pack,
            hash,
            coordinator,
            ashvale_opener,
            ashvale_deputy,
            brackenham_opener,
            panel_member,
        };
        for person in tender.declaring() {
            tender.declare(person, Interest::Nothing).await.unwrap();
        }
        tender
    }

    fn declaring(&self) -> [&Caller; 4] {
        [&self.coordinator, &self.ashvale_opener, &self.ashvale_deputy, &self.brackenham_opener]
    }

    /// Declares what somebody's interests are now.
    pub(super) async fn declare(&self, person: &Caller, word: Interest) -> Result<(), Refusal> {
        let id = self.id;
        let detail = if word == Interest::Nothing { "" } else { "Owns shares of a bidder." };
        let input = InterestInput { interest: word.to_string(), detail: detail.to_owned() };
        self.world
            .write(person, move |w| async move {
                let (last, _) = interest::own(&w, id).await?;
                let seen = last.map_or(0, |last| last.row.version);
                interest::declare(&w, id, seen, input).await.map(|_| ())
            })
            .await
    }

    /// Invites a supplier by an officer; gives the token of the link.
    pub(super) async fn token(&self, email: &str) -> String {
        let (id, input) = (self.id, input(email));
        self.world
            .write(&self.coordinator, move |w| async move { invitation::invite(&w, id, input).await })
            .await
            .unwrap();
        self.mailed_token().await
    }

    /// The token in the last mail with a link.
    pub(super) async fn mailed_token(&self) -> String {
        let mail = self.world.mails("supplier_claim").await.pop().unwrap();
        let text = self
            .world
            .read(&Caller::System, |r| async move { outbox::text_of(&r, &mail).await })
            .await
            .unwrap()
            .unwrap();
        let token = text.split_once("token=").unwrap().1;
        token.split_whitespace().next().unwrap().to_owned()
    }

    /// Uses a link; gives the secret.
    pub(super) async fn claim(&self, token: &str) -> Result<String, Refusal> {
        let token = token.to_owned();
        let claimed = self
            .world
            .write(&Caller::Nobody, move |w| async move { invitation::claim(&w, &token).await })
            .await?;
        Ok(claimed.secret)
    }

    /// A supplier that has claimed its invitation.
    pub(super) async fn supplier(&self, email: &str) -> Caller {
        let secret = self.claim(&self.token(email).await).await.unwrap();
        identity::of_bearer(&self.world.db, &secret).await.unwrap()
    }

    /// Uploads a workbook with these answers.
    pub(super) async fn upload(
        &self,
        supplier: &Caller,
        filled: &FilledBid,
    ) -> Result<importers::bid::BidReading, Refusal> {
        let bytes = bid_template::filled(&self.pack, &self.hash, filled).unwrap();
        let (_, reading) = draft::check_workbook(&self.world.db, supplier, "bid.xlsx", bytes).await?;
        Ok(reading)
    }

    pub(super) async fn submit(&self, supplier: &Caller) -> Result<Receipt, Refusal> {
        self.world
            .write(supplier, |w| async move { submission::submit(&w, SubmissionInput::default()).await })
            .await
    }

    pub(super) async fn pass_deadline(&self) {
        self.world.db.advance_clock(TimeDelta::hours(2)).await.unwrap();
    }

    pub(super) async fn consent(&self, opener: &Caller) -> Result<opening::OpeningState, Refusal> {
        let id = self.id;
        let input = opening::ConsentInput::default();
        self.world.write(opener, move |w| async move { opening::consent(&w, id, input).await }).await
    }

    /// Passes the deadline, refuses what came late, and opens the box; everybody but the panel member declares again.
    pub(super) async fn open(&self) {
        self.pass_deadline().await;
        for opener in [&self.ashvale_opener, &self.brackenham_opener] {
            let id = self.id;
            let refuse = move |w: Writing| async move {
                for one in late::list(&w, id, &Paging::default()).await?.items {
                    let input = WordInput {
                        verdict: "refuse".to_owned(),
                        reason: "Late, without an outage".to_owned(),
                        outage: None,
                    };
                    late::give_word(&w, id, one.id, one.version, input).await?;
                }
                Ok(())
            };
            self.world.write(opener, refuse).await.unwrap();
        }
        self.consent(&self.ashvale_opener).await.unwrap();
        self.consent(&self.brackenham_opener).await.unwrap();
        for person in self.declaring() {
            self.declare(person, Interest::Nothing).await.unwrap();
        }
    }
}

pub(super) fn input(email: &str) -> InvitationInput {
    InvitationInput {
        supplier: "Larkfield Systems".to_owned(),
        email: email.to_owned(),
        ppon: Some("ABCD-1234-EFGH".to_owned()),
        companies_house: Some("01234567".to_owned()),
    }
}

/// A complete bid.
pub(super) fn filled(price: &str) -> FilledBid {
    let response =
        |code: &str| ResponseEntry { code: code.to_owned(), comment: "as the manual says".to_owned() };
    FilledBid {
        supplier: "Larkfield Systems".to_owned(),
        prices: BTreeMap::from([
            ("P01".to_owned(), PriceEntry::number(price)),
            ("P02".to_owned(), PriceEntry::number("9.50")),
        ]),
        responses: BTreeMap::from([("R001".to_owned(), response("F"))]),
        answers: BTreeMap::from([
            ("Q1".to_owned(), "By trained staff.".to_owned()),
            ("Q2".to_owned(), "In two steps.".to_owned()),
        ]),
    }
}

fn pack_of(ashvale: &council::Model, brackenham: &council::Model, lots: [Uuid; 2], deadline: &str) -> Pack {
    let lot_at = |at: u32, id: Uuid| {
        let asked = question(&format!("Q{at}"), "100");
        let asked = PackCriterion {
            title: format!("Question {at}"),
            question: asked.question.map(|question| Question {
                word_limit: (at == 2).then_some(12),
                document: at == 1,
                ..question
            }),
            ..asked
        };
        let licence = PackLine {
            description: format!("Licence of lot {at}"),
            ..line(&format!("P{at:02}"), Charge::Recurring, [(ashvale, 100_000)])
        };
        PackLot { title: format!("Lot {at}"), ..lot(id, &format!("L{at}"), vec![asked], vec![licence]) }
    };
    Pack {
        title: "Housing system".to_owned(),
        term_years: 2,
        deadline: deadline.to_owned(),
        scales: vec![scale(&[("0", "Nothing"), ("2", "Something"), ("5", "Everything")])],
        lots: vec![lot_at(1, lots[0]), lot_at(2, lots[1])],
        requirements: vec![requirement("R001", "Tenants report repairs")],
        ..pack("ICT-2027-01", [(ashvale, Part::Lead), (brackenham, Part::Core)])
    }
}
