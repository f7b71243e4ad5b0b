//! A procurement at scoring: one lot, two questions, two bids, a panel.

use entity::{
    Word, bid, bid_price, bid_response, council, invitation, lot, pack, participation, procurement,
    procurement_role, submission, supplier,
};
use rules::canonical;
use rules::pack::Pack;
use rules::stage::Stage;
use rules::words::{
    ContractingModel, Offer, Part, ParticipationState, PriceFormula, ResponseCode, Role, Route,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use uuid::Uuid;

use super::pack::pack_of;
use crate::bidding::compartment;
use crate::kernel::clock::rfc3339;
use crate::kernel::ledger::Record;
use crate::kernel::{
    Caller, Refusal, Writing, clock,
    testing::{World, person_id},
};
use crate::scoring::consensus::{self, ConsensusInput};
use crate::scoring::mark::{self, MarkInput};
use crate::scoring::{lock, result};
use crate::tendering::interest::standing::Last;
use crate::tendering::interest::{self, InterestInput};

/// Everything a test needs to name.
pub(super) struct Room {
    pub world: World,
    pub ashvale: council::Model,
    pub id: Uuid,
    pub lot: Uuid,
    pub bids: [Uuid; 2],
    pub coordinator: Caller,
    pub moderator: Caller,
    pub panel: [Caller; 2],
    pub stranger: Caller,
    pub pack: Pack,
}

async fn people(w: &Writing, id: Uuid, roles: &[(Uuid, Role)]) -> Result<(), Refusal> {
    for (person, role) in roles {
        let row = procurement_role::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(id),
            person_id: Set(*person),
            role: Set(Word(*role)),
            created_at: Set(w.now()),
        };
        procurement_role::Entity::insert(row).exec_without_returning(w.txn()).await?;
    }
    Ok(())
}

