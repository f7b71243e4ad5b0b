//! The lead opens the procurement and invites two councils; each enters requirements and demand, one by hand and two by
//! spreadsheet; the lead merges what is alike, and each council agrees.

use importers::demand::{DemandLine, DemandRow};
use importers::requirements::RequirementRow;
use rules::money::Volume;
use rules::words::{Firmness, Role};
use uuid::Uuid;

use super::REFERENCE;
use super::cast::COUNCILS;
use super::enrol::Company;
use super::needs::{LINES, NEEDS, Need, POOLED};
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Caller, Db, Paging, Refusal};
use crate::pooling::participation::{InviteInput, UndertakingInput};
use crate::pooling::pooled::PooledInput;
use crate::pooling::procurement::ProcurementInput;
use crate::pooling::requirement::{Filter, RequirementInput};
use crate::pooling::role::RoleInput;
use crate::pooling::schedule::{RateInput, ScheduleLineInput};
use crate::pooling::{agreement, participation, pooled, procurement, requirement, role, schedule, sheets};

const TERM_YEARS: u32 = 4;
const CEILINGS: [&str; 3] = ["5200000.00", "3100000.00", "6400000.00"];

pub(super) async fn run(db: &Db, company: &Company) -> Result<Uuid, Refusal> {
    let lead = company.caller("buyer@ashvale.example")?;
    let input = ProcurementInput {
        reference: REFERENCE.to_owned(),
        title: "Managed ICT service 2027–31".to_owned(),
        description: "One service desk, device support, hosting and networks for three councils.".to_owned(),
        route: "open".to_owned(),
        contracting_model: "each_signs".to_owned(),
        term_years: TERM_YEARS.to_string(),
        external_ref: Some("ASH-PRC-0417".to_owned()),
    };
    let id = db.write(&lead, |w| async move { Ok(procurement::open(&w, input).await?.id) }).await?;
    partners(db, company, &lead, id).await?;
    roles(db, company, &lead, id).await?;
    schedule_lines(db, &lead, id).await?;
    requirements(db, company, id).await?;
    demand(db, company, id).await?;
    merge(db, &lead, id).await?;
    for buyer in buyers() {
        let caller = company.caller(buyer)?;
        db.write(&caller, move |w| async move {
            let present = procurement::one(&w, id).await?.procurement.pool_version;
            agreement::agree(&w, id, present).await.map(|_| ())
        })
        .await?;
    }
    db.write(&lead, move |w| async move {
        let seen = procurement::one(&w, id).await?.procurement.version;
        procurement::agree_specification(&w, id, seen).await.map(|_| ())
    })
    .await?;
    Ok(id)
}

/// The buyers of the three councils, the lead's first.
fn buyers() -> [&'static str; 3] {
    ["buyer@ashvale.example", "buyer@brackenham.example", "buyer@carrow.example"]
}

async fn partners(db: &Db, company: &Company, lead: &Caller, id: Uuid) -> Result<(), Refusal> {
    for (place, buyer) in buyers().into_iter().enumerate() {
        let council = company.councils[place].id;
        let undertaking = UndertakingInput {
            instrument: (place > 0).then(|| "lga1972_s101".to_owned()),
            minute: (place > 0).then(|| format!("Minute {} of 2026", 31 + place)),
            delegated_on: (place > 0).then(|| "2026-10-15".to_owned()),
            delegation_expires_on: None,
            delegation_cap_net: None,
            delegates_award: false,
            commitment: "firm".to_owned(),
            ceiling_net: Some(CEILINGS[place].to_owned()),
            shared_cost_weight: Some(["35", "20", "45"][place].to_owned()),
        };
        let caller = company.caller(buyer)?;
        if place == 0 {
            db.write(&caller, move |w| async move {
                let seen = participation::own(&w, id).await?.version;
                participation::change(&w, id, seen, undertaking).await.map(|_| ())
            })
            .await?;
            continue;
        }
        let invitation = InviteInput { council_id: council.to_string(), part: "core".to_owned() };
        db.write(lead, move |w| async move { participation::invite(&w, id, invitation).await.map(|_| ()) })
            .await?;
        db.write(
            &caller,
            move |w| async move { participation::accept(&w, id, 1, undertaking).await.map(|_| ()) },
        )
        .await?;
    }
    Ok(())
}

async fn roles(db: &Db, company: &Company, lead: &Caller, id: Uuid) -> Result<(), Refusal> {
    for actor in COUNCILS.iter().flat_map(|council| council.people) {
        let person = company.caller(actor.email)?.person()?.id;
        // Whoever starts a procurement coordinates it already.
        for role in actor.roles.iter().filter(|role| **role != Role::Coordinator) {
            let input = RoleInput { person_id: person.to_string(), role: role.as_str().to_owned() };
            db.write(lead, move |w| async move { role::give(&w, id, input).await.map(|_| ()) }).await?;
        }
    }
    Ok(())
}

