//! The rows of the scene: what earlier stages would have left.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    Word, bid, consensus, council, invitation, lot, mark, participation, procurement, procurement_role,
    quality_lock, result, submission, supplier,
};
use rules::canonical;
use rules::demand::LineAnswer;
use rules::method::Method;
use rules::pack::{Pack, PackLine};
use rules::record::{BidInput, lot_result};
use rules::stage::Stage;
use rules::words::{
    Charge, ContractingModel, DelegationInstrument, Offer, Part, ParticipationState, PriceFormula, Role,
    Route, TieBreak,
};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::scene::MARKS;
use crate::bidding::compartment;
use crate::kernel::testing::pack::{line, lot, pack, question};
use crate::kernel::{Refusal, Writing};

pub(in crate::deciding) fn the_pack(id: Uuid, councils: &[council::Model]) -> Pack {
    let parts = [Part::Lead, Part::Core, Part::Core, Part::NamedOption];
    let base = pack("ICT-2027-09", councils.iter().zip(parts));
    let system = PackLine {
        description: "The system for all".to_owned(),
        unit: "whole".to_owned(),
        ..line("P01", Charge::OneOff, councils.iter().take(3).map(|council| (council, 333)))
    };
    Pack {
        term_years: 2,
        method: Method { tie_break: vec![TieBreak::LowerPrice], arithmetic_rule: None, ..base.method },
        lots: vec![lot(id, "L1", vec![question("Q1", "60"), question("Q2", "40")], vec![system])],
        ..base
    }
}

pub(super) async fn insert_procurement(w: &Writing, id: Uuid, lot: Uuid, lead: Uuid) -> Result<(), Refusal> {
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
        k: Set(None),
        base: Set(None),
        slope: Set(None),
        min_quality: Set(None),
        position: Set(1),
        version: Set(1),
    };
    lot::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}

pub(super) async fn insert_part(w: &Writing, id: Uuid, council: Uuid, at: usize) -> Result<(), Refusal> {
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
pub(super) async fn insert_bid(
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
        invited_as: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    invitation::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let row = submission::ActiveModel {
        id: Set(submission),
        procurement_id: Set(id),
        invitation_id: Set(invitation),
        number: Set(1),
        sealed: Set(compartment::closed_submission(w, id, invitation, ("{}", "{}")).await?),
        manifest_hash: Set("0".into()),
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

pub(super) async fn insert_mark(
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

pub(super) async fn insert_consensus(
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
        strengths: Set(String::new()),
        weaknesses: Set(String::new()),
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
pub(super) async fn insert_result(
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
        signed: Set(None),
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
                corrections: Vec::new(),
                disregarded: None,
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
        inputs: Set(None),
        computed_at: Set(w.now()),
        computed_by: Set(person),
    };
    result::Entity::insert(row).exec_without_returning(w.txn()).await?;
    Ok(())
}