async fn joint(w: &Writing, id: Uuid, councils: &[council::Model]) -> Result<(), Refusal> {
    let row = procurement::ActiveModel {
        id: Set(id),
        reference: Set("ICT-2027-01".to_owned()),
        title: Set("Case management".to_owned()),
        description: Set(String::new()),
        route: Set(Word(Route::Open)),
        contracting_model: Set(Word(ContractingModel::EachSigns)),
        lead_council_id: Set(councils[0].id),
        term_years: Set(1),
        stage: Set(Word(Stage::Scoring)),
        pool_version: Set(1),
        deadline_at: Set(Some(w.now())),
        opened_at: Set(Some(w.now())),
        external_ref: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    procurement::Entity::insert(row).exec_without_returning(w.txn()).await?;
    for (council, part) in councils.iter().zip([Part::Lead, Part::Core]) {
        let row = participation::ActiveModel {
            id: Set(Uuid::now_v7()),
            procurement_id: Set(id),
            council_id: Set(council.id),
            part: Set(Word(part)),
            state: Set(Word(ParticipationState::Accepted)),
            delegates_award: Set(false),
            shared_cost_weight: Set("1".to_owned()),
            version: Set(1),
            ..Default::default()
        };
        participation::Entity::insert(row).exec_without_returning(w.txn()).await?;
    }
    Ok(())
}

async fn publish(w: &Writing, id: Uuid, lot_id: Uuid, body: &Pack, by: Uuid) -> Result<(), Refusal> {
    let row = lot::ActiveModel {
        id: Set(lot_id),
        procurement_id: Set(id),
        code: Set("L1".to_owned()),
        title: Set("System".to_owned()),
        description: Set(String::new()),
        price_weight: Set("40".to_owned()),
        formula: Set(Word(PriceFormula::LowestOverBid)),
        target_pence: Set(None),
        ceiling_pence: Set(None),
        k: Set(None),
        base: Set(None),
        slope: Set(None),
        min_quality: Set(None),
        position: Set(1),
        version: Set(1),
    };
    lot::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let bytes = canonical::to_bytes(body).unwrap();
    let row = pack::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(id),
        number: Set(1),
        hash: Set(canonical::sha256_hex(&bytes)),
        body: Set(String::from_utf8(bytes).unwrap()),
        published_at: Set(w.now()),
        published_by: Set(by),
    };
    pack::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

async fn bid_of(
    w: &Writing,
    id: Uuid,
    bid_id: Uuid,
    name: &str,
    price: i64,
    place: i32,
) -> Result<(), Refusal> {
    let (supplier_id, invitation_id, submission_id) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let row = supplier::ActiveModel {
        id: Set(supplier_id),
        name: Set(name.to_owned()),
        ppon: Set(None),
        companies_house: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    supplier::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = invitation::ActiveModel {
        id: Set(invitation_id),
        procurement_id: Set(id),
        supplier_id: Set(supplier_id),
        email: Set(format!("bids{place}@supplier.example")),
        expires_at: Set(w.now()),
        created_at: Set(w.now()),
        version: Set(1),
        ..Default::default()
    };
    invitation::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = submission::ActiveModel {
        id: Set(submission_id),
        procurement_id: Set(id),
        invitation_id: Set(invitation_id),
        number: Set(1),
        sealed: Set(compartment::closed_submission(w, id, invitation_id, ("[]", "{}")).await?),
        manifest_hash: Set(String::new()),
        late: Set(false),
        received_at: Set(w.now()),
        ledger_hash: Set(String::new()),
        withdrawn_at: Set(None),
    };
    submission::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = bid::ActiveModel {
        id: Set(bid_id),
        procurement_id: Set(id),
        submission_id: Set(submission_id),
        supplier_id: Set(supplier_id),
        position: Set(place),
        created_at: Set(w.now()),
    };
    bid::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = bid_price::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        line: Set("P01".to_owned()),
        offer: Set(Word(Offer::Priced)),
        unit_price_e4: Set(Some(price)),
        sheet: Set("Prices".to_owned()),
        cell: Set("F5".to_owned()),
    };
    bid_price::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = bid_response::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        requirement: Set("R001".to_owned()),
        code: Set(Word(ResponseCode::Full)),
        comment: Set(String::new()),
        sheet: Set("Requirements".to_owned()),
        cell: Set("D5".to_owned()),
    };
    bid_response::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

/// Enters into the ledger what earlier stages would have.
async fn record(w: &Writing, id: Uuid, body: &Pack) -> Result<(), Refusal> {
    let facts = json!({ "number": 1, "hash": body.hash().unwrap() });
    w.record(Record::new(id, "tendering.pack.publish", id, facts));
    let mut opened = Vec::new();
    for bid in bid::Entity::find().all(w.txn()).await? {
        let row = submission::Entity::find_by_id(bid.submission_id).one(w.txn()).await?.unwrap();
        let facts = json!({
            "manifest": row.manifest_hash, "number": 1, "late": false, "received_at": rfc3339(row.received_at),
        });
        w.record(Record::new(id, "bidding.submission.submit", row.id, facts));
        opened.push(json!({ "bid": bid.id, "submission": row.id, "manifest": row.manifest_hash }));
    }
    w.record(Record::new(id, "bidding.opening.open", id, json!({ "bids": opened })));
    Ok(())
}

/// The prices of the two bids, in ten-thousandths of a pound.
pub(super) const PRICES: [i64; 2] = [333_300, 666_700];

impl Room {
    /// Bids are open; nobody has declared anything.
    pub(super) async fn bare() -> Self {
        Self::bare_on(|pack| pack).await
    }

    /// The same with another pack.
    async fn bare_on(change: fn(Pack) -> Pack) -> Self {
        let world = World::new().await;
        let ashvale = world.council("Ashvale").await;
        let brackenham = world.council("Brackenham").await;
        let coordinator = world.officer(&ashvale, "Coordinator").await;
        let moderator = world.officer(&ashvale, "Moderator").await;
        let panel = [
            world.officer(&ashvale, "Panel member A").await,
            world.outsider(&brackenham, "Panel member B").await,
        ];
        let stranger = world.officer(&world.council("Carrow").await, "Stranger").await;
        let (id, lot) = (Uuid::now_v7(), Uuid::now_v7());
        let bids = [Uuid::now_v7(), Uuid::now_v7()];
        let pack = change(pack_of(lot, &[&ashvale, &brackenham]));
        let roles = vec![
            (person_id(&coordinator), Role::Coordinator),
            (person_id(&moderator), Role::Moderator),
            (person_id(&panel[0]), Role::PanelMember),
            (person_id(&panel[1]), Role::PanelMember),
        ];
        let (councils, body) = (vec![ashvale.clone(), brackenham], pack.clone());
        world
            .write(&Caller::System, move |w| async move {
                joint(&w, id, &councils).await?;
                people(&w, id, &roles).await?;
                publish(&w, id, lot, &body, roles[0].0).await?;
                bid_of(&w, id, bids[0], "Blue Harbour IT", PRICES[0], 1).await?;
                bid_of(&w, id, bids[1], "Northgate Systems", PRICES[1], 2).await?;
                record(&w, id, &body).await
            })
            .await
            .unwrap();
        Self { world, ashvale, id, lot, bids, coordinator, moderator, panel, stranger, pack }
    }

    /// The same, and everybody has declared that there is no interest.
    pub(super) async fn new() -> Self {
        Self::bare().await.declared().await
    }

    async fn declared(self) -> Self {
        let room = self;
        for caller in [&room.coordinator, &room.moderator, &room.panel[0], &room.panel[1]] {
            room.declare(caller, 0, "none", "").await.unwrap();
        }
        room
    }

    pub(super) async fn declare(
        &self,
        caller: &Caller,
        seen: i64,
        word: &str,
        detail: &str,
    ) -> Result<Last, Refusal> {
        let id = self.id;
        let input = InterestInput { interest: word.to_owned(), detail: detail.to_owned() };
        self.world.write(caller, move |w| async move { interest::declare(&w, id, seen, input).await }).await
    }

    pub(super) async fn mark(
        &self,
        caller: &Caller,
        (bid, question): (usize, &'static str),
        seen: i64,
        (value, explanation): (&str, &str),
    ) -> Result<entity::mark::Model, Refusal> {
        let (id, lot, bid) = (self.id, self.lot, self.bids[bid]);
        let input = MarkInput { value: value.to_owned(), explanation: explanation.to_owned() };
        self.world
            .write(caller, move |w| async move { mark::save(&w, id, lot, bid, question, seen, input).await })
            .await
    }

    /// Marks every answer alike.
    pub(super) async fn mark_all(&self, caller: &Caller, value: &str) {
        for bid in 0..2 {
            for question in ["Q1", "Q2"] {
                self.mark(caller, (bid, question), 0, (value, "The plan names dates and people."))
                    .await
                    .unwrap();
            }
        }
    }

    pub(super) async fn submit(&self, caller: &Caller) -> Result<entity::score_sheet::Model, Refusal> {
        self.submit_as_is(caller, false).await
    }

    pub(super) async fn submit_as_is(
        &self,
        caller: &Caller,
        confirm: bool,
    ) -> Result<entity::score_sheet::Model, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world
            .write(caller, move |w| async move { crate::scoring::sheet::submit(&w, id, lot, confirm).await })
            .await
    }

    /// Both panel members have marked and submitted: A gives 1, B gives 5.
    pub(super) async fn marked() -> Self {
        Self::new().await.marked_by_both().await
    }

    async fn marked_by_both(self) -> Self {
        let room = self;
        for (caller, value) in room.panel.iter().zip(["1", "5"]) {
            room.mark_all(caller, value).await;
            room.submit(caller).await.unwrap();
        }
        room
    }

    pub(super) async fn agree(
        &self,
        caller: &Caller,
        (bid, question): (usize, &'static str),
        seen: i64,
        input: ConsensusInput,
    ) -> Result<entity::consensus::Model, Refusal> {
        let (id, lot, bid) = (self.id, self.lot, self.bids[bid]);
        self.world
            .write(
                caller,
                move |w| async move { consensus::agree(&w, id, lot, bid, question, seen, input).await },
            )
            .await
    }

    /// Every answer has a mark of record.
    pub(super) async fn agreed() -> Self {
        Self::marked().await.agreed_by_all().await
    }

    /// The same with another pack.
    pub(super) async fn agreed_on(change: fn(Pack) -> Pack) -> Self {
        let room = Self::bare_on(change).await.declared().await;
        room.marked_by_both().await.agreed_by_all().await
    }

    async fn agreed_by_all(self) -> Self {
        let room = self;
        for (place, value) in [((0, "Q1"), "3"), ((0, "Q2"), "1"), ((1, "Q1"), "5"), ((1, "Q2"), "3")] {
            room.agree(&room.moderator, place, 0, reasoned(value)).await.unwrap();
        }
        room
    }

    pub(super) async fn lock(&self, caller: &Caller) -> Result<entity::quality_lock::Model, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.write(caller, move |w| async move { lock::lock_quality(&w, id, lot).await }).await
    }

    pub(super) async fn compute(&self, caller: &Caller) -> Result<result::Computed, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.write(caller, move |w| async move { result::compute(&w, id, lot).await }).await
    }
}

/// A consensus that nothing is wrong with.
pub(super) fn reasoned(value: &str) -> ConsensusInput {
    ConsensusInput {
        value: value.to_owned(),
        rationale: "The plan names dates and people but no test of the data that is moved.".to_owned(),
        reference: "Answer to the question, second paragraph".to_owned(),
        present: "Panel members A and B, the moderator".to_owned(),
        ..ConsensusInput::default()
    }
}

/// When the tests were told it is now, for rows they make themselves.
pub(super) fn now() -> chrono::DateTime<chrono::Utc> {
    clock::machine_now()
}