async fn schedule_lines(db: &Db, lead: &Caller, id: Uuid) -> Result<(), Refusal> {
    db.write(lead, move |w| async move {
        for line in &LINES {
            let input = ScheduleLineInput {
                code: Some(line.code.to_owned()),
                description: line.description.to_owned(),
                unit: line.unit.to_owned(),
                charge: line.charge.as_str().to_owned(),
                shared: line.shared,
                obligation: line.obligation.as_str().to_owned(),
                tiers: line.tiers.iter().map(i64::to_string).collect(),
                rate_card: line.rate.as_ref().map(|rate| RateInput {
                    role: rate.role.to_owned(),
                    level: rate.level.to_string(),
                    basket: rate.days.to_string(),
                }),
            };
            schedule::add(&w, id, input).await?;
        }
        Ok(())
    })
    .await
}

fn needs_of(council: usize) -> impl Iterator<Item = &'static Need> {
    NEEDS.iter().filter(move |need| need.council == council)
}

/// Brackenham types its requirements in; Ashvale and Carrow send their spreadsheets.
async fn requirements(db: &Db, company: &Company, id: Uuid) -> Result<(), Refusal> {
    for (place, buyer) in buyers().into_iter().enumerate() {
        let caller = company.caller(buyer)?;
        if place == 1 {
            db.write(&caller, move |w| async move {
                for need in needs_of(1) {
                    let input = RequirementInput {
                        code: Some(need.code.to_owned()),
                        text: need.text.to_owned(),
                        kind: need.kind.as_str().to_owned(),
                        moscow: need.moscow.as_str().to_owned(),
                        rationale: None,
                        external_ref: None,
                    };
                    requirement::add(&w, id, input).await?;
                }
                Ok(())
            })
            .await?;
            continue;
        }
        let rows: Vec<RequirementRow> = needs_of(place)
            .map(|need| RequirementRow {
                code: need.code.to_owned(),
                text: need.text.to_owned(),
                kind: need.kind,
                moscow: need.moscow,
                rationale: String::new(),
                external_ref: None,
                sheet: String::new(),
                cell: String::new(),
            })
            .collect();
        let bytes = importers::requirements::write(&rows).map_err(|error| Refusal::internal(&error))?;
        sheets::import_requirements(db, &caller, id, "requirements.xlsx", bytes).await?;
    }
    Ok(())
}

/// Every council sends its volumes as a spreadsheet, made from the template's columns.
async fn demand(db: &Db, company: &Company, id: Uuid) -> Result<(), Refusal> {
    let lines: Vec<DemandLine> = LINES
        .iter()
        .filter(|line| !line.shared)
        .map(|line| DemandLine {
            code: line.code.to_owned(),
            description: line.description.to_owned(),
            unit: line.unit.to_owned(),
            charge: line.charge,
        })
        .collect();
    for (place, buyer) in buyers().into_iter().enumerate() {
        let mut rows = Vec::new();
        for line in LINES.iter().filter(|line| !line.shared && line.volumes[place] > 0) {
            // One-off things are bought in the first year; yearly ones grow by a fiftieth a year.
            let years = if line.charge == rules::words::Charge::OneOff { 1 } else { i64::from(TERM_YEARS) };
            for year in 1..=years {
                let volume = line.volumes[place] + line.volumes[place] * (year - 1) / 50;
                rows.push(DemandRow {
                    line_code: line.code.to_owned(),
                    year: u32::try_from(year).unwrap_or(1),
                    firmness: if year <= 2 { Firmness::Firm } else { Firmness::Indicative },
                    volume: Volume(volume * 1000),
                    external_ref: None,
                    sheet: String::new(),
                    cell: String::new(),
                });
            }
        }
        let bytes =
            importers::demand::write(&lines, TERM_YEARS, &rows).map_err(|error| Refusal::internal(&error))?;
        let caller = company.caller(buyer)?;
        sheets::import_demand(db, &caller, id, "demand.xlsx", bytes).await?;
    }
    Ok(())
}

async fn merge(db: &Db, lead: &Caller, id: Uuid) -> Result<(), Refusal> {
    let everything = Paging { after: None, limit: MAX_LIMIT };
    let all = db
        .read(lead, move |r| async move { requirement::list(&r, id, Filter::default(), &everything).await })
        .await?;
    for (place, agreed) in POOLED.iter().enumerate() {
        let codes: Vec<&str> =
            NEEDS.iter().filter(|need| need.pooled == place).map(|need| need.code).collect();
        let sources: Vec<Uuid> = all
            .items
            .iter()
            .filter(|view| codes.contains(&view.requirement.code.as_str()))
            .map(|view| view.requirement.id)
            .collect();
        let input = PooledInput {
            text: agreed.text.to_owned(),
            kind: agreed.kind.as_str().to_owned(),
            moscow: agreed.moscow.as_str().to_owned(),
            accepted: agreed.accepted.iter().map(|code| code.as_str().to_owned()).collect(),
        };
        db.write(lead, move |w| async move { pooled::merge(&w, id, sources, input).await.map(|_| ()) })
            .await?;
    }
    Ok(())
}
